//! What `terraform init` leaves behind: where modules were installed, and which workspace is selected.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::Error;
use super::files;

/// A module that was installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The source, as `terraform init` normalises it.
    pub source: String,
    /// The version, for modules from a registry.
    pub version: Option<String>,
    /// Its folder.
    pub dir: PathBuf,
}

/// The modules that were installed, by the path of their calls: `network.subnets`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    modules: BTreeMap<String, Installed>,
}

impl Manifest {
    /// The module of this path of calls, with dots between them.
    pub fn get(&self, key: &str) -> Option<&Installed> {
        self.modules.get(key)
    }

    /// Whether `terraform init` has not run here.
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }
}

#[derive(Deserialize)]
struct Written {
    #[serde(rename = "Modules", default)]
    modules: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "Source", default)]
    source: String,
    #[serde(rename = "Version", default)]
    version: Option<String>,
    #[serde(rename = "Dir", default)]
    dir: String,
}

/// Reads `.terraform/modules/modules.json` of a root module. Without it, the manifest is empty.
///
/// # Errors
/// When it is there, but cannot be read.
pub fn manifest(root: &Path) -> Result<Manifest, Error> {
    let path = root.join(".terraform").join("modules").join("modules.json");
    let bytes = match files::read(&path) {
        Ok(bytes) => bytes,
        Err(Error::Missing { .. }) => return Ok(Manifest::default()),
        Err(error) => return Err(error),
    };
    let written: Written =
        serde_json::from_slice(&bytes).map_err(|error| Error::Manifest { path, message: format!("line {}", error.line()) })?;
    let modules = written.modules.into_iter().map(|entry| {
        let dir = root.join(&entry.dir);
        (entry.key, Installed { source: entry.source, version: entry.version.filter(|version| !version.is_empty()), dir })
    });
    Ok(Manifest { modules: modules.collect() })
}

/// The workspace that is selected in a root module; `None` means that nobody selected one, which is `default`.
pub fn workspace(root: &Path) -> Option<String> {
    let bytes = files::read(&root.join(".terraform").join("environment")).ok()?;
    let name = String::from_utf8(bytes).ok()?.trim().to_owned();
    (!name.is_empty()).then_some(name)
}
