//! Which format a document is in, and the walk over the objects of each.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::Error;
use super::intake::{Intake, RawObject, Source, Taken, Taker, take_in};
use super::text::json_error;
use super::{native, show};
use crate::estate::View;

/// A document that was understood.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) plan: bool,
    pub(super) lineage: Option<String>,
    pub(super) serial: u64,
    pub(super) timestamp: Option<String>,
    pub(super) recorded: Option<Taken>,
    pub(super) declared: Option<Taken>,
    /// What Terraform found changed outside of it: before, and after.
    pub(super) drifted: Option<(Taken, Taken)>,
}

/// The top of any document that may be given as a state. Everything large stays text.
#[derive(Deserialize)]
pub(super) struct Top<'a> {
    #[serde(borrow, default)]
    version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    format_version: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    terraform_version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    serial: Option<&'a RawValue>,
    #[serde(borrow, default)]
    lineage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow, default)]
    encryption_version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    backend: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) modules: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) resources: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) outputs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) values: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) planned_values: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) prior_state: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) resource_changes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) resource_drift: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) variables: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "ID")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Operation")]
    operation: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Who")]
    who: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Created")]
    created: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Path")]
    path: Option<&'a RawValue>,
    #[serde(borrow, default)]
    checkpoint: Option<&'a RawValue>,
}

/// Reads a JSON document in whatever format it is.
pub(super) fn read(source: &Source, text: &str) -> Result<Document, Error> {
    if text.starts_with('[') {
        serde_json::from_str::<&RawValue>(text).map_err(|error| json_error(text, &error))?;
        return Err(Error::NotState);
    }
    let top: Top<'_> = serde_json::from_str(text).map_err(|error| match json_error(text, &error) {
        Error::Malformed { .. } => Error::NotState,
        other => other,
    })?;
    if let Some(version) = string(top.encryption_version).filter(|version| !version.is_empty()) {
        return Err(encrypted(&top, &version));
    }
    if top.format_version.is_some() && (top.values.is_some() || top.prior_state.is_some() || top.planned_values.is_some()) {
        return shown(source, &top);
    }
    match top.version.map(whole) {
        Some(Some(version)) => native_state(source, &top, version),
        _ if top.format_version.is_some() && top.terraform_version.is_some() => shown(source, &top),
        _ => Err(other(&top)),
    }
}

/// Every object of a state that was understood, and its outputs; both still text.
pub(super) fn objects(text: &str) -> Result<(Vec<RawObject<'_>>, Option<&RawValue>), Error> {
    let top: Top<'_> = serde_json::from_str(text).map_err(|_| Error::NotState)?;
    let mut objects: Vec<RawObject<'_>> = Vec::new();
    let outputs = match (top.resources, top.modules) {
        (Some(_), _) if top.format_version.is_none() => {
            native::resources(top.resources, &mut objects)?;
            top.outputs
        }
        (None, Some(_)) if top.format_version.is_none() => {
            native::modules(top.modules, &mut objects)?;
            None
        }
        _ => show::index(&top, &mut objects)?,
    };
    Ok((objects, outputs))
}

fn native_state(source: &Source, top: &Top<'_>, version: u64) -> Result<Document, Error> {
    match version {
        3 if top.modules.is_none() && top.backend.is_some() => return Err(Error::BackendPointer { address: backend_address(top.backend) }),
        0 => return Err(Error::NotState),
        1..=4 => {}
        _ => return Err(Error::Newer { version, written_by: written_by(top) }),
    }
    let taken = take_in(source, |intake| {
        intake.named_values(top.outputs);
        if version == 4 {
            return native::resources(top.resources, intake);
        }
        if version < 3 {
            let terraform = if version == 1 { "0.7" } else { "0.9" };
            intake.note(format!(
                "format {version} from Terraform < {terraform}, read as well as it can be; open it once with Terraform 0.11 to upgrade it"
            ));
        }
        native::modules(top.modules, intake)
    })?;
    Ok(recorded(top, taken))
}

/// The document of a state file.
fn recorded(top: &Top<'_>, taken: Taken) -> Document {
    Document {
        lineage: string(top.lineage).filter(|lineage| !lineage.is_empty()),
        serial: top.serial.and_then(whole).unwrap_or(0),
        recorded: Some(taken),
        ..Document::default()
    }
}

/// A format 4 state whose `resources` were taken in while it was read, and everything else of it.
///
/// Returns `None` when it turns out to be something else.
pub(super) fn streamed(head: &str, taken: Taken) -> Option<Document> {
    let top: Top<'_> = serde_json::from_str(head).ok()?;
    let plain = top.encryption_version.is_none() && top.format_version.is_none();
    (plain && top.version.and_then(whole) == Some(4)).then(|| recorded(&top, taken))
}

/// Learns the secrets of the outputs of a state.
pub(super) fn outputs(head: &str, intake: &mut Intake) {
    if let Ok(top) = serde_json::from_str::<Top<'_>>(head) {
        intake.named_values(top.outputs);
    }
}

fn shown(source: &Source, top: &Top<'_>) -> Result<Document, Error> {
    let version = top.format_version.as_deref().unwrap_or_default();
    let known = matches!(version.split_once('.').map_or(version, |(major, _)| major), "0" | "1");
    if !known {
        return Err(Error::NewerShow { version: short(version), written_by: written_by(top) });
    }
    let plan = top.planned_values.is_some() || top.resource_changes.is_some();
    let timestamp = string(top.timestamp);
    if !plan {
        let recorded = top.values.map(|values| show::values(source, values, None)).transpose()?;
        return Ok(Document { recorded: Some(recorded.unwrap_or_default()), timestamp, ..Document::default() });
    }
    let recorded = top.prior_state.map(|prior| show::prior_state(source, prior, top)).transpose()?;
    let declared = show::planned(source, top)?;
    let drifted = top.resource_drift.map(|raw| show::drifted(source, raw, top.prior_state)).transpose()?;
    // A plan that only refreshes plans nothing: it does not say that nothing is to be there.
    let recorded_some = recorded.as_ref().is_some_and(|taken| taken.managed > 0);
    let refreshes_only = top.resource_changes.is_none() && declared.managed == 0 && recorded_some;
    let declared = (!refreshes_only).then_some(declared);
    Ok(Document { plan, timestamp, recorded, declared, drifted, ..Document::default() })
}

/// JSON of something else that is known by sight.
fn other(top: &Top<'_>) -> Error {
    let lock = top.id.is_some() && top.operation.is_some();
    if !lock && top.checkpoint.is_none() {
        return Error::NotState;
    }
    let text =
        |raw: Option<&RawValue>| string(raw).filter(|text| !text.is_empty()).map_or_else(|| "unknown".to_owned(), |text| short(&text));
    Error::LockInfo { who: text(top.who), created: text(top.created), operation: text(top.operation), path: text(top.path) }
}

fn encrypted(top: &Top<'_>, _version: &str) -> Error {
    let meta: Option<std::collections::BTreeMap<String, &RawValue>> = top.meta.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let keys = meta.iter().flatten().map(|(key, _)| short(key.strip_prefix("key_provider.").unwrap_or(key)));
    let providers: Vec<String> = keys.collect();
    Error::Encrypted {
        provider: if providers.is_empty() { "unknown".to_owned() } else { providers.join(", ") },
        serial: top.serial.and_then(whole).map_or_else(|| "unknown".to_owned(), |serial| serial.to_string()),
        lineage: string(top.lineage).map_or_else(|| "unknown".to_owned(), |lineage| short(&lineage)),
    }
}

#[derive(Deserialize)]
struct Backend<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    config: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct BackendConfig<'a> {
    #[serde(borrow, default)]
    bucket: Option<&'a RawValue>,
    #[serde(borrow, default)]
    key: Option<&'a RawValue>,
}

/// Only bucket and key are read: the other settings may hold access keys.
fn backend_address(raw: Option<&RawValue>) -> String {
    let backend: Option<Backend<'_>> = raw.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let Some(backend) = backend else { return "a remote backend".to_owned() };
    let config: Option<BackendConfig<'_>> = backend.config.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let kind = string(backend.kind).unwrap_or_default();
    match config.and_then(|config| Some((string(config.bucket)?, string(config.key)?))) {
        Some((bucket, key)) if kind == "s3" => format!("s3://{}/{}", short(&bucket), short(&key)),
        _ => format!("a remote backend of type {}", short(&kind)),
    }
}

fn written_by(top: &Top<'_>) -> String {
    string(top.terraform_version).map_or_else(|| "of unknown version".to_owned(), |version| short(&version))
}

/// Text from a file for a message: bounded, without control characters, without credentials.
fn short(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(120).collect();
    crate::collect::redact::redact_text(&clean).into_owned()
}

pub(super) fn string(raw: Option<&RawValue>) -> Option<String> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
}

/// A whole number, which may be written as `4.0`.
pub(super) fn whole(raw: &RawValue) -> Option<u64> {
    let text = raw.get();
    text.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b == b'0')).map_or(text, |(whole, _)| whole).parse().ok()
}

impl Document {
    /// The view that a plan or state fills besides or instead of the recorded one.
    pub(super) fn views(self) -> impl Iterator<Item = (View, Taken)> {
        [(View::Recorded, self.recorded), (View::Declared, self.declared)].into_iter().filter_map(|(view, taken)| Some((view, taken?)))
    }
}
