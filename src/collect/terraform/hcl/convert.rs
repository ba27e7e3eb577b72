//! Conversions, equality and order of values, as Terraform has them.
//!
//! `null` passes every conversion and what is unknown stays unknown; marks and origins are kept. Nothing here evaluates expressions or
//! knows a type constraint: that is `eval` and `types`.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::syntax::Pos;
use super::value::{Choice, Number, Unknown, Val, ValKind, Why};

/// How deep undecided conditions may nest in a value: every operation on it is done for each leaf.
const CHOICES_NESTED: usize = 4;

/// A string from a string, number or boolean.
///
/// # Errors
/// When the value is of another kind.
pub fn to_string(value: &Val) -> Result<Val, String> {
    primitive(value, "string", |kind| match kind {
        ValKind::String(text) => Some(ValKind::String(text.clone())),
        ValKind::Number(number) => Some(ValKind::String(number.to_string().into())),
        ValKind::Bool(value) => Some(ValKind::String(if *value { "true" } else { "false" }.into())),
        _ => None,
    })
}

/// A number from a number or from a string that spells one.
///
/// # Errors
/// When the value is of another kind, or spells no number.
pub fn to_number(value: &Val) -> Result<Val, String> {
    primitive(value, "number", |kind| match kind {
        ValKind::Number(number) => Some(ValKind::Number(*number)),
        ValKind::String(text) => Number::parse(text).map(ValKind::Number),
        _ => None,
    })
}

/// A boolean from a boolean or from one of the strings `true`, `false`, `1` and `0`.
///
/// # Errors
/// When the value is of another kind or another string.
pub fn to_bool(value: &Val) -> Result<Val, String> {
    primitive(value, "bool", |kind| match kind {
        ValKind::Bool(value) => Some(ValKind::Bool(*value)),
        ValKind::String(text) => match &**text {
            "true" | "1" => Some(ValKind::Bool(true)),
            "false" | "0" => Some(ValKind::Bool(false)),
            _ => None,
        },
        _ => None,
    })
}

fn primitive(value: &Val, wanted: &str, convert: impl Fn(&ValKind) -> Option<ValKind>) -> Result<Val, String> {
    lift(value, &|value| {
        if value.is_null() {
            return Ok(value.clone());
        }
        let kind = convert(&value.kind).ok_or_else(|| format!("a {wanted} is required, this is {}", describe(value)))?;
        Ok(Val { kind, sensitive: value.sensitive, origin: value.origin.clone() })
    })
}

/// A list from a list or set; elements get a common type.
///
/// # Errors
/// When the value is of another kind or its elements have no common type.
pub fn to_list(value: &Val) -> Result<Val, String> {
    lift(value, &|value| match &value.kind {
        ValKind::Null => Ok(value.clone()),
        ValKind::List(items) | ValKind::Set(items) => Ok(like(value, ValKind::List(Rc::new(unify(items.to_vec())?)))),
        _ => Err(format!("a list is required, this is {}", describe(value))),
    })
}

/// A set from a list or set; elements get a common type and are sorted, each once.
///
/// # Errors
/// When the value is of another kind or its elements have no common type.
pub fn to_set(value: &Val) -> Result<Val, String> {
    lift(value, &|value| match &value.kind {
        ValKind::Null | ValKind::Set(_) => Ok(value.clone()),
        ValKind::List(items) => {
            let items = unify(items.to_vec())?;
            // A set cannot have marks on its elements: one that is sensitive makes the whole so.
            let sensitive = items.iter().any(is_sensitive);
            Ok(like(value, set_of(items)).marked(sensitive))
        }
        _ => Err(format!("a set is required, this is {}", describe(value))),
    })
}

/// The set of these elements, which are of one type: sorted, each once. Unknown elements are kept: they may be different.
pub fn set_of(mut items: Vec<Val>) -> ValKind {
    items.sort_by(compare);
    items.dedup_by(|a, b| equal(a, b) == Some(true));
    ValKind::Set(Rc::new(items))
}

/// A map from a map or object; values get a common type.
///
/// # Errors
/// When the value is of another kind or its values have no common type.
pub fn to_map(value: &Val) -> Result<Val, String> {
    lift(value, &|value| match &value.kind {
        ValKind::Null => Ok(value.clone()),
        ValKind::Map(entries) => Ok(like(value, ValKind::Map(Rc::new(unify_values(entries)?)))),
        ValKind::Resource(resource) => Ok(like(value, ValKind::Map(Rc::new(unify_values(&resource.all())?)))),
        _ => Err(format!("a map is required, this is {}", describe(value))),
    })
}

fn unify_values(entries: &BTreeMap<Arc<str>, Val>) -> Result<BTreeMap<Arc<str>, Val>, String> {
    let values = unify(entries.values().cloned().collect())?;
    Ok(entries.keys().cloned().zip(values).collect())
}

/// The same value with another kind.
fn like(value: &Val, kind: ValKind) -> Val {
    Val { kind, sensitive: value.sensitive, origin: value.origin.clone() }
}

/// Converts values to the type that is common to all of them, deeply: numbers and booleans become strings beside strings.
///
/// # Errors
/// When there is no common type.
pub fn unify(items: Vec<Val>) -> Result<Vec<Val>, String> {
    match Shape::of(&items)? {
        Shape::Same => Ok(items),
        Shape::Strings => items.iter().map(to_string).collect(),
        Shape::Lists { set } => unify_lists(items, set),
        Shape::Maps => unify_maps(items),
    }
}

/// What values have in common.
enum Shape {
    /// They are of one type, or cannot be told.
    Same,
    /// Strings and what converts to them.
    Strings,
    /// Lists, tuples and sets; whether all become sets.
    Lists { set: bool },
    /// Maps and objects.
    Maps,
}

impl Shape {
    fn of(items: &[Val]) -> Result<Self, String> {
        let known = || items.iter().filter(|item| !matches!(item.kind, ValKind::Null | ValKind::Unknown(_) | ValKind::Resource(_)));
        let count = |test: fn(&ValKind) -> bool| known().filter(|item| test(&item.kind)).count();
        let (strings, numbers) = (count(|k| matches!(k, ValKind::String(_))), count(|k| matches!(k, ValKind::Number(_))));
        let (bools, sets) = (count(|k| matches!(k, ValKind::Bool(_))), count(|k| matches!(k, ValKind::Set(_))));
        let (lists, maps) = (sets + count(|k| matches!(k, ValKind::List(_))), count(|k| matches!(k, ValKind::Map(_))));
        let all = known().count();
        if all <= 1 || strings == all || numbers == all || bools == all {
            return Ok(Self::Same);
        }
        match () {
            () if strings > 0 && strings + numbers + bools == all => Ok(Self::Strings),
            () if lists == all => Ok(Self::Lists { set: sets > 0 }),
            () if maps == all => Ok(Self::Maps),
            () => Err("there is no type that all of the values have in common".into()),
        }
    }
}

/// Elements of all lists together get one type. Tuples whose elements differ in type stay as they are.
fn unify_lists(items: Vec<Val>, set: bool) -> Result<Vec<Val>, String> {
    let elements: Vec<Val> = items.iter().flat_map(|item| children(item).cloned()).collect();
    let Ok(elements) = unify(elements) else { return Ok(items) };
    let mut elements = elements.into_iter();
    let regroup = |item: &Val| match &item.kind {
        ValKind::List(old) | ValKind::Set(old) => {
            let new: Vec<Val> = elements.by_ref().take(old.len()).collect();
            like(item, if set { set_of(new) } else { ValKind::List(Rc::new(new)) })
        }
        _ => item.clone(),
    };
    Ok(items.iter().map(regroup).collect())
}

/// Objects with the same attributes get one type for each attribute; others get one type for all values. Where that fails they stay as
/// they are: only Terraform's own types, which are not tracked here, can say whether it is an error.
fn unify_maps(items: Vec<Val>) -> Result<Vec<Val>, String> {
    let maps: Vec<&Rc<BTreeMap<Arc<str>, Val>>> =
        items.iter().filter_map(|item| if let ValKind::Map(entries) = &item.kind { Some(entries) } else { None }).collect();
    let alike = maps.windows(2).all(|pair| pair[0].len() == pair[1].len() && pair[0].keys().eq(pair[1].keys()));
    let mut unified: Vec<BTreeMap<Arc<str>, Val>> = vec![BTreeMap::new(); maps.len()];
    if alike {
        for key in maps.first().map(|map| map.keys()).into_iter().flatten() {
            let column: Vec<Val> = maps.iter().filter_map(|map| map.get(key).cloned()).collect();
            let column = unify(column.clone()).unwrap_or(column);
            unified.iter_mut().zip(column).for_each(|(map, value)| drop(map.insert(key.clone(), value)));
        }
    } else {
        let Ok(values) = unify(maps.iter().flat_map(|map| map.values().cloned()).collect()) else { return Ok(items) };
        let mut values = values.into_iter();
        for (map, old) in unified.iter_mut().zip(&maps) {
            *map = old.keys().cloned().zip(values.by_ref()).collect();
        }
    }
    let mut unified = unified.into_iter();
    let replace = |item: &Val| match &item.kind {
        ValKind::Map(_) => like(item, ValKind::Map(Rc::new(unified.next().unwrap_or_default()))),
        _ => item.clone(),
    };
    Ok(items.iter().map(replace).collect())
}

fn children(value: &Val) -> impl Iterator<Item = &Val> {
    let (items, entries) = match &value.kind {
        ValKind::List(items) | ValKind::Set(items) => (Some(items), None),
        ValKind::Map(entries) => (None, Some(entries)),
        _ => (None, None),
    };
    items.into_iter().flat_map(|items| items.iter()).chain(entries.into_iter().flat_map(|entries| entries.values()))
}

/// Whether the value or any part of it is sensitive.
pub fn is_sensitive(value: &Val) -> bool {
    value.sensitive || children(value).any(is_sensitive)
}

/// The first part of a value that is not known.
pub fn first_unknown(value: &Val) -> Option<&Rc<Unknown>> {
    value.why().or_else(|| children(value).find_map(first_unknown))
}

/// What a value is, for messages: `a string`, `null`.
pub fn describe(value: &Val) -> &'static str {
    match &value.kind {
        ValKind::Null => "null",
        ValKind::Bool(_) => "a bool",
        ValKind::Number(_) => "a number",
        ValKind::String(_) => "a string",
        ValKind::List(_) => "a list",
        ValKind::Set(_) => "a set",
        ValKind::Map(_) => "an object",
        ValKind::Resource(_) => "a resource",
        ValKind::Unknown(_) => "unknown",
    }
}

/// Whether two values are equal, without converting either; `None` when that hangs on what is unknown.
///
/// Unlike Terraform's, a list equals a tuple and a map an object of the same content, because the types are not kept.
pub fn equal(a: &Val, b: &Val) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (ValKind::Unknown(_), _) | (_, ValKind::Unknown(_)) => None,
        (ValKind::Null, ValKind::Null) => Some(true),
        (ValKind::Bool(a), ValKind::Bool(b)) => Some(a == b),
        (ValKind::Number(a), ValKind::Number(b)) => Some(a == b),
        (ValKind::String(a), ValKind::String(b)) => Some(a == b),
        (ValKind::List(a), ValKind::List(b)) => equal_items(a, b),
        (ValKind::Set(a), ValKind::Set(b)) => equal_sets(a, b),
        (ValKind::Map(a), ValKind::Map(b)) => equal_maps(a, b),
        (ValKind::Resource(a), ValKind::Resource(b)) => {
            if Rc::ptr_eq(a, b) || a.address() == b.address() {
                Some(true)
            } else {
                equal_maps(&a.all(), &b.all()).filter(|equal| !equal)
            }
        }
        // The attributes that code does not set are missing from this side.
        (ValKind::Resource(_), ValKind::Map(_)) | (ValKind::Map(_), ValKind::Resource(_)) => None,
        _ => Some(false),
    }
}

fn equal_items(a: &[Val], b: &[Val]) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    all_equal(a.iter().zip(b).map(|(a, b)| equal(a, b)))
}

fn equal_sets(a: &[Val], b: &[Val]) -> Option<bool> {
    if a.iter().chain(b).any(|item| first_unknown(item).is_some()) {
        return None;
    }
    equal_items(a, b)
}

fn equal_maps(a: &BTreeMap<Arc<str>, Val>, b: &BTreeMap<Arc<str>, Val>) -> Option<bool> {
    if a.len() != b.len() || !a.keys().eq(b.keys()) {
        return Some(false);
    }
    all_equal(a.values().zip(b.values()).map(|(a, b)| equal(a, b)))
}

/// One difference decides; otherwise one doubt does.
fn all_equal(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for part in parts {
        match part {
            Some(true) => {}
            Some(false) => return Some(false),
            None => result = None,
        }
    }
    result
}

/// A total order over values, in which sets are kept: by kind, then by content; what is unknown comes last.
pub fn compare(a: &Val, b: &Val) -> Ordering {
    match (&a.kind, &b.kind) {
        (ValKind::Bool(a), ValKind::Bool(b)) => a.cmp(b),
        (ValKind::Number(a), ValKind::Number(b)) => compare_numbers(*a, *b),
        (ValKind::String(a), ValKind::String(b)) => a.cmp(b),
        (ValKind::List(a), ValKind::List(b)) | (ValKind::Set(a), ValKind::Set(b)) => compare_all(a.iter(), b.iter()),
        (ValKind::Map(a), ValKind::Map(b)) => a.keys().cmp(b.keys()).then_with(|| compare_all(a.values(), b.values())),
        (ValKind::Resource(a), ValKind::Resource(b)) => a.address().cmp(b.address()),
        (ValKind::Unknown(a), ValKind::Unknown(b)) if !Rc::ptr_eq(a, b) => reason(&a.why).cmp(&reason(&b.why)),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn compare_all<'a>(a: impl Iterator<Item = &'a Val>, b: impl Iterator<Item = &'a Val>) -> Ordering {
    let (mut a, mut b) = (a.fuse(), b.fuse());
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match compare(a, b) {
                Ordering::Equal => {}
                decided @ (Ordering::Less | Ordering::Greater) => return decided,
            },
        }
    }
}

fn compare_numbers(a: Number, b: Number) -> Ordering {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a.cmp(&b),
        _ => a.as_f64().total_cmp(&b.as_f64()),
    }
}

fn rank(value: &Val) -> u8 {
    match &value.kind {
        ValKind::Null => 0,
        ValKind::Bool(_) => 1,
        ValKind::Number(_) => 2,
        ValKind::String(_) => 3,
        ValKind::List(_) => 4,
        ValKind::Set(_) => 5,
        ValKind::Map(_) => 6,
        ValKind::Resource(_) => 7,
        ValKind::Unknown(_) => 8,
    }
}

/// A reason as something that has an order.
fn reason(why: &Why) -> (u8, Arc<str>, Arc<str>) {
    let none: Arc<str> = "".into();
    match why {
        Why::Computed { address, attribute } => (0, address.clone(), attribute.clone()),
        Why::DataSource { address, attribute } => (1, address.clone(), attribute.clone()),
        Why::Variable(name) => (2, name.clone(), none),
        Why::Module(name) => (3, name.clone(), none),
        Why::Function(name) => (4, name.clone(), none),
        Why::Failed(message) => (5, message.clone(), none),
        Why::Unread(message) => (6, message.clone(), none),
    }
}

/// Applies a computation to a value, or to both alternatives of one that hangs on an undecided condition. What is unknown otherwise
/// stays unknown for its own reason; the computation never sees it.
///
/// # Errors
/// Those of the computation, for a known value only: an alternative that fails leaves the result unknown.
pub fn lift<E>(value: &Val, compute: &dyn Fn(&Val) -> Result<Val, E>) -> Result<Val, E> {
    let Some(unknown) = value.why() else { return compute(value) };
    let Some(choice) = &unknown.choice else { return Ok(value.clone()) };
    let [a, b] = &*choice.of;
    Ok(match (lift(a, compute), lift(b, compute)) {
        (Ok(a), Ok(b)) => choose(unknown.why.clone(), &choice.condition, choice.at, a, b),
        _ => Val::unknown(unknown.why.clone()),
    }
    .marked(value.sensitive))
}

/// The outcome of a decision that cannot be made: the value itself where both alternatives agree; otherwise unknown, and what it can
/// be if both alternatives say anything.
pub fn choose(why: Why, condition: &Arc<str>, at: Pos, a: Val, b: Val) -> Val {
    let sensitive = a.sensitive || b.sensitive;
    if equal(&a, &b) == Some(true) && a.is_wholly_known() {
        return a.marked(sensitive);
    }
    let says_nothing = |value: &Val| value.why().is_some_and(|unknown| unknown.choice.is_none());
    if says_nothing(&a) || says_nothing(&b) {
        return Val::unknown(why).marked(sensitive);
    }
    let of = Rc::new([flatter(a, CHOICES_NESTED), flatter(b, CHOICES_NESTED)]);
    let choice = Choice { condition: condition.clone(), at, of };
    Val::from(ValKind::Unknown(Rc::new(Unknown { why, choice: Some(choice) }))).marked(sensitive)
}

/// The value with at most `levels` - 1 undecided conditions inside one another.
fn flatter(value: Val, levels: usize) -> Val {
    let Some((unknown, choice)) = value.why().and_then(|unknown| Some((unknown, unknown.choice.as_ref()?))) else { return value };
    if nested(&value, levels) < levels {
        return value;
    }
    if levels <= 1 {
        return Val::unknown(unknown.why.clone()).marked(value.sensitive);
    }
    let [a, b] = &*choice.of;
    let of = Rc::new([flatter(a.clone(), levels - 1), flatter(b.clone(), levels - 1)]);
    let choice = Choice { condition: choice.condition.clone(), at: choice.at, of };
    Val::from(ValKind::Unknown(Rc::new(Unknown { why: unknown.why.clone(), choice: Some(choice) }))).marked(value.sensitive)
}

/// How deep undecided conditions nest, counted up to `limit`.
fn nested(value: &Val, limit: usize) -> usize {
    let choice = value.why().and_then(|unknown| unknown.choice.as_ref());
    let Some(choice) = choice.filter(|_| limit > 0) else { return 0 };
    1 + choice.of.iter().map(|side| nested(side, limit - 1)).max().unwrap_or(0)
}
