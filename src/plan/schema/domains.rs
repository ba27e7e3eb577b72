//! Services, clusters, edge, network, secrets, code, alerts, drills and governance.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words;
use super::{ArnPattern, Day, Many, Ports, Promised, SelectPart, Short, Shorthand, SiteWord, Words, Yes, YesOr};
use crate::plan::Period;

/// A workload. Without further keys it is promised to exist.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "deployment": "acme/api", "replicas": 3, "disruption_budget": true, "line": 75 }))]
pub(in crate::plan) struct ServicePart {
    /// Deployments as `namespace/name`; `*` matches, and a bare name means any namespace.
    #[serde(default)]
    pub(in crate::plan) deployment: Many<Words>,
    /// Stateful sets as `namespace/name`.
    #[serde(default)]
    pub(in crate::plan) stateful_set: Many<Words>,
    /// Workloads with these labels.
    #[serde(default)]
    pub(in crate::plan) labels: BTreeMap<String, String>,
    /// What is promised, is promised of each value of this label: `worker-type`.
    pub(in crate::plan) per: Option<Words>,
    /// How many replicas at least.
    #[schemars(range(min = 1))]
    pub(in crate::plan) replicas: Option<u32>,
    /// A PodDisruptionBudget that allows and limits disruption.
    pub(in crate::plan) disruption_budget: Option<Yes>,
    /// A HorizontalPodAutoscaler with room above its floor.
    pub(in crate::plan) autoscaler: Option<YesOr<AutoscalerPart>>,
    /// Over how many zones its pods are spread.
    #[schemars(range(min = 1))]
    pub(in crate::plan) zones: Option<u32>,
    /// The load balancer in front of it.
    pub(in crate::plan) load_balancer: Option<YesOr<LoadBalancerPart>>,
    /// It recovers by itself.
    pub(in crate::plan) restarts: Option<YesOr<RestartsPart>>,
    /// At which site it runs.
    pub(in crate::plan) site: Option<SiteWord>,
}

/// Bounds of an autoscaler.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct AutoscalerPart {
    /// The least number of replicas is at least this.
    pub(in crate::plan) min: Option<u32>,
    /// The greatest number of replicas is at least this.
    pub(in crate::plan) max: Option<u32>,
}

/// A load balancer.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct LoadBalancerPart {
    /// In how many zones at least; 2 unless said otherwise.
    #[schemars(range(min = 1))]
    pub(in crate::plan) zones: Option<u32>,
    /// How soon it stops sending to a failed target.
    pub(in crate::plan) failover_within: Option<Period>,
}

/// Recovery without people.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct RestartsPart {
    /// How soon.
    pub(in crate::plan) within: Option<Period>,
}

/// A cluster. Each key but `kind`, `name`, `site` and `select` is a promise.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "zones": { "at_least": 2, "line": 70 }, "node_replacement": { "line": 71 } }))]
pub(in crate::plan) struct ClusterPart {
    /// What runs it.
    #[serde(default)]
    pub(in crate::plan) kind: ClusterWord,
    /// Its name; `*` matches. Selects it, too.
    pub(in crate::plan) name: Option<Words>,
    /// At which site it stands; `recovery` selects in the recovery regions.
    pub(in crate::plan) site: Option<SiteWord>,
    /// Which cluster it is.
    pub(in crate::plan) select: Option<SelectPart>,
    /// Its subnets and every node group span zones.
    #[serde(default)]
    pub(in crate::plan) zones: Many<Promised<ZonesPart>>,
    /// Failed nodes are replaced.
    #[serde(default)]
    pub(in crate::plan) node_replacement: Many<Promised<Yes>>,
    /// It exists.
    #[serde(default)]
    pub(in crate::plan) exists: Many<Promised<YesOr<ExistsPart>>>,
    /// Its nodes.
    #[serde(default)]
    pub(in crate::plan) nodes: Many<Promised<ClusterNodesPart>>,
    /// It answers by a kubeconfig context.
    #[serde(default)]
    pub(in crate::plan) reachable: Many<Promised<ReachablePart>>,
}

words! {
    /// What runs a cluster.
    ClusterWord {
        /// Amazon EKS.
        Eks = "eks",
    }
}

impl Default for ClusterWord {
    fn default() -> Self {
        Self::Eks
    }
}

/// Zones.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ZonesPart {
    /// How many at least; 2 unless said otherwise.
    #[schemars(range(min = 1))]
    pub(in crate::plan) at_least: Option<u32>,
}

/// A cluster that exists.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ExistsPart {
    /// Where: `primary`, `recovery`, or regions by name.
    #[serde(default, rename = "in")]
    pub(in crate::plan) place: Many<Words>,
    /// What runs there, even if scaled down.
    #[serde(default)]
    pub(in crate::plan) runs: Many<Words>,
}

/// The nodes of a cluster.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ClusterNodesPart {
    /// They carry the zone label.
    pub(in crate::plan) zone_labels: Option<Yes>,
    /// They can be drained without breaking a disruption budget.
    pub(in crate::plan) drainable: Option<Yes>,
}

/// A cluster that answers.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ReachablePart {
    /// The kubeconfig context.
    pub(in crate::plan) context: Words,
    /// Deployments that are there, as `namespace/name`.
    #[serde(default)]
    pub(in crate::plan) deployment: Many<Words>,
}

/// What stands between users and services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct EdgePart {
    /// DNS.
    #[serde(default)]
    pub(in crate::plan) dns: Many<Promised<DnsPart>>,
    /// Web application firewalls.
    #[serde(default)]
    pub(in crate::plan) waf: Many<Promised<WafPart>>,
    /// CloudFront distributions.
    #[serde(default)]
    pub(in crate::plan) cdn: Many<Promised<CdnPart>>,
    /// Endpoints that answer; probed only when asked for.
    #[serde(default)]
    pub(in crate::plan) health: Many<Promised<HealthPart>>,
}

/// A name that fails over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "failover": true, "health_check": "required", "ttl_at_most": "60s", "line": 214 }))]
pub(in crate::plan) struct DnsPart {
    /// PRIMARY and SECONDARY records with distinct targets.
    pub(in crate::plan) failover: Yes,
    /// Whether a health check must decide; `required` unless said otherwise.
    pub(in crate::plan) health_check: Option<HealthCheckWord>,
    /// How long resolvers may keep the answer.
    pub(in crate::plan) ttl_at_most: Option<Period>,
    /// The record names; `*` matches. Selects them, too.
    #[serde(default)]
    pub(in crate::plan) record: Many<Words>,
}

words! {
    /// Whether a health check must decide.
    HealthCheckWord {
        Required = "required" | "true",
        Optional = "optional",
    }
}

/// A web application firewall. At least one key must be there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "managed_groups": "AWSManagedRulesCommonRuleSet", "protects": "any-load-balancer", "line": 103 }))]
pub(in crate::plan) struct WafPart {
    /// Managed rule groups that are there and block, as `name` or `vendor/name`.
    #[serde(default)]
    pub(in crate::plan) managed_groups: Many<Words>,
    /// What happens to requests that no rule decides.
    pub(in crate::plan) default_action: Option<ActionWord>,
    /// A rate limit of at most this many requests in five minutes blocks.
    #[schemars(range(min = 1))]
    pub(in crate::plan) rate_limit_at_most: Option<u64>,
    /// What it protects.
    pub(in crate::plan) protects: Option<ProtectsWord>,
    /// Its Terraform address.
    pub(in crate::plan) address: Option<Words>,
}

words! {
    /// A default action.
    ActionWord {
        Block = "block",
        Allow = "allow",
    }
}

words! {
    /// What a web ACL protects.
    ProtectsWord {
        /// At least one load balancer of the system.
        AnyLoadBalancer = "any-load-balancer",
        /// Every load balancer of the system.
        EveryLoadBalancer = "every-load-balancer",
        /// Every CloudFront distribution of the system.
        EveryDistribution = "every-distribution",
    }
}

/// A CloudFront distribution. Without further keys it is promised to exist.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct CdnPart {
    /// Names it answers for.
    #[serde(default)]
    pub(in crate::plan) alias: Many<Words>,
    /// It has a second origin to fail over to.
    pub(in crate::plan) origin_failover: Option<Yes>,
}

/// An endpoint.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct HealthPart {
    /// Its address.
    pub(in crate::plan) url: Words,
    /// The status it answers with; 200 unless said otherwise.
    #[schemars(range(min = 100, max = 599))]
    pub(in crate::plan) status: Option<u32>,
    /// How soon it answers.
    pub(in crate::plan) within: Option<Period>,
    /// At which site it stands.
    pub(in crate::plan) site: Option<SiteWord>,
}

/// The network.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct NetworkPart {
    /// Security groups.
    #[serde(default)]
    pub(in crate::plan) security_groups: Many<Promised<SecurityGroupsPart>>,
    /// Network ACLs.
    #[serde(default)]
    pub(in crate::plan) network_acls: Many<Promised<NetworkAclsPart>>,
    /// Credentials that may do only what they are for.
    #[serde(default)]
    pub(in crate::plan) least_privilege: Many<Promised<LeastPrivilegePart>>,
}

/// Ports that nobody outside can reach.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct SecurityGroupsPart {
    /// `database`, `cache`, `node`, a port, or a range of ports.
    pub(in crate::plan) closed_to_world: Many<Ports>,
}

/// Network ACLs.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct NetworkAclsPart {
    /// Every subnet has one; the VPC's own default counts.
    pub(in crate::plan) every_subnet: Yes,
}

/// Credentials that may do only what they are for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct LeastPrivilegePart {
    /// Whose: "the backup job".
    pub(in crate::plan) of: Words,
    /// The role or user.
    pub(in crate::plan) arn: Option<ArnPattern>,
    /// All that it may do; `*` matches.
    #[serde(default)]
    #[schemars(example = ["s3:PutObject"])]
    pub(in crate::plan) only: Many<Words>,
}

/// A secret, or all of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct SecretPart {
    /// Where it is kept: any of these.
    #[serde(default)]
    pub(in crate::plan) store: Many<StoreWord>,
    /// Its names there; `*` matches.
    #[serde(default)]
    pub(in crate::plan) name: Many<Words>,
    /// Old versions are kept.
    pub(in crate::plan) versioned: Option<Yes>,
    /// Encrypted with a key of one's own.
    pub(in crate::plan) encrypted: Option<Yes>,
    /// A copy is there: `recovery`, or regions by name.
    #[serde(default)]
    pub(in crate::plan) also_in: Many<Words>,
    /// How often it is changed.
    pub(in crate::plan) rotated_every: Option<Period>,
}

words! {
    /// Where secrets are kept.
    StoreWord {
        SecretsManager = "secrets-manager",
        ParameterStore = "parameter-store",
        Vault = "vault",
        /// Sealed or external secrets of Kubernetes.
        Kubernetes = "kubernetes",
    }
}

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
    /// Files that the document names.
    #[serde(default)]
    pub(in crate::plan) files: Many<Promised<Short<FilesPart>>>,
    /// What is kept in Git, with a remote.
    #[serde(default)]
    pub(in crate::plan) git: Many<Promised<GitTrackedPart>>,
    /// Container images are in a registry.
    #[serde(default)]
    pub(in crate::plan) images: Many<Promised<super::RegistryPart>>,
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
    pub(in crate::plan) scenario: Option<super::ScenarioWord>,
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
