//! The attribute layout of state formats 1 to 3: one flat map of strings, `ingress.0.from_port` and the like.

use std::collections::BTreeMap;

use super::value::Value;
use crate::estate::{Cause, Gap};

/// How Terraform before 0.12 wrote a value that it did not know.
const UNKNOWN: &str = "74D93920-ED26-11E3-AC10-0800200C9A66";

/// Deepest nesting that is unfolded; what is deeper stays one dotted key.
const DEPTH: usize = 32;

#[derive(Default)]
struct Branch<'a> {
    leaf: Option<&'a str>,
    children: BTreeMap<&'a str, Branch<'a>>,
}

/// Unfolds a flat map into a tree: `x.#` makes a list, `x.%` a map. Leaves stay strings.
pub(crate) fn expand(flat: &BTreeMap<String, String>) -> Value {
    let mut root = Branch::default();
    for (key, value) in flat {
        let mut branch = &mut root;
        for part in key.splitn(DEPTH, '.') {
            branch = branch.children.entry(part).or_default();
        }
        branch.leaf = Some(value);
    }
    Value::Map(root.children.iter().map(|(key, child)| ((*key).to_owned(), unfold(child))).collect())
}

fn unfold(branch: &Branch<'_>) -> Value {
    let leaf_of = |name: &str| branch.children.get(name).and_then(|count| count.leaf);
    if leaf_of("#").or(leaf_of("%")).or(branch.leaf) == Some(UNKNOWN) {
        return Value::Unknown(Gap::new(Cause::ComputedAtApply, "recorded as not known yet: apply or refresh first"));
    }
    if leaf_of("#").is_some() {
        let mut items: Vec<_> = branch.children.iter().filter(|(key, _)| **key != "#").collect();
        items.sort_by_key(|(key, _)| key.parse::<u64>().unwrap_or(u64::MAX));
        return Value::List(items.into_iter().map(|(_, child)| unfold(child)).collect());
    }
    if leaf_of("%").is_some() {
        let mut map = BTreeMap::new();
        for (key, child) in branch.children.iter().filter(|(key, _)| **key != "%") {
            collect_leaves(key, child, &mut map);
        }
        return Value::Map(map);
    }
    match branch.leaf {
        Some(leaf) => Value::String(leaf.to_owned()),
        None => Value::Map(branch.children.iter().map(|(key, child)| ((*key).to_owned(), unfold(child))).collect()),
    }
}

/// Map keys may hold dots of their own: `tags.kubernetes.io/cluster/x`.
fn collect_leaves(path: &str, branch: &Branch<'_>, map: &mut BTreeMap<String, Value>) {
    if let Some(leaf) = branch.leaf {
        map.insert(path.to_owned(), Value::String(leaf.to_owned()));
    }
    for (key, child) in &branch.children {
        collect_leaves(&format!("{path}.{key}"), child, map);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand_pairs(pairs: &[(&str, &str)]) -> Value {
        expand(&pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    fn json(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn lists_sets_maps_and_blocks_unfold() {
        let value = expand_pairs(&[
            ("id", "x"),
            ("subnets.#", "11"),
            ("subnets.10", "k"),
            ("subnets.2", "c"),
            ("ingress.#", "1"),
            ("ingress.2541437006.from_port", "22"),
            ("ingress.2541437006.cidr_blocks.#", "1"),
            ("ingress.2541437006.cidr_blocks.0", "0.0.0.0/0"),
            ("tags.%", "2"),
            ("tags.Name", "n"),
            ("tags.kubernetes.io/cluster/x", "owned"),
            ("empty.#", "0"),
        ]);
        assert_eq!(
            value,
            json(
                r#"{"id": "x", "subnets": ["c", "k"], "ingress": [{"from_port": "22", "cidr_blocks": ["0.0.0.0/0"]}],
                    "tags": {"Name": "n", "kubernetes.io/cluster/x": "owned"}, "empty": []}"#
            )
        );
    }

    #[test]
    fn unknown_leaves_and_counts_are_gaps() {
        let Value::Map(map) = expand_pairs(&[("arn", UNKNOWN), ("subnets.#", UNKNOWN)]) else { panic!("a map") };
        assert!(map.values().all(|value| matches!(value, Value::Unknown(gap) if gap.cause == Cause::ComputedAtApply)));
    }

    #[test]
    fn a_hostile_key_does_not_overflow_the_stack() {
        let key = "a.".repeat(200_000);
        expand(&BTreeMap::from([(key, "x".to_owned())]));
    }
}
