//! Two sides of one tree, fact by fact.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::golden::Side;

/// What a resource is named by follows from its other attributes, so that code knows it where a plan waits for the provider: kind, attribute,
/// and why.
const DERIVABLE: &[(&str, &str, &str)] = &[
    ("Bucket", "meta.arn", "arn:aws:s3:::NAME has neither region nor account in it"),
    ("WebAcl", "meta.region", "web ACLs of CloudFront are global, whatever the provider's region"),
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
    /// Everything else.
    pub(crate) wrong: Vec<String>,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} facts equal, {} known to neither, {} regions confirmed", self.equal, self.unknown, self.regions)?;
        for (reason, count) in &self.excused {
            write!(f, "; {count} {reason}")?;
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
            (Seen::Known(planned, _), Seen::Gap(cause)) => {
                self.into.wrong.push(format!("{place}: planned {planned}, but {cause} in code"));
            }
            (Seen::Gap(_), Seen::Gap(_)) => self.into.unknown += 1,
            (Seen::Gap(cause), Seen::Known(ours, at)) => self.claimed(place, cause, ours, at),
        }
    }

    /// The code side claims what the plan does not know.
    fn claimed(&mut self, place: &Place<'_>, cause: &str, ours: &Value, at: &Value) {
        let address = place.address.rsplit_once(" (").map_or(place.address, |(address, _)| address);
        if place.path == "meta.region"
            && let Some(region) = self.golden.regions.get(address)
            && ours.as_str() == Some(region)
        {
            self.into.regions += 1;
            return;
        }
        let default = at.pointer("/code/from").and_then(Value::as_str) == Some("provider default");
        let derived = DERIVABLE.iter().find(|(kind, path, _)| *kind == place.kind && *path == place.path);
        let reason = match derived {
            _ if default => "provider default".to_owned(),
            Some((kind, path, _)) => format!("derivable {kind} {path}"),
            None => {
                self.into.wrong.push(format!("{place}: {cause} in the plan, but {ours} in code"));
                return;
            }
        };
        *self.into.excused.entry(reason).or_default() += 1;
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
                for (at, (planned, ours)) in planned.iter().zip(ours).enumerate() {
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
