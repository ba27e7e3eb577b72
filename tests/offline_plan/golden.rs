//! Both sides of a tree: what Terraform planned, and what lastro evaluates.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use lastro::collect::redact::Redactor;
use lastro::collect::terraform::asked::Asked;
use lastro::collect::terraform::hcl::declare::{self, Root};
use lastro::collect::terraform::hcl::expand::{self, Given, Inputs};
use lastro::collect::terraform::hcl::syntax::Files;
use lastro::collect::terraform::map;
use lastro::collect::terraform::state::lookup::{Index, Lookup};
use lastro::collect::terraform::state::{self, Loader, Location};
use lastro::estate::{Resource, View};
use serde_json::Value;

/// Nouns by address, as the evidence file would write them.
#[derive(Debug, Default)]
pub(crate) struct Side {
    /// By address and kind: one object may give several nouns.
    pub(crate) resources: BTreeMap<String, Value>,
    /// The region of each address, where the plan tells it.
    pub(crate) regions: BTreeMap<String, String>,
    /// What the plan replaces.
    pub(crate) replaced: BTreeSet<String>,
    /// Attributes that other resources of the plan say, [`SAID_ELSEWHERE`].
    pub(crate) settled: usize,
    /// What the code side says that it did not read.
    pub(crate) gaps: Vec<String>,
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
    let mut known: Known = names.into_iter().map(|(address, name)| (address, vec![("bucket", Value::String(name))])).collect();
    let settled = settle(&plan, &mut known);
    let replaced = replaced(&plan);
    make_known(&mut plan, &known);
    let loaded = state::load_bytes("plan.json", serde_json::to_vec(&plan).expect("JSON"));
    let assembled = state::assemble(vec![loaded]);
    let readings = assembled.readings.iter().filter(|reading| reading.estate.view == View::Declared);
    let mut side = Side { regions, replaced, settled, ..Side::default() };
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

/// Attributes that something new does not have unless other resources say it: a plan waits for the provider to read back what those did.
/// They are taken as empty, so that what the others say can be held against what code says.
const SAID_ELSEWHERE: &[(&str, &str)] = &[
    ("aws_ec2_managed_prefix_list", "entry"),
    ("aws_s3_bucket", "lifecycle_rule"),
    ("aws_s3_bucket", "object_lock_configuration"),
    ("aws_s3_bucket", "replication_configuration"),
    ("aws_security_group", "ingress"),
];

/// Attributes by address that the plan does not know and the comparison does.
///
/// `bucket = aws_s3_bucket.x.id` is not known to a plan, though it is the bucket's name: the recorded name stands in.
type Known = BTreeMap<String, Vec<(&'static str, Value)>>;

fn replaced(plan: &Value) -> BTreeSet<String> {
    let changes = plan["resource_changes"].as_array().into_iter().flatten();
    let replaced = changes.filter(|change| change["change"]["actions"].as_array().is_some_and(|actions| actions.len() == 2));
    replaced.filter_map(|change| Some(change["address"].as_str()?.to_owned())).collect()
}

fn settle(plan: &Value, known: &mut Known) -> usize {
    let mut settled = 0;
    for change in plan["resource_changes"].as_array().into_iter().flatten() {
        let created = change["change"]["actions"] == serde_json::json!(["create"]);
        for (_, attribute) in SAID_ELSEWHERE.iter().filter(|(of, _)| created && change["type"] == *of) {
            if let (true, Some(address)) = (change["change"]["after_unknown"][attribute] == true, change["address"].as_str()) {
                known.entry(address.to_owned()).or_default().push((attribute, Value::Array(Vec::new())));
                settled += 1;
            }
        }
    }
    settled
}

fn make_known(plan: &mut Value, known: &Known) {
    for change in plan["resource_changes"].as_array_mut().into_iter().flatten() {
        let Some(values) = change["address"].as_str().and_then(|address| known.get(address)) else { continue };
        for (attribute, value) in values {
            let change = &mut change["change"];
            change["after_unknown"][attribute] = Value::Bool(false);
            if let Some(after) = change.get_mut("after").filter(|after| after.is_object()) {
                after[attribute] = value.clone();
            }
        }
    }
    make_planned(&mut plan["planned_values"]["root_module"], known);
}

fn make_planned(module: &mut Value, known: &Known) {
    for resource in module["resources"].as_array_mut().into_iter().flatten() {
        for (attribute, value) in
            resource["address"].as_str().and_then(|address| known.get(address)).into_iter().flatten().cloned().collect::<Vec<_>>()
        {
            resource["values"][attribute] = value;
        }
    }
    if let Some(children) = module.get_mut("child_modules").and_then(Value::as_array_mut) {
        children.iter_mut().for_each(|child| make_planned(child, known));
    }
}

/// What lastro evaluates from the code, with the arguments and the workspace of the plan, on the state that it was made on. Code and state
/// are in the tree, or where `plan.code` and `plan.state` say.
pub(crate) fn declared(tree: &Path) -> Side {
    let named = |name: &str| std::fs::read_to_string(tree.join(name)).ok().map(|path| tree.join(path.trim()));
    let code = named("plan.code").unwrap_or_else(|| tree.to_owned());
    let state = named("plan.state").unwrap_or_else(|| tree.join("terraform.tfstate"));
    let loaded =
        if state.exists() { Loader::default().keeping(true).location(&Location::Path(state)).expect("a state") } else { Vec::new() };
    let own = Index::newest(&loaded);
    let recorded = Rc::new(Lookup::new(&code, own.clone(), own));
    let mut files = Files::default();
    let inputs = Inputs {
        folder: &code,
        shown: "tree",
        given: given(tree),
        environment: None,
        workspace: std::fs::read_to_string(tree.join("plan.workspace")).ok().map(|name| name.trim().to_owned()),
        wanted: &|resource_type| map::kind_of(resource_type).is_some(),
        recorded: recorded.clone(),
        computed: declare::computed(),
    };
    let expansion = expand::expand(&mut files, &inputs).unwrap_or_else(|error| panic!("{}: {error}", tree.display()));
    let asked = Asked::default();
    let root = Root { shown: "tree", files: &files, expansion: &expansion, recorded: &*recorded, asked: &asked };
    let declared = declare::declared(&[root], &Redactor::default(), &BTreeSet::new());
    let mut side = Side::default();
    for reading in &declared.readings {
        side.gaps.extend(reading.source.gaps.iter().map(|gap| gap.detail.to_string()));
        side.resources.extend(reading.estate.iter().map(by_address));
    }
    side
}

/// The variables that `plan.args` gives: `-var=name=text` and `-var-file=path`, one a line.
fn given(tree: &Path) -> Vec<Given> {
    let arguments = std::fs::read_to_string(tree.join("plan.args")).unwrap_or_default();
    let argument = |line: &str| match (line.strip_prefix("-var="), line.strip_prefix("-var-file=")) {
        (Some(variable), _) => {
            let (name, text) = variable.split_once('=').expect("-var=name=text");
            Given::Variable { name: name.to_owned(), text: text.to_owned() }
        }
        (_, Some(path)) => Given::File(tree.join(path)),
        _ => panic!("{}: plan.args: {line}", tree.display()),
    };
    arguments.lines().filter(|line| !line.is_empty()).map(argument).collect()
}
