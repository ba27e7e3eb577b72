//! End to end: the program as a user runs it, and what it says when what it is given is wrong.
//!
//! Nothing here leaves the machine: the only endpoints are servers of the tests on 127.0.0.1.

#![expect(clippy::panic, reason = "a helper fails its test by panicking")]

mod aws;
mod command_line;
mod docs;
mod drift;
mod evidence;
mod example;
mod huge;
mod mutations;
mod output;
mod plans;
mod program;
mod secrets;
mod server;
mod states;
mod terminal;
