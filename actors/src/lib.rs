//! RustChat's realtime engine.
