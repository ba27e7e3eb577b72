//! Turns what the rooms say into the frozen report. Wiring only: every sentence that decides was made elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::collect::SourceNote;
use crate::collect::redact::Redactor;
use crate::estate::{Cause, Gap, Locus, View};
use crate::plan::{Plan, Promise};
use crate::report::{model, score};
use crate::rules::engine::{Finding, InView, Subject, Verdict};
use crate::rules::prelude::Answer;
use crate::rules::registry;
use crate::rules::remedy::{Change, Remedy, control, remedy, summary};

/// Everything a report is made of.
pub(super) struct Parts<'a> {
    pub(super) plan: &'a Plan,
    pub(super) now: Timestamp,
    pub(super) sources: &'a [(SourceNote, BTreeMap<String, u64>)],
    pub(super) findings: &'a [Finding<'a>],
    pub(super) seconds: BTreeMap<String, f64>,
}

/// The report.
pub(super) fn report(parts: Parts<'_>) -> model::Report {
    let findings: Vec<_> = parts.findings.iter().map(|finding| self::finding(parts.plan, finding)).collect();
    let mut api_calls = BTreeMap::new();
    for (call, count) in parts.sources.iter().flat_map(|(_, calls)| calls) {
        *api_calls.entry(call.clone()).or_insert(0) += count;
    }
    model::Report {
        schema: model::SCHEMA.to_owned(),
        tool: model::Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        plan: model::PlanRef {
            name: parts.plan.name.clone(),
            title: parts.plan.title.clone(),
            path: parts.plan.path.to_string(),
            sha256: parts.plan.sha256.clone(),
        },
        audited_at: parts.now.to_string(),
        sources: parts.sources.iter().map(|(note, _)| source(note)).collect(),
        score: score::score(&findings),
        rules: rule_texts(&findings),
        findings,
        drift: Vec::new(),
        drift_summary: None,
        scenarios: Vec::new(),
        stats: model::Stats { api_calls, seconds: parts.seconds },
    }
}

/// Adds findings that no rule made.
pub(super) fn add(report: &mut model::Report, findings: Vec<model::Finding>) {
    if !findings.is_empty() {
        report.findings.extend(findings);
        report.score = score::score(&report.findings);
    }
}

/// The report without any repetition of a secret that a state held: a tag or a name may carry one.
pub(super) fn without_secrets(report: model::Report, redactor: &Redactor) -> Result<model::Report, super::Error> {
    if redactor.is_empty() {
        return Ok(report);
    }
    let mut value = serde_json::to_value(&report).map_err(anyhow::Error::from)?;
    drop(report);
    clean(&mut value, redactor);
    Ok(serde_json::from_value(value).map_err(anyhow::Error::from)?)
}

fn clean(value: &mut serde_json::Value, redactor: &Redactor) {
    match value {
        serde_json::Value::String(text) => {
            if let std::borrow::Cow::Owned(redacted) = redactor.text(text) {
                *text = redacted;
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| clean(item, redactor)),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(|field| clean(field, redactor)),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

fn source(note: &SourceNote) -> model::Source {
    model::Source {
        kind: note.kind.clone(),
        uri: note.uri.clone(),
        view: note.view.to_string(),
        read_at: note.read_at.map(|time| time.to_string()),
        resources: note.resources,
        gaps: note.gaps.iter().map(gap).collect(),
        notes: note.notes.clone(),
    }
}

pub(super) fn gap(gap: &Gap) -> model::Gap {
    model::Gap {
        cause: cause(gap.cause),
        action: gap.action.as_ref().map(|action| action.as_str().to_owned()),
        detail: gap.detail.to_string(),
    }
}

/// A cause as the report spells it: `not_judged_yet`.
pub(super) fn cause(cause: Cause) -> String {
    let spelled = serde_json::to_value(cause).ok();
    spelled.as_ref().and_then(serde_json::Value::as_str).map_or_else(|| cause.to_string(), str::to_owned)
}

fn finding(plan: &Plan, finding: &Finding<'_>) -> model::Finding {
    let (verdict, why) = verdict(&finding.verdict);
    let remedy = remedy(finding);
    let (summary, shown) = (summary(finding), finding.subject.shown());
    model::Finding {
        id: finding.id.clone(),
        rule: finding.rule_id.clone(),
        section: finding.promise.map_or("governance", |promise| promise.section.as_str()).to_owned(),
        title: if summary == shown { summary.to_owned() } else { format!("{summary}: {shown}") },
        severity: finding.severity.as_str().to_owned(),
        verdict,
        grade: finding.grade.map(|grade| grade.as_str().to_owned()),
        document: model::Place {
            path: plan.document.path.as_ref().map(ToString::to_string),
            line: finding.promise.and_then(|promise| promise.document_line),
        },
        promise: promise_ref(plan, finding),
        subject: subject(&finding.subject),
        promised: finding.promise.map_or_else(|| "waivers that are current and needed".to_owned(), |promise| promise.claim.to_string()),
        found: finding.found.clone(),
        message: message(plan, finding, why),
        blame: finding.blame.clone(),
        views: finding.views.iter().map(|(view, says)| (view.to_string(), in_view(*view, says))).collect(),
        gap: why.map(gap),
        waiver: waiver(&finding.verdict),
        remediation: remediation(remedy),
        controls: finding.rule.map(|rule| rule.controls.iter().map(|text| model_control(text)).collect()).unwrap_or_default(),
    }
}

fn remediation(remedy: Remedy) -> model::Remediation {
    let Remedy { text, terraform, cli, at, change } = remedy;
    let change = at.as_ref().zip(change).map(|((file, line), Change { attribute, now, should })| model::Change {
        file: file.clone(),
        line: *line,
        attribute,
        now,
        should,
    });
    let at = at.map(|(path, line)| model::Place { path: Some(path), line: Some(line) });
    model::Remediation { text, terraform, cli, at, change }
}

fn model_control(text: &str) -> model::Control {
    let (framework, version, id) = control(text);
    model::Control { framework, version, id }
}

fn verdict<'a>(verdict: &'a Verdict<'_>) -> (model::Verdict, Option<&'a Gap>) {
    match verdict {
        Verdict::Kept => (model::Verdict::Kept, None),
        Verdict::Broken => (model::Verdict::Broken, None),
        Verdict::Unknown(gap) => (model::Verdict::Unknown, Some(gap)),
        Verdict::NotApplicable => (model::Verdict::NotApplicable, None),
        Verdict::Waived { covers, .. } => (model::Verdict::Waived, self::verdict(covers).1),
    }
}

fn waiver(verdict: &Verdict<'_>) -> Option<model::Waiver> {
    let Verdict::Waived { waiver, covers } = verdict else { return None };
    Some(model::Waiver {
        owner: waiver.owner.clone(),
        reason: waiver.reason.clone(),
        expires: waiver.expires.to_string(),
        covers: self::verdict(covers).0.as_str().to_owned(),
    })
}

fn promise_ref(plan: &Plan, finding: &Finding<'_>) -> model::PromiseRef {
    let path = plan.path.to_string();
    match finding.promise {
        Some(Promise { at, text, .. }) => model::PromiseRef { path, line: at.line, column: at.column, text: text.clone() },
        None => {
            let at = plan
                .waivers
                .iter()
                .find(|waiver| finding.subject.name == format!("{} of {}", waiver.rule, waiver.subject))
                .map(|waiver| waiver.at);
            let at = at.unwrap_or_default();
            model::PromiseRef { path, line: at.line, column: at.column, text: "waiver".to_owned() }
        }
    }
}

fn subject(subject: &Subject) -> model::Subject {
    model::Subject {
        kind: subject.kind.clone(),
        id: subject.id().to_owned(),
        name: subject.name.clone(),
        region: subject.region.clone(),
        account: subject.account.clone(),
        address: subject.address.clone(),
        label: subject.label.clone(),
    }
}

fn in_view(view: View, says: &InView) -> model::ViewVerdict {
    match says {
        InView::Judged { answer, found, at, setting: _ } => model::ViewVerdict {
            verdict: match answer {
                Answer::Kept => "kept",
                Answer::Broken => "broken",
                Answer::NotApplicable => "not_applicable",
            }
            .to_owned(),
            found: found.clone(),
            at: at.as_ref().map(ToString::to_string),
            code: at.as_ref().and_then(|place| code(&place.locus)),
        },
        InView::Unknown(gap) => model::ViewVerdict { verdict: "unknown".to_owned(), found: gap.to_string(), at: None, code: None },
        InView::Absent => model::ViewVerdict { verdict: "absent".to_owned(), found: absence(view).to_owned(), at: None, code: None },
    }
}

/// The line of code, for readers that take more than a sentence.
fn code(locus: &Locus) -> Option<model::CodePlace> {
    match locus {
        Locus::Code { file, line, column, from } => {
            Some(model::CodePlace { path: file.to_string(), line: *line, column: *column, from: from.as_ref().map(ToString::to_string) })
        }
        Locus::Api(_) | Locus::State { .. } => None,
    }
}

/// The documentation of every rule that a finding names, by id.
fn rule_texts(findings: &[model::Finding]) -> Vec<model::RuleText> {
    let ids: BTreeSet<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    let rules = ids.into_iter().filter_map(registry::find);
    let texts = rules.map(|rule| model::RuleText {
        id: rule.id.to_owned(),
        summary: rule.summary.to_owned(),
        severity: rule.severity.as_str().to_owned(),
        doc: super::explain::page(rule),
        controls: rule.controls.iter().map(|text| model_control(text)).collect(),
    });
    texts.collect()
}

fn absence(view: View) -> &'static str {
    match view {
        View::Declared => "not in the Terraform code",
        View::Recorded => "not in the Terraform state",
        View::Live => "not there",
    }
}

/// Both sides, each with its place.
fn message(plan: &Plan, finding: &Finding<'_>, why: Option<&Gap>) -> String {
    let shown = finding.subject.shown();
    let found = match (&finding.found, why) {
        (Some(found), _) if finding.subject.is_collective() => format!("are promised and {found}"),
        (Some(found), _) => found.clone(),
        (None, Some(gap)) => format!("cannot be judged: {gap}"),
        (None, None) => String::new(),
    };
    let Some(promise) = finding.promise else { return format!("{shown} {found}") };
    let line = promise.document_line.map(|line| format!(", document line {line}")).unwrap_or_default();
    format!("{shown} {found}; the plan promises {} ({}:{}{line})", promise.claim, plan.path, promise.at.line)
}
