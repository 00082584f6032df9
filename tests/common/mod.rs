//! Clients of both APIs, for every test program that talks to a server.

#![allow(dead_code, reason = "no test program needs all of them")]

mod client;
mod socket;

pub use client::{Answer, Client};
pub use socket::{Heard, Socket};

use serde_json::Value;

/// A password that everybody in these tests has.
pub const PASSWORD: &str = "correct horse";

/// The string under `key`.
#[track_caller]
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key:?} in {value}"))
}
