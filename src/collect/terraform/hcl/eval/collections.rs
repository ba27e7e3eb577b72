//! Tuples, objects and `for`.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::choice::condition;
use super::limits::Scale;
use super::{Evaluator, Locals, limits};
use crate::collect::terraform::hcl::convert::{self, describe, lift};
use crate::collect::terraform::hcl::scope::EvalError;
use crate::collect::terraform::hcl::syntax::{Expr, ExprKind, For, Pos};
use crate::collect::terraform::hcl::value::{Unknown, Val, ValKind};

/// An object key.
enum Key {
    /// The name, and whether it is sensitive.
    Known(Arc<str>, bool),
    /// Not known.
    Unknown(Rc<Unknown>, bool),
}

impl Evaluator<'_> {
    pub(super) fn tuple(self, items: &[Expr], locals: &Locals) -> Result<Val, EvalError> {
        let mut scale = Scale::default();
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let value = self.eval(item, locals)?;
            scale.add(&value, item.at)?;
            values.push(value);
        }
        Ok(values.into())
    }

    pub(super) fn object(self, entries: &[(Expr, Expr)], locals: &Locals) -> Result<Val, EvalError> {
        let mut scale = Scale::default();
        let (mut object, mut sensitive, mut unknown) = (BTreeMap::new(), false, None);
        for (key, value) in entries {
            let at = key.at;
            let key = self.key(key, locals)?;
            let value = self.eval(value, locals)?;
            scale.add(&value, at)?;
            match key {
                Key::Known(name, marked) => {
                    scale.add_text(&name, at)?;
                    sensitive |= marked;
                    object.insert(name, value);
                }
                Key::Unknown(why, marked) => {
                    sensitive |= marked;
                    unknown = unknown.or(Some(why));
                }
            }
        }
        let object = unknown.map_or_else(|| object.into(), |unknown| Val::unknown(unknown.why.clone()));
        Ok(object.marked(sensitive))
    }

    /// A bare name is itself, as are `null` and the booleans.
    fn key(self, key: &Expr, locals: &Locals) -> Result<Key, EvalError> {
        match &key.kind {
            ExprKind::Variable(name) => Ok(Key::Known(name.clone(), false)),
            ExprKind::Null => Ok(Key::Known("null".into(), false)),
            ExprKind::Traversal(base, _) if matches!(base.kind, ExprKind::Variable(_)) => {
                Err(EvalError::new(key.at, "an object key that is an expression belongs in parentheses"))
            }
            _ => name(&self.eval(key, locals)?, key.at),
        }
    }

    pub(super) fn for_expr(self, parts: &For, at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let collection = self.eval(&parts.collection, locals)?;
        let result = lift(&collection, &|collection| {
            let entries = entries(collection, parts.collection.at)?;
            limits::spend(entries.len(), at)?;
            match &parts.key_expr {
                None => self.for_list(parts, entries, locals),
                Some(key) => self.for_object(parts, key, entries, locals),
            }
        })?;
        Ok(result.marked(collection.sensitive))
    }

    fn for_list(self, parts: &For, entries: Vec<(Val, Val)>, locals: &Locals) -> Result<Val, EvalError> {
        let (mut scale, mut result, mut sensitive) = (Scale::default(), Vec::with_capacity(entries.len()), false);
        for (key, value) in entries {
            let locals = bind(parts.key.as_ref(), &parts.value, key, value, locals);
            match self.wanted(parts, &locals)? {
                Wanted::Unknown(unknown) => return Ok(Val::unknown(unknown.why.clone())),
                Wanted::Known { keep, marked } => {
                    sensitive |= marked;
                    if !keep {
                        continue;
                    }
                }
            }
            let value = self.eval(&parts.value_expr, &locals)?;
            scale.add(&value, parts.value_expr.at)?;
            result.push(value);
        }
        Ok(Val::from(result).marked(sensitive))
    }

    fn for_object(self, parts: &For, key_expr: &Expr, entries: Vec<(Val, Val)>, locals: &Locals) -> Result<Val, EvalError> {
        let (mut scale, mut result, mut sensitive) = (Scale::default(), Made::new(parts.grouping), false);
        for (key, value) in entries {
            let locals = bind(parts.key.as_ref(), &parts.value, key, value, locals);
            match self.wanted(parts, &locals)? {
                Wanted::Unknown(unknown) => return Ok(Val::unknown(unknown.why.clone())),
                Wanted::Known { keep, marked } => {
                    sensitive |= marked;
                    if !keep {
                        continue;
                    }
                }
            }
            let key = match name(&self.eval(key_expr, &locals)?, key_expr.at)? {
                Key::Unknown(unknown, marked) => return Ok(Val::unknown(unknown.why.clone()).marked(marked)),
                Key::Known(key, marked) => {
                    sensitive |= marked;
                    key
                }
            };
            let value = self.eval(&parts.value_expr, &locals)?;
            scale.add_text(&key, key_expr.at)?;
            scale.add(&value, parts.value_expr.at)?;
            result.insert(key, value, key_expr.at)?;
        }
        Ok(result.finish().marked(sensitive))
    }

    /// What the `if` of a `for` says.
    fn wanted(self, parts: &For, locals: &Locals) -> Result<Wanted, EvalError> {
        let Some(test) = &parts.condition else { return Ok(Wanted::Known { keep: true, marked: false }) };
        let value = self.eval(test, locals)?;
        Ok(match value.why() {
            Some(unknown) => Wanted::Unknown(unknown.clone()),
            None => Wanted::Known { keep: condition(&value, test)?, marked: value.sensitive },
        })
    }
}

/// Whether an element stays.
enum Wanted {
    Known { keep: bool, marked: bool },
    Unknown(Rc<Unknown>),
}

/// The object that a `for` makes.
struct Made {
    grouping: bool,
    entries: BTreeMap<Arc<str>, Vec<Val>>,
}

impl Made {
    fn new(grouping: bool) -> Self {
        Self { grouping, entries: BTreeMap::new() }
    }

    fn insert(&mut self, key: Arc<str>, value: Val, at: Pos) -> Result<(), EvalError> {
        let values = self.entries.entry(key.clone()).or_default();
        if !self.grouping && !values.is_empty() {
            return Err(EvalError::new(at, format!("two elements have the key \"{key}\"; `...` after the value would group them")));
        }
        values.push(value);
        Ok(())
    }

    fn finish(self) -> Val {
        let grouping = self.grouping;
        let entry = |(key, mut values): (Arc<str>, Vec<Val>)| {
            let single = if grouping { None } else { values.pop() };
            (key, single.unwrap_or_else(|| values.into()))
        };
        self.entries.into_iter().map(entry).collect::<BTreeMap<_, _>>().into()
    }
}

/// The names of one turn.
pub(super) fn bind(key_name: Option<&Arc<str>>, value_name: &Arc<str>, key: Val, value: Val, locals: &Locals) -> Locals {
    let locals = match key_name {
        Some(name) => locals.with(name.clone(), key),
        None => locals.clone(),
    };
    locals.with(value_name.clone(), value)
}

/// Keys and values of a known collection, in Terraform's order.
pub(super) fn entries(collection: &Val, at: Pos) -> Result<Vec<(Val, Val)>, EvalError> {
    let named = |entries: &BTreeMap<Arc<str>, Val>| {
        entries.iter().map(|(key, value)| (ValKind::String(key.clone()).into(), value.clone())).collect()
    };
    match &collection.kind {
        ValKind::List(items) => Ok((0_i128..).zip(items.iter()).map(|(index, item)| (index.into(), item.clone())).collect()),
        ValKind::Set(items) => Ok(items.iter().map(|item| (item.clone(), item.clone())).collect()),
        ValKind::Map(entries) => Ok(named(entries)),
        ValKind::Resource(resource) => Ok(named(&resource.all())),
        ValKind::Null => Err(EvalError::new(at, "null cannot be walked over")),
        _ => Err(EvalError::new(at, format!("{} cannot be walked over", describe(collection)))),
    }
}

/// A value as an object key.
fn name(value: &Val, at: Pos) -> Result<Key, EvalError> {
    if let Some(unknown) = value.why() {
        return Ok(Key::Unknown(unknown.clone(), value.sensitive));
    }
    match convert::to_string(value).map(|value| value.kind) {
        Ok(ValKind::String(name)) => Ok(Key::Known(name, value.sensitive)),
        Ok(_) => Err(EvalError::new(at, "the key is null")),
        Err(message) => Err(EvalError::new(at, format!("the value cannot be a key: {message}"))),
    }
}
