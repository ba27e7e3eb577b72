//! Computes expressions over values that may be unknown.
//!
//! What is unknown stays unknown with its reason, and what hangs on one undecided condition keeps both alternatives. Errors are for
//! what Terraform refuses; nothing is guessed. Names are looked up through [`Scope`] and files are read by `functions`, never here.

mod access;
mod arithmetic;
mod call;
mod choice;
mod collections;
mod limits;
mod locals;
mod operators;
mod show;
mod template;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use limits::apart;
pub use locals::Locals;
pub use show::show;

use super::scope::{EvalError, Scope};
use super::syntax::{Expr, ExprKind, Pos};
use super::value::{Val, ValKind};

/// The value of an expression.
///
/// # Errors
/// When Terraform would refuse it too, or when it outgrows the limits on nesting, work and size.
pub fn eval(expr: &Expr, scope: &dyn Scope) -> Result<Val, EvalError> {
    eval_in(expr, scope, &Locals::default())
}

/// The value of an expression where some names are bound, such as the iterator of a `dynamic` block; they shadow those of the scope.
///
/// # Errors
/// As for [`eval`].
pub fn eval_in(expr: &Expr, scope: &dyn Scope, locals: &Locals) -> Result<Val, EvalError> {
    Evaluator { scope }.eval(expr, locals)
}

/// The value of a template file or string, in which only the given names exist.
///
/// # Errors
/// When the text is no template, and as for [`eval`].
pub fn render(text: &str, variables: &std::collections::BTreeMap<Arc<str>, Val>, at: Pos, scope: &dyn Scope) -> Result<Val, EvalError> {
    Evaluator { scope }.render(text, variables, at)
}

/// One evaluation.
#[derive(Clone, Copy)]
struct Evaluator<'a> {
    scope: &'a dyn Scope,
}

impl Evaluator<'_> {
    fn eval(self, expr: &Expr, locals: &Locals) -> Result<Val, EvalError> {
        let _level = limits::Level::enter(expr.at)?;
        match &expr.kind {
            ExprKind::Null => Ok(Val::null()),
            ExprKind::Bool(value) => Ok((*value).into()),
            ExprKind::Number(number) => Ok(ValKind::Number(*number).into()),
            ExprKind::String(text) => Ok(ValKind::String(text.clone()).into()),
            ExprKind::Template(parts) => self.template(parts, expr.at, locals),
            ExprKind::Tuple(items) => self.tuple(items, locals),
            ExprKind::Object(entries) => self.object(entries, locals),
            ExprKind::Variable(name) => self.reference(name, &[], expr.at, locals),
            ExprKind::Traversal(base, steps) => self.traversal(base, steps, locals),
            ExprKind::Call { name, arguments, expand } => self.call(name, arguments, *expand, expr.at, locals),
            ExprKind::Conditional(parts) => self.conditional(parts, locals),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, locals),
            ExprKind::Binary(op, operands) => self.binary(*op, operands, expr.at, locals),
            ExprKind::For(parts) => self.for_expr(parts, expr.at, locals),
            ExprKind::Paren(inner) => self.eval(inner, locals),
        }
    }
}
