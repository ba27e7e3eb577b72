//! What `ignore_changes` names inside of an attribute: `scaling_config[0].desired_size`, `tags["Cost"]`. It judges nothing.

use crate::collect::terraform::value::Value;

/// A step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `.desired_size`, `["Cost"]`
    Key(String),
    /// `[0]`
    At(usize),
}

/// The attribute and the steps into it. What cannot be read as steps ends them: then more is ignored, not less.
pub(super) fn path(entry: &str) -> (String, Vec<Step>) {
    let base = entry.split(['.', '[']).next().unwrap_or_default();
    let (mut rest, mut steps) = (&entry[base.len()..], Vec::new());
    loop {
        if let Some(after) = rest.strip_prefix('.') {
            let key = after.split(['.', '[']).next().unwrap_or_default();
            steps.push(Step::Key(key.to_owned()));
            rest = &after[key.len()..];
        } else if let Some((index, after)) = rest.strip_prefix('[').and_then(|after| after.split_once(']')) {
            let key = index.trim().strip_prefix('"').and_then(|key| key.strip_suffix('"'));
            let Some(step) = key.map(|key| Step::Key(key.to_owned())).or_else(|| index.trim().parse().ok().map(Step::At)) else { break };
            steps.push(step);
            rest = after;
        } else {
            break;
        }
    }
    (base.to_owned(), steps)
}

/// The part at the end of the steps.
pub(super) fn part<'v>(value: &'v Value, steps: &[Step]) -> Option<&'v Value> {
    steps.iter().try_fold(value, |value, step| match (value.plain(), step) {
        (Value::Map(map), Step::Key(key)) => map.get(key),
        (Value::List(list), Step::At(at)) => list.get(*at),
        _ => None,
    })
}

/// Puts a part at the end of the steps, where what it is a part of is there.
pub(super) fn put(value: &mut Value, steps: &[Step], part: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *value = part;
        return;
    };
    match (value, step) {
        (Value::At(located), _) => put(&mut located.value, steps, part),
        (Value::Map(map), Step::Key(key)) if rest.is_empty() => {
            map.insert(key.clone(), part);
        }
        (Value::Map(map), Step::Key(key)) => {
            if let Some(inner) = map.get_mut(key) {
                put(inner, rest, part);
            }
        }
        (Value::List(list), Step::At(at)) => {
            if let Some(inner) = list.get_mut(*at) {
                put(inner, rest, part);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart() {
        let key = |text: &str| Step::Key(text.to_owned());
        assert_eq!(path("tags"), ("tags".to_owned(), Vec::new()));
        assert_eq!(path("tags[\"a.b\"]"), ("tags".to_owned(), vec![key("a.b")]));
        assert_eq!(path("scaling_config[0].desired_size"), ("scaling_config".to_owned(), vec![Step::At(0), key("desired_size")]));
        assert_eq!(path("rule[each.key].x"), ("rule".to_owned(), Vec::new()));
        assert_eq!(path("a["), ("a".to_owned(), Vec::new()));
    }

    #[test]
    fn only_the_part_is_put() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let mut own = value(r#"{"scaling": [{"min": 1, "max": 2}]}"#);
        let recorded = value(r#"[{"min": 7, "max": 8}]"#);
        let steps = [Step::At(0), Step::Key("max".to_owned())];
        let Value::Map(map) = &mut own else { panic!("a map") };
        put(map.get_mut("scaling").unwrap(), &steps, part(&recorded, &steps).unwrap().clone());
        assert_eq!(own, value(r#"{"scaling": [{"min": 1, "max": 8}]}"#));
        put(&mut own, &steps, Value::Null);
        assert_eq!(own, value(r#"{"scaling": [{"min": 1, "max": 8}]}"#), "no such part");
    }
}
