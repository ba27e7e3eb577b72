//! Bodies with their values: attributes, nested blocks, `dynamic` blocks.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::super::eval;
use super::super::instance::Evaluated;
use super::super::scope::{EvalError, Scope};
use super::super::syntax::{Block, Body, Pos};
use super::super::value::{Choice, Unknown, Val, ValKind, Why};
use super::settings::written;
use super::view::Iterator;
use super::world::{MAX_INSTANCES, World};

/// How deep values of resources as a whole may contain each other before the rest is left out.
const MAX_WHOLE: usize = 4;

/// Evaluates a body but for what `skip` names.
pub(super) fn evaluate(world: &World, scope: &dyn Scope, body: &Body, at: Pos, skip: &dyn Fn(&str) -> bool) -> Evaluated {
    let mut out = Evaluated { at, ..Evaluated::default() };
    for attribute in body.attributes.iter().filter(|attribute| !skip(&attribute.name)) {
        let value = whole(world.value(&attribute.value, scope));
        out.attributes.insert(Arc::clone(&attribute.name), (attribute.at, value));
    }
    blocks(world, scope, body, &mut out, skip);
    out
}

/// Evaluates the nested blocks of a body but for what `skip` names.
pub(super) fn blocks(world: &World, scope: &dyn Scope, body: &Body, out: &mut Evaluated, skip: &dyn Fn(&str) -> bool) {
    for block in &body.blocks {
        match block.labels.first() {
            Some(label) if &*block.keyword == "dynamic" => {
                if !skip(label) {
                    dynamic(world, scope, block, label, out);
                }
            }
            _ if skip(&block.keyword) => {}
            _ => {
                let inner = evaluate(world, scope, &block.body, block.at, &|_| false);
                out.blocks.entry(Arc::clone(&block.keyword)).or_default().push(inner);
            }
        }
    }
}

/// `dynamic "label" { for_each, iterator, content }`
fn dynamic(world: &World, scope: &dyn Scope, block: &Block, label: &Arc<str>, out: &mut Evaluated) {
    let items = items(world, scope, block).unwrap_or_else(|error| Err(world.failure(&error)));
    let (items, content) = match (items, block.body.blocks("content").next()) {
        (Ok(items), Some(content)) => (items, content),
        (Ok(_), None) => {
            let error = EvalError::new(block.at, format!("the dynamic block {label} has no content"));
            out.uncertain_blocks.insert(Arc::clone(label), (block.at, world.failure(&error)));
            return;
        }
        (Err(why), _) => {
            out.uncertain_blocks.insert(Arc::clone(label), (block.at, why));
            return;
        }
    };
    let name = block.body.attribute("iterator").and_then(|iterator| written(&iterator.value));
    let name = name.as_deref().unwrap_or(label);
    let made = out.blocks.entry(Arc::clone(label)).or_default();
    for (key, value) in items {
        let scope = Iterator::new(scope, name, key, value);
        made.push(evaluate(world, &scope, &content.body, content.at, &|_| false));
    }
}

type Items = Result<Vec<(Val, Val)>, Why>;

fn items(world: &World, scope: &dyn Scope, block: &Block) -> Result<Items, EvalError> {
    let each = block.body.attribute("for_each").ok_or_else(|| EvalError::new(block.at, "a dynamic block needs for_each"))?;
    let at = each.value.at;
    let value = eval::eval(&each.value, scope)?;
    let items: Vec<(Val, Val)> = match &value.kind {
        ValKind::Unknown(unknown) => return Ok(Err(unknown.why.clone())),
        ValKind::List(items) => items.iter().enumerate().map(|(index, item)| ((index as i128).into(), item.clone())).collect(),
        ValKind::Set(items) => items.iter().map(|item| (item.clone(), item.clone())).collect(),
        ValKind::Map(entries) => entries.iter().map(|(key, item)| ((&**key).into(), item.clone())).collect(),
        ValKind::Resource(whole) => return Ok(Err(Why::Computed { address: whole.address().into(), attribute: "".into() })),
        ValKind::Null => return Err(EvalError::new(at, "the for_each of a dynamic block must not be null")),
        _ => return Err(EvalError::new(at, "the for_each of a dynamic block must be a collection")),
    };
    if items.len() > MAX_INSTANCES || !world.may_repeat(items.len()) {
        return Err(EvalError::new(at, "the dynamic block makes more blocks than lastro expands"));
    }
    let marked = items.into_iter().map(|(key, item)| (key.marked(value.sensitive), item.marked(value.sensitive)));
    Ok(Ok(marked.collect()))
}

/// A body as a value: blocks are lists of objects.
pub(super) fn object(body: Evaluated) -> Val {
    let mut entries: BTreeMap<Arc<str>, Val> = body.attributes.into_iter().map(|(name, (_, value))| (name, value)).collect();
    for (name, blocks) in body.blocks {
        entries.entry(name).or_insert_with(|| blocks.into_iter().map(object).collect::<Vec<_>>().into());
    }
    for (name, (_, why)) in body.uncertain_blocks {
        entries.insert(name, Val::unknown(why));
    }
    entries.into()
}

/// The value without resources in it, so that it stands alone when the expansion is over.
pub(super) fn whole(value: Val) -> Val {
    frozen(value, MAX_WHOLE)
}

fn frozen(value: Val, depth: usize) -> Val {
    if !has_resource(&value) {
        return value;
    }
    let each = |items: &[Val], depth| items.iter().map(|item| frozen(item.clone(), depth)).collect::<Vec<_>>().into();
    let kind = match &value.kind {
        ValKind::Resource(whole) if depth == 0 => {
            return Val::unknown(Why::Computed { address: whole.address().into(), attribute: "".into() });
        }
        ValKind::Resource(whole) => {
            let entries = whole.all().into_iter().map(|(name, item)| (name, frozen(item, depth - 1)));
            ValKind::Map(entries.collect::<BTreeMap<_, _>>().into())
        }
        ValKind::Map(entries) => {
            let entries = entries.iter().map(|(name, item)| (Arc::clone(name), frozen(item.clone(), depth)));
            ValKind::Map(entries.collect::<BTreeMap<_, _>>().into())
        }
        ValKind::List(items) => ValKind::List(each(items, depth)),
        ValKind::Set(items) => ValKind::Set(each(items, depth)),
        ValKind::Unknown(unknown) => ValKind::Unknown(Rc::new(Unknown {
            why: unknown.why.clone(),
            choice: unknown.choice.as_ref().map(|choice| {
                let of = Rc::new(choice.of.as_ref().clone().map(|item| frozen(item, depth)));
                Choice { of, ..choice.clone() }
            }),
        })),
        kind => kind.clone(),
    };
    Val { kind, ..value }
}

fn has_resource(value: &Val) -> bool {
    match &value.kind {
        ValKind::Resource(_) => true,
        ValKind::List(items) | ValKind::Set(items) => items.iter().any(has_resource),
        ValKind::Map(entries) => entries.values().any(has_resource),
        ValKind::Unknown(unknown) => unknown.choice.as_ref().is_some_and(|choice| choice.of.iter().any(has_resource)),
        ValKind::Null | ValKind::Bool(_) | ValKind::Number(_) | ValKind::String(_) => false,
    }
}
