//! The bridge of a server that runs alone.

use super::Bridge;

/// The bridge of a server that runs alone: there is nobody to carry anything to.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalBridge;

impl Bridge for LocalBridge {}
