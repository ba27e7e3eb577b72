//! JSON as Terraform writes and reads it.

use std::fmt::Write;

use super::args::{Answer, Call, Entries, MOST, Stop, first_unknown, room_for};
use crate::collect::terraform::hcl::value::{Number, Val, ValKind};

/// How deep a value may nest.
const DEEPEST: usize = 100;

pub(super) fn jsonencode(call: &Call<'_>) -> Answer {
    Ok(encode(&call.get(0))?.into())
}

/// A value as compact JSON, keys sorted, `<`, `>` and `&` escaped.
pub(super) fn encode(value: &Val) -> Result<String, Stop> {
    let mut out = String::new();
    write(value, &mut out, 0)?;
    Ok(out)
}

/// A string as JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(text, &mut out);
    out
}

fn write(value: &Val, out: &mut String, depth: usize) -> Result<(), Stop> {
    if depth > DEEPEST {
        return Err("the value nests too deep".into());
    }
    match &value.kind {
        ValKind::Null => out.push_str("null"),
        ValKind::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        ValKind::Number(number) => out.push_str(&number.to_string()),
        ValKind::String(text) => quote(text, out),
        ValKind::List(items) | ValKind::Set(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out, depth + 1)?;
            }
            out.push(']');
        }
        ValKind::Map(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                quote(key, out);
                out.push(':');
                write(value, out, depth + 1)?;
            }
            out.push('}');
        }
        ValKind::Resource(_) | ValKind::Unknown(_) => return Err(first_unknown(value).unwrap_or_else(|| "it is not known".into())),
    }
    room_for(out.len())
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' || matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') => {
                // Writing to a string does not fail.
                let _written = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

pub(super) fn jsondecode(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    room_for(text.len())?;
    let mut reader = serde_json::Deserializer::from_str(&text);
    let value: serde_json::Value =
        serde::Deserialize::deserialize(&mut reader).map_err(|error| Stop::from(format!("this is no JSON: {error}")))?;
    reader.end().map_err(|_| Stop::from("something follows the JSON value"))?;
    let mut left = MOST;
    from_json(value, &mut left)
}

fn from_json(value: serde_json::Value, left: &mut usize) -> Answer {
    use serde_json::Value;
    *left = left.checked_sub(1).ok_or_else(|| format!("the value has more than {MOST} elements"))?;
    Ok(match value {
        Value::Null => Val::null(),
        Value::Bool(yes) => yes.into(),
        Value::Number(number) => {
            let number = Number::parse(&number.to_string()).ok_or("a number cannot be represented")?;
            ValKind::Number(number).into()
        }
        Value::String(text) => text.into(),
        Value::Array(items) => Val::from(items.into_iter().map(|item| from_json(item, left)).collect::<Result<Vec<_>, _>>()?),
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| Ok((key.into(), from_json(value, left)?)));
            Val::from(entries.collect::<Result<Entries, Stop>>()?)
        }
    })
}
