//! Undecided conditions: both branches are kept, and survive the operations that follow.

use std::rc::Rc;
use std::sync::Arc;

use super::{Evaluator, Locals, limits, show};
use crate::collect::terraform::hcl::convert::{self, choose, describe};
use crate::collect::terraform::hcl::scope::EvalError;
use crate::collect::terraform::hcl::syntax::{Expr, Pos};
use crate::collect::terraform::hcl::value::{Choice, Unknown, Val, ValKind};

impl Evaluator<'_> {
    /// Both branches are evaluated even when the test is known: they get a common type.
    pub(super) fn conditional(self, parts: &[Expr; 3], locals: &Locals) -> Result<Val, EvalError> {
        let [test, then, otherwise] = parts;
        let value = self.eval(test, locals)?;
        let (mut a, mut b) = (self.eval(then, locals), self.eval(otherwise, locals));
        if limits::is_exceeded() {
            // What a limit has cut short in the branch that is not taken must not be hidden by the other one.
            if let Some(error) = [&a, &b].into_iter().find_map(|branch| branch.as_ref().err()) {
                return Err(error.clone());
            }
        }
        if let (Ok(yes), Ok(no)) = (&a, &b) {
            match convert::unify(vec![yes.clone(), no.clone()]).map(<[Val; 2]>::try_from) {
                // Terraform joins the marks of both branches, of the one not taken too.
                Ok(Ok([yes, no])) => {
                    let sensitive = yes.sensitive || no.sensitive;
                    (a, b) = (Ok(yes.marked(sensitive)), Ok(no.marked(sensitive)));
                }
                Ok(Err(_)) => {}
                Err(_) => {
                    let message = format!("one branch of the condition is {}, the other one {}", describe(yes), describe(no));
                    (a, b) = (Err(EvalError::new(test.at, message.clone())), Err(EvalError::new(test.at, message)));
                }
            }
        }
        decide(&value, test, &a, &b)
    }
}

/// The branch that a test takes; both, if it is not known.
pub(super) fn decide(
    test: &Val,
    written: &Expr,
    then: &Result<Val, EvalError>,
    otherwise: &Result<Val, EvalError>,
) -> Result<Val, EvalError> {
    let decided = match &test.kind {
        ValKind::Unknown(unknown) => undecided(unknown, written, then, otherwise),
        _ if condition(test, written)? => then.clone()?,
        _ => otherwise.clone()?,
    };
    Ok(decided.marked(test.sensitive))
}

fn undecided(unknown: &Unknown, written: &Expr, then: &Result<Val, EvalError>, otherwise: &Result<Val, EvalError>) -> Val {
    let sides = match &unknown.choice {
        None => (then.clone(), otherwise.clone(), Arc::from(show(written)), written.at),
        // The test hangs on a condition further up: that one is the decision.
        Some(Choice { condition, at, of }) => {
            (decide(&of[0], written, then, otherwise), decide(&of[1], written, then, otherwise), condition.clone(), *at)
        }
    };
    match sides {
        (Ok(a), Ok(b), condition, at) => choose(unknown.why.clone(), &condition, at, a, b),
        _ => Val::unknown(unknown.why.clone()),
    }
}

/// A known test as a boolean.
pub(super) fn condition(test: &Val, written: &Expr) -> Result<bool, EvalError> {
    match convert::to_bool(test).map(|test| test.kind) {
        Ok(ValKind::Bool(value)) => Ok(value),
        Ok(_) => Err(EvalError::new(written.at, format!("the condition {} is null", show(written)))),
        Err(message) => Err(EvalError::new(written.at, format!("the condition {} does not fit: {message}", show(written)))),
    }
}

/// Applies a computation to values, any of which may be unknown. Those that hang on one and the same decision are replaced by their
/// alternatives together; what is unknown otherwise makes the result unknown.
///
/// # Errors
/// Those of the computation, for known values only.
pub(super) fn lift_all(values: &[Val], compute: &dyn Fn(&[Val]) -> Result<Val, EvalError>) -> Result<Val, EvalError> {
    let Some(unknown) = values.iter().find_map(Val::why) else { return compute(values) };
    let sensitive = values.iter().any(|value| value.sensitive);
    let Some(decision) = decision(values) else { return Ok(Val::unknown(unknown.why.clone()).marked(sensitive)) };
    let side = |side: usize| {
        let replaced: Vec<Val> = values.iter().map(|value| alternative(value, side)).collect();
        lift_all(&replaced, compute)
    };
    Ok(match (side(0), side(1)) {
        (Ok(a), Ok(b)) => choose(unknown.why.clone(), &decision.condition, decision.at, a, b),
        _ => Val::unknown(unknown.why.clone()).marked(sensitive),
    })
}

/// As [`lift_all`], for operations whose result is sensitive as soon as an operand is.
pub(super) fn lift_marked(values: &[Val], compute: &dyn Fn(&[Val]) -> Result<Val, EvalError>) -> Result<Val, EvalError> {
    let sensitive = values.iter().any(|value| value.sensitive);
    Ok(lift_all(values, compute)?.marked(sensitive))
}

/// The decision on which all unknown values hang, if there is just one. Equal places in two instances of a module are two decisions,
/// which their reasons tell apart.
pub(super) fn decision(values: &[Val]) -> Option<&Choice> {
    let mut unknowns = values.iter().filter_map(Val::why);
    let first = unknowns.next()?;
    let choice = first.choice.as_ref()?;
    let same = |other: &Unknown| {
        other.why == first.why && other.choice.as_ref().is_some_and(|other| other.at == choice.at && other.condition == choice.condition)
    };
    unknowns.all(|other| same(other)).then_some(choice)
}

fn alternative(value: &Val, side: usize) -> Val {
    let of = value.why().and_then(|unknown| unknown.choice.as_ref()).and_then(|choice| choice.of.get(side));
    of.map_or_else(|| value.clone(), |of| of.clone().marked(value.sensitive))
}

/// The same value with its decisions at another place: those of a template file stand in no file of the code.
pub(super) fn moved(value: Val, at: Pos) -> Val {
    let Some((unknown, choice)) = value.why().and_then(|unknown| Some((unknown, unknown.choice.as_ref()?))) else { return value };
    let of = Rc::new(choice.of.as_ref().clone().map(|side| moved(side, at)));
    let choice = Choice { condition: choice.condition.clone(), at, of };
    let kind = ValKind::Unknown(Rc::new(Unknown { why: unknown.why.clone(), choice: Some(choice) }));
    Val { kind, sensitive: value.sensitive, origin: value.origin.clone() }
}
