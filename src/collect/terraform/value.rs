//! The tree that Terraform code and Terraform state have in common, and how it is read without inventing values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::collect::redact;
use crate::estate::{Cause, Fact, Gap, Locus};

/// A Terraform value, some leaves of which may not be known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `null`: not known, never zero.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string. Format 3 states spell numbers and booleans so, too.
    String(String),
    /// A list, a set, a tuple, or repeated blocks.
    List(Vec<Value>),
    /// A map, an object, or the body of one block.
    Map(BTreeMap<String, Value>),
    /// Not known, and why.
    Unknown(Gap),
    /// A value with a place of its own; what has none takes the place of what it is in.
    At(Box<Located>),
}

/// A value and the place where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Where.
    pub at: Locus,
    /// What.
    pub value: Value,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
}

impl Value {
    /// Puts `unknown` on every leaf that a plan's `after_unknown` marks with `true`.
    pub fn mark_unknown(&mut self, shape: &Value, unknown: &Gap) {
        match (self, shape) {
            (target, Value::Bool(true)) => *target = Value::Unknown(unknown.clone()),
            (Value::Map(map), Value::Map(marks)) => {
                for (key, mark) in marks {
                    map.entry(key.clone()).or_insert(Value::Null).mark_unknown(mark, unknown);
                }
            }
            (Value::List(list), Value::List(marks)) => {
                for (item, mark) in list.iter_mut().zip(marks) {
                    item.mark_unknown(mark, unknown);
                }
            }
            (target @ Value::Null, Value::Map(_) | Value::List(_)) if shape.any_true() => *target = Value::Unknown(unknown.clone()),
            _ => {}
        }
    }

    /// The value without the place around it.
    pub fn plain(&self) -> &Self {
        let mut value = self;
        while let Self::At(located) = value {
            value = &located.value;
        }
        value
    }

    fn any_true(&self) -> bool {
        match self {
            Self::Bool(mark) => *mark,
            Self::List(items) => items.iter().any(Self::any_true),
            Self::Map(entries) => entries.values().any(Self::any_true),
            Self::Null | Self::Number(_) | Self::String(_) | Self::Unknown(_) => false,
            Self::At(located) => located.value.any_true(),
        }
    }
}

/// One place in a tree: a value, or the absence of one, with its name and its locus.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    value: Option<&'a Value>,
    at: &'a Locus,
    name: &'a str,
}

impl<'a> Node<'a> {
    /// The root of a tree; `at` is the place of everything in it that has no place of its own.
    pub fn root(value: &'a Value, at: &'a Locus) -> Self {
        Self::new(Some(value), at, "the object")
    }

    fn new(value: Option<&'a Value>, at: &'a Locus, name: &'a str) -> Self {
        let (mut value, mut at) = (value, at);
        while let Some(Value::At(located)) = value {
            value = Some(&located.value);
            at = &located.at;
        }
        Self { value, at, name }
    }

    /// The attribute or block of this name. What is not known as a whole is not known in its parts.
    #[must_use]
    pub fn get(self, name: &'a str) -> Self {
        match self.value {
            Some(Value::Map(map)) => Self::new(map.get(name), self.at, name),
            Some(Value::Unknown(_)) => Self { name, ..self },
            _ => Self::new(None, self.at, name),
        }
    }

    /// The first of these attributes that is there and not null, else the first one.
    #[must_use]
    pub fn first(self, names: &[&'a str]) -> Self {
        let found = names.iter().map(|name| self.get(name)).find(|node| !node.is_null());
        found.unwrap_or_else(|| self.get(names.first().copied().unwrap_or_default()))
    }

    /// Absent or `null`.
    pub fn is_null(self) -> bool {
        matches!(self.value, None | Some(Value::Null))
    }

    /// Absent, as opposed to `null`.
    pub fn is_absent(self) -> bool {
        self.value.is_none()
    }

    /// Reads a fact that is seen where this node is.
    pub fn fact<T>(self, read: impl FnOnce(Self) -> Result<T, Gap>) -> Fact<T> {
        match read(self) {
            Ok(value) => Fact::known_at(value, self.at.clone()),
            Err(gap) => Fact::Gap(gap),
        }
    }

    /// What `null` may mean here: the setting is not there. Only for attributes whose absence says so.
    ///
    /// # Errors
    /// The gap of `read`, when something is there.
    pub fn maybe<T>(self, read: impl FnOnce(Self) -> Result<T, Gap>) -> Result<Option<T>, Gap> {
        if self.is_null() { Ok(None) } else { read(self).map(Some) }
    }

    /// A string.
    ///
    /// # Errors
    /// A gap when it is null, unknown, redacted or not a string.
    pub fn string(self) -> Result<String, Gap> {
        match self.seen()? {
            Value::String(text) if text.contains(redact::PLACEHOLDER) => {
                Err(self.gap(Cause::Unreadable, "is marked sensitive or repeats a secret, and is not shown"))
            }
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(bool) => Ok(bool.to_string()),
            _ => Err(self.wrong("a string")),
        }
    }

    /// A string in which the empty one means that there is none.
    ///
    /// # Errors
    /// As [`Node::string`].
    pub fn optional_string(self) -> Result<Option<String>, Gap> {
        Ok(Some(self.string()?).filter(|text| !text.is_empty()))
    }

    /// A string that says something.
    ///
    /// # Errors
    /// As [`Node::string`], and when it is empty.
    pub fn filled(self) -> Result<String, Gap> {
        self.optional_string()?.ok_or_else(|| self.gap(Cause::Null, "is empty: not known"))
    }

    /// A boolean; format 3 spells it `"true"`.
    ///
    /// # Errors
    /// A gap when it is null, unknown, redacted or something else.
    pub fn boolean(self) -> Result<bool, Gap> {
        match self.seen()? {
            Value::Bool(bool) => Ok(*bool),
            Value::String(text) if text == "true" || text == "1" => Ok(true),
            Value::String(text) if text == "false" || text == "0" => Ok(false),
            _ => Err(self.wrong("true or false")),
        }
    }

    /// A whole number; format 3 spells it `"7"`.
    ///
    /// # Errors
    /// A gap when it is null, unknown, redacted or something else.
    pub fn integer(self) -> Result<i64, Gap> {
        let number = match self.seen()? {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.wrong("a whole number"))
    }

    /// A whole number that is not negative and fits the type asked for.
    ///
    /// # Errors
    /// As [`Node::integer`], and when it does not fit.
    pub fn count<T: TryFrom<i64>>(self) -> Result<T, Gap> {
        T::try_from(self.integer()?).map_err(|_| self.wrong("a number in the range that AWS allows"))
    }

    /// The items of a list, or the one map that stands for a list of one.
    ///
    /// # Errors
    /// A gap when it is null, unknown or no list.
    pub fn items(self) -> Result<Vec<Node<'a>>, Gap> {
        match self.seen()? {
            Value::List(list) => Ok(list.iter().map(|item| Self::new(Some(item), self.at, self.name)).collect()),
            map @ Value::Map(_) => Ok(vec![Self::new(Some(map), self.at, self.name)]),
            _ => Err(self.wrong("a list")),
        }
    }

    /// The one block of this name; `None` where the provider wrote that there is none (`[]`).
    ///
    /// # Errors
    /// As [`Node::items`].
    pub fn block(self) -> Result<Option<Node<'a>>, Gap> {
        Ok(self.items()?.into_iter().next())
    }

    /// The items, where `null` means that there are none. Only for blocks that exactly one writer fills.
    ///
    /// # Errors
    /// As [`Node::items`], except for null.
    pub fn items_or_none(self) -> Result<Vec<Node<'a>>, Gap> {
        Ok(self.maybe(Self::items)?.unwrap_or_default())
    }

    /// The block, where `null` means that there is none. Only for blocks inside a block that is there.
    ///
    /// # Errors
    /// As [`Node::items`], except for null.
    pub fn block_or_none(self) -> Result<Option<Node<'a>>, Gap> {
        Ok(self.items_or_none()?.into_iter().next())
    }

    /// A set of strings.
    ///
    /// # Errors
    /// A gap when it, or an item of it, cannot be read.
    pub fn strings(self) -> Result<BTreeSet<String>, Gap> {
        self.items()?.into_iter().map(Node::string).collect()
    }

    /// A map of strings, as tags are. Redacted values stay as placeholders: one secret tag does not hide the others.
    ///
    /// # Errors
    /// A gap when it, or an entry of it, cannot be read.
    pub fn string_map(self) -> Result<BTreeMap<String, String>, Gap> {
        let Value::Map(map) = self.seen()? else { return Err(self.wrong("a map")) };
        let text = |key: &'a String, value: &'a Value| match Self::new(Some(value), self.at, key) {
            Node { value: Some(Value::String(text)), .. } => Ok(text.clone()),
            node => node.string(),
        };
        map.iter().map(|(key, value)| Ok((key.clone(), text(key, value)?))).collect()
    }

    fn seen(self) -> Result<&'a Value, Gap> {
        match self.value {
            None | Some(Value::Null) if matches!(self.at, Locus::Code { .. }) => Err(self.gap(Cause::Null, "is not set in the code")),
            None => Err(self.gap(Cause::Null, "is not recorded: refresh the state, or read it live")),
            Some(Value::Null) => Err(self.gap(Cause::Null, "is null, which is not known and not zero: refresh the state, or read it live")),
            Some(Value::Unknown(gap)) => Err(gap.clone()),
            Some(Value::String(text)) if text == redact::PLACEHOLDER => {
                Err(self.gap(Cause::Unreadable, "is marked sensitive, and is not shown"))
            }
            Some(value) => Ok(value),
        }
    }

    /// A gap about this attribute.
    pub fn gap(self, cause: Cause, what: &str) -> Gap {
        Gap::new(cause, format!("`{}` of {} {what}", self.name, self.at))
    }

    fn wrong(self, wanted: &str) -> Gap {
        self.gap(Cause::Unreadable, &format!("is not {wanted}: does the provider version write it in another form?"))
    }
}

/// A JSON number such as `7.0` that stands for a whole one.
fn whole(number: f64) -> Option<i64> {
    let exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    exact.then(|| format!("{number:.0}").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Locus {
        Locus::State { file: "s".into(), address: "a.b".into() }
    }

    fn tree(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn null_is_a_gap_and_zero_is_not() {
        let (value, at) = (tree(r#"{"a": null, "b": 0, "c": "7", "d": 7.0, "e": "true", "f": []}"#), at());
        let node = Node::root(&value, &at);
        assert_eq!(node.get("a").integer().unwrap_err().cause, Cause::Null);
        assert_eq!(node.get("absent").integer().unwrap_err().cause, Cause::Null);
        assert_eq!(node.get("b").integer(), Ok(0));
        assert_eq!(node.get("c").count::<u32>(), Ok(7));
        assert_eq!(node.get("d").count::<u32>(), Ok(7));
        assert_eq!(node.get("e").boolean(), Ok(true));
        assert!(node.get("f").block().unwrap().is_none());
        assert_eq!(node.get("c").boolean().unwrap_err().cause, Cause::Unreadable);
    }

    #[test]
    fn a_value_with_its_own_place_is_seen_there() {
        let line = Locus::Code { file: "db.tf".into(), line: 12, column: 3, from: None };
        let located = Value::At(Box::new(Located { at: line.clone(), value: Value::Bool(true) }));
        let (value, at) = (Value::Map(BTreeMap::from([("multi_az".to_owned(), located)])), at());
        let fact = Node::root(&value, &at).get("multi_az").fact(Node::boolean);
        assert_eq!(fact, Fact::known_at(true, line));
    }

    #[test]
    fn what_is_computed_at_apply_is_not_known() {
        let mut value = tree(r#"{"a": 1, "b": [{"c": null}]}"#);
        let gap = Gap::new(Cause::ComputedAtApply, "later");
        value.mark_unknown(&tree(r#"{"arn": true, "b": [{"c": true}], "a": false}"#), &gap);
        let at = at();
        let node = Node::root(&value, &at);
        assert_eq!(node.get("arn").string().unwrap_err(), gap);
        assert_eq!(node.get("b").block().unwrap().unwrap().get("c").string().unwrap_err(), gap);
        assert_eq!(node.get("a").integer(), Ok(1));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = "[".repeat(5000) + &"]".repeat(5000);
        assert!(serde_json::from_str::<Value>(&deep).is_err());
    }
}
