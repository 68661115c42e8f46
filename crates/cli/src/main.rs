//! The binary: arguments, wiring, rendering, exit codes.
fn main() {}
