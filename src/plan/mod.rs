//! The plan: every promise of a disaster-recovery document, with the line it comes from and the place in the plan file.
//!
//! `schema.rs` mirrors the YAML file; `validate.rs` turns it into the types here, in which a mistake cannot be written.
//! Nothing here reads evidence or judges.

pub mod claim;
mod error;
mod later;
mod lint;
mod mistake;
mod period;
mod read;
mod reader;
mod schema;
mod select;
mod show;
mod tree;
mod validate;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::civil::Date;

use crate::estate::AccountId;

pub use claim::Claim;
pub use error::{Error, Problem};
pub use later::later_rule_ids;
pub use lint::{Lint, LintSeverity, lint, render_lints};
pub use period::{Period, PeriodError, Unit};
pub use schema::schema_json;
pub use select::{Regions, Select, SelectIn, any_matches};
pub use show::show;

/// A validated plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The short name: `flowise`.
    pub name: String,
    /// The title for people.
    pub title: String,
    /// The plan file as the user named it.
    pub path: Arc<str>,
    /// SHA-256 of the plan file, lower-case hex.
    pub sha256: String,
    /// The human document the plan was taken from.
    pub document: Document,
    /// Where the system runs.
    pub regions: Regions,
    /// Where evidence comes from, unless the command line says otherwise.
    pub sources: Sources,
    /// Every promise, in the order of the file.
    pub promises: Vec<Promise>,
    /// Accepted exceptions.
    pub waivers: Vec<Waiver>,
    /// Accepted differences between code, state and live.
    pub drift_ignores: Vec<DriftIgnore>,
}

/// The human document.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Its path, relative to the plan file or as people know it.
    pub path: Option<Arc<str>>,
    /// The date the document says it was last changed.
    pub updated: Option<Date>,
}

/// Where evidence comes from. Paths are as written; relative ones start at the plan file's folder.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Terraform folders and states.
    pub terraform: Vec<TerraformSource>,
    /// AWS accounts.
    pub aws: Vec<AwsSource>,
    /// Recorded live evidence, as `lastro collect` writes it.
    pub evidence: Option<String>,
    /// Kubernetes manifests and contexts (read by a later version).
    pub kubernetes: Vec<KubernetesSource>,
    /// Everything else that a plan can name (read by a later version).
    pub others: Vec<OtherSource>,
}

/// A source that this version does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSource {
    /// `postgres`, `redis`, `prometheus`, `repository`, `ledger`.
    pub kind: &'static str,
    /// A path, an address, or `$NAME` for the environment variable that holds it.
    pub uri: String,
    /// Whether it is at the recovery site.
    pub recovery: bool,
}

/// A Terraform folder with its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerraformSource {
    /// The folder with the code.
    pub code: Option<String>,
    /// The state: file, folder, glob, `s3://bucket/key`, or `-` for standard input.
    pub state: Option<String>,
}

/// One AWS account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsSource {
    /// The account that the plan expects; another one is refused.
    pub account: Option<AccountId>,
    /// A role to assume.
    pub assume_role: Option<String>,
    /// A named profile.
    pub profile: Option<String>,
}

/// A Kubernetes source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubernetesSource {
    /// A folder of manifests.
    pub manifests: Option<String>,
    /// A kubeconfig context.
    pub context: Option<String>,
    /// Whether it is the recovery site.
    pub recovery: bool,
}

/// One checkable statement.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The statement for people: "automated backups are kept 7d".
    pub text: String,
    /// Which part of the report it belongs to.
    pub section: Section,
    /// The group in the plan it stands in: the dataset, service, cluster … by its name.
    pub group: String,
    /// Line of the human document, from 1.
    pub document_line: Option<u32>,
    /// Where it stands in the plan file.
    pub at: Span,
    /// What is claimed.
    pub claim: Claim,
    /// Which resources it is claimed of.
    pub select: Select,
    /// Judged only when this gate is asked for.
    pub gate: Option<Gate>,
    /// The plan's own idea of how bad a breach is; else the rule's.
    pub severity: Option<Severity>,
}

/// A place in the plan file, both from 1; columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// The parts of a plan, in the order a report shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// RTO, RPO, MTTR per scenario.
    Objectives,
    /// Data and its copies.
    Datasets,
    /// What must run.
    Services,
    /// Clusters and their nodes.
    Clusters,
    /// DNS, WAF, CDN.
    Edge,
    /// Security groups and network ACLs.
    Network,
    /// Secrets and keys.
    Secrets,
    /// Infrastructure as code.
    Code,
    /// Alerts.
    Alerts,
    /// Rehearsals.
    Drills,
    /// Owners and reviews.
    Governance,
    /// Written down as intended, not promised.
    Planned,
}

impl Section {
    /// Every section, in report order.
    pub const ALL: &[Section] = &[
        Self::Objectives,
        Self::Datasets,
        Self::Services,
        Self::Clusters,
        Self::Edge,
        Self::Network,
        Self::Secrets,
        Self::Code,
        Self::Alerts,
        Self::Drills,
        Self::Governance,
        Self::Planned,
    ];

    /// As the report spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Objectives => "objectives",
            Self::Datasets => "datasets",
            Self::Services => "services",
            Self::Clusters => "clusters",
            Self::Edge => "edge",
            Self::Network => "network",
            Self::Secrets => "secrets",
            Self::Code => "code",
            Self::Alerts => "alerts",
            Self::Drills => "drills",
            Self::Governance => "governance",
            Self::Planned => "planned",
        }
    }
}

/// A moment at which more promises must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Just before a release.
    Release,
}

/// How bad a breach is. Weights of the score: critical 10, high 6, medium 3, low 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Recovery gets harder.
    Medium,
    /// Recovery may fail.
    High,
    /// Data or service is lost.
    Critical,
}

impl Severity {
    /// Every severity, mildest first.
    pub const ALL: &[Severity] = &[Self::Low, Self::Medium, Self::High, Self::Critical];

    /// As the report spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// What a finding of this severity weighs in the score.
    pub fn weight(self) -> u32 {
        match self {
            Self::Low => 1,
            Self::Medium => 3,
            Self::High => 6,
            Self::Critical => 10,
        }
    }
}

/// An accepted exception with an end.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The rule it waives.
    pub rule: String,
    /// The subject by name, ARN, address or pattern.
    pub subject: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day it counts.
    pub expires: Date,
    /// Where it stands in the plan file.
    pub at: Span,
}

/// An accepted difference with an end. Subject and address must match where they are given; one of them is.
#[derive(Clone, Debug)]
pub struct DriftIgnore {
    /// The subject by name or ARN; `*` and `?` match.
    pub subject: Option<String>,
    /// The Terraform address; `*` and `?` match.
    pub address: Option<String>,
    /// The attribute, with everything in it; `*` and `?` match.
    pub attribute: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day it counts.
    pub expires: Date,
    /// Line of the human document that accepts it, from 1.
    pub document_line: Option<u32>,
    /// Where it stands in the plan file.
    pub at: Span,
}

impl DriftIgnore {
    /// What it is about, for people: the subject, else the address.
    pub fn about(&self) -> &str {
        self.subject.as_deref().or(self.address.as_deref()).unwrap_or("anything")
    }
}

/// A region by its name.
///
/// # Errors
/// A fragment that says what a region looks like, with the nearest name where one is near.
pub fn parse_region(text: &str) -> Result<crate::estate::Region, String> {
    text.parse::<schema::RegionName>().map(|name| name.0)
}
