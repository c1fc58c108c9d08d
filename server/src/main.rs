//! Mitochi's command line.
fn main() {}
