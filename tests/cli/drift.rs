//! `lastro drift`: the example's faults and no other, the exit codes, and what the plan accepts.

use std::collections::BTreeSet;

use lastro::report::model::Drift;
use serde_json::{Value, json};

use crate::program::{Desk, Run, run, text};

const STATE: &str = "fixtures/estates/example/terraform.tfstate";

fn drift(desk: &Desk, arguments: &[&str]) -> Run {
    run(desk.lastro().args(["drift", "policies/example.yaml", "--format", "json"]).args(arguments))
}

fn said(run: &Run) -> BTreeSet<String> {
    let report: Value = serde_json::from_str(&run.stdout).expect("a report");
    let drift: Vec<Drift> = serde_json::from_value(report["drift"].clone()).expect("drift");
    drift.iter().map(|one| format!("{} {}", one.subject.shown(), one.attribute)).collect()
}

/// The example's state, changed, beside its evidence.
fn with_state(desk: &Desk, change: impl Fn(&mut Value)) -> BTreeSet<String> {
    let bytes = std::fs::read(crate::program::root().join(STATE)).expect("the example");
    let mut state: Value = serde_json::from_slice(&bytes).expect("JSON");
    for resource in state["resources"].as_array_mut().expect("a list") {
        change(resource);
    }
    let path = desk.file("changed.tfstate", state.to_string());
    said(drift(desk, &["--state", text(&path)]).exits(1))
}

fn faults() -> BTreeSet<String> {
    let faults = [
        "harbour-catalogue deletion_protection",
        "harbour-database (sg-674668ab3069f5119) ingress[tcp 5432 from ::/0]",
        "harbour-exports resource",
        "harbour-orders backup_retention_days",
    ];
    faults.map(str::to_owned).into()
}

#[test]
fn the_example_differs_where_people_were_and_nowhere_else() {
    let desk = Desk::new();
    let done = drift(&desk, &[]);
    done.exits(1);
    assert_eq!(said(&done), faults());
    let report: Value = serde_json::from_str(&done.stdout).expect("a report");
    for one in report["drift"].as_array().expect("a list") {
        assert!(one["blame"].is_string() && one["recorded"].is_string() && one["live"].is_string(), "{one}");
        let expected = if one["attribute"] == "resource" { "not managed by code" } else { "changed by hand" };
        assert!(one["blame"].as_str().is_some_and(|blame| blame.starts_with(expected)), "{one}");
    }
    assert_eq!(said(&desk.audit_example(&[])), faults(), "the audit says the same");
}

#[test]
fn a_refresh_only_plan_says_alone_what_people_changed() {
    let desk = Desk::new();
    let quay = "fixtures/estates/quay";
    let (plan, refreshed) = (format!("{quay}/plan.yaml"), format!("{quay}/refreshed.json"));
    let done = run(desk.lastro().args(["drift", &plan, "--no-live", "--format", "json", "--state", &refreshed]));
    done.exits(1);
    let report: Value = serde_json::from_str(&done.stdout).expect("a report");
    let drift: Vec<Drift> = serde_json::from_value(report["drift"].clone()).expect("drift");
    let keys: Vec<String> = drift.iter().map(|one| format!("{} {}", one.subject.name, one.attribute)).collect();
    for expected in ["quay-manifests backup_retention_days", "quay-manifests multi_az", "quay-exports resource", "quay-scans versioning"] {
        assert!(keys.iter().any(|key| key == expected), "{expected}: {keys:?}");
    }
    assert_eq!(keys.len(), 6, "{keys:?}");
    assert!(drift.iter().all(|one| one.confirmed && one.declared.is_none()), "{drift:#?}");
}

#[test]
fn one_source_is_nothing_to_compare() {
    let desk = Desk::new();
    drift(&desk, &["--no-live", "--state", STATE]).exits(2);
    desk.run(&["drift", "policies/nowhere.yaml"]).refused(3, &["nowhere.yaml"]);
    desk.run(&["drift", "policies/example.yaml", "--format", "yaml"]).refused(3, &["unknown format"]);
}

#[test]
fn what_is_missing_from_the_state_or_from_live_is_said() {
    let desk = Desk::new();
    let without = with_state(&desk, |resource| {
        if resource["type"] == "aws_s3_bucket" && resource["name"] == "data" {
            resource["instances"] = json!([]);
        }
    });
    assert!(without.contains("harbour-uploads resource"), "{without:?}");
    let more = with_state(&desk, |resource| {
        if resource["type"] == "aws_db_instance" && resource["name"] == "catalogue" {
            let attributes = &mut resource["instances"][0]["attributes"];
            attributes["identifier"] = json!("harbour-gone");
            attributes["arn"] = json!("arn:aws:rds:us-east-1:123456789012:db:harbour-gone");
        }
    });
    assert!(more.contains("harbour-catalogue resource"), "{more:?}");
}

#[test]
fn each_setting_that_moved_is_named_as_deep_as_it_lies() {
    let desk = Desk::new();
    let moved = |kind: &str, name: &str, change: fn(&mut Value)| {
        let now = with_state(&desk, |resource| {
            if resource["type"] == kind && resource["name"] == name {
                change(&mut resource["instances"][0]["attributes"]);
            }
        });
        now.difference(&faults()).cloned().collect::<Vec<_>>()
    };
    let ttl = moved("aws_route53_record", "primary", |attributes| attributes["ttl"] = json!(300));
    assert_eq!(ttl, ["app.harbour.example CNAME ttl"]);
    let role = moved("aws_route53_record", "secondary", |attributes| attributes["failover_routing_policy"][0]["type"] = json!("PRIMARY"));
    assert_eq!(role, ["app.harbour.example CNAME failover"]);
    let copies = moved("aws_s3_bucket_replication_configuration", "data", |attributes| attributes["rule"][0]["status"] = json!("Disabled"));
    assert_eq!(copies, ["harbour-invoices replication[\"to-dr\"].enabled"]);
    let days =
        moved("aws_s3_bucket_lifecycle_configuration", "data", |attributes| attributes["rule"][0]["transition"][0]["days"] = json!(7));
    assert_eq!(days, ["harbour-invoices lifecycle[\"archive\"].transitions[0].days"]);
    let limit = moved("aws_wafv2_web_acl", "web", |attributes| {
        for rule in attributes["rule"].as_array_mut().expect("rules") {
            if rule["name"] == "rate" {
                rule["statement"][0]["rate_based_statement"][0]["limit"] = json!(99);
            }
        }
    });
    assert_eq!(limit, ["harbour-web rules[\"rate\"].limit"]);
}

#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let desk = Desk::new();
    let bytes = std::fs::read(crate::program::root().join(STATE)).expect("the example");
    let mut state: Value = serde_json::from_slice(&bytes).expect("JSON");
    for resource in state["resources"].as_array_mut().expect("a list") {
        if resource["type"] == "aws_db_instance" {
            for instance in resource["instances"].as_array_mut().expect("a list") {
                instance["attributes"]["tags_all"]["evil\u{1b}[2J\n\"]"] = json!("\u{202e}gnp");
            }
        }
    }
    let path = desk.file("hostile.tfstate", state.to_string());
    let done = desk.run(&["drift", "policies/example.yaml", "--state", text(&path), "--explain-suppressed"]);
    done.exits(1);
    assert!(done.stdout.contains("tags[") && !done.stdout.contains('\u{1b}') && !done.stdout.contains('\u{202e}'), "{}", done.stdout);
}

#[test]
fn the_plan_can_accept_a_difference_for_a_while() {
    let desk = Desk::new();
    let plan = std::fs::read_to_string(crate::program::root().join("policies/example.yaml")).expect("the example");
    let entry = |subject: &str, attribute: &str, expires: &str| {
        format!("    - {{ subject: '{subject}', attribute: '{attribute}', owner: o, reason: r, expires: {expires} }}\n")
    };
    let root = crate::program::root();
    let audit = |entries: &str| {
        let path = desk.file("plan.yaml", format!("{plan}\ndrift:\n  ignore:\n{entries}"));
        let (state, evidence) = (root.join(STATE), root.join("fixtures/estates/example/evidence.json"));
        desk.run(&["drift", text(&path), "--format", "json", "--state", text(&state), "--evidence", text(&evidence)])
    };
    let all = [("harbour-*", "backup_retention_days"), ("*", "ingress"), ("harbour-exports", "resource"), ("*", "deletion_protection")];
    let entries: String = all.iter().map(|(subject, attribute)| entry(subject, attribute, "2027-12-31")).collect();
    let done = audit(&entries);
    done.exits(2); // One setting of one bucket could not be read.
    let report: Value = serde_json::from_str(&done.stdout).expect("a report");
    assert_eq!((&report["drift_summary"]["ignored"], &report["drift_summary"]["differences"]), (&json!(4), &json!(0)));

    let expired = audit(&entry("*", "*", "2026-01-01"));
    expired.exits(1);
    assert!(expired.stdout.contains("drift-ignore-expired"), "{}", expired.stdout);
    let wrong = audit("    - { attribute: x, owner: o, reason: r, expires: 2027-01-01 }\n");
    wrong.refused(3, &["does not say what it is about"]);
}
