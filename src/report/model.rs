//! The report, version 1. Fields may be added, never changed. `reports/schema/report.v1.json` is generated from here.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of [`Report::schema`].
pub const SCHEMA: &str = "lastro.report/v1";

/// One audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// `lastro.report/v1`.
    pub schema: String,
    /// What made the report.
    pub tool: Tool,
    /// The plan that was audited.
    pub plan: PlanRef,
    /// The audit time, RFC 3339 in UTC.
    pub audited_at: String,
    /// Where evidence came from.
    pub sources: Vec<Source>,
    /// How much of the plan holds, and how much could be judged.
    pub score: Score,
    /// One entry per promise and subject, in report order.
    pub findings: Vec<Finding>,
    /// Differences between code, state and live: what promises speak of first.
    pub drift: Vec<Drift>,
    /// How much was compared, and what was left out; `null` in reports of versions that compared nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_summary: Option<DriftSummary>,
    /// Disasters (filled by the recovery issue; empty before).
    pub scenarios: Vec<serde_json::Value>,
    /// What the audit cost.
    pub stats: Stats,
    /// What the rules of the findings check, by id; only those that a finding names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleText>,
}

/// What a rule checks, why, and on what evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleText {
    /// The id, as findings name it.
    pub id: String,
    /// One line.
    pub summary: String,
    /// How bad a breach is, unless the plan says otherwise.
    pub severity: String,
    /// The page that `lastro explain` shows, in Markdown.
    pub doc: String,
    /// The controls it is evidence for.
    pub controls: Vec<Control>,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `lastro`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanRef {
    /// The short name.
    pub name: String,
    /// The title.
    pub title: String,
    /// The plan file as the user named it.
    pub path: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// One source of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// `aws`, `terraform_state`, `evidence`, …
    pub kind: String,
    /// Account, file, or address.
    pub uri: String,
    /// Which view it fills.
    pub view: String,
    /// When it was read or recorded.
    pub read_at: Option<String>,
    /// How many resources it gave.
    pub resources: u64,
    /// What it could not give, and why; sorted.
    pub gaps: Vec<Gap>,
    /// What the reader noticed: an empty state, two snapshots of one state, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// `denied`, `throttled`, `not_read`, `not_judged_yet`, …
    pub cause: String,
    /// The permission or call that would settle it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What was tried and what to do.
    pub detail: String,
}

/// How much of the plan holds. Percentages from 0 to 100, one decimal; `null` when nothing weighs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// Weight kept of weight kept, broken and unknown.
    pub overall: Option<f64>,
    /// Weight kept or broken of weight kept, broken and unknown.
    pub evidence_coverage: Option<f64>,
    /// The same per section.
    pub by_section: BTreeMap<String, SectionScore>,
    /// Findings by verdict.
    pub counts: BTreeMap<String, u64>,
}

/// Score of one section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SectionScore {
    /// Weight kept of weight kept, broken and unknown.
    pub score: Option<f64>,
    /// Weight kept or broken of weight kept, broken and unknown.
    pub evidence_coverage: Option<f64>,
}

/// One promise about one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// A fingerprint that stays the same from run to run.
    pub id: String,
    /// The rule that judged it.
    pub rule: String,
    /// `datasets`, `edge`, …
    pub section: String,
    /// One line: rule summary and subject.
    pub title: String,
    /// `critical`, `high`, `medium`, `low`.
    pub severity: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How strong the evidence is: `declared`, `configured`, `observed`, `proven`; `null` when unknown.
    pub grade: Option<String>,
    /// Where the human document makes the promise.
    pub document: Place,
    /// The promise in the plan file.
    pub promise: PromiseRef,
    /// What it is about.
    pub subject: Subject,
    /// What the plan promises.
    pub promised: String,
    /// What was found; `null` when unknown.
    pub found: Option<String>,
    /// Both sides in a sentence.
    pub message: String,
    /// Which move made the views differ, where they do.
    pub blame: Option<String>,
    /// What each view says.
    pub views: BTreeMap<String, ViewVerdict>,
    /// Why it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
    /// The waiver that covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
    /// How to mend it.
    pub remediation: Remediation,
    /// The controls it is evidence for.
    pub controls: Vec<Control>,
}

/// The verdict of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The promise does not hold.
    Broken,
    /// It cannot be judged.
    Unknown,
    /// Broken or unknown, and accepted until a date.
    Waived,
    /// It does not apply.
    NotApplicable,
    /// It holds.
    Kept,
}

impl Verdict {
    /// Every verdict, in the order in which a report shows them.
    pub const ALL: [Self; 5] = [Self::Broken, Self::Unknown, Self::Waived, Self::NotApplicable, Self::Kept];

    /// As the report spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Unknown => "unknown",
            Self::Waived => "waived",
            Self::NotApplicable => "not_applicable",
            Self::Kept => "kept",
        }
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file.
    pub path: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
}

/// A promise in the plan file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PromiseRef {
    /// The plan file.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What it says.
    pub text: String,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// `S3 bucket`, `DB instance`, `plan`, …
    pub kind: String,
    /// ARN where known, else the best name there is.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Region, where it has one.
    pub region: Option<String>,
    /// Account, where known.
    pub account: Option<String>,
    /// Terraform address, where known.
    pub address: Option<String>,
    /// What to show people where the name is an id or a path: `web-db (sg-0a1b)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Subject {
    /// What people read: the label where there is one, else the name.
    pub fn shown(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }

    /// Whether it stands for resources that nobody could name: `(S3 buckets)`.
    pub fn is_unseen(&self) -> bool {
        self.name.starts_with('(') && self.name.ends_with(')')
    }
}

/// What one view says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ViewVerdict {
    /// `kept`, `broken`, `unknown`, `not_applicable`, or `absent`.
    pub verdict: String,
    /// What was found there, or why nothing was.
    pub found: String,
    /// Where: ARN and API action, or state file and address, or file and line.
    pub at: Option<String>,
    /// The line of code, in parts, where the view is code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodePlace>,
}

/// A place in Terraform code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodePlace {
    /// The file as the user named it.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Where the value comes from when it is not written there: `prod.tfvars:3`, `provider default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// One attribute, or a thing as a whole, of which two views do not say the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// What it is about.
    pub subject: Subject,
    /// The path: `backup_retention_days`, `lifecycle["archive"].transitions[0].days`; `resource` for the thing itself.
    pub attribute: String,
    /// What the code says; `null` when nobody knows.
    pub declared: Option<String>,
    /// What the state says; `null` when nobody knows.
    pub recorded: Option<String>,
    /// What is live; `null` when nobody knows.
    pub live: Option<String>,
    /// Which move made them differ.
    pub blame: String,
    /// Where each view says it.
    #[serde(default)]
    pub at: BTreeMap<String, String>,
    /// Lines of the plan whose promises speak of the subject.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<u32>,
    /// `resource_drift` of a Terraform plan says the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirmed: bool,
    /// The entry of `drift.ignore` that accepts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<DriftIgnore>,
}

/// An accepted difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DriftIgnore {
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day it counts, `YYYY-MM-DD`.
    pub expires: String,
    /// Line of the plan file, from 1.
    pub line: u32,
}

/// How much was compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DriftSummary {
    /// The views that were compared, weakest first.
    pub views: Vec<String>,
    /// Differences decide the exit code (`lastro drift`), or only inform (`lastro audit`).
    pub decides: bool,
    /// Things that at least two views hold.
    pub things: u64,
    /// Attributes of them that at least two views know.
    pub attributes: u64,
    /// Differences that nobody accepted.
    pub differences: u64,
    /// Differences that `drift.ignore` accepts.
    pub ignored: u64,
    /// What looks different and is not, by reason: `order`, `spelling`, `ignore_changes`, …
    pub suppressed: BTreeMap<String, u64>,
    /// Attributes that one view knows and another does not, by the cause of the gap.
    pub not_compared: BTreeMap<String, u64>,
    /// What could not be compared because something could not be read; sorted.
    pub unread: Vec<Gap>,
    /// Things that neither code nor a promise speaks of: `lastro drift --all` lists them.
    pub unmanaged_elsewhere: u64,
    /// What was suppressed, one by one, where it was asked for (`--explain-suppressed`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explained: Vec<Suppressed>,
    /// Attributes that are never compared, where it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_compared: Vec<NeverCompared>,
}

/// Something that looks like a difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    /// What it is about.
    pub subject: Subject,
    /// The path.
    pub attribute: String,
    /// Why it is no difference.
    pub reason: String,
    /// What the code says.
    pub declared: Option<String>,
    /// What the state says.
    pub recorded: Option<String>,
    /// What is live.
    pub live: Option<String>,
}

/// An attribute that is never compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NeverCompared {
    /// `S3 bucket`, `DB instance`, …
    pub kind: String,
    /// The attribute.
    pub attribute: String,
    /// Why.
    pub reason: String,
}

/// An accepted exception.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day it counts, `YYYY-MM-DD`.
    pub expires: String,
    /// The verdict it covers.
    pub covers: String,
}

/// How to mend a breach, with the subject's own names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Remediation {
    /// One or two sentences.
    pub text: String,
    /// Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform: Option<String>,
    /// AWS CLI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cli: Option<String>,
    /// The line of code to change, where the code breaks the promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
    /// How the attribute should read there, where one attribute decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
}

/// One attribute in the code, as it reads and as it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The path inside of the block: `backup_retention_period`.
    pub attribute: String,
    /// What it evaluates to, as Terraform writes it; absent where the code does not set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// What keeps the promise, as Terraform writes it.
    pub should: String,
}

/// A control of a framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Control {
    /// `NIST SP 800-53`, …
    pub framework: String,
    /// Its version or revision.
    pub version: String,
    /// The control's id.
    pub id: String,
}

/// What the audit cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    /// Requests sent, retries included, by `service.Operation`.
    pub api_calls: BTreeMap<String, u64>,
    /// Wall seconds by phase; empty when recorded evidence was replayed, so that a replay gives the same bytes.
    pub seconds: BTreeMap<String, f64>,
}
