//! What can be said, and what it means.

use std::collections::BTreeSet;

use super::parse;
use crate::plan::claim::*;
use crate::plan::{Claim, Gate, Plan, SelectIn, Severity, Span, lint};

/// Plans as four real documents would be written.
pub(super) const PLANS: &[(&str, &str)] = &[
    ("celebra", include_str!("plans/celebra.yaml")),
    ("estudio", include_str!("plans/estudio.yaml")),
    ("fabrica", include_str!("plans/fabrica.yaml")),
    ("trustlayer", include_str!("plans/trustlayer.yaml")),
];

/// A plan with one dataset `orders` of a kind.
fn dataset(kind: &str, body: &str) -> Plan {
    parse(&format!(
        "plan: x\nregions: {{ primary: us-east-1, recovery: us-west-2 }}\nselect: {{ tags: {{ System: x }} }}\ndatasets:\n  orders:\n    kind: {kind}\n{body}"
    ))
}

fn copies(kind: &str, copy: &str) -> Vec<Claim> {
    dataset(kind, &format!("    copies:\n      - {copy}\n")).promises.into_iter().map(|promise| promise.claim).collect()
}

fn period(text: &str) -> crate::plan::Period {
    text.parse().expect("a period")
}

#[test]
fn every_promise_of_four_documents_can_be_written() {
    for (name, text) in PLANS {
        let plan = parse(text);
        assert!(
            plan.promises.iter().all(|promise| promise.document_line.is_some() || promise.section == crate::plan::Section::Governance),
            "{name}"
        );
        assert!(plan.promises.is_sorted_by_key(|promise| promise.at), "{name}: the order of the file");
        let texts: BTreeSet<&str> = plan.promises.iter().map(|promise| promise.text.as_str()).collect();
        assert!(texts.len() + 3 > plan.promises.len(), "{name}: promises read alike");
        insta::assert_snapshot!(*name, crate::plan::show(&plan));
    }
}

#[test]
fn backups_by_any_mechanism_and_by_one() {
    let either = BackupRetention { keep: period("30d"), or_by: vec!["aws-backup".into(), "dumps".into()] };
    assert_eq!(copies("postgres", "backups: { keep: 30d }"), [either.into()]);
    let excluded = BackupRetention { keep: period("30d"), or_by: Vec::new() };
    assert_eq!(copies("postgres", "backups: { keep: 30d, not: [aws-backup, dumps] }"), [excluded.into()]);
    let named = BackupRetention { keep: period("7d"), or_by: Vec::new() };
    assert_eq!(copies("postgres", "automated_backups: { keep: 7d }"), [named.into()]);
}

#[test]
fn archive_after_is_exact_and_within_may_be_earlier() {
    let archive = |classes: &[&str], after, or_earlier| {
        let classes = classes.iter().map(|class| (*class).to_owned()).collect();
        Claim::from(Archive { classes, after: period(after), or_earlier, prefix: String::new() })
    };
    assert_eq!(copies("objects", "archive: { class: glacier, after: 30d }"), [archive(&["GLACIER", "GLACIER_IR"], "30d", false)]);
    assert_eq!(copies("objects", "archive: { within: 30d }"), [archive(&["GLACIER", "GLACIER_IR"], "30d", true)]);
    let both = copies("objects", "archive: { class: [deep-archive, INTELLIGENT_TIERING], after: 90d }");
    assert_eq!(both, [archive(&["DEEP_ARCHIVE", "INTELLIGENT_TIERING"], "90d", false)]);
}

#[test]
fn replication_goes_to_the_recovery_region_unless_said() {
    let to = |claims: Vec<Claim>| match claims.as_slice() {
        [Claim::Replication(it)] => it.to_regions.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(to(copies("objects", "replication: true")), ["us-west-2"]);
    assert_eq!(to(copies("objects", "replication: { to: [eu-west-1, recovery] }")), ["eu-west-1", "us-west-2"]);
}

#[test]
fn a_standby_is_multi_az_only_where_rds_runs_it() {
    assert_eq!(copies("postgres", "standby: { mode: synchronous }"), [MultiAz.into()]);
    let patroni = copies("postgres", "standby: { mode: synchronous, by: patroni }");
    assert_eq!(patroni.iter().map(Claim::rule).collect::<Vec<_>>(), ["standby"]);
}

#[test]
fn encryption_means_what_the_kind_of_data_has() {
    let claim = |kind| dataset(kind, "    protection: { encryption: kms }\n").promises[0].claim.clone();
    assert_eq!(claim("objects"), BucketEncryption { kms: true }.into());
    assert_eq!(claim("mysql"), DatabaseEncryption.into());
    assert_eq!(claim("files").rule(), "file-encryption");
}

#[test]
fn ports_have_names() {
    let plan = parse(
        "plan: x\nregions: { primary: us-east-1 }\nselect: { name: x }\nnetwork:\n  security_groups: { closed_to_world: [cache, 8000-9000, 22] }\n",
    );
    let Claim::Exposure(exposure) = &plan.promises[0].claim else { panic!("{:?}", plan.promises) };
    let closed: Vec<_> = exposure.closed.iter().map(|(name, range)| (name.as_str(), *range.start(), *range.end())).collect();
    let expected = [("cache", 6379, 6379), ("cache", 6380, 6380), ("cache", 11211, 11211), ("8000-9000", 8000, 9000), ("22", 22, 22)];
    assert_eq!(closed, expected);
}

#[test]
fn a_select_inside_replaces_criteria_and_region_each_where_given() {
    let body = "    select: { name: orders-db }\n    copies:\n      - { multi_az: true }\n      - { multi_az: true, select: { region: recovery } }\n      - { multi_az: true, select: { tags: { Role: main }, region: [us-west-2, primary] } }\n";
    let plan = dataset("postgres", body);
    let selects: Vec<_> = plan.promises.iter().map(|promise| &promise.select).collect();
    assert_eq!(
        (selects[0].names.as_slice(), selects[0].tags.len(), &selects[0].regions),
        (["orders-db".to_owned()].as_slice(), 0, &SelectIn::Primary)
    );
    assert_eq!((selects[1].names.as_slice(), &selects[1].regions), (["orders-db".to_owned()].as_slice(), &SelectIn::Recovery));
    assert!(selects[2].names.is_empty() && selects[2].tags["Role"] == "main");
    assert_eq!(selects[2].regions, SelectIn::These(vec!["us-west-2".into(), "us-east-1".into()]));
}

#[test]
fn a_promise_knows_its_place_line_gate_and_severity() {
    let plan = dataset(
        "postgres",
        "    copies:\n      - { manual_snapshot: { at_most: 24h }, line: 20, gate: release, severity: critical }\n      - multi_az: true\n        line: 7\n",
    );
    let [first, second] = plan.promises.as_slice() else { panic!("{:?}", plan.promises) };
    assert_eq!((first.at, first.document_line), (Span { line: 8, column: 9 }, Some(20)));
    assert_eq!((first.gate, first.severity), (Some(Gate::Release), Some(Severity::Critical)));
    assert_eq!((second.at, second.document_line, second.gate), (Span { line: 9, column: 9 }, Some(7), None));
}

#[test]
fn columns_count_characters_and_survive_crlf_and_a_byte_order_mark() {
    let plan = parse(
        "\u{feff}plan: x\r\nregions: { primary: us-east-1 }\r\nselect: { name: x }\r\ndatasets: { \"ção\": { kind: objects, copies: { versions: true } } }\r\n",
    );
    assert_eq!(plan.promises[0].at, Span { line: 4, column: 45 });
    assert_eq!(plan.promises[0].group, "ção");
}

#[test]
fn a_firewall_has_rules_and_protects() {
    let plan = parse(
        "plan: x\nregions: { primary: us-east-1 }\nselect: { name: x }\nedge:\n  waf: { managed_groups: [A, B], rate_limit_at_most: 2000, protects: every-distribution, address: aws_wafv2_web_acl.main }\n",
    );
    let rules: Vec<_> = plan.promises.iter().map(|promise| promise.claim.rule()).collect();
    assert_eq!(rules, ["waf-rules", "waf-association", "waf-address"]);
    let Claim::WafAssociation(it) = &plan.promises[1].claim else { panic!("{rules:?}") };
    assert_eq!((&it.protects, it.rules.as_ref().map(|rules| rules.managed_groups.len())), (&WafTarget::EveryDistribution, Some(2)));
}

#[test]
fn aliases_repeat_a_value_and_stand_where_they_are_used() {
    let plan = parse(
        "plan: x\nregions: { primary: us-east-1 }\nselect: { name: x }\ndatasets:\n  a: { kind: objects, copies: &c { versions: true } }\n  b: { kind: objects, copies: *c }\n",
    );
    let places: Vec<_> = plan.promises.iter().map(|promise| (promise.group.as_str(), promise.at.line)).collect();
    assert_eq!(places, [("a", 5), ("b", 6)]);
}

#[test]
fn json_is_yaml() {
    let plan = parse(r#"{ "plan": "x", "regions": { "primary": ["us-east-1"] }, "owners": { "plan": "Ops" } }"#);
    assert_eq!(plan.promises[0].claim, Owner { role: "plan".into(), name: Some("Ops".into()) }.into());
}

#[test]
fn lint_sees_lines_that_are_not_there_and_promises_made_twice() {
    let plan = parse(
        "plan: x\ndocument: { path: doc.md }\nregions: { primary: us-east-1, recovery: us-east-1 }\nselect: { name: x }\ndatasets:\n  a:\n    kind: objects\n    copies:\n      - { versions: true }\n      - { versions: true, line: 3 }\n      - { archive: { after: 30d }, line: 2 }\nwaivers:\n  - { rule: s3-encryption, subject: a, owner: o, reason: r, expires: 2027-01-01 }\n",
    );
    let messages: Vec<String> =
        lint(&plan, Some("one\n\n")).into_iter().map(|lint| format!("{}:{} {}", lint.span.line, lint.span.column, lint.message)).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn lints_are_shown_at_their_place() {
    let text = "plan: x\ndocument: { path: d.md }\nregions: { primary: us-east-1 }\nalerts: { alert: A }\n";
    insta::assert_snapshot!(crate::plan::render_lints("plan.yaml", text, &lint(&parse(text), None), false));
}

#[test]
fn the_state_is_promised_by_its_parts() {
    let plan = parse(
        "plan: x\nregions: { primary: us-east-1, recovery: us-west-2 }\nsources: { terraform: { state: s3://tfstate/prod.tfstate } }\ninfrastructure_as_code:\n  addresses: aws_instance.web\n  state: { versioned: true, encrypted: true, replicated: { to: recovery }, locked: true, elsewhere: true, line: 12 }\n",
    );
    let claims: Vec<String> = plan.promises.iter().map(|promise| promise.claim.rule().to_owned()).collect();
    assert_eq!(claims, ["address-exists", "state-versioned", "state-encrypted", "state-replicated", "state-locked", "state-elsewhere"]);
    let state = &plan.promises[3];
    assert_eq!((state.select.names.as_slice(), &state.select.regions), (["tfstate".to_owned()].as_slice(), &SelectIn::Anywhere));
    assert_eq!(state.claim, StateReplicated { to_regions: vec!["us-west-2".into()] }.into());
}
