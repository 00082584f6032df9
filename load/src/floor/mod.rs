//! Floors: the least work that has to be done, measured in the same run on the same machine.

pub mod database;
pub mod sends;
