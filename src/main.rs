//! The RustChat binary.
fn main() {}
