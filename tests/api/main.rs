//! The server as its clients see it: a real one on a free port, over a real database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that is wrong ends")]

mod accounts;
mod archived;
mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod compatibility;
mod harness;
mod openapi;
mod posts;
mod refusals;
mod replicas;
mod routes;
mod sockets;
