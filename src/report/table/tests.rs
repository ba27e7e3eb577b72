//! The table, looked at as a whole.

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::report::escape::is_hostile;
use crate::report::model::{Gap, Source, Verdict};
use crate::report::specimen::{archive, finding, specimen};

fn table(report: &Report, width: usize, colour: bool) -> String {
    let mut out = Vec::new();
    write(report, &Style { width, colour }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn at_80_columns() {
    insta::assert_snapshot!("table_80", table(&specimen(), 80, false));
}

#[test]
fn at_200_columns() {
    insta::assert_snapshot!("table_200", table(&specimen(), 200, false));
}

#[test]
fn no_line_is_wider_than_asked() {
    for width in [60, 61, 80, 100, 139, 140, 141, 200] {
        for line in table(&specimen(), width, false).lines() {
            assert!(line.width() <= width, "{} cells of {width}: {line}", line.width());
            assert!(!line.ends_with(' '), "padding: {line:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_names_there_are_every_format_holds(texts in proptest::collection::vec(".{0,120}", 4), width in 60_usize..=200) {
        let mut odd = finding();
        odd.verdict = Verdict::Broken;
        [odd.subject.name, odd.title, odd.promised, odd.message] = <[String; 4]>::try_from(texts).unwrap();
        odd.found = Some(odd.message.clone());
        let report = Report { findings: vec![odd], ..specimen() };
        for line in table(&report, width, false).lines() {
            prop_assert!(line.width() <= width, "{} cells of {width}: {line:?}", line.width());
            prop_assert!(!line.contains(is_hostile));
        }
        let mut json = Vec::new();
        crate::report::json::write(&report, &mut json).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<Report>(&json).unwrap(), &report);
        let mut junit = Vec::new();
        crate::report::junit::write(&report, &mut junit).unwrap();
        prop_assert!(roxmltree::Document::parse(std::str::from_utf8(&junit).unwrap()).is_ok());
    }
}

#[test]
fn odd_widths_are_held_between_the_narrowest_and_the_widest() {
    assert_eq!(table(&specimen(), 0, false), table(&specimen(), 60, false));
    assert_eq!(table(&specimen(), usize::MAX, false), table(&specimen(), 200, false));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let mut plain = String::new();
    let coloured = table(&specimen(), 80, true);
    let mut parts = coloured.split('\u{1b}');
    plain.push_str(parts.next().unwrap());
    for part in parts {
        plain.push_str(part.split_once('m').unwrap().1);
    }
    assert_ne!(plain, coloured);
    assert_eq!(plain, table(&specimen(), 80, false));
}

#[test]
fn nothing_hostile_comes_through_and_no_line_is_forged() {
    for width in [80, 200] {
        let table = table(&specimen(), width, false);
        assert!(!table.chars().any(|char| char != '\n' && is_hostile(char)));
        assert!(table.contains("evil\\u{1b}[2J\\u{1b}[31m\\n"));
        assert!(!table.lines().any(|line| line.starts_with("✓ kept  all is well")));
    }
}

#[test]
fn a_thousand_kept_subjects_are_one_row() {
    let report = Report { findings: (0..1000).map(archive).collect(), drift: Vec::new(), drift_summary: None, ..specimen() };
    let table = table(&report, 80, false);
    assert!(table.contains("995 S3 buckets: flowise-tenant-0005, flowise-tenant-0006,"), "{table}");
    assert!(!table.contains("flowise-tenant-0100"));
    assert!(table.lines().count() < 60, "{} lines", table.lines().count());
}

#[test]
fn a_report_without_findings_says_so() {
    let report = Report { findings: Vec::new(), score: crate::report::score(&[]), sources: Vec::new(), ..specimen() };
    let table = table(&report, 80, false);
    assert!(table.contains("No promise was judged"), "{table}");
    assert!(table.contains("Score none, nothing weighs"), "{table}");
}

#[test]
fn the_subject_is_not_said_twice() {
    let mut broken = finding();
    broken.verdict = Verdict::Broken;
    broken.title = format!("S3 keeps object versions: {}", broken.subject.name);
    broken.views.clear();
    let report = Report { findings: vec![broken.clone()], ..specimen() };
    let table = table(&report, 200, false);
    assert_eq!(table.matches(&broken.subject.name).count(), 1, "{table}");
}

/// What the same unreachable endpoint leaves unknown: two subjects of each of these promises, one of them never named.
fn unreachable(promises: u32) -> Report {
    let gap = |action: &str| Gap {
        cause: "failed".to_owned(),
        action: Some(action.to_owned()),
        detail: "the endpoint cannot be reached: check the network".to_owned(),
    };
    let unknown = |line: u32, name: &str, action: &str| {
        let mut finding = Finding { verdict: Verdict::Unknown, grade: None, found: None, gap: Some(gap(action)), ..finding() };
        finding.views.clear();
        (finding.promise.line, finding.id, finding.subject.name) = (line, format!("{line}{name}"), name.to_owned());
        finding.subject.label = name.starts_with('(').then(|| "S3 buckets".to_owned());
        finding
    };
    let pair = |line| [unknown(line, "(S3 buckets)", "s3:ListAllMyBuckets"), unknown(line, "logs", "s3:GetBucketVersioning")];
    let mut report = specimen();
    report.findings = (1..=promises).flat_map(pair).collect();
    let gaps = ["s3:ListAllMyBuckets", "s3:GetBucketVersioning", "ec2:DescribeSubnets"].map(gap).to_vec();
    report.sources = vec![Source { resources: 0, gaps, ..report.sources.remove(0) }];
    report
}

#[test]
fn a_reason_that_many_promises_share_is_told_once() {
    let table = table(&unreachable(3), 100, false);
    assert_eq!(table.matches("the endpoint cannot be reached").count(), 1, "{table}");
    assert_eq!(table.matches("failed: see [1] at the end").count(), 3, "{table}");
    assert!(table.contains("everything, 3 permissions not used"), "{table}");
    assert!(table.contains("3 promises for this reason"), "{table}");
}

#[test]
fn a_reason_of_few_promises_is_told_where_it_matters() {
    let table = table(&unreachable(1), 100, false);
    assert!(!table.contains("[1]"), "{table}");
    assert!(table.contains("why       failed: the endpoint cannot be reached"), "{table}");
    assert!(table.contains("needs     s3:GetBucketVersioning, s3:ListAllMyBuckets"), "{table}");
}

#[test]
fn subjects_nobody_could_name_share_the_row_of_those_with_a_name() {
    let table = table(&unreachable(1), 100, false);
    assert_eq!(table.matches("S3 bucket: logs, and any that were not listed").count(), 1, "{table}");
    assert_eq!(table.matches("? unknown ").count(), 1, "{table}");
    assert!(!table.contains("(S3 buckets)"), "{table}");
}

#[test]
fn a_breach_in_the_state_is_told_where_live_could_not_be_read() {
    let mut report = unreachable(3);
    let broken =
        crate::report::model::ViewVerdict { verdict: "broken".to_owned(), found: "never had versioning".to_owned(), at: None, code: None };
    report.findings[1].views.insert("recorded".to_owned(), broken);
    let table = table(&report, 100, false);
    assert!(table.contains("recorded  broken: logs never had versioning"), "{table}");
}

#[test]
fn promises_without_a_judge_are_one_block() {
    let later = |line: u32, needs: &str| {
        let gap = Gap { cause: "not_judged_yet".to_owned(), action: None, detail: format!("it will need {needs}") };
        let mut finding = Finding { verdict: Verdict::Unknown, grade: None, found: None, gap: Some(gap), ..finding() };
        finding.views.clear();
        (finding.promise.line, finding.promised) = (line, format!("promise {line}"));
        finding
    };
    let report =
        Report { findings: vec![later(1, "the ledger"), later(2, "manifests"), later(3, "the ledger")], sources: Vec::new(), ..specimen() };
    let table = table(&report, 80, false);
    assert!(table.contains("3 promises, unknown"), "{table}");
    assert_eq!(table.matches("it will need the ledger").count(), 1, "{table}");
    assert!(!table.contains("DATASETS"), "nothing else is in that section: {table}");
    assert!(["promise 1", "promise 2", "promise 3"].iter().all(|promise| table.contains(promise)), "{table}");
}

#[test]
fn the_evidence_of_most_of_what_is_kept_is_said_once() {
    let table = table(&specimen(), 100, false);
    assert!(table.contains("evidence  live, configured, unless a row says otherwise"), "{table}");
    assert_eq!(table.matches("live, configured").count(), 1, "{table}");
}
