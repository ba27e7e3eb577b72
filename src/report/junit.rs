//! The report for CI servers: one suite per section, one case per finding.
//!
//! Broken is a failure, unknown an error, waived and not applicable are skipped.

use std::fmt::Write as _;
use std::io;

use jiff::Timestamp;
use junit_report::{Duration, OffsetDateTime, TestCase, TestResult, TestSuite};

use super::escape::{sanitize, sanitize_block};
use super::model::{Drift, Finding, Report, Verdict};
use super::table::order::{by_section, plan_order};

/// Writes the report as JUnit XML with a newline at its end.
///
/// A case's `classname` is the rule and its `name` ends in the finding's fingerprint, so that a server follows it from run to
/// run. The only time in it is the audit's.
///
/// # Errors
/// When `out` cannot be written, or `audited_at` is not a time of the years 0 to 9999.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let timestamp = audited_at(report)?;
    let mut junit = junit_report::Report::new();
    for (section, mut findings) in by_section(&report.findings) {
        findings.sort_by(|a, b| plan_order(a, b));
        junit.add_testsuite(TestSuite {
            name: text(section),
            package: text(&format!("lastro.{}", report.plan.name)),
            timestamp,
            hostname: "localhost".to_owned(),
            testcases: findings.into_iter().map(case).collect(),
            system_out: None,
            system_err: None,
        });
    }
    // An audit only informs of drift: a suite that fails beside an exit code of 0 would contradict it.
    if report.drift_summary.as_ref().is_some_and(|summary| summary.decides) {
        junit.add_testsuite(drift(report, timestamp));
    }
    // The crate's writer is generic over sized sinks, and writes in small pieces.
    let mut xml = Vec::new();
    junit.write_xml(&mut xml).map_err(|error| match error {
        junit_report::Error::Io(error) => error,
        junit_report::Error::Xml(error) => io::Error::other(error.to_string()),
    })?;
    xml.push(b'\n');
    out.write_all(&xml)
}

/// The audit time. The crate's formatter panics outside of the years 0 to 9999, so that they are refused here.
fn audited_at(report: &Report) -> io::Result<OffsetDateTime> {
    let refused = || {
        let message = format!("audited_at is not a time of the years 0 to 9999: {}", sanitize(&report.audited_at));
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    let time: Timestamp = report.audited_at.parse().map_err(|_| refused())?;
    let time = OffsetDateTime::from_unix_timestamp(time.as_second()).map_err(|_| refused())?;
    if (0..=9999).contains(&time.year()) { Ok(time) } else { Err(refused()) }
}

/// One case per difference; one that passes where there is none.
fn drift(report: &Report, timestamp: OffsetDateTime) -> TestSuite {
    let unread = report.drift_summary.as_ref().and_then(|summary| summary.unread.first());
    let mut testcases: Vec<TestCase> = report.drift.iter().map(difference).collect();
    if let Some(gap) = unread {
        let result = TestResult::Error { type_: text(&gap.cause), message: text(&gap.detail), cause: None };
        testcases.push(drift_case("everything could be compared", &report.plan.path, result));
    }
    if testcases.is_empty() {
        testcases.push(drift_case("code, state and live agree", &report.plan.path, TestResult::Success));
    }
    TestSuite {
        name: "drift".to_owned(),
        package: text(&format!("lastro.{}", report.plan.name)),
        timestamp,
        hostname: "localhost".to_owned(),
        testcases,
        system_out: None,
        system_err: None,
    }
}

fn difference(drift: &Drift) -> TestCase {
    let Drift { subject, attribute, declared, recorded, live, blame, ignored, .. } = drift;
    let sides = [("declared", declared), ("recorded", recorded), ("live", live)];
    let sides: Vec<_> = sides.iter().filter_map(|(view, value)| Some(format!("{view} {}", value.as_ref()?))).collect();
    let message = text(&format!("{}: {blame}", sides.join(", ")));
    let result = match ignored {
        Some(_) => TestResult::SkippedWithCause { type_: "accepted".to_owned(), message, cause: None },
        None => TestResult::Failure { type_: "drift".to_owned(), message, cause: None },
    };
    drift_case(&format!("{} {}: {attribute} [{}]", subject.kind, subject.shown(), subject.id), "", result)
}

fn drift_case(name: &str, path: &str, result: TestResult) -> TestCase {
    TestCase {
        name: text(name),
        time: Duration::ZERO,
        result,
        classname: Some("drift".to_owned()),
        filepath: (!path.is_empty()).then(|| text(path)),
        system_out: None,
        system_err: None,
    }
}

fn case(finding: &Finding) -> TestCase {
    TestCase {
        name: name(finding),
        time: Duration::ZERO,
        result: result(finding),
        classname: Some(text(&finding.rule)),
        filepath: Some(text(&finding.promise.path)),
        system_out: Some(cdata(&details(finding))),
        system_err: None,
    }
}

/// Unique by the fingerprint, and the same whatever else is in the report.
fn name(finding: &Finding) -> String {
    let Finding { title, subject, id, .. } = finding;
    let subject =
        if title.contains(&subject.name) || title.ends_with(subject.shown()) { String::new() } else { format!(": {}", subject.name) };
    text(&format!("{title}{subject} [{id}]"))
}

fn result(finding: &Finding) -> TestResult {
    let message = text(&finding.message);
    match finding.verdict {
        Verdict::Kept => TestResult::Success,
        Verdict::Broken => TestResult::Failure { type_: text(&finding.severity), message, cause: None },
        Verdict::Unknown => {
            let type_ = finding.gap.as_ref().map_or("unknown", |gap| gap.cause.as_str());
            TestResult::Error { type_: text(type_), message, cause: None }
        }
        Verdict::Waived | Verdict::NotApplicable => {
            TestResult::SkippedWithCause { type_: finding.verdict.as_str().to_owned(), message, cause: None }
        }
    }
}

/// Everything a reader of the CI log needs to understand and mend it.
fn details(finding: &Finding) -> String {
    let mut out = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{label}: {}", sanitize_block(value).replace('\n', "\n  "));
    };
    line("message", &finding.message);
    let subject = &finding.subject;
    line("subject", &format!("{} {} ({})", subject.kind, subject.name, subject.id));
    if let Some(address) = &subject.address {
        line("address", address);
    }
    line("severity", &finding.severity);
    if let Some(document) = document_place(finding) {
        line("document", &document);
    }
    for (view, seen) in &finding.views {
        let at = seen.at.as_ref().map(|at| format!(" ({at})")).unwrap_or_default();
        line(view, &format!("{}: {}{at}", seen.verdict, seen.found));
    }
    if let Some(blame) = &finding.blame {
        line("blame", blame);
    }
    if let Some(action) = finding.gap.as_ref().and_then(|gap| gap.action.as_ref()) {
        line("needs", action);
    }
    if let Some(waiver) = &finding.waiver {
        line("waiver", &format!("{}, owner {}, until {}, covers {}", waiver.reason, waiver.owner, waiver.expires, waiver.covers));
    }
    if finding.verdict == Verdict::Broken {
        line("remediation", &finding.remediation.text);
        for (label, hint) in [("terraform", &finding.remediation.terraform), ("cli", &finding.remediation.cli)] {
            if let Some(hint) = hint {
                line(label, hint);
            }
        }
    }
    out
}

fn document_place(finding: &Finding) -> Option<String> {
    let place = &finding.document;
    match (&place.path, place.line) {
        (Some(path), Some(line)) => Some(format!("{path}:{line}")),
        (None, Some(line)) => Some(format!("line {line}")),
        (path, None) => path.clone(),
    }
}

/// Attribute text; the crate escapes the markup, this what XML 1.0 cannot say.
fn text(text: &str) -> String {
    sanitize(text).into_owned()
}

/// The crate writes CDATA as it comes; an end mark in it goes into a section of its own.
fn cdata(text: &str) -> String {
    text.replace("]]>", "]]]]><![CDATA[>")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::specimen::{finding, specimen};

    fn junit(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn holding(findings: Vec<Finding>) -> Report {
        Report { findings, ..specimen() }
    }

    #[test]
    fn one_suite_a_section_and_one_case_a_finding() {
        let report = specimen();
        let xml = junit(&report);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let suites: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
        let sections: BTreeSet<&str> = report.findings.iter().map(|finding| finding.section.as_str()).collect();
        assert_eq!(suites.iter().filter_map(|suite| suite.attribute("name")).collect::<BTreeSet<_>>(), sections);
        assert_eq!(suites.len(), sections.len());
        for suite in suites {
            let of_section = report.findings.iter().filter(|finding| Some(finding.section.as_str()) == suite.attribute("name"));
            let count = |verdict| of_section.clone().filter(|finding| finding.verdict == verdict).count().to_string();
            assert_eq!(suite.attribute("tests"), Some(of_section.clone().count().to_string().as_str()));
            assert_eq!(suite.attribute("failures"), Some(count(Verdict::Broken).as_str()));
            assert_eq!(suite.attribute("errors"), Some(count(Verdict::Unknown).as_str()));
            assert_eq!(suite.attribute("timestamp"), Some("2026-11-20T12:00:00Z"));
        }
    }

    #[test]
    fn each_verdict_becomes_its_result() {
        let report = specimen();
        let xml = junit(&report);
        let document = roxmltree::Document::parse(&xml).unwrap();
        for finding in &report.findings {
            let id = format!("[{}]", finding.id);
            let case = document.descendants().find(|node| node.attribute("name").is_some_and(|name| name.ends_with(&id))).unwrap();
            assert_eq!(case.attribute("classname"), Some(finding.rule.as_str()));
            let results: Vec<&str> = case.children().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name()).collect();
            let expected: &[&str] = match finding.verdict {
                Verdict::Kept => &["system-out"],
                Verdict::Broken => &["failure", "system-out"],
                Verdict::Unknown => &["error", "system-out"],
                Verdict::Waived | Verdict::NotApplicable => &["skipped", "system-out"],
            };
            assert_eq!(results, expected, "{}", finding.id);
        }
    }

    #[test]
    fn names_are_unique_and_do_not_depend_on_the_others() {
        let report = specimen();
        let names: BTreeSet<String> = report.findings.iter().map(name).collect();
        assert_eq!(names.len(), report.findings.len());
        let alone = junit(&holding(vec![finding()]));
        assert!(alone.contains(&name(&finding())), "{alone}");
    }

    #[test]
    fn markup_and_illegal_characters_in_names_stay_text() {
        let mut hostile = finding();
        hostile.title = "title".to_owned();
        hostile.subject.name = "<a b=\"c\">&'\u{0}\u{b}\n\u{fffe}]]>".to_owned();
        hostile.message = "m\u{1b}[0m]]> & <x/> ]]]]>>".to_owned();
        hostile.id = "7".to_owned();
        let xml = junit(&holding(vec![hostile]));
        let document = roxmltree::Document::parse(&xml).unwrap();
        let case = document.descendants().find(|node| node.has_tag_name("testcase")).unwrap();
        assert_eq!(case.attribute("name"), Some("title: <a b=\"c\">&'\\u{0}\\u{b}\\n\\u{fffe}]]> [7]"));
        let out = case.children().find(|node| node.has_tag_name("system-out")).unwrap();
        let said: String = out.children().filter_map(|node| node.text()).collect();
        assert!(said.starts_with("message: m\\u{1b}[0m]]> & <x/> ]]]]>>\nsubject: "), "{said}");
    }

    #[test]
    fn a_report_without_findings_is_still_junit() {
        let xml = junit(&holding(Vec::new()));
        assert_eq!(xml, "<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites/>\n");
    }

    #[test]
    fn a_time_that_junit_cannot_say_is_an_error_and_not_a_panic() {
        for time in ["yesterday", "-000001-01-01T00:00:00Z"] {
            let report = Report { audited_at: time.to_owned(), ..specimen() };
            let error = write(&report, &mut Vec::new()).unwrap_err();
            assert_eq!(error.to_string(), format!("audited_at is not a time of the years 0 to 9999: {time}"));
        }
    }

    #[test]
    fn two_writings_are_equal() {
        assert_eq!(junit(&specimen()), junit(&specimen()));
        insta::assert_snapshot!("junit", junit(&specimen()).replace("><", ">\n<"));
    }
}
