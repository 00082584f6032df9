//! What joins several instances into one.

mod local;

pub use local::LocalBridge;

/// Carries broadcasts, control messages and presence to the other instances.
pub trait Bridge: Send + Sync + 'static {}
