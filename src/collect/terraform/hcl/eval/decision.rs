//! Which decision a condition is: two conditions that read the same in one module instance hold together.
//!
//! What cannot be told apart for certain is no decision of its own: it stays undecided, and nothing is concluded from it.

use std::sync::Arc;

use super::{Locals, show};
use crate::collect::terraform::hcl::scope::Scope;
use crate::collect::terraform::hcl::syntax::{Expr, ExprKind, Part, Step, UnaryOp};

/// Names that mean the same throughout a module instance; resource types, which have an underscore, do so too.
const OF_MODULE: &[&str] = &["data", "local", "module", "path", "resource", "terraform", "var"];

/// Functions that say something else each time.
const OF_CHANCE: &[&str] = &["bcrypt", "uuid"];

/// Deepest nesting of a condition that is looked into.
const DEPTH: usize = 32;

/// What a condition asks, without `!` and parentheses around it; and whether the answer is turned round.
pub(super) fn asked(mut expr: &Expr) -> (&Expr, bool) {
    let mut negated = false;
    loop {
        match &expr.kind {
            ExprKind::Paren(inner) => expr = inner,
            ExprKind::Unary(UnaryOp::Not, inner) => (expr, negated) = (inner, !negated),
            _ => return (expr, negated),
        }
    }
}

/// The decision that a condition is.
pub(super) fn of(expr: &Expr, scope: &dyn Scope, locals: &Locals) -> Option<Arc<str>> {
    let mut repeated = false;
    if !is_settled(expr, locals, &mut repeated, DEPTH) {
        return None;
    }
    let place = scope.place(repeated)?;
    let text = show(expr);
    // What was cut off may differ, and so may what another block repeats: then only the same place is the same decision.
    Some(if repeated || text.contains('…') {
        let at = expr.at;
        format!("{place}{}:{}:{} {text}", at.file, at.line, at.column).into()
    } else {
        format!("{place}{text}").into()
    })
}

/// Whether all names of an expression mean the same wherever it stands in the module, or in the block when it is `repeated`.
fn is_settled(expr: &Expr, locals: &Locals, repeated: &mut bool, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let mut settled = |expr: &Expr| is_settled(expr, locals, repeated, depth);
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => true,
        ExprKind::Variable(name) => {
            *repeated |= matches!(&**name, "each" | "count");
            let known = OF_MODULE.contains(&&**name) || name.contains('_') || matches!(&**name, "each" | "count");
            known && locals.get(name).is_none()
        }
        ExprKind::Template(parts) => parts.iter().all(|part| match part {
            Part::Literal(_) => true,
            Part::Interpolation(expr) => settled(expr),
            Part::If { .. } | Part::For { .. } => false,
        }),
        ExprKind::Tuple(items) => items.iter().all(settled),
        ExprKind::Object(entries) => entries.iter().all(|(key, value)| settled(key) && settled(value)),
        ExprKind::Traversal(base, steps) => {
            settled(base)
                && steps.iter().all(|step| match step {
                    Step::Index(key) => settled(key),
                    Step::Attribute(_) | Step::Splat | Step::AttributeSplat => true,
                })
        }
        ExprKind::Call { name, arguments, .. } => !OF_CHANCE.contains(&&**name) && arguments.iter().all(settled),
        ExprKind::Conditional(parts) => parts.iter().all(settled),
        ExprKind::Unary(_, operand) | ExprKind::Paren(operand) => settled(operand),
        ExprKind::Binary(_, operands) => operands.iter().all(settled),
        ExprKind::For(_) => false,
    }
}
