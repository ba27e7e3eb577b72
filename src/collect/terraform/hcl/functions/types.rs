//! Conversions that code asks for, and marks.

use super::args::{Answer, Call, Stop};
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};

pub(super) fn tobool(call: &Call<'_>) -> Answer {
    Ok(convert::to_bool(&call.get(0))?)
}

pub(super) fn tolist(call: &Call<'_>) -> Answer {
    Ok(convert::to_list(&call.get(0))?)
}

pub(super) fn tomap(call: &Call<'_>) -> Answer {
    Ok(convert::to_map(&super::args::plain(&call.get(0))?)?)
}

pub(super) fn tonumber(call: &Call<'_>) -> Answer {
    Ok(convert::to_number(&call.get(0))?)
}

pub(super) fn toset(call: &Call<'_>) -> Answer {
    Ok(convert::to_set(&call.get(0))?)
}

pub(super) fn tostring(call: &Call<'_>) -> Answer {
    Ok(convert::to_string(&call.get(0))?)
}

pub(super) fn sensitive(call: &Call<'_>) -> Answer {
    Ok(call.get(0).marked(true))
}

pub(super) fn nonsensitive(call: &Call<'_>) -> Answer {
    let mut value = call.get(0);
    value.sensitive = false;
    Ok(value)
}

pub(super) fn issensitive(call: &Call<'_>) -> Answer {
    let value = call.get(0);
    match &value.kind {
        // It may turn out to be sensitive once it is known.
        ValKind::Unknown(unknown) if !value.sensitive => Err(Stop::Unknown(unknown.clone())),
        _ => Ok(Val::from(value.sensitive)),
    }
}

pub(super) fn ephemeralasnull(call: &Call<'_>) -> Answer {
    Ok(call.get(0))
}

/// What depends on time, chance, a key or a compressor that nobody else has.
pub(super) fn impure(name: &'static str) -> Stop {
    Why::Function(name.into()).into()
}
