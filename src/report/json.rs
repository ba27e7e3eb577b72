//! The report for machines, to the frozen contract.

use std::io::{self, Write as _};

use schemars::generate::SchemaSettings;
use serde_json::ser::{Formatter, PrettyFormatter};

use super::escape::is_hostile;
use super::model::Report;

/// Writes the report as pretty JSON with a newline at its end.
///
/// Characters that could command a terminal or reorder a line are written as `\u` escapes: a reader of JSON gets the very
/// same text, and `cat report.json` is safe.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    write_safe(report, out)
}

/// Any value as pretty JSON in which no character needs trust, with a newline at its end.
pub(super) fn write_safe(value: &impl serde::Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Safe(PrettyFormatter::new())))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// The JSON Schema of the report, as committed in `reports/schema/report.v1.json`, with a newline at its end.
pub fn report_schema() -> String {
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>();
    format!("{:#}\n", schema.as_value())
}

/// Pretty JSON in which no character needs trust.
struct Safe(PrettyFormatter<'static>);

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain_from = 0;
        for (at, char) in fragment.char_indices().filter(|(_, char)| is_hostile(*char)) {
            writer.write_all(&fragment.as_bytes()[plain_from..at])?;
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain_from = at + char.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[plain_from..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::specimen::specimen;

    const SCHEMA_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/schema/report.v1.json");
    const FIRST_REPORT: &str = include_str!("../../reports/specimen/report.v1.json");

    fn json(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_committed_schema_is_current() {
        let committed = std::fs::read_to_string(SCHEMA_FILE).unwrap_or_default();
        assert!(committed == report_schema(), "reports/schema/report.v1.json is stale: run `cargo xtask bless`");
    }

    #[test]
    #[ignore = "writes reports/schema/report.v1.json; `cargo xtask bless` runs it"]
    fn bless_report_schema() {
        std::fs::write(SCHEMA_FILE, report_schema()).unwrap();
    }

    #[test]
    fn a_rich_report_follows_the_schema() {
        let schema = serde_json::from_str(&report_schema()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut report = serde_json::to_value(specimen()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        report["findings"][0]["verdict"] = "fine".into();
        assert!(!validator.is_valid(&report), "the schema would accept any verdict");
    }

    #[test]
    fn a_report_of_the_first_version_still_loads_and_still_follows_the_schema() {
        let report: Report = serde_json::from_str(FIRST_REPORT).unwrap();
        assert_eq!(report.schema, crate::report::model::SCHEMA);
        let schema = serde_json::from_str(&report_schema()).unwrap();
        let value = serde_json::from_str(FIRST_REPORT).unwrap();
        assert!(jsonschema::is_valid(&schema, &value));
    }

    #[test]
    fn what_is_read_back_is_what_was_written() {
        let report = specimen();
        let text = json(&report);
        assert!(text.ends_with("}\n"));
        assert!(!text.chars().any(|char| char != '\n' && is_hostile(char)), "a character that needs trust is in the JSON");
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }

    #[test]
    fn two_writings_are_equal() {
        assert_eq!(json(&specimen()), json(&specimen()));
        insta::assert_snapshot!("json", json(&specimen()));
    }
}
