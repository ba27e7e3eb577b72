//! States that are missing, broken or something else: the report is written all the same, and says what is not known.

use lastro::report::model::{Report, Verdict};

use crate::program::{Desk, Run, finding, root, run, run_with, text};

const STATE: &str = "fixtures/estates/example/terraform.tfstate";

fn good() -> String {
    std::fs::read_to_string(root().join(STATE)).expect("the state of the example")
}

/// Audits the example on its state alone.
fn audit(desk: &Desk, states: &[&str]) -> Run {
    let mut command = desk.lastro();
    command.args(["audit", "policies/example.yaml", "--no-live", "--format", "json"]);
    for state in states {
        command.args(["--state", state]);
    }
    run(&mut command)
}

fn count(report: &Report, verdict: Verdict) -> usize {
    report.findings.iter().filter(|finding| finding.verdict == verdict).count()
}

/// Every promise about resources is unknown; what the plan itself tells is judged as ever.
#[track_caller]
fn judges_nothing_recorded(run: &Run) {
    run.exits(2);
    let report = run.report();
    assert_eq!(count(&report, Verdict::Broken), 0);
    let kept = report.findings.iter().filter(|finding| finding.verdict == Verdict::Kept);
    for finding in kept {
        assert!(["owner-named", "document-review"].contains(&finding.rule.as_str()), "{} is kept on no evidence", finding.message);
    }
    assert!(count(&report, Verdict::Unknown) > 15);
}

#[test]
fn what_is_no_state_is_named_and_leaves_a_report() {
    let desk = Desk::new();
    let good = good();
    let utf16_odd = [0xff, 0xfe, b'{', 0, 0, 0xd8, b'}', 0];
    let deep = "[".repeat(100_000);
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("cut.tfstate", good.as_bytes()[..good.len() / 2].to_vec(), &["not valid JSON at byte", "truncated?"]),
        ("page.tfstate", b"<!DOCTYPE html><html><body>Sign in</body></html>".to_vec(), &["an HTML page", "login"]),
        ("plan.tfstate", b"PK\x03\x04....".to_vec(), &["terraform show -json"]),
        ("packed.tfstate", b"\x1f\x8b\x08....".to_vec(), &["gzip"]),
        ("latin.tfstate", b"{\"version\": 4, \"x\": \"\xe9\"}".to_vec(), &["not valid UTF-8 at byte"]),
        ("utf16.tfstate", utf16_odd.to_vec(), &["not valid UTF-8 at byte"]),
        ("deep.tfstate", deep.clone().into_bytes(), &["deep.tfstate"]),
        ("deeper.tfstate", format!("{{\"version\":4,\"outputs\":{deep}").into_bytes(), &["deeper.tfstate"]),
        ("v5.tfstate", good.replacen("\"version\": 4", "\"version\": 5", 1).into_bytes(), &["format 5 is newer"]),
        ("text.tfstate", b"resource \"aws_s3_bucket\" \"x\" {}".to_vec(), &["not JSON"]),
        ("list.tfstate", b"[1, 2]".to_vec(), &["neither a Terraform state"]),
        ("other.tfstate", b"{\"name\": \"package\"}".to_vec(), &["neither a Terraform state"]),
        ("types.tfstate", b"{\"version\": 4, \"resources\": 7}".to_vec(), &["types.tfstate"]),
        (
            "pointer.tfstate",
            br#"{"version":3,"backend":{"type":"s3","config":{"bucket":"states","key":"prod.tfstate"}}}"#.to_vec(),
            &["s3://states/prod.tfstate"],
        ),
        (
            "secret.tfstate",
            br#"{"serial":7,"lineage":"l","meta":{"key_provider.pbkdf2.main":"e30="},"encrypted_data":"AAAA","encryption_version":"v0"}"#
                .to_vec(),
            &["tofu state pull"],
        ),
    ];
    for (name, bytes, says) in cases {
        let path = desk.file(name, bytes);
        let done = audit(&desk, &[text(&path)]);
        done.refused(2, says);
        assert!(done.stderr.starts_with("warning: nothing was read from "), "{}", done.stderr);
        judges_nothing_recorded(&done);
    }
}

#[test]
fn places_without_a_state_are_named_and_leave_a_report() {
    let desk = Desk::new();
    let nowhere = desk.path("nowhere.tfstate");
    let pattern = desk.path("*.tfstate");
    for (place, says) in [
        (text(&nowhere), "no such file or folder"),
        (text(&desk.path("home")), "a folder without state"),
        (text(&pattern), "no file matches"),
        ("/dev/null", "neither a file nor a folder"),
    ] {
        let done = audit(&desk, &[place]);
        done.refused(2, &[says]);
        judges_nothing_recorded(&done);
    }
}

#[test]
fn no_source_at_all_is_unknown_and_says_which_flags_help() {
    let desk = Desk::new();
    let done = desk.run(&["audit", "policies/flowise.yaml", "--format", "json"]);
    done.exits(2);
    let report = done.report();
    assert!(report.findings.iter().filter_map(|finding| finding.gap.as_ref()).any(|gap| gap.detail.contains("--live")));
}

#[test]
fn an_empty_state_records_nothing_and_is_said_to_be_empty() {
    let desk = Desk::new();
    let empty = desk.file("empty.tfstate", "");
    let done = audit(&desk, &[text(&empty)]);
    done.exits(1);
    assert!(done.report().sources[0].notes.iter().any(|note| note.contains("empty state")));
}

#[test]
fn a_bad_state_among_good_ones_takes_certainty_and_not_the_report() {
    let desk = Desk::new();
    let bad = desk.file("bad.tfstate", "<html>");
    let sound = audit(&desk, &[STATE]);
    let done = audit(&desk, &[text(&bad), STATE]);
    done.refused(1, &["bad.tfstate", "an HTML page"]);
    let (before, after) = (sound.report(), done.report());
    assert_eq!(after.sources.len(), 2);
    assert!(count(&after, Verdict::Broken) <= count(&before, Verdict::Broken), "a file that was not read breaks nothing");
    for breach in after.findings.iter().filter(|finding| finding.verdict == Verdict::Broken) {
        assert_eq!(finding(&before, &breach.rule, &breach.subject.name).verdict, Verdict::Broken);
    }
}

#[test]
fn what_only_the_bad_state_may_hold_is_unknown() {
    let desk = Desk::new();
    let bad = desk.file("bad.tfstate", "{\"version\": 4,");
    let none = desk.file("none.tfstate", r#"{"version": 4, "serial": 1, "lineage": "other", "resources": []}"#);
    let vacuous = audit(&desk, &[text(&none)]);
    vacuous.exits(1);
    judges_nothing_recorded(&audit(&desk, &[text(&none), text(&bad)]));
}

#[test]
fn a_state_reads_the_same_from_a_file_a_folder_a_pattern_and_standard_input() {
    let desk = Desk::new();
    let file = desk.file("states/prod.tfstate", good());
    let verdicts = |run: &Run| -> Vec<(String, Verdict)> {
        run.exits(1);
        run.report().findings.iter().map(|finding| (finding.id.clone(), finding.verdict)).collect()
    };
    let expected = verdicts(&audit(&desk, &[STATE]));
    for place in [text(&file), text(&desk.path("states")), text(&desk.path("states/*.tfstate")), text(&desk.path("**/*.tfstate"))] {
        assert_eq!(verdicts(&audit(&desk, &[place])), expected, "{place}");
    }
    let mut piped = desk.lastro();
    piped.args(["audit", "policies/example.yaml", "--no-live", "--format", "json", "--state", "-"]);
    assert_eq!(verdicts(&run_with(&mut piped, good().into_bytes())), expected);
    let utf16: Vec<u8> = "\u{feff}".encode_utf16().chain(good().encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(verdicts(&audit(&desk, &[text(&desk.file("utf16.tfstate", utf16))])), expected);
}

#[test]
fn standard_input_that_is_no_state_is_said_to_be() {
    let desk = Desk::new();
    let mut piped = desk.lastro();
    piped.args(["audit", "policies/example.yaml", "--no-live", "--format", "json", "--state", "-"]);
    let done = run_with(&mut piped, b"Error: No state file was found!".to_vec());
    done.refused(2, &["standard input", "not JSON"]);
    judges_nothing_recorded(&done);
}

#[test]
fn of_two_snapshots_the_newer_one_counts() {
    let desk = Desk::new();
    let state: serde_json::Value = serde_json::from_str(&good()).expect("JSON");
    let mut old = state.clone();
    let serial = state["serial"].as_u64().expect("a serial");
    old["serial"] = (serial - 1).into();
    old["resources"] = serde_json::json!([]);
    let (old, new) = (desk.file("old.tfstate", old.to_string()), desk.file("new.tfstate", state.to_string()));
    let expected = audit(&desk, &[text(&new)]).report();
    let both = audit(&desk, &[text(&old), text(&new)]);
    both.exits(1);
    assert_eq!(both.report().score, expected.score);
    assert!(both.report().sources.iter().any(|source| source.notes.iter().any(|note| note.contains("two snapshots of one state"))));
}

#[test]
fn an_address_twice_is_refused() {
    let desk = Desk::new();
    let mut state: serde_json::Value = serde_json::from_str(&good()).expect("JSON");
    let resources = state["resources"].as_array_mut().expect("resources");
    let bucket = resources.iter().find(|resource| resource["type"] == "aws_s3_bucket").expect("a bucket").clone();
    resources.push(bucket);
    let done = audit(&desk, &[text(&desk.file("twice.tfstate", state.to_string()))]);
    done.refused(2, &["appears multiple times"]);
    judges_nothing_recorded(&done);
}
