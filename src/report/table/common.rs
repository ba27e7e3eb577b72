//! What many rows have in common, so that it is said once: the reason why they are unknown, and the evidence of what is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::evidence;
use super::text::safe;
use crate::report::model::{Finding, Gap, Report, Verdict};

/// From this many promises on, a reason is told once, and the rows refer to it.
const SHARED_FROM: usize = 3;

/// A cause and its detail: what two gaps share that differ only by the permission they name.
pub(super) type Reason<'a> = (&'a str, &'a str);

/// What is said once.
#[derive(Debug)]
pub(super) struct Common<'a> {
    /// Reasons that rows refer to by number, from 1, with the number of promises that they leave unknown.
    pub(super) reasons: Vec<(Reason<'a>, usize)>,
    /// The evidence of most of what is kept: `live, configured`.
    pub(super) evidence: Option<String>,
}

impl<'a> Common<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        Self { reasons: reasons(report), evidence: most_evidence(report) }
    }

    /// The number of a shared reason.
    pub(super) fn number(&self, gap: &Gap) -> Option<usize> {
        self.reasons.iter().position(|(known, _)| *known == reason(gap)).map(|at| at + 1)
    }
}

/// The reason of a gap.
pub(super) fn reason(gap: &Gap) -> Reason<'_> {
    (&gap.cause, &gap.detail)
}

/// A promise that no version of any source settles: its judge comes later.
pub(super) fn is_later(finding: &Finding) -> bool {
    let later = finding.gap.as_ref().is_some_and(|gap| gap.cause == "not_judged_yet");
    later && finding.verdict == Verdict::Unknown && finding.views.is_empty()
}

fn reasons(report: &Report) -> Vec<(Reason<'_>, usize)> {
    let mut promises: BTreeMap<Reason<'_>, BTreeSet<(&str, u32, u32)>> = BTreeMap::new();
    let mut order = Vec::new();
    for finding in report.findings.iter().filter(|finding| finding.verdict == Verdict::Unknown && !is_later(finding)) {
        let Some(reason) = finding.gap.as_ref().map(reason) else { continue };
        if !promises.contains_key(&reason) {
            order.push(reason);
        }
        promises.entry(reason).or_default().insert((&finding.rule, finding.promise.line, finding.promise.column));
    }
    let counted = order.into_iter().map(|reason| (reason, promises.get(&reason).map_or(0, BTreeSet::len)));
    counted.filter(|(_, promises)| *promises >= SHARED_FROM).collect()
}

fn most_evidence(report: &Report) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let kept = report.findings.iter().filter(|finding| finding.verdict == Verdict::Kept && !finding.views.is_empty());
    for words in kept.filter_map(evidence) {
        *counts.entry(words).or_default() += 1;
    }
    counts.into_iter().filter(|(_, many)| *many > 1).max_by_key(|(_, many)| *many).map(|(words, _)| words)
}

/// A few names and how many more there are: `a, b, c and 4 more`.
pub(super) fn some<'t>(names: impl IntoIterator<Item = &'t str>, most: usize) -> String {
    let names: Vec<_> = names.into_iter().collect();
    let shown = names.iter().take(most).map(|name| safe(name)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {} more", super::text::number(more as u64)),
    }
}
