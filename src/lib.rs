//! RustChat: self-hosted team chat on an actor-based realtime engine.

pub mod api;
pub mod app;
pub mod config;
pub mod data_dir;
pub mod error;
pub mod events;
pub mod jobs;
pub mod mail;
pub mod metrics;
pub mod model;
pub mod protocol;
pub mod realtime;
pub mod request_id;
pub mod services;
pub mod storage;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
