//! The drift of a report for writers that show it in a line: what differs, on which sides, and whose move it was.
//!
//! The one place that knows how an entry is made up.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// One difference, as far as the report tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// What people call the resource.
    pub(super) subject: &'a str,
    /// The attribute; empty for a resource that a view does not have.
    pub(super) attribute: &'a str,
    /// What the views say: name of the view and its value, strongest last.
    pub(super) sides: Vec<(&'static str, String)>,
    /// Whose move it was; empty where nobody can tell.
    pub(super) blame: &'a str,
    /// The line of code, where one is known.
    pub(super) code: Option<(&'a str, u32)>,
}

impl<'a> Entry<'a> {
    /// Reads an entry; what it does not have is empty.
    pub(super) fn of(entry: &'a Value) -> Self {
        let text = |value: &'a Value| value.as_str().unwrap_or_default();
        let subject = &entry["subject"];
        let names = [subject, &subject["label"], &subject["name"], &subject["id"], &subject["address"]];
        let sides = ["declared", "recorded", "live"].into_iter().filter_map(|view| Some((view, side(entry.get(view)?)?)));
        let code = &entry["declared"]["code"];
        let line = code["line"].as_u64().and_then(|line| u32::try_from(line).ok());
        Self {
            subject: names.into_iter().map(text).find(|name| !name.is_empty()).unwrap_or("resource"),
            attribute: text(&entry["attribute"]),
            sides: sides.collect(),
            blame: text(&entry["blame"]),
            code: code["path"].as_str().zip(line),
        }
    }

    /// `orders backup_retention_period: declared 7, live 1. Blame: changed by hand`.
    pub(super) fn sentence(&self) -> String {
        let what = [self.subject, self.attribute].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let sides = self.sides.iter().map(|(view, value)| format!("{view} {value}")).collect::<Vec<_>>().join(", ");
        let blame = if self.blame.is_empty() { String::new() } else { format!(". Blame: {}", self.blame) };
        if sides.is_empty() { format!("{what} differs{blame}") } else { format!("{what}: {sides}{blame}") }
    }

    /// Stays the same as long as the same attribute of the same resource differs.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in ["drift", self.subject, self.attribute] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The value of one side, in one line.
fn side(side: &Value) -> Option<String> {
    match side {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) => match fields.get("value").or_else(|| fields.get("found")) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(value) => Some(value.to_string()),
            None => Some(side.to_string()),
        },
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => Some(side.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_is_one_sentence() {
        let entry = json!({
            "subject": { "name": "orders", "id": "arn:aws:rds:us-east-1:1:db:orders" }, "attribute": "backup_retention_period",
            "declared": { "value": 7, "code": { "path": "db.tf", "line": 12 } }, "recorded": 7, "live": "1",
            "blame": "changed by hand",
        });
        let entry = Entry::of(&entry);
        assert_eq!(entry.sentence(), "orders backup_retention_period: declared 7, recorded 7, live 1. Blame: changed by hand");
        assert_eq!(entry.code, Some(("db.tf", 12)));
    }

    #[test]
    fn whatever_an_entry_lacks_it_is_still_told() {
        for entry in [json!(null), json!([]), json!({}), json!({ "subject": 7, "declared": [], "blame": {} }), json!("x")] {
            assert!(Entry::of(&entry).sentence().starts_with("resource"), "{entry}");
        }
        assert_eq!(Entry::of(&json!({ "subject": "a" })).sentence(), "a differs");
        assert_ne!(Entry::of(&json!({ "subject": "a" })).fingerprint(), Entry::of(&json!({ "attribute": "a" })).fingerprint());
    }
}
