//! What a row of the table says: the promise and its subjects, what was found of them, and the evidence.

use std::collections::BTreeSet;

use super::common::{Common, some};
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

/// Whether the row spells out one breach or gap, or only lists what needs no action or is told elsewhere.
pub(super) fn is_detailed(row: &Row<'_>) -> bool {
    match row.lead.verdict {
        Verdict::Unknown => row.reason.is_none(),
        Verdict::Broken | Verdict::Waived => true,
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
pub(super) fn found_lines(row: &Row<'_>, common: &Common<'_>, width: usize) -> Vec<String> {
    let lead = row.lead;
    match lead.verdict {
        _ if row.rest => labelled("more", None, "like these; --format json lists them all", width),
        Verdict::Kept | Verdict::NotApplicable if row.members.len() > FOLD_ABOVE => folded(row, common, width),
        Verdict::Kept | Verdict::NotApplicable => row.members.iter().flat_map(|finding| wrap(&member(finding, common), width)).collect(),
        Verdict::Unknown => [promised(lead, width), why(row, width)].concat(),
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
    if row.reason.is_some() {
        lines.extend(other_breaches(row, width));
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

/// What weaker views call broken, in a row that says why the strongest one could not be judged.
fn other_breaches(row: &Row<'_>, width: usize) -> Vec<String> {
    let seen = row.members.iter().flat_map(|one| one.views.iter().map(move |(view, seen)| (&one.subject, view, seen)));
    let broken = seen.filter(|(_, _, seen)| seen.verdict == "broken").take(SAMPLES);
    let said = broken.flat_map(|(subject, view, seen)| {
        labelled(&safe(view), None, &format!("broken: {} {}", safe(subject.shown()), safe(&seen.found)), width)
    });
    said.collect()
}

/// The title without the subject, which stands on a line of its own.
fn headline(finding: &Finding) -> String {
    let bare = [finding.subject.shown(), &finding.subject.name].into_iter().find_map(|name| finding.title.strip_suffix(name));
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
    let (unseen, named): (Vec<&Finding>, Vec<&Finding>) = row.members.iter().partition(|one| one.subject.is_unseen());
    let names = || named.iter().map(|one| one.subject.shown());
    let [first, ..] = named.as_slice() else { return some(unseen.iter().map(|one| one.subject.shown()), SAMPLES) };
    let subject = &first.subject;
    let kind = if named.iter().all(|one| one.subject.kind == subject.kind) { safe(&subject.kind) } else { "subject".into() };
    let named = match named.len() {
        1 if row.rest => format!("1 more {kind}: {}", some(names(), 1)),
        1 if !unseen.is_empty() => format!("{kind}: {}", some(names(), 1)),
        1 => alone(first),
        many if many <= FOLD_ABOVE && !row.rest => format!("{}: {}", count(many, &kind), some(names(), many)),
        many => {
            let kind = if row.rest { format!("more {kind}") } else { kind.into_owned() };
            format!("{}: {}", count(many, &kind), some(names(), SAMPLES))
        }
    };
    if unseen.is_empty() { named } else { format!("{named}, and any that were not listed") }
}

/// `harbour-orders · DB instance · us-east-1`, and the Terraform address where no view tells it.
fn alone(finding: &Finding) -> String {
    let subject = &finding.subject;
    let shown = subject.shown();
    let told = |address: &&String| !finding.views.values().any(|seen| seen.at.as_ref().is_some_and(|at| at.contains(*address)));
    let kind = Some(&subject.kind).filter(|kind| !shown.contains(kind.as_str()));
    let address = subject.address.as_ref().filter(|address| *address != shown).filter(told);
    let parts = [kind, subject.region.as_ref(), address].into_iter().flatten().map(String::as_str);
    std::iter::once(shown).chain(parts).map(safe).collect::<Vec<_>>().join(" · ")
}

/// One subject in one line: `flowise-artifacts: has versioning enabled`.
fn member(finding: &Finding, common: &Common<'_>) -> String {
    let found = finding.found.as_deref().unwrap_or(&finding.message);
    format!("{}: {}{}", safe(finding.subject.shown()), safe(found), other_evidence(finding, common))
}

/// The strongest view and the grade: `live, observed`; `None` where nothing was looked at but the plan.
pub(super) fn evidence(finding: &Finding) -> Option<String> {
    let strongest = VIEWS.into_iter().find(|view| finding.views.get(*view).is_some_and(|seen| seen.verdict == finding.verdict.as_str()));
    let words: Vec<_> = strongest.into_iter().map(std::borrow::Cow::Borrowed).chain(finding.grade.as_deref().map(safe)).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// The evidence where it is not the one that the head of the report names.
fn other_evidence(finding: &Finding, common: &Common<'_>) -> String {
    evidence(finding).filter(|words| common.evidence.as_ref() != Some(words)).map(|words| format!(" ({words})")).unwrap_or_default()
}

/// Many kept subjects: what they have in common, when it is one thing.
fn folded(row: &Row<'_>, common: &Common<'_>, width: usize) -> Vec<String> {
    let same = row.members.iter().all(|one| one.found == row.lead.found);
    let found = row.lead.found.as_deref().filter(|_| same).unwrap_or("each in its own way; --format json lists them all");
    wrap(&format!("{}{}", safe(found), other_evidence(row.lead, common)), width)
}

/// Why it is unknown, and what would settle it; a reason that many promises share is told at the end.
fn why(row: &Row<'_>, width: usize) -> Vec<String> {
    let Some(gap) = &row.lead.gap else {
        return labelled("why", Some(Ink::Yellow), &safe(&row.lead.message), width);
    };
    if let Some(number) = row.reason {
        return labelled("why", Some(Ink::Yellow), &format!("{}: see [{number}] at the end", cause(&gap.cause)), width);
    }
    let others = row.members.iter().any(|one| one.gap.as_ref().is_some_and(|other| other.detail != gap.detail));
    let others = if others { "; the others likewise" } else { "" };
    let mut lines = labelled("why", Some(Ink::Yellow), &format!("{}: {}{others}", cause(&gap.cause), safe(&gap.detail)), width);
    let actions: BTreeSet<&str> = row.members.iter().filter_map(|one| one.gap.as_ref()?.action.as_deref()).collect();
    if !actions.is_empty() {
        lines.extend(labelled("needs", None, &some(actions, SAMPLES), width));
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
    // Beside others, each view shows its verdict at a glance.
    let mark = if finding.views.len() > 1 { view_mark(&seen.verdict) } else { "" };
    match at {
        Some(at) if known => format!("{mark}{at}"),
        Some(at) => format!("{mark}{} ({at})", said(seen)),
        None => format!("{mark}{}", said(seen)),
    }
}

/// The symbol of what a view says; nothing for words that this version does not know.
fn view_mark(verdict: &str) -> &'static str {
    match verdict {
        "kept" => "✓ ",
        "broken" | "absent" => "✗ ",
        "unknown" => "? ",
        "not_applicable" => "- ",
        _ => "",
    }
}

fn said(seen: &ViewVerdict) -> String {
    if seen.verdict == "absent" && !seen.found.is_empty() {
        return safe(&seen.found).into_owned();
    }
    let verdict = safe(&seen.verdict).replace('_', " ");
    if seen.found.is_empty() { verdict } else { format!("{verdict}: {}", safe(&seen.found)) }
}
