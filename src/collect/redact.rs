//! Secrets never pass this door.
//!
//! Five methods, all of them always: (a) what Terraform marks sensitive, (b) attributes named like a secret or known to be
//! one, (c) the same inside JSON that travels in a string and in `name`/`value` pairs, (d) text that looks like a
//! credential, (e) every repetition of a value found by the first three. Nothing here prints, keeps or returns a secret.

mod names;
mod patterns;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use super::terraform::value::Value;

pub use names::is_secret_name;
pub(crate) use names::{may_hold_secrets, secret_attributes};
pub use patterns::redact_text;

pub use crate::estate::REDACTED as PLACEHOLDER;

/// Bytes by which a secret is looked up in a text.
const PREFIX: usize = 8;

/// Bits of the sieve: with a thousand secrets, one place of a text in a thousand is looked at twice.
const SIEVE_BITS: u32 = 20;

/// Attributes that hold words of AWS's own: a password `aurora-postgresql` must not blank the engine.
const VOCABULARY: &[&str] = &[
    "algorithm",
    "availability_zone",
    "availability_zones",
    "comparison_operator",
    "engine",
    "engine_mode",
    "engine_version",
    "family",
    "instance_class",
    "ip_protocol",
    "load_balancer_type",
    "mode",
    "protocol",
    "region",
    "scope",
    "snapshot_type",
    "sse_algorithm",
    "status",
    "storage_class",
    "storage_type",
    "type",
    "vendor_name",
];

/// Which parts of an object Terraform marks sensitive.
#[derive(Clone, Debug, Default)]
pub(crate) enum Marks {
    /// Nothing is marked.
    #[default]
    None,
    /// Paths, as a state's `sensitive_attributes` lists them.
    Paths(Vec<Vec<Step>>),
    /// The shape of the object with `true` at sensitive leaves, as `show -json` prints.
    Shape(Value),
}

/// A step of a sensitive path.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Into an attribute or a map key.
    Key(String),
    /// Into a list.
    Index(usize),
    /// Into something that has no index, such as an element of a set: all of it is meant.
    All,
}

/// Knows the secrets of one or more sources, and removes their repetitions.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Secrets strong enough to be looked for inside other text, by their first bytes.
    inside: HashMap<[u8; PREFIX], BTreeSet<String>>,
    /// A bit for every prefix in `inside`, so that nearly every place of a text is ruled out without a lookup; empty at first.
    sieve: Vec<u64>,
    /// Secrets that are replaced only where they are the whole value.
    whole: HashSet<String>,
    /// One of `whole` is spelled otherwise in JSON.
    spelled: bool,
}

/// Where the bit of a prefix is: word and bit.
fn sieve_place(prefix: [u8; PREFIX]) -> (usize, u64) {
    // The golden ratio spreads nearby prefixes; see Knuth, The Art of Computer Programming 6.4.
    let hash = u64::from_le_bytes(prefix).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SIEVE_BITS);
    (usize::try_from(hash >> 6).unwrap_or(0), 1 << (hash & 63))
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inside: usize = self.inside.values().map(BTreeSet::len).sum();
        write!(f, "Redactor({} secrets)", inside + self.whole.len())
    }
}

impl Redactor {
    /// Learns a secret, so that its repetitions go too.
    ///
    /// A plain word is not looked for elsewhere: the password `postgres` must not blank an engine of that name.
    pub fn learn(&mut self, secret: &str) {
        match strength(secret) {
            Strength::Strong => {
                self.learn_inside(secret);
                // As JSON in a string spells it.
                let spelled = serde_json::to_string(secret).unwrap_or_default();
                if let Some(spelled) = spelled.get(1..spelled.len().saturating_sub(1)).filter(|spelled| *spelled != secret) {
                    self.learn_inside(spelled);
                }
            }
            Strength::Whole => {
                self.spelled |= secret.contains(['"', '\\']) || secret.contains(char::is_control);
                self.whole.insert(secret.to_owned());
            }
            Strength::Word => {}
        }
    }

    fn learn_inside(&mut self, secret: &str) {
        let Some(prefix) = secret.as_bytes().first_chunk::<PREFIX>() else { return };
        self.sieve.resize(1 << (SIEVE_BITS - 6), 0);
        let (word, bit) = sieve_place(*prefix);
        self.sieve[word] |= bit;
        let known = self.inside.entry(*prefix).or_default();
        if !known.contains(secret) {
            known.insert(secret.to_owned());
        }
    }

    /// Learns what another redactor knows.
    pub fn absorb(&mut self, other: &Redactor) {
        other.inside.values().flatten().for_each(|secret| self.learn_inside(secret));
        self.whole.extend(other.whole.iter().cloned());
        self.spelled |= other.spelled;
    }

    /// Whether no secret was learnt.
    pub fn is_empty(&self) -> bool {
        self.inside.is_empty() && self.whole.is_empty()
    }

    /// A text without learnt secrets and without what looks like a credential.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.whole.contains(text) {
            return Cow::Borrowed(PLACEHOLDER);
        }
        match self.without_repetitions(text) {
            Some(clean) => Cow::Owned(redact_text(&clean).into_owned()),
            None => redact_text(text),
        }
    }

    /// The text without learnt secrets; `None` when it holds none.
    fn without_repetitions(&self, text: &str) -> Option<String> {
        if self.inside.is_empty() {
            return None;
        }
        let mut out = String::new();
        let (mut kept, mut at) = (0, 0);
        while let Some(prefix) = text.as_bytes().get(at..).and_then(<[u8]>::first_chunk::<PREFIX>) {
            let (word, bit) = sieve_place(*prefix);
            if self.sieve.get(word).is_none_or(|bits| bits & bit == 0) {
                at += 1;
                continue;
            }
            let longest = self.inside.get(prefix).and_then(|secrets| {
                let here = |secret: &&String| text.as_bytes()[at..].starts_with(secret.as_bytes());
                secrets.iter().filter(here).map(String::len).max()
            });
            let Some(length) = longest else {
                at += 1;
                continue;
            };
            out.push_str(&text[kept..at]);
            out.push_str(PLACEHOLDER);
            at += length;
            kept = at;
        }
        (kept > 0).then(|| out + &text[kept..])
    }

    /// Whether JSON text repeats a learnt secret, as a whole string or inside one.
    pub(crate) fn repeats(&self, json: &str) -> bool {
        let whole = || json.split('"').any(|text| self.whole.contains(text));
        (!self.whole.is_empty() && (self.spelled || whole())) || self.without_repetitions(json).is_some()
    }

    /// Learns the secrets of an object and blanks them where they stand: methods (a), (b) and (c).
    pub(crate) fn seal(&mut self, value: &mut Value, resource_type: &str, marks: &Marks) {
        match marks {
            Marks::None => {}
            Marks::Paths(paths) => paths.iter().for_each(|path| self.blank_path(value, path)),
            Marks::Shape(shape) => self.blank_shape(value, shape),
        }
        for attribute in secret_attributes(resource_type) {
            if let Value::Map(map) = &mut *value
                && let Some(secret) = map.get_mut(*attribute)
            {
                self.blank(secret);
            }
        }
        self.seal_names(value);
    }

    /// Blanks every leaf of a value and learns it.
    pub(crate) fn blank(&mut self, value: &mut Value) {
        match value {
            Value::Null | Value::Unknown(_) => {}
            Value::String(text) if text.is_empty() => {}
            Value::String(text) => {
                self.learn(text);
                if let Some(mut inner) = json_inside(text) {
                    self.blank(&mut inner);
                }
                *value = placeholder();
            }
            Value::Number(number) => {
                self.learn(&number.to_string());
                *value = placeholder();
            }
            Value::Bool(_) => *value = placeholder(),
            Value::List(items) => items.iter_mut().for_each(|item| self.blank(item)),
            Value::Map(map) => map.values_mut().for_each(|item| self.blank(item)),
            Value::At(located) => self.blank(&mut located.value),
        }
    }

    fn blank_path(&mut self, value: &mut Value, path: &[Step]) {
        let Some((step, rest)) = path.split_first() else { return self.blank(value) };
        match (step, value) {
            (_, Value::At(located)) => self.blank_path(&mut located.value, path),
            (Step::Key(key), Value::Map(map)) => {
                if let Some(inner) = map.get_mut(key) {
                    self.blank_path(inner, rest);
                }
            }
            (Step::Index(index), Value::List(list)) => {
                if let Some(inner) = list.get_mut(*index) {
                    self.blank_path(inner, rest);
                }
            }
            (Step::Key(_) | Step::Index(_) | Step::All, value) => self.blank(value),
        }
    }

    fn blank_shape(&mut self, value: &mut Value, shape: &Value) {
        match (value, shape) {
            (value, Value::Bool(true)) => self.blank(value),
            (Value::Map(map), Value::Map(marks)) => {
                for (key, mark) in marks {
                    if let Some(inner) = map.get_mut(key) {
                        self.blank_shape(inner, mark);
                    }
                }
            }
            (Value::List(list), Value::List(marks)) => {
                for (inner, mark) in list.iter_mut().zip(marks) {
                    self.blank_shape(inner, mark);
                }
            }
            _ => {}
        }
    }

    /// Blanks by name at every depth, in JSON strings too; returns nothing, since it changes in place.
    pub(crate) fn seal_names(&mut self, value: &mut Value) {
        match value {
            Value::Map(map) => self.seal_map(map),
            Value::List(items) => items.iter_mut().for_each(|item| self.seal_names(item)),
            Value::String(text) => {
                if let Some(mut inner) = json_inside(text) {
                    let before = inner.clone();
                    self.seal_names(&mut inner);
                    if inner != before {
                        *text = to_json(&inner).to_string();
                    }
                }
            }
            Value::At(located) => self.seal_names(&mut located.value),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unknown(_) => {}
        }
    }

    fn seal_map(&mut self, map: &mut BTreeMap<String, Value>) {
        for (key, value) in map.iter_mut() {
            let flag = matches!(value.plain(), Value::Bool(_));
            if is_secret_name(key) && !flag { self.blank(value) } else { self.seal_names(value) }
        }
        let named = ["name", "key", "Name", "Key"].iter().any(|label| {
            let text = map.get(*label).map(Value::plain);
            matches!(text, Some(Value::String(text)) if is_secret_name(text))
        });
        if named {
            for label in ["value", "Value"] {
                if let Some(value) = map.get_mut(label) {
                    self.blank(value);
                }
            }
        }
    }

    /// Removes repetitions and credentials from every string of a value: methods (d) and (e).
    pub(crate) fn cleanse(&self, value: &mut Value) {
        match value {
            Value::Map(map) => {
                for (key, value) in map.iter_mut() {
                    if is_free(key) {
                        self.cleanse_all(value);
                    } else if !(is_vocabulary(key) && matches!(value.plain(), Value::String(_))) {
                        self.cleanse(value);
                    }
                }
                self.cleanse_keys(map);
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.cleanse(item)),
            Value::String(text) => {
                let clean = self.text(text);
                if clean != text.as_str() {
                    *text = clean.into_owned();
                }
            }
            Value::At(located) => self.cleanse(&mut located.value),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Unknown(_) => {}
        }
    }

    /// As [`Redactor::cleanse`], in maps whose keys are the user's own: `type` is a word of AWS there no more.
    fn cleanse_all(&self, value: &mut Value) {
        match value {
            Value::Map(map) => {
                map.values_mut().for_each(|value| self.cleanse_all(value));
                self.cleanse_keys(map);
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.cleanse_all(item)),
            other => self.cleanse(other),
        }
    }

    fn cleanse_keys(&self, map: &mut BTreeMap<String, Value>) {
        let dirty: Vec<String> = map.keys().filter(|key| self.text(key) != key.as_str()).cloned().collect();
        for key in dirty {
            if let Some(value) = map.remove(&key) {
                map.insert(self.text(&key).into_owned(), value);
            }
        }
    }
}

/// Whether the entries of a map of this name are the user's own words.
pub(crate) fn is_free(key: &str) -> bool {
    key.starts_with("tag") || key == "variables" || key == "labels"
}

/// Whether an attribute of this name holds words of AWS's own.
pub(crate) fn is_vocabulary(key: &str) -> bool {
    VOCABULARY.contains(&key)
}

fn placeholder() -> Value {
    Value::String(PLACEHOLDER.to_owned())
}

/// JSON that travels in a string: policies, container definitions, secret strings.
fn json_inside(text: &str) -> Option<Value> {
    let begins = text.trim_start().starts_with(['{', '[']);
    begins.then(|| serde_json::from_str(text).ok()).flatten()
}

/// The tree as JSON text again. What is not known cannot come out of JSON text, so it needs no spelling.
fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::Unknown(_) => serde_json::Value::Null,
        Value::Bool(bool) => (*bool).into(),
        Value::Number(number) => number.clone().into(),
        Value::String(text) => text.clone().into(),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), to_json(value))).collect::<serde_json::Map<_, _>>().into(),
        Value::At(located) => to_json(&located.value),
    }
}

/// How far a secret may be looked for.
enum Strength {
    /// Anywhere, also inside other text.
    Strong,
    /// Only as the whole of another value.
    Whole,
    /// Nowhere else: it is a plain word.
    Word,
}

fn strength(secret: &str) -> Strength {
    let has = |test: fn(char) -> bool| secret.chars().any(test);
    let (letter, digit) = (has(char::is_alphabetic), has(|c| c.is_ascii_digit()));
    let case = has(char::is_lowercase) && secret.chars().skip(1).any(char::is_uppercase);
    let mark = has(|c| !c.is_alphanumeric() && !"-_. ".contains(c));
    let mixed = letter && (digit || case || mark);
    let dashed = letter && has(|c| "-_. ".contains(c));
    match secret.len() {
        10.. if mixed => Strength::Strong,
        16.. if dashed => Strength::Strong,
        20.. => Strength::Strong,
        8.. if mixed => Strength::Whole,
        _ => Strength::Word,
    }
}
