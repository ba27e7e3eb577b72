//! The form in which values of two views are compared and shown: leaves, and parts by key. Knows no noun.

use crate::estate::is_handle;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::Reason;

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value.
    Leaf(Leaf),
    /// Parts by their key, which is written as a path goes on: `.days`, `["archive"]`, `[tcp 5432 from ::/0]`.
    Parts(Parts),
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// As people read it.
    shown: String,
    /// What decides whether two values are the same.
    means: Means,
    /// Why another spelling of it is no difference.
    reason: Reason,
}

/// What a leaf means.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Means {
    /// What it says.
    Text(String),
    /// A KMS key by its id, or by an alias, which may stand for any key.
    Key(Option<String>),
    /// A version: `15` is every 15.x.
    Version(String),
}

/// Parts by their key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The whole in a few words, for when it is only in one view.
    summary: String,
    members: BTreeMap<String, Shape>,
    /// The keys as they were written, where their order means nothing.
    order: Vec<String>,
}

impl Shape {
    /// Whether any part of it is a name that Terraform learns when it applies, which no other view can know.
    pub(super) fn holds_handle(&self) -> bool {
        match self {
            Self::Leaf(leaf) => is_handle(&leaf.shown),
            Self::Parts(parts) => parts.members.iter().any(|(key, shape)| is_handle(key) || shape.holds_handle()),
        }
    }

    /// A value that means what it says.
    pub(super) fn text(shown: impl Display) -> Self {
        let shown = shown.to_string();
        Self::Leaf(Leaf { means: Means::Text(shown.clone()), shown, reason: Reason::Spelling })
    }

    /// A value or `none`.
    pub(super) fn maybe<T: Display>(value: Option<T>) -> Self {
        value.map_or_else(|| Self::text("none"), Self::text)
    }

    /// A value of which other spellings mean the same.
    pub(super) fn meaning(shown: impl Display, means: impl Into<String>, reason: Reason) -> Self {
        Self::Leaf(Leaf { shown: shown.to_string(), means: Means::Text(means.into()), reason })
    }

    /// A name that AWS lowers.
    pub(super) fn name(shown: &str) -> Self {
        Self::meaning(shown, shown.to_lowercase(), Reason::Spelling)
    }

    /// A KMS key, by ARN, id or alias.
    pub(super) fn key(shown: Option<&str>) -> Self {
        let Some(shown) = shown.filter(|text| !text.is_empty()) else { return Self::text("none") };
        let id = shown.rsplit_once(":key/").map_or(shown, |(_, id)| id);
        let is_alias = shown.starts_with("alias/") || shown.contains(":alias/");
        Self::Leaf(Leaf { shown: shown.to_owned(), means: Means::Key((!is_alias).then(|| id.to_lowercase())), reason: Reason::KeyName })
    }

    /// A version, which may name only its first parts.
    pub(super) fn version(shown: &str) -> Self {
        Self::Leaf(Leaf { shown: shown.to_owned(), means: Means::Version(shown.to_lowercase()), reason: Reason::Patch })
    }

    /// Values without an order.
    pub(super) fn set<T: Display>(values: impl IntoIterator<Item = T>) -> Self {
        let written: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
        let sorted: BTreeSet<&str> = written.iter().map(String::as_str).collect();
        let means = sorted.into_iter().collect::<Vec<_>>().join("\n");
        Self::meaning(if written.is_empty() { "none".to_owned() } else { written.join(", ") }, means, Reason::Order)
    }

    /// Named fields of one thing: `.days`.
    pub(super) fn fields<const N: usize>(summary: impl Display, fields: [(&str, Self); N]) -> Self {
        let members = fields.into_iter().map(|(name, shape)| (format!(".{name}"), shape)).collect();
        Self::Parts(Parts { summary: summary.to_string(), members, order: Vec::new() })
    }

    /// Things by a key of their own, in any order: `["archive"]`.
    pub(super) fn keyed(summary: impl Display, things: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::collected(summary, things.into_iter().map(|(key, shape)| (format!("[{key:?}]"), shape)))
    }

    /// Things by words that say what they are, in any order: `[tcp 5432 from ::/0]`.
    pub(super) fn described(summary: impl Display, things: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::collected(summary, things.into_iter().map(|(key, shape)| (format!("[{key}]"), shape)))
    }

    /// Things by their place: `[0]`.
    pub(super) fn list(summary: impl Display, things: impl IntoIterator<Item = Self>) -> Self {
        let members = things.into_iter().enumerate().map(|(at, shape)| (format!("[{at}]"), shape)).collect();
        Self::Parts(Parts { summary: summary.to_string(), members, order: Vec::new() })
    }

    /// Two things of one key both count: the second is `["archive"]#2`.
    fn collected(summary: impl Display, things: impl Iterator<Item = (String, Self)>) -> Self {
        let (mut members, mut order) = (BTreeMap::new(), Vec::new());
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (key, shape) in things {
            let many = seen.entry(key.clone()).and_modify(|many| *many += 1).or_insert(1);
            let key = if *many == 1 { key } else { format!("{key}#{many}") };
            order.push(key.clone());
            members.insert(key, shape);
        }
        Self::Parts(Parts { summary: summary.to_string(), members, order })
    }

    /// As people read it.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Leaf(leaf) => &leaf.shown,
            Self::Parts(parts) => &parts.summary,
        }
    }

    /// The part at the end of a path.
    pub(super) fn at(&self, path: &[String]) -> Option<&Self> {
        path.iter().try_fold(self, |shape, key| match shape {
            Self::Leaf(_) => None,
            Self::Parts(parts) => parts.members.get(key),
        })
    }

    /// Whether both mean the same.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf(a), Self::Leaf(b)) => a.means.same(&b.means),
            (Self::Parts(a), Self::Parts(b)) => {
                a.members.len() == b.members.len()
                    && a.members.iter().all(|(key, shape)| b.members.get(key).is_some_and(|other| shape.same(other)))
            }
            (Self::Leaf(_), Self::Parts(_)) | (Self::Parts(_), Self::Leaf(_)) => false,
        }
    }
}

impl Means {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Key(Some(a)), Self::Key(Some(b))) | (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Key(_), Self::Key(_)) => true,
            (Self::Version(a), Self::Version(b)) => begins(a, b) || begins(b, a),
            (Self::Text(_) | Self::Key(_) | Self::Version(_), _) => false,
        }
    }
}

/// `15` begins `15.4`, and not `150`.
fn begins(short: &str, long: &str) -> bool {
    long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What one view holds at a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side<'s> {
    /// Nobody knows.
    Unknown,
    /// This, or nothing.
    Is(Option<&'s Shape>),
}

impl<'s> Side<'s> {
    fn shape(self) -> Option<&'s Shape> {
        match self {
            Self::Unknown | Self::Is(None) => None,
            Self::Is(shape) => shape,
        }
    }

    /// As people read it; `None` where nobody knows.
    pub(super) fn shown(self) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Is(shape) => Some(shape.map_or("absent", Shape::shown).to_owned()),
        }
    }

    /// Whether both mean the same, as far as is known.
    pub(super) fn same(self, other: Self) -> bool {
        match (self, other) {
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            (Self::Is(None), Self::Is(None)) => true,
            (Self::Is(Some(a)), Self::Is(Some(b))) => a.same(b),
            (Self::Is(None), Self::Is(Some(_))) | (Self::Is(Some(_)), Self::Is(None)) => false,
        }
    }
}

/// Code, state and live at a place where they were compared.
#[derive(Clone, Debug)]
pub(super) struct Spot<'s> {
    /// The keys that lead there.
    pub(super) path: Vec<String>,
    /// Code, state, live.
    pub(super) sides: [Side<'s>; 3],
    /// Why the difference is none; `None` when it is one.
    pub(super) suppressed: Option<Reason>,
}

/// Finds every place where the sides differ, as deep as the difference lies.
pub(super) fn spots<'s>(sides: [Side<'s>; 3]) -> Vec<Spot<'s>> {
    let mut found = Vec::new();
    descend(&mut Vec::new(), sides, &mut found);
    found
}

fn descend<'s>(path: &mut Vec<String>, sides: [Side<'s>; 3], found: &mut Vec<Spot<'s>>) {
    let known: Vec<Option<&Shape>> = sides
        .iter()
        .filter_map(|side| match side {
            Side::Unknown => None,
            Side::Is(shape) => Some(*shape),
        })
        .collect();
    if known.len() < 2 {
        return;
    }
    let parts: Vec<&Parts> =
        known.iter().filter_map(|shape| if let Some(Shape::Parts(parts)) = shape { Some(parts) } else { None }).collect();
    if parts.len() < known.len() {
        let differ = known.iter().any(|shape| !Side::Is(*shape).same(Side::Is(known[0])));
        let suppressed = if differ { None } else { respelled(&known) };
        if differ || suppressed.is_some() {
            found.push(Spot { path: path.clone(), sides, suppressed });
        }
        return;
    }
    let before = found.len();
    let keys: BTreeSet<&String> = parts.iter().flat_map(|parts| parts.members.keys()).collect();
    for key in keys {
        let inner = sides.map(|side| match side.shape() {
            Some(Shape::Parts(parts)) => Side::Is(parts.members.get(key)),
            Some(Shape::Leaf(_)) | None => Side::Unknown,
        });
        path.push(key.clone());
        descend(path, inner, found);
        path.pop();
    }
    if found.len() == before && parts.iter().any(|other| other.order != parts[0].order) {
        found.push(Spot { path: path.clone(), sides, suppressed: Some(Reason::Order) });
    }
}

/// Why values that mean the same are written differently.
fn respelled(known: &[Option<&Shape>]) -> Option<Reason> {
    let leaves = known.iter().filter_map(|shape| if let Some(Shape::Leaf(leaf)) = shape { Some(leaf) } else { None });
    let mut leaves = leaves.peekable();
    let first = *leaves.peek()?;
    // The reason that is not the common one says more.
    leaves.filter(|leaf| leaf.shown != first.shown).map(|leaf| leaf.reason.max(first.reason)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(a: &Shape, b: &Shape) -> Vec<(String, Option<Reason>)> {
        let found = spots([Side::Unknown, Side::Is(Some(a)), Side::Is(Some(b))]);
        found.into_iter().map(|spot| (spot.path.concat(), spot.suppressed)).collect()
    }

    #[test]
    fn a_difference_is_named_as_deep_as_it_lies() {
        let rule = |days: u32, extra: Option<&str>| {
            let transitions =
                Shape::list("transitions", [Shape::fields("move", [("days", Shape::text(days)), ("class", Shape::text("GLACIER"))])]);
            let rule = |on: bool| Shape::fields("rule", [("enabled", Shape::text(on)), ("transitions", transitions.clone())]);
            Shape::keyed(
                "rules",
                [("archive", true)].into_iter().chain(extra.map(|key| (key, false))).map(|(key, on)| (key.to_owned(), rule(on))),
            )
        };
        assert_eq!(differs(&rule(30, None), &rule(60, None)), [("[\"archive\"].transitions[0].days".to_owned(), None)]);
        assert_eq!(
            differs(&rule(30, None), &rule(30, Some("old"))),
            [("[\"old\"]".to_owned(), None)],
            "the rule, not each of its settings"
        );
        assert_eq!(differs(&rule(30, None), &rule(30, None)), []);
    }

    #[test]
    fn order_and_spelling_are_no_differences_and_are_said() {
        let rules = |keys: &[&str]| Shape::keyed("", keys.iter().map(|key| ((*key).to_owned(), Shape::text("on"))));
        assert_eq!(differs(&rules(&["a", "b"]), &rules(&["b", "a"])), [(String::new(), Some(Reason::Order))]);
        assert_eq!(differs(&Shape::set(["b", "a"]), &Shape::set(["a", "b"])), [(String::new(), Some(Reason::Order))]);
        assert_eq!(differs(&Shape::name("Orders"), &Shape::name("orders")), [(String::new(), Some(Reason::Spelling))]);
        assert_eq!(differs(&Shape::version("15"), &Shape::version("15.4")), [(String::new(), Some(Reason::Patch))]);
        assert_eq!(differs(&Shape::version("15"), &Shape::version("150")), [(String::new(), None)]);
        let arn = Shape::key(Some("arn:aws:kms:us-east-1:1:key/AB-1"));
        assert_eq!(differs(&arn, &Shape::key(Some("ab-1"))), [(String::new(), Some(Reason::KeyName))]);
        assert_eq!(differs(&arn, &Shape::key(Some("alias/db"))), [(String::new(), Some(Reason::KeyName))]);
        assert_eq!(differs(&arn, &Shape::key(None)), [(String::new(), None)]);
        assert_eq!(differs(&arn, &Shape::key(Some("cd-2"))), [(String::new(), None)]);
    }

    #[test]
    fn two_things_of_one_key_both_count() {
        let rules = |values: &[&str]| Shape::keyed("", values.iter().map(|value| ("same".to_owned(), Shape::text(value))));
        assert_eq!(differs(&rules(&["1", "2"]), &rules(&["1", "3"])), [("[\"same\"]#2".to_owned(), None)]);
        assert_eq!(differs(&rules(&["1", "2"]), &rules(&["1"])), [("[\"same\"]#2".to_owned(), None)]);
    }

    #[test]
    fn one_known_side_is_nothing_to_compare() {
        let one = Shape::text(1);
        assert!(spots([Side::Unknown, Side::Unknown, Side::Is(Some(&one))]).is_empty());
        assert_eq!(spots([Side::Is(None), Side::Unknown, Side::Is(Some(&one))]).len(), 1);
    }

    #[test]
    fn hostile_keys_stay_in_their_brackets() {
        let tags = |value: &str| Shape::keyed("", [("a\"]\u{1b}[2J".to_owned(), Shape::text(value))]);
        assert_eq!(differs(&tags("1"), &tags("2"))[0].0, "[\"a\\\"]\\u{1b}[2J\"]");
    }
}
