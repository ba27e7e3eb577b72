//! Whether an expression makes a list or map or a tuple or object: for Terraform `var.list == []` is false whatever is in the list, because
//! the types differ. Values do not keep that, so it is read off the code where code says it.

use super::Locals;
use crate::collect::terraform::hcl::scope::{Form, Scope};
use crate::collect::terraform::hcl::syntax::{Expr, ExprKind};
use crate::collect::terraform::hcl::value::{Val, ValKind};

/// Functions that always answer a list or a map.
const COLLECTING: [&str; 6] = ["compact", "formatlist", "sort", "split", "tolist", "tomap"];

/// Whether two values of the same content are equal for Terraform. `None` when that hangs on types that nobody can tell.
pub(super) fn same(value: &Val, written: &[Expr; 2], scope: &dyn Scope, locals: &Locals) -> Option<bool> {
    let nested = match &value.kind {
        ValKind::List(items) => items.iter().any(is_open),
        ValKind::Map(entries) => entries.values().any(is_open),
        _ => return Some(true),
    };
    match written.each_ref().map(|side| of(side, scope, locals)) {
        [Some(Form::Collection), Some(Form::Structure)] | [Some(Form::Structure), Some(Form::Collection)] => Some(false),
        [Some(Form::Collection), Some(Form::Collection)] => Some(true),
        [Some(Form::Structure), Some(Form::Structure)] if !nested || written.iter().all(is_literal) => Some(true),
        // Both come from elsewhere: they are of one type nearly always.
        [None, None] => Some(true),
        _ => None,
    }
}

/// Whether a part has again a form of its own, or a type that does not show.
fn is_open(part: &Val) -> bool {
    matches!(part.kind, ValKind::List(_) | ValKind::Map(_) | ValKind::Set(_) | ValKind::Null)
}

/// Whether the whole value is spelled out.
fn is_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::String(_) => true,
        ExprKind::Paren(inner) => is_literal(inner),
        ExprKind::Tuple(items) => items.iter().all(is_literal),
        ExprKind::Object(entries) => entries.iter().all(|(_, value)| is_literal(value)),
        _ => false,
    }
}

/// The form of what an expression makes, where code says it.
fn of(expr: &Expr, scope: &dyn Scope, locals: &Locals) -> Option<Form> {
    match &expr.kind {
        ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_) => Some(Form::Structure),
        ExprKind::Paren(inner) => of(inner, scope, locals),
        ExprKind::Call { name, .. } if COLLECTING.contains(&&**name) => Some(Form::Collection),
        ExprKind::Traversal(base, steps) => match &base.kind {
            ExprKind::Variable(head) if locals.get(head).is_none() => scope.form(head, steps),
            _ => None,
        },
        _ => None,
    }
}
