//! lastro
fn main() {}
