//! Wire shapes and the pure conversions into and out of them.
//!
//! Owns: what a client sees. It does no I/O, asks no permission and holds no rule of the business.

pub mod v1;
