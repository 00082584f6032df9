//! The shapes of Mattermost's API (`/api/v4`), as its clients expect them.
//!
//! Absent times are 0, absent ids are "", see `docs/compatibility.md`.

mod accounts;
mod categories;
mod channels;
mod drafts;
mod encode;
pub mod error;
mod ids;
mod people;
mod posts;
mod teams;
mod threads;
mod users;
mod version;

use serde::Serialize;

pub use accounts::*;
pub use categories::*;
pub use channels::*;
pub use drafts::*;
pub use encode::{Broadcast, Envelope, encode};
pub use people::*;
pub use posts::*;
pub use teams::*;
pub use threads::*;
pub use users::*;
pub use version::*;

/// The answer to what succeeded and has nothing to say: `{"status":"OK"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Done {
    status: &'static str,
}

/// See [`Done`].
pub const DONE: Done = Done { status: "OK" };
