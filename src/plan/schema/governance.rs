//! Code, alerts, drills and governance.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Day, Many, Promised, RegistryPart, ScenarioWord, Short, Shorthand, Words, Yes, YesOr};
use crate::plan::Period;

/// What can be rebuilt from files, and the files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct CodePart {
    /// Applying the Terraform code brings it back.
    #[serde(default)]
    pub(in crate::plan) rebuild: Many<Promised<RebuildPart>>,
    /// Kubernetes manifests are there and valid.
    #[serde(default)]
    pub(in crate::plan) manifests: Many<Promised<Short<ManifestsPart>>>,
    /// Kustomize overlays are there and build.
    #[serde(default)]
    pub(in crate::plan) overlays: Many<Promised<Short<OverlayPart>>>,
    /// Manifests are delivered from Git.
    #[serde(default)]
    pub(in crate::plan) gitops: Many<Promised<GitopsPart>>,
    /// Terraform addresses that the document names.
    #[serde(default)]
    pub(in crate::plan) addresses: Many<Promised<Short<AddressPart>>>,
    /// The Terraform state, without which nothing is rebuilt.
    #[serde(default)]
    pub(in crate::plan) state: Many<Promised<StatePart>>,
    /// Files that the document names.
    #[serde(default)]
    pub(in crate::plan) files: Many<Promised<Short<FilesPart>>>,
    /// What is kept in Git, with a remote.
    #[serde(default)]
    pub(in crate::plan) git: Many<Promised<GitTrackedPart>>,
    /// Container images are in a registry.
    #[serde(default)]
    pub(in crate::plan) images: Many<Promised<RegistryPart>>,
}

/// Rebuilding.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct RebuildPart {
    /// What comes back: `cluster`, `network`, or Terraform addresses.
    pub(in crate::plan) what: Many<Words>,
    /// How long it may take.
    pub(in crate::plan) within: Option<Period>,
}

/// Manifests.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ManifestsPart {
    /// The files, relative to the manifests' folder or the repository.
    #[schemars(example = ["k8s/deployment.yaml"])]
    pub(in crate::plan) files: Many<Words>,
    /// What runs equals what is written.
    pub(in crate::plan) as_live: Option<Yes>,
}

impl Shorthand for ManifestsPart {
    const MARKER: &'static str = "$short:files";
}

/// An overlay.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct OverlayPart {
    /// Its folder.
    pub(in crate::plan) path: Words,
}

impl Shorthand for OverlayPart {
    const MARKER: &'static str = "$short:path";
}

/// Delivery from Git.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct GitopsPart {
    /// What delivers: `argo-cd`, `flux`.
    pub(in crate::plan) by: Words,
    /// The application.
    pub(in crate::plan) application: Option<Words>,
}

/// A Terraform address.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct AddressPart {
    /// As the document writes it.
    #[schemars(example = &"aws_wafv2_web_acl.main")]
    pub(in crate::plan) address: Words,
}

impl Shorthand for AddressPart {
    const MARKER: &'static str = "$short:address";
}

/// How the Terraform state is kept.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "versioned": true, "encrypted": true, "replicated": { "to": "recovery" }, "locked": true, "elsewhere": true, "line": 12 }))]
pub(in crate::plan) struct StatePart {
    /// The bucket that holds it, so that its settings are read; those of `sources.terraform` that are `s3://…` are known already.
    #[serde(default)]
    pub(in crate::plan) bucket: Many<Words>,
    /// Older versions of it are kept.
    pub(in crate::plan) versioned: Option<Yes>,
    /// It is encrypted at rest.
    pub(in crate::plan) encrypted: Option<Yes>,
    /// It is copied to another region.
    pub(in crate::plan) replicated: Option<YesOr<StateCopyPart>>,
    /// Two applies cannot run at once.
    pub(in crate::plan) locked: Option<Yes>,
    /// The loss of a region that the system runs in does not take it along.
    pub(in crate::plan) elsewhere: Option<Yes>,
}

/// The copy of a state.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct StateCopyPart {
    /// Where to: `recovery` (the default, where the plan names one), or regions by name.
    #[serde(default)]
    pub(in crate::plan) to: Many<Words>,
}

/// Files.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct FilesPart {
    /// Their paths, relative to the repository.
    pub(in crate::plan) file: Many<Words>,
}

impl Shorthand for FilesPart {
    const MARKER: &'static str = "$short:file";
}

/// What is kept in Git.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct GitTrackedPart {
    /// What: "source code", "ConfigMaps".
    pub(in crate::plan) what: Words,
    /// Where in the repository.
    #[serde(default)]
    pub(in crate::plan) paths: Many<Words>,
    /// The remote repository.
    pub(in crate::plan) remote: Option<Words>,
}

/// An alert.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct AlertPart {
    /// Its name, or several.
    pub(in crate::plan) alert: Many<Words>,
    /// What raises it: `prometheus` (the default), `sentry`, `cloudwatch`, …
    pub(in crate::plan) from: Option<Words>,
    /// The age, duration or outage at which it is raised.
    pub(in crate::plan) after: Option<Period>,
    /// Who is told.
    #[serde(default)]
    pub(in crate::plan) notifies: Many<Words>,
}

/// A rehearsal.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "drill": "backup-restore", "every": "1mo", "at_most": "30m", "where": "staging", "line": 344 }))]
pub(in crate::plan) struct DrillPart {
    /// Its name, under which the ledger keeps it.
    pub(in crate::plan) drill: Words,
    /// How often; left out where the document only says "regularly".
    pub(in crate::plan) every: Option<Period>,
    /// How long it may take.
    pub(in crate::plan) at_most: Option<Period>,
    /// Where it is done.
    #[serde(rename = "where")]
    pub(in crate::plan) place: Option<Words>,
    /// The dataset or service that is rehearsed.
    #[serde(default)]
    pub(in crate::plan) of: Many<Words>,
    /// The disaster that is rehearsed.
    pub(in crate::plan) scenario: Option<ScenarioWord>,
    /// It runs by itself.
    pub(in crate::plan) automatic: Option<Yes>,
    /// How long what was restored stays.
    pub(in crate::plan) restored_for: Option<Period>,
    /// The day of the last one, as the document states it.
    pub(in crate::plan) last: Option<Day>,
    /// The day of the next one, as the document states it.
    pub(in crate::plan) next: Option<Day>,
}

/// Who looks after the plan.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct GovernancePart {
    /// Who owns what.
    #[serde(default)]
    pub(in crate::plan) owners: BTreeMap<String, Promised<Short<OwnerPart>>>,
    /// What is reviewed, audited or reported, and how often.
    #[serde(default)]
    pub(in crate::plan) reviews: Many<Promised<RecordPart>>,
    /// People who can be reached.
    #[serde(default)]
    pub(in crate::plan) contacts: Many<Promised<ContactsPart>>,
    /// Documents that the plan links to.
    #[serde(default)]
    pub(in crate::plan) runbooks: Many<Promised<Short<FilesPart>>>,
}

/// An owner.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct OwnerPart {
    /// A person or a team; left empty, nobody owns it.
    pub(in crate::plan) name: String,
}

impl Shorthand for OwnerPart {
    const MARKER: &'static str = "$short:name";
}

/// Something that is reviewed, audited or reported.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct RecordPart {
    /// What.
    pub(in crate::plan) review: Words,
    /// How often.
    pub(in crate::plan) every: Option<Period>,
    /// The day of the last one.
    pub(in crate::plan) last: Option<Day>,
    /// The day of the next one.
    pub(in crate::plan) next: Option<Day>,
}

/// People, each with a way to reach them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ContactsPart {
    /// The people.
    pub(in crate::plan) people: Vec<PersonPart>,
}

/// Someone.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct PersonPart {
    /// What for.
    pub(in crate::plan) role: Words,
    /// Who.
    pub(in crate::plan) name: Option<String>,
    /// A telephone number.
    pub(in crate::plan) phone: Option<String>,
    /// An e-mail address.
    pub(in crate::plan) email: Option<String>,
    /// Another way: a pager, a console, a link.
    pub(in crate::plan) other: Option<String>,
}
