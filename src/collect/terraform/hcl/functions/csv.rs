//! `csvdecode`: RFC 4180, as strict as Terraform is.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::args::{Answer, Call, Entries, Stop, room_for, room_for_items};
use crate::collect::terraform::hcl::value::Val;

pub(super) fn csvdecode(call: &Call<'_>) -> Answer {
    let text = call.text(0)?;
    room_for(text.len())?;
    let mut rest = &*text;
    let mut header: Option<Vec<Arc<str>>> = None;
    let mut rows = Vec::new();
    while let Some(fields) = record(&mut rest)? {
        let Some(names) = &header else {
            header = Some(checked(fields)?);
            continue;
        };
        if fields.len() != names.len() {
            return Err(format!("row {} has {} fields, the header has {}", rows.len() + 1, fields.len(), names.len()).into());
        }
        let entries: Entries = names.iter().cloned().zip(fields.into_iter().map(Val::from)).collect();
        rows.push(Val::from(entries));
        room_for_items(rows.len())?;
    }
    if header.is_none() {
        return Err("missing header line".into());
    }
    Ok(Val::from(rows))
}

fn checked(fields: Vec<String>) -> Result<Vec<Arc<str>>, Stop> {
    let mut seen = BTreeSet::new();
    match fields.iter().find(|name| !seen.insert(name.as_str())) {
        Some(twice) => Err(format!("duplicate column name {twice:?}").into()),
        None => Ok(fields.into_iter().map(Arc::from).collect()),
    }
}

/// Takes one record off the text; empty lines are none. `None` at the end.
fn record(rest: &mut &str) -> Result<Option<Vec<String>>, Stop> {
    *rest = rest.trim_start_matches("\r\n").trim_start_matches('\n');
    while let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')) {
        *rest = after;
    }
    if rest.is_empty() {
        return Ok(None);
    }
    let mut fields = Vec::new();
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(inner) => quoted(inner)?,
            None => bare(rest)?,
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(more) => *rest = more,
            None => {
                *rest = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after);
                return Ok(Some(fields));
            }
        }
    }
}

fn bare(text: &str) -> Result<(String, &str), Stop> {
    let end = text.find([',', '\n']).unwrap_or(text.len());
    let (mut field, mut rest) = text.split_at(end);
    if rest.starts_with('\n')
        && let Some(before) = field.strip_suffix('\r')
    {
        rest = text.get(before.len()..).unwrap_or(rest);
        field = before;
    }
    if field.contains('"') {
        return Err("a quote stands in a field without quotes".into());
    }
    Ok((field.to_owned(), rest))
}

fn quoted(text: &str) -> Result<(String, &str), Stop> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"').ok_or("a quoted field does not end")?;
        field.push_str(rest.get(..end).unwrap_or_default());
        rest = rest.get(end + 1..).unwrap_or_default();
        match rest.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None if rest.is_empty() || rest.starts_with([',', '\n']) || rest.starts_with("\r\n") => {
                return Ok((field.replace("\r\n", "\n"), rest));
            }
            None => return Err("something follows the closing quote of a field".into()),
        }
    }
}
