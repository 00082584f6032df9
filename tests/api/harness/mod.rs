//! A server for a test, and small clients for both of its APIs.

mod client;
mod server;
mod socket;

pub use client::{Answer, Client};
pub use server::{PASSWORD, Person, TestServer};
pub use socket::{Heard, Socket};

use serde_json::Value;

/// The string under `key`.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key:?} in {value}"))
}
