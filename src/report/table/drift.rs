//! The drift section: where code, state and live differ, who moved, and how much was compared.

use super::cells::cause;
use super::text::{Ink, count, heading, inked, labelled, number, safe};
use crate::report::model::{Drift, DriftSummary, Report, Suppressed};

/// Whether the report is of `lastro drift`, in which nothing but drift is judged.
pub(super) fn is_all(report: &Report) -> bool {
    report.drift_summary.as_ref().is_some_and(|summary| summary.decides)
}

/// `2 differences, 1 accepted`, or that there is none.
pub(super) fn in_a_line(summary: &DriftSummary) -> String {
    if summary.views.len() < 2 && summary.differences + summary.ignored == 0 {
        return "nothing to compare: give two of code, state and live".to_owned();
    }
    let differences = match summary.differences {
        0 => "no difference".to_owned(),
        many => count(usize::try_from(many).unwrap_or(usize::MAX), "difference"),
    };
    let accepted = if summary.ignored == 0 { String::new() } else { format!(", {} accepted", number(summary.ignored)) };
    let unread = if summary.unread.is_empty() { "" } else { ", not everything could be compared" };
    format!("{differences}{accepted}{unread}")
}

/// The section; nothing where nothing was compared, unless that is the whole report.
pub(super) fn section(report: &Report, width: usize) -> Vec<String> {
    let Some(summary) = &report.drift_summary else { return Vec::new() };
    if summary.views.len() < 2 && report.drift.is_empty() && !summary.decides {
        return Vec::new();
    }
    let mut lines = vec![String::new(), heading("drift", &in_a_line(summary), width)];
    for drift in &report.drift {
        lines.extend(difference(drift, width));
    }
    lines.extend(footing(summary, width));
    lines
}

fn difference(drift: &Drift, width: usize) -> Vec<String> {
    let Drift { subject, attribute, declared, recorded, live, blame, at, promises, confirmed, ignored } = drift;
    let title = format!("{} {}: {}", safe(&subject.kind), safe(subject.shown()), safe(attribute));
    let mut lines = inked(if ignored.is_some() { Ink::Dim } else { Ink::Strong }, &title, width);
    for (view, word, value) in [("declared", "code", declared), ("recorded", "state", recorded), ("live", "live", live)] {
        let Some(value) = value else { continue };
        let place = at.get(view).map(|at| format!("  ({})", safe(at))).unwrap_or_default();
        lines.extend(labelled(&format!("  {word}"), None, &format!("{}{place}", safe(value)), width));
    }
    let seen = if *confirmed { "; the Terraform plan saw it too" } else { "" };
    lines.extend(labelled("  blame", Some(Ink::Yellow), &format!("{}{seen}", safe(blame)), width));
    if !promises.is_empty() {
        let list: Vec<String> = promises.iter().map(ToString::to_string).collect();
        lines.extend(labelled("  plan", Some(Ink::Dim), &format!("line {}", list.join(", ")), width));
    }
    if let Some(ignore) = ignored {
        let text = format!("accepted: {}, until {} ({})", safe(&ignore.reason), safe(&ignore.expires), safe(&ignore.owner));
        lines.extend(labelled("  but", Some(Ink::Dim), &text, width));
    }
    lines
}

/// What was compared, what was suppressed, and what nobody could compare.
fn footing(summary: &DriftSummary, width: usize) -> Vec<String> {
    let DriftSummary { things, attributes, suppressed, not_compared, unread, unmanaged_elsewhere, explained, never_compared, .. } = summary;
    let views = summary.views.join(", ");
    let said = format!("{} attributes of {} things in {}", number(*attributes), number(*things), safe(&views));
    let mut lines = labelled("compared", None, &said, width);
    if !suppressed.is_empty() {
        let total: u64 = suppressed.values().sum();
        let reasons: Vec<_> = suppressed.iter().map(|(reason, many)| format!("{} {}", number(*many), safe(&cause(reason)))).collect();
        let how = if explained.is_empty() { " (--explain-suppressed lists them)" } else { "" };
        lines.extend(labelled(
            "left out",
            None,
            &format!("{} that look different and are not: {}{how}", number(total), reasons.join(", ")),
            width,
        ));
    }
    for Suppressed { subject, attribute, reason, .. } in explained {
        let text = format!("{} {}: {}: {}", safe(&subject.kind), safe(subject.shown()), safe(attribute), safe(&cause(reason)));
        lines.extend(labelled("", Some(Ink::Dim), &text, width));
    }
    if !not_compared.is_empty() {
        let causes: Vec<_> = not_compared.iter().map(|(kind, many)| format!("{} {}", number(*many), safe(&cause(kind)))).collect();
        lines.extend(labelled("not known", None, &format!("on one side: {}", causes.join(", ")), width));
    }
    for gap in unread {
        lines.extend(labelled("unread", Some(Ink::Yellow), &format!("{}: {}", cause(&gap.cause), safe(&gap.detail)), width));
    }
    if *unmanaged_elsewhere > 0 {
        let text =
            format!("{} more are in no code, and no promise speaks of them (lastro drift --all lists them)", number(*unmanaged_elsewhere));
        lines.extend(labelled("unmanaged", None, &text, width));
    }
    for never in never_compared {
        let text = format!("{} {}: {}", safe(&never.kind), safe(&never.attribute), safe(&never.reason));
        lines.extend(labelled("never", Some(Ink::Dim), &text, width));
    }
    lines
}
