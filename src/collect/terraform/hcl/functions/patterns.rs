//! Regular expressions: `regex`, `regexall` and `replace`.

use std::rc::Rc;

use regex::{Captures, Regex, RegexBuilder};

use super::args::{Answer, Call, Entries, Stop, room_for, room_for_items};
use crate::collect::terraform::hcl::value::{Val, ValKind};

/// How large a compiled expression may grow, in bytes.
const LARGEST: usize = 2_000_000;

fn compile(pattern: &str) -> Result<Regex, Stop> {
    RegexBuilder::new(&in_our_dialect(pattern))
        .size_limit(LARGEST)
        .nest_limit(200)
        .build()
        .map_err(|error| format!("invalid regular expression: {}", error.to_string().lines().last().unwrap_or_default()).into())
}

/// Terraform's expressions are RE2's, whose classes know ASCII only and whose brackets do not nest.
fn in_our_dialect(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.chars().peekable();
    let mut class: Option<usize> = None;
    while let Some(c) = chars.next() {
        let inside = class.is_some();
        class = class.map(|length| length + 1);
        match (c, inside) {
            ('\\', _) => escape(&mut out, chars.next(), inside),
            ('[', false) => {
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                class = Some(0);
            }
            ('[', true) if chars.peek() == Some(&':') => {
                out.push('[');
                for c in chars.by_ref() {
                    out.push(c);
                    if c == ']' {
                        break;
                    }
                }
            }
            (']', true) if class == Some(1) => out.push_str("\\]"),
            (']', true) => {
                out.push(']');
                class = None;
            }
            ('[' | '&' | '~', true) => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

fn escape(out: &mut String, escaped: Option<char>, in_class: bool) {
    let open = if in_class { "" } else { "[" };
    let close = if in_class { "" } else { "]" };
    match escaped {
        Some('d') => out.extend([open, "0-9", close]),
        Some('w') => out.extend([open, "0-9A-Za-z_", close]),
        Some('s') => out.extend([open, "\\t\\n\\f\\r ", close]),
        Some('D') => out.push_str("[^0-9]"),
        Some('W') => out.push_str("[^0-9A-Za-z_]"),
        Some('S') => out.push_str("[^\\t\\n\\f\\r ]"),
        Some('b') if !in_class => out.push_str("(?-u:\\b)"),
        Some(c) => out.extend(['\\', c]),
        None => out.push('\\'),
    }
}

pub(super) fn regex(call: &Call<'_>) -> Answer {
    let (pattern, text) = (compile(&call.text(0)?)?, call.text(1)?);
    let found = pattern.captures(&text).ok_or("pattern did not match any part of the given string")?;
    shape(&pattern, &found)
}

pub(super) fn regexall(call: &Call<'_>) -> Answer {
    let (pattern, text) = (compile(&call.text(0)?)?, call.text(1)?);
    let mut all = Vec::new();
    for found in pattern.captures_iter(&text) {
        room_for_items(all.len())?;
        all.push(shape(&pattern, &found)?);
    }
    Ok(Val::from(all))
}

/// A match as Terraform gives it: text without groups, a list of unnamed groups, a map of named ones.
fn shape(pattern: &Regex, found: &Captures<'_>) -> Answer {
    let group = |index: usize| found.get(index).map_or_else(Val::null, |group| group.as_str().into());
    let names: Vec<Option<&str>> = pattern.capture_names().skip(1).collect();
    let named = names.iter().flatten().count();
    if names.is_empty() {
        return Ok(group(0));
    }
    if named == 0 {
        return Ok(Val::from((1..=names.len()).map(group).collect::<Vec<_>>()));
    }
    if named < names.len() {
        return Err("named and unnamed capture groups cannot stand in one expression".into());
    }
    let entries: Entries = names.iter().enumerate().filter_map(|(at, name)| Some(((*name)?.into(), group(at + 1)))).collect();
    Ok(ValKind::Map(Rc::new(entries)).into())
}

pub(super) fn replace(call: &Call<'_>) -> Answer {
    let (text, find, with) = (call.text(0)?, call.text(1)?, call.text(2)?);
    let inner = find.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let Some(pattern) = inner.filter(|_| find.len() > 1) else {
        let times = if find.is_empty() { text.chars().count() + 1 } else { text.matches(&*find).count() };
        room_for(times.saturating_mul(with.len()).saturating_add(text.len()))?;
        return Ok(text.replace(&*find, &with).into());
    };
    let pattern = compile(pattern)?;
    let mut replaced = String::new();
    let mut from = 0;
    for found in pattern.captures_iter(&text) {
        let Some(whole) = found.get(0) else { continue };
        replaced.push_str(text.get(from..whole.start()).unwrap_or_default());
        found.expand(&with, &mut replaced);
        room_for(replaced.len())?;
        from = whole.end();
    }
    replaced.push_str(text.get(from..).unwrap_or_default());
    Ok(replaced.into())
}
