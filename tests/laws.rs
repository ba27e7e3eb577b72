//! The laws of the house: who may import whom, where windows may be, and how a file looks.
//!
//! Every law is a function from texts to breaches, so that its own test can show that it catches one.

#![expect(clippy::panic, reason = "a broken law fails the test with the list of breaches")]

#[path = "laws/house.rs"]
mod house;
#[path = "laws/imports.rs"]
mod imports;
#[path = "laws/shape.rs"]
mod shape;
#[path = "laws/tokens.rs"]
mod tokens;
