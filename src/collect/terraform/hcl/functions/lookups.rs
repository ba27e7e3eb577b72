//! Functions that ask a collection for something: a part of it, or something about it.

use unicode_segmentation::UnicodeSegmentation;

use super::args::{Answer, Call, Stop, boolean, entries, equal, first_unknown, given, items, plain, strings};
use crate::collect::terraform::hcl::value::{Val, ValKind};

fn count(number: usize) -> Val {
    Val::from(i128::try_from(number).unwrap_or(i128::MAX))
}

pub(super) fn length(call: &Call<'_>) -> Answer {
    let value = call.get(0);
    match &plain(given(&value)?)?.kind {
        ValKind::String(text) => Ok(count(text.graphemes(true).count())),
        ValKind::List(items) => Ok(count(items.len())),
        // Elements that are not known may turn out to be equal.
        ValKind::Set(items) if items.len() > 1 => match first_unknown(&value) {
            Some(stop) => Err(stop),
            None => Ok(count(items.len())),
        },
        ValKind::Set(items) => Ok(count(items.len())),
        ValKind::Map(entries) => Ok(count(entries.len())),
        _ => Err("argument must be a string, a collection type, or a structural type".into()),
    }
}

pub(super) fn lookup(call: &Call<'_>) -> Answer {
    let map = call.get(0);
    let key = call.text(1)?;
    if let ValKind::Resource(resource) = &map.kind {
        return Ok(resource.get(&key));
    }
    match (entries(&map)?.get(&key), call.arguments.get(2)) {
        (Some(value), _) => Ok(value.clone()),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err("lookup failed to find the key, and there is no default".into()),
    }
}

pub(super) fn element(call: &Call<'_>) -> Answer {
    let list = call.get(0);
    let ValKind::List(items) = &given(&list)?.kind else {
        return Err("cannot read elements from anything but a list or tuple".into());
    };
    let index = call.whole(1)?;
    if index < 0 {
        return Err("cannot use element function with a negative index".into());
    }
    let length = i128::try_from(items.len()).unwrap_or(i128::MAX);
    let at = index.checked_rem(length).ok_or("cannot use element function with an empty list")?;
    usize::try_from(at).ok().and_then(|at| items.get(at).cloned()).ok_or_else(|| "there is no such element".into())
}

pub(super) fn index(call: &Call<'_>) -> Answer {
    let list = call.get(0);
    let ValKind::List(items) = &given(&list)?.kind else {
        return Err("argument must be a list or tuple".into());
    };
    let wanted = call.get(1);
    for (at, item) in items.iter().enumerate() {
        match equal(item, &wanted) {
            Some(true) => return Ok(count(at)),
            Some(false) => {}
            None => return Err(doubt(item, &wanted)),
        }
    }
    Err("item not found".into())
}

pub(super) fn contains(call: &Call<'_>) -> Answer {
    let (list, wanted) = (call.items(0)?, call.get(1));
    if wanted.is_null() {
        given(&wanted)?;
    }
    let mut open = None;
    for item in list.iter() {
        match equal(item, &wanted) {
            Some(true) => return Ok(true.into()),
            Some(false) => {}
            None => open = open.or_else(|| Some(doubt(item, &wanted))),
        }
    }
    open.map_or_else(|| Ok(false.into()), Err)
}

/// What makes a comparison undecided.
pub(super) fn doubt(a: &Val, b: &Val) -> Stop {
    first_unknown(b).or_else(|| first_unknown(a)).unwrap_or_else(|| "these cannot be compared".into())
}

pub(super) fn keys(call: &Call<'_>) -> Answer {
    Ok(strings(call.entries(0)?.keys().cloned()))
}

pub(super) fn values(call: &Call<'_>) -> Answer {
    Ok(Val::from(call.entries(0)?.values().cloned().collect::<Vec<_>>()))
}

pub(super) fn one(call: &Call<'_>) -> Answer {
    let list = call.get(0);
    let items = items(&list)?;
    match items.as_slice() {
        [] => Ok(Val::null()),
        [only] => Ok(only.clone()),
        // In a set, two that are not known may be one.
        _ => match first_unknown(&list).filter(|_| matches!(list.kind, ValKind::Set(_))) {
            Some(stop) => Err(stop),
            None => Err("must be a list, set, or tuple value with either zero or one elements".into()),
        },
    }
}

pub(super) fn alltrue(call: &Call<'_>) -> Answer {
    decide(call, false)
}

pub(super) fn anytrue(call: &Call<'_>) -> Answer {
    decide(call, true)
}

/// One element that is `decisive` settles it; otherwise one that is not known leaves it open.
fn decide(call: &Call<'_>, decisive: bool) -> Answer {
    let mut open = None;
    for item in call.list(0)?.iter() {
        if item.is_null() {
            if decisive {
                continue;
            }
            return Ok(false.into());
        }
        match boolean(item) {
            Ok(value) if value == decisive => return Ok(decisive.into()),
            Ok(_) => {}
            Err(stop @ Stop::Unknown(_)) => open = open.or(Some(stop)),
            Err(stop) => return Err(stop),
        }
    }
    open.map_or_else(|| Ok((!decisive).into()), Err)
}

pub(super) fn coalesce(call: &Call<'_>) -> Answer {
    let unified = crate::collect::terraform::hcl::convert::unify(call.arguments.to_vec())?;
    for value in unified {
        match &value.kind {
            ValKind::Null => {}
            ValKind::String(text) if text.is_empty() => {}
            ValKind::Unknown(unknown) => return Err(Stop::Unknown(unknown.clone())),
            _ => return Ok(value),
        }
    }
    Err("no non-null, non-empty-string arguments".into())
}

pub(super) fn coalescelist(call: &Call<'_>) -> Answer {
    for value in call.arguments {
        match &value.kind {
            ValKind::Null => {}
            ValKind::List(items) if items.is_empty() => {}
            ValKind::List(_) => return Ok(value.clone()),
            ValKind::Unknown(unknown) => return Err(Stop::Unknown(unknown.clone())),
            _ => return Err("coalescelist arguments must be lists or tuples".into()),
        }
    }
    Err("no non-null arguments".into())
}
