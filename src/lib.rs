//! Audits whether infrastructure really backs the promises of a disaster-recovery plan.

pub mod collect;
pub mod estate;
pub mod plan;
pub mod report;
pub mod rules;
