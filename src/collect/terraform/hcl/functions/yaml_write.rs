//! `yamlencode`, in the layout that Terraform writes.

use std::fmt::Write;

use super::args::{Answer, Call, Stop, first_unknown, room_for};
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
    if matches!(value.kind, ValKind::Null | ValKind::Bool(_) | ValKind::Number(_)) {
        // A plain scalar that is the whole document is ended for the reader.
        out.push_str("...\n");
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
                quoted(key, out, None);
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
    if !text.contains('\n') || text.contains(" \n") || text.ends_with(' ') || !text.chars().all(|c| c == '\n' || printable(c)) {
        quoted(text, out, Some(indent.max(2)));
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

/// The column behind which long text is broken at its next space.
const WIDTH: usize = 80;

/// Whether a character may stand as it is.
fn printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

/// Writes text in double quotes; at this indentation it may go on in a new line.
fn quoted(text: &str, out: &mut String, indent: Option<usize>) {
    let line = out.rfind('\n').map_or(0, |at| at + 1);
    let mut column = out.get(line..).unwrap_or_default().chars().count() + 1;
    out.push('"');
    let mut after_space = false;
    let mut chars = text.chars().peekable();
    let mut first = true;
    while let Some(c) = chars.next() {
        let from = out.len();
        match (c, indent) {
            (' ', Some(indent)) if !after_space && column > WIDTH && !first && chars.peek().is_some() => {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent));
                column = indent;
                if chars.peek() == Some(&' ') {
                    out.push('\\');
                    column += 1;
                }
            }
            _ => {
                escaped(c, out);
                column += out.get(from..).unwrap_or_default().chars().count();
            }
        }
        after_space = c == ' ';
        first = false;
    }
    out.push('"');
}

fn escaped(c: char, out: &mut String) {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        _ if printable(c) => return out.push(c),
        _ => "",
    };
    // Writing to a string does not fail.
    let _written = match u32::from(c) {
        _ if !short.is_empty() => write!(out, "{short}"),
        code @ 0..=0xff => write!(out, "\\x{code:02X}"),
        code @ 0x100..=0xffff => write!(out, "\\u{code:04X}"),
        code => write!(out, "\\U{code:08X}"),
    };
}
