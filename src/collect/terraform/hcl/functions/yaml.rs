//! `yamldecode`: one document, plain scalars read as Terraform reads them: YAML 1.2's numbers, YAML 1.1's booleans and times.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, Tag};

use super::args::{Answer, Call, Entries, MOST, Stop, room_for};
use crate::collect::terraform::hcl::value::{Number, Val, ValKind};

/// How deep a document may nest.
const DEEPEST: usize = 100;

pub(super) fn yamldecode(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    room_for(text.len())?;
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut composer = Composer::default();
    for event in Parser::new_from_str_with_options(&text, options) {
        let (event, _) = event.map_err(|error| format!("this is not YAML: {}", error.info()))?;
        composer.event(event)?;
    }
    composer.root.map(|node| node.value).ok_or_else(|| "the document is empty".into())
}

/// A value, how many values it holds, and whether it is the key `<<`.
#[derive(Clone)]
struct Node {
    value: Val,
    size: usize,
    merges: bool,
}

enum Open {
    List { items: Vec<Val>, anchor: usize, size: usize },
    Map { entries: Entries, merged: Vec<Val>, key: Option<Key>, anchor: usize, size: usize },
}

enum Key {
    Name(Arc<str>),
    Merge,
}

#[derive(Default)]
struct Composer {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    root: Option<Node>,
    total: usize,
}

impl Composer {
    fn event(&mut self, event: Event<'_>) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(..) if self.root.is_some() => return Err("only one document is allowed".into()),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned().ok_or("an alias refers to the value it stands in")?;
                self.count(node.size)?;
                self.add(node, 0)?;
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1)?;
                let plain = style == ScalarStyle::Plain;
                let merges = plain && tag.is_none() && text == "<<";
                let value = scalar(&text, plain, tag.as_deref())?;
                self.add(Node { value, size: 1, merges }, anchor)?;
            }
            Event::SequenceStart(_, anchor, _) => {
                self.start(Open::List { items: Vec::new(), anchor, size: 1 })?;
            }
            Event::MappingStart(_, anchor, _) => {
                self.start(Open::Map { entries: Entries::new(), merged: Vec::new(), key: None, anchor, size: 1 })?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, size: usize) -> Result<(), Stop> {
        self.total = self.total.saturating_add(size);
        if self.total > MOST { Err(format!("the document has more than {MOST} values").into()) } else { Ok(()) }
    }

    fn start(&mut self, open: Open) -> Result<(), Stop> {
        self.count(1)?;
        if self.open.len() >= DEEPEST {
            return Err("the document nests too deep".into());
        }
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Stop> {
        let (value, size, anchor) = match self.open.pop() {
            Some(Open::List { items, anchor, size }) => (Val::from(items), size, anchor),
            Some(Open::Map { mut entries, merged, anchor, size, .. }) => {
                for from in merged {
                    merge(&mut entries, &from)?;
                }
                (Val::from(entries), size, anchor)
            }
            None => return Ok(()),
        };
        self.add(Node { value, size, merges: false }, anchor)
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node, anchor: usize) -> Result<(), Stop> {
        if anchor > 0 {
            self.count(node.size)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, size, .. }) => {
                *size = size.saturating_add(node.size);
                items.push(node.value);
            }
            Some(Open::Map { entries, merged, key, size, .. }) => {
                *size = size.saturating_add(node.size);
                match key.take() {
                    None if node.merges => *key = Some(Key::Merge),
                    None => *key = Some(Key::Name(super::args::text(&node.value)?)),
                    Some(Key::Merge) => merged.push(node.value),
                    // Of equal keys, the last wins.
                    Some(Key::Name(name)) => drop(entries.insert(name, node.value)),
                }
            }
        }
        Ok(())
    }
}

/// Adds the entries of a mapping, or of each of a list of mappings, that are not there yet.
fn merge(entries: &mut Entries, from: &Val) -> Result<(), Stop> {
    match &from.kind {
        ValKind::Map(more) => more.iter().for_each(|(key, value)| {
            entries.entry(key.clone()).or_insert_with(|| value.clone());
        }),
        ValKind::List(maps) if maps.iter().all(|map| matches!(map.kind, ValKind::Map(_))) => {
            maps.iter().try_for_each(|map| merge(entries, map))?;
        }
        _ => return Err("a merge key needs a mapping or a list of mappings".into()),
    }
    Ok(())
}

fn scalar(text: &str, plain: bool, tag: Option<&Tag>) -> Answer {
    if !plain {
        // Tags do not change what stands in quotes.
        return Ok(text.into());
    }
    let name = tag.map(|tag| format!("{}{}", tag.handle(), tag.suffix()));
    match name.as_deref().map(|name| name.rsplit([':', '!']).next().unwrap_or_default()) {
        Some("str") | Some("") => Ok(text.into()),
        Some("int" | "float") => number(text).map(|number| ValKind::Number(number).into()).ok_or_else(|| "this is no number".into()),
        Some("bool") => core(text).filter(|value| matches!(value.kind, ValKind::Bool(_))).ok_or_else(|| "this is no boolean".into()),
        Some("null") => Ok(Val::null()),
        Some("binary" | "timestamp") => Ok(text.into()),
        Some(_) => Err("this tag is not supported".into()),
        None if is_infinite(text) => Err("infinity cannot be represented".into()),
        None => Ok(core(text).unwrap_or_else(|| text.into())),
    }
}

/// What a plain scalar is, if it is no string.
fn core(text: &str) -> Option<Val> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Val::null()),
        "true" | "True" | "TRUE" | "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true.into()),
        "false" | "False" | "FALSE" | "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false.into()),
        _ => number(text).map(|number| ValKind::Number(number).into()).or_else(|| super::time::normalised(text).map(Val::from)),
    }
}

fn is_infinite(text: &str) -> bool {
    matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
}

fn number(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            let value = i128::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with(['+', '-']))?;
            return Some(Number::Int(if negative { -value } else { value }));
        }
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    Number::parse(text)
}
