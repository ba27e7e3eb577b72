//! Tests of the language as a whole.

mod errors;
mod language;

use std::path::Path;

use super::{Plan, lint, schema_json, show};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A plan from memory; its mistakes fail the test.
fn parse(text: &str) -> Plan {
    Plan::parse("plan.yaml", text.as_bytes()).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

#[test]
fn every_bundled_plan_parses_without_a_warning() {
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("policies")).expect("policies") {
        let path = entry.expect("entry").path();
        if path.extension().is_some_and(|ext| ext == "yaml") {
            let plan = Plan::read(&path).unwrap_or_else(|error| panic!("{}", error.render(false)));
            assert_eq!(lint(&plan, None), [], "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn flowise_has_all_twenty_lines() {
    let plan = Plan::read(&root().join("policies/flowise.yaml")).unwrap_or_else(|error| panic!("{}", error.render(false)));
    let lines: std::collections::BTreeSet<u32> = plan.promises.iter().filter_map(|promise| promise.document_line).collect();
    let expected = [19, 20, 23, 48, 49, 62, 70, 71, 80, 88, 92, 102, 103, 110, 118, 123, 128, 138, 141, 146];
    assert_eq!(lines.into_iter().collect::<Vec<_>>(), expected);
    insta::assert_snapshot!(show(&plan));
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let committed = std::fs::read_to_string(root().join("reports/schema/plan.v1.json")).unwrap_or_default();
    assert!(committed == schema_json(), "reports/schema/plan.v1.json is stale: run `cargo xtask bless`");
}

#[test]
fn editors_accept_what_the_reader_accepts() {
    let schema: serde_json::Value = serde_json::from_str(&schema_json()).expect("schema");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for (name, text) in language::PLANS.iter().chain([&("flowise", include_str!("../../policies/flowise.yaml"))]) {
        let plan: serde_json::Value = serde_saphyr::from_str(text).expect(name);
        let mistakes: Vec<String> = validator.iter_errors(&plan).map(|error| format!("{} at {}", error, error.instance_path())).collect();
        assert_eq!(mistakes, Vec::<String>::new(), "{name}");
    }
}
