//! How much of the plan holds, by weight, and how much of it could be judged.
//!
//! A finding weighs by its severity. Unknown earns nothing; waived and not applicable leave the sum and are counted.

use std::collections::BTreeMap;

use super::model::{Finding, Score, SectionScore, Verdict};
use crate::plan::Severity;

/// The score of these findings: `kept / (kept + broken + unknown)` and `(kept + broken) / (kept + broken + unknown)`, in
/// percent with one decimal, over everything and per section. `counts` names every verdict, also those that nothing got.
///
/// 100 is said only when all of it holds and 0 only when none of it does, whatever rounding would say.
pub fn score(findings: &[Finding]) -> Score {
    let mut overall = Weights::default();
    let mut sections: BTreeMap<String, Weights> = BTreeMap::new();
    let mut counts: BTreeMap<String, u64> = Verdict::ALL.iter().map(|verdict| (verdict.as_str().to_owned(), 0)).collect();
    for finding in findings {
        overall.add(finding);
        sections.entry(finding.section.clone()).or_default().add(finding);
        *counts.entry(finding.verdict.as_str().to_owned()).or_default() += 1;
    }
    let by_section = sections
        .into_iter()
        .map(|(section, weights)| (section, SectionScore { score: weights.score(), evidence_coverage: weights.coverage() }));
    Score { overall: overall.score(), evidence_coverage: overall.coverage(), by_section: by_section.collect(), counts }
}

#[derive(Clone, Copy, Debug, Default)]
struct Weights {
    kept: u64,
    broken: u64,
    unknown: u64,
}

impl Weights {
    fn add(&mut self, finding: &Finding) {
        let weight = weight(&finding.severity);
        match finding.verdict {
            Verdict::Kept => self.kept += weight,
            Verdict::Broken => self.broken += weight,
            Verdict::Unknown => self.unknown += weight,
            Verdict::Waived | Verdict::NotApplicable => {}
        }
    }

    fn score(self) -> Option<f64> {
        percent(self.kept, self.sum())
    }

    fn coverage(self) -> Option<f64> {
        percent(self.kept + self.broken, self.sum())
    }

    fn sum(self) -> u64 {
        self.kept + self.broken + self.unknown
    }
}

/// What a severity weighs. A word that is none of ours weighs as much as the worst, so that it is noticed.
fn weight(severity: &str) -> u64 {
    let known = [Severity::Low, Severity::Medium, Severity::High];
    let severity = known.into_iter().find(|known| known.as_str() == severity).unwrap_or(Severity::Critical);
    u64::from(severity.weight())
}

/// Percent with one decimal, halves up, in whole numbers so that every machine gives the same.
fn percent(part: u64, whole: u64) -> Option<f64> {
    if whole == 0 {
        return None;
    }
    let tenths = (u128::from(part) * 2000 + u128::from(whole)) / (u128::from(whole) * 2);
    let tenths = match part {
        0 => 0,
        part if part == whole => 1000,
        _ => tenths.clamp(1, 999),
    };
    // At most 1000: exact in a float.
    u32::try_from(tenths).ok().map(|tenths| f64::from(tenths) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::specimen::finding;

    fn found(section: &str, severity: &str, verdict: Verdict) -> Finding {
        Finding { section: section.to_owned(), severity: severity.to_owned(), verdict, ..finding() }
    }

    #[test]
    fn nothing_weighs_nothing() {
        let score = score(&[found("edge", "high", Verdict::Waived), found("edge", "low", Verdict::NotApplicable)]);
        assert_eq!((score.overall, score.evidence_coverage), (None, None));
        assert_eq!(score.by_section["edge"], SectionScore { score: None, evidence_coverage: None });
        assert_eq!(score.counts["waived"], 1);
        assert_eq!(score.counts["not_applicable"], 1);
        assert_eq!(score.counts["kept"], 0);
        assert_eq!(score.counts.len(), 5);
    }

    #[test]
    fn severity_weighs_ten_six_three_one() {
        for (severity, expected) in [("critical", 50.0), ("high", 37.5), ("medium", 23.1), ("low", 9.1)] {
            let score = score(&[found("a", severity, Verdict::Kept), found("a", "critical", Verdict::Broken)]);
            assert_eq!(score.overall, Some(expected), "{severity}");
        }
    }

    #[test]
    fn unknown_earns_nothing_and_lowers_coverage() {
        let score = score(&[
            found("datasets", "high", Verdict::Kept),
            found("datasets", "medium", Verdict::Broken),
            found("edge", "low", Verdict::Unknown),
            found("edge", "critical", Verdict::Waived),
        ]);
        assert_eq!((score.overall, score.evidence_coverage), (Some(60.0), Some(90.0)));
        assert_eq!(score.by_section["datasets"], SectionScore { score: Some(66.7), evidence_coverage: Some(100.0) });
        assert_eq!(score.by_section["edge"], SectionScore { score: Some(0.0), evidence_coverage: Some(0.0) });
    }

    #[test]
    fn halves_round_up_and_the_ends_are_honest() {
        assert_eq!(percent(1, 2000), Some(0.1));
        assert_eq!(percent(1, 16), Some(6.3));
        assert_eq!(percent(1, 100_000), Some(0.1));
        assert_eq!(percent(99_999, 100_000), Some(99.9));
        assert_eq!(percent(7, 7), Some(100.0));
        assert_eq!(percent(0, 7), Some(0.0));
        assert_eq!(percent(0, 0), None);
    }

    #[test]
    fn order_does_not_matter() {
        let mut findings =
            vec![found("a", "low", Verdict::Kept), found("b", "high", Verdict::Broken), found("a", "medium", Verdict::Unknown)];
        let forward = score(&findings);
        findings.reverse();
        assert_eq!(forward, score(&findings));
    }
}
