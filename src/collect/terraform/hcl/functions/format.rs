//! `format` and `formatlist`: Go's verbs as Terraform restricts them.

use unicode_segmentation::UnicodeSegmentation;

use super::args::{Answer, Call, Stop, boolean, first_unknown, number, room_for, room_for_items, text};
use super::json;
use crate::collect::terraform::hcl::value::{Number, Val, ValKind};

/// Widths and precisions beyond this are refused.
const WIDEST: usize = 1_000_000;

pub(super) fn format(call: &Call<'_>) -> Answer {
    let spec = call.text(0)?;
    let arguments = call.arguments.get(1..).unwrap_or_default();
    // An argument that is not known may be an error as well: Terraform does not look further either.
    if let Some(stop) = arguments.iter().find_map(first_unknown) {
        return Err(stop);
    }
    write(&spec, arguments).map(Val::from)
}

pub(super) fn formatlist(call: &Call<'_>) -> Answer {
    let spec = call.text(0)?;
    let arguments = call.arguments.get(1..).unwrap_or_default();
    let mut length = None;
    for argument in arguments {
        match &argument.kind {
            ValKind::Unknown(unknown) => return Err(Stop::Unknown(unknown.clone())),
            ValKind::List(items) | ValKind::Set(items) => match length {
                Some(length) if length != items.len() => return Err("the lists must all have the same length".into()),
                _ => length = Some(items.len()),
            },
            _ => {}
        }
    }
    let length = length.unwrap_or(1);
    room_for_items(length)?;
    let mut lines = Vec::with_capacity(length);
    let mut total = 0;
    for at in 0..length {
        let row: Vec<Val> = arguments.iter().map(|argument| nth(argument, at)).collect();
        let line = match row.iter().find_map(first_unknown) {
            Some(stop) => stop.into_value()?,
            None => Val::from(write(&spec, &row)?),
        };
        if let ValKind::String(text) = &line.kind {
            total += text.len();
            room_for(total)?;
        }
        lines.push(line);
    }
    Ok(Val::from(lines))
}

fn nth(argument: &Val, at: usize) -> Val {
    match &argument.kind {
        ValKind::List(items) | ValKind::Set(items) => items.get(at).cloned().unwrap_or_else(Val::null),
        _ => argument.clone(),
    }
}

/// One `%…` of a format.
#[derive(Default)]
struct Verb {
    sharp: bool,
    zero: bool,
    minus: bool,
    plus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
    argument: Option<usize>,
    mode: char,
}

fn write(spec: &str, arguments: &[Val]) -> Result<String, Stop> {
    let mut out = String::with_capacity(spec.len());
    let mut rest = spec;
    let (mut next, mut highest) = (0_usize, 0_usize);
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let (verb, after) = parse(rest.get(at + 1..).unwrap_or_default())?;
        rest = after;
        if verb.mode == '%' {
            out.push('%');
            continue;
        }
        let index = verb.argument.unwrap_or(next);
        next = index + 1;
        highest = highest.max(next);
        let argument = arguments.get(index).ok_or_else(|| {
            format!("not enough arguments for `%{}`: it needs argument {}, there are {}", verb.mode, next, arguments.len())
        })?;
        out.push_str(&verb.apply(argument)?);
        room_for(out.len())?;
    }
    out.push_str(rest);
    if highest < arguments.len() {
        return Err(format!("too many arguments: {} are given, the format uses {highest}", arguments.len()).into());
    }
    Ok(out)
}

/// Reads a verb after its `%`; returns what follows it.
fn parse(text: &str) -> Result<(Verb, &str), Stop> {
    let mut verb = Verb::default();
    let mut rest = text;
    while let Some(flag) = rest.chars().next().filter(|c| " +-#0".contains(*c)) {
        match flag {
            ' ' => verb.space = true,
            '+' => verb.plus = true,
            '-' => verb.minus = true,
            '#' => verb.sharp = true,
            _ => verb.zero = true,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    (verb.width, rest) = digits(rest)?;
    if let Some(after) = rest.strip_prefix('.') {
        let (precision, after) = digits(after)?;
        verb.precision = Some(precision.unwrap_or(0));
        rest = after;
    }
    if let Some(after) = rest.strip_prefix('[') {
        let (index, after) = digits(after)?;
        rest = after.strip_prefix(']').ok_or("an argument number in a format ends with `]`")?;
        let index = index.filter(|index| *index > 0).ok_or("arguments of a format are numbered from 1")?;
        verb.argument = Some(index - 1);
    }
    verb.mode = rest.chars().next().ok_or("unexpected end of the format")?;
    if !"vtbdoxXeEfgGsq%".contains(verb.mode) {
        return Err(format!("unsupported verb `{}` in a format", verb.mode).into());
    }
    Ok((verb, rest.get(1..).unwrap_or_default()))
}

fn digits(text: &str) -> Result<(Option<usize>, &str), Stop> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    if number.is_empty() {
        return Ok((None, rest));
    }
    let number = number.parse().ok().filter(|number| *number <= WIDEST);
    number.map(|number| (Some(number), rest)).ok_or_else(|| "a width in a format is too large".into())
}

impl Verb {
    fn apply(&self, argument: &Val) -> Result<String, Stop> {
        if self.mode != 'v' && argument.is_null() {
            return Err(format!("`%{}` cannot show null", self.mode).into());
        }
        Ok(match self.mode {
            'v' => self.padded(self.as_is(argument)?),
            // Terraform pads everything but booleans.
            't' => boolean(argument)?.to_string(),
            's' => self.padded(self.cut(&text(argument)?)),
            'q' => self.padded(json::quoted(&text(argument)?)),
            'b' | 'd' | 'o' | 'x' | 'X' => self.integer(number(argument)?)?,
            _ => self.decimal(number(argument)?),
        })
    }

    fn as_is(&self, argument: &Val) -> Result<String, Stop> {
        match &argument.kind {
            ValKind::String(text) if !self.sharp => Ok(text.to_string()),
            ValKind::Number(number) if !self.sharp => Ok(general(*number, None)),
            _ => json::encode(argument),
        }
    }

    fn cut(&self, text: &str) -> String {
        match self.precision {
            Some(most) => text.graphemes(true).take(most).collect(),
            None => text.to_owned(),
        }
    }

    fn padded(&self, text: String) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
        if missing == 0 {
            return text;
        }
        let pad = if self.zero { "0" } else { " " }.repeat(missing);
        if self.minus { text + &pad } else { pad + &text }
    }

    fn integer(&self, number: Number) -> Result<String, Stop> {
        let value = number.as_int().ok_or("a whole number is required")?;
        let size = value.unsigned_abs();
        let (prefix, mut digits) = match self.mode {
            'b' => ("0b", format!("{size:b}")),
            'o' => ("0", format!("{size:o}")),
            'x' => ("0x", format!("{size:x}")),
            'X' => ("0X", format!("{size:X}")),
            _ => ("", size.to_string()),
        };
        if let Some(least) = self.precision {
            digits = "0".repeat(least.saturating_sub(digits.len())) + &digits;
        }
        let prefix = if self.sharp { prefix } else { "" };
        Ok(self.signed(value < 0, prefix, digits, self.zero && self.precision.is_none()))
    }

    fn decimal(&self, number: Number) -> String {
        let value = number.as_f64();
        let size = value.abs();
        let digits = match self.mode {
            'f' => format!("{size:.*}", self.precision.unwrap_or(6)),
            'e' | 'E' => exponent(&format!("{size:.*e}", self.precision.unwrap_or(6))),
            _ => general(Number::Float(size), self.precision),
        };
        let digits = if matches!(self.mode, 'E' | 'G') { digits.to_uppercase() } else { digits };
        self.signed(value < 0.0, "", digits, self.zero)
    }

    /// Puts sign, prefix, zeros and padding around digits.
    fn signed(&self, negative: bool, prefix: &str, digits: String, zeros: bool) -> String {
        let sign = match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        };
        let missing = self.width.unwrap_or(0).saturating_sub(sign.len() + prefix.len() + digits.len());
        if self.minus {
            format!("{sign}{prefix}{digits}{}", " ".repeat(missing))
        } else if zeros {
            format!("{sign}{prefix}{}{digits}", "0".repeat(missing))
        } else {
            format!("{}{sign}{prefix}{digits}", " ".repeat(missing))
        }
    }
}

/// `1.5e7` as Go writes it: `1.5e+07`.
fn exponent(text: &str) -> String {
    let Some((mantissa, power)) = text.split_once('e') else {
        return text.to_owned();
    };
    let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
    format!("{mantissa}e{sign}{power:0>2}")
}

/// The shorter of plain and exponent notation, by Go's rule.
fn general(number: Number, precision: Option<usize>) -> String {
    let value = number.as_f64();
    let scientific = match (precision, number) {
        (Some(digits), _) => format!("{value:.*e}", digits.max(1) - 1),
        (None, Number::Int(whole)) => scientific(whole),
        (None, Number::Float(_)) => format!("{value:e}"),
    };
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let from = match precision {
        None => 6,
        Some(digits) => i32::try_from(digits.max(1)).unwrap_or(i32::MAX),
    };
    if power < -4 || power >= from {
        let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
        return exponent(&format!("{mantissa}e{power}"));
    }
    match precision {
        None => number.to_string(),
        Some(digits) => {
            let after = usize::try_from(i32::try_from(digits.max(1)).unwrap_or(i32::MAX) - 1 - power).unwrap_or(0);
            let plain = format!("{value:.after$}");
            if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.').to_owned() } else { plain }
        }
    }
}

/// All digits of a whole number in exponent notation.
fn scientific(whole: i128) -> String {
    let digits = whole.unsigned_abs().to_string();
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let sign = if whole < 0 { "-" } else { "" };
    let dot = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{dot}{rest}e{}", digits.len() - 1)
}
