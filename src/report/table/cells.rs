//! What a row of the table says: the promise and its subjects, what was found of them, and the evidence.

use super::order::{FOLD_ABOVE, Row};
use super::text::{Ink, count, inked, labelled, safe, wrap};
use crate::report::model::{Finding, Verdict, ViewVerdict};

/// How many names stand for a folded row.
const SAMPLES: usize = 3;

/// The views, strongest first.
const VIEWS: [&str; 3] = ["live", "recorded", "declared"];

/// The verdict as symbol and word, so that it reads without colour.
pub(super) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Broken => "✗ broken",
        Verdict::Unknown => "? unknown",
        Verdict::Waived => "~ waived",
        Verdict::NotApplicable => "- n/a",
        Verdict::Kept => "✓ kept",
    }
}

/// The colour of a verdict.
pub(super) fn verdict_ink(verdict: Verdict) -> Ink {
    match verdict {
        Verdict::Broken => Ink::Red,
        Verdict::Unknown => Ink::Yellow,
        Verdict::Waived => Ink::Cyan,
        Verdict::NotApplicable => Ink::Dim,
        Verdict::Kept => Ink::Green,
    }
}

/// Verdict and severity, under each other.
pub(super) fn verdict_lines(row: &Row<'_>) -> Vec<String> {
    let Finding { verdict, severity, .. } = row.lead;
    vec![verdict_ink(*verdict).on(verdict_word(*verdict)), Ink::Dim.on(&format!("  {}", safe(severity)))]
}

/// The line of the human document.
pub(super) fn document_line(row: &Row<'_>) -> Vec<String> {
    vec![row.lead.document.line.map_or_else(|| "-".to_owned(), |line| line.to_string())]
}

/// Whether the row spells out one breach or gap, or only lists what needs no action.
pub(super) fn is_detailed(row: &Row<'_>) -> bool {
    match row.lead.verdict {
        Verdict::Broken | Verdict::Unknown | Verdict::Waived => true,
        Verdict::NotApplicable | Verdict::Kept => row.lead.blame.is_some(),
    }
}

/// The promise, who it is about where that is one subject or a few, and the rule.
pub(super) fn promise_lines(row: &Row<'_>, width: usize) -> Vec<String> {
    let mut lines = inked(Ink::Strong, &headline(row.lead), width);
    if lists_subjects(row) {
        lines.extend(wrap(&subjects(row), width));
    }
    lines
}

/// The rule's id, for `lastro explain`.
pub(super) fn rule_lines(row: &Row<'_>, width: usize) -> Vec<String> {
    labelled("rule", Some(Ink::Dim), &safe(&row.lead.rule), width)
}

/// What was found and what is promised; for what is kept, one line a subject.
pub(super) fn found_lines(row: &Row<'_>, width: usize) -> Vec<String> {
    let lead = row.lead;
    match lead.verdict {
        _ if row.rest => labelled("more", None, "like these; --format json lists them all", width),
        Verdict::Kept | Verdict::NotApplicable if row.members.len() > FOLD_ABOVE => folded(row, width),
        Verdict::Kept | Verdict::NotApplicable => row.members.iter().flat_map(|finding| wrap(&member(finding), width)).collect(),
        Verdict::Unknown => [why(row, width), promised(lead, width)].concat(),
        Verdict::Broken | Verdict::Waived => {
            let found = lead.found.as_deref().unwrap_or(&lead.message);
            [labelled("found", Some(verdict_ink(lead.verdict)), &safe(found), width), promised(lead, width)].concat()
        }
    }
}

/// Where it was seen and what the views say, whose move it was, and what to do.
pub(super) fn evidence_lines(row: &Row<'_>, width: usize) -> Vec<String> {
    let lead = row.lead;
    let mut lines = Vec::new();
    if !row.rest && is_detailed(row) && row.members.len() == 1 {
        lines.extend(views(lead, width));
    }
    if let Some(blame) = lead.blame.as_ref().filter(|_| !row.rest) {
        lines.extend(labelled("blame", Some(Ink::Yellow), &safe(blame), width));
    }
    if let Some(waiver) = &lead.waiver {
        let [owner, expires, reason] = [&waiver.owner, &waiver.expires, &waiver.reason].map(|text| safe(text));
        lines.extend(labelled("waiver", Some(Ink::Cyan), &format!("accepted by {owner} until {expires}: {reason}"), width));
    }
    if lead.verdict == Verdict::Broken && !row.rest {
        lines.extend(labelled("fix", None, &safe(&lead.remediation.text), width));
    }
    lines
}

/// The title without the subject, which stands on a line of its own.
fn headline(finding: &Finding) -> String {
    let bare = finding.title.strip_suffix(finding.subject.name.as_str());
    let bare = bare.map(|bare| bare.trim_end_matches([' ', ':', ',', '-'])).filter(|bare| !bare.is_empty());
    safe(bare.unwrap_or(&finding.title)).into_owned()
}

/// Kept and not applicable rows name their subjects beside what was found of them.
fn lists_subjects(row: &Row<'_>) -> bool {
    match row.lead.verdict {
        Verdict::Kept | Verdict::NotApplicable => row.members.len() > FOLD_ABOVE,
        Verdict::Broken | Verdict::Unknown | Verdict::Waived => true,
    }
}

fn subjects(row: &Row<'_>) -> String {
    let subject = &row.lead.subject;
    let names = |many: usize| row.members.iter().take(many).map(|one| safe(&one.subject.name)).collect::<Vec<_>>().join(", ");
    let kind = if row.members.iter().all(|one| one.subject.kind == subject.kind) { safe(&subject.kind) } else { "subject".into() };
    match row.members.len() {
        1 if row.rest => format!("1 more {kind}: {}", names(1)),
        1 => {
            let told = |address: &&String| !row.lead.views.values().any(|seen| seen.at.as_ref().is_some_and(|at| at.contains(*address)));
            let address = subject.address.as_ref().filter(told);
            let places = [Some(&subject.kind), subject.region.as_ref(), address].into_iter().flatten();
            let places = places.map(|place| safe(place)).collect::<Vec<_>>().join(", ");
            format!("{} ({places})", names(1))
        }
        many if many <= FOLD_ABOVE && !row.rest => format!("{}: {}", count(many, &kind), names(many)),
        many => {
            let kind = if row.rest { format!("more {kind}") } else { kind.into_owned() };
            format!("{}: {}, … and {} more", count(many, &kind), names(SAMPLES), super::text::number((many.saturating_sub(SAMPLES)) as u64))
        }
    }
}

/// One subject in one line: `flowise-artifacts: versioning is Enabled`.
fn member(finding: &Finding) -> String {
    let found = finding.found.as_deref().unwrap_or(&finding.message);
    format!("{}: {}{}", safe(&finding.subject.name), safe(found), evidence(finding))
}

/// The strongest view and the grade: ` (live, observed)`.
fn evidence(finding: &Finding) -> String {
    let strongest = VIEWS.into_iter().find(|view| finding.views.get(*view).is_some_and(|seen| seen.verdict == finding.verdict.as_str()));
    let words: Vec<_> = strongest.into_iter().map(std::borrow::Cow::Borrowed).chain(finding.grade.as_deref().map(safe)).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

/// Many kept subjects: what they have in common, when it is one thing.
fn folded(row: &Row<'_>, width: usize) -> Vec<String> {
    let same = row.members.iter().all(|one| one.found == row.lead.found);
    let found = row.lead.found.as_deref().filter(|_| same).unwrap_or("each in its own way; --format json lists them all");
    wrap(&format!("{}{}", safe(found), evidence(row.lead)), width)
}

/// Why it is unknown, and what would settle it.
fn why(row: &Row<'_>, width: usize) -> Vec<String> {
    let Some(gap) = &row.lead.gap else {
        return labelled("why", Some(Ink::Yellow), &safe(&row.lead.message), width);
    };
    let others = row.members.iter().any(|one| one.gap.as_ref().is_some_and(|other| other.detail != gap.detail));
    let others = if others { "; the others likewise" } else { "" };
    let mut lines = labelled("why", Some(Ink::Yellow), &format!("{}: {}{others}", cause(&gap.cause), safe(&gap.detail)), width);
    if let Some(action) = &gap.action {
        lines.extend(labelled("needs", None, &safe(action), width));
    }
    lines
}

/// A cause as people say it: `not judged yet`.
pub(super) fn cause(cause: &str) -> String {
    safe(cause).replace('_', " ")
}

fn promised(finding: &Finding, width: usize) -> Vec<String> {
    let Finding { promised, promise, .. } = finding;
    labelled("promised", None, &format!("{} ({}:{})", safe(promised), safe(&promise.path), promise.line), width)
}

/// Each view that says something, strongest first. What the row says already is not said again.
fn views(finding: &Finding, width: usize) -> Vec<String> {
    let known = VIEWS.iter().filter_map(|view| finding.views.get_key_value(*view));
    let others = finding.views.iter().filter(|(view, _)| !VIEWS.contains(&view.as_str()));
    let telling = known.chain(others).filter(|(_, seen)| finding.verdict != Verdict::Unknown || seen.verdict != "unknown");
    telling.flat_map(|(view, seen)| labelled(&safe(view), None, &view_text(finding, view, seen), width)).collect()
}

fn view_text(finding: &Finding, view: &str, seen: &ViewVerdict) -> String {
    let id = &finding.subject.id;
    let at = seen.at.as_deref().map(|at| {
        let named = view != "live" || !id.starts_with("arn:") || at.contains(id.as_str());
        if named { safe(at) } else { format!("{}, {}", safe(id), safe(at)).into() }
    });
    let covered = finding.waiver.as_ref().map_or(finding.verdict.as_str(), |waiver| &waiver.covers);
    let known = finding.found.as_deref() == Some(seen.found.as_str()) && covered == seen.verdict;
    match at {
        Some(at) if known => at.into_owned(),
        Some(at) => format!("{} ({at})", said(seen)),
        None => said(seen),
    }
}

fn said(seen: &ViewVerdict) -> String {
    let verdict = safe(&seen.verdict).replace('_', " ");
    if seen.found.is_empty() { verdict } else { format!("{verdict}: {}", safe(&seen.found)) }
}
