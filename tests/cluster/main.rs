//! Several real servers over one PostgreSQL and one Redis, each fault under load: nothing that was acknowledged is lost,
//! nothing is heard twice or in a wrong order, and in the end everybody knows what a refetch would say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that is wrong ends")]

#[path = "../common/mod.rs"]
mod common;
mod control;
mod crowd;
mod device;
mod instances;
mod neighbours;
mod nginx;
mod people;
mod proxy;
mod redis;
mod slow;
mod stack;
mod view;
