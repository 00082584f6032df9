//! RustChat.
