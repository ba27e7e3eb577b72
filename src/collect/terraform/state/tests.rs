//! Every message of the loader, every format, and hostile input.

mod corpus;
mod hostile;
mod messages;
mod secrets;
mod views;

use std::fmt::Write as _;

use super::*;
use crate::collect::Reading;

/// A format 4 state with these resources.
fn state(serial: u64, lineage: &str, resources: &str) -> String {
    format!(
        r#"{{"version": 4, "terraform_version": "1.13.5", "serial": {serial}, "lineage": "{lineage}", "outputs": {{}}, "resources": [{resources}], "check_results": null}}"#
    )
}

/// One resource of a format 4 state with one instance.
fn resource(resource_type: &str, name: &str, attributes: &str) -> String {
    format!(
        r#"{{"mode": "managed", "type": "{resource_type}", "name": "{name}", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{{"schema_version": 0, "attributes": {attributes}, "sensitive_attributes": []}}]}}"#
    )
}

fn text(name: &str, text: &str) -> Loaded {
    load_bytes(name, text.as_bytes().to_vec())
}

/// The one reading of one source that can be read.
fn read(json: &str) -> Reading {
    let loaded = text("x.tfstate", json);
    assert_eq!(loaded.gap(), None);
    let mut assembled = assemble(vec![loaded]);
    assert_eq!(assembled.readings.len(), 1);
    assembled.readings.remove(0)
}

/// Why bytes are no state.
fn refusal(bytes: &[u8]) -> String {
    load_bytes("x.tfstate", bytes.to_vec()).gap().expect("refused").detail.to_string()
}

/// Everything that may reach a report, in one text.
fn shown(assembled: &Assembled) -> String {
    let mut out = String::new();
    for reading in &assembled.readings {
        let estate = serde_json::to_string(&reading.estate).expect("serialises");
        writeln!(out, "{estate}\n{:?}\n{:?}", reading.source, assembled.redactor).expect("a string takes everything");
    }
    out
}
