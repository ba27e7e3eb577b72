//! The report for people on a terminal: sources, findings by section with what is broken first, what could not be read,
//! and the result last, where the eye is when the prompt returns.

mod cells;
pub(in crate::report) mod order;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;

use unicode_width::UnicodeWidthStr as _;

use self::cells::{
    cause, document_line, evidence_lines, found_lines, is_detailed, promise_lines, rule_lines, verdict_ink, verdict_lines, verdict_word,
};
use self::order::{Row, by_section, rows};
use self::text::{Column, GUTTER, Ink, count, finish, grid, heading, inked, labelled, number, safe, wrap};
use super::Style;
use super::model::{Finding, Gap, Report, Source, Verdict};

/// The narrowest and the widest table; lines beyond 200 cells are hard to read.
const WIDTHS: (usize, usize) = (60, 200);

/// From here on the promise, what was found, and the evidence stand beside each other.
const WIDE: usize = 140;

/// Room of verdict and document line.
const VERDICT: Column = Column { width: 10, right: false };
const LINE: Column = Column { width: 4, right: true };

/// Details of one kind of gap that are listed in full.
const DETAILS: usize = 3;

/// Writes the report as a table of at most `style.width` display cells a line (but at least 60, at most 200).
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let width = style.width.clamp(WIDTHS.0, WIDTHS.1);
    let mut lines = header(report, width);
    for (section, findings) in by_section(&report.findings) {
        lines.push(String::new());
        lines.extend(section_lines(report, section, findings, width));
    }
    lines.extend(unread(report, width));
    lines.extend(result(report, width));
    lines.extend(hints(report, width));
    let text: String = lines.iter().map(|line| finish(line, style.colour) + "\n").collect();
    out.write_all(text.as_bytes())
}

fn header(report: &Report, width: usize) -> Vec<String> {
    let mut lines = inked(Ink::Strong, &safe(&report.plan.title), width);
    lines.extend(labelled("plan", None, &safe(&report.plan.path), width));
    if let Some(path) = report.findings.iter().find_map(|finding| finding.document.path.as_ref()) {
        lines.extend(labelled("document", None, &safe(path), width));
    }
    lines.extend(labelled("audited", None, &safe(&report.audited_at), width));
    for source in &report.sources {
        lines.extend(labelled(&safe(&source.view), None, &source_text(source), width));
        for note in &source.notes {
            lines.extend(labelled("", Some(Ink::Yellow), &format!("note: {}", safe(note)), width));
        }
    }
    lines
}

/// `123456789012 us-east-1 (aws): 214 resources, 3 gaps, read 2026-11-20T11:58:02Z`.
fn source_text(source: &Source) -> String {
    let resources = usize::try_from(source.resources).unwrap_or(usize::MAX);
    let gaps = match source.gaps.len() {
        0 => String::new(),
        gaps => format!(", {} (listed below)", count(gaps, "gap")),
    };
    let read = source.read_at.as_ref().map(|at| format!(", read {}", safe(at))).unwrap_or_default();
    format!("{} ({}): {}{gaps}{read}", safe(&source.uri), cause(&source.kind), count(resources, "resource"))
}

fn section_lines(report: &Report, section: &str, findings: Vec<&Finding>, width: usize) -> Vec<String> {
    let score = report.score.by_section.get(section);
    let remark = match score.map(|score| (score.score, score.evidence_coverage)) {
        Some((Some(score), Some(coverage))) => format!("score {score:.1} % · evidence {coverage:.1} %"),
        _ => "nothing weighs".to_owned(),
    };
    let mut lines = vec![heading(section, &remark, width)];
    let rows = rows(findings);
    lines.extend(if width < WIDE { narrow(&rows, width) } else { wide(&rows, width) });
    lines
}

/// Verdict, line, and everything else under each other.
fn narrow(rows: &[Row<'_>], width: usize) -> Vec<String> {
    let text = Column { width: width - VERDICT.width - LINE.width - 2 * GUTTER, right: false };
    let head = ["verdict", "line", "promise, subject and evidence"].map(|title| vec![Ink::Dim.on(title)]);
    let cells = rows.iter().enumerate().map(|(at, row)| {
        let mut lines = promise_lines(row, text.width);
        lines.extend(found_lines(row, text.width));
        lines.extend(evidence_lines(row, text.width));
        if is_detailed(row) && !row.rest {
            lines.extend(rule_lines(row, text.width));
        }
        vec![verdict_lines(row), document_line(row), spaced(lines, rows, at)]
    });
    let cells: Vec<_> = std::iter::once(head.to_vec()).chain(cells).collect();
    grid(&[VERDICT, LINE, text], &cells)
}

/// Promise, what was found, and evidence beside each other.
fn wide(rows: &[Row<'_>], width: usize) -> Vec<String> {
    let room = width - VERDICT.width - LINE.width - 4 * GUTTER;
    let [promise, found] = [room * 3 / 10, room * 32 / 100].map(|width| Column { width, right: false });
    let evidence = Column { width: room - promise.width - found.width, right: false };
    let head = ["verdict", "line", "promise and subject", "found and promised", "evidence"].map(|title| vec![Ink::Dim.on(title)]);
    let cells = rows.iter().enumerate().map(|(at, row)| {
        let mut promised = promise_lines(row, promise.width);
        if is_detailed(row) && !row.rest {
            promised.extend(inked(Ink::Dim, &safe(&row.lead.rule), promise.width));
        }
        let columns = [promised, found_lines(row, found.width), evidence_lines(row, evidence.width)];
        let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
        let [mut promised, found, evidence] = columns;
        promised.resize(tallest.max(2), String::new());
        vec![verdict_lines(row), document_line(row), spaced(promised, rows, at), found, evidence]
    });
    let cells: Vec<_> = std::iter::once(head.to_vec()).chain(cells).collect();
    grid(&[VERDICT, LINE, promise, found, evidence], &cells)
}

/// An empty line after a detailed row, and between a list and what follows it; none at the end of a section.
fn spaced(mut lines: Vec<String>, rows: &[Row<'_>], at: usize) -> Vec<String> {
    let follows = rows.get(at + 1);
    if follows.is_some_and(|next| is_detailed(&rows[at]) || is_detailed(next)) {
        lines.resize(lines.len().max(2) + 1, String::new());
    }
    lines
}

/// What the sources could not give, by cause and permission.
fn unread(report: &Report, width: usize) -> Vec<String> {
    let mut kinds: BTreeMap<_, Vec<(&Source, &Gap)>> = BTreeMap::new();
    for source in &report.sources {
        for gap in &source.gaps {
            kinds.entry((gap.cause.as_str(), gap.action.as_deref())).or_default().push((source, gap));
        }
    }
    if kinds.is_empty() {
        return Vec::new();
    }
    let total = kinds.values().map(Vec::len).sum();
    let mut lines = vec![String::new(), heading("what could not be read", &count(total, "gap"), width)];
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
fn result(report: &Report, width: usize) -> Vec<String> {
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
    let percent = |value: Option<f64>| value.map_or_else(|| "none, nothing weighs".to_owned(), |value| format!("{value:.1} %"));
    let score = format!("Score {}   Evidence coverage {}", percent(report.score.overall), percent(report.score.evidence_coverage));
    lines.extend(inked(Ink::Strong, &score.replace("   ", " · "), width));
    lines
}

/// Where to look next.
fn hints(report: &Report, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let worst = report.findings.iter().min_by(|a, b| a.verdict.cmp(&b.verdict).then_with(|| order::plan_order(a, b)));
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
