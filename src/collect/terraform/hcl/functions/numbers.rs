//! Functions over numbers. Logarithms and powers are computed in 64-bit floats, as Terraform does.

use super::args::{Answer, Call, Stop, finite, number, whole};
use crate::collect::terraform::hcl::value::{Number, Val, ValKind};

fn answer(value: Number) -> Val {
    ValKind::Number(value).into()
}

pub(super) fn abs(call: &Call<'_>) -> Answer {
    match call.number(0)? {
        Number::Int(value) => value.checked_abs().map(Val::from).ok_or_else(|| "the number is too large".into()),
        Number::Float(value) => finite(value.abs()),
    }
}

pub(super) fn ceil(call: &Call<'_>) -> Answer {
    round(call, f64::ceil)
}

pub(super) fn floor(call: &Call<'_>) -> Answer {
    round(call, f64::floor)
}

fn round(call: &Call<'_>, how: fn(f64) -> f64) -> Answer {
    match call.number(0)? {
        whole @ Number::Int(_) => Ok(answer(whole)),
        Number::Float(value) => finite(how(value)),
    }
}

pub(super) fn log(call: &Call<'_>) -> Answer {
    finite(call.number(0)?.as_f64().ln() / call.number(1)?.as_f64().ln())
}

pub(super) fn pow(call: &Call<'_>) -> Answer {
    finite(call.number(0)?.as_f64().powf(call.number(1)?.as_f64()))
}

pub(super) fn signum(call: &Call<'_>) -> Answer {
    let value = whole(&call.get(0))?;
    Ok(Val::from(value.signum()))
}

pub(super) fn max(call: &Call<'_>) -> Answer {
    most(call, |best, next| next > best)
}

pub(super) fn min(call: &Call<'_>) -> Answer {
    most(call, |best, next| next < best)
}

fn most(call: &Call<'_>, better: fn(&Number, &Number) -> bool) -> Answer {
    let mut best: Option<Number> = None;
    for argument in call.arguments {
        let next = number(argument)?;
        best = Some(match best {
            Some(best) if !better(&best, &next) => best,
            _ => next,
        });
    }
    best.map(answer).ok_or_else(|| "at least one number is needed".into())
}

pub(super) fn sum(call: &Call<'_>) -> Answer {
    let items = call.items(0)?;
    if items.is_empty() {
        return Err("cannot sum an empty list".into());
    }
    let mut total = Number::Int(0);
    for item in items.iter() {
        total = add(total, number(item)?)?;
    }
    Ok(answer(total))
}

fn add(a: Number, b: Number) -> Result<Number, Stop> {
    if let (Number::Int(a), Number::Int(b)) = (a, b) {
        return a.checked_add(b).map(Number::Int).ok_or_else(|| "the sum is too large".into());
    }
    // Decimal fractions are added as decimals: 0.1 + 0.2 is 0.3.
    let total = a.as_f64() + b.as_f64();
    let tidy = format!("{total:.14e}").parse().unwrap_or(total);
    let close = (total - tidy).abs() <= f64::EPSILON * total.abs();
    Number::of(if close { tidy } else { total }).ok_or_else(|| "the sum is too large".into())
}

pub(super) fn parseint(call: &Call<'_>) -> Answer {
    if !matches!(call.get(0).kind, ValKind::String(_)) {
        return Err("the first argument must be a string".into());
    }
    let (text, base) = (call.text(0)?, call.whole(1)?);
    if !(2..=62).contains(&base) {
        return Err("the base must be a whole number between 2 and 62".into());
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    let wrong = || Stop::from(format!("cannot read this as a whole number of base {base}"));
    if digits.is_empty() {
        return Err(wrong());
    }
    let mut value: i128 = 0;
    for c in digits.chars() {
        let digit = digit(c, base).ok_or_else(wrong)?;
        value = value.checked_mul(base).and_then(|value| value.checked_add(digit)).ok_or("the number is too large")?;
    }
    Ok(Val::from(if negative { -value } else { value }))
}

/// The value of a digit; capitals are digits of their own in bases above 36.
fn digit(c: char, base: i128) -> Option<i128> {
    let value = match c {
        '0'..='9' => i128::from(u32::from(c) - u32::from('0')),
        'a'..='z' => i128::from(u32::from(c) - u32::from('a')) + 10,
        'A'..='Z' if base <= 36 => i128::from(u32::from(c) - u32::from('A')) + 10,
        'A'..='Z' => i128::from(u32::from(c) - u32::from('A')) + 36,
        _ => return None,
    };
    (value < base).then_some(value)
}
