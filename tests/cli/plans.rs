//! Plans that are no plans, and plans with mistakes: each is placed, shown, and answered with what to do.

use std::fs;

use crate::program::{Desk, Run, root, text};

fn lint(desk: &Desk, plan: impl AsRef<[u8]>) -> Run {
    let path = desk.file("plan.yaml", plan);
    desk.run(&["plan", "lint", text(&path)])
}

fn example() -> String {
    fs::read_to_string(root().join("policies/example.yaml")).expect("the example")
}

#[test]
fn every_command_that_takes_a_plan_refuses_a_missing_one() {
    let desk = Desk::new();
    let missing = desk.path("nowhere.yaml");
    let output = desk.path("evidence.json");
    for words in [&["audit"][..], &["collect", "-o", text(&output)], &["plan", "lint"], &["plan", "show"], &["iam-policy"]] {
        let done = desk.run(&[words, &[text(&missing)][..]].concat());
        done.refused(3, &["error: failed to read the plan", "nowhere.yaml", "= help: check the path"]);
        assert!(done.stdout.is_empty());
    }
    assert!(!output.exists());
}

#[test]
fn what_is_no_plan_is_named() {
    let desk = Desk::new();
    desk.run(&["audit", "policies"]).refused(3, &["this is a folder", "name the plan file"]);
    lint(&desk, "").refused(3, &["empty"]);
    lint(&desk, "# only a comment\n").refused(3, &["plan.yaml", "help"]);
    lint(&desk, "<!DOCTYPE html><html></html>").refused(3, &["HTML", "Raw"]);
    lint(&desk, b"\x7fELF\x00\x01\x02").refused(3, &["not text"]);
    lint(&desk, b"plan: \xff\xfe\n").refused(3, &["not UTF-8", "line 1"]);
    lint(&desk, b"\xff\xfep\0l\0a\0n\0").refused(3, &["UTF-16", "save it as UTF-8"]);
    lint(&desk, "plan: x\n".repeat(1_300_000)).refused(3, &["larger than 4 MiB"]);
    lint(&desk, "# Disaster recovery plan\n\nBackups are kept 7 days.\n").refused(3, &["plan.yaml:"]);
    lint(&desk, "- a\n- b\n").refused(3, &["this is not a plan", "plan.yaml:1:1"]);
    desk.run(&["audit", "fixtures/estates/example/terraform.tfstate"]).refused(3, &["terraform.tfstate:"]);
}

#[test]
fn plans_made_to_choke_on_are_refused_at_once() {
    let desk = Desk::new();
    let deep = format!("plan: {}1{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let indented: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for at in 1..40 {
        let before = at - 1;
        bomb.push_str(&format!("a{at}: &a{at} [{}]\n", vec![format!("*a{before}"); 9].join(", ")));
    }
    for plan in [deep, indented, bomb, format!("plan: \"{}\"\n", "x".repeat(3_000_000)), "plan: x\n".repeat(100_000)] {
        let done = lint(&desk, &plan);
        done.refused(3, &["error: "]);
        assert!(done.stderr.len() < 20_000, "{} bytes of complaint about {plan:.40}", done.stderr.len());
        assert!(done.took.as_secs() < 30, "{:?} for {plan:.40}", done.took);
    }
}

/// A mistake in the example, and what must be said about it.
struct Mistake {
    right: &'static str,
    wrong: &'static str,
    says: &'static [&'static str],
}

const MISTAKES: &[Mistake] = &[
    Mistake { right: "datasets:", wrong: "dataset:", says: &["unknown key `dataset`", "datasets"] },
    Mistake { right: "keep: 14d", wrong: "keep: fortnight", says: &["fortnight", "7d"] },
    Mistake { right: "keep: 14d", wrong: "kept: 14d", says: &["kept", "keep"] },
    Mistake { right: "keep: 14d", wrong: "keep: [14d]", says: &["list"] },
    Mistake { right: "primary: us-east-1", wrong: "primary: us-est-1x", says: &["us-est-1x"] },
    Mistake { right: "class: glacier", wrong: "class: glaciar", says: &["glaciar"] },
    Mistake { right: "engine: rds", wrong: "engine: sdr", says: &["sdr"] },
    Mistake { right: "expires: 2027-03-31", wrong: "expires: 2027-02-31", says: &["2027-02-31"] },
    Mistake { right: "rule: s3-public-access", wrong: "rule: s3-public-acces", says: &["s3-public-acces", "s3-public-access"] },
    Mistake { right: "at_least: 3", wrong: "at_least: three", says: &["three"] },
    Mistake { right: "at_least: 3", wrong: "at_least: -3", says: &["-3"] },
    Mistake { right: "plan: harbour", wrong: "plan:", says: &["plan"] },
    Mistake { right: "line: 14", wrong: "line: 0", says: &["line"] },
    Mistake { right: "multi_az: true", wrong: "multi_az: no", says: &["true"] },
    Mistake { right: "title: \"", wrong: "plan: \"", says: &["plan"] },
    Mistake { right: "  orders:", wrong: "\torders:", says: &["tab"] },
];

#[test]
fn every_mistake_is_shown_at_its_place() {
    let desk = Desk::new();
    for Mistake { right, wrong, says } in MISTAKES {
        let example = example();
        let at = example.find(right).unwrap_or_else(|| panic!("{right} is not in the example"));
        let line = example[..at].lines().count().max(1);
        let done = lint(&desk, example.replacen(right, wrong, 1));
        done.refused(3, says);
        let places: Vec<&str> = done.stderr.lines().filter(|line| line.contains("-->")).collect();
        let near = |place: &&&str| {
            let number = place.split(':').nth(1).and_then(|number| number.parse::<usize>().ok());
            number.is_some_and(|number| number.abs_diff(line) <= 2)
        };
        assert!(places.iter().any(|place| near(&place)), "{wrong}: no place near line {line}: {}", done.stderr);
        assert!(done.stderr.contains('^') || !done.stderr.contains('|'), "no caret: {}", done.stderr);
    }
}

#[test]
fn a_mistake_looks_like_this() {
    let desk = Desk::new();
    let mut command = desk.lastro();
    desk.file("plan.yaml", example().replacen("keep: 14d", "keeep: 14d", 1));
    let done = crate::program::run(command.current_dir(desk.path("")).args(["plan", "lint", "plan.yaml"]));
    insta::assert_snapshot!(done.stderr);
}

#[test]
fn several_mistakes_are_shown_in_one_run() {
    let desk = Desk::new();
    let plan = example().replacen("keep: 14d", "keep: fortnight", 1).replacen("at_least: 3", "at_least: three", 1);
    let done = lint(&desk, plan);
    done.refused(3, &["fortnight", "three"]);
    assert_eq!(done.stderr.matches("error:").count(), 2, "{}", done.stderr);
}

#[test]
fn two_accounts_are_refused_rather_than_half_read() {
    let desk = Desk::new();
    let two = "sources:\n  aws: [{ account: \"123456789012\" }, { account: \"210987654321\" }]\n";
    let plan = example();
    let (before, rest) = plan.split_once("sources:").expect("sources");
    let (_, after) = rest.split_once("\nobjectives:").expect("objectives");
    let path = desk.file("plan.yaml", format!("{before}{two}\nobjectives:{after}"));
    desk.run(&["audit", text(&path)]).refused(3, &["names 2 AWS accounts"]);
}

#[test]
fn lint_says_when_the_document_is_not_there() {
    let desk = Desk::new();
    let done = lint(&desk, example());
    done.exits(0);
    assert!(done.stdout.contains("dr-plan.md cannot be read"), "{}", done.stdout);
}

#[test]
fn sound_plans_are_linted_and_shown() {
    let desk = Desk::new();
    for plan in ["policies/example.yaml", "policies/flowise.yaml"] {
        let linted = desk.run(&["plan", "lint", plan]);
        linted.exits(0);
        assert!(linted.stdout.contains(" promises, "), "{}", linted.stdout);
        let shown = desk.run(&["plan", "show", plan]);
        shown.exits(0);
        assert!(shown.stdout.contains("s3-versioning"), "{}", shown.stdout);
    }
}

#[test]
fn the_printed_schema_is_the_committed_one() {
    let schema = Desk::new().run(&["plan", "schema"]);
    assert_eq!(schema.stdout, fs::read_to_string(root().join("reports/schema/plan.v1.json")).expect("committed"));
}
