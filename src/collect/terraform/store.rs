//! Where states are kept, out of the three places that tell it: a `backend` block, what `terraform init` made of it, and the location of
//! a state that the user names. Settings that may be secrets are never looked at.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::hcl::instance::Backend;
use super::hcl::syntax::Files;
use super::hcl::value::{Val, ValKind};
use crate::estate::{Cause, Fact, Gap, Locus, Region, StateLock, StateStore};

/// One setting of a backend.
enum Setting {
    Text(String, Locus),
    Absent,
    Unseen(Gap),
}

/// The store that the backend of a root module names. What a partial configuration leaves to `-backend-config` is a gap.
pub fn of_code(backend: &Backend, files: &Files) -> StateStore {
    let setting = |name: &str| match backend.settings.get(name) {
        None => Setting::Absent,
        Some((at, value)) => match plain(value) {
            Some(Some(text)) => Setting::Text(text, files.locus(*at)),
            Some(None) => Setting::Absent,
            None => Setting::Unseen(Gap::new(Cause::NotRead, format!("{name} of the backend ({}) is not known", files.line(*at)))),
        },
    };
    let missing = |name: &str| {
        let at = files.line(backend.at);
        Gap::new(
            Cause::NotRead,
            format!("{name} is not in the backend block ({at}): run `terraform init`, or give the state as s3://BUCKET/KEY"),
        )
    };
    store(&backend.kind, files.locus(backend.at), &setting, &missing)
}

/// `null` is `Some(None)`; what is no plain value is `None`.
fn plain(value: &Val) -> Option<Option<String>> {
    match &value.kind {
        ValKind::Null => Some(None),
        ValKind::Bool(value) => Some(Some(value.to_string())),
        ValKind::Number(value) => Some(Some(value.to_string())),
        ValKind::String(value) => Some(Some(value.to_string())),
        ValKind::List(_) | ValKind::Set(_) | ValKind::Map(_) | ValKind::Resource(_) | ValKind::Unknown(_) => None,
    }
}

#[derive(Deserialize)]
struct Pointer {
    backend: Option<PointerBackend>,
}

#[derive(Deserialize)]
struct PointerBackend {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    config: serde_json::Map<String, serde_json::Value>,
}

/// The store that `.terraform/terraform.tfstate` points to; `None` when the bytes are no such pointer. It holds the whole configuration:
/// what is not in it is not set.
pub fn of_pointer(name: &str, bytes: &[u8]) -> Option<StateStore> {
    let backend = serde_json::from_slice::<Pointer>(bytes).ok()?.backend?;
    let at = Locus::State { file: name.into(), address: format!("backend {}", backend.kind).into() };
    let setting = |name: &str| match backend.config.get(name) {
        None | Some(serde_json::Value::Null) => Setting::Absent,
        Some(serde_json::Value::String(text)) => Setting::Text(text.clone(), at.clone()),
        Some(serde_json::Value::Bool(value)) => Setting::Text(value.to_string(), at.clone()),
        Some(_) => Setting::Unseen(Gap::new(Cause::Unreadable, "the backend pointer holds something else there")),
    };
    let missing = |what: &str| Gap::new(Cause::Unreadable, format!("{what} is not in the backend pointer {name}: run `terraform init`"));
    Some(store(&backend.kind, at.clone(), &setting, &missing))
}

/// Bytes of the largest pointer that is read; real ones have hundreds.
const LARGEST: u64 = 1 << 20;

/// The store that `terraform init` noted in a folder of code, where it was run there.
pub fn of_folder(folder: &Path) -> Option<StateStore> {
    let path = folder.join(".terraform").join("terraform.tfstate");
    let small = std::fs::metadata(&path).is_ok_and(|kind| kind.is_file() && kind.len() <= LARGEST);
    let bytes = if small { std::fs::read(&path).ok()? } else { return None };
    of_pointer(&path.display().to_string(), &bytes)
}

/// The store of a state that is named as `s3://bucket/key`; `None` for files, which may be copies from anywhere.
pub fn of_location(uri: &str) -> Option<StateStore> {
    let (bucket, key) = uri.strip_prefix("s3://")?.split_once('/')?;
    let at = Locus::State { file: uri.into(), address: Arc::from("") };
    let unsaid =
        || Gap::new(Cause::NotRead, "the location of a state does not say it: give the code with its backend block (--terraform DIR)");
    Some(StateStore {
        backend: "s3".to_owned(),
        bucket: Fact::known_at(bucket.to_owned(), at.clone()),
        key: Fact::known_at(key.to_owned(), at.clone()),
        region: unsaid().into(),
        encrypt: unsaid().into(),
        lock: unsaid().into(),
        hostname: unsaid().into(),
        at,
    })
}

fn store(kind: &str, at: Locus, setting: &dyn Fn(&str) -> Setting, missing: &dyn Fn(&str) -> Gap) -> StateStore {
    let required = |name: &str| match setting(name) {
        Setting::Text(text, at) => Fact::known_at(text, at),
        Setting::Absent => missing(name).into(),
        Setting::Unseen(gap) => gap.into(),
    };
    let (bucket, key) = (required("bucket"), required("key"));
    // Where bucket and key are left to the command line, the rest may be too.
    let whole = bucket.ok().is_some() && key.ok().is_some();
    let flag = |name: &str| match setting(name) {
        Setting::Text(text, at) => Fact::known_at(text == "true", at),
        Setting::Absent if whole => Fact::known_at(false, at.clone()),
        Setting::Absent => missing(name).into(),
        Setting::Unseen(gap) => gap.into(),
    };
    let lock = match (flag("use_lockfile"), setting("dynamodb_table")) {
        (_, Setting::Text(table, at)) => Fact::known_at(StateLock::Table(table), at),
        (Fact::Known { value: true, at }, _) => Fact::known_at(StateLock::File, at),
        (_, Setting::Unseen(gap)) | (Fact::Gap(gap), _) => gap.into(),
        (Fact::Known { value: false, at }, Setting::Absent) => Fact::known_at(StateLock::Missing, at),
    };
    let hostname = match setting("hostname") {
        Setting::Text(host, at) => Fact::known_at(Some(host), at),
        Setting::Absent => Fact::known_at(None, at.clone()),
        Setting::Unseen(gap) => gap.into(),
    };
    let region = required("region").map(|region| Region::from(region.as_str()));
    StateStore { backend: kind.to_owned(), region, encrypt: flag("encrypt"), lock, hostname, bucket, key, at }
}

#[cfg(test)]
mod tests {
    use super::super::hcl::syntax::Pos;
    use super::*;

    fn code(kind: &str, settings: &[(&str, Val)]) -> StateStore {
        let settings = settings.iter().map(|(name, value)| (Arc::from(*name), (Pos::default(), value.clone()))).collect();
        of_code(&Backend { kind: kind.into(), at: Pos::default(), settings }, &Files::default())
    }

    #[test]
    fn a_backend_block_tells_bucket_and_lock() {
        let table = code("s3", &[("bucket", "b".into()), ("key", "k".into()), ("dynamodb_table", "t".into()), ("encrypt", true.into())]);
        assert_eq!((table.bucket.ok().map(String::as_str), table.encrypt.ok()), (Some("b"), Some(&true)));
        assert_eq!(table.lock.ok(), Some(&StateLock::Table("t".to_owned())));
        let file = code("s3", &[("bucket", "b".into()), ("key", "k".into()), ("use_lockfile", true.into())]);
        assert_eq!((file.lock.ok(), file.encrypt.ok()), (Some(&StateLock::File), Some(&false)));
        let none = code("s3", &[("bucket", "b".into()), ("key", "k".into())]);
        assert_eq!(none.lock.ok(), Some(&StateLock::Missing));
    }

    #[test]
    fn what_is_left_to_the_command_line_is_a_gap() {
        let partial = code("s3", &[("key", "k".into())]);
        assert!(partial.bucket.ok().is_none() && partial.lock.ok().is_none() && partial.encrypt.ok().is_none());
    }

    #[test]
    fn a_pointer_tells_all_and_repeats_no_key() {
        let bytes = br#"{"version": 3, "backend": {"type": "s3", "config": {"bucket": "b", "key": "k", "region": "us-east-1",
            "use_lockfile": true, "encrypt": null, "dynamodb_table": null, "secret_key": "do-not-repeat"}}}"#;
        let store = of_pointer(".terraform/terraform.tfstate", bytes).unwrap();
        assert_eq!((store.region.ok(), store.lock.ok()), (Some(&"us-east-1".into()), Some(&StateLock::File)));
        assert!(!serde_json::to_string(&store).unwrap().contains("do-not-repeat"));
        assert!(of_pointer("x", br#"{"version": 4}"#).is_none());
    }

    #[test]
    fn a_location_tells_where_and_no_more() {
        let store = of_location("s3://b/a/k.tfstate").unwrap();
        assert_eq!((store.key.ok().map(String::as_str), store.lock.ok()), (Some("a/k.tfstate"), None));
        assert!(of_location("infra/terraform.tfstate").is_none());
    }
}
