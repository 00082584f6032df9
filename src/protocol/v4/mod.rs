//! The shapes of Mattermost's API (`/api/v4`), as its clients expect them.
//!
//! Absent times are 0, absent ids are "", see `docs/compatibility.md`.

mod encode;
pub mod error;

pub use encode::{Broadcast, Envelope, encode};
