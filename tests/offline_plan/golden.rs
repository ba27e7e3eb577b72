//! Both sides of a tree: what Terraform planned, and what lastro evaluates.

use std::collections::BTreeMap;
use std::path::Path;

use lastro::collect::terraform::state;
use lastro::estate::{Resource, View};
use serde_json::Value;

/// Nouns by address, as the evidence file would write them.
#[derive(Debug, Default)]
pub(crate) struct Side {
    /// By address and kind: one object may give several nouns.
    pub(crate) resources: BTreeMap<String, Value>,
    /// The region of each address, where the plan tells it.
    pub(crate) regions: BTreeMap<String, String>,
}

/// What Terraform planned.
pub(crate) fn read(tree: &Path) -> Side {
    let path = tree.join("plan.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut plan: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let beside = |key: &str| -> BTreeMap<String, String> {
        plan.get(key).map(|value| serde_json::from_value(value.clone()).expect("text by address")).unwrap_or_default()
    };
    let (regions, names) = (beside("regions"), beside("names"));
    name_buckets(&mut plan, &names);
    let loaded = state::load_bytes("plan.json", serde_json::to_vec(&plan).expect("JSON"));
    let assembled = state::assemble(vec![loaded]);
    let readings = assembled.readings.iter().filter(|reading| reading.estate.view == View::Declared);
    let mut side = Side { regions, ..Side::default() };
    for reading in readings {
        assert!(reading.source.gaps.is_empty(), "{}: {:?}", path.display(), reading.source.gaps);
        side.resources.extend(reading.estate.iter().map(by_address));
    }
    side
}

/// A noun under its address.
pub(crate) fn by_address(resource: &Resource) -> (String, Value) {
    let address = resource.meta().address.clone().unwrap_or_default();
    (format!("{address} ({})", resource.kind()), serde_json::to_value(resource).expect("a noun as JSON"))
}

/// `bucket = aws_s3_bucket.x.id` is not known to a plan, though it is the bucket's name: the recorded name stands in.
fn name_buckets(plan: &mut Value, names: &BTreeMap<String, String>) {
    for change in plan["resource_changes"].as_array_mut().into_iter().flatten() {
        let Some(name) = change["address"].as_str().and_then(|address| names.get(address)) else { continue };
        let name = name.clone();
        let change = &mut change["change"];
        change["after_unknown"]["bucket"] = Value::Bool(false);
        if let Some(after) = change.get_mut("after").filter(|after| after.is_object()) {
            after["bucket"] = Value::String(name);
        }
    }
    name_planned(&mut plan["planned_values"]["root_module"], names);
}

fn name_planned(module: &mut Value, names: &BTreeMap<String, String>) {
    for resource in module["resources"].as_array_mut().into_iter().flatten() {
        let Some(name) = resource["address"].as_str().and_then(|address| names.get(address)).cloned() else { continue };
        resource["values"]["bucket"] = Value::String(name);
    }
    if let Some(children) = module.get_mut("child_modules").and_then(Value::as_array_mut) {
        children.iter_mut().for_each(|child| name_planned(child, names));
    }
}

/// What lastro evaluates from the code.
pub(crate) fn declared(tree: &Path) -> Side {
    // Until the evaluator is there, the plan stands in for it.
    read(tree)
}
