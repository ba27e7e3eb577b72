//! Reads the tree into the schema's types, by serde, and keeps the place of every mistake. A mistake is taken out of the tree
//! and reading starts again, so that one run shows all of them.

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::error::Problem;
use super::mistake::Mistake;
use super::tree::{Key, MOST_PROBLEMS, Node, NodeKind};

/// Keys that every promise may carry beside its own.
pub(super) const COMMON: &[&str] = &["line", "severity", "gate", "select"];

/// Newtype names by which the schema's wrappers ask for more than serde offers.
pub(super) const AT: &str = "$at";
pub(super) const MANY: &str = "$many";
pub(super) const PROMISED: &str = "$promised";
pub(super) const YES_OR: &str = "$yes-or";
/// Followed by the key that a bare value stands for.
pub(super) const SHORT: &str = "$short:";

/// Reads a tree; what cannot be read is reported and left out. `None` when nothing usable is left.
pub(super) fn read<T: DeserializeOwned>(root: &mut Node) -> (Option<T>, Vec<Problem>) {
    let mut problems = Vec::new();
    while problems.len() < MOST_PROBLEMS {
        match T::deserialize(Reader { node: root, part: Part::All }) {
            Ok(value) => return (Some(value), problems),
            Err(mistake) => {
                if !mistake.is_echo() {
                    problems.push(mistake.problem());
                }
                if !mistake.culprit().is_some_and(|culprit| root.remove(culprit)) {
                    return (None, problems);
                }
            }
        }
    }
    (None, problems)
}

/// Which entries of a mapping are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    All,
    /// Those that every promise may carry.
    Common,
    /// The others.
    Own,
}

impl Part {
    fn admits(self, key: &str) -> bool {
        match self {
            Self::All => true,
            Self::Common => COMMON.contains(&key),
            Self::Own => !COMMON.contains(&key),
        }
    }
}

/// A value of the tree as serde sees it.
#[derive(Clone, Copy)]
struct Reader<'n> {
    node: &'n Node,
    part: Part,
}

impl<'n> Reader<'n> {
    fn all(node: &'n Node) -> Self {
        Self { node, part: Part::All }
    }

    fn entries(self) -> Option<impl Iterator<Item = &'n (Key, Node)>> {
        match &self.node.kind {
            NodeKind::Map(entries) => Some(entries.iter().filter(move |(key, _)| self.part.admits(&key.text))),
            NodeKind::Scalar(..) | NodeKind::List(_) => None,
        }
    }

    fn expected(self, what: &str) -> Mistake {
        let mistake = Mistake::text(format!("expected {what}, found {}", self.node.describe()));
        if self.node.is_null() { mistake.help("give a value, or remove the key") } else { mistake }.or_at(self.node)
    }

    fn scalar(self, what: &str) -> Result<&'n str, Mistake> {
        match &self.node.kind {
            NodeKind::Scalar(text, _) if !self.node.is_null() => Ok(text),
            _ => Err(self.expected(what)),
        }
    }

    fn number<T: std::str::FromStr>(self) -> Result<T, Mistake> {
        let text = self.scalar("a whole number")?;
        text.parse().map_err(|_| self.expected("a whole number"))
    }

    fn map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        let Some(entries) = self.entries() else { return Err(self.expected("a mapping (`key: value`)")) };
        visitor.visit_map(Entries { map: self.node, entries, value: None }).map_err(|mistake| mistake.or_at(self.node))
    }

    /// One item where the value is no list.
    fn many<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.kind {
            NodeKind::List(items) => visitor.visit_seq(Items { items: items.iter() }),
            NodeKind::Scalar(..) | NodeKind::Map(_) => visitor.visit_seq(Items { items: std::slice::from_ref(self.node).iter() }),
        }
        .map_err(|mistake| mistake.or_at(self.node))
    }

    /// An empty mapping where the value is `true`.
    fn yes_or<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.kind {
            NodeKind::Map(_) => self.map(visitor),
            NodeKind::Scalar(text, _) if matches!(text.as_str(), "true" | "required") => {
                visitor.visit_map(Bare { key: None, node: self.node }).map_err(|mistake| mistake.or_at(self.node))
            }
            NodeKind::Scalar(text, _) if text == "false" => {
                Err(Mistake::text("a promise cannot be `false`").help("remove it, or write it under `planned`").or_at(self.node))
            }
            NodeKind::Scalar(..) | NodeKind::List(_) => Err(self.expected("true, or a mapping")),
        }
    }

    /// The place, the keys that every promise may carry, and the rest.
    fn promised<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_seq(Parts { reader: self, next: 0, split: true }).map_err(|mut mistake| {
            mistake.also_known(self.node, COMMON);
            mistake.or_at(self.node)
        })
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.kind {
            NodeKind::Scalar(text, _) if !self.node.is_null() => visitor.visit_str(text),
            NodeKind::Scalar(..) => visitor.visit_unit(),
            NodeKind::List(items) => visitor.visit_seq(Items { items: items.iter() }),
            NodeKind::Map(_) => self.map(visitor),
        }
        .map_err(|mistake| mistake.or_at(self.node))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.scalar("true or false")? {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(self.expected("true or false")),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_u32(self.number()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_str(self.scalar("text")?).map_err(|mistake: Mistake| mistake.or_at(self.node))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.node.is_null() {
            return Err(self.expected("a value"));
        }
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.kind {
            NodeKind::List(items) => visitor.visit_seq(Items { items: items.iter() }).map_err(|mistake| mistake.or_at(self.node)),
            NodeKind::Scalar(..) | NodeKind::Map(_) => Err(self.expected("a list (`- …`)")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.map(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, keys: &'static [&'static str], visitor: V) -> Result<V::Value, Mistake> {
        if self.entries().is_none() {
            let mistake = self.expected("a mapping");
            return Err(if keys.is_empty() { mistake } else { mistake.help(format!("keys here: {}", keys.join(", "))) });
        }
        self.map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        match name {
            AT => visitor.visit_seq(Parts { reader: self, next: 0, split: false }).map_err(|mistake| mistake.or_at(self.node)),
            MANY if self.node.is_null() => Err(self.expected("a value or a list")),
            MANY => self.many(visitor),
            PROMISED => self.promised(visitor),
            YES_OR => self.yes_or(visitor),
            _ => match (name.strip_prefix(SHORT), &self.node.kind) {
                (None, _) => visitor.visit_newtype_struct(self),
                (Some(_), NodeKind::Map(_)) => self.map(visitor),
                (Some(_), _) if self.node.is_null() => Err(self.expected("a value")),
                (Some(key), _) => visitor.visit_map(Bare { key: Some(key), node: self.node }),
            },
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, words: &'static [&'static str], visitor: V) -> Result<V::Value, Mistake> {
        let Some(mut entries) = self.entries() else {
            let text = self.scalar(&format!("one of {}", words.join(", ")))?;
            return visitor.visit_enum(Word { text }).map_err(|mistake| mistake.or_at(self.node));
        };
        let Some(first) = entries.next() else {
            return Err(Mistake::no_choice(words).or_at(self.node));
        };
        let all: Vec<&(Key, Node)> = std::iter::once(first).chain(entries).collect();
        if let Some((key, _)) = all.iter().find(|(key, _)| !words.contains(&key.text.as_str())) {
            return Err(Mistake::unknown_key(&key.text, words).or_at_key(key, self.node));
        }
        if let [_, (second, _), ..] = all.as_slice() {
            let message = format!("`{}` and `{}` are two promises in one entry", first.0.text, second.text);
            return Err(Mistake::text(message).help("write an entry of its own for each").or_at_key(second, self.node));
        }
        visitor.visit_enum(Choice { entry: first, map: self.node }).map_err(|mistake| mistake.or_at(self.node))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

struct Items<'n> {
    items: std::slice::Iter<'n, Node>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        self.items.next().map(|node| seed.deserialize(Reader::all(node))).transpose()
    }
}

struct Entries<'n, I> {
    map: &'n Node,
    entries: I,
    value: Option<&'n Node>,
}

impl<'de, 'n, I: Iterator<Item = &'n (Key, Node)>> MapAccess<'de> for Entries<'n, I> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        let reader: StrDeserializer<'_, Mistake> = key.text.as_str().into_deserializer();
        seed.deserialize(reader).map(Some).map_err(|mistake| mistake.or_at_key(key, self.map))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        match self.value.take() {
            Some(value) => seed.deserialize(Reader::all(value)),
            None => Err(Mistake::text("a value was asked for before its key")),
        }
    }
}

/// A bare value as the mapping that it stands for.
struct Bare<'n> {
    key: Option<&'static str>,
    node: &'n Node,
}

impl<'de> MapAccess<'de> for Bare<'_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let Some(key) = self.key.take() else { return Ok(None) };
        let reader: StrDeserializer<'_, Mistake> = key.into_deserializer();
        seed.deserialize(reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mistake> {
        seed.deserialize(Reader::all(self.node))
    }
}

/// Line and column, then the value: whole, or split into what every promise may carry and the rest.
struct Parts<'n> {
    reader: Reader<'n>,
    next: u8,
    split: bool,
}

impl<'de> SeqAccess<'de> for Parts<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let node = self.reader.node;
        let is_map = matches!(node.kind, NodeKind::Map(_));
        self.next += 1;
        match (self.next, self.split) {
            (1, _) => seed.deserialize(node.span.line.into_deserializer()),
            (2, _) => seed.deserialize(node.span.column.into_deserializer()),
            (3, _) => seed.deserialize(node.width.into_deserializer()),
            (4, false) => seed.deserialize(self.reader),
            (4, true) if is_map => seed.deserialize(Reader { node, part: Part::Common }),
            (4, true) => seed.deserialize(de::value::MapDeserializer::<_, Mistake>::new(std::iter::empty::<(&str, &str)>())),
            (5, true) if is_map => seed.deserialize(Reader { node, part: Part::Own }),
            (5, true) => seed.deserialize(self.reader),
            _ => return Ok(None),
        }
        .map(Some)
    }
}

/// A word of an enum.
struct Word<'n> {
    text: &'n str,
}

impl<'de> EnumAccess<'de> for Word<'_> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Mistake> {
        let reader: StrDeserializer<'_, Mistake> = self.text.into_deserializer();
        Ok((seed.deserialize(reader)?, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'_> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Mistake> {
        Err(Mistake::text(format!("`{}` wants a value", self.text)).help(format!("write `{{ {}: … }}`", self.text)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Mistake> {
        Err(Mistake::text(format!("`{}` wants a value", self.text)))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Mistake> {
        Err(Mistake::text(format!("`{}` wants a value", self.text)))
    }
}

/// The one entry of a mapping that says which variant it is.
struct Choice<'n> {
    entry: &'n (Key, Node),
    map: &'n Node,
}

impl<'de> EnumAccess<'de> for Choice<'_> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Mistake> {
        let reader: StrDeserializer<'_, Mistake> = self.entry.0.text.as_str().into_deserializer();
        let variant = seed.deserialize(reader).map_err(|mistake: Mistake| mistake.or_at_key(&self.entry.0, self.map))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'_> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Err(Mistake::text(format!("expected the word `{}` alone, found a mapping", self.entry.0.text)))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Mistake> {
        seed.deserialize(Reader::all(&self.entry.1))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mistake> {
        Reader::all(&self.entry.1).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Mistake> {
        Reader::all(&self.entry.1).map(visitor)
    }
}
