//! The plan file as it is written: a mirror of the YAML in serde types, from which the JSON Schema is generated too.
//!
//! Shapes and spellings only; what the words mean together is decided by `validate`.

mod datasets;
mod domains;
mod governance;
mod scalars;
mod wrap;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Value;

pub(in crate::plan) use datasets::*;
pub(in crate::plan) use domains::*;
pub(in crate::plan) use governance::*;
pub(in crate::plan) use scalars::*;
pub(in crate::plan) use wrap::*;

use super::Period;

/// The JSON Schema of a plan file, indented, with a line break at the end.
///
/// Committed as `reports/schema/plan.v1.json` and named at the top of every plan, so that editors complete and check it.
pub fn schema_json() -> String {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<PlanFile>();
    let mut value = schema.to_value();
    without_null(&mut value);
    if let Some(root) = value.as_object_mut() {
        root.insert("title".to_owned(), "lastro plan, version 1".into());
    }
    format!("{value:#}\n")
}

/// A key is written with a value or not at all: takes `null` out of what serde's options would admit.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(object) => {
            object.values_mut().for_each(without_null);
            if let Some(Value::Array(kinds)) = object.get_mut("type") {
                kinds.retain(|kind| kind != "null");
                if let [only] = kinds.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
                branches.retain(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
                if let [Value::Object(only)] = branches.as_slice() {
                    let only = only.clone();
                    object.remove("anyOf");
                    only.into_iter().for_each(|(key, value)| {
                        object.entry(key).or_insert(value);
                    });
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A disaster-recovery plan as promises that can be checked. One plan is one file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct PlanFile {
    /// The short name of the system, used in reports and file names.
    #[schemars(example = &"flowise")]
    pub(in crate::plan) plan: Words,
    /// The title of the plan, for people.
    pub(in crate::plan) title: Option<Words>,
    /// The human document that makes the promises.
    pub(in crate::plan) document: Option<DocumentPart>,
    /// Who owns what: `plan`, and any other duty.
    #[serde(default)]
    pub(in crate::plan) owners: BTreeMap<String, Promised<Short<OwnerPart>>>,
    /// Where the system runs, and where it comes back.
    pub(in crate::plan) regions: RegionsPart,
    /// Where evidence comes from; the command line can add to it and override it.
    #[serde(default)]
    pub(in crate::plan) sources: SourcesPart,
    /// Which resources promises are about, unless a group or a promise says otherwise.
    pub(in crate::plan) select: Option<SelectPart>,
    /// RTO, RPO and MTTR, per scenario or dataset.
    #[serde(default)]
    pub(in crate::plan) objectives: Many<Promised<ObjectivePart>>,
    /// Data that must survive, and the copies it can be brought back from.
    #[serde(default)]
    pub(in crate::plan) datasets: BTreeMap<String, DatasetPart>,
    /// What must run.
    #[serde(default)]
    pub(in crate::plan) services: BTreeMap<String, Many<Promised<ServicePart>>>,
    /// Clusters and their nodes.
    #[serde(default)]
    pub(in crate::plan) clusters: BTreeMap<String, ClusterPart>,
    /// What stands between users and services: DNS, WAF, CDN, health endpoints.
    #[serde(default)]
    pub(in crate::plan) edge: EdgePart,
    /// Security groups, network ACLs, credentials.
    #[serde(default)]
    pub(in crate::plan) network: NetworkPart,
    /// Secrets and where they are kept, by name.
    #[serde(default)]
    pub(in crate::plan) secrets: BTreeMap<String, Many<Promised<SecretPart>>>,
    /// What can be rebuilt from files, and the files.
    #[serde(default)]
    pub(in crate::plan) infrastructure_as_code: CodePart,
    /// Alerts that must exist.
    #[serde(default)]
    pub(in crate::plan) alerts: Many<Promised<AlertPart>>,
    /// Rehearsals and their cadence.
    #[serde(default)]
    pub(in crate::plan) drills: Many<Promised<DrillPart>>,
    /// Reviews, contacts, runbooks and further owners.
    #[serde(default)]
    pub(in crate::plan) governance: GovernancePart,
    /// What the document intends and does not promise yet.
    #[serde(default)]
    pub(in crate::plan) planned: Many<Promised<Short<PlannedPart>>>,
    /// Accepted exceptions, each with an end.
    #[serde(default)]
    pub(in crate::plan) waivers: Vec<At<WaiverPart>>,
    /// How code, state and live are compared.
    #[serde(default)]
    pub(in crate::plan) drift: DriftPart,
}

/// The human document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct DocumentPart {
    /// Its path, relative to the plan file or as people know it.
    pub(in crate::plan) path: Option<Words>,
    /// When the document says it was last changed.
    pub(in crate::plan) updated: Option<Promised<Short<UpdatedPart>>>,
    /// The promise to review it.
    pub(in crate::plan) review: Option<Promised<ReviewPart>>,
}

/// When the document was last changed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct UpdatedPart {
    /// The date the document states.
    pub(in crate::plan) date: DayOrMonth,
}

impl Shorthand for UpdatedPart {
    const MARKER: &'static str = "$short:date";
}

/// The promise to review the document.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ReviewPart {
    /// How often; left out where the document only says "regularly".
    pub(in crate::plan) every: Option<Period>,
    /// The day of the next review, where the document names one.
    pub(in crate::plan) next: Option<Day>,
}

/// Where the system runs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct RegionsPart {
    /// Where it runs while all is well.
    pub(in crate::plan) primary: Many<RegionName>,
    /// Where it comes back after a disaster.
    #[serde(default)]
    pub(in crate::plan) recovery: Many<RegionName>,
}

/// Where evidence comes from. Relative paths start at the folder of the plan file.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct SourcesPart {
    /// Terraform folders and their states.
    #[serde(default)]
    pub(in crate::plan) terraform: Many<TerraformPart>,
    /// AWS accounts.
    #[serde(default)]
    pub(in crate::plan) aws: Many<AwsPart>,
    /// Kubernetes manifests and clusters.
    #[serde(default)]
    pub(in crate::plan) kubernetes: Many<KubernetesPart>,
    /// Live evidence that `lastro collect` wrote.
    pub(in crate::plan) evidence: Option<Words>,
    /// PostgreSQL servers.
    #[serde(default)]
    pub(in crate::plan) postgres: Many<ServerPart>,
    /// Redis servers.
    #[serde(default)]
    pub(in crate::plan) redis: Many<ServerPart>,
    /// Prometheus rule files or servers.
    #[serde(default)]
    pub(in crate::plan) prometheus: Many<PrometheusPart>,
    /// The folder with the source code: files that the document names, and its Git history.
    pub(in crate::plan) repository: Option<Words>,
    /// The drill ledger.
    pub(in crate::plan) ledger: Option<Words>,
}

/// A Terraform folder with its state.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct TerraformPart {
    /// The folder with the code.
    pub(in crate::plan) code: Option<Words>,
    /// The state: a file, a folder, a glob, `s3://bucket/key`, or `-` for standard input.
    pub(in crate::plan) state: Option<Words>,
}

/// An AWS account.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct AwsPart {
    /// The account that is expected; another one is refused.
    pub(in crate::plan) account: Option<AccountText>,
    /// A role to assume.
    pub(in crate::plan) assume_role: Option<ArnPattern>,
    /// A named profile.
    pub(in crate::plan) profile: Option<Words>,
}

/// Kubernetes manifests or a cluster.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct KubernetesPart {
    /// A folder of manifests.
    pub(in crate::plan) manifests: Option<Words>,
    /// A kubeconfig context.
    pub(in crate::plan) context: Option<Words>,
    /// Which site it is.
    #[serde(rename = "as")]
    pub(in crate::plan) site: Option<SiteWord>,
}

/// A database or cache server. Its address is never written in a plan, since it may hold a password.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ServerPart {
    /// The environment variable that holds the address.
    #[schemars(example = &"DATABASE_URL")]
    pub(in crate::plan) url_env: Words,
    /// Which site it is.
    #[serde(rename = "as")]
    pub(in crate::plan) site: Option<SiteWord>,
}

/// Prometheus rules.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct PrometheusPart {
    /// Rule files: a file, a folder or a glob.
    pub(in crate::plan) rules: Option<Words>,
    /// A server.
    pub(in crate::plan) url: Option<Words>,
}

/// Which resources are meant. Every criterion that is given must match; within one, any of its patterns.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "tags": { "System": "flowise" } }))]
pub(in crate::plan) struct SelectPart {
    /// Tags that must all be there; `*` and `?` match in values.
    #[serde(default)]
    pub(in crate::plan) tags: BTreeMap<String, String>,
    /// Names; `*` and `?` match.
    #[serde(default)]
    pub(in crate::plan) name: Many<Words>,
    /// ARNs; `*` and `?` match.
    #[serde(default)]
    pub(in crate::plan) arn: Many<ArnPattern>,
    /// Terraform addresses; `*` and `?` match, and an address without index means all of its instances.
    #[serde(default)]
    pub(in crate::plan) address: Many<Words>,
    /// In which regions: `primary` (the default), `recovery`, `anywhere`, or regions by name.
    pub(in crate::plan) region: Option<At<Many<Words>>>,
}

/// An objective. Without scenario and dataset it holds for every disaster.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "scenario": "region-loss", "rto": "8h", "rpo": "1h", "line": 26 }))]
pub(in crate::plan) struct ObjectivePart {
    /// The disaster.
    pub(in crate::plan) scenario: Option<ScenarioWord>,
    /// What is lost, where no scenario says it: datasets, services, clusters, zones, regions by name.
    #[serde(default)]
    pub(in crate::plan) lose: Many<Words>,
    /// The dataset it is about.
    pub(in crate::plan) dataset: Option<At<Words>>,
    /// How long recovery may take.
    pub(in crate::plan) rto: Option<Short<TargetPart>>,
    /// How much of the newest data may be lost, as time.
    pub(in crate::plan) rpo: Option<Short<TargetPart>>,
    /// How long repair takes on average.
    pub(in crate::plan) mttr: Option<Short<TargetPart>>,
    /// How long it may take until the disaster is noticed, and by which alerts.
    pub(in crate::plan) detection: Option<Short<DetectionPart>>,
    /// How recovery is promised to happen.
    pub(in crate::plan) recovery: Option<RecoveryWord>,
}

/// A target, and the limit beyond which it is critical.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct TargetPart {
    /// What is promised.
    pub(in crate::plan) target: Bound,
    /// What must not be exceeded in any case.
    pub(in crate::plan) critical: Option<Bound>,
}

impl Shorthand for TargetPart {
    const MARKER: &'static str = "$short:target";
}

/// How a disaster is noticed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct DetectionPart {
    /// How long it may take.
    pub(in crate::plan) within: Option<Period>,
    /// The alerts that notice it.
    #[serde(default)]
    pub(in crate::plan) alert: Many<Words>,
}

impl Shorthand for DetectionPart {
    const MARKER: &'static str = "$short:within";
}

/// Something intended.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct PlannedPart {
    /// What, in the document's words.
    pub(in crate::plan) what: Words,
}

impl Shorthand for PlannedPart {
    const MARKER: &'static str = "$short:what";
}

/// An accepted exception with an end.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct WaiverPart {
    /// The rule it waives; `lastro rules` lists them.
    pub(in crate::plan) rule: At<Words>,
    /// The subject by name, ARN or address; `*` and `?` match.
    pub(in crate::plan) subject: Words,
    /// Who answers for it.
    pub(in crate::plan) owner: Words,
    /// Why it is accepted.
    pub(in crate::plan) reason: Words,
    /// The last day it counts.
    pub(in crate::plan) expires: Day,
}

/// How code, state and live are compared.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct DriftPart {
    /// Accepted differences, each with an end.
    #[serde(default)]
    pub(in crate::plan) ignore: Vec<At<DriftIgnorePart>>,
}

/// An accepted difference with an end.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({
    "subject": "web-workers", "attribute": "max", "owner": "Platform team", "reason": "scaled by hand on sale days", "expires": "2027-01-31"
}))]
pub(in crate::plan) struct DriftIgnorePart {
    /// The subject by name or ARN; `*` and `?` match.
    pub(in crate::plan) subject: Option<Words>,
    /// The Terraform address; `*` and `?` match, and an address without index means all of its instances.
    pub(in crate::plan) address: Option<Words>,
    /// The attribute as `lastro drift` names it, with everything in it; `*` and `?` match, `resource` is the thing itself.
    #[schemars(example = &"backup_retention_days")]
    pub(in crate::plan) attribute: Words,
    /// Who answers for it.
    pub(in crate::plan) owner: Words,
    /// Why it is accepted.
    pub(in crate::plan) reason: Words,
    /// The last day it counts.
    pub(in crate::plan) expires: Day,
    /// Line of the document that accepts it, from 1.
    pub(in crate::plan) line: Option<u32>,
}

/// An enum of words, spelled in kebab case, with other spellings that mean the same.
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $variant_doc:literal])* $variant:ident = $text:literal $(| $alias:literal)*,)+ }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
        pub(in crate::plan) enum $name {
            $($(#[doc = $variant_doc])* #[serde(rename = $text $(, alias = $alias)*)] $variant,)+
        }

        impl $crate::plan::schema::Word for $name {
            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let about = concat!($($doc),*).trim();
                let words = [$($text $(, $alias)*),+];
                schemars::json_schema!({ "description": about, "enum": $crate::plan::schema::spellings(&words) })
            }
        }
    };
}
pub(in crate::plan) use words;

/// A word of the language.
pub(in crate::plan) trait Word {
    /// As the plan spells it.
    fn text(self) -> &'static str;
}

/// The words as JSON; `true` is the boolean that editors take it for.
fn spellings(words: &[&str]) -> Vec<serde_json::Value> {
    words.iter().map(|&word| if word == "true" { true.into() } else { word.into() }).collect()
}

words! {
    /// A disaster.
    ScenarioWord {
        /// One component: a pod, a worker, a single service.
        Component = "component" | "component-loss" | "component-failure",
        /// One service as a whole.
        Service = "service" | "service-loss" | "service-failure",
        /// The primary database.
        Database = "database" | "database-loss" | "database-failure",
        /// An availability zone, or a data centre.
        Zone = "zone" | "zone-loss" | "zone-failure" | "datacenter" | "datacenter-loss",
        /// The whole cluster.
        Cluster = "cluster" | "cluster-loss" | "cluster-failure",
        /// A whole region.
        Region = "region" | "region-loss" | "region-failure",
        /// Data that is wrong.
        Corruption = "corruption" | "data-corruption" | "corruption-loss",
        /// Data that was deleted by accident.
        Deletion = "deletion" | "accidental-deletion" | "deletion-loss",
        /// Data that was encrypted or deleted on purpose, with the credentials to do so.
        Ransomware = "ransomware" | "ransomware-loss",
        /// Everything but the backups.
        Total = "total" | "total-loss",
    }
}

words! {
    /// How recovery happens.
    RecoveryWord {
        /// By itself.
        Automatic = "automatic",
        /// By people, with a runbook.
        Manual = "manual",
        /// By moving to a standby, without people.
        AutomaticFailover = "automatic-failover",
        /// By activating the recovery site.
        RecoverySite = "recovery-site",
        /// By restoring from backup.
        RestoreFromBackup = "restore-from-backup",
    }
}

words! {
    /// The site where the system runs, or the one where it comes back.
    SiteWord {
        /// Where it runs while all is well.
        Primary = "primary",
        /// Where it comes back.
        Recovery = "recovery",
    }
}

words! {
    /// A moment at which more promises must hold.
    GateWord {
        /// Just before a release.
        Release = "release",
    }
}
