//! Wrong command lines, and the help that prevents them.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;

use crate::program::{Desk, run, text};

const COMMANDS: [&[&str]; 8] =
    [&["audit"], &["collect"], &["plan", "lint"], &["plan", "schema"], &["plan", "show"], &["rules"], &["explain"], &["iam-policy"]];

#[test]
fn the_help_of_every_command_has_an_example() {
    let desk = Desk::new();
    for words in COMMANDS {
        for flag in ["--help", "-h"] {
            let help = desk.run(&[words, &[flag][..]].concat());
            help.exits(0);
            let example = format!("lastro {}", words.join(" "));
            let (_, after) = help.stdout.split_once("Example").unwrap_or_else(|| panic!("{example} {flag} has no example"));
            assert!(after.contains(&example), "{example} {flag} shows another command: {after}");
            assert!(help.stderr.is_empty(), "{}", help.stderr);
        }
    }
}

#[test]
fn the_help_prints_the_exit_codes() {
    let desk = Desk::new();
    for words in [&["--help"][..], &["audit", "--help"]] {
        let help = desk.run(words).stdout;
        let (_, codes) = help.split_once("Exit codes:").expect("the exit codes");
        for code in ["0  every promise kept", "1  a promise broken", "2  nothing broken", "3  the plan or", "4  lastro itself"] {
            assert!(codes.contains(code), "{code:?} is not in {codes}");
        }
    }
}

#[test]
fn wrong_words_are_refused_with_what_could_be_meant() {
    let desk = Desk::new();
    let audit = |more: &[&str]| desk.run(&[&["audit", "policies/example.yaml"][..], more].concat());
    audit(&["--evidense", "x"]).refused(3, &["--evidense", "--evidence"]);
    audit(&["--format", "pdf"]).refused(3, &["unknown format \"pdf\"", "table, json, junit"]);
    audit(&["--gate", "relaese"]).refused(3, &["relaese", "release"]);
    audit(&["--fail-on", "hihg"]).refused(3, &["hihg", "high"]);
    audit(&["--only", "s3-versionin"]).refused(3, &["no section or rule `s3-versionin`", "did you mean `s3-versioning`?"]);
    audit(&["--only", "dataset"]).refused(3, &["did you mean `datasets`?", "sections: objectives, "]);
    audit(&["--only", "nothing"]).refused(3, &["`nothing`", "`lastro rules` lists the rules"]);
    audit(&["--only", ""]).refused(3, &["no section or rule ``"]);
    audit(&["--region", "mars-1"]).refused(3, &["--region: `mars-1`", "us-east-1"]);
    audit(&["--region", ""]).refused(3, &["--region"]);
    audit(&["--now", "yesterday"]).refused(3, &["--now", "2026-11-20T12:00:00Z"]);
    audit(&["--now", "2026-11-20"]).refused(3, &["--now", "2026-11-20T12:00:00Z"]);
    audit(&["--timeout", "0"]).refused(3, &["--timeout", "1..=3600"]);
    audit(&["--endpoint-url", "localhost:5000"]).refused(3, &["--endpoint-url", "http://127.0.0.1:5000"]);
    audit(&["--state", "s3://bucket"]).refused(3, &["s3://bucket/key"]);
    audit(&["--state", "https://example.com/x"]).refused(3, &["terraform state pull"]);
    audit(&["more"]).refused(3, &["'more'"]);
    desk.run(&["audit"]).refused(3, &["<PLAN>"]);
    desk.run(&["audti"]).refused(3, &["'audit'"]);
    desk.run(&[]).refused(3, &["Usage", "Exit codes"]);
    desk.run(&["explain", "rds-backup-retentoin"]).refused(3, &["did you mean `rds-backup-retention`?"]);
    desk.run(&["explain", "\u{1b}[31mred"]).refused(3, &["there is no rule"]);
    desk.run(&["rules", "--format", "xml"]).refused(3, &["'xml'", "json"]);
}

#[test]
fn sources_that_exclude_each_other_are_refused() {
    let desk = Desk::new();
    let audit = |more: &[&str]| desk.run(&[&["audit", "policies/example.yaml"][..], more].concat());
    audit(&["--live", "--no-live"]).refused(3, &["--live", "--no-live"]);
    audit(&["--live", "--evidence", "x.json"]).refused(3, &["--live", "--evidence"]);
}

#[test]
fn a_report_needs_a_format_and_a_file_of_its_own() {
    let desk = Desk::new();
    let same = text(&desk.path("same")).to_owned();
    let audit = |more: &[&str]| desk.run(&[&["audit", "policies/example.yaml"][..], more].concat());
    audit(&["--report", "json"]).refused(3, &["--report", "FORMAT=PATH"]);
    audit(&["--report", "pdf=x"]).refused(3, &["unknown format \"pdf\""]);
    audit(&["--report", "json=-"]).refused(3, &["--format json"]);
    let (json, junit) = (format!("json={same}"), format!("junit={same}"));
    audit(&["--report", &json, "--report", &junit]).refused(3, &["two reports go to"]);
    assert!(!desk.path("same").exists(), "nothing is written before the command line is understood");
}

#[test]
fn a_report_that_cannot_be_written_costs_no_other() {
    let desk = Desk::new();
    let good = desk.path("good.json");
    let lost = desk.path("no/such/folder.json");
    let folder = desk.path("home");
    let targets = [format!("json={}", text(&lost)), format!("junit={}", text(&folder)), format!("json={}", text(&good))];
    let done = desk.audit_example(&["--report", &targets[0], "--report", &targets[1], "--report", &targets[2]]);
    done.refused(3, &["the folder", "does not exist; create it first", "it is a folder; name a file in it"]);
    assert_eq!(done.stdout, fs::read_to_string(good).expect("the good one"), "printed and written all the same");
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_the_system_refuses_says_why() {
    let desk = Desk::new();
    let done = desk.audit_example(&["--report", "json=/proc/lastro.json"]);
    let (_, why) = done.stderr.split_once("failed to write /proc/lastro.json: ").expect("the file");
    assert!(!why.trim().is_empty());
    done.exits(3);
}

#[test]
fn a_reader_who_leaves_changes_neither_files_nor_verdict() {
    let desk = Desk::new();
    let file = desk.path("whole.json");
    let mut command = desk.lastro();
    command.args(["audit", "policies/example.yaml", "--format", "json", "--report", &format!("json={}", text(&file))]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let mut stderr = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("UTF-8");
    let status = child.wait().expect("ends");
    assert_eq!((status.code(), stderr.as_str()), (Some(1), ""), "broken promises stay broken when nobody listens");
    assert_eq!(fs::read_to_string(file).expect("written"), desk.audit_example(&[]).stdout);
}

#[test]
fn other_commands_end_quietly_when_the_reader_leaves() {
    let desk = Desk::new();
    for words in [&["rules"][..], &["plan", "schema"], &["--help"]] {
        let mut child =
            desk.lastro().args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut stderr).expect("UTF-8");
        assert_eq!((child.wait().expect("ends").code(), stderr.as_str()), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn the_severity_that_fails_is_the_users() {
    let desk = Desk::new();
    desk.audit_example(&["--only", "s3-lifecycle-archive"]).exits(1);
    let severity = &desk.audit_example(&["--only", "s3-lifecycle-archive"]).report().findings[0].severity;
    assert_ne!(severity, "critical");
    desk.audit_example(&["--only", "s3-lifecycle-archive", "--fail-on", "critical"]).exits(0);
    desk.audit_example(&["--only", "s3-versioning"]).exits(0);
    desk.audit_example(&["--only", "drills"]).exits(2);
}

#[test]
fn names_with_control_characters_do_not_reach_the_terminal() {
    let desk = Desk::new();
    let done = run(desk.lastro().args(["audit", "\u{1b}[2Jplan.yaml"]));
    done.refused(3, &["plan.yaml"]);
    run(desk.lastro().args(["audit", "policies/example.yaml", "--state", "\u{1b}[2Jx.tfstate"])).refused(1, &["x.tfstate"]);
    run(desk.lastro().args(["audit", "policies/example.yaml", "--evidence", "\u{1b}[2Je.json"])).refused(2, &["e.json"]);
}
