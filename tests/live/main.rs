//! Live tests: the program against an AWS emulator, through a proxy that makes the faults and the weather.
//!
//! `cargo xtask test` sets the emulator up. Without it these tests say on standard error that they were skipped.

#![expect(clippy::panic, reason = "the bed of a test fails by panicking")]

mod audit;
mod aws;
mod bed;
mod denied;
mod drift;
mod emulator;
mod enforced;
mod estate;
mod faults;
mod policy;
mod proxy;
mod replay;
mod runtime;
mod secrets;
mod weather;
