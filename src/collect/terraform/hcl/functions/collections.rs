//! Functions that make lists and maps out of others. Elements that are not known pass through wherever their number is known.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::args::{Answer, Call, Entries, Stop, entries, first_unknown, given, items, number, order, room_for_items, strings, text};
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::value::{Number, Val, ValKind};

/// How many numbers `range` makes at most; Terraform's own limit.
const LONGEST_RANGE: usize = 1024;
/// How deep `flatten` goes.
const DEEPEST: usize = 100;

pub(super) fn chunklist(call: &Call<'_>) -> Answer {
    let (list, size) = (call.list(0)?, call.whole(1)?);
    let size = usize::try_from(size).map_err(|_| "the size must be positive or zero".to_owned())?;
    let size = if size == 0 { list.len().max(1) } else { size };
    Ok(Val::from(list.chunks(size).map(|chunk| Val::from(chunk.to_vec())).collect::<Vec<_>>()))
}

pub(super) fn compact(call: &Call<'_>) -> Answer {
    let mut kept = Vec::new();
    for item in call.list(0)?.iter().filter(|item| !item.is_null()) {
        let text = text(item)?;
        if !text.is_empty() {
            kept.push(Val::from(ValKind::String(text)).marked(item.sensitive));
        }
    }
    Ok(Val::from(kept))
}

pub(super) fn concat(call: &Call<'_>) -> Answer {
    let mut all = Vec::new();
    for argument in call.arguments {
        let ValKind::List(items) = &given(argument)?.kind else {
            return Err("all arguments must be lists or tuples".into());
        };
        room_for_items(all.len().saturating_add(items.len()))?;
        all.extend(items.iter().cloned());
    }
    Ok(Val::from(all))
}

/// A value as the key of a tree.
struct Key(Val);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        order(&self.0, &other.0)
    }
}

pub(super) fn distinct(call: &Call<'_>) -> Answer {
    let list = call.list(0)?;
    if let Some(stop) = list.iter().find_map(first_unknown) {
        return Err(stop);
    }
    let mut seen = BTreeSet::new();
    Ok(Val::from(list.iter().filter(|item| seen.insert(Key((*item).clone()))).cloned().collect::<Vec<_>>()))
}

pub(super) fn flatten(call: &Call<'_>) -> Answer {
    let list = call.items(0)?;
    // What is not known on the first level may be a list of any length. Deeper down it is an element nearly always, and treating it
    // as one keeps the others known.
    if let Some(unknown) = list.iter().find_map(Val::why) {
        return Err(Stop::Unknown(unknown.clone()));
    }
    let mut flat = Vec::new();
    flatten_into(&list, &mut flat, 0)?;
    Ok(Val::from(flat))
}

fn flatten_into(items: &[Val], flat: &mut Vec<Val>, depth: usize) -> Result<(), Stop> {
    if depth > DEEPEST {
        return Err("the list nests too deep".into());
    }
    for item in items {
        match &item.kind {
            ValKind::List(inner) | ValKind::Set(inner) => {
                let from = flat.len();
                flatten_into(inner, flat, depth + 1)?;
                if item.sensitive {
                    flat.iter_mut().skip(from).for_each(|value| value.sensitive = true);
                }
            }
            _ => flat.push(item.clone()),
        }
        room_for_items(flat.len())?;
    }
    Ok(())
}

pub(super) fn matchkeys(call: &Call<'_>) -> Answer {
    let (values, keys, wanted) = (call.list(0)?, call.items(1)?, call.items(2)?);
    if values.len() != keys.len() {
        return Err("length of keys and values should be equal".into());
    }
    let all = convert::unify(keys.iter().chain(wanted.iter()).cloned().collect())?;
    let (keys, wanted) = all.split_at(keys.len());
    if let Some(stop) = all.iter().find_map(first_unknown) {
        return Err(stop);
    }
    let wanted: BTreeSet<Key> = wanted.iter().cloned().map(Key).collect();
    let chosen = values.iter().zip(keys).filter(|(_, key)| wanted.contains(&Key((*key).clone())));
    Ok(Val::from(chosen.map(|(value, _)| value.clone()).collect::<Vec<_>>()))
}

pub(super) fn merge(call: &Call<'_>) -> Answer {
    let mut merged = Entries::new();
    let given = call.arguments.iter().filter(|argument| !argument.is_null());
    for argument in given {
        let from = entries(argument)?;
        merged.extend(from.iter().map(|(key, value)| (key.clone(), value.clone())));
        room_for_items(merged.len())?;
    }
    Ok(Val::from(merged))
}

pub(super) fn range(call: &Call<'_>) -> Answer {
    let numbers: Vec<Number> = call.arguments.iter().map(number).collect::<Result<_, _>>()?;
    let (start, limit, step) = match numbers.as_slice() {
        [limit] => (Number::Int(0), *limit, None),
        [start, limit] => (*start, *limit, None),
        [start, limit, step, ..] => (*start, *limit, Some(*step)),
        [] => return Err("one to three arguments are needed".into()),
    };
    let step = step.unwrap_or(Number::Int(if limit < start { -1 } else { 1 }));
    let down = step < Number::Int(0);
    match step.as_f64() {
        0.0 => return Err("step must not be zero".into()),
        _ if down && start < limit => return Err("limit must be less than start when step is negative".into()),
        _ if !down && start > limit => return Err("limit must be greater than start when step is positive".into()),
        _ => {}
    }
    let mut values = Vec::new();
    let mut at = start;
    while if down { at > limit } else { at < limit } {
        if values.len() >= LONGEST_RANGE {
            return Err(
                format!("more than {LONGEST_RANGE} values were generated; either decrease the difference or use a smaller step").into()
            );
        }
        values.push(ValKind::Number(at).into());
        at = match (at, step) {
            (Number::Int(at), Number::Int(step)) => Number::Int(at.saturating_add(step)),
            (at, step) => Number::of(at.as_f64() + step.as_f64()).ok_or("the numbers are too large")?,
        };
    }
    Ok(Val::from(values))
}

pub(super) fn reverse(call: &Call<'_>) -> Answer {
    let list = call.get(0);
    if let (ValKind::Set(_), Some(stop)) = (&list.kind, first_unknown(&list)) {
        return Err(stop);
    }
    Ok(Val::from(items(&list)?.iter().rev().cloned().collect::<Vec<_>>()))
}

pub(super) fn slice(call: &Call<'_>) -> Answer {
    let list = call.get(0);
    let ValKind::List(items) = &given(&list)?.kind else {
        return Err("cannot slice anything but a list or tuple".into());
    };
    let index = |at: usize| usize::try_from(call.whole(at)?).map_err(|_| Stop::from("index must not be negative"));
    let (start, end) = (index(1)?, index(2)?);
    if start > end {
        return Err("start index must not be greater than end index".into());
    }
    let part = items.get(start..end).ok_or("end index must not be greater than the length of the given list")?;
    Ok(Val::from(part.to_vec()))
}

pub(super) fn sort(call: &Call<'_>) -> Answer {
    let mut texts = Vec::new();
    for item in call.list(0)?.iter() {
        texts.push(text(item)?);
    }
    texts.sort();
    Ok(strings(texts))
}

pub(super) fn transpose(call: &Call<'_>) -> Answer {
    let mut turned: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
    let mut count = 0_usize;
    for (key, list) in call.entries(0)?.iter() {
        for item in items(list)?.iter() {
            count += 1;
            room_for_items(count)?;
            turned.entry(text(item)?).or_default().push(key.clone());
        }
    }
    Ok(Val::from(turned.into_iter().map(|(key, list)| (key, strings(list))).collect::<Entries>()))
}

pub(super) fn zipmap(call: &Call<'_>) -> Answer {
    let (keys, values) = (call.texts(0)?, call.get(1));
    let ValKind::List(values) = &given(&values)?.kind else {
        return Err("values must be a list or tuple value".into());
    };
    if keys.len() != values.len() {
        return Err(format!("number of keys ({}) does not match number of values ({})", keys.len(), values.len()).into());
    }
    let sensitive = convert::is_sensitive(&call.get(0));
    let entries: Entries = keys.into_iter().zip(values.iter().cloned()).collect();
    Ok(Val::from(ValKind::Map(Rc::new(entries))).marked(sensitive))
}
