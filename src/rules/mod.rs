//! Judgement, pure: one rule a file, the registry that lists them, and the engine that runs them over every view.
//!
//! Rules never see a client, a clock or a format: time and evidence are arguments.

pub mod engine;
pub mod prelude;
pub mod registry;
pub mod remedy;

pub mod dns;
pub mod eks;
pub mod governance;
pub mod network;
pub mod rds;
pub mod s3;
pub mod terraform;
pub mod waf;

#[cfg(test)]
pub(crate) mod testing;
