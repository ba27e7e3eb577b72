//! What is printed: widths, colours, formats that other programs can read, and the same bytes every time.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use lastro::report::model::Verdict;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::program::{Desk, Run, root, run, text};

fn table(desk: &Desk, columns: &str, settings: &[(&str, &str)]) -> Run {
    let mut command = desk.lastro();
    command.env("COLUMNS", columns).envs(settings.iter().copied());
    run(command.args(["audit", "policies/example.yaml"]))
}

#[test]
fn no_line_of_the_table_is_wider_than_the_terminal() {
    let desk = Desk::new();
    for columns in [60, 80, 120, 200] {
        let printed = table(&desk, &columns.to_string(), &[]).stdout;
        for line in printed.lines() {
            assert!(line.width() <= columns, "{} columns of {columns}: {line}", line.width());
        }
    }
}

#[test]
fn a_pipe_gets_no_colours_and_a_terminal_may_refuse_them() {
    let desk = Desk::new();
    assert!(!table(&desk, "100", &[]).stdout.contains('\u{1b}'));
    assert!(table(&desk, "100", &[("CLICOLOR_FORCE", "1")]).stdout.contains('\u{1b}'));
    assert!(!table(&desk, "100", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).stdout.contains('\u{1b}'));
    for nonsense in ["", "wide", "-1", "0", "99999999999999999999"] {
        table(&desk, nonsense, &[]).exits(1);
    }
}

#[test]
fn the_table_names_every_breach_and_the_score() {
    let desk = Desk::new();
    let printed = table(&desk, "200", &[]).stdout;
    let report = desk.audit_example(&[]).report();
    for finding in report.findings.iter().filter(|finding| finding.verdict == Verdict::Broken) {
        assert!(printed.contains(&finding.subject.name) && printed.contains(&finding.rule), "{}", finding.message);
    }
    let score = report.score.overall.expect("a score");
    assert!(printed.contains(&format!("{score:.1} %")), "{score}");
}

#[test]
fn json_keeps_to_its_schema() {
    let schema = fs::read_to_string(root().join("reports/schema/report.v1.json")).expect("committed");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let desk = Desk::new();
    let broken_source = ["--state", "nowhere.tfstate", "--evidence", "nowhere.json"];
    for arguments in [&[][..], &["--no-live"], &["--gate", "release"], &broken_source] {
        let report: Value = serde_json::from_str(&desk.audit_example(arguments).stdout).expect("JSON");
        let wrong: Vec<String> = validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:?}");
    }
}

#[test]
fn junit_counts_what_json_counts() {
    let desk = Desk::new();
    let file = desk.path("dr.xml");
    for arguments in [&[][..], &["--no-live"], &["--gate", "release"]] {
        let target = format!("junit={}", text(&file));
        let report = desk.audit_example(&[arguments, &["--report", &target]].concat()).report();
        let xml = fs::read_to_string(&file).expect("written");
        let document = roxmltree::Document::parse(&xml).expect("XML");
        let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
        let verdicts = |these: &[Verdict]| report.findings.iter().filter(|finding| these.contains(&finding.verdict)).count();
        assert_eq!(count("testcase"), report.findings.len());
        assert_eq!(count("failure"), verdicts(&[Verdict::Broken]));
        assert_eq!(count("error"), verdicts(&[Verdict::Unknown]));
        assert_eq!(count("skipped"), verdicts(&[Verdict::Waived, Verdict::NotApplicable]));
        let said = |attribute: &str| -> usize {
            let suites = document.descendants().filter(|node| node.has_tag_name("testsuite"));
            suites.filter_map(|node| node.attribute(attribute)?.parse::<usize>().ok()).sum()
        };
        assert_eq!((said("tests"), said("failures"), said("errors")), (count("testcase"), count("failure"), count("error")));
    }
}

#[test]
fn sarif_has_a_result_for_what_json_has_and_markdown_names_every_breach() {
    let desk = Desk::new();
    let (sarif, markdown) = (desk.path("dr.sarif"), desk.path("dr.md"));
    let targets = [format!("sarif={}", text(&sarif)), format!("markdown={}", text(&markdown))];
    for arguments in [&[][..], &["--no-live"], &["--gate", "release"]] {
        let report = desk.audit_example(&[arguments, &["--report", &targets[0], "--report", &targets[1]]].concat()).report();
        let log: Value = serde_json::from_str(&fs::read_to_string(&sarif).expect("written")).expect("JSON");
        let results = log["runs"][0]["results"].as_array().expect("results");
        let of = |kind: &str| results.iter().filter(|result| result["kind"] == kind && result["suppressions"].is_null()).count();
        let verdicts = |verdict: Verdict| report.findings.iter().filter(|finding| finding.verdict == verdict).count();
        assert_eq!(results.len(), report.findings.len());
        assert_eq!((of("fail"), of("open")), (verdicts(Verdict::Broken), verdicts(Verdict::Unknown)));
        assert_eq!((of("pass"), of("notApplicable")), (verdicts(Verdict::Kept), verdicts(Verdict::NotApplicable)));
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
        let explained =
            rules.iter().filter(|rule| rule["help"]["markdown"].as_str().is_some_and(|page| page.contains("## What it checks")));
        assert!(explained.count() > 10, "rules carry the page that `lastro explain` shows");
        let page = fs::read_to_string(&markdown).expect("written");
        assert!(page.len() < 60_000);
        for finding in report.findings.iter().filter(|finding| finding.verdict == Verdict::Broken) {
            assert!(
                page.contains(&format!("<code>{}</code>", finding.rule)) && page.contains(finding.subject.shown()),
                "{}",
                finding.message
            );
        }
    }
}

#[test]
fn a_report_file_has_the_bytes_of_standard_output() {
    let desk = Desk::new();
    for format in ["json", "junit", "sarif", "markdown", "table"] {
        let file = desk.path(format);
        let mut command = desk.lastro();
        command.env("COLUMNS", "120").args(["audit", "policies/example.yaml", "--format", format]);
        let printed = run(command.args(["--report", &format!("{format}={}", text(&file))])).stdout;
        assert_eq!(printed, fs::read_to_string(file).expect("written"), "{format}");
    }
}

#[test]
fn the_machine_does_not_show() {
    let desk = Desk::new();
    let expected = desk.audit_example(&[]).stdout;
    for settings in [("TZ", "Asia/Kathmandu"), ("LC_ALL", "tr_TR.UTF-8"), ("TERM", "dumb"), ("COLUMNS", "40"), ("AWS_REGION", "mars")] {
        let mut command = desk.lastro();
        let done = run(command.env(settings.0, settings.1).args(["audit", "policies/example.yaml", "--format", "json"]));
        assert_eq!(done.stdout, expected, "{settings:?}");
    }
}

#[test]
fn every_rule_is_listed_and_explained() {
    let desk = Desk::new();
    let listed = desk.run(&["rules"]).stdout;
    let rules: Vec<Value> = serde_json::from_str(&desk.run(&["rules", "--format", "json"]).stdout).expect("JSON");
    assert!(rules.len() >= 20);
    assert_eq!(listed.lines().count(), rules.len());
    for rule in &rules {
        let id = rule["id"].as_str().expect("an id");
        assert!(listed.lines().any(|line| line.starts_with(id)), "{id}");
        let page = desk.run(&["explain", id]);
        page.exits(0);
        let sections =
            ["# ", "## What it checks", "## Why it matters", "## What counts as evidence", "## Limits", "## Permissions", "## How to mend"];
        let mut rest = page.stdout.as_str();
        for section in sections {
            let at = rest.find(section).unwrap_or_else(|| panic!("{id}: no {section:?}, or out of order"));
            rest = &rest[at + section.len()..];
        }
    }
}

#[test]
fn the_iam_policy_is_json_and_only_reads() {
    let desk = Desk::new();
    for plan in ["policies/example.yaml", "policies/flowise.yaml"] {
        let printed = desk.run(&["iam-policy", plan, "--state", "s3://states/prod.tfstate"]).stdout;
        let policy: Value = serde_json::from_str(&printed).expect("JSON");
        assert_eq!(policy["Version"], "2012-10-17");
        assert!(printed.contains("arn:aws:s3:::states/prod.tfstate"), "{printed}");
        for statement in policy["Statement"].as_array().expect("statements") {
            for action in statement["Action"].as_array().expect("actions") {
                let (_, verb) = action.as_str().and_then(|action| action.split_once(':')).expect("service:Verb");
                assert!(["Get", "List", "Describe"].iter().any(|reads| verb.starts_with(reads)), "{action}");
            }
        }
    }
}

#[test]
fn the_iam_policy_as_terraform_is_terraform() {
    let desk = Desk::new();
    let printed = desk.run(&["iam-policy", "policies/example.yaml", "--terraform"]).stdout;
    assert!(printed.contains("data \"aws_iam_policy_document\""));
    for (open, close) in [('{', '}'), ('[', ']'), ('(', ')')] {
        assert_eq!(printed.matches(open).count(), printed.matches(close).count(), "{open}{close}");
    }
    // Terraform is not part of the set-up: where it is, it has its say.
    if let Some((accepted, said)) = run_terraform(&desk, &printed) {
        assert!(accepted, "{said}");
    }
}

fn run_terraform(desk: &Desk, text: &str) -> Option<(bool, String)> {
    let mut command = Command::new("terraform");
    command.args(["fmt", "-check", "-diff", "-"]).env("CHECKPOINT_DISABLE", "1").env("HOME", desk.path("home"));
    command.env_remove("TF_CLI_CONFIG_FILE").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    child.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Some((output.status.success(), said))
}
