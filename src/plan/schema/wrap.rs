//! Wrappers that every part of the language is made of: a value with its place, one or many, a bare value for a mapping, and
//! what every promise may carry.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{GateWord, SelectPart};
use crate::plan::reader::{AT, COMMON, MANY, PROMISED, YES_OR};
use crate::plan::{Severity, Span};

/// A value with its place.
#[derive(Clone, Debug)]
pub(in crate::plan) struct At<T> {
    pub(in crate::plan) value: T,
    pub(in crate::plan) span: Span,
    pub(in crate::plan) width: u32,
}

/// One value, or a list of them.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Many<T>(pub(in crate::plan) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A mapping for which one of its values may stand alone.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Short<T>(pub(in crate::plan) T);

/// Says which key a bare value stands for.
pub(in crate::plan) trait Shorthand {
    /// `$short:` and the key.
    const MARKER: &'static str;
}

/// What every promise may carry beside what it says.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct Common {
    /// The line of the document that makes the promise, from 1.
    #[schemars(range(min = 1), example = 19)]
    pub(in crate::plan) line: Option<At<u32>>,
    /// How bad a breach is, where the plan knows better than the rule.
    pub(in crate::plan) severity: Option<Severity>,
    /// `release`: judged only by `lastro audit --gate release`.
    pub(in crate::plan) gate: Option<GateWord>,
    /// Which resources this promise is about, instead of those of the group it stands in.
    pub(in crate::plan) select: Option<SelectPart>,
}

/// A promise: its place, what every promise may carry, and what it says.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Promised<T> {
    pub(in crate::plan) head: Head,
    pub(in crate::plan) says: T,
}

/// A promise without what it says.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Head {
    pub(in crate::plan) span: Span,
    pub(in crate::plan) width: u32,
    pub(in crate::plan) common: Common,
}

/// A promise that needs no more words: `true`, `required`, or `{}` beside a line.
#[derive(Clone, Copy, Debug)]
pub(in crate::plan) struct Yes;

/// A mapping, or `true` where nothing more needs to be said.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::plan) struct YesOr<T>(pub(in crate::plan) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for YesOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(YES_OR, VisitMap(PhantomData)).map(YesOr)
    }
}

/// Reads a type from a mapping, however the mapping came to be one.
struct VisitMap<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for VisitMap<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(serde::de::value::MapAccessDeserializer::new(map))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = At<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value with its place")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<At<T>, A::Error> {
                let (span, width) = place(&mut parts)?;
                Ok(At { value: part(&mut parts)?, span, width })
            }
        }

        deserializer.deserialize_newtype_struct(AT, Visit(PhantomData))
    }
}

fn part<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(parts: &mut A) -> Result<T, A::Error> {
    parts.next_element()?.ok_or_else(|| A::Error::custom("a part of the value is missing"))
}

fn place<'de, A: SeqAccess<'de>>(parts: &mut A) -> Result<(Span, u32), A::Error> {
    Ok((Span { line: part(parts)?, column: part(parts)? }, part(parts)?))
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Many<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = items.next_element()? {
                    all.push(item);
                }
                if all.is_empty() { Err(A::Error::invalid_length(0, &self)) } else { Ok(Many(all)) }
            }
        }

        deserializer.deserialize_newtype_struct(MANY, Visit(PhantomData))
    }
}

impl<'de, T: Deserialize<'de> + Shorthand> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(T::MARKER, VisitMap(PhantomData)).map(Short)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Promised<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Visit<T> {
            type Value = Promised<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a promise")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Promised<T>, A::Error> {
                let (span, width) = place(&mut parts)?;
                let common = part(&mut parts)?;
                Ok(Promised { head: Head { span, width, common }, says: part(&mut parts)? })
            }
        }

        deserializer.deserialize_newtype_struct(PROMISED, Visit(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Yes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;

        impl<'de> Visitor<'de> for Visit {
            type Value = Yes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Yes, E> {
                match word {
                    "true" | "required" => Ok(Yes),
                    "false" => Err(E::custom("a promise cannot be `false`: remove it, or write it under `planned`")),
                    _ => Err(E::custom(format!("expected true, found `{}`", crate::plan::tree::shorten(word)))),
                }
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Yes, E> {
                Err(E::custom("expected true, found nothing"))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Yes, A::Error> {
                match map.next_key::<String>()? {
                    None => Ok(Yes),
                    Some(key) => Err(A::Error::unknown_field(&key, &[])),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Yes, A::Error> {
                Err(A::Error::custom("expected true, found a list"))
            }
        }

        deserializer.deserialize_any(Visit)
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Many{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

impl<T: JsonSchema + Shorthand> JsonSchema for Short<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Short{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let full = T::json_schema(generator);
        let key = T::MARKER.rsplit(':').next().unwrap_or_default();
        let bare = full.get("properties").and_then(|all| all.get(key)).cloned().unwrap_or(Value::Bool(true));
        json_schema!({ "anyOf": [bare, full] })
    }
}

impl<T: JsonSchema> JsonSchema for YesOr<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("YesOr{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        // Written out, so that a promise can add its keys to it.
        let full = T::json_schema(generator);
        json_schema!({ "anyOf": [{ "enum": [true, "required"] }, full] })
    }
}

impl<T: JsonSchema> JsonSchema for Promised<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Promised{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Common>();
        let mut schema = T::json_schema(generator);
        admit(schema.ensure_object());
        schema
    }
}

/// Lets a schema of a mapping, or every branch that is one, carry what every promise may carry.
fn admit(schema: &mut Map<String, Value>) {
    for branches in ["oneOf", "anyOf"] {
        if let Some(Value::Array(branches)) = schema.get_mut(branches) {
            branches.iter_mut().filter_map(Value::as_object_mut).for_each(admit);
        }
    }
    let is_map = schema.get("type").is_some_and(|kind| kind == "object");
    if is_map && let Value::Object(properties) = schema.entry("properties").or_insert_with(|| Value::Object(Map::new())) {
        for key in COMMON {
            properties.insert((*key).to_owned(), serde_json::json!({ "$ref": format!("#/$defs/Common/properties/{key}") }));
        }
    }
}

impl JsonSchema for Yes {
    fn schema_name() -> Cow<'static, str> {
        "Yes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "enum": [true, "required"] }, { "type": "object", "additionalProperties": false }] })
    }
}
