//! Operators.

use std::cmp::Ordering;

use super::choice::lift_marked;
use super::{Evaluator, Locals, arithmetic};
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::scope::EvalError;
use crate::collect::terraform::hcl::syntax::{BinaryOp, Expr, Pos, UnaryOp};
use crate::collect::terraform::hcl::value::{Number, Val, ValKind};

impl Evaluator<'_> {
    pub(super) fn unary(self, op: UnaryOp, operand: &Expr, locals: &Locals) -> Result<Val, EvalError> {
        let value = self.eval(operand, locals)?;
        lift_marked(&[value], &|values| match op {
            UnaryOp::Not => Ok((!bool_of(&values[0], operand.at)?).into()),
            UnaryOp::Negate => {
                let number = number_of(&values[0], operand.at)?;
                finite(arithmetic::compute(BinaryOp::Subtract, Number::Int(0), number), operand.at)
            }
        })
    }

    pub(super) fn binary(self, op: BinaryOp, operands: &[Expr; 2], at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let [left, right] = operands;
        let values = [self.eval(left, locals)?, self.eval(right, locals)?];
        if let Some(decided) = short_circuit(op, &values) {
            return Ok(Val::from(decided).marked(values.iter().any(|value| value.sensitive)));
        }
        lift_marked(&values, &|values| {
            let [a, b] = [&values[0], &values[1]];
            match op {
                BinaryOp::Equal => Ok(equality(a, b, true)),
                BinaryOp::NotEqual => Ok(equality(a, b, false)),
                // Both are converted, so that a wrong operand is an error whatever the other one says.
                BinaryOp::And | BinaryOp::Or => {
                    let (a, b) = (bool_of(a, left.at)?, bool_of(b, right.at)?);
                    Ok(if op == BinaryOp::And { a && b } else { a || b }.into())
                }
                _ => numeric(op, number_of(a, left.at)?, number_of(b, right.at)?, at),
            }
        })
    }
}

/// What one known operand of `&&` or `||` decides although the other one is unknown.
fn short_circuit(op: BinaryOp, values: &[Val; 2]) -> Option<bool> {
    let decisive = match op {
        BinaryOp::And => false,
        BinaryOp::Or => true,
        _ => return None,
    };
    let is_decisive = |value: &Val| matches!(convert::to_bool(value), Ok(Val { kind: ValKind::Bool(known), .. }) if known == decisive);
    let unknown = values.iter().any(|value| value.why().is_some());
    (unknown && values.iter().any(is_decisive)).then_some(decisive)
}

fn equality(a: &Val, b: &Val, wanted: bool) -> Val {
    let sensitive = convert::is_sensitive(a) || convert::is_sensitive(b);
    let result = match convert::equal(a, b) {
        Some(equal) => (equal == wanted).into(),
        None => unknown_part(a, b),
    };
    result.marked(sensitive)
}

/// Unknown for the reason of the first unknown part of either operand.
fn unknown_part(a: &Val, b: &Val) -> Val {
    use crate::collect::terraform::hcl::value::Why;
    let resource = || [a, b].into_iter().find_map(|value| if let ValKind::Resource(it) = &value.kind { Some(it) } else { None });
    match convert::first_unknown(a).or_else(|| convert::first_unknown(b)) {
        Some(unknown) => Val::unknown(unknown.why.clone()),
        None => match resource() {
            Some(it) => Val::unknown(Why::Computed { address: it.address().into(), attribute: "".into() }),
            None => Val::unknown(Why::Failed("the values cannot be compared".into())),
        },
    }
}

fn numeric(op: BinaryOp, a: Number, b: Number, at: Pos) -> Result<Val, EvalError> {
    let ordered = |test: fn(Ordering) -> bool| Ok(a.partial_cmp(&b).is_some_and(test).into());
    match op {
        BinaryOp::Less => ordered(Ordering::is_lt),
        BinaryOp::LessOrEqual => ordered(Ordering::is_le),
        BinaryOp::Greater => ordered(Ordering::is_gt),
        BinaryOp::GreaterOrEqual => ordered(Ordering::is_ge),
        _ => finite(arithmetic::compute(op, a, b), at),
    }
}

fn finite(number: Option<Number>, at: Pos) -> Result<Val, EvalError> {
    number.map(|number| ValKind::Number(number).into()).ok_or_else(|| EvalError::new(at, "the result is not a finite number"))
}

/// A known operand as a number.
fn number_of(value: &Val, at: Pos) -> Result<Number, EvalError> {
    match convert::to_number(value).map(|value| value.kind) {
        Ok(ValKind::Number(number)) => Ok(number),
        Ok(_) => Err(EvalError::new(at, "the operand is null")),
        Err(message) => Err(EvalError::new(at, format!("the operand does not fit: {message}"))),
    }
}

/// A known operand as a boolean.
fn bool_of(value: &Val, at: Pos) -> Result<bool, EvalError> {
    match convert::to_bool(value).map(|value| value.kind) {
        Ok(ValKind::Bool(value)) => Ok(value),
        Ok(_) => Err(EvalError::new(at, "the operand is null")),
        Err(message) => Err(EvalError::new(at, format!("the operand does not fit: {message}"))),
    }
}
