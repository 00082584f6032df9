//! A server for a test.

mod server;

pub use crate::common::{Answer, Client, Heard, PASSWORD, Socket, text};
pub use server::{Person, TestServer};
