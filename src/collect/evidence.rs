//! Recorded live evidence: written by `lastro collect`, replayed by `lastro audit --evidence`.
//!
//! The file is versioned JSON and holds the estate as facts and gaps, never raw answers. The same reading gives the same bytes,
//! and a replay gives the same reading.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Reading, SourceNote};
use crate::estate::{Cause, Gap, Kind, Region, Scope, View, ViewEstate};
use crate::plan::Plan;

/// The name of this format, which every evidence file begins with.
pub const SCHEMA: &str = "lastro.evidence/v1";

/// The largest file that is read, bytes. A thousand buckets and a hundred databases take a few megabytes.
const LARGEST: u64 = 1 << 30;

const FAMILY: &str = "lastro.evidence/v";

/// Why a file is not evidence that can be replayed. The messages follow the file's name.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such file.
    #[error("no such file; record it with `lastro collect PLAN -o evidence.json`")]
    Missing,
    /// It may not be read.
    #[error("permission denied: let this user read the file")]
    Denied,
    /// A folder, a socket, a device.
    #[error("this is not a file: name the evidence file that `lastro collect` wrote")]
    WrongType,
    /// Reading it broke off.
    #[error("reading failed ({0}): check the disk and run again")]
    Io(std::io::Error),
    /// No evidence is this large.
    #[error("the evidence file is larger than {limit} bytes: record it again with `lastro collect`")]
    TooLarge {
        /// The most that is read, bytes.
        limit: u64,
    },
    /// There is nothing in it.
    #[error("the evidence file is empty: record it again with `lastro collect`")]
    Empty,
    /// It ends in the middle.
    #[error("the evidence file is cut off after {bytes} bytes: record it again with `lastro collect`")]
    Truncated {
        /// How much there is of it.
        bytes: usize,
    },
    /// It is no JSON, or JSON of something else.
    #[error("this is no evidence file ({found}): record one with `lastro collect PLAN -o evidence.json`")]
    NotEvidence {
        /// What it is instead, as far as can be told.
        found: String,
    },
    /// A later version of lastro wrote it.
    #[error("the evidence file has the format `{schema}`, this lastro reads `{SCHEMA}`: use the lastro that recorded it, or a newer one")]
    Newer {
        /// The format it names.
        schema: String,
    },
    /// It says that it is evidence, and does not hold together.
    #[error("the evidence file is damaged at line {line}, column {column}: record it again with `lastro collect`")]
    Damaged {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
}

impl Error {
    fn cause(&self) -> Cause {
        match self {
            Self::Missing => Cause::NotRead,
            Self::Denied => Cause::Denied,
            Self::Io(_) => Cause::Failed,
            Self::WrongType
            | Self::TooLarge { .. }
            | Self::Empty
            | Self::Truncated { .. }
            | Self::NotEvidence { .. }
            | Self::Newer { .. }
            | Self::Damaged { .. } => Cause::Unreadable,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::IsADirectory | ErrorKind::NotADirectory => Self::WrongType,
            _ => Self::Io(error),
        }
    }
}

/// What a recording says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The version of lastro that wrote it.
    pub version: String,
    /// When the evidence was collected: the audit time of a replay, unless told otherwise.
    pub collected_at: Option<Timestamp>,
    /// The plan it was collected for.
    pub plan: String,
    /// The regions it was collected in.
    pub regions: Vec<Region>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    name: String,
    version: String,
}

#[derive(Serialize)]
struct Written<'a> {
    schema: &'a str,
    tool: Tool,
    collected_at: Option<Timestamp>,
    plan: &'a str,
    regions: &'a [Region],
    source: &'a SourceNote,
    calls: &'a BTreeMap<String, u64>,
    estate: &'a ViewEstate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "schema")]
    _schema: String,
    tool: Tool,
    collected_at: Option<Timestamp>,
    plan: String,
    regions: Vec<Region>,
    source: SourceNote,
    calls: BTreeMap<String, u64>,
    estate: ViewEstate,
}

/// The first look at a file, which may be anything.
#[derive(Deserialize)]
struct Glance {
    schema: Option<serde_json::Value>,
    version: Option<serde_json::Value>,
    terraform_version: Option<serde_json::Value>,
}

/// The bytes of an evidence file: pretty JSON that ends with a newline.
///
/// # Errors
/// Whatever serialising says; with the types of this crate, nothing.
pub fn write(reading: &Reading, plan: &str, regions: &[Region]) -> serde_json::Result<Vec<u8>> {
    let written = Written {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        collected_at: reading.estate.read_at,
        plan,
        regions,
        source: &reading.source,
        calls: &reading.calls,
        estate: &reading.estate,
    };
    let mut bytes = serde_json::to_vec_pretty(&written)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The reading that an evidence file holds, and what the file says about itself.
///
/// # Errors
/// When the file is empty, cut off, of another kind, of a newer format, or damaged.
pub fn read(bytes: &[u8]) -> Result<(Reading, Recorded), Error> {
    if bytes.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    let glance: Glance = serde_json::from_slice(bytes).map_err(|error| not_json(bytes, &error))?;
    check_schema(&glance)?;
    let read: Read = serde_json::from_slice(bytes).map_err(|error| Error::Damaged { line: error.line(), column: error.column() })?;
    let recorded = Recorded { version: read.tool.version, collected_at: read.collected_at, plan: read.plan, regions: read.regions };
    Ok((Reading { estate: read.estate, source: read.source, calls: read.calls }, recorded))
}

/// The reading that a file holds. A file that cannot be read is a reading too: everything live has the gap that says why, so
/// that the rest of the audit is not lost.
pub fn load(path: &Path) -> (Reading, Option<Recorded>) {
    match bytes_of(path).and_then(|bytes| read(&bytes)) {
        Ok((reading, recorded)) => (reading, Some(recorded)),
        Err(error) => (unread(path, &error), None),
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Error> {
    let kind = std::fs::metadata(path)?.file_type();
    // The shell's `<(…)` is a pipe; anything else that is no file could block for ever.
    if !kind.is_file() && !path.starts_with("/dev/fd") && !path.starts_with("/proc") {
        return Err(Error::WrongType);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST { Err(Error::TooLarge { limit: LARGEST }) } else { Ok(bytes) }
}

fn unread(path: &Path, error: &Error) -> Reading {
    let gap = Gap::new(error.cause(), format!("{}: {error}", path.display()));
    let mut estate = ViewEstate::new(View::Live);
    for kind in Kind::ALL {
        estate.listed(*kind, Scope::Whole, Some(gap.clone()));
    }
    let source = SourceNote {
        kind: "evidence".to_owned(),
        uri: path.display().to_string(),
        view: View::Live,
        read_at: None,
        resources: 0,
        gaps: vec![gap],
        notes: Vec::new(),
    };
    Reading { estate, source, calls: BTreeMap::new() }
}

impl Recorded {
    /// What is to be said when the evidence is used for another plan, or for regions it was not collected in.
    pub fn remarks(&self, plan: &Plan) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.plan != plan.name {
            remarks.push(format!(
                "recorded for the plan {}, not for {}: what only the latter needs was not read; record it with `lastro collect {}`",
                self.plan, plan.name, plan.path
            ));
        }
        let elsewhere: Vec<&str> = plan.regions.all().filter(|region| !self.regions.contains(region)).map(Region::as_str).collect();
        if !elsewhere.is_empty() {
            let recorded: Vec<&str> = self.regions.iter().map(Region::as_str).collect();
            remarks.push(format!("recorded in {}, not in {}: record it again to judge these", recorded.join(", "), elsewhere.join(", ")));
        }
        remarks
    }
}

fn not_json(bytes: &[u8], error: &serde_json::Error) -> Error {
    use serde_json::error::Category;
    match error.classify() {
        Category::Eof if bytes.trim_ascii().starts_with(b"{") => Error::Truncated { bytes: bytes.len() },
        Category::Data => Error::NotEvidence { found: "JSON, but not an object".to_owned() },
        Category::Eof | Category::Syntax | Category::Io => {
            let found = if std::str::from_utf8(bytes).is_ok() { "text that is not JSON" } else { "binary data" };
            Error::NotEvidence { found: found.to_owned() }
        }
    }
}

fn check_schema(glance: &Glance) -> Result<(), Error> {
    let Some(schema) = glance.schema.as_ref().and_then(serde_json::Value::as_str) else {
        let is_state = glance.terraform_version.is_some() && glance.version.is_some();
        let found = if is_state { "a Terraform state: give it with `--state`" } else { "JSON without a `schema`" };
        return Err(Error::NotEvidence { found: found.to_owned() });
    };
    if schema == SCHEMA {
        return Ok(());
    }
    // The name comes from a file that anybody may have written: only a plain one is said back.
    let version = schema.strip_prefix(FAMILY).filter(|version| !version.is_empty() && version.len() < 9);
    match version {
        Some(version) if version.bytes().all(|byte| byte.is_ascii_digit()) => Err(Error::Newer { schema: schema.to_owned() }),
        _ if schema.starts_with("lastro.report/") => Err(Error::NotEvidence { found: "a lastro report".to_owned() }),
        _ => Err(Error::NotEvidence { found: "JSON with another schema".to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::Fact;
    use crate::estate::bucket::{Bucket, ReplicationRule, Versioning};
    use crate::estate::database::{DbInstance, RestoreWindow};
    use crate::rules::testing::{denied, live, meta, seen, time, unread};

    fn reading() -> Reading {
        let bucket = Bucket {
            versioning: seen(Versioning::Never),
            lifecycle: denied("s3:GetLifecycleConfiguration"),
            replication: seen(Vec::<ReplicationRule>::new()),
            ..Bucket::unread(meta("orders"), &unread())
        };
        let window = RestoreWindow { earliest: seen(time("2026-11-13T00:00:00.25Z")), latest: denied("rds:DescribeDBInstances") };
        let db = DbInstance { restore_window: seen(Some(window)), zone: seen(None), ..DbInstance::unread(meta("db"), &unread()) };
        let mut estate = live([bucket.into(), db.into()]);
        let gap = Gap::new(Cause::Incomplete, "a page token came twice");
        estate.listed(Kind::Bucket, Scope::Whole, Some(gap.clone()));
        estate.read_at = Some(time("2026-11-20T12:00:00Z"));
        estate.sort();
        let source = SourceNote {
            kind: "aws".to_owned(),
            uri: "123456789012 (us-east-1)".to_owned(),
            view: View::Live,
            read_at: estate.read_at,
            resources: 2,
            gaps: vec![gap],
            notes: vec!["left out".to_owned()],
        };
        Reading { estate, source, calls: BTreeMap::from([("s3.ListBuckets".to_owned(), 1)]) }
    }

    fn written() -> Vec<u8> {
        write(&reading(), "orders", &["us-east-1".into()]).expect("serialises")
    }

    fn refused(bytes: &[u8]) -> String {
        read(bytes).expect_err("not evidence").to_string()
    }

    #[test]
    fn a_replay_gives_the_same_reading_and_the_same_bytes() {
        let (replayed, recorded) = read(&written()).expect("evidence");
        let original = reading();
        assert_eq!(replayed.estate, original.estate);
        assert_eq!(replayed.source, original.source);
        assert_eq!(replayed.calls, original.calls);
        assert_eq!(recorded.collected_at, original.estate.read_at);
        assert_eq!((recorded.plan.as_str(), recorded.regions.as_slice()), ("orders", &[Region::from("us-east-1")][..]));
        assert_eq!(write(&replayed, &recorded.plan, &recorded.regions).expect("serialises"), written());
        let never = replayed.estate.all::<Bucket>().next().map(|bucket| bucket.versioning.clone());
        assert_eq!(never.as_ref().and_then(Fact::ok), Some(&Versioning::Never));
    }

    #[test]
    fn says_what_an_empty_and_a_cut_off_file_are() {
        assert!(refused(b" \n").contains("is empty"));
        let whole = written();
        assert!(refused(&whole[..whole.len() / 2]).contains("cut off after"));
    }

    #[test]
    fn says_what_else_a_file_is() {
        assert!(refused(b"[1]").contains("not an object"));
        assert!(refused(b"plan: x").contains("text that is not JSON"));
        assert!(refused(b"\x1f\x8b\x08").contains("binary data"));
        assert!(refused(b"{\"version\":4,\"terraform_version\":\"1.9.0\"}").contains("--state"));
        assert!(refused(b"{\"schema\":\"lastro.report/v1\"}").contains("a lastro report"));
        assert!(refused(b"{}").contains("without a `schema`"));
    }

    #[test]
    fn a_newer_format_names_both_versions() {
        let message = refused(b"{\"schema\":\"lastro.evidence/v2\"}");
        assert!(message.contains("lastro.evidence/v2") && message.contains(SCHEMA), "{message}");
        assert!(!refused(b"{\"schema\":\"lastro.evidence/v\\u001b[31m\"}").contains('\u{1b}'));
    }

    #[test]
    fn damage_is_placed() {
        let text = String::from_utf8(written()).expect("UTF-8").replace("\"orders\",\n", "7,\n");
        let message = refused(text.as_bytes());
        assert!(message.contains("damaged at line"), "{message}");
    }
}
