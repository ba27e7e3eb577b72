//! Functions over sets. What is not known in one of them leaves the whole answer open: it may equal any other element.

use std::rc::Rc;

use super::args::{Answer, Call, Stop, first_unknown, given, items, list, order, room_for_items, set, set_of};
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::value::{Val, ValKind};

/// The arguments as sets whose elements are of one type.
fn sets(call: &Call<'_>) -> Result<Vec<Vec<Val>>, Stop> {
    let sets = call.arguments.iter().map(set).collect::<Result<Vec<_>, _>>()?;
    if let Some(stop) = sets.iter().flat_map(|set| set.iter()).find_map(first_unknown) {
        return Err(stop);
    }
    let mut all = convert::unify(sets.iter().flat_map(|set| set.iter().cloned()).collect())?.into_iter();
    let mut unified = Vec::with_capacity(sets.len());
    for set in &sets {
        let elements = set_of(all.by_ref().take(set.len()).collect())?;
        unified.push(items(&elements)?.to_vec());
    }
    Ok(unified)
}

fn has(set: &[Val], value: &Val) -> bool {
    set.binary_search_by(|item| order(item, value)).is_ok()
}

fn made(elements: Vec<Val>) -> Val {
    ValKind::Set(Rc::new(elements)).into()
}

pub(super) fn setunion(call: &Call<'_>) -> Answer {
    set_of(sets(call)?.into_iter().flatten().collect())
}

pub(super) fn setintersection(call: &Call<'_>) -> Answer {
    let sets = sets(call)?;
    let (first, others) = sets.split_first().ok_or("at least one set is needed")?;
    Ok(made(first.iter().filter(|value| others.iter().all(|set| has(set, value))).cloned().collect()))
}

pub(super) fn setsubtract(call: &Call<'_>) -> Answer {
    let sets = sets(call)?;
    let [from, without] = sets.as_slice() else {
        return Err("two sets are needed".into());
    };
    Ok(made(from.iter().filter(|value| !has(without, value)).cloned().collect()))
}

pub(super) fn setproduct(call: &Call<'_>) -> Answer {
    if call.arguments.len() < 2 {
        return Err("at least two arguments are required".into());
    }
    let mut rows: Vec<Vec<Val>> = vec![Vec::new()];
    let mut as_set = false;
    for argument in call.arguments {
        as_set |= matches!(given(argument)?.kind, ValKind::Set(_));
        let elements = list(argument)?;
        room_for_items(rows.len().saturating_mul(elements.len()))?;
        let extend = |row: &Vec<Val>, element: &Val| row.iter().cloned().chain([element.clone()]).collect();
        rows = rows.iter().flat_map(|row| elements.iter().map(move |element| extend(row, element))).collect();
    }
    let sensitive = as_set && rows.iter().flatten().any(convert::is_sensitive);
    let rows: Vec<Val> = rows.into_iter().map(Val::from).collect();
    if as_set { Ok(set_of(rows)?.marked(sensitive)) } else { Ok(Val::from(rows)) }
}
