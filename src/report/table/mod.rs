//! The report for people on a terminal: sources, findings by section with what is broken first, what could not be read,
//! and the result last, where the eye is when the prompt returns.

mod cells;
mod common;
mod drift;
mod head;
pub(in crate::report) mod order;
mod tail;
mod text;

#[cfg(test)]
mod tests;

use std::io;

use self::cells::{document_line, evidence_lines, found_lines, is_detailed, promise_lines, rule_lines, verdict_lines};
use self::common::{Common, is_later};
use self::head::header;
use self::order::{Row, by_section, rows};
use self::tail::{hints, later, result, unread};
use self::text::{Column, GUTTER, Ink, finish, grid, heading, inked, safe};
use super::Style;
use super::model::{Finding, Report};

/// The narrowest and the widest table; lines beyond 200 cells are hard to read.
const WIDTHS: (usize, usize) = (60, 200);

/// From here on the promise, what was found, and the evidence stand beside each other.
const WIDE: usize = 140;

/// Room of verdict and document line.
const VERDICT: Column = Column { width: 10, right: false };
const LINE: Column = Column { width: 4, right: true };

/// Writes the report as a table of at most `style.width` display cells a line (but at least 60, at most 200).
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let width = style.width.clamp(WIDTHS.0, WIDTHS.1);
    let common = Common::of(report);
    let mut lines = header(report, &common, width);
    for (section, findings) in by_section(report.findings.iter().filter(|finding| !is_later(finding))) {
        lines.push(String::new());
        lines.extend(section_lines(report, &common, (section, findings), width));
    }
    lines.extend(later(report, width));
    lines.extend(unread(report, &common, width));
    // What a drift report is about stands last, where the eye is.
    let all_drift = drift::is_all(report);
    lines.extend(drift::section(report, width));
    if !all_drift {
        lines.extend(result(report, width));
        lines.extend(hints(report, width));
    }
    let text: String = lines.iter().map(|line| finish(line, style.colour) + "\n").collect();
    out.write_all(text.as_bytes())
}

fn section_lines(report: &Report, common: &Common<'_>, (section, findings): (&str, Vec<&Finding>), width: usize) -> Vec<String> {
    let score = report.score.by_section.get(section);
    let remark = match score.map(|score| (score.score, score.evidence_coverage)) {
        Some((Some(score), Some(coverage))) => format!("score {score:.1} % · evidence {coverage:.1} %"),
        _ => "nothing weighs".to_owned(),
    };
    let mut lines = vec![heading(section, &remark, width)];
    let rows = rows(findings, common);
    lines.extend(if width < WIDE { narrow(&rows, common, width) } else { wide(&rows, common, width) });
    lines
}

/// Verdict, line, and everything else under each other.
fn narrow(rows: &[Row<'_>], common: &Common<'_>, width: usize) -> Vec<String> {
    let text = Column { width: width - VERDICT.width - LINE.width - 2 * GUTTER, right: false };
    let head = ["verdict", "line", "promise, subject and evidence"].map(|title| vec![Ink::Dim.on(title)]);
    let cells = rows.iter().enumerate().map(|(at, row)| {
        let mut lines = promise_lines(row, text.width);
        lines.extend(found_lines(row, common, text.width));
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
fn wide(rows: &[Row<'_>], common: &Common<'_>, width: usize) -> Vec<String> {
    let room = width - VERDICT.width - LINE.width - 4 * GUTTER;
    let [promise, found] = [room * 3 / 10, room * 32 / 100].map(|width| Column { width, right: false });
    let evidence = Column { width: room - promise.width - found.width, right: false };
    let head = ["verdict", "line", "promise and subject", "found and promised", "evidence"].map(|title| vec![Ink::Dim.on(title)]);
    let cells = rows.iter().enumerate().map(|(at, row)| {
        let mut promised = promise_lines(row, promise.width);
        if is_detailed(row) && !row.rest {
            promised.extend(inked(Ink::Dim, &safe(&row.lead.rule), promise.width));
        }
        let columns = [promised, found_lines(row, common, found.width), evidence_lines(row, evidence.width)];
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
