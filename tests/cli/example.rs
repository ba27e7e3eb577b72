//! The bundled example: offline, without credentials, with every kind of verdict.

use std::collections::BTreeSet;

use lastro::report::model::{Finding, Verdict};

use crate::program::{Desk, run};
use crate::server::{Manners, Server};

fn of(findings: &[Finding], verdict: Verdict) -> Vec<&Finding> {
    findings.iter().filter(|finding| finding.verdict == verdict).collect()
}

#[test]
fn it_shows_every_kind_of_verdict_and_different_blames() {
    let desk = Desk::new();
    let done = desk.audit_example(&[]);
    done.exits(1);
    assert_eq!(done.stderr, "");
    let report = done.report();
    let count = |verdict| of(&report.findings, verdict).len();
    assert!(count(Verdict::Kept) >= 10 && count(Verdict::Unknown) >= 2 && count(Verdict::Waived) >= 1);
    let broken = of(&report.findings, Verdict::Broken);
    let blames: BTreeSet<&String> = broken.iter().filter_map(|finding| finding.blame.as_ref()).collect();
    assert!(blames.len() >= 2, "{blames:?}");
    let views: BTreeSet<&str> = report.sources.iter().map(|source| source.view.as_str()).collect();
    assert_eq!(views, BTreeSet::from(["declared", "live", "recorded"]));
    for finding in &broken {
        assert!(finding.document.line.is_some(), "{} does not lead back to the document", finding.message);
        assert!(finding.promise.line > 0 && !finding.remediation.text.is_empty());
    }
}

#[test]
fn it_asks_nobody() {
    let desk = Desk::new();
    let server = Server::start(Manners::Hangup);
    let mut command = desk.lastro();
    command.env("AWS_ENDPOINT_URL", &server.url).env("AWS_ACCESS_KEY_ID", "x").env("AWS_SECRET_ACCESS_KEY", "y");
    let done = run(command.args(["audit", "policies/example.yaml", "--format", "json"]));
    assert_eq!(done.stdout, desk.audit_example(&[]).stdout);
    assert_eq!(server.visits(), 0);
}

#[test]
fn it_reads_the_same_from_another_folder() {
    let desk = Desk::new();
    let mut command = desk.lastro();
    let done = run(command.current_dir(crate::program::root().join("policies")).args(["audit", "example.yaml", "--format", "json"]));
    let verdicts = |run: &crate::program::Run| -> Vec<_> { run.report().findings.into_iter().map(|f| (f.id, f.verdict)).collect() };
    assert_eq!(verdicts(&done), verdicts(&desk.audit_example(&[])));
}

#[test]
fn the_release_gate_adds_what_must_hold_before_a_release() {
    let desk = Desk::new();
    let snapshot = |arguments: &[&str]| {
        let report = desk.audit_example(&[&["--only", "rds-manual-snapshot"], arguments].concat()).report();
        report.findings.iter().map(|finding| finding.verdict).collect::<Vec<_>>()
    };
    assert_eq!(snapshot(&[]), [Verdict::NotApplicable]);
    let gated = snapshot(&["--gate", "release"]);
    assert!(!gated.contains(&Verdict::NotApplicable) && !gated.is_empty(), "{gated:?}");
}

#[test]
fn time_is_an_argument() {
    let desk = Desk::new();
    let review = |now: &str| {
        let report = desk.audit_example(&["--only", "document-review", "--now", now]).report();
        assert_eq!(report.audited_at, now);
        report.findings[0].verdict
    };
    assert_eq!(review("2026-10-01T00:00:00Z"), Verdict::Kept);
    assert_eq!(review("2027-10-01T00:00:00Z"), Verdict::Broken);
}
