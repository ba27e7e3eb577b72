//! Turns what `drift` says into the drift section of the report. Wiring only.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::assemble;
use crate::collect::needs;
use crate::drift::{self, Care, Complaint, Outcome, Problem};
use crate::estate::View;
use crate::plan::{Gate, Plan};
use crate::report::model;
use crate::rules::engine::{Subject, fingerprint, is_asked_for};
use crate::rules::prelude::Judge;
use crate::rules::registry;

/// The id of the finding that an entry of `drift.ignore` makes when it ran out.
const EXPIRED: &str = "drift-ignore-expired";
/// The id of the finding that an entry of `drift.ignore` makes when it covers nothing.
const UNUSED: &str = "drift-ignore-unused";

/// What the promises that are asked for speak of.
pub(super) fn cares<'a>(plan: &'a Plan, gate: Option<Gate>, only: &BTreeSet<String>) -> Vec<Care<'a>> {
    let asked = plan.promises.iter().filter(|promise| is_asked_for(promise, only) && (promise.gate.is_none() || promise.gate == gate));
    let cares = asked.filter_map(|promise| {
        let rule = registry::find(promise.claim.rule())?;
        let subjects = match rule.judge {
            Judge::Each { kinds, .. } => kinds,
            Judge::Whole(_) => &[],
        };
        let taken = rule.needs.iter().filter(|need| promise.claim.takes(**need));
        Some(Care { promise, subjects, evidence: taken.flat_map(|need| needs::kinds(*need).0).copied().collect() })
    });
    cares.collect()
}

/// What the section is made of.
pub(super) struct Shown<'a> {
    pub(super) outcome: &'a Outcome<'a>,
    /// The views that were there.
    pub(super) views: &'a [View],
    /// Differences decide the exit code.
    pub(super) decides: bool,
    /// List what was suppressed.
    pub(super) explain: bool,
}

/// Fills the drift section.
pub(super) fn fill(report: &mut model::Report, shown: &Shown<'_>) {
    let Shown { outcome, views, decides, explain } = shown;
    let ignored = outcome.differences.iter().filter(|difference| difference.ignored.is_some()).count() as u64;
    let mut suppressed = BTreeMap::new();
    for one in &outcome.suppressed {
        *suppressed.entry(one.reason.to_string()).or_insert(0) += 1;
    }
    report.drift = outcome.differences.iter().map(difference).collect();
    report.drift_summary = Some(model::DriftSummary {
        views: views.iter().map(ToString::to_string).collect(),
        decides: *decides,
        things: outcome.things,
        attributes: outcome.attributes,
        differences: outcome.differences.len() as u64 - ignored,
        ignored,
        suppressed,
        not_compared: outcome.not_compared.iter().map(|(cause, many)| (assemble::cause(*cause), *many)).collect(),
        unread: outcome.unread.iter().map(assemble::gap).collect(),
        unmanaged_elsewhere: outcome.unmanaged_elsewhere,
        explained: if *explain { outcome.suppressed.iter().map(self::suppressed).collect() } else { Vec::new() },
        never_compared: if *explain { never(outcome) } else { Vec::new() },
    });
}

fn never(outcome: &Outcome<'_>) -> Vec<model::NeverCompared> {
    let named = |(kind, attribute, reason): &(crate::estate::Kind, &str, &str)| model::NeverCompared {
        kind: kind.to_string(),
        attribute: (*attribute).to_owned(),
        reason: (*reason).to_owned(),
    };
    outcome.never.iter().map(named).collect()
}

fn side(sides: &BTreeMap<View, drift::Said>, view: View) -> Option<String> {
    sides.get(&view).map(|said| said.value.clone())
}

fn difference(difference: &drift::Difference<'_>) -> model::Drift {
    let drift::Difference { subject, attribute, sides, blame, promises, confirmed, ignored } = difference;
    model::Drift {
        subject: self::subject(subject),
        attribute: attribute.clone(),
        declared: side(sides, View::Declared),
        recorded: side(sides, View::Recorded),
        live: side(sides, View::Live),
        blame: (*blame).to_owned(),
        at: sides.iter().filter_map(|(view, said)| Some((view.to_string(), said.at.clone()?))).collect(),
        promises: promises.iter().map(|promise| promise.at.line).collect(),
        confirmed: *confirmed,
        ignored: ignored.map(|ignore| model::DriftIgnore {
            owner: ignore.owner.clone(),
            reason: ignore.reason.clone(),
            expires: ignore.expires.to_string(),
            line: ignore.at.line,
        }),
    }
}

fn suppressed(one: &drift::Suppressed) -> model::Suppressed {
    model::Suppressed {
        subject: subject(&one.subject),
        attribute: one.attribute.clone(),
        reason: one.reason.to_string(),
        declared: side(&one.sides, View::Declared),
        recorded: side(&one.sides, View::Recorded),
        live: side(&one.sides, View::Live),
    }
}

fn subject(subject: &drift::Subject) -> model::Subject {
    let drift::Subject { kind, name, region, arn, account, address, label } = subject;
    model::Subject {
        kind: kind.to_string(),
        id: arn.as_ref().or(Some(name)).filter(|id| !id.is_empty()).or(address.as_ref()).cloned().unwrap_or_default(),
        name: name.clone(),
        region: region.clone(),
        account: account.clone(),
        address: address.clone(),
        label: label.clone(),
    }
}

/// Findings about entries of `drift.ignore`, like those about waivers.
pub(super) fn complaints(plan: &Plan, outcome: &Outcome<'_>) -> Vec<model::Finding> {
    outcome.complaints.iter().map(|complaint| self::complaint(plan, complaint)).collect()
}

fn complaint(plan: &Plan, complaint: &Complaint<'_>) -> model::Finding {
    let ignore = complaint.ignore;
    let (rule, verdict, found, gap) = match &complaint.problem {
        Problem::Expired => (EXPIRED, model::Verdict::Broken, Some(format!("ran out on {} ({})", ignore.expires, ignore.owner)), None),
        Problem::Unused => {
            let found = format!("covers no difference ({}, until {})", ignore.owner, ignore.expires);
            (UNUSED, model::Verdict::Broken, Some(found), None)
        }
        Problem::Unseen(gap) => (UNUSED, model::Verdict::Unknown, None, Some(gap)),
    };
    let label = format!("the accepted difference in {} of {}", ignore.attribute, ignore.about());
    let name = format!("{} of {}", ignore.attribute, ignore.about());
    let said = found.clone().or_else(|| gap.map(|gap| format!("cannot be judged: {gap}"))).unwrap_or_default();
    model::Finding {
        id: fingerprint(&plan.name, rule, "", &Subject::named("drift ignore", &*name)),
        rule: rule.to_owned(),
        section: "governance".to_owned(),
        title: label.clone(),
        severity: "medium".to_owned(),
        verdict,
        grade: (verdict == model::Verdict::Broken).then(|| "declared".to_owned()),
        document: model::Place { path: plan.document.path.as_ref().map(ToString::to_string), line: ignore.document_line },
        promise: model::PromiseRef {
            path: plan.path.to_string(),
            line: ignore.at.line,
            column: ignore.at.column,
            text: "drift.ignore".to_owned(),
        },
        subject: model::Subject {
            kind: "drift ignore".to_owned(),
            id: name.clone(),
            name,
            region: None,
            account: None,
            address: ignore.address.clone(),
            label: Some(label.clone()),
        },
        promised: "accepted differences that are current and needed".to_owned(),
        found,
        message: format!("{label} {said}"),
        blame: None,
        views: BTreeMap::new(),
        gap: gap.map(assemble::gap),
        waiver: None,
        remediation: model::Remediation {
            text: "Renew the entry of `drift.ignore` with a new reason, or remove it from the plan.".to_owned(),
            terraform: None,
            cli: None,
            at: None,
            change: None,
        },
        controls: Vec::new(),
    }
}

/// The request of a comparison, from what was gathered.
pub(super) fn request<'a>(
    plan: &'a Plan,
    gathered: (&'a crate::estate::Estate, Option<drift::Refreshed<'a>>),
    cares: &'a [Care<'a>],
    now: Timestamp,
    all: bool,
) -> drift::Request<'a> {
    drift::Request { plan, estate: gathered.0, refreshed: gathered.1, now, cares, all }
}
