//! `yamlencode`, in the layout that Terraform writes.

use super::args::{Answer, Call, Stop, first_unknown, room_for};
use super::json;
use crate::collect::terraform::hcl::value::{Val, ValKind};

/// How deep a value may nest.
const DEEPEST: usize = 100;

pub(super) fn yamlencode(call: &Call<'_>) -> Answer {
    let value = call.get(0);
    let mut out = String::new();
    write(&value, &mut out, 0, 0)?;
    if !out.ends_with('\n') {
        out.push('\n');
    }
    Ok(out.into())
}

/// Writes a value where the line already stands; blocks go on at this indentation.
fn write(value: &Val, out: &mut String, indent: usize, depth: usize) -> Result<(), Stop> {
    if depth > DEEPEST {
        return Err("the value nests too deep".into());
    }
    match &value.kind {
        ValKind::Null => out.push_str("null"),
        ValKind::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        ValKind::Number(number) => out.push_str(&number.to_string()),
        ValKind::String(text) => string(text, out, indent),
        ValKind::List(items) | ValKind::Set(items) if items.is_empty() => out.push_str("[]"),
        ValKind::List(items) | ValKind::Set(items) => {
            for (at, item) in items.iter().enumerate() {
                new_line(out, at > 0, indent);
                out.push_str("- ");
                write(item, out, indent + 2, depth + 1)?;
            }
        }
        ValKind::Map(entries) if entries.is_empty() => out.push_str("{}"),
        ValKind::Map(entries) => {
            for (at, (key, value)) in entries.iter().enumerate() {
                new_line(out, at > 0, indent);
                out.push_str(&json::quoted(key));
                out.push(':');
                match &value.kind {
                    ValKind::Map(entries) if !entries.is_empty() => {
                        new_line(out, true, indent + 2);
                        write(value, out, indent + 2, depth + 1)?;
                    }
                    // Lists in mappings are not indented.
                    ValKind::List(items) | ValKind::Set(items) if !items.is_empty() => {
                        new_line(out, true, indent);
                        write(value, out, indent, depth + 1)?;
                    }
                    _ => {
                        out.push(' ');
                        write(value, out, indent + 2, depth + 1)?;
                    }
                }
            }
        }
        ValKind::Resource(_) | ValKind::Unknown(_) => return Err(first_unknown(value).unwrap_or_else(|| "it is not known".into())),
    }
    room_for(out.len())
}

fn new_line(out: &mut String, wanted: bool, indent: usize) {
    if wanted {
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

fn string(text: &str, out: &mut String, indent: usize) {
    if !text.contains('\n') {
        out.push_str(&json::quoted(text));
        return;
    }
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    if !text.ends_with('\n') {
        out.push('-');
    } else if text.ends_with("\n\n") || text == "\n" {
        out.push('+');
    }
    out.push('\n');
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent.max(2)));
            out.push_str(line);
        }
        out.push('\n');
    }
    if !text.ends_with('\n') {
        out.pop();
    }
}
