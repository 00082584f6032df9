//! A server for a test.

mod mail;
mod server;

pub use crate::common::{Answer, Client, Heard, PASSWORD, Socket, text};
pub use mail::MailServer;
pub use server::{Person, TestServer};
