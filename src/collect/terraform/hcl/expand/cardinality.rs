//! How many instances a block has: `count` and `for_each`.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::super::scope::{EvalError, Scope};
use super::super::syntax::{Body, Pos};
use super::super::value::{Number, Val, ValKind, Why};
use super::super::{convert, eval};
use super::view::Each;
use super::world::{MAX_INSTANCES, MAX_INSTANCES_OVERALL, World};
use crate::collect::terraform::address::Key;

/// The instances of a block, before they are made.
#[derive(Debug)]
pub(super) struct Keys {
    /// What a reference to the block as a whole is.
    pub(super) shape: Shape,
    /// The instances: key, and what `each` or `count` says in them.
    pub(super) items: Vec<(Option<Key>, Each)>,
}

/// What a reference to a block as a whole is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The block has neither `count` nor `for_each`.
    One,
    /// With `count`.
    List,
    /// With `for_each`.
    Map,
    /// Nobody can say; one placeholder stands for all.
    Unknown(Why),
}

/// Finds out which instances a block has.
///
/// `recorded` tells which instances a state has; it settles what is not known.
pub(super) fn keys(world: &World, scope: &dyn Scope, body: &Body, at: Pos, recorded: &dyn Fn() -> Vec<Option<Key>>) -> Keys {
    let keys = unlimited(world, scope, body, recorded);
    // A block of the root module that is there once is paid for by the text of the file; what multiplies is counted.
    if (keys.items.len() > 1 || scope.module_folder() != scope.root_folder()) && !world.may_make(keys.items.len()) {
        let message = format!("the whole has more than {MAX_INSTANCES_OVERALL} instances; the rest is not expanded");
        return Keys { shape: Shape::Unknown(world.failure(&EvalError::new(at, message))), items: Vec::new() };
    }
    keys
}

fn unlimited(world: &World, scope: &dyn Scope, body: &Body, recorded: &dyn Fn() -> Vec<Option<Key>>) -> Keys {
    let keys = match (body.attribute("count"), body.attribute("for_each")) {
        (None, None) => Ok(Ok(Keys { shape: Shape::One, items: vec![(None, Each::None)] })),
        (Some(count), None) => eval::eval(&count.value, scope)
            .and_then(|value| counted(&value, count.value.at))
            .map(|known| known.map_err(|why| (why, Shape::List))),
        (None, Some(each)) => eval::eval(&each.value, scope)
            .and_then(|value| mapped(&value, each.value.at))
            .map(|known| known.map_err(|why| (why, Shape::Map))),
        (Some(_), Some(each)) => Err(EvalError::new(each.at, "a block cannot have both count and for_each")),
    };
    match keys {
        Ok(Ok(keys)) => keys,
        Ok(Err((why, shape))) => settled(&shape, &why, recorded()).unwrap_or_else(|| placeholder(why, &shape)),
        Err(error) => {
            let shape = if body.attribute("count").is_some() { Shape::List } else { Shape::Map };
            placeholder(world.failure(&error), &shape)
        }
    }
}

/// One placeholder for instances of which nobody knows how many there are.
fn placeholder(why: Why, shape: &Shape) -> Keys {
    let unknown = Val::unknown(why.clone());
    let each = match shape {
        Shape::List => Each::Count(unknown),
        _ => Each::Keyed { key: unknown.clone(), value: unknown },
    };
    Keys { shape: Shape::Unknown(why), items: vec![(None, each)] }
}

/// The instances that a state has, where code does not say.
fn settled(shape: &Shape, why: &Why, recorded: Vec<Option<Key>>) -> Option<Keys> {
    let mut keys: Vec<Key> = recorded
        .into_iter()
        .flatten()
        .filter(|key| matches!((key, shape), (Key::Index(_), Shape::List) | (Key::Name(_), Shape::Map)))
        .collect();
    keys.sort();
    keys.dedup();
    let gapless = keys.iter().enumerate().all(|(at, key)| !matches!(key, Key::Index(index) if *index != at as u64));
    if keys.is_empty() || keys.len() > MAX_INSTANCES || !gapless {
        return None;
    }
    let items = keys.into_iter().map(|key| {
        let each = match &key {
            Key::Index(index) => Each::Count(i128::from(*index).into()),
            Key::Name(name) => Each::Keyed { key: name.as_str().into(), value: Val::unknown(why.clone()) },
        };
        (Some(key), each)
    });
    Some(Keys { shape: shape.clone(), items: items.collect() })
}

type Known = Result<Result<Keys, Why>, EvalError>;

fn counted(value: &Val, at: Pos) -> Known {
    if value.sensitive {
        return Ok(Err(Why::Failed("count is sensitive, so nobody may see how many there are".into())));
    }
    let number = match &value.kind {
        ValKind::Unknown(unknown) => return Ok(Err(unknown.why.clone())),
        ValKind::Number(number) => Some(*number),
        ValKind::String(text) => Number::parse(text),
        _ => None,
    };
    let count = number.and_then(Number::as_int).and_then(|count| usize::try_from(count).ok());
    let count = count.ok_or_else(|| EvalError::new(at, format!("count must be a whole number from 0, and is {}", described(value))))?;
    within_limit(count, at)?;
    let items = (0..count as u64).map(|index| (Some(Key::Index(index)), Each::Count(i128::from(index).into())));
    Ok(Ok(Keys { shape: Shape::List, items: items.collect() }))
}

fn mapped(value: &Val, at: Pos) -> Known {
    let sensitive = || Ok(Err(Why::Failed("for_each is sensitive, so nobody may see its keys".into())));
    if value.sensitive {
        return sensitive();
    }
    match &value.kind {
        ValKind::Unknown(unknown) => Ok(Err(unknown.why.clone())),
        ValKind::Map(entries) => {
            within_limit(entries.len(), at)?;
            Ok(Ok(named(entries.iter().map(|(key, value)| (Arc::clone(key), value.clone())))))
        }
        ValKind::Set(items) => {
            within_limit(items.len(), at)?;
            if items.iter().any(|item| item.sensitive) {
                return sensitive();
            }
            match names_of(items, at)? {
                Ok(names) => Ok(Ok(named(names.into_iter().map(|name| (Arc::clone(&name), Val::from(&*name)))))),
                Err(why) => Ok(Err(why)),
            }
        }
        // Which attributes it has is in the provider's schema, which is not here.
        ValKind::Resource(whole) => Ok(Err(Why::Computed { address: whole.address().into(), attribute: "".into() })),
        _ => Err(EvalError::new(at, format!("for_each must be a map or a set of strings, and is {}", described(value)))),
    }
}

fn names_of(items: &Rc<Vec<Val>>, at: Pos) -> Result<Result<Vec<Arc<str>>, Why>, EvalError> {
    let mut names = Vec::with_capacity(items.len());
    for item in items.iter() {
        match &item.kind {
            ValKind::String(name) => names.push(Arc::clone(name)),
            ValKind::Unknown(unknown) => return Ok(Err(unknown.why.clone())),
            _ => return Err(EvalError::new(at, format!("for_each must be a set of strings, and one of them is {}", described(item)))),
        }
    }
    Ok(Ok(names))
}

fn named(entries: impl std::iter::Iterator<Item = (Arc<str>, Val)>) -> Keys {
    let sorted: BTreeMap<Arc<str>, Val> = entries.collect();
    let items = sorted.into_iter().map(|(key, value)| (Some(Key::Name(key.to_string())), Each::Keyed { key: (&*key).into(), value }));
    Keys { shape: Shape::Map, items: items.collect() }
}

fn within_limit(count: usize, at: Pos) -> Result<(), EvalError> {
    if count > MAX_INSTANCES {
        return Err(EvalError::new(at, format!("{count} instances are more than the {MAX_INSTANCES} that lastro expands of one block")));
    }
    Ok(())
}

fn described(value: &Val) -> String {
    match &value.kind {
        ValKind::Number(number) if !value.sensitive => number.to_string(),
        _ => convert::describe(value).to_owned(),
    }
}
