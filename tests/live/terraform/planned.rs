//! What Terraform itself says was changed outside of it, beside what lastro says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::bed::{Differences, Quay, differences, fixture, replayed};
use super::toolchain::Toolchain;
use crate::audit::run;
use crate::emulator::skipped;

/// Attributes of Terraform that are mapped, as lastro calls them. What else Terraform reports is not mapped, or follows from these.
const MAPPED: [(&str, &str, &str); 5] = [
    ("aws_db_instance", "backup_retention_period", "backup_retention_days"),
    ("aws_db_instance", "multi_az", "multi_az"),
    ("aws_eks_node_group", "scaling_config", "min"),
    ("aws_s3_bucket_versioning", "versioning_configuration", "versioning"),
    ("aws_security_group", "ingress", "ingress[tcp 22 from 0.0.0.0/0]"),
];

#[test]
fn a_recorded_plan_of_a_refresh_says_what_live_says() {
    let test = "terraform::planned::a_recorded_plan_of_a_refresh_says_what_live_says";
    let Some(quay) = replayed(test, "refreshed") else { return };
    quay.python("by_hand.py", &[]);
    agrees(&quay, &fixture("refreshed.json"));
}

#[test]
fn terraform_sees_no_more_than_lastro() {
    let test = "terraform::planned::terraform_sees_no_more_than_lastro";
    let toolchain = match Toolchain::found() {
        Ok(toolchain) => toolchain,
        Err(reason) => return skipped(test, &format!("{reason}; the recorded plan stands in")),
    };
    let Some(quay) = replayed(test, "planned") else { return };
    quay.python("by_hand.py", &[]);
    let (infra, url) = (quay.folder.join("infra"), quay.url());
    toolchain.terraform(&infra, &url, &["init", "-input=false"]);
    toolchain.terraform(&infra, &url, &["plan", "-refresh-only", "-input=false", "-no-color", "-out", "p"]);
    let path = quay.folder.join("plan.json");
    std::fs::write(&path, toolchain.terraform(&infra, &url, &["show", "-json", "p"])).expect("scratch space");
    agrees(&quay, &path);
}

/// A plan alone, and code, state and live AWS, lead to the same differences; and Terraform reports nothing beyond them.
fn agrees(quay: &Quay, plan: &std::path::Path) {
    let live = quay.drift("infra");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(plan).expect("a plan")).expect("JSON");
    let reported = reported(&document);
    assert!(reported.len() >= 5, "{reported:?}");
    let ours: BTreeSet<String> = live.keys().cloned().collect();
    assert!(reported.is_subset(&ours), "Terraform: {reported:#?}\nlastro: {ours:#?}");

    let mut program = quay.program();
    program.args(["drift", "plan.yaml", "--no-live", "--format", "json", "--state"]).arg(plan);
    let alone: Differences = differences(&run(&mut program));
    assert_eq!(alone.keys().collect::<Vec<_>>(), live.keys().collect::<Vec<_>>());
    for (key, one) in &alone {
        let by_hand = ["changed by hand", "deleted by hand"].iter().any(|blame| one.blame.starts_with(blame));
        assert!(one.confirmed && by_hand, "{key}: {one:#?}");
        assert_eq!((&one.recorded, &one.live), (&live[key].recorded, &live[key].live), "{key}");
    }
}

/// Subject and attribute of everything that `resource_drift` reports of mapped attributes.
fn reported(plan: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for one in plan["resource_drift"].as_array().expect("a list") {
        let (kind, before, after) = (one["type"].as_str().expect("a type"), &one["change"]["before"], &one["change"]["after"]);
        let named = ["identifier", "bucket", "name"].iter().find_map(|key| before[*key].as_str());
        let subject = match kind {
            "aws_eks_node_group" => "quay/workers".to_owned(),
            "aws_security_group" => format!("{} ({})", named.unwrap_or_default(), before["id"].as_str().unwrap_or_default()),
            _ => named.unwrap_or_default().to_owned(),
        };
        if after.is_null() && kind == "aws_s3_bucket" {
            found.insert(format!("{subject} resource"));
            continue;
        }
        let mapped: BTreeMap<&str, &str> = MAPPED.iter().filter(|(of, ..)| *of == kind).map(|(_, theirs, ours)| (*theirs, *ours)).collect();
        let opened = |value: &Value| value.as_array().is_some_and(|rules| rules.iter().any(|rule| rule["from_port"] == 22));
        let moved = before.as_object().into_iter().flatten().filter(|(key, value)| !after.is_null() && after[key.as_str()] != **value);
        // A group whose rules stand beside it records them at the first refresh: nobody moved anything.
        let moved = moved.filter(|(key, _)| *key != "ingress" || opened(&after["ingress"]));
        found.extend(moved.filter_map(|(key, _)| Some(format!("{subject} {}", mapped.get(key.as_str())?))));
    }
    found
}
