//! The rooms with windows: everything that reads the world outside and turns it into facts and gaps.
//!
//! Every member redacts secrets before anything else sees them.

pub mod aws;
pub mod evidence;
pub mod needs;
pub mod progress;
pub mod redact;
pub mod run;
pub mod terraform;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::estate::{Gap, Need, Region, View, ViewEstate};
use crate::plan::Select;

/// A piece of evidence that a promise needs, and the resources it needs it of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What.
    pub need: Need,
    /// Of which resources; details are read of these only.
    pub select: Select,
    /// Regions it lies in besides those of the select: where a replica is promised, say.
    pub also_in: Vec<Region>,
}

/// What one source gave.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What was read.
    pub estate: ViewEstate,
    /// The source, for the report.
    pub source: SourceNote,
    /// Requests sent, retries included, by `service.Operation`.
    pub calls: BTreeMap<String, u64>,
}

/// A source as the report lists it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SourceNote {
    /// `aws`, `terraform_state`, `terraform_plan`, `evidence`.
    pub kind: String,
    /// Account and regions, file, or address.
    pub uri: String,
    /// Which view it fills.
    pub view: View,
    /// When it was read or recorded.
    pub read_at: Option<Timestamp>,
    /// How many resources it gave.
    pub resources: u64,
    /// What it could not give; sorted, each once.
    pub gaps: Vec<Gap>,
    /// What the reader noticed.
    pub notes: Vec<String>,
}
