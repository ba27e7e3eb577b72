//! The page, looked at as a whole.

use proptest::prelude::*;

use super::*;
use crate::report::escape::is_hostile;
use crate::report::model::{Drift, Source};
use crate::report::specimen::{archive, drift, finding, specimen};

fn markdown(report: &Report) -> String {
    let mut out = Vec::new();
    write(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The cells of a line, and whether it is a row of a table.
fn cells(line: &str) -> Option<usize> {
    line.starts_with('|').then(|| line.matches('|').count() - 1)
}

#[test]
fn the_specimen() {
    insta::assert_snapshot!("markdown", markdown(&specimen()));
}

#[test]
fn what_is_broken_stands_open_and_what_is_kept_is_folded() {
    let page = markdown(&specimen());
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text:?} is not in {page}"));
    assert!(at("**Score ") < at("### ❌ 5 broken"));
    assert!(at("### ❌ 5 broken") < at("### ❔ 7 unknown"));
    assert!(at("### ❔ 7 unknown") < at("<details><summary>🔕 1 waived</summary>"));
    assert!(at("<details><summary>🔕 1 waived</summary>") < at("<details><summary>✅ 29 kept</summary>"));
    assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
}

#[test]
fn a_breach_is_at_its_line_of_code_with_all_views_and_the_change() {
    let page = markdown(&specimen());
    let line = page.lines().find(|line| line.contains("rds-encryption")).unwrap();
    for part in [
        "<code>infra/db.tf:17</code>",
        "❌ declared: has storage in the clear",
        "❌ live: has storage in the clear",
        "**never promised in code: fix infra/prod.tfvars:3 (used at infra/db.tf:17)**",
        "<code>storage_encrypted = true</code> (now <code>false</code>)",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
}

#[test]
fn tables_have_as_many_cells_as_headings() {
    let page = markdown(&specimen());
    let mut columns = None;
    for line in page.lines() {
        let cells = cells(line);
        assert!(cells.is_none() || columns.is_none() || cells == columns, "{line}");
        columns = cells;
    }
}

#[test]
fn hostile_names_stay_text() {
    let name =
        "a|b\n| c | `x` <img src=x onerror=y> @everyone #1 [l](http://evil) ![i](x) www.evil.io **b** \u{202e}\u{1b}</details>$x$ \\|";
    let mut odd = Finding { verdict: Verdict::Broken, ..finding() };
    [odd.subject.name, odd.promised, odd.rule, odd.severity, odd.id] = [(); 5].map(|()| name.to_owned());
    odd.found = Some(name.to_owned());
    odd.blame = Some(name.to_owned());
    let mut report = Report {
        findings: vec![odd],
        drift: vec![Drift { live: Some(name.to_owned()), blame: name.to_owned(), ..drift(name, name) }],
        ..specimen()
    };
    report.plan.title = name.to_owned();
    report.plan.path = name.to_owned();
    report.sources[0].uri = name.to_owned();
    let page = markdown(&report);
    for sign in ["<img", "@everyone", "](", "`", "http://", "www.evil", "**b**", "$x$", " #1 "] {
        assert!(!page.contains(sign), "{sign}: {page}");
    }
    assert!(!page.chars().any(|char| char != '\n' && is_hostile_here(char)), "{page}");
    assert_eq!(page.matches("</details>").count(), page.matches("<details>").count());
    assert_eq!(page.lines().filter(|line| cells(line).is_some_and(|cells| cells == 5)).count(), 3, "no row is forged: {page}");
}

/// `❔` and the others stand in for words here; what changes how text reads is still refused.
fn is_hostile_here(char: char) -> bool {
    is_hostile(char) && char != '\u{fe0f}'
}

#[test]
fn a_page_is_under_60_kb_whatever_the_report() {
    let many = |count: usize, verdict: Verdict| {
        (0..count).map(move |at| {
            let long = "x<".repeat(200 + at % 7);
            let mut finding =
                Finding { id: format!("{verdict:?}{at}"), verdict, found: Some(long.clone()), message: long, ..archive(at + 5) };
            finding.subject.name = format!("{}{at}", "@".repeat(400));
            finding
        })
    };
    for size in [0, 1, 31, 1000, 3000] {
        let findings: Vec<Finding> = Verdict::ALL.into_iter().flat_map(|verdict| many(size, verdict)).collect();
        let drift = (0..size)
            .map(|at| Drift { declared: Some("<".repeat(500)), live: Some(at.to_string()), ..drift(&format!("s{at}"), "x") })
            .collect();
        let sources: Vec<Source> = specimen().sources.iter().cycle().take(size).cloned().collect();
        let score = crate::report::score(&findings);
        let report = Report { findings, drift, sources, score, ..specimen() };
        let page = markdown(&report);
        assert!(page.len() < 60_000, "{} bytes for {size}", page.len());
        assert!(page.ends_with("</sub>\n"));
        assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
        if size >= 1000 {
            assert!(page.contains(" more; see the full report"), "{page}");
            assert!(Verdict::ALL.iter().all(|verdict| page.contains(symbol(*verdict))), "{page}");
        }
    }
}

#[test]
fn every_finding_is_in_a_row_or_counted() {
    let mut findings: Vec<Finding> = (0..1200).map(|at| Finding { verdict: Verdict::Broken, ..archive(at + 5) }).collect();
    findings.iter_mut().for_each(|finding| finding.severity = "high".to_owned());
    let page = markdown(&Report { findings, ..specimen() });
    let rows = page.lines().filter(|line| line.starts_with("| high")).count();
    let (_, tail) = page.split_once("… and ").unwrap();
    let left_out: usize = tail.split(' ').next().unwrap().replace(',', "").parse().unwrap();
    assert_eq!(rows + left_out, 1200);
    assert!(rows > 30, "{rows}");
}

#[test]
fn drift_has_its_table() {
    let entry = Drift { declared: Some("true".to_owned()), live: Some("false".to_owned()), ..drift("orders", "multi_az") };
    let page = markdown(&Report { drift: vec![entry], ..specimen() });
    assert!(page.contains("### ↔️ 1 difference\n"), "{page}");
    let row = "| <code>orders</code> | <code>multi_az</code> | <code>true</code> |  | <code>false</code> | changed by hand |";
    assert!(page.contains(row), "{page}");
}

#[test]
fn a_report_without_findings_says_so() {
    let page = markdown(&Report { findings: Vec::new(), score: crate::report::score(&[]), sources: Vec::new(), ..specimen() });
    assert!(page.contains("**Score none** · evidence coverage none · No promise was judged"), "{page}");
    assert!(!page.contains("###"), "{page}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_row(texts in proptest::collection::vec("[ -~\\n|`<]{0,80}", 3)) {
        let mut odd = Finding { verdict: Verdict::Broken, ..finding() };
        [odd.subject.name, odd.promised, odd.rule] = <[String; 3]>::try_from(texts).unwrap();
        let page = markdown(&Report { findings: vec![odd], drift: Vec::new(), ..specimen() });
        prop_assert_eq!(page.lines().filter(|line| cells(line) == Some(5)).count(), 3, "{}", page);
    }
}
