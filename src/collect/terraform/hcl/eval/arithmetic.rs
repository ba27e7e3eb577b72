//! Arithmetic on numbers: exact for whole numbers, and for decimal fractions as people write them.

use crate::collect::terraform::hcl::syntax::BinaryOp;
use crate::collect::terraform::hcl::value::Number;

/// The longest spelling of a fraction that is computed in decimal digits.
const DIGITS: usize = 24;

/// `a op b`. `None` when the result is not a finite number, or the operator is none of arithmetic.
pub(super) fn compute(op: BinaryOp, a: Number, b: Number) -> Option<Number> {
    match op {
        BinaryOp::Add => decimal(a, b, i128::checked_add).or_else(|| Number::of(a.as_f64() + b.as_f64())),
        BinaryOp::Subtract => decimal(a, b, i128::checked_sub).or_else(|| Number::of(a.as_f64() - b.as_f64())),
        BinaryOp::Multiply => product(a, b).or_else(|| Number::of(a.as_f64() * b.as_f64())),
        BinaryOp::Divide => quotient(a, b),
        // Terraform's remainder of a division by zero is the dividend.
        BinaryOp::Modulo if b.as_f64() == 0.0 => Some(a),
        BinaryOp::Modulo => decimal(a, b, i128::checked_rem).or_else(|| Number::of(a.as_f64() % b.as_f64())),
        BinaryOp::Equal
        | BinaryOp::NotEqual
        | BinaryOp::Less
        | BinaryOp::LessOrEqual
        | BinaryOp::Greater
        | BinaryOp::GreaterOrEqual
        | BinaryOp::And
        | BinaryOp::Or => None,
    }
}

fn quotient(a: Number, b: Number) -> Option<Number> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) if a.checked_rem(b) == Some(0) => a.checked_div(b).map(Number::Int),
        _ => Number::of(a.as_f64() / b.as_f64()),
    }
}

/// Computes with both numbers brought to the same number of decimal places.
fn decimal(a: Number, b: Number, op: fn(i128, i128) -> Option<i128>) -> Option<Number> {
    let ((a, places_a), (b, places_b)) = (digits(a)?, digits(b)?);
    let places = places_a.max(places_b);
    let scaled = |value: i128, by: u32| value.checked_mul(10_i128.checked_pow(by)?);
    number(op(scaled(a, places - places_a)?, scaled(b, places - places_b)?)?, places)
}

fn product(a: Number, b: Number) -> Option<Number> {
    let ((a, places_a), (b, places_b)) = (digits(a)?, digits(b)?);
    number(a.checked_mul(b)?, places_a + places_b)
}

/// The digits of a number and how many of them stand after the point.
fn digits(value: Number) -> Option<(i128, u32)> {
    match value {
        Number::Int(value) => Some((value, 0)),
        Number::Float(value) => {
            let text = value.to_string();
            if text.len() > DIGITS {
                return None;
            }
            let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
            Some((format!("{whole}{fraction}").parse().ok()?, u32::try_from(fraction.len()).ok()?))
        }
    }
}

fn number(digits: i128, places: u32) -> Option<Number> {
    if places == 0 {
        return Some(Number::Int(digits));
    }
    let scale = 10_i128.checked_pow(places)?;
    if digits % scale == 0 {
        return Some(Number::Int(digits / scale));
    }
    Number::of(format!("{digits}e-{places}").parse().ok()?)
}
