//! Respells what Terraform accepts and the parser does not, without moving a byte: every place stays true.
//!
//! - Newlines and comments inside of `( )`, `[ ]`, `${ }` and `{ for … }`, where HCL ignores them, become spaces.
//! - Of equal keys of an object the last one counts; the earlier entries become spaces.
//! - A heredoc ends at a line that is nothing but its marker; the parser stops at a line that merely begins with it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::scan::{Bracket, Lexeme, Scanner};

/// Respells code.
pub(super) fn code(text: &str) -> String {
    mend(text, Scanner::new)
}

/// Respells a template without quotes around it.
pub(super) fn template(text: &str) -> String {
    mend(text, Scanner::template)
}

fn mend<'t>(text: &'t str, scan: fn(&'t str) -> Scanner<'t>) -> String {
    let lexemes: Vec<(Lexeme, Range<usize>)> = scan(text).collect();
    let mut bytes = text.as_bytes().to_vec();
    join_lines(text, &lexemes, &mut bytes);
    blank_duplicates(text, &lexemes, &mut bytes);
    rename_heredocs(text, &lexemes, &mut bytes);
    // Whole characters are replaced by as many spaces, so it stays text.
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Makes one line of what HCL reads as one line.
fn join_lines(text: &str, lexemes: &[(Lexeme, Range<usize>)], bytes: &mut [u8]) {
    let mut ignoring: Vec<bool> = Vec::new();
    for (index, (lexeme, range)) in lexemes.iter().enumerate() {
        match lexeme {
            Lexeme::Open(Bracket::Curly) => ignoring.push(begins_for(text, &lexemes[index + 1..])),
            Lexeme::Open(_) => ignoring.push(true),
            Lexeme::Close(_) => drop(ignoring.pop()),
            Lexeme::Newline | Lexeme::Comment | Lexeme::Space if ignoring.last() == Some(&true) => blank(bytes, range.clone()),
            _ => {}
        }
    }
}

/// Whether what follows a `{` is a `for`.
fn begins_for(text: &str, rest: &[(Lexeme, Range<usize>)]) -> bool {
    let mut rest = rest.iter().skip_while(|(lexeme, _)| is_blank(*lexeme));
    let word = rest.next().is_some_and(|(lexeme, range)| *lexeme == Lexeme::Word && text.get(range.clone()) == Some("for"));
    // `for = 1` is an entry with that name.
    word && rest.find(|(lexeme, _)| !is_blank(*lexeme)).is_some_and(|(lexeme, _)| *lexeme == Lexeme::Word)
}

fn is_blank(lexeme: Lexeme) -> bool {
    matches!(lexeme, Lexeme::Space | Lexeme::Newline | Lexeme::Comment)
}

fn blank(bytes: &mut [u8], range: Range<usize>) {
    if let Some(bytes) = bytes.get_mut(range) {
        bytes.fill(b' ');
    }
}

/// A bracket that is open and, if it makes an object, the entries it has.
struct Braces {
    /// `None` for other brackets and bodies of blocks.
    entries: Option<BTreeMap<String, Range<usize>>>,
    entry: Option<Entry>,
    /// Whether it is part of an expression.
    expression: bool,
}

struct Entry {
    range: Range<usize>,
    key: Option<String>,
}

impl Braces {
    fn new(object: bool, expression: bool) -> Self {
        Self { entries: object.then(BTreeMap::new), entry: None, expression }
    }

    /// Takes a lexeme that stands directly in it.
    fn take(&mut self, lexeme: Lexeme, range: &Range<usize>, text: &str, doomed: &mut Vec<Range<usize>>) {
        if self.entries.is_none() {
            return;
        }
        match lexeme {
            Lexeme::Comma | Lexeme::Newline => {
                if let Some(entry) = self.entry.as_mut().filter(|_| lexeme == Lexeme::Comma) {
                    entry.range.end = range.end;
                }
                self.finish(doomed);
            }
            Lexeme::Comment => {}
            Lexeme::Space if self.entry.is_none() => {}
            _ => {
                let entry = self.entry.get_or_insert_with(|| Entry { range: range.clone(), key: None });
                entry.range.end = range.end;
                if entry.key.is_none() && lexeme == Lexeme::Other && matches!(text.get(range.clone()), Some("=" | ":")) {
                    let key = text.get(entry.range.start..range.start).unwrap_or_default();
                    entry.key = Some(key.split_whitespace().collect());
                }
            }
        }
    }

    /// The entry is complete: one of the same key that came before is not wanted any more.
    fn finish(&mut self, doomed: &mut Vec<Range<usize>>) {
        let Some(Entry { range, key: Some(key) }) = self.entry.take() else { return };
        if let Some(entries) = &mut self.entries {
            doomed.extend(entries.insert(key, range));
        }
    }
}

fn blank_duplicates(text: &str, lexemes: &[(Lexeme, Range<usize>)], bytes: &mut [u8]) {
    let mut open: Vec<Braces> = Vec::new();
    let mut doomed = Vec::new();
    // The body of a block is in curly brackets, too; there, equal names are a mistake.
    let mut expression = 0_usize;
    let mut previous = None;
    for (index, (lexeme, range)) in lexemes.iter().enumerate() {
        match lexeme {
            Lexeme::Open(bracket) => {
                if let Some(outer) = open.last_mut() {
                    outer.take(Lexeme::Word, range, text, &mut doomed);
                }
                let object = *bracket == Bracket::Curly && (expression > 0 || is_value_position(previous));
                expression += usize::from(*bracket != Bracket::Curly || object);
                let entries = object && !begins_for(text, &lexemes[index + 1..]);
                open.push(Braces::new(entries, *bracket != Bracket::Curly || object));
            }
            Lexeme::Close(_) => {
                if let Some(mut closed) = open.pop() {
                    expression -= usize::from(closed.expression).min(expression);
                    closed.finish(&mut doomed);
                }
                if let Some(outer) = open.last_mut() {
                    outer.take(Lexeme::Word, range, text, &mut doomed);
                }
            }
            _ => {
                if let Some(outer) = open.last_mut() {
                    outer.take(*lexeme, range, text, &mut doomed);
                }
            }
        }
        if !is_blank(*lexeme) {
            previous = text.get(range.clone());
        }
    }
    for range in doomed {
        blank(bytes, range);
    }
}

/// Whether a `{` after this begins a value: labels and names come before the body of a block.
fn is_value_position(previous: Option<&str>) -> bool {
    previous.is_some_and(|text| matches!(text, "=" | ":" | "?" | ">" | "&" | "|"))
}

/// How many comparisons the parser needs to find equal keys: it compares each key of an object with all before it.
pub(super) fn comparisons(text: &str) -> u64 {
    let mut open: Vec<(bool, u64)> = Vec::new();
    let (mut total, mut expression) = (0_u64, 0_usize);
    let mut previous = None;
    for (lexeme, range) in Scanner::new(text) {
        match lexeme {
            Lexeme::Open(bracket) => {
                let counts = bracket == Bracket::Curly && (expression > 0 || is_value_position(previous));
                expression += usize::from(counts || bracket != Bracket::Curly);
                open.push((counts, 0));
            }
            Lexeme::Close(bracket) => {
                if let Some((counts, entries)) = open.pop() {
                    expression -= usize::from(counts || bracket != Bracket::Curly).min(expression);
                    total = total.saturating_add(if counts { entries.saturating_mul(entries) / 2 } else { 0 });
                }
            }
            Lexeme::Comma | Lexeme::Newline => {
                if let Some((_, entries)) = open.last_mut() {
                    *entries += 1;
                }
            }
            _ => {}
        }
        if !is_blank(lexeme) {
            previous = text.get(range);
        }
    }
    total
}

/// Gives every heredoc, a line of which begins with its marker, a marker that no line begins with.
fn rename_heredocs(text: &str, lexemes: &[(Lexeme, Range<usize>)], bytes: &mut [u8]) {
    let mut open: Vec<(Range<usize>, bool)> = Vec::new();
    for (lexeme, range) in lexemes {
        match lexeme {
            Lexeme::HeredocStart => {
                let start = text.get(range.clone()).unwrap_or_default();
                let name = start.trim_start_matches('<').trim_start_matches('-').trim_end();
                let at = range.start + (start.len() - start.trim_start_matches('<').trim_start_matches('-').len());
                open.push((at..at + name.len(), false));
            }
            Lexeme::Literal => {
                if let Some((marker, clash)) = open.last_mut() {
                    let line = text.get(range.clone()).unwrap_or_default().trim_start();
                    *clash |= text.get(marker.clone()).is_some_and(|marker| line.starts_with(marker));
                }
            }
            Lexeme::HeredocEnd => {
                let Some((marker, true)) = open.pop() else { continue };
                let end = range.end - marker.len()..range.end;
                for place in [marker, end] {
                    if let Some(bytes) = bytes.get_mut(place) {
                        bytes.fill(b'_');
                    }
                }
            }
            _ => {}
        }
    }
}
