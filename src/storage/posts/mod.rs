//! Posts, threads and reactions.
//!
//! Locks are taken in one order, so that no two statements wait for each other: a root, its channel, its thread, then
//! memberships.

mod pages;
mod rows;
#[cfg(test)]
mod tests;
mod threads;
mod write;

pub use pages::{PageQuery, changed_since, created_at, get, page, roots_of};
pub use threads::{Follower, followers, members};
pub use write::{Created, Insert, insert, pending};
