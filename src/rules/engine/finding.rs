//! What the engine says of one promise and one subject.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::label::kinds_label;
use crate::estate::{Arn, Gap, Kind, Locus, Meta, Region, View};
use crate::plan::{Promise, Severity, Waiver};
use crate::rules::prelude::{Answer, Rule, Setting};

/// The verdict on one promise about one subject.
#[derive(Clone, Debug)]
pub struct Finding<'a> {
    /// Stays the same from run to run; 16 hex digits.
    pub id: String,
    /// The id of the rule, also where this version has no judge for it.
    pub rule_id: String,
    /// The rule, where this version has it.
    pub rule: Option<&'static Rule>,
    /// The promise; `None` for findings about the plan's waivers.
    pub promise: Option<&'a Promise>,
    /// How bad a breach is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// The verdict.
    pub verdict: Verdict<'a>,
    /// How strong the evidence is; `None` when unknown.
    pub grade: Option<Grade>,
    /// What was found in the deciding view.
    pub found: Option<String>,
    /// What each view says.
    pub views: BTreeMap<View, InView>,
    /// Which move made the views differ, with the line of code.
    pub blame: Option<String>,
}

/// The verdicts.
#[derive(Clone, Debug)]
pub enum Verdict<'a> {
    /// The promise holds.
    Kept,
    /// It does not.
    Broken,
    /// It cannot be judged.
    Unknown(Gap),
    /// It does not apply.
    NotApplicable,
    /// Accepted until a date; what it would be otherwise.
    Waived {
        /// The waiver.
        waiver: &'a Waiver,
        /// The verdict it covers: broken or unknown.
        covers: Box<Verdict<'a>>,
    },
}

/// How strong evidence is, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Code or the plan says so.
    Declared,
    /// A control plane or a state says so.
    Configured,
    /// A time-stamped artefact shows it.
    Observed,
}

impl Grade {
    /// As the report spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Configured => "configured",
            Self::Observed => "observed",
        }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// `S3 bucket`, `owner`, …
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// Where it lives.
    pub region: Option<String>,
    /// The ARN.
    pub arn: Option<String>,
    /// Who owns it.
    pub account: Option<String>,
    /// The Terraform address.
    pub address: Option<String>,
    /// What to show people where the name is an id or a path: `web-db (sg-0a1b)`.
    pub label: Option<String>,
}

impl Subject {
    /// Something that is no resource.
    pub fn named(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into(), region: None, arn: None, account: None, address: None, label: None }
    }

    /// A resource, by the headers of the views that hold it, strongest first.
    pub fn of(kind: Kind, headers: &[&Meta]) -> Self {
        let first = |get: fn(&Meta) -> Option<String>| headers.iter().find_map(|meta| get(meta));
        Self {
            kind: kind.to_string(),
            name: first(|meta| meta.name.ok().cloned())
                .or_else(|| headers.first().map(|meta| meta.display_name().to_owned()))
                .unwrap_or_default(),
            region: first(|meta| meta.region.ok().map(Region::to_string)),
            arn: first(|meta| meta.arn.ok().map(Arn::to_string)),
            account: first(|meta| meta.account.ok().map(ToString::to_string)),
            address: first(|meta| meta.address.clone()),
            label: None,
        }
    }

    /// What people read: the label where there is one, else the name.
    pub fn shown(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }

    /// All resources of some kinds, where none was seen or more may be hidden: `(S3 buckets)`.
    pub fn collective(kinds: &[Kind]) -> Self {
        let names: Vec<_> = kinds.iter().map(|kind| format!("{kind}s")).collect();
        let kind = kinds.first().map(ToString::to_string).unwrap_or_default();
        Self { label: Some(kinds_label(kinds)), ..Self::named(kind, format!("({})", names.join(" and "))) }
    }

    /// Whether it stands for resources that nobody saw.
    pub fn is_collective(&self) -> bool {
        self.name.starts_with('(') && self.arn.is_none() && self.region.is_none() && self.address.is_none()
    }

    /// The ARN where known, else the name.
    pub fn id(&self) -> &str {
        self.arn.as_deref().unwrap_or(&self.name)
    }
}

/// What one view says of the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InView {
    /// A rule judged it.
    Judged {
        /// The answer.
        answer: Answer,
        /// What was found.
        found: String,
        /// Where.
        at: Option<Place>,
        /// The one attribute that decided, where there is one.
        setting: Option<Setting>,
    },
    /// The rule could not judge it.
    Unknown(Gap),
    /// The view was read to its end and does not hold the subject.
    Absent,
}

/// Where something was seen: what it was seen on, and in which answer or file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The ARN or name of the resource.
    pub resource: String,
    /// The call, state or file.
    pub locus: Locus,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.locus {
            Locus::Api(action) => write!(f, "{} ({action})", self.resource),
            Locus::State { .. } | Locus::Code { .. } => self.locus.fmt(f),
        }
    }
}

/// A fingerprint over what makes a finding the same finding: the plan, the rule, the promise and the subject's own names.
///
/// Lines are left out, so that an edit of the document or the plan does not make old findings new.
pub fn fingerprint(plan: &str, rule: &str, promise: &str, subject: &Subject) -> String {
    let mut hash = Sha256::new();
    for part in [plan, rule, promise, &subject.kind, subject.region.as_deref().unwrap_or_default(), &subject.name] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
