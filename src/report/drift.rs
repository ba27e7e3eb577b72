//! The drift of a report for writers that show it in a line: what differs, on which sides, and whose move it was.
//!
//! The one place that knows how an entry is made up.

use sha2::{Digest as _, Sha256};

use super::model::Drift;

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
    /// Reads an entry.
    pub(super) fn of(entry: &'a Drift) -> Self {
        let sides = [("declared", &entry.declared), ("recorded", &entry.recorded), ("live", &entry.live)];
        Self {
            subject: entry.subject.shown(),
            attribute: &entry.attribute,
            sides: sides.into_iter().filter_map(|(view, value)| Some((view, value.clone()?))).collect(),
            blame: &entry.blame,
            code: entry.at.get("declared").and_then(|place| line(place)),
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

/// `db.tf` and 12 of `db.tf:12:3 (from prod.tfvars:9)`.
fn line(place: &str) -> Option<(&str, u32)> {
    let written = place.split_once(" (from ").map_or(place, |(written, _)| written);
    let (path, line) = written.rsplit_once(':')?.0.rsplit_once(':')?;
    Some((path, line.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::specimen::drift;

    #[test]
    fn an_entry_is_one_sentence() {
        let entry = Drift {
            declared: Some("7".to_owned()),
            recorded: Some("7".to_owned()),
            live: Some("1".to_owned()),
            ..drift("orders", "backup_retention_period")
        };
        let told = Entry::of(&entry);
        assert_eq!(told.sentence(), "orders backup_retention_period: declared 7, recorded 7, live 1. Blame: changed by hand");
        assert_ne!(told.fingerprint(), Entry::of(&drift("orders", "multi_az")).fingerprint());
    }

    #[test]
    fn the_line_is_that_of_the_code() {
        for (place, wanted) in [
            ("db.tf:12:3", Some(("db.tf", 12))),
            ("infra/a:b.tf:12:3 (from prod.tfvars:9)", Some(("infra/a:b.tf", 12))),
            ("plan.json aws_db_instance.main", None),
            ("", None),
        ] {
            assert_eq!(line(place), wanted, "{place}");
        }
    }
}
