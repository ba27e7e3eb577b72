//! The end of the report: promises without a judge, what could not be read, the result, and where to look next.

use std::collections::{BTreeMap, BTreeSet};

use unicode_width::UnicodeWidthStr as _;

use super::cells::{cause, verdict_ink, verdict_word};
use super::common::{Common, Reason, is_later, reason, some};
use super::text::{Column, GUTTER, Ink, count, grid, heading, inked, labelled, number, safe, wrap};
use super::{LINE, VERDICT, order};
use crate::report::model::{Finding, Gap, Report, Source, Verdict};

/// Details of one kind of gap that are listed in full.
const DETAILS: usize = 3;

/// Permissions that are named before the others are counted.
const PERMISSIONS: usize = 4;

/// Promises that this version cannot judge, by what a judge will need.
pub(super) fn later(report: &Report, width: usize) -> Vec<String> {
    let mut blocks: Vec<(&str, Vec<&Finding>)> = Vec::new();
    let mut findings: Vec<_> = report.findings.iter().filter(|finding| is_later(finding)).collect();
    findings.sort_by(|a, b| order::plan_order(a, b));
    for finding in &findings {
        let detail = finding.gap.as_ref().map_or("", |gap| gap.detail.as_str());
        match blocks.iter_mut().find(|(known, _)| *known == detail) {
            Some((_, of)) => of.push(finding),
            None => blocks.push((detail, vec![finding])),
        }
    }
    if blocks.is_empty() {
        return Vec::new();
    }
    let text = Column { width: width - VERDICT.width - LINE.width - 2 * GUTTER, right: false };
    let mut cells = vec![["verdict", "line", "promise"].map(|title| vec![Ink::Dim.on(title)]).to_vec()];
    for (detail, findings) in blocks {
        for (at, Finding { verdict, document, promise, promised, .. }) in findings.iter().enumerate() {
            let said = if at == 0 { verdict_ink(*verdict).on(verdict_word(*verdict)) } else { String::new() };
            let line = document.line.map_or_else(|| "-".to_owned(), |line| line.to_string());
            let promised = wrap(&format!("{} ({}:{})", safe(promised), safe(&promise.path), promise.line), text.width);
            cells.push(vec![vec![said], vec![line], promised]);
        }
        cells.push(vec![Vec::new(), Vec::new(), labelled("why", Some(Ink::Yellow), &safe(detail), text.width)]);
    }
    let mut lines = vec![String::new(), heading("not judged yet", &format!("{}, unknown", count(findings.len(), "promise")), width)];
    lines.extend(grid(&[VERDICT, LINE, text], &cells));
    lines
}

type Told<'a> = (&'a Source, &'a Gap);

/// What could not be read: first the reasons that rows refer to, then the others, by cause and permission.
pub(super) fn unread(report: &Report, common: &Common<'_>, width: usize) -> Vec<String> {
    let mut by_reason: BTreeMap<Reason<'_>, Vec<Told<'_>>> = BTreeMap::new();
    for source in &report.sources {
        for gap in &source.gaps {
            by_reason.entry(reason(gap)).or_default().push((source, gap));
        }
    }
    let total: usize = by_reason.values().map(Vec::len).sum();
    if total == 0 && common.reasons.is_empty() {
        return Vec::new();
    }
    let remark = if total == 0 { count(common.reasons.len(), "reason") } else { count(total, "gap") };
    let mut lines = vec![String::new(), heading("what could not be read", &remark, width)];
    for (at, (known, promises)) in common.reasons.iter().enumerate() {
        let gaps = by_reason.remove(known).unwrap_or_default();
        lines.extend(labelled(&format!("[{}]", at + 1), Some(Ink::Yellow), &format!("{}: {}", cause(known.0), safe(known.1)), width));
        lines.extend(permissions(&gaps, width));
        lines.extend(labelled("unknown", None, &format!("{} for this reason", count(*promises, "promise")), width));
    }
    let (several, single): (Vec<_>, Vec<_>) = by_reason.into_iter().partition(|(_, gaps)| actions(gaps).len() > 1);
    for ((kind, detail), gaps) in several {
        lines.extend(inked(Ink::Yellow, &format!("{}: {}", cause(kind), safe(detail)), width));
        lines.extend(permissions(&gaps, width));
    }
    lines.extend(by_action(single.into_iter().flat_map(|(_, gaps)| gaps), width));
    lines
}

fn actions<'a>(gaps: &[Told<'a>]) -> BTreeSet<&'a str> {
    gaps.iter().filter_map(|(_, gap)| gap.action.as_deref()).collect()
}

/// `live  nothing could be read; 21 permissions were not used`, for each source that a reason is about.
fn permissions(gaps: &[Told<'_>], width: usize) -> Vec<String> {
    let mut sources: Vec<(&Source, Vec<Told<'_>>)> = Vec::new();
    for told in gaps {
        match sources.iter_mut().find(|(known, _)| std::ptr::eq(*known, told.0)) {
            Some((_, of)) => of.push(*told),
            None => sources.push((told.0, vec![*told])),
        }
    }
    let lines = sources.into_iter().flat_map(|(source, gaps)| {
        let actions = actions(&gaps);
        let everything = source.resources == 0 && gaps.len() == source.gaps.len();
        let unused = match actions.len() {
            0 => String::new(),
            many if everything => format!("{} not used", count(many, "permission")),
            many => format!("{} not used: {}", count(many, "permission"), some(actions, PERMISSIONS)),
        };
        let everything = everything.then(|| "everything".to_owned());
        let said = everything.into_iter().chain((!unused.is_empty()).then_some(unused)).collect::<Vec<_>>().join(", ");
        labelled(&safe(&source.view), None, if said.is_empty() { &source.uri } else { &said }, width)
    });
    lines.collect()
}

/// Gaps with details of their own, under the permission that would settle them.
fn by_action<'a>(gaps: impl Iterator<Item = Told<'a>>, width: usize) -> Vec<String> {
    let mut kinds: BTreeMap<_, Vec<Told<'_>>> = BTreeMap::new();
    for (source, gap) in gaps {
        kinds.entry((gap.cause.as_str(), gap.action.as_deref())).or_default().push((source, gap));
    }
    let mut lines = Vec::new();
    for ((kind, action), gaps) in kinds {
        let action = action.map(|action| format!(": {}", safe(action))).unwrap_or_default();
        lines.extend(inked(Ink::Yellow, &format!("{}{action}", cause(kind)), width));
        for (source, gap) in gaps.iter().take(DETAILS) {
            lines.extend(labelled(&format!("  {}", safe(&source.view)), None, &safe(&gap.detail), width));
        }
        if gaps.len() > DETAILS {
            lines.extend(labelled("", Some(Ink::Dim), &format!("… and {} more", number((gaps.len() - DETAILS) as u64)), width));
        }
    }
    lines
}

/// `2 kept, 1 broken, …`, score and coverage.
pub(super) fn result(report: &Report, width: usize) -> Vec<String> {
    let order = [Verdict::Kept, Verdict::Broken, Verdict::Unknown, Verdict::Waived, Verdict::NotApplicable];
    let counts = order.map(|verdict| {
        let many = report.score.counts.get(verdict.as_str()).copied().unwrap_or(0);
        let symbol = verdict_word(verdict).split(' ').next().unwrap_or_default();
        (verdict, format!("{symbol} {} {}", number(many), verdict.as_str().replace('_', " ")), many)
    });
    let plain = counts.each_ref().map(|(_, text, _)| text.clone()).join("   ");
    let mut lines = vec![String::new(), heading("result", &count(report.findings.len(), "finding"), width)];
    if report.findings.is_empty() {
        lines.extend(wrap("No promise was judged: the plan or the selection (--only, --gate) holds none.", width));
    }
    // Colour goes on the parts; only where they need more than one line is the plain text wrapped.
    if plain.width() <= width {
        let inked = counts.map(|(verdict, text, many)| if many > 0 { verdict_ink(verdict).on(&text) } else { Ink::Dim.on(&text) });
        lines.push(inked.join("   "));
    } else {
        lines.extend(wrap(&plain, width));
    }
    let score = format!("Score {}   Evidence coverage {}", percent(report.score.overall), percent(report.score.evidence_coverage));
    lines.extend(inked(Ink::Strong, &score.replace("   ", " · "), width));
    lines
}

/// `82.0 %`.
pub(super) fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "none, nothing weighs".to_owned(), |value| format!("{value:.1} %"))
}

/// Where to look next.
pub(super) fn hints(report: &Report, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    // Findings about waivers, and promises without a judge yet, come from no rule that could be explained.
    let ruled =
        report.findings.iter().filter(|finding| !matches!(finding.subject.kind.as_str(), "waiver" | "drift ignore") && !is_later(finding));
    let worst = ruled.min_by(|a, b| a.verdict.cmp(&b.verdict).then_with(|| order::plan_order(a, b)));
    if let Some(worst) = worst {
        let rule = safe(&worst.rule);
        lines.extend(inked(Ink::Dim, &format!("lastro explain {rule}: what that rule checks, why, and its limits"), width));
    }
    lines.extend(inked(Ink::Dim, "--format json: every finding in full, with fixes in Terraform and AWS CLI", width));
    let denied = |gap: &Gap| gap.cause == "denied";
    let gaps = report.sources.iter().flat_map(|source| &source.gaps);
    if gaps.chain(report.findings.iter().filter_map(|finding| finding.gap.as_ref())).any(denied) {
        let hint = format!("lastro iam-policy {}: the permissions that this plan takes", safe(&report.plan.path));
        lines.extend(inked(Ink::Dim, &hint, width));
    }
    lines
}
