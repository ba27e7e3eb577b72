//! The frozen report and its writers. Writers are deaf: they never judge, fetch or decide an exit code, and they know no
//! clock and no environment. The same report and style give the same bytes.

mod drift;
pub mod escape;
pub mod files;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod model;
pub mod sarif;
pub mod score;
pub mod table;

#[cfg(test)]
pub(crate) mod specimen;

use std::fmt;
use std::io;
use std::str::FromStr;

use model::Report;
pub use score::score;

/// A format that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For people on a terminal.
    Table,
    /// For machines, to the contract `lastro.report/v1`.
    Json,
    /// For CI servers.
    Junit,
    /// For code scanning and editors: SARIF 2.1.0.
    Sarif,
    /// For a comment on a pull request or the summary of a job.
    Markdown,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Junit, Self::Sarif, Self::Markdown];

    /// As the command line spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A format that this version does not write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Nobody knows it.
    #[error("unknown format \"{}\": the formats are {}", escape::sanitize(.0), formats())]
    Unknown(String),
    /// It is promised, and not here yet.
    #[error("the format {later} comes with a later version: this one writes {all}", later = .0, all = formats())]
    Later(&'static str),
}

/// Formats that the command line promises for later versions.
const LATER: [&str; 1] = ["html"];

fn formats() -> String {
    Format::ALL.map(Format::as_str).join(", ")
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        if let Some(format) = Self::ALL.into_iter().find(|format| format.as_str() == text) {
            return Ok(format);
        }
        let later = LATER.into_iter().find(|later| *later == text);
        Err(later.map_or_else(|| FormatError::Unknown(text.to_owned()), FormatError::Later))
    }
}

/// How the table looks; other formats do not ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Display cells per line; the table uses from 60 to 200 of them.
    pub width: usize,
    /// Whether to colour with ANSI sequences.
    pub colour: bool,
}

impl Style {
    /// For files and pipes.
    pub const PLAIN: Self = Self { width: 100, colour: false };
}

/// Writes a report.
///
/// # Errors
/// When `out` cannot be written, or, for JUnit, when `audited_at` is not a time of the years 0 to 9999.
pub fn write(format: Format, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Markdown => markdown::write(report, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_read_as_it_is_written() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
    }

    #[test]
    fn an_unknown_format_is_refused_with_the_list() {
        let error = "xml\u{1b}".parse::<Format>().unwrap_err();
        assert_eq!(error.to_string(), "unknown format \"xml\\u{1b}\": the formats are table, json, junit, sarif, markdown");
        assert!("JSON".parse::<Format>().is_err());
        assert!("".parse::<Format>().is_err());
    }

    #[test]
    fn a_format_of_a_later_version_is_refused_as_such() {
        for later in LATER {
            let error = later.parse::<Format>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("the format {later} comes with a later version: this one writes table, json, junit, sarif, markdown")
            );
        }
    }
}
