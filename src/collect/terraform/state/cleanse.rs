//! Secrets of one source that another source repeats.
//!
//! A source is cleaned of its own secrets before it is mapped. Those of the other sources are known only when all are read.

use serde_json::{Map, Value, json};

use crate::collect::redact::{Redactor, is_vocabulary};
use crate::estate::{Cause, Gap, Resource};

/// The resource without repetitions of learnt secrets. A fact whose value repeats one becomes a gap.
///
/// # Errors
/// A gap in the place of the resource, when it cannot be told without a secret.
pub(crate) fn cleanse(resource: Resource, redactor: &Redactor) -> Result<Resource, Gap> {
    if redactor.is_empty() {
        return Ok(resource);
    }
    let untold = |_| Gap::new(Cause::Unreadable, format!("a {} that repeats a secret of another source is not shown", resource.kind()));
    let mut tree = serde_json::to_value(&resource).map_err(untold)?;
    if !clean_value(&mut tree, redactor) {
        return Ok(resource);
    }
    serde_json::from_value(tree).map_err(untold)
}

/// Whether anything had to go.
fn clean_value(value: &mut Value, redactor: &Redactor) -> bool {
    match value {
        Value::String(text) => {
            let clean = redactor.text(text).into_owned();
            let dirty = clean != *text;
            *text = clean;
            dirty
        }
        Value::Array(items) => items.iter_mut().fold(false, |dirty, item| clean_value(item, redactor) | dirty),
        Value::Object(map) => clean_map(map, redactor),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn clean_map(map: &mut Map<String, Value>, redactor: &Redactor) -> bool {
    let mut dirty = false;
    for (key, value) in map.iter_mut() {
        dirty |= match value {
            known if key == "known" => clean_known(known, redactor),
            fact if is_vocabulary(key) && fact.get("known").is_some() => {
                fact.pointer_mut("/known/at").is_some_and(|at| clean_value(at, redactor))
            }
            other => clean_value(other, redactor),
        };
    }
    if let Some(Value::Null) = map.get("known") {
        map.remove("known");
        let gap = Gap::new(Cause::Unreadable, "repeats a secret of another source, and is not shown");
        map.insert("gap".to_owned(), json!(gap));
    }
    let keys: Vec<String> = map.keys().filter(|key| redactor.text(key) != key.as_str()).cloned().collect();
    for key in &keys {
        if let Some(value) = map.remove(key) {
            map.insert(redactor.text(key).into_owned(), value);
        }
    }
    dirty | !keys.is_empty()
}

/// A known value: a plain text that repeats a secret is blanked as a whole (null), for the caller to make a gap of.
fn clean_known(known: &mut Value, redactor: &Redactor) -> bool {
    if let Some(Value::String(text)) = known.get("value")
        && redactor.text(text) != text.as_str()
    {
        *known = Value::Null;
        return true;
    }
    clean_value(known, redactor)
}
