//! The head of the report: the plan, when and from what it was judged, and the result in a line.

use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use super::cells::cause;
use super::common::{Common, reason};
use super::tail::percent;
use super::text::{Ink, count, inked, labelled, number, safe};
use crate::report::model::{Report, Source, Verdict};

/// Title, plan, document, time, sources and the result in a line.
pub(super) fn header(report: &Report, common: &Common<'_>, width: usize) -> Vec<String> {
    let mut lines = inked(Ink::Strong, &safe(&report.plan.title), width);
    lines.extend(labelled("plan", None, &safe(&report.plan.path), width));
    if let Some(path) = report.findings.iter().find_map(|finding| finding.document.path.as_ref()) {
        lines.extend(labelled("document", None, &safe(&document(&report.plan.path, path)), width));
    }
    lines.extend(labelled("audited", None, &safe(&moment(&report.audited_at)), width));
    for source in &report.sources {
        lines.extend(labelled(&safe(&source.view), None, &source_text(report, source), width));
        // A note that repeats a gap is told among what could not be read.
        let told = |note: &str| source.gaps.iter().any(|gap| note.contains(&gap.detail));
        for note in source.notes.iter().filter(|note| !told(note)) {
            lines.extend(labelled("", Some(Ink::Yellow), &format!("note: {}", safe(note)), width));
        }
    }
    lines.extend(labelled("result", None, &result(report), width));
    if let Some(evidence) = &common.evidence {
        lines.extend(labelled("evidence", None, &format!("{evidence}, unless a row says otherwise"), width));
    }
    lines
}

/// The result in a line: that of the comparison, where nothing else is judged.
fn result(report: &Report) -> String {
    let drift = report.drift_summary.as_ref().filter(|summary| summary.decides);
    drift.map_or_else(|| in_a_line(report), super::drift::in_a_line)
}

/// `4 broken, 4 unknown, 30 kept · score 82.0 % · evidence coverage 94.2 %`.
fn in_a_line(report: &Report) -> String {
    let many = |verdict: &Verdict| report.score.counts.get(verdict.as_str()).copied().unwrap_or(0);
    let words = |verdict: &Verdict| format!("{} {}", number(many(verdict)), verdict.as_str().replace('_', " "));
    let counts: Vec<_> = Verdict::ALL.iter().filter(|verdict| many(verdict) > 0).map(words).collect();
    let counts = if counts.is_empty() { "nothing was judged".to_owned() } else { counts.join(", ") };
    let (score, coverage) = (percent(report.score.overall), percent(report.score.evidence_coverage));
    format!("{counts} · score {score} · evidence coverage {coverage}")
}

/// A document that is named from the plan's folder, as short as it can be said from where the plan is.
fn document(plan: &str, path: &str) -> String {
    if !path.starts_with("../") {
        return path.to_owned();
    }
    let mut short = PathBuf::new();
    for part in Path::new(plan).parent().unwrap_or(Path::new("")).join(path).components() {
        match (part, short.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(short.pop()),
            _ => short.push(part),
        }
    }
    short.to_string_lossy().into_owned()
}

/// A time to the second: `2026-11-20 12:00:00 UTC`.
fn moment(text: &str) -> String {
    text.parse::<Timestamp>().map_or_else(|_| text.to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// `AWS 123456789012 (us-east-1): 214 resources, 3 gaps (listed below), read 2026-11-20 11:58:02 UTC`.
fn source_text(report: &Report, source: &Source) -> String {
    let kind = match source.kind.as_str() {
        "aws" => "AWS account".to_owned(),
        other => cause(other).replace("terraform", "Terraform"),
    };
    let uri = source.uri.strip_prefix("unknown account").map_or_else(|| source.uri.clone(), |rest| format!("unknown{rest}"));
    let mut text = format!("{kind} {}: ", safe(&uri));
    text += &match (source.resources, source.gaps.first()) {
        (0, Some(first)) if source.gaps.iter().all(|gap| reason(gap) == reason(first)) => {
            format!("nothing was read ({})", cause(&first.cause))
        }
        (resources, _) => count(usize::try_from(resources).unwrap_or(usize::MAX), "resource"),
    };
    if !source.gaps.is_empty() {
        text += &format!(", {} (listed at the end)", count(source.gaps.len(), "gap"));
    }
    if let Some(at) = source.read_at.as_ref().filter(|at| moment(at) != moment(&report.audited_at)) {
        text += &format!(", read {}", safe(&moment(at)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_from_where_the_plan_is() {
        assert_eq!(document("policies/a.yaml", "../docs/plan.md"), "docs/plan.md");
        assert_eq!(document("a.yaml", "../docs/plan.md"), "../docs/plan.md");
        assert_eq!(document("policies/a.yaml", "plans/plan.md"), "plans/plan.md");
    }

    #[test]
    fn a_time_is_told_to_the_second() {
        assert_eq!(moment("2026-11-20T13:55:51.971169392Z"), "2026-11-20 13:55:51 UTC");
        assert_eq!(moment("soon"), "soon");
    }
}
