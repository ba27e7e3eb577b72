//! Files in native syntax. A file that the parser refuses is cut into its top-level blocks, so that a broken one loses itself only.

use std::ops::Range;
use std::sync::Arc;

use hcl_edit::parser;

use super::convert::{Converter, Places};
use super::text::{NOT_TEXT, Text};
use super::{mend, scan, template};
use crate::collect::terraform::hcl::syntax::{Body, Expr, Lost, SyntaxGap};

/// Files below this size cannot hold an object whose keys take long to compare.
const SMALL: usize = 64 * 1024;
/// How many comparisons of keys one block is worth.
const MOST_COMPARISONS: u64 = 200_000_000;

/// What could be read of a file.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// Attributes and blocks, in order.
    pub(super) body: Body,
    /// What could not.
    pub(super) gaps: Vec<SyntaxGap>,
}

/// Something that could not be parsed, and where.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Byte offset.
    pub(super) at: usize,
    /// What is wrong, a fragment without content of the file.
    pub(super) message: String,
}

/// Reads a file; `name` is for sentences.
pub(super) fn parse(text: &Text, name: &str) -> Parsed {
    let whole = 0..text.text.len();
    if !text.text.contains(NOT_TEXT)
        && let Ok(body) = parse_range(text, &whole, false)
    {
        return Parsed { body, gaps: Vec::new() };
    }
    let mut parsed = Parsed::default();
    let mut lost = Vec::new();
    let mut used = 0;
    for piece in pieces(text) {
        match piece {
            Ok(mut body) => {
                used += body.blocks.len() + body.attributes.len();
                parsed.body.attributes.append(&mut body.attributes);
                parsed.body.blocks.append(&mut body.blocks);
            }
            Err((range, refusal)) => lost.push((range, refusal)),
        }
    }
    let total = used + lost.len();
    parsed.gaps = lost
        .into_iter()
        .map(|(range, refusal)| SyntaxGap {
            at: text.pos(range.start),
            message: {
                let at = text.pos(refusal.at);
                format!("could not read {name}:{} ({}): {used} of {total} blocks used", at.line, refusal.message)
            },
            lost: header(text, &range),
        })
        .collect();
    parsed
}

type Piece = Result<Body, (Range<usize>, Refusal)>;

/// Parses the top-level blocks one by one.
fn pieces(text: &Text) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for item in scan::items(&text.text) {
        match parse_item(text, &item.range, item.not_text) {
            Ok(body) => pieces.push(Ok(body)),
            Err(refusal) if item.heads.is_empty() => pieces.push(Err((item.range, refusal))),
            Err(_) => {
                // A bracket that never closes swallowed what follows: go by the look of the lines.
                let starts = std::iter::once(item.range.start).chain(item.heads.iter().copied());
                let ends = item.heads.iter().copied().chain([item.range.end]);
                for (start, end) in starts.zip(ends) {
                    let range = start..end;
                    pieces.push(parse_item(text, &range, not_text(text, &range)).map_err(|refusal| (range, refusal)));
                }
            }
        }
    }
    pieces
}

/// Where a piece holds bytes that are no text, outside of comments.
fn not_text(text: &Text, range: &Range<usize>) -> Option<usize> {
    let piece = text.text.get(range.clone())?;
    scan::items(piece).iter().find_map(|item| item.not_text).map(|at| range.start + at)
}

fn parse_item(text: &Text, range: &Range<usize>, not_text: Option<usize>) -> Result<Body, Refusal> {
    if let Some(at) = not_text {
        return Err(Refusal { at, message: "not valid UTF-8".to_owned() });
    }
    parse_range(text, range, false).or_else(|_| parse_range(text, range, true))
}

fn parse_range(text: &Text, range: &Range<usize>, mended: bool) -> Result<Body, Refusal> {
    let written = text.text.get(range.clone()).unwrap_or_default();
    if written.len() > SMALL && mend::comparisons(written) > MOST_COMPARISONS {
        return Err(Refusal { at: range.start, message: "an object with too many entries".to_owned() });
    }
    let respelt = mended.then(|| mend::code(written));
    let source = respelt.as_deref().unwrap_or(written);
    let body = parser::parse_body(source).map_err(|error| refusal(range.start, &error))?;
    Ok(Converter { source, places: Places::From(text, range.start) }.body(&body))
}

fn refusal(base: usize, error: &parser::Error) -> Refusal {
    Refusal { at: base + error.location().offset(), message: error.message().to_owned() }
}

/// The head of a block that was lost.
fn header(text: &Text, range: &Range<usize>) -> Option<Lost> {
    let (keyword, labels) = scan::header(text.text.get(range.clone())?)?;
    Some(Lost { keyword: keyword.into(), labels: labels.into_iter().map(Arc::from).collect() })
}

/// Parses an expression.
pub(super) fn parse_expr(source: &str, places: Places<'_>) -> Result<Expr, Refusal> {
    if source.len() > SMALL && mend::comparisons(source) > MOST_COMPARISONS {
        return Err(Refusal { at: 0, message: "an object with too many entries".to_owned() });
    }
    let source = source.trim_end();
    let skipped = source.len() - source.trim_start().len();
    let respelt;
    let (source, expr) = match parser::parse_expr(&source[skipped..]) {
        Ok(expr) => (&source[skipped..], expr),
        Err(_) => {
            respelt = mend::code(&source[skipped..]);
            let expr = parser::parse_expr(&respelt).map_err(|error| refusal(0, &error))?;
            (respelt.as_str(), expr)
        }
    };
    let places = match places {
        Places::From(text, base) => Places::From(text, base + skipped),
        Places::At(_) => places,
    };
    Ok(Converter { source, places }.expr(&expr))
}

/// Parses a template without quotes around it.
pub(super) fn parse_template(source: &str, places: Places<'_>) -> Result<Expr, Refusal> {
    let respelt;
    let (source, parsed) = match parser::parse_template(source) {
        Ok(parsed) => (source, parsed),
        Err(_) => {
            respelt = mend::template(source);
            let parsed = parser::parse_template(&respelt).map_err(|error| refusal(0, &error))?;
            (respelt.as_str(), parsed)
        }
    };
    Ok(template::expr(&Converter { source, places }, &parsed))
}
