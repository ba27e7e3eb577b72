//! Two sides of one tree, fact by fact.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::golden::Side;

/// What follows from other attributes and from references, so that code knows it where a plan waits for the provider: kind, attribute, and why.
const DERIVABLE: &[(&str, &str, &str)] = &[
    ("Bucket", "meta.arn", "arn:aws:s3:::NAME has neither region nor account in it"),
    ("Bucket", "replication", "its destination is the ARN of a bucket"),
    ("LoadBalancer", "zones", "those of its subnets, which references name and a plan does not"),
    ("PrefixList", "ranges", "its own entries and those that refer to it: a plan does not know to what they refer"),
    ("RecordSet", "record", "`fqdn` is the name, completed with the domain of the zone"),
    ("SecurityGroup", "ingress", "its own rules and those that refer to it: a plan does not know to what they refer"),
    ("WebAcl", "meta.region", "web ACLs of CloudFront are global, whatever the provider's region"),
];

/// As [`DERIVABLE`], and held against the plan: kind, attribute, the kind and attribute of another planned resource that must say the same.
const BORROWED: &[(&str, &str, &str, &str)] = &[
    // The id of a cluster is its identifier.
    ("DbInstance", "cluster", "DbCluster", "/meta/name/known/value"),
    // A record has the tags of its zone, which a reference names and a plan does not.
    ("RecordSet", "meta.tags", "HostedZone", "/meta/tags/known/value"),
];

/// Lists that are sets to the provider: a plan has them in the order of its hashes.
const SETS: &[&str] = &["ingress", "transitions", "noncurrent_transitions"];

/// What code does not know, or knows less exactly, though Terraform does: resource, attribute, and why.
const SHORT: &[(&str, &str, &str)] = &[
    ("aws_s3_bucket.case[\"numbers\"]", "meta.tags", "1 / 3 as text has the 154 digits of Terraform's numbers"),
    ("aws_s3_bucket.partly[0]", "meta.tags", PARTLY),
    ("aws_s3_bucket.partly[1]", "meta.tags", PARTLY),
];

/// Resources that Terraform replaces because of what the emulator recorded of them, and not because of what code says: tree's address and why.
/// Nothing computed is known of what replaces them, and lastro, which has no schema of the provider, keeps what is recorded.
const REPLACED: &[(&str, &str)] = &[
    ("aws_db_instance.orders_dr", "the emulator records its storage as encrypted, which code does not ask for"),
    ("aws_eks_node_group.batch", INVENTED),
    ("aws_eks_node_group.workers", INVENTED),
];

const INVENTED: &str = "the emulator invents a remote_access block";

const PARTLY: &str = "only the schema of a VPC tells that an attribute which is not set is null, rather than computed";

/// What headers hold of the code and of nothing else: path and why.
const NOT_PLANNED: &[(&str, &str)] = &[
    ("meta.handles", "what a thing is called before it exists: Terraform has no such notion"),
    ("meta.ignored", "`ignore_changes` is in the configuration, not in a plan"),
];

/// What the comparison of one tree gave.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Facts that both sides know, with the same value.
    pub(crate) equal: usize,
    /// Facts that neither side knows.
    pub(crate) unknown: usize,
    /// Regions that the code side knows, confirmed by the provider configuration in the plan.
    pub(crate) regions: usize,
    /// Facts that only the code side knows, by the reason why it may.
    pub(crate) excused: BTreeMap<String, usize>,
    /// Exceptions of [`SHORT`] that were met.
    pub(crate) short: BTreeSet<&'static str>,
    /// Everything else.
    pub(crate) wrong: Vec<String>,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} facts equal, {} known to neither, {} regions confirmed", self.equal, self.unknown, self.regions)?;
        for (reason, count) in &self.excused {
            write!(f, "; {count} {reason}")?;
        }
        for reason in &self.short {
            write!(f, "; short: {reason}")?;
        }
        write!(f, "; {} wrong", self.wrong.len())
    }
}

/// A fact: its value and place, or the cause of its gap.
enum Seen<'a> {
    Known(&'a Value, &'a Value),
    Gap(&'a str),
}

/// `Fact<T>` as JSON is `{"known": {"value": …, "at": …}}` or `{"gap": {"cause": …}}`.
fn fact(value: &Value) -> Option<Seen<'_>> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    if let Some(known) = object.get("known") {
        return Some(Seen::Known(known.get("value")?, known.get("at")?));
    }
    Some(Seen::Gap(object.get("gap")?.get("cause")?.as_str()?))
}

/// Why the code side may know what the plan does not: the reason as it is counted, or `None` when it may not.
fn excuse(golden: &Side, place: &Place<'_>, cause: &str, ours: &Value, at: &Value) -> Option<String> {
    if is_handle(ours) {
        return Some("handles".to_owned());
    }
    if at.pointer("/code/from").and_then(Value::as_str) == Some(lastro::estate::PROVIDER_DEFAULT) {
        return Some("provider defaults".to_owned());
    }
    let is_empty = *ours == Value::Null || *ours == serde_json::json!([]) || *ours == serde_json::json!({});
    if cause == "null" && is_empty {
        return Some("nulls of a plan that mean nothing".to_owned());
    }
    if golden.replaced.contains(place.address()) && REPLACED.iter().any(|(address, _)| *address == place.address()) {
        return Some("recorded of what the emulator makes Terraform replace".to_owned());
    }
    if place.path == "meta.tags" && (is_empty || ours.as_object().is_some_and(|tags| tags.values().any(|value| value == ""))) {
        return Some("tags that the provider computes because they are none, or one is empty".to_owned());
    }
    let borrowed = BORROWED.iter().find(|(kind, path, ..)| *kind == place.kind && *path == place.path);
    if let Some((kind, path, other, pointer)) = borrowed {
        let said = golden.resources.values().any(|noun| noun[*other].pointer(pointer) == Some(ours));
        return said.then(|| format!("{kind} {path} as its {other} is planned"));
    }
    let (kind, path, _) = DERIVABLE.iter().find(|(kind, path, _)| *kind == place.kind && *path == place.path)?;
    Some(format!("derivable {kind} {path}"))
}

/// Whether a value is, or has in it, what a thing is called that has no name yet: no claim about what it will be called.
fn is_handle(value: &Value) -> bool {
    match value {
        Value::String(text) => lastro::estate::is_handle(text),
        Value::Array(items) => items.iter().any(is_handle),
        Value::Object(fields) => fields.values().any(is_handle),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

struct Walk<'a> {
    golden: &'a Side,
    into: Comparison,
}

/// Compares everything that either side holds.
pub(crate) fn compare(golden: &Side, declared: &Side) -> Comparison {
    let mut walk = Walk { golden, into: Comparison::default() };
    for (address, planned) in &golden.resources {
        match declared.resources.get(address) {
            Some(ours) => walk.resource(address, planned, ours),
            None => walk.into.wrong.push(format!("{address}: planned, but not declared")),
        }
    }
    for address in declared.resources.keys().filter(|address| !golden.resources.contains_key(*address)) {
        walk.into.wrong.push(format!("{address}: declared, but not planned"));
    }
    walk.into
}

impl Walk<'_> {
    /// A noun is `{"Bucket": {…}}`.
    fn resource(&mut self, address: &str, planned: &Value, ours: &Value) {
        let kind = planned.as_object().and_then(|object| object.keys().next()).cloned().unwrap_or_default();
        self.value(&Place { address, kind: &kind, path: String::new() }, &planned[kind.as_str()], &ours[kind.as_str()]);
    }

    fn value(&mut self, place: &Place<'_>, planned: &Value, ours: &Value) {
        if NOT_PLANNED.iter().any(|(path, _)| *path == place.path) {
            return;
        }
        match (fact(planned), fact(ours)) {
            (Some(planned), Some(ours)) => self.fact(place, &planned, &ours),
            (None, None) => self.plain(place, planned, ours),
            _ => self.wrong(place, planned, ours),
        }
    }

    fn fact(&mut self, place: &Place<'_>, planned: &Seen<'_>, ours: &Seen<'_>) {
        match (planned, ours) {
            (Seen::Known(planned, _), Seen::Known(ours, _)) => {
                let before = self.into.wrong.len();
                self.value(place, planned, ours);
                self.into.equal += usize::from(self.into.wrong.len() == before);
            }
            (Seen::Known(..), Seen::Gap(_)) if place.short().is_some() => {
                self.into.short.extend(place.short());
            }
            (Seen::Known(planned, _), Seen::Gap(cause)) => {
                self.into.wrong.push(format!("{place}: planned {planned}, but {cause} in code"));
            }
            (Seen::Gap(_), Seen::Gap(_)) => self.into.unknown += 1,
            (Seen::Gap(cause), Seen::Known(ours, at)) => self.claimed(place, cause, ours, at),
        }
    }

    /// The code side claims what the plan does not know.
    fn claimed(&mut self, place: &Place<'_>, cause: &str, ours: &Value, at: &Value) {
        if place.path == "meta.region"
            && let Some(region) = self.golden.regions.get(place.address())
            && ours.as_str() == Some(region)
        {
            self.into.regions += 1;
            return;
        }
        // The region of another resource, which that resource confirms.
        if place.path.ends_with("destination_bucket.region") && self.golden.regions.values().any(|region| ours.as_str() == Some(region)) {
            self.into.regions += 1;
            return;
        }
        match excuse(self.golden, place, cause, ours, at) {
            Some(reason) => *self.into.excused.entry(reason).or_default() += 1,
            None => self.into.wrong.push(format!("{place}: {cause} in the plan, but {ours} in code")),
        }
    }

    fn plain(&mut self, place: &Place<'_>, planned: &Value, ours: &Value) {
        match (planned, ours) {
            (Value::Object(planned), Value::Object(ours)) => {
                for (key, value) in planned {
                    self.value(&place.key(key), value, ours.get(key).unwrap_or(&Value::Null));
                }
                for (key, value) in ours.iter().filter(|(key, _)| !planned.contains_key(*key)) {
                    self.value(&place.key(key), &Value::Null, value);
                }
            }
            (Value::Array(planned), Value::Array(ours)) if planned.len() == ours.len() => {
                let sorted = |items: &[Value]| -> Vec<Value> {
                    let mut items = items.to_vec();
                    if SETS.contains(&place.path.rsplit('.').next().unwrap_or_default()) {
                        items.sort_by_key(ToString::to_string);
                    }
                    items
                };
                for (at, (planned, ours)) in sorted(planned).iter().zip(&sorted(ours)).enumerate() {
                    self.value(&place.key(&at.to_string()), planned, ours);
                }
            }
            _ if planned == ours => {}
            _ => self.wrong(place, planned, ours),
        }
    }

    fn wrong(&mut self, place: &Place<'_>, planned: &Value, ours: &Value) {
        self.into.wrong.push(format!("{place}: planned {planned}, but {ours} in code"));
    }
}

struct Place<'a> {
    address: &'a str,
    kind: &'a str,
    path: String,
}

impl<'a> Place<'a> {
    fn key(&self, key: &str) -> Place<'a> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Place { address: self.address, kind: self.kind, path }
    }
}

impl Place<'_> {
    /// The address without the kind.
    fn address(&self) -> &str {
        self.address.rsplit_once(" (").map_or(self.address, |(address, _)| address)
    }

    /// Why code may know less here.
    fn short(&self) -> Option<&'static str> {
        SHORT.iter().find(|(address, path, _)| *address == self.address() && *path == self.path).map(|(.., reason)| *reason)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.address, self.path)
    }
}

#[test]
fn a_difference_a_claim_and_an_absence_are_wrong() {
    let side = |text: &str| Side {
        resources: [("aws_x.y (x)".to_owned(), serde_json::from_str(text).expect("JSON"))].into(),
        regions: [("aws_x.y".to_owned(), "us-west-2".to_owned())].into(),
        ..Side::default()
    };
    let known = |value: &str, from: &str| format!(r#"{{"known": {{"value": {value}, "at": {{"code": {{"from": "{from}"}}}}}}}}"#);
    let gap = r#"{"gap": {"cause": "computed_at_apply", "detail": ""}}"#;
    let noun = |fact: &str| side(&format!(r#"{{"DbInstance": {{"multi_az": {fact}}}}}"#));
    let wrong = |planned: &str, ours: &str| compare(&noun(planned), &noun(ours)).wrong.len();
    assert_eq!(wrong(&known("true", ""), &known("true", "main.tf:3")), 0);
    assert_eq!(wrong(&known("true", ""), &known("false", "")), 1);
    assert_eq!(wrong(&known("[1, 2]", ""), &known("[1]", "")), 1);
    assert_eq!(wrong(&known("true", ""), gap), 1);
    assert_eq!(wrong(gap, &known("true", "")), 1);
    assert_eq!(wrong(gap, &known("true", "provider default")), 0);
    assert_eq!(wrong(gap, gap), 0);
    let region = |value: &str| side(&format!(r#"{{"Subnet": {{"meta": {{"region": {value}}}}}}}"#));
    assert_eq!(compare(&region(gap), &region(&known(r#""us-west-2""#, ""))).regions, 1);
    assert_eq!(compare(&region(gap), &region(&known(r#""us-east-1""#, ""))).wrong.len(), 1);
    assert_eq!(compare(&noun(gap), &Side::default()).wrong.len(), 1);
    assert_eq!(compare(&Side::default(), &noun(gap)).wrong.len(), 1);
}
