//! Templates: strip markers (`~`) and the indentation of `<<-` heredocs are applied here, by the rules of HCL, so that whoever
//! evaluates sees text, values, conditions and loops only.
//!
//! HCL cuts a template into tokens first, the text of heredocs and files line by line, and a marker reaches one token far; the
//! order here is the same: tokens, then markers, then indentation, then the tree.

use std::sync::Arc;

use hcl_edit::Span;
use hcl_edit::template as edit;

use super::convert::{Converter, name};
use crate::collect::terraform::hcl::syntax::{Expr, ExprKind, Part};

/// How a template is spelt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    /// `"…"`: escapes, one line.
    Quoted,
    /// `<<EOT`
    Heredoc,
    /// `<<-EOT`
    FlushHeredoc,
    /// A JSON string or a template file.
    Bare,
}

/// A token of a template.
enum Token<'t> {
    Text(String),
    Interpolation(&'t hcl_edit::expr::Expression),
    If(&'t edit::IfTemplateExpr),
    Else,
    EndIf,
    For(&'t edit::ForTemplateExpr),
    EndFor,
}

/// A token and its strip markers: before it, after it.
struct Marked<'t> {
    token: Token<'t>,
    strip: (bool, bool),
}

/// A template as an expression.
pub(super) fn kind(converter: &Converter<'_>, template: &edit::Template, flavour: Flavour) -> ExprKind {
    let mut tokens = Vec::new();
    flatten(converter, template, flavour, &mut tokens);
    let single = matches!(tokens.as_slice(), [Marked { token: Token::Interpolation(_), .. }]);
    strip(&mut tokens);
    if flavour == Flavour::FlushHeredoc {
        dedent(&mut tokens);
    }
    let mut parts = assemble(converter, &mut tokens.into_iter().peekable());
    if !single && parts.iter().all(|part| matches!(part, Part::Literal(_))) {
        let text =
            parts.first().map_or_else(|| "".into(), |part| if let Part::Literal(text) = part { Arc::clone(text) } else { "".into() });
        return ExprKind::String(text);
    }
    if !single && let [Part::Interpolation(_)] = parts.as_slice() {
        // Text that was stripped away still makes the result a string.
        parts.push(Part::Literal("".into()));
    }
    ExprKind::Template(parts)
}

fn flatten<'t>(converter: &Converter<'_>, template: &'t edit::Template, flavour: Flavour, out: &mut Vec<Marked<'t>>) {
    for element in template {
        match element {
            edit::Element::Literal(literal) => {
                let pieces: Vec<String> = match flavour {
                    Flavour::Quoted => vec![literal.value().clone()],
                    Flavour::Bare => literal.value().split_inclusive('\n').map(ToOwned::to_owned).collect(),
                    Flavour::Heredoc | Flavour::FlushHeredoc => raw_lines(converter, literal),
                };
                out.extend(pieces.into_iter().map(|text| Marked { token: Token::Text(text), strip: (false, false) }));
            }
            edit::Element::Interpolation(it) => out.push(marked(Token::Interpolation(&it.expr), it.strip)),
            edit::Element::Directive(directive) => match &**directive {
                edit::Directive::If(it) => {
                    out.push(marked(Token::If(&it.if_expr), it.if_expr.strip));
                    flatten(converter, &it.if_expr.template, flavour, out);
                    if let Some(otherwise) = &it.else_expr {
                        out.push(marked(Token::Else, otherwise.strip));
                        flatten(converter, &otherwise.template, flavour, out);
                    }
                    out.push(marked(Token::EndIf, it.endif_expr.strip));
                }
                edit::Directive::For(it) => {
                    out.push(marked(Token::For(&it.for_expr), it.for_expr.strip));
                    flatten(converter, &it.for_expr.template, flavour, out);
                    out.push(marked(Token::EndFor, it.endfor_expr.strip));
                }
            },
        }
    }
}

fn marked(token: Token<'_>, strip: edit::Strip) -> Marked<'_> {
    Marked { token, strip: (strip.strip_start(), strip.strip_end()) }
}

/// The lines of a heredoc's text as written: the parser has already taken indentation away, by other rules than HCL's.
fn raw_lines(converter: &Converter<'_>, literal: &hcl_edit::Spanned<String>) -> Vec<String> {
    let written = literal.span().and_then(|span| converter.source.get(span)).unwrap_or(literal.value());
    written.split_inclusive('\n').map(|line| line.replace("$${", "${").replace("%%{", "%{")).collect()
}

/// Applies the `~` markers.
fn strip(tokens: &mut [Marked<'_>]) {
    for index in 0..tokens.len() {
        let (before, after) = tokens[index].strip;
        if before && let Some(Marked { token: Token::Text(text), .. }) = index.checked_sub(1).and_then(|index| tokens.get_mut(index)) {
            text.truncate(text.trim_end().len());
        }
        if after && let Some(Marked { token: Token::Text(text), .. }) = tokens.get_mut(index + 1) {
            text.drain(..text.len() - text.trim_start().len());
        }
    }
}

/// Takes away the indentation that all lines share. Blank lines neither count nor change.
fn dedent(tokens: &mut [Marked<'_>]) {
    let mut shared = usize::MAX;
    let mut adjust = Vec::new();
    let mut line_start = true;
    for (index, marked) in tokens.iter().enumerate() {
        let Token::Text(text) = &marked.token else {
            if line_start {
                shared = 0;
            }
            line_start = false;
            continue;
        };
        if line_start {
            let spaces = text.chars().take_while(|c| c.is_whitespace()).count();
            if !(text.trim().is_empty() && text.ends_with('\n')) {
                shared = shared.min(spaces);
                adjust.push(index);
            }
        }
        line_start = text.ends_with('\n');
    }
    for index in adjust {
        if let Token::Text(text) = &mut tokens[index].token {
            let cut = text.char_indices().nth(shared).map_or(text.len(), |(at, _)| at);
            text.drain(..cut);
        }
    }
}

/// Builds the tree up to the `else` or the end that belongs to whoever called; the parser has made sure that they match.
fn assemble<'t>(converter: &Converter<'_>, tokens: &mut std::iter::Peekable<impl Iterator<Item = Marked<'t>>>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text: Option<String> = None;
    while let Some(Marked { token, .. }) = tokens.next_if(|marked| !matches!(marked.token, Token::Else | Token::EndIf | Token::EndFor)) {
        if let Token::Text(more) = token {
            text.get_or_insert_default().push_str(&more);
            continue;
        }
        parts.extend(text.take().map(|text| Part::Literal(text.into())));
        match token {
            Token::Interpolation(expr) => parts.push(Part::Interpolation(converter.expr(expr))),
            Token::If(it) => {
                let test = converter.expr(&it.cond_expr);
                let then = assemble(converter, tokens);
                let has_else = tokens.next_if(|marked| matches!(marked.token, Token::Else)).is_some();
                let otherwise = if has_else { assemble(converter, tokens) } else { Vec::new() };
                tokens.next();
                parts.push(Part::If { test, then, otherwise });
            }
            Token::For(it) => {
                let key = it.key_var.as_ref().map(name);
                let collection = converter.expr(&it.collection_expr);
                let body = assemble(converter, tokens);
                tokens.next();
                parts.push(Part::For { key, value: name(&it.value_var), collection, body });
            }
            Token::Text(_) | Token::Else | Token::EndIf | Token::EndFor => {}
        }
    }
    parts.extend(text.map(|text| Part::Literal(text.into())));
    parts
}

/// A whole template as one expression.
pub(super) fn expr(converter: &Converter<'_>, template: &edit::Template) -> Expr {
    Expr { at: converter.places.pos(0), kind: kind(converter, template, Flavour::Bare) }
}
