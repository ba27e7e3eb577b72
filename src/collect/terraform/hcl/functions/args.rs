//! How functions read their arguments and shape their answers. What cannot be read stops the call: with an error, or because it is
//! not known.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Host;

use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::scope::EvalError;
use crate::collect::terraform::hcl::syntax::Pos;
use crate::collect::terraform::hcl::value::{Number, Unknown, Val, ValKind, Why};

/// The longest string that a function makes, in bytes.
pub(super) const LONGEST: usize = 10_000_000;
/// The most elements that a function makes.
pub(super) const MOST: usize = 100_000;

/// Entries of a map or object.
pub(super) type Entries = BTreeMap<Arc<str>, Val>;

/// Why a call has no value.
#[derive(Debug)]
pub(super) enum Stop {
    /// Terraform would refuse it, as a lowercase fragment.
    Error(String),
    /// An error with a place of its own, from within a template.
    Failed(EvalError),
    /// Something that it needs is not known.
    Unknown(Rc<Unknown>),
}

impl Stop {
    /// What is not known is a value, an error is none.
    pub(super) fn into_value(self) -> Result<Val, Self> {
        match self {
            Self::Unknown(unknown) => Ok(ValKind::Unknown(unknown).into()),
            Self::Error(_) | Self::Failed(_) => Err(self),
        }
    }
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Error(message)
    }
}

impl From<&str> for Stop {
    fn from(message: &str) -> Self {
        Self::Error(message.to_owned())
    }
}

impl From<Why> for Stop {
    fn from(why: Why) -> Self {
        Self::Unknown(Rc::new(Unknown { why, choice: None }))
    }
}

/// What a function answers.
pub(super) type Answer = Result<Val, Stop>;

/// One call.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) arguments: &'a [Val],
    pub(super) at: Pos,
    pub(super) host: &'a Host<'a>,
}

impl Call<'_> {
    /// The argument at this place; one that is left out reads as `null`.
    pub(super) fn get(&self, index: usize) -> Val {
        self.arguments.get(index).cloned().unwrap_or_else(Val::null)
    }

    pub(super) fn text(&self, index: usize) -> Result<Arc<str>, Stop> {
        text(&self.get(index))
    }

    pub(super) fn number(&self, index: usize) -> Result<Number, Stop> {
        number(&self.get(index))
    }

    pub(super) fn whole(&self, index: usize) -> Result<i128, Stop> {
        whole(&self.get(index))
    }

    pub(super) fn items(&self, index: usize) -> Result<Rc<Vec<Val>>, Stop> {
        items(&self.get(index))
    }

    pub(super) fn list(&self, index: usize) -> Result<Rc<Vec<Val>>, Stop> {
        list(&self.get(index))
    }

    pub(super) fn texts(&self, index: usize) -> Result<Vec<Arc<str>>, Stop> {
        self.items(index)?.iter().map(text).collect()
    }

    pub(super) fn entries(&self, index: usize) -> Result<Rc<Entries>, Stop> {
        entries(&self.get(index))
    }
}

/// Stops for what is null or not known.
pub(super) fn given(value: &Val) -> Result<&Val, Stop> {
    match &value.kind {
        ValKind::Null => Err("argument must not be null".into()),
        ValKind::Unknown(unknown) => Err(Stop::Unknown(unknown.clone())),
        _ => Ok(value),
    }
}

/// A resource as a whole has attributes that nobody can list without its provider.
fn whole_resource(address: &str) -> Stop {
    Why::Computed { address: address.into(), attribute: "*".into() }.into()
}

/// As a string.
pub(super) fn text(value: &Val) -> Result<Arc<str>, Stop> {
    match convert::to_string(given(value)?)?.kind {
        ValKind::String(text) => Ok(text),
        _ => Err("string required".into()),
    }
}

/// As a number.
pub(super) fn number(value: &Val) -> Result<Number, Stop> {
    match convert::to_number(given(value)?)?.kind {
        ValKind::Number(number) => Ok(number),
        _ => Err("number required".into()),
    }
}

/// As a whole number.
pub(super) fn whole(value: &Val) -> Result<i128, Stop> {
    number(value)?.as_int().ok_or_else(|| "a whole number is required".into())
}

/// As a boolean.
pub(super) fn boolean(value: &Val) -> Result<bool, Stop> {
    match convert::to_bool(given(value)?)?.kind {
        ValKind::Bool(yes) => Ok(yes),
        _ => Err("bool required".into()),
    }
}

/// The elements of a list, tuple or set as they are.
pub(super) fn items(value: &Val) -> Result<Rc<Vec<Val>>, Stop> {
    match &given(value)?.kind {
        ValKind::List(items) | ValKind::Set(items) => Ok(items.clone()),
        _ => Err("list required".into()),
    }
}

/// The elements of a list, tuple or set, brought to one type.
pub(super) fn list(value: &Val) -> Result<Rc<Vec<Val>>, Stop> {
    items(&convert::to_list(&plain(given(value)?)?)?)
}

/// The elements of a list, tuple or set, each once and sorted.
pub(super) fn set(value: &Val) -> Result<Rc<Vec<Val>>, Stop> {
    items(&convert::to_set(&plain(given(value)?)?)?)
}

/// The entries of a map or object.
pub(super) fn entries(value: &Val) -> Result<Rc<Entries>, Stop> {
    match &given(value)?.kind {
        ValKind::Map(entries) => Ok(entries.clone()),
        ValKind::Resource(resource) => Err(whole_resource(resource.address())),
        _ => Err("map or object required".into()),
    }
}

/// A value that is no resource as a whole.
pub(super) fn plain(value: &Val) -> Result<Val, Stop> {
    match &value.kind {
        ValKind::Resource(resource) => Err(whole_resource(resource.address())),
        _ => Ok(value.clone()),
    }
}

/// Whether two values are equal; `None` when that cannot be said yet.
pub(super) fn equal(a: &Val, b: &Val) -> Option<bool> {
    convert::equal(a, b)
}

/// The first part that is not known, if any.
pub(super) fn first_unknown(value: &Val) -> Option<Stop> {
    match &value.kind {
        ValKind::Unknown(unknown) => Some(Stop::Unknown(unknown.clone())),
        ValKind::Resource(resource) => Some(whole_resource(resource.address())),
        ValKind::List(items) | ValKind::Set(items) => items.iter().find_map(first_unknown),
        ValKind::Map(entries) => entries.values().find_map(first_unknown),
        ValKind::Null | ValKind::Bool(_) | ValKind::Number(_) | ValKind::String(_) => None,
    }
}

/// The order of sets. What Terraform orders by a hash has here the order of kind and content: stable, but not Terraform's.
pub(super) fn order(a: &Val, b: &Val) -> Ordering {
    convert::compare(a, b)
}

/// A set of these.
pub(super) fn set_of(items: Vec<Val>) -> Answer {
    Ok(convert::to_set(&Val::from(items))?)
}

/// A list of strings.
pub(super) fn strings<S: Into<Arc<str>>>(items: impl IntoIterator<Item = S>) -> Val {
    Val::from(items.into_iter().map(|item| ValKind::String(item.into()).into()).collect::<Vec<_>>())
}

/// A number, if it is finite.
pub(super) fn finite(value: f64) -> Answer {
    Number::of(value).map(|number| ValKind::Number(number).into()).ok_or_else(|| "the result is not a finite number".into())
}

/// Refuses a string that would be too long, before it is made.
pub(super) fn room_for(bytes: usize) -> Result<(), Stop> {
    if bytes > LONGEST { Err(format!("the result would be longer than {LONGEST} bytes").into()) } else { Ok(()) }
}

/// Refuses a collection that would be too large, before it is made.
pub(super) fn room_for_items(count: usize) -> Result<(), Stop> {
    if count > MOST { Err(format!("the result would have more than {MOST} elements").into()) } else { Ok(()) }
}

/// Refuses an answer that is too large to go on with.
pub(super) fn within_bounds(value: Val) -> Answer {
    match &value.kind {
        ValKind::String(text) => room_for(text.len())?,
        ValKind::List(items) | ValKind::Set(items) => room_for_items(items.len())?,
        ValKind::Map(entries) => room_for_items(entries.len())?,
        _ => {}
    }
    Ok(value)
}
