//! Expressions as people write them, for sentences about conditions. Not for reading back.

use std::fmt::Write as _;

use crate::collect::terraform::hcl::syntax::{BinaryOp, Expr, ExprKind, Part, Step, UnaryOp};

/// How long a shown expression may be, in bytes; the rest is cut off.
const LONGEST: usize = 120;

/// An expression in one line, cut off where it is long.
pub fn show(expr: &Expr) -> String {
    let mut text = String::new();
    write_expr(&mut text, expr, 0);
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Stops early: what comes after the longest text is not shown, and nesting may be deep.
fn write_expr(out: &mut String, expr: &Expr, depth: usize) {
    if out.len() > LONGEST || depth > LONGEST {
        return;
    }
    let depth = depth + 1;
    match &expr.kind {
        ExprKind::Null => out.push_str("null"),
        ExprKind::Bool(value) => drop(write!(out, "{value}")),
        ExprKind::Number(number) => drop(write!(out, "{number}")),
        ExprKind::String(text) => drop(write!(out, "\"{text}\"")),
        ExprKind::Template(parts) => write_template(out, parts, depth),
        ExprKind::Tuple(items) => write_list(out, ["[", "]"], items, depth),
        ExprKind::Object(entries) => out.push_str(if entries.is_empty() { "{}" } else { "{…}" }),
        ExprKind::Variable(name) => out.push_str(name),
        ExprKind::Traversal(base, steps) => {
            write_expr(out, base, depth);
            steps.iter().for_each(|step| write_step(out, step, depth));
        }
        ExprKind::Call { name, arguments, expand } => {
            out.push_str(name);
            write_list(out, ["(", if *expand { "...)" } else { ")" }], arguments, depth);
        }
        ExprKind::Conditional(parts) => write_joined(out, &[&parts[0], &parts[1], &parts[2]], &[" ? ", " : "], depth),
        ExprKind::Unary(op, operand) => {
            out.push(if *op == UnaryOp::Not { '!' } else { '-' });
            write_expr(out, operand, depth);
        }
        ExprKind::Binary(op, operands) => write_joined(out, &[&operands[0], &operands[1]], &[sign(*op)], depth),
        ExprKind::For(parts) => out.push_str(if parts.key_expr.is_some() { "{for …}" } else { "[for …]" }),
        ExprKind::Paren(inner) => {
            out.push('(');
            write_expr(out, inner, depth);
            out.push(')');
        }
    }
}

fn write_joined(out: &mut String, exprs: &[&Expr], between: &[&str], depth: usize) {
    for (number, expr) in exprs.iter().enumerate() {
        if let Some(sign) = number.checked_sub(1).and_then(|before| between.get(before)) {
            out.push_str(sign);
        }
        write_expr(out, expr, depth);
    }
}

fn write_list(out: &mut String, [open, close]: [&str; 2], items: &[Expr], depth: usize) {
    out.push_str(open);
    for (number, item) in items.iter().enumerate() {
        if out.len() > LONGEST {
            return;
        }
        out.push_str(if number > 0 { ", " } else { "" });
        write_expr(out, item, depth);
    }
    out.push_str(close);
}

fn write_template(out: &mut String, parts: &[Part], depth: usize) {
    out.push('"');
    for part in parts {
        match part {
            Part::Literal(text) => out.push_str(text),
            Part::Interpolation(expr) => {
                out.push_str("${");
                write_expr(out, expr, depth);
                out.push('}');
            }
            Part::If { .. } | Part::For { .. } => out.push('…'),
        }
        if out.len() > LONGEST {
            return;
        }
    }
    out.push('"');
}

fn write_step(out: &mut String, step: &Step, depth: usize) {
    match step {
        Step::Attribute(name) => drop(write!(out, ".{name}")),
        Step::Index(key) => {
            out.push('[');
            write_expr(out, key, depth);
            out.push(']');
        }
        Step::Splat => out.push_str("[*]"),
        Step::AttributeSplat => out.push_str(".*"),
    }
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => " + ",
        BinaryOp::Subtract => " - ",
        BinaryOp::Multiply => " * ",
        BinaryOp::Divide => " / ",
        BinaryOp::Modulo => " % ",
        BinaryOp::Equal => " == ",
        BinaryOp::NotEqual => " != ",
        BinaryOp::Less => " < ",
        BinaryOp::LessOrEqual => " <= ",
        BinaryOp::Greater => " > ",
        BinaryOp::GreaterOrEqual => " >= ",
        BinaryOp::And => " && ",
        BinaryOp::Or => " || ",
    }
}
