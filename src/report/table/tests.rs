//! The table, looked at as a whole.

use proptest::prelude::*;
use unicode_width::UnicodeWidthStr as _;

use super::*;
use crate::report::escape::is_hostile;
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
    let report = Report { findings: (0..1000).map(archive).collect(), ..specimen() };
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
