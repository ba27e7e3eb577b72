//! Changes of the code and of the state, which nobody applied.

use std::path::Path;

use lastro::report::model::Finding;
use serde_json::Value;

use super::bed::{Quay, applied, line};

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("a file of the tree");
    assert!(text.contains(from), "{file} has no {from}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("scratch space");
}

/// The findings about a subject by a rule.
fn finding(quay: &Quay, code: &str, rule: &str, subject: &str) -> Finding {
    let mut found = quay.audit(code).findings.into_iter().filter(|one| one.rule == rule && one.subject.name == subject);
    found.next().unwrap_or_else(|| panic!("{rule} says nothing of {subject}"))
}

/// The keys of all differences, and the one blame they share.
fn said(quay: &Quay, code: &str) -> (Vec<String>, String) {
    let found = quay.drift(code);
    let blames: Vec<String> = found.values().map(|one| one.blame.clone()).collect();
    assert!(blames.windows(2).all(|pair| pair[0] == pair[1]), "{found:#?}");
    (found.into_keys().collect(), blames.into_iter().next().unwrap_or_default())
}

#[test]
fn code_that_breaks_a_promise_is_said_before_it_is_applied() {
    let Some(quay) = applied("terraform::in_code::code_that_breaks_a_promise_is_said_before_it_is_applied") else { return };
    let code = quay.copied("breaking", |folder| edit(folder, "terraform.tfvars", "retention = 21", "retention = 7"));
    assert_eq!(said(&quay, &code), (vec!["quay-manifests backup_retention_days".to_owned()], "code changed, not applied".to_owned()));
    let finding = finding(&quay, &code, "rds-backup-retention", "quay-manifests");
    assert_eq!(finding.verdict.as_str(), "kept", "live decides");
    let at = line("terraform.tfvars", "retention = 21").replace("infra/", "breaking/");
    let blame = finding.blame.unwrap_or_default();
    assert!(blame.starts_with("code changed, not applied: the next apply breaks it") && blame.contains(&at), "{at}: {blame}");
    assert_eq!(finding.views["declared"].verdict, "broken");
}

#[test]
fn code_that_keeps_a_promise_is_a_difference_and_no_breach() {
    let Some(quay) = applied("terraform::in_code::code_that_keeps_a_promise_is_a_difference_and_no_breach") else { return };
    let code = quay.copied("keeping", |folder| {
        edit(folder, "terraform.tfvars", "retention = 14", "retention = 30");
        edit(folder, "terraform.tfvars", "max = 8", "max = 12");
    });
    let expected = ["quay-sessions backup_retention_days", "quay/workers max"].map(str::to_owned);
    assert_eq!(said(&quay, &code), (expected.to_vec(), "code changed, not applied".to_owned()));
    let finding = finding(&quay, &code, "rds-backup-retention", "quay-sessions");
    assert_eq!((finding.verdict.as_str(), finding.blame), ("kept", None));
}

#[test]
fn what_is_removed_from_code_will_be_deleted() {
    let Some(quay) = applied("terraform::in_code::what_is_removed_from_code_will_be_deleted") else { return };
    let code = quay.copied("removed", |folder| {
        let path = folder.join("storage.tf");
        let text = std::fs::read_to_string(&path).expect("a file of the tree");
        let (before, rest) = text.split_once("# Exports are made anew").expect("the bucket");
        let (_, after) = rest.split_once("resource \"aws_iam_role\"").expect("what follows it");
        std::fs::write(path, format!("{before}resource \"aws_iam_role\"{after}")).expect("scratch space");
    });
    let blame = "removed from code, not applied: the next apply deletes it".to_owned();
    assert_eq!(said(&quay, &code), (vec!["quay-exports resource".to_owned()], blame.clone()));
    let finding = finding(&quay, &code, "s3-versioning", "quay-exports");
    assert_eq!((finding.verdict.as_str(), finding.views["declared"].verdict.as_str()), ("kept", "absent"));
    assert_eq!(finding.blame, Some(blame));
}

#[test]
fn a_stale_state_is_to_be_refreshed() {
    let Some(quay) = applied("terraform::in_code::a_stale_state_is_to_be_refreshed") else { return };
    let code = quay.copied("stale", |folder| {
        let path = folder.join("terraform.tfstate");
        let mut state: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect("the state")).expect("JSON");
        for resource in state["resources"].as_array_mut().expect("a list") {
            let instances = resource["instances"].as_array_mut().expect("a list");
            for attributes in instances.iter_mut().map(|instance| &mut instance["attributes"]) {
                if attributes["identifier"] == "quay-manifests" {
                    attributes["backup_retention_period"] = 1.into();
                }
            }
        }
        std::fs::write(path, state.to_string()).expect("scratch space");
    });
    let blame = "state is stale: refresh".to_owned();
    assert_eq!(said(&quay, &code), (vec!["quay-manifests backup_retention_days".to_owned()], blame.clone()));
    let finding = finding(&quay, &code, "rds-backup-retention", "quay-manifests");
    assert_eq!((finding.verdict.as_str(), finding.views["recorded"].verdict.as_str()), ("kept", "broken"));
    assert_eq!(finding.blame, Some(blame));
}
