//! References, attributes, indices and splats.

use std::rc::Rc;
use std::sync::Arc;

use super::choice::lift_marked;
use super::{Evaluator, Locals, limits};
use crate::collect::terraform::hcl::convert::{self, describe, lift};
use crate::collect::terraform::hcl::scope::EvalError;
use crate::collect::terraform::hcl::syntax::{Expr, ExprKind, Pos, Step};
use crate::collect::terraform::hcl::value::{Number, Val, ValKind};

impl Evaluator<'_> {
    pub(super) fn traversal(self, base: &Expr, steps: &[Step], locals: &Locals) -> Result<Val, EvalError> {
        if let ExprKind::Variable(name) = &base.kind {
            return self.reference(name, steps, base.at, locals);
        }
        let value = self.eval(base, locals)?;
        self.follow(value, steps, base.at, locals)
    }

    /// A name, bound here or in the scope, and what follows it.
    pub(super) fn reference(self, name: &Arc<str>, steps: &[Step], at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let (value, used) = match locals.get(name) {
            Some(value) => (value.clone(), 0),
            None => self.scope.resolve(name, steps, at)?,
        };
        self.follow(value, steps.get(used..).unwrap_or(&[]), at, locals)
    }

    fn follow(self, mut value: Val, steps: &[Step], at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let mut rest = steps.iter();
        while let Some(step) = rest.next() {
            value = match step {
                Step::Attribute(name) => attribute(&value, name, at)?,
                Step::Index(key) => {
                    let key = self.eval(key, locals)?;
                    index(&value, &key, at)?
                }
                Step::Splat => return self.splat(&value, rest.as_slice(), at, locals),
                Step::AttributeSplat => {
                    let attributes = rest.as_slice().iter().take_while(|step| matches!(step, Step::Attribute(_))).count();
                    let (each, after) = rest.as_slice().split_at(attributes);
                    rest = after.iter();
                    self.splat(&value, each, at, locals)?
                }
            };
        }
        Ok(value)
    }

    /// Applies steps to each element: none of `null`, the value itself if it is no list.
    fn splat(self, value: &Val, each: &[Step], at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let _level = limits::Level::enter(at)?;
        let splatted = lift(value, &|value| {
            let single = [value.clone()];
            let items: &[Val] = match &value.kind {
                ValKind::Null => &[],
                ValKind::List(items) | ValKind::Set(items) => items,
                _ => &single,
            };
            limits::spend(items.len(), at)?;
            let mut scale = limits::Scale::default();
            let mut result = Vec::with_capacity(items.len());
            for item in items {
                let item = self.follow(item.clone(), each, at, locals)?;
                scale.add(&item, at)?;
                result.push(item);
            }
            Ok(result.into())
        })?;
        Ok(splatted.marked(value.sensitive))
    }
}

/// `value.name`
fn attribute(value: &Val, name: &Arc<str>, at: Pos) -> Result<Val, EvalError> {
    let found = lift(value, &|value| match &value.kind {
        ValKind::Map(entries) => {
            entries.get(name).cloned().ok_or_else(|| EvalError::new(at, format!("this object does not have an attribute named \"{name}\"")))
        }
        ValKind::Resource(resource) => Ok(resource.get(name)),
        ValKind::Null => Err(EvalError::new(at, format!("this value is null, so it has no attribute \"{name}\""))),
        _ => Err(EvalError::new(at, format!("this value is {} and has no attribute \"{name}\"", describe(value)))),
    })?;
    Ok(found.marked(value.sensitive))
}

/// `value[key]`
fn index(value: &Val, key: &Val, at: Pos) -> Result<Val, EvalError> {
    lift_marked(&[value.clone(), key.clone()], &|values| {
        let [value, key] = [&values[0], &values[1]];
        let fail = |message: &str| Err(EvalError::new(at, message));
        match &value.kind {
            ValKind::Null => fail("this value is null, so it has no elements"),
            _ if key.is_null() => fail("the key is null"),
            ValKind::List(items) => element(items, key).map_err(|message| EvalError::new(at, message)),
            ValKind::Map(_) | ValKind::Resource(_) => match convert::to_string(key).map(|key| key.kind) {
                Ok(ValKind::String(name)) => member(value, &name, at),
                _ => fail("the key is not a string"),
            },
            ValKind::Set(_) => fail("elements of a set have no index"),
            _ => Err(EvalError::new(at, format!("this value is {} and has no elements", describe(value)))),
        }
    })
}

fn member(value: &Val, name: &Arc<str>, at: Pos) -> Result<Val, EvalError> {
    match &value.kind {
        ValKind::Map(entries) => match entries.get(name) {
            Some(found) => Ok(found.clone()),
            None if value.sensitive => Err(EvalError::new(at, "the key is not in the map")),
            None => Err(EvalError::new(at, format!("the key \"{name}\" is not in the map"))),
        },
        _ => attribute(value, name, at),
    }
}

fn element(items: &Rc<Vec<Val>>, key: &Val) -> Result<Val, String> {
    let number = match convert::to_number(key)?.kind {
        ValKind::Number(Number::Int(number)) => number,
        ValKind::Number(Number::Float(_)) => return Err("the index has a fraction".into()),
        _ => return Err("the index is not a number".into()),
    };
    let found = usize::try_from(number).ok().and_then(|number| items.get(number));
    found.cloned().ok_or_else(|| format!("the index {number} is outside of the list, which has {} elements", items.len()))
}
