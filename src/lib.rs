//! RustChat: self-hosted team chat on an actor-based realtime engine.

pub mod model;
pub mod protocol;
