//! Services, clusters, edge, network and secrets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::words;
use super::{ArnPattern, Many, Ports, Promised, SelectPart, SiteWord, Words, Yes, YesOr};
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
    /// What runs it: `eks`, the only one so far.
    pub(in crate::plan) kind: Option<ClusterWord>,
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
