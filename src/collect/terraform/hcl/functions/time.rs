//! Dates that are given; the present time is never asked for.

use std::fmt::Write;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::args::{Answer, Call, Stop, room_for};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A time and the offset it is written with.
struct Stamp {
    local: DateTime,
    /// Seconds east of Greenwich.
    offset: i32,
}

/// Reads an RFC 3339 timestamp, strictly.
fn stamp(text: &str) -> Result<Stamp, Stop> {
    read(text).ok_or_else(|| format!("not a valid RFC3339 timestamp: `{}`", text.chars().take(60).collect::<String>()).into())
}

fn read(text: &str) -> Option<Stamp> {
    let pattern = "dddd-dd-ddTdd:dd:dd";
    let (head, mut rest) = text.split_at_checked(pattern.len())?;
    let fits = |(p, c): (char, char)| if p == 'd' { c.is_ascii_digit() } else { p == c };
    if !pattern.chars().zip(head.chars()).all(fits) {
        return None;
    }
    let number = |from: usize, to: usize| head.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let mut nanos = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let end = fraction.find(|c: char| !c.is_ascii_digit())?;
        let (digits, after) = fraction.split_at(end);
        nanos = format!("{:0<9}", digits.get(..digits.len().min(9))?).parse().ok().filter(|_| end > 0)?;
        rest = after;
    }
    let offset = offset(rest)?;
    let date = Date::new(number(0, 4)?, small(5)?, small(8)?).ok()?;
    let time = Time::new(small(11)?, small(14)?, small(17)?, nanos).ok()?;
    Some(Stamp { local: date.to_datetime(time), offset })
}

/// A date or time of a YAML document as the timestamp that Terraform makes of it; `None` for other text.
pub(super) fn normalised(text: &str) -> Option<String> {
    let midnight = format!("{text}T00:00:00Z");
    let text = if text.len() == 10 { &midnight } else { text };
    let stamp = read(text)?;
    Some(stamp.text())
}

fn offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let sign = match sign {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |text: &str, below: i32| {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse::<i32>().ok()).flatten().filter(|n| *n < below)
    };
    Some(sign * (two(hours, 24)? * 3600 + two(minutes, 60)? * 60))
}

impl Stamp {
    /// As RFC 3339, without fractions.
    fn text(&self) -> String {
        let zone = if self.offset == 0 { "Z".to_owned() } else { zone(self.offset, ":") };
        format!("{}{zone}", self.local.strftime("%Y-%m-%dT%H:%M:%S"))
    }

    fn instant(&self) -> Result<Timestamp, Stop> {
        let utc = self.local.checked_sub(SignedDuration::from_secs(self.offset.into())).map_err(|_| out_of_range())?;
        Offset::UTC.to_timestamp(utc).map_err(|_| out_of_range())
    }
}

fn out_of_range() -> Stop {
    "the time is out of range".into()
}

pub(super) fn timecmp(call: &Call<'_>) -> Answer {
    let (a, b) = (stamp(&call.text(0)?)?.instant()?, stamp(&call.text(1)?)?.instant()?);
    Ok((a.cmp(&b) as i128).into())
}

pub(super) fn timeadd(call: &Call<'_>) -> Answer {
    let from = stamp(&call.text(0)?)?;
    let by = duration(&call.text(1)?)?;
    let local = from.local.checked_add(by).map_err(|_| out_of_range())?;
    Ok(Stamp { local, ..from }.text().into())
}

/// `+02:00`, with this between hours and minutes.
fn zone(offset: i32, between: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
}

/// Reads a duration as Go writes it: `-1h30m`, `1.5s`.
fn duration(text: &str) -> Result<SignedDuration, Stop> {
    let wrong = || Stop::from(format!("invalid duration: `{}`", text.chars().take(60).collect::<String>()));
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return Err(wrong());
    }
    let mut total: i64 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let part = part(number, unit).ok_or_else(wrong)?;
        total = total.checked_add(part).ok_or_else(wrong)?;
        rest = after;
    }
    Ok(SignedDuration::from_nanos(if negative { -total } else { total }))
}

/// One number with its unit, in nanoseconds.
fn part(number: &str, unit: &str) -> Option<i64> {
    let size: i64 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut rest: i64 = 0;
    let mut scale = size;
    for digit in fraction.bytes() {
        scale /= 10;
        rest += i64::from(digit - b'0') * scale;
    }
    whole.checked_mul(size)?.checked_add(rest)
}

pub(super) fn formatdate(call: &Call<'_>) -> Answer {
    let (spec, stamp) = (call.text(0)?, stamp(&call.text(1)?)?);
    room_for(spec.len().saturating_mul(4))?;
    let mut out = String::new();
    let mut rest = &*spec;
    while let Some(first) = rest.chars().next() {
        let (token, after) = token(rest, first)?;
        rest = after;
        if first == '\'' {
            out.push_str(&token.replace("''", "'"));
        } else if first.is_ascii_alphabetic() {
            verb(token, &stamp, &mut out)?;
        } else {
            out.push_str(token);
        }
    }
    Ok(out.into())
}

/// Takes a literal, a run of one letter, or one other character off the text.
fn token(text: &str, first: char) -> Result<(&str, &str), Stop> {
    if first != '\'' {
        let same = |c: char| c == first && first.is_ascii_alphabetic();
        let end = text.char_indices().skip(1).find(|(_, c)| !same(*c)).map_or(text.len(), |(at, _)| at);
        return Ok(text.split_at(end));
    }
    let inner = text.get(1..).unwrap_or_default();
    let mut from = 0;
    loop {
        let at = inner.get(from..).and_then(|rest| rest.find('\'')).ok_or("a literal does not end: `'` is missing")? + from;
        if inner.get(at + 1..).is_some_and(|rest| rest.starts_with('\'')) {
            from = at + 2;
        } else {
            return Ok((inner.get(..at).unwrap_or_default(), inner.get(at + 1..).unwrap_or_default()));
        }
    }
}

fn verb(verb: &str, stamp: &Stamp, out: &mut String) -> Result<(), Stop> {
    let at = stamp.local;
    let month = usize::try_from(at.month()).ok().and_then(|month| MONTHS.get(month - 1)).copied().unwrap_or_default();
    let day = usize::try_from(at.date().weekday().to_monday_zero_offset()).ok().and_then(|day| DAYS.get(day)).copied().unwrap_or_default();
    let twelve = if at.hour() % 12 == 0 { 12 } else { at.hour() % 12 };
    let half = if at.hour() < 12 { "am" } else { "pm" };
    // Writing to a string does not fail.
    let _written = match verb {
        "YYYY" => write!(out, "{:04}", at.year()),
        "YY" => write!(out, "{:02}", at.year() % 100),
        "MMMM" => write!(out, "{month}"),
        "MMM" => write!(out, "{month:.3}"),
        "MM" => write!(out, "{:02}", at.month()),
        "M" => write!(out, "{}", at.month()),
        "DD" => write!(out, "{:02}", at.day()),
        "D" => write!(out, "{}", at.day()),
        "EEEE" => write!(out, "{day}"),
        "EEE" => write!(out, "{day:.3}"),
        "hh" => write!(out, "{:02}", at.hour()),
        "h" => write!(out, "{}", at.hour()),
        "HH" => write!(out, "{twelve:02}"),
        "H" => write!(out, "{twelve}"),
        "AA" => write!(out, "{}", half.to_uppercase()),
        "aa" => write!(out, "{half}"),
        "mm" => write!(out, "{:02}", at.minute()),
        "m" => write!(out, "{}", at.minute()),
        "ss" => write!(out, "{:02}", at.second()),
        "s" => write!(out, "{}", at.second()),
        "ZZZZZ" => write!(out, "{}", zone(stamp.offset, ":")),
        "ZZZZ" => write!(out, "{}", zone(stamp.offset, "")),
        "ZZZ" if stamp.offset == 0 => write!(out, "UTC"),
        "ZZZ" => write!(out, "{}", zone(stamp.offset, "")),
        "Z" if stamp.offset == 0 => write!(out, "Z"),
        "Z" => write!(out, "{}", zone(stamp.offset, ":")),
        _ => return Err(format!("invalid date format verb `{verb}`").into()),
    };
    Ok(())
}
