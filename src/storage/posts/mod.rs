//! Posts, threads and reactions.
//!
//! Locks are taken in one order, so that no two statements wait for each other: a root, its channel, its thread, then
//! memberships.

mod change;
mod pages;
mod reactions;
mod rows;
#[cfg(test)]
mod tests;
mod threads;
mod write;

pub use change::{delete, forget_reply, lock, update};
pub use pages::{PageQuery, by_ids, changed_since, created_at, get, page, pinned, roots_of};
pub use reactions::{Reacted, react, unreact};
pub use threads::{
    Follower, ReplyQuery, follow, followed, followers, place, read, read_all, read_in_channels, replies, totals,
    willing,
};
pub use write::{Created, Insert, insert, pending};
