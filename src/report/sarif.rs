//! The report as SARIF 2.1.0, for code scanning and editors: each finding at its Terraform line where there is one.
//!
//! Cited as `§n`: Static Analysis Results Interchange Format (SARIF) Version 2.1.0, OASIS Standard.

mod place;
mod text;

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value, json};

use self::place::{locations, related};
use self::text::{clip, message, plain};
use super::json;
use super::model::{Control, Finding, Report, RuleText, Verdict};
use super::table::order::{by_section, plan_order};

/// The schema that the log follows.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The rule of differences between views.
const DRIFT: &str = "drift";

/// Code scanning on GitHub refuses a run with more (docs.github.com, "SARIF results exceed limits", read 2026-11-20).
const MOST_RESULTS: usize = 25_000;

/// The same page: more tags than these and the file is refused.
const MOST_TAGS: usize = 20;

/// Reasons of sources that are told as notifications.
const MOST_NOTIFICATIONS: usize = 1000;

/// The limits of code scanning on names and descriptions, in characters (docs.github.com, "SARIF support for code
/// scanning").
const NAME: usize = 255;
const DESCRIPTION: usize = 1024;

/// Writes the report as a SARIF log with one run and a newline at its end.
///
/// Every finding is a result: `broken` is `fail`, `unknown` is `open`, `kept` is `pass`, and what is waived keeps its kind and
/// is suppressed. What is broken comes first, so that a limit cuts off what is kept.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    json::write_safe(&log(report), out)
}

fn log(report: &Report) -> Value {
    let findings = ordered(report);
    let rules = Rules::of(report, &findings);
    let drift = drift_results(report, &rules);
    let total = findings.len() + drift.len();
    // Broken and unknown findings, then drift, then what needs no action.
    let urgent = findings.partition_point(|finding| finding.verdict < Verdict::NotApplicable);
    let (urgent, calm) = findings.split_at(urgent);
    let result = |finding: &&Finding| result(finding, &rules);
    let results: Vec<Value> = urgent.iter().map(result).chain(drift).chain(calm.iter().map(result)).take(MOST_RESULTS).collect();
    let left_out = total - results.len();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "semanticVersion": report.tool.version,
                "rules": rules.descriptors,
            } },
            "automationDetails": {
                // §3.17.3: the trailing slash says that all of it names the category, and nothing the run.
                "id": format!("lastro/{}/", place::encoded(&report.plan.name)),
                "description": { "text": message(&report.plan.title) },
            },
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(report, left_out),
            }],
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "Where lastro was run." } } },
            "columnKind": "unicodeCodePoints",
            "results": results,
            "properties": {
                "auditedAt": report.audited_at,
                "score": report.score.overall,
                "evidenceCoverage": report.score.evidence_coverage,
                "counts": report.score.counts,
                "planSha256": report.plan.sha256,
            },
        }],
    })
}

/// The most urgent first: by verdict and severity, then as the plan has them.
fn ordered(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = by_section(&report.findings).into_iter().flat_map(|(_, findings)| findings).collect();
    findings.sort_by(|a, b| (a.verdict, rank(&a.severity)).cmp(&(b.verdict, rank(&b.severity))).then_with(|| plan_order(a, b)));
    findings
}

fn rank(severity: &str) -> usize {
    ["critical", "high", "medium", "low"].iter().position(|known| *known == severity).unwrap_or(0)
}

/// §3.27.10: the level of a result that fails.
fn level(severity: &str) -> &'static str {
    match severity {
        "medium" => "warning",
        "low" => "note",
        // Critical, high, and what this version does not know.
        _ => "error",
    }
}

/// GitHub sorts alerts by this number: over 9 is critical, from 7 high, from 4 medium.
fn security_severity(severity: &str) -> &'static str {
    match severity {
        "critical" => "9.5",
        "medium" => "5.5",
        "low" => "2.5",
        _ => "8.0",
    }
}

/// The descriptors of a run, and where each rule stands among them.
struct Rules<'a> {
    descriptors: Vec<Value>,
    index: BTreeMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    fn of(report: &'a Report, findings: &[&'a Finding]) -> Self {
        let mut first: BTreeMap<&str, &Finding> = BTreeMap::new();
        for finding in findings {
            first.entry(&finding.rule).or_insert(finding);
        }
        let texts: BTreeMap<&str, &RuleText> = report.rules.iter().map(|text| (text.id.as_str(), text)).collect();
        let mut described: Vec<(&str, Value)> =
            first.into_iter().map(|(id, finding)| (id, texts.get(id).map_or_else(|| bare(finding), |text| descriptor(text)))).collect();
        if !report.drift.is_empty() && described.iter().all(|(id, _)| *id != DRIFT) {
            described.push((DRIFT, drift_descriptor()));
        }
        let index = described.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        Self { descriptors: described.into_iter().map(|(_, value)| value).collect(), index }
    }

    /// `ruleId`, and `ruleIndex` where it is known.
    fn name(&self, id: &str, result: &mut Map<String, Value>) {
        result.insert("ruleId".to_owned(), json!(plain(id)));
        if let Some(at) = self.index.get(id) {
            result.insert("ruleIndex".to_owned(), json!(at));
        }
    }
}

/// §3.49. The help is the page of the rule, in which nothing stands for a value: its braces stay as they are.
fn descriptor(text: &RuleText) -> Value {
    let mut rule = shell(&text.id, &text.summary, &text.severity, &text.controls);
    rule["help"] = json!({ "text": text.doc, "markdown": text.doc });
    rule["fullDescription"] = json!({ "text": clip(&plain(&first_paragraph(text)), DESCRIPTION) });
    rule
}

/// A finding that no rule of the registry made: a waiver that ran out, say.
fn bare(finding: &Finding) -> Value {
    let title =
        finding.title.strip_suffix(finding.subject.shown()).map_or(finding.title.as_str(), |title| title.trim_end_matches([':', ' ']));
    let mut rule = shell(&finding.rule, title, &finding.severity, &finding.controls);
    rule["help"] = json!({ "text": plain(&finding.remediation.text) });
    rule
}

fn drift_descriptor() -> Value {
    let summary = "Code, state and reality say the same";
    let mut rule = shell(DRIFT, summary, "medium", &[]);
    let help =
        "Two views of one thing differ: Terraform code, Terraform state, and what is live. The result says which, and whose move it was.";
    rule["help"] = json!({ "text": help });
    rule
}

fn shell(id: &str, summary: &str, severity: &str, controls: &[Control]) -> Value {
    let summary = clip(&plain(summary), DESCRIPTION);
    json!({
        "id": plain(id),
        "name": clip(&camel(&plain(id)), NAME),
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "defaultConfiguration": { "level": level(severity) },
        "properties": { "tags": tags(controls), "security-severity": security_severity(severity), "precision": "very-high" },
    })
}

/// What the page of a rule says first under "What it checks"; the summary where it has no such section.
fn first_paragraph(text: &RuleText) -> String {
    let after = text.doc.split_once("## What it checks").map_or("", |(_, after)| after).trim_start();
    let paragraph = after.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    if paragraph.is_empty() { text.summary.clone() } else { paragraph }
}

/// Controls as tags, after those by which alerts are filtered.
fn tags(controls: &[Control]) -> Vec<String> {
    let controls = controls.iter().map(|Control { framework, version, id }| clip(&plain(&format!("{framework} {version}: {id}")), NAME));
    ["security".to_owned(), "disaster-recovery".to_owned()].into_iter().chain(controls).take(MOST_TAGS).collect()
}

/// `rds-backup-retention` as §3.49.7 wants names: `RdsBackupRetention`.
fn camel(id: &str) -> String {
    let words = id.split(['-', '_', ' ']).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// §3.27.
fn result(finding: &Finding, rules: &Rules<'_>) -> Value {
    let mut result = Map::new();
    rules.name(&finding.rule, &mut result);
    let kind = kind(finding);
    // §3.27.10: what does not fail has no level.
    let level = if kind == "fail" { level(&finding.severity) } else { "none" };
    result.insert("kind".to_owned(), json!(kind));
    result.insert("level".to_owned(), json!(level));
    result.insert("message".to_owned(), json!({ "text": message(&words(finding)) }));
    result.insert("locations".to_owned(), json!(locations(finding)));
    let related = related(finding);
    if !related.is_empty() {
        result.insert("relatedLocations".to_owned(), json!(related));
    }
    result.insert("partialFingerprints".to_owned(), json!({ "lastro/v1": plain(&finding.id) }));
    if let Some(waiver) = &finding.waiver {
        let why = format!("{} (accepted by {} until {})", waiver.reason, waiver.owner, waiver.expires);
        result.insert("suppressions".to_owned(), json!([{ "kind": "external", "status": "accepted", "justification": plain(&why) }]));
    }
    result.insert("properties".to_owned(), properties(finding));
    Value::Object(result)
}

/// What is waived keeps the kind that it would have without the waiver.
fn kind(finding: &Finding) -> &'static str {
    match finding.verdict {
        Verdict::Broken => "fail",
        Verdict::Unknown => "open",
        Verdict::Kept => "pass",
        Verdict::NotApplicable => "notApplicable",
        Verdict::Waived if finding.waiver.as_ref().is_some_and(|waiver| waiver.covers == "unknown") => "open",
        Verdict::Waived => "fail",
    }
}

/// Both sides, the three views where they differ, whose move it was, and what to do.
fn words(finding: &Finding) -> String {
    let mut words = finding.message.clone();
    let mut add = |text: String| {
        words.push_str(if words.ends_with(['.', '!']) { " " } else { ". " });
        words.push_str(&text);
    };
    if finding.views.len() > 1 {
        let seen = ["declared", "recorded", "live"].into_iter().filter_map(|view| Some((view, finding.views.get(view)?)));
        for (view, seen) in seen {
            let at = seen.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
            add(format!("{view}: {}, {}{at}", seen.verdict.replace('_', " "), seen.found));
        }
    }
    if let Some(blame) = &finding.blame {
        add(format!("Blame: {blame}"));
    }
    if matches!(finding.verdict, Verdict::Broken | Verdict::Waived) && !finding.remediation.text.is_empty() {
        add(format!("Fix: {}", finding.remediation.text));
    }
    words
}

fn properties(finding: &Finding) -> Value {
    let mut properties = json!({
        "verdict": finding.verdict.as_str(),
        "severity": plain(&finding.severity),
        "section": plain(&finding.section),
        "subject": plain(&finding.subject.id),
        "promised": plain(&finding.promised),
    });
    if let Some(gap) = &finding.gap {
        properties["cause"] = json!(plain(&gap.cause));
        properties["action"] = json!(gap.action.as_deref().map(plain));
    }
    if let Some(grade) = &finding.grade {
        properties["grade"] = json!(plain(grade));
    }
    properties
}

/// What could not be read, and what the limit left out.
fn notifications(report: &Report, left_out: usize) -> Vec<Value> {
    let warning = |text: String| json!({ "level": "warning", "message": { "text": message(&text) } });
    let cut =
        (left_out > 0).then(|| format!("{left_out} results are left out, since a run holds {MOST_RESULTS}: --format json has them all"));
    let gaps = report.sources.iter().flat_map(|source| source.gaps.iter().map(move |gap| (source, gap)));
    let said = gaps.map(|(source, gap)| {
        let action = gap.action.as_ref().map(|action| format!(" {action}:")).unwrap_or_default();
        format!("{} {}: {}:{action} {}", source.view, source.uri, gap.cause, gap.detail)
    });
    cut.into_iter().chain(said).take(MOST_NOTIFICATIONS).map(warning).collect()
}

/// Differences between views, as results of the rule `drift`. Reads what is there and leaves out what is not.
fn drift_results(report: &Report, rules: &Rules<'_>) -> Vec<Value> {
    let results = report.drift.iter().map(|entry| {
        let drift = super::drift::Entry::of(entry);
        let mut result = Map::new();
        rules.name(DRIFT, &mut result);
        result.insert("kind".to_owned(), json!("fail"));
        result.insert("level".to_owned(), json!("warning"));
        result.insert("message".to_owned(), json!({ "text": message(&drift.sentence()) }));
        result.insert("locations".to_owned(), json!([place::drift(&drift, &report.plan.path)]));
        result.insert("partialFingerprints".to_owned(), json!({ "lastro/v1": drift.fingerprint() }));
        Value::Object(result)
    });
    results.collect()
}

#[cfg(test)]
mod tests;
