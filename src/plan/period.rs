//! Spans of time as people write them: `15m`, `7d`, `3mo`.

use std::fmt;
use std::str::FromStr;

/// A count of one unit. Keeps what was written, so that a report can say it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// Units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
    /// `mo`
    Month,
    /// `y`
    Year,
}

impl Unit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "m",
            Self::Hour => "h",
            Self::Day => "d",
            Self::Week => "w",
            Self::Month => "mo",
            Self::Year => "y",
        }
    }

    fn seconds(self) -> u64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 7 * 86_400,
            Self::Month => 30 * 86_400,
            Self::Year => 365 * 86_400,
        }
    }
}

impl Period {
    /// Seconds; a month counts 30 days and a year 365.
    pub fn seconds(self) -> u64 {
        u64::from(self.count) * self.unit.seconds()
    }

    /// Whole days, rounded up, so that a promise is never read as less than it says.
    pub fn days(self) -> u32 {
        u32::try_from(self.seconds().div_ceil(86_400)).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.as_str())
    }
}

/// Why a text is not a span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a span of time: write a whole number and a unit (s, m, h, d, w, mo, y), like 15m or 7d")]
pub struct PeriodError(String);

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || PeriodError(text.to_owned());
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, unit) = text.split_at(digits);
        let unit = match unit {
            "s" => Unit::Second,
            "m" => Unit::Minute,
            "h" => Unit::Hour,
            "d" => Unit::Day,
            "w" => Unit::Week,
            "mo" => Unit::Month,
            "y" => Unit::Year,
            _ => return Err(wrong()),
        };
        Ok(Self { count: count.parse().map_err(|_| wrong())?, unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_says_it_back() {
        for (text, seconds) in [("15m", 900), ("1h", 3_600), ("7d", 604_800), ("4w", 2_419_200), ("1y", 31_536_000), ("3mo", 7_776_000)] {
            let period: Period = text.parse().expect(text);
            assert_eq!((period.seconds(), period.to_string().as_str()), (seconds, text));
        }
    }

    #[test]
    fn refuses_what_could_be_misread() {
        for text in ["", "7", "d", "7 d", "-1d", "1.5h", "7days", "99999999999d", "７d"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_of_a_day_counts_as_a_day() {
        assert_eq!("25h".parse::<Period>().map(Period::days), Ok(2));
    }
}
