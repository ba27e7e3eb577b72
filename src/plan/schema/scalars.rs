//! Typed texts: spans of time, dates, regions, ports. Each is refused with what it should look like.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};

use crate::estate::{AccountId, Region};
use crate::plan::error::nearest;
use crate::plan::tree::shorten;
use crate::plan::{Period, Unit};

/// Reads a type by its `FromStr`, and describes it to editors.
macro_rules! text {
    ($name:ident, $about:literal, $pattern:literal, [$($example:literal),+]) => {
        text!($name, $about, $pattern, [$($example),+], "string");
    };
    ($name:ident, $about:literal, $pattern:literal, [$($example:literal),+], $kind:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visit;

                impl Visitor<'_> for Visit {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($about)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }

                deserializer.deserialize_str(Visit)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": $kind, "description": $about, "pattern": $pattern, "examples": [$($example),+] })
            }
        }
    };
}

/// A period, or none at all: the `0` of "RPO 0".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Bound(pub(in crate::plan) Period);

/// A region whose spelling can be one.
#[derive(Clone, Debug)]
pub(in crate::plan) struct RegionName(pub(in crate::plan) Region);

/// A twelve-digit account id.
#[derive(Clone, Debug)]
pub(in crate::plan) struct AccountText(pub(in crate::plan) AccountId);

/// A day.
#[derive(Clone, Copy, Debug)]
pub(in crate::plan) struct Day(pub(in crate::plan) Date);

/// A day, or a month, of which the first day counts: a document is never taken for younger than it says.
#[derive(Clone, Copy, Debug)]
pub(in crate::plan) struct DayOrMonth(pub(in crate::plan) Date);

/// A bucket and the start of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::plan) struct S3Uri {
    /// The bucket.
    pub(in crate::plan) bucket: String,
    /// The start of the keys, without the leading slash; may be empty.
    pub(in crate::plan) prefix: String,
}

/// A time of day, in UTC.
#[derive(Clone, Debug)]
pub(in crate::plan) struct ClockTime(pub(in crate::plan) String);

/// A percentage.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Percent(pub(in crate::plan) String);

/// Ports with the name the plan gives them.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Ports(pub(in crate::plan) Vec<(String, RangeInclusive<u16>)>);

/// An ARN, or a pattern of ARNs.
#[derive(Clone, Debug)]
pub(in crate::plan) struct ArnPattern(pub(in crate::plan) String);

/// Text that says something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::plan) struct Words(pub(in crate::plan) String);

text!(Period, "A span of time: a whole number and s, m, h, d, w, mo or y.", "^[0-9]+(s|m|h|d|w|mo|y)$", ["15m", "7d", "3mo"]);
text!(RegionName, "An AWS region.", "^[a-z]{2,4}(-[a-z]+)+-[1-9]$", ["us-east-1"]);
text!(AccountText, "A twelve-digit AWS account id, in quotes.", "^[0-9]{12}$", ["123456789012"]);
text!(Day, "A date.", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", ["2026-01-21"]);
text!(DayOrMonth, "A date, or a month (its first day counts).", "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$", ["2026-01-21", "2025-04"]);
text!(S3Uri, "A bucket and the start of its keys.", "^s3://[^/]+(/.*)?$", ["s3://acme-backups/db/"]);
text!(ClockTime, "A time of day, in UTC.", "^[0-2][0-9]:[0-5][0-9]( UTC|Z)?$", ["02:00"]);
text!(Percent, "A percentage.", "^[0-9]+(\\.[0-9]+)?%$", ["100%"]);
text!(
    Ports,
    "Ports: `database`, `cache`, `node`, a number, or a range.",
    "^(database|cache|node|[0-9]+(-[0-9]+)?)$",
    ["database", "cache", "node", "22", "8000-9000"],
    ["string", "integer"]
);
text!(ArnPattern, "An ARN; `*` and `?` match.", "^(arn:|\\*).*$", ["arn:aws:s3:::acme-*"]);
text!(Words, "Text that says something.", "\\S", ["DevOps Team"], ["string", "number", "boolean"]);

impl FromStr for Bound {
    type Err = crate::plan::period::PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "0" { Ok(Self(Period { count: 0, unit: Unit::Second })) } else { text.parse().map(Self) }
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let period = generator.subschema_for::<Period>();
        json_schema!({ "description": "A span of time, or 0.", "anyOf": [period, { "const": 0 }] })
    }
}

impl FromStr for RegionName {
    type Err = String;

    /// The shape of every AWS region: an area, a direction and a number. New areas appear, so they are not listed here.
    fn from_str(text: &str) -> Result<Self, String> {
        const DIRECTIONS: &[&str] = &["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];
        let wrong = |hint: &str| Err(format!("`{}` is not the name of a region{hint}", shorten(text)));
        let Some((rest, number)) = text.rsplit_once('-') else { return wrong(", like us-east-1") };
        let Some((area, direction)) = rest.rsplit_once('-') else { return wrong(", like us-east-1") };
        let area_ok = area.split('-').enumerate().all(|(i, part)| {
            part.chars().all(|c| c.is_ascii_lowercase()) && if i == 0 { (2..=4).contains(&part.len()) } else { !part.is_empty() }
        });
        let number_ok = matches!(number.as_bytes(), [b'1'..=b'9']);
        if !area_ok || !number_ok {
            return wrong(", like us-east-1");
        }
        if DIRECTIONS.contains(&direction) {
            return Ok(Self(Region::from(text)));
        }
        match nearest(direction, DIRECTIONS.iter().copied()) {
            Some(near) => wrong(&format!("; did you mean `{area}-{near}-{number}`?")),
            None => wrong(", like us-east-1"),
        }
    }
}

impl FromStr for AccountText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(AccountId::from(text)))
        } else {
            Err(format!("`{}` is not an AWS account id: it has twelve digits, in quotes", shorten(text)))
        }
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // jiff reads more spellings than a plan should use.
        let wrong = || format!("`{}` is not a date: write YYYY-MM-DD, like 2026-01-21", shorten(text));
        if text.len() != 10 {
            return Err(wrong());
        }
        text.parse().map(Self).map_err(|_| wrong())
    }
}

impl FromStr for DayOrMonth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
        match day.parse::<Day>() {
            Ok(Day(day)) => Ok(Self(day)),
            Err(_) => Err(format!("`{}` is not a date: write YYYY-MM-DD or YYYY-MM, like 2026-01-21", shorten(text))),
        }
    }
}

impl FromStr for S3Uri {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (bucket, prefix) = text.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))).unwrap_or_default();
        if bucket.is_empty() {
            return Err(format!("`{}` is not a place in S3: write s3://BUCKET/PREFIX", shorten(text)));
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for S3Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

impl FromStr for ClockTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.strip_suffix(" UTC").or_else(|| text.strip_suffix('Z')).unwrap_or(text);
        let ok = matches!(bare.as_bytes(), [_, _, b':', _, _]) && bare.parse::<jiff::civil::Time>().is_ok();
        if ok {
            Ok(Self(bare.to_owned()))
        } else {
            Err(format!("`{}` is not a time of day: write HH:MM, in UTC, like \"02:00\"", shorten(text)))
        }
    }
}

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').filter(|number| number.starts_with(|c: char| c.is_ascii_digit()));
        match number.and_then(|number| number.parse::<f64>().ok()) {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(format!("`{}` is not a percentage, like 50%", shorten(text))),
        }
    }
}

impl FromStr for Ports {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, ranges): (&str, Vec<RangeInclusive<u16>>) = match text {
            "database" => ("database", DATABASE.iter().map(|&port| port..=port).collect()),
            "cache" => ("cache", CACHE.iter().map(|&port| port..=port).collect()),
            "node" => ("node", vec![10250..=10250, 30000..=32767]),
            other => (other, vec![range(other)?]),
        };
        Ok(Self(ranges.into_iter().map(|range| (name.to_owned(), range)).collect()))
    }
}

/// The engines' own default ports: PostgreSQL, MySQL and MariaDB, SQL Server, Oracle, MongoDB and DocumentDB, Redshift, Db2,
/// Cassandra, Neo4j.
const DATABASE: &[u16] = &[1433, 1521, 3306, 5432, 5439, 7687, 9042, 27017, 50000];
/// The engines' own default ports: Redis and Valkey, the second port of ElastiCache, Memcached.
const CACHE: &[u16] = &[6379, 6380, 11211];

fn range(text: &str) -> Result<RangeInclusive<u16>, String> {
    let wrong = || {
        let near = nearest(text, ["database", "cache", "node"]).map(|near| format!("; did you mean `{near}`?"));
        format!("`{}` is neither a port nor a range of ports nor one of database, cache, node{}", shorten(text), near.unwrap_or_default())
    };
    let port = |text: &str| text.trim().parse::<u16>().map_err(|_| wrong());
    match text.split_once('-') {
        None => port(text).map(|port| port..=port),
        Some((low, high)) => {
            let (low, high) = (port(low)?, port(high)?);
            if low <= high { Ok(low..=high) } else { Err(format!("the range `{}` ends before it starts", shorten(text))) }
        }
    }
}

impl FromStr for ArnPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("arn:") || text.starts_with('*') {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("`{}` is not an ARN: it starts with arn:, like arn:aws:s3:::acme-backups", shorten(text)))
        }
    }
}

impl FromStr for Words {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Err("the text is empty".to_owned()) } else { Ok(Self(text.trim().to_owned())) }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
