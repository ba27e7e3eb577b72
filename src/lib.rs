//! Audits whether infrastructure really backs the promises of a disaster-recovery plan.
//!
//! # The rooms, and who may import whom
//!
//! ```text
//! main -> cli -> { plan, collect, rules, drift, report }
//! collect -> estate, plan (for scope)      rules, drift -> estate, plan      report -> plan, estate (names only)
//! plan -> estate's small nouns             estate -> nobody
//! ```
//!
//! - [`plan`] reads the plan and turns it into promises, each with its place and the document's line.
//! - [`collect`] is the only room with windows: Terraform state, live AWS, recorded evidence. It redacts secrets at the door.
//! - [`estate`] holds the nouns: typed resources whose attributes are facts or gaps, in up to three views.
//! - [`rules`] judges, pure: one rule a file, and the engine that runs them.
//! - [`drift`] compares the views, pure: what differs between code, state and live, and who moved.
//! - [`report`] is the frozen report and its writers.
//! - [`cli`] wires them together.
//!
//! `tests/laws.rs` enforces the arrows.

pub mod cli;
pub mod collect;
pub mod drift;
pub mod estate;
pub mod plan;
pub mod report;
pub mod rules;
