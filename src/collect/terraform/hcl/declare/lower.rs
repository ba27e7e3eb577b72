//! From evaluated bodies to the tree that states use, each attribute with its line.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::identity::Identities;
use super::why::{has_origin, unknown, why};
use crate::collect::redact::{PLACEHOLDER, Redactor};
use crate::collect::terraform::hcl::instance::Evaluated;
use crate::collect::terraform::hcl::syntax::{Files, Pos};
use crate::collect::terraform::hcl::value::{Number, Origin, Val, ValKind};
use crate::collect::terraform::value::{Located, Value};
use crate::estate::{Cause, Gap, Locus};

/// Lowers the values of one root module, and learns what is sensitive among them.
pub(super) struct Lowering<'a> {
    pub(super) files: &'a Files,
    pub(super) ids: &'a Identities<'a>,
    pub(super) redactor: Redactor,
}

impl Lowering<'_> {
    /// A body as a map. `null` is left out: it means that the attribute is not set.
    pub(super) fn body(&mut self, body: &Evaluated) -> BTreeMap<String, Value> {
        let mut map = BTreeMap::new();
        for (name, (at, val)) in &body.attributes {
            if !val.is_null() {
                map.insert(name.to_string(), self.attribute(name, *at, val));
            }
        }
        for (name, blocks) in &body.blocks {
            let items = blocks.iter().map(|block| self.block(block)).collect();
            map.insert(name.to_string(), self.at(body.blocks_at(blocks), None, Value::List(items)));
        }
        for (name, (at, reason)) in &body.uncertain_blocks {
            let what = format!("how many `{name}` blocks there are ({})", self.files.line(*at));
            map.insert(name.to_string(), Value::Unknown(why(&what, reason)));
        }
        map
    }

    fn block(&mut self, block: &Evaluated) -> Value {
        let map = self.body(block);
        self.at(block.at, None, Value::Map(map))
    }

    /// One attribute, seen at its own line; where its value is written elsewhere, that is told too.
    pub(super) fn attribute(&mut self, name: &str, at: Pos, val: &Val) -> Value {
        let value = self.value(name, at, val);
        let locus = self.locus(at, &val.origin);
        Value::At(Box::new(Located { at: locus, value }))
    }

    /// The place of an attribute whose value comes from `origin`.
    pub(super) fn locus(&self, at: Pos, origin: &Origin) -> Locus {
        let from: Option<Arc<str>> = match origin {
            Origin::None => None,
            Origin::Code(from) => ((from.file, from.line) != (at.file, at.line)).then(|| self.files.line(*from).into()),
            Origin::Given(from) => Some(from.clone()),
            Origin::State { file, address } => Some(format!("{file} {address}").into()),
        };
        self.place(at, from)
    }

    /// A line of code.
    pub(super) fn place(&self, at: Pos, from: Option<Arc<str>>) -> Locus {
        Locus::Code { file: self.files.name(at.file), line: at.line, column: at.column, from }
    }

    fn at(&self, at: Pos, from: Option<Arc<str>>, value: Value) -> Value {
        Value::At(Box::new(Located { at: self.place(at, from), value }))
    }

    fn value(&mut self, name: &str, at: Pos, val: &Val) -> Value {
        if val.sensitive {
            self.learn(val);
            return Value::String(PLACEHOLDER.to_owned());
        }
        match &val.kind {
            ValKind::Null => Value::Null,
            ValKind::Bool(bool) => Value::Bool(*bool),
            ValKind::Number(number) => lower_number(*number),
            ValKind::String(text) => Value::String(text.to_string()),
            ValKind::List(items) | ValKind::Set(items) => Value::List(items.iter().map(|item| self.item(name, at, item)).collect()),
            ValKind::Map(entries) => Value::Map(entries.iter().map(|(key, item)| (key.to_string(), self.item(name, at, item))).collect()),
            ValKind::Resource(resource) => {
                let what = format!("`{name}` ({}) is {} as a whole", self.files.line(at), resource.address());
                Value::Unknown(Gap::new(Cause::Unreadable, what))
            }
            ValKind::Unknown(reason) => match reason.choice.is_none().then(|| self.ids.of_why(&reason.why)).flatten() {
                Some(handle) => Value::String(handle),
                None => Value::Unknown(unknown(&format!("`{name}` ({})", self.files.line(at)), reason)),
            },
        }
    }

    /// A part of a value: where it was written elsewhere than the whole, it says so.
    fn item(&mut self, name: &str, at: Pos, val: &Val) -> Value {
        let value = self.value(name, at, val);
        if !has_origin(val) {
            return value;
        }
        Value::At(Box::new(Located { at: self.locus(at, &val.origin), value }))
    }

    fn learn(&mut self, val: &Val) {
        match &val.kind {
            ValKind::String(text) => self.redactor.learn(text),
            ValKind::Number(number) => self.redactor.learn(&number.to_string()),
            ValKind::List(items) | ValKind::Set(items) => items.iter().for_each(|item| self.learn(item)),
            ValKind::Map(entries) => entries.values().for_each(|item| self.learn(item)),
            ValKind::Null | ValKind::Bool(_) | ValKind::Resource(_) | ValKind::Unknown(_) => {}
        }
    }
}

impl Evaluated {
    /// Where the first of these blocks begins.
    fn blocks_at(&self, blocks: &[Evaluated]) -> Pos {
        blocks.first().map_or(self.at, |block| block.at)
    }
}

fn lower_number(number: Number) -> Value {
    let number = match number {
        Number::Int(value) => serde_json::Number::from_i128(value),
        Number::Float(value) => serde_json::Number::from_f64(value),
    };
    number.map_or(Value::Null, Value::Number)
}
