//! Recorded evidence that is missing, broken, old or somebody else's.

use lastro::report::model::Verdict;
use serde_json::Value;

use crate::program::{Desk, Run, root, run, text};

const EVIDENCE: &str = "fixtures/estates/example/evidence.json";

fn good() -> String {
    std::fs::read_to_string(root().join(EVIDENCE)).expect("the evidence of the example")
}

/// Nothing live is judged, and the report is there.
#[track_caller]
fn judges_nothing_live(run: &Run) {
    let report = run.report();
    for finding in &report.findings {
        let live = finding.views.get("live").map(|view| view.verdict.as_str());
        assert!(!matches!(live, Some("kept" | "broken")), "{}: {live:?}", finding.message);
        let rests_on_the_plan = ["owner-named", "document-review"].contains(&finding.rule.as_str());
        assert!(finding.verdict != Verdict::Kept || rests_on_the_plan, "{} is kept without evidence", finding.message);
    }
    assert!(report.sources.iter().any(|source| source.view == "live" && source.resources == 0 && !source.gaps.is_empty()));
}

#[test]
fn what_is_no_evidence_is_named_and_leaves_a_report() {
    let desk = Desk::new();
    let good = good();
    let newer = good.replacen("lastro.evidence/v1", "lastro.evidence/v2", 1);
    let wrong_type = good.replacen("\"resources\": ", "\"resources\": \"many\", \"was\": ", 1);
    let report = desk.audit_example(&[]).stdout;
    let state = std::fs::read_to_string(root().join("fixtures/estates/example/terraform.tfstate")).expect("state");
    let cases: [(&str, &[u8], &[&str]); 10] = [
        ("empty.json", b"", &["empty", "lastro collect"]),
        ("cut.json", &good.as_bytes()[..good.len() / 2], &["cut off after", "lastro collect"]),
        ("list.json", b"[1, 2]", &["not an object", "lastro collect"]),
        ("text.json", b"evidence: none", &["text that is not JSON"]),
        ("binary.json", b"\x1f\x8b\x08\xff", &["binary data"]),
        ("report.json", report.as_bytes(), &["a lastro report"]),
        ("state.json", state.as_bytes(), &["a Terraform state", "--state"]),
        ("newer.json", newer.as_bytes(), &["lastro.evidence/v2", "lastro.evidence/v1"]),
        ("edited.json", wrong_type.as_bytes(), &["damaged at line", "lastro collect"]),
        ("deep.json", &[b'['; 100_000], &["deep.json"]),
    ];
    for (name, bytes, says) in cases {
        let path = desk.file(name, bytes);
        let done = desk.audit_example(&["--evidence", text(&path)]);
        assert!([1, 2].contains(&done.code), "{name}: exit {}", done.code);
        done.refused(done.code, says).refused(done.code, &["warning: nothing was read from", name]);
        judges_nothing_live(&done);
    }
}

#[test]
fn places_without_evidence_are_named_and_leave_a_report() {
    let desk = Desk::new();
    let missing = desk.path("nowhere.json");
    for (place, says) in [
        (text(&missing), "no such file; record it with `lastro collect"),
        (text(&desk.path("home")), "not a file"),
        ("/dev/zero", "not a file"),
    ] {
        let done = desk.audit_example(&["--evidence", place]);
        done.refused(done.code, &[says]);
        judges_nothing_live(&done);
    }
}

#[test]
fn evidence_for_another_plan_is_noted() {
    let desk = Desk::new();
    let other = good().replacen("\"plan\": \"harbour\"", "\"plan\": \"lighthouse\"", 1);
    let path = desk.file("other.json", other);
    let done = desk.audit_example(&["--evidence", text(&path)]);
    done.exits(1);
    let notes: Vec<String> = done.report().sources.into_iter().flat_map(|source| source.notes).collect();
    assert!(notes.iter().any(|note| note.contains("recorded for the plan lighthouse, not for harbour")), "{notes:?}");
    let table = desk.run(&["audit", "policies/example.yaml", "--evidence", text(&path)]).stdout;
    assert!(table.contains("lighthouse"), "the table says so too");
}

#[test]
fn regions_that_were_not_recorded_are_noted_and_unknown() {
    let desk = Desk::new();
    let done = desk.audit_example(&["--region", "us-east-1", "--region", "eu-west-1"]);
    let report = done.report();
    let notes: Vec<&String> = report.sources.iter().flat_map(|source| &source.notes).collect();
    assert!(notes.iter().any(|note| note.contains("not in eu-west-1")), "{notes:?}");
    let sources = desk.audit_example(&[]).report().sources;
    assert!(sources.iter().filter(|source| source.view == "live").all(|source| source.notes.is_empty()), "nothing to note otherwise");
}

#[test]
fn a_value_of_another_type_is_damage_wherever_it_is() {
    let desk = Desk::new();
    let evidence: Value = serde_json::from_str(&good()).expect("JSON");
    for path in ["/estate", "/estate/view", "/source/gaps", "/calls", "/regions", "/collected_at", "/tool"] {
        let mut edited = evidence.clone();
        *edited.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = Value::from(7.5);
        let file = desk.file("edited.json", edited.to_string());
        let done = desk.audit_example(&["--evidence", text(&file)]);
        done.refused(done.code, &["damaged at line"]);
        judges_nothing_live(&done);
    }
}

#[test]
fn collecting_without_credentials_keeps_the_gaps_and_says_so() {
    let desk = Desk::new();
    let file = desk.path("evidence.json");
    let done = desk.run(&["collect", "policies/example.yaml", "-o", text(&file)]);
    done.refused(2, &["gap: unauthenticated", "no AWS credentials"]);
    let replayed = desk.audit_example(&["--evidence", text(&file)]);
    judges_nothing_live(&replayed);
    desk.run(&["collect", "policies/example.yaml", "-o", text(&desk.path("no/such.json"))])
        .refused(3, &["does not exist; create it first"]);
    desk.run(&["collect", "policies/example.yaml"]).refused(3, &["--output"]);
}

#[test]
fn a_replay_is_byte_identical() {
    let desk = Desk::new();
    for format in ["table", "json", "junit"] {
        let audit = || run(desk.lastro().args(["audit", "policies/example.yaml", "--format", format])).stdout;
        assert_eq!(audit(), audit(), "{format}");
    }
}
