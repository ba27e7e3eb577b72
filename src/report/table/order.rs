//! The order of findings, and which of them share a row.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::common::{Common, Reason, reason};
use crate::plan::{Section, Severity};
use crate::report::model::{Finding, Verdict};

/// More subjects than this of one promise with one verdict fold into one row.
pub(super) const FOLD_ABOVE: usize = 20;

/// The findings of each section, in the order of the plan language; sections it does not know come last, by name.
pub(in crate::report) fn by_section<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<(&'a str, Vec<&'a Finding>)> {
    let mut sections: BTreeMap<(usize, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let section = finding.section.as_str();
        let rank = Section::ALL.iter().position(|known| known.as_str() == section).unwrap_or(Section::ALL.len());
        sections.entry((rank, section)).or_default().push(finding);
    }
    sections.into_iter().map(|((_, section), findings)| (section, findings)).collect()
}

/// In the order of the plan file, then by subject.
pub(in crate::report) fn plan_order(a: &Finding, b: &Finding) -> Ordering {
    plan_key(a).cmp(&plan_key(b))
}

fn plan_key(finding: &Finding) -> (&str, u32, u32, [&str; 4]) {
    let Finding { promise, rule, subject, id, .. } = finding;
    (&promise.path, promise.line, promise.column, [rule, &subject.name, &subject.id, id])
}

/// Broken first; of what is kept, first what a next apply would break; the worst first, then in the order of the plan.
fn reading_order(a: &Finding, b: &Finding) -> Ordering {
    let key = |finding: &Finding| {
        let unblamed = finding.verdict == Verdict::Kept && finding.blame.is_none();
        (finding.verdict, unblamed, severity_rank(&finding.severity))
    };
    key(a).cmp(&key(b)).then_with(|| plan_order(a, b))
}

fn severity_rank(severity: &str) -> usize {
    let known = [Severity::High, Severity::Medium, Severity::Low];
    known.iter().position(|known| known.as_str() == severity).map_or(0, |at| at + 1)
}

/// Findings that are shown together: one promise, one verdict, one reason.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// The first; it speaks for the row.
    pub(super) lead: &'a Finding,
    /// All of them, in order.
    pub(super) members: Vec<&'a Finding>,
    /// Whether rows of the same promise and verdict stand above it.
    pub(super) rest: bool,
    /// The number of the reason that it shares with other promises.
    pub(super) reason: Option<usize>,
}

/// What the findings of one row have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    verdict: Verdict,
    rule: &'a str,
    promise: (&'a str, u32, u32),
    blame: Option<&'a str>,
    gap: Option<(&'a str, Option<&'a str>)>,
    waiver: Option<[&'a str; 3]>,
    /// Shown once for the row where it is waived.
    found: Option<&'a str>,
    /// Keeps broken findings apart.
    nth: usize,
}

/// The rows of one section in reading order.
pub(super) fn rows<'a>(mut findings: Vec<&'a Finding>, common: &Common<'_>) -> Vec<Row<'a>> {
    findings.sort_by(|a, b| reading_order(a, b));
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut known: BTreeMap<Key<'a>, usize> = BTreeMap::new();
    let mut broken: BTreeMap<(&str, u32, u32), usize> = BTreeMap::new();
    let told_twice = told_twice(&findings);
    for finding in findings {
        let mut key = key(finding, &told_twice);
        let mut rest = false;
        if finding.verdict == Verdict::Broken {
            let seen = broken.entry(key.promise).or_default();
            *seen += 1;
            rest = *seen > FOLD_ABOVE;
            key.nth = if rest { FOLD_ABOVE + 1 } else { *seen };
        }
        match known.get(&key).and_then(|at| rows.get_mut(*at)) {
            Some(row) => row.members.push(finding),
            None => {
                known.insert(key, rows.len());
                let reason = finding.gap.as_ref().filter(|_| finding.verdict == Verdict::Unknown).and_then(|gap| common.number(gap));
                rows.push(Row { lead: finding, members: vec![finding], rest, reason });
            }
        }
    }
    rows
}

type Place<'a> = (&'a str, u32, u32);

fn place(finding: &Finding) -> Place<'_> {
    (&finding.promise.path, finding.promise.line, finding.promise.column)
}

/// Reasons that several findings of one promise and rule give, whatever permission each of them names.
fn told_twice<'a>(findings: &[&'a Finding]) -> BTreeSet<(Place<'a>, &'a str, Reason<'a>)> {
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for finding in findings {
        let Some(gap) = &finding.gap else { continue };
        let told = (place(finding), finding.rule.as_str(), reason(gap));
        if !once.insert(told) {
            twice.insert(told);
        }
    }
    twice
}

fn key<'a>(finding: &'a Finding, told_twice: &BTreeSet<(Place<'a>, &'a str, Reason<'a>)>) -> Key<'a> {
    let Finding { verdict, rule, document, blame, gap, waiver, found, .. } = finding;
    // What is kept needs no action: promises of one line and one rule share a row.
    let is_sound = matches!(verdict, Verdict::Kept | Verdict::NotApplicable) && blame.is_none();
    let promise = match document.line {
        Some(line) if is_sound => ("", line, 0),
        _ => place(finding),
    };
    Key {
        verdict: *verdict,
        rule,
        promise,
        blame: blame.as_deref().filter(|_| *verdict != Verdict::Broken),
        gap: gap.as_ref().map(|gap| {
            let by_detail = told_twice.contains(&(place(finding), rule.as_str(), reason(gap)));
            (gap.cause.as_str(), if by_detail { Some(gap.detail.as_str()) } else { gap.action.as_deref() })
        }),
        waiver: waiver.as_ref().map(|waiver| [waiver.owner.as_str(), &waiver.expires, &waiver.reason]),
        found: found.as_deref().filter(|_| *verdict == Verdict::Waived),
        nth: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::specimen::finding;

    fn nothing_shared() -> Common<'static> {
        Common { reasons: Vec::new(), evidence: None }
    }

    fn named(name: &str, verdict: Verdict) -> Finding {
        let mut finding = finding();
        finding.verdict = verdict;
        finding.subject.name = name.to_owned();
        finding.id = name.to_owned();
        finding
    }

    #[test]
    fn every_section_of_the_plan_language_has_its_place() {
        let schema = schemars::schema_for!(Section);
        let variants = schema.as_value()["oneOf"].as_array().unwrap();
        let words: Vec<&str> = variants.iter().filter_map(|variant| variant["const"].as_str()).collect();
        assert_eq!(words, Section::ALL.iter().map(|section| section.as_str()).collect::<Vec<_>>());
    }

    #[test]
    fn sections_come_in_the_order_of_the_plan_language() {
        let findings =
            ["zzz", "governance", "edge", "objectives", "edge"].map(|section| Finding { section: section.to_owned(), ..finding() });
        let order: Vec<(&str, usize)> = by_section(&findings).into_iter().map(|(section, of)| (section, of.len())).collect();
        assert_eq!(order, [("objectives", 1), ("edge", 2), ("governance", 1), ("zzz", 1)]);
    }

    #[test]
    fn broken_comes_first_and_the_worst_of_it_first() {
        let mut findings: Vec<Finding> = Verdict::ALL.iter().rev().map(|verdict| named(verdict.as_str(), *verdict)).collect();
        findings.push(Finding { severity: "critical".to_owned(), ..named("worst", Verdict::Broken) });
        let order: Vec<&str> =
            rows(findings.iter().collect(), &nothing_shared()).iter().map(|row| row.lead.subject.name.as_str()).collect();
        assert_eq!(order, ["worst", "broken", "unknown", "waived", "not_applicable", "kept"]);
    }

    #[test]
    fn many_broken_subjects_of_one_promise_fold_after_the_first_twenty() {
        let findings: Vec<Finding> = (0..50).map(|at| named(&format!("{at:02}"), Verdict::Broken)).collect();
        let rows = rows(findings.iter().collect(), &nothing_shared());
        assert_eq!(rows.len(), FOLD_ABOVE + 1);
        assert!(rows[..FOLD_ABOVE].iter().all(|row| row.members.len() == 1 && !row.rest));
        assert_eq!(rows[FOLD_ABOVE].members.len(), 30);
        assert!(rows[FOLD_ABOVE].rest);
    }

    #[test]
    fn what_is_kept_for_different_reasons_stays_apart() {
        let mut accident = named("b", Verdict::Kept);
        accident.blame = Some("right by accident".to_owned());
        let findings = [named("a", Verdict::Kept), accident, named("c", Verdict::Kept)];
        let sizes: Vec<usize> = rows(findings.iter().collect(), &nothing_shared()).iter().map(|row| row.members.len()).collect();
        assert_eq!(sizes, [1, 2], "what the next apply breaks comes first");
    }
}
