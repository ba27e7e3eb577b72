//! Services, clusters, edge, network, secrets, code and alerts.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Group, also_in, labels_text, listed, places_text, sentence};
use crate::plan::claim::{
    AddressExists, DnsFailover, Exposure, NodeReplacement, StateElsewhere, StateEncrypted, StateLocked, StateReplicated, StateVersioned,
    SubnetAcl, WafAddress, WafAssociation, WafRules, WafTarget, ZoneSpread,
};
use crate::plan::later::LaterRule;
use crate::plan::schema::{
    ActionWord, AlertPart, ClusterPart, ClusterWord, CodePart, EdgePart, Head, HealthCheckWord, Many, NetworkPart, PlanFile, Promised,
    ProtectsWord, SecretPart, ServicePart, SiteWord, WafPart, Word as _, Words, Yes,
};
use crate::plan::{Section, Select, SelectIn};

impl Builder {
    /// A promise that no rule judges yet.
    pub(super) fn later(&mut self, group: &Group<'_>, head: &Head, rule: LaterRule, text: String) {
        let claim = rule.claim(text.clone());
        self.promise(group, head, text, claim);
    }
}

/// Reads the services. Each thing that an entry promises is a promise of its own, since a rule of its own will judge it.
pub(super) fn services(build: &mut Builder, services: &BTreeMap<String, Many<Promised<ServicePart>>>) {
    for (name, entries) in services {
        let group = build.group(Section::Services, name, None);
        for entry in &entries.0 {
            service(build, &group, &entry.head, &entry.says);
        }
    }
}

fn service(build: &mut Builder, group: &Group<'_>, head: &Head, it: &ServicePart) {
    let who = workload(group.name, it);
    let mut said: Vec<(LaterRule, String)> = Vec::new();
    if let Some(replicas) = it.replicas {
        said.push((LaterRule::DeploymentReplicas, format!("{who} has at least {replicas} replicas")));
    }
    if it.disruption_budget.is_some() {
        said.push((LaterRule::DisruptionBudget, format!("{who} has a disruption budget")));
    }
    if let Some(scale) = &it.autoscaler {
        let parts = sentence([scale.0.min.map(|min| format!("from {min}")), scale.0.max.map(|max| format!("up to {max}"))]);
        said.push((
            LaterRule::Autoscaler,
            format!("replicas of {who} are added when needed{}", if parts.is_empty() { String::new() } else { format!(", {parts}") }),
        ));
    }
    if let Some(zones) = it.zones {
        said.push((LaterRule::PodSpread, format!("{who} runs in at least {zones} zones")));
    }
    if let Some(balancer) = &it.load_balancer {
        let within = balancer.0.failover_within.map(|within| format!(" and fails over within {within}")).unwrap_or_default();
        said.push((
            LaterRule::LoadBalancerZones,
            format!("the load balancer of {} spans at least {} zones{within}", group.name, balancer.0.zones.unwrap_or(2)),
        ));
    }
    if let Some(restarts) = &it.restarts {
        let within = restarts.0.within.map(|within| format!(" within {within}")).unwrap_or_default();
        said.push((LaterRule::SelfHealing, format!("{who} recovers by itself{within}")));
    }
    if said.is_empty() {
        said.push((LaterRule::DeploymentExists, format!("{who} exists")));
    }
    let names_workload = !(it.deployment.0.is_empty() && it.stateful_set.0.is_empty() && it.labels.is_empty());
    if !names_workload && it.load_balancer.is_none() {
        build.absent(head, "this promise names no workload", "add `deployment: NAMESPACE/NAME`, `stateful_set` or `labels`");
        return;
    }
    for (rule, text) in said {
        build.later(group, head, rule, text);
    }
}

fn workload(name: &str, it: &ServicePart) -> String {
    let per = it.per.as_ref().map(|label| format!("each {label} of ")).unwrap_or_default();
    let site = it.site.filter(|site| *site == SiteWord::Recovery).map(|_| " at the recovery site").unwrap_or_default();
    let what = match (it.deployment.0.as_slice(), it.stateful_set.0.as_slice()) {
        ([one], []) if one.0 == "*" => format!("every deployment of {name}"),
        ([one], []) => format!("deployment {one}"),
        ([_, _, ..], []) => format!("each of the deployments {}", listed(&it.deployment)),
        ([], [one]) => format!("stateful set {one}"),
        ([], [_, _, ..]) => format!("each of the stateful sets {}", listed(&it.stateful_set)),
        ([], []) if it.labels.is_empty() => name.to_owned(),
        ([], []) => format!("every workload with {}", labels_text(&it.labels)),
        (_, _) => format!("each of {} and {}", listed(&it.deployment), listed(&it.stateful_set)),
    };
    format!("{per}{what}{site}")
}

/// Reads the clusters.
pub(super) fn clusters(build: &mut Builder, clusters: &BTreeMap<String, ClusterPart>) {
    for (name, it) in clusters {
        let mut group = build.group(Section::Clusters, name, it.select.as_ref());
        if let (Some(cluster), None) = (&it.name, &it.select) {
            group.select.tags.clear();
            // Node groups carry the cluster's name in front of their own.
            group.select.names = vec![cluster.to_string(), format!("{cluster}/*")];
        }
        if it.site == Some(SiteWord::Recovery) && group.select.regions == SelectIn::Primary {
            group.select.regions = SelectIn::Recovery;
        }
        cluster(build, &group, it);
    }
}

fn cluster(build: &mut Builder, group: &Group<'_>, it: &ClusterPart) {
    let called = it.name.as_ref().map_or_else(|| group.name.to_owned(), ToString::to_string);
    // EKS is the only kind so far: another one would not compile here.
    let (None | Some(ClusterWord::Eks)) = it.kind;
    for zones in &it.zones.0 {
        let at_least = zones.says.at_least.unwrap_or(2);
        build.promise(
            group,
            &zones.head,
            format!("the EKS cluster {called} spans at least {at_least} availability zones"),
            ZoneSpread { at_least },
        );
    }
    for replaced in &it.node_replacement.0 {
        build.promise(group, &replaced.head, format!("failed nodes of the EKS cluster {called} are replaced"), NodeReplacement);
    }
    for exists in &it.exists.0 {
        let says = &exists.says.0;
        let place = if says.place.0.is_empty() { String::new() } else { format!(" in {}", places_text(&says.place)) };
        build.places(exists.head.span, exists.head.width, &says.place.0);
        let runs = if says.runs.0.is_empty() { String::new() } else { format!(" and runs {}", listed(&says.runs)) };
        build.later(group, &exists.head, LaterRule::ClusterExists, format!("the EKS cluster {called} exists{place}{runs}"));
    }
    for nodes in &it.nodes.0 {
        let parts = sentence([
            nodes.says.zone_labels.map(|_| "carry zone labels".to_owned()),
            nodes.says.drainable.map(|_| "can be drained".to_owned()),
        ]);
        if parts.is_empty() {
            build.absent(&nodes.head, "this promise about nodes is empty", "add `zone_labels: true` or `drainable: true`");
            continue;
        }
        build.later(
            group,
            &nodes.head,
            LaterRule::NodeLabels,
            format!("the nodes of the EKS cluster {called} {}", parts.replace(", ", " and ")),
        );
    }
    for reachable in &it.reachable.0 {
        let runs = if reachable.says.deployment.0.is_empty() {
            String::new()
        } else {
            format!(" and runs {}", listed(&reachable.says.deployment))
        };
        build.later(group, &reachable.head, LaterRule::ClusterReachable, format!("the cluster {} answers{runs}", reachable.says.context));
    }
}

/// Reads what stands between users and services.
pub(super) fn edge(build: &mut Builder, edge: &EdgePart) {
    for dns in &edge.dns.0 {
        let Yes = dns.says.failover;
        let mut group = build.group(Section::Edge, "dns", None);
        if !dns.says.record.0.is_empty() {
            group.select.tags.clear();
            // The name of a record set is zone/name/type/set.
            group.select.names =
                dns.says.record.0.iter().map(|record| format!("*/{}/*", record.0.trim_end_matches('.').to_lowercase())).collect();
        }
        let health_check = dns.says.health_check != Some(HealthCheckWord::Optional);
        let what = if dns.says.record.0.is_empty() { "DNS".to_owned() } else { listed(&dns.says.record) };
        let parts = sentence([
            health_check.then(|| "decided by a health check".to_owned()),
            dns.says.ttl_at_most.map(|ttl| format!("with a TTL of at most {ttl}")),
        ]);
        let text = format!("{what} fails over{}", if parts.is_empty() { String::new() } else { format!(", {parts}") });
        build.promise(&group, &dns.head, text, DnsFailover { health_check, ttl_at_most: dns.says.ttl_at_most });
    }
    let group = build.group(Section::Edge, "waf", None);
    for it in &edge.waf.0 {
        waf(build, &group, &it.head, &it.says);
    }
    let group = build.group(Section::Edge, "cdn", None);
    for it in &edge.cdn.0 {
        let alias = if it.says.alias.0.is_empty() { String::new() } else { format!(" for {}", listed(&it.says.alias)) };
        let origin = if it.says.origin_failover.is_some() { " with a second origin" } else { "" };
        build.later(&group, &it.head, LaterRule::DistributionExists, format!("a CloudFront distribution{alias}{origin} exists"));
    }
    let group = build.group(Section::Edge, "health", None);
    for it in &edge.health.0 {
        let within = it.says.within.map(|within| format!(" within {within}")).unwrap_or_default();
        let site = it.says.site.filter(|site| *site == SiteWord::Recovery).map(|_| " of the recovery site").unwrap_or_default();
        build.later(
            &group,
            &it.head,
            LaterRule::HealthEndpoint,
            format!("the endpoint {}{site} answers {}{within}", it.says.url, it.says.status.unwrap_or(200)),
        );
    }
}

fn waf(build: &mut Builder, group: &Group<'_>, head: &Head, it: &WafPart) {
    let groups: BTreeSet<String> = it.managed_groups.0.iter().map(ToString::to_string).collect();
    let rules = WafRules {
        managed_groups: groups,
        default_block: it.default_action.map(|action| action == ActionWord::Block),
        rate_limit_at_most: it.rate_limit_at_most,
    };
    let has_rules = !rules.managed_groups.is_empty() || rules.default_block.is_some() || rules.rate_limit_at_most.is_some();
    if !has_rules && it.protects.is_none() && it.address.is_none() {
        build.absent(
            head,
            "this firewall promises nothing",
            "add `managed_groups`, `default_action`, `rate_limit_at_most`, `protects` or `address`",
        );
        return;
    }
    if has_rules {
        build.promise(group, head, format!("there is {rules}"), rules.clone());
    }
    if let Some(word) = it.protects {
        let (protects, what) = match word {
            ProtectsWord::AnyLoadBalancer => (WafTarget::AnyLoadBalancer, "at least one load balancer"),
            ProtectsWord::EveryLoadBalancer => (WafTarget::EveryLoadBalancer, "every load balancer"),
            ProtectsWord::EveryDistribution => (WafTarget::EveryDistribution, "every CloudFront distribution"),
        };
        build.promise(group, head, format!("a web ACL protects {what}"), WafAssociation { protects, rules: has_rules.then_some(rules) });
    }
    if let Some(address) = &it.address {
        build.promise(group, head, address_text(address), WafAddress { address: address.to_string() });
    }
}

fn address_text(address: &Words) -> String {
    format!("{address} is in Terraform, and records what is live")
}

/// Reads the network.
pub(super) fn network(build: &mut Builder, network: &NetworkPart) {
    let group = build.group(Section::Network, "security_groups", None);
    for it in &network.security_groups.0 {
        let closed: Vec<_> = it.says.closed_to_world.0.iter().flat_map(|ports| ports.0.iter().cloned()).collect();
        let mut names: Vec<&str> = closed.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        let text = format!("{} ports are closed to the world", names.join(", "));
        build.promise(&group, &it.head, text, Exposure { closed });
    }
    let group = build.group(Section::Network, "network_acls", None);
    for it in &network.network_acls.0 {
        let Yes = it.says.every_subnet;
        build.promise(&group, &it.head, "every subnet has a network ACL", SubnetAcl);
    }
    let group = build.group(Section::Network, "least_privilege", None);
    for it in &network.least_privilege.0 {
        let arn = it.says.arn.as_ref().map(|arn| format!(" ({})", arn.0)).unwrap_or_default();
        let only = if it.says.only.0.is_empty() { "what it needs".to_owned() } else { listed(&it.says.only) };
        build.later(&group, &it.head, LaterRule::LeastPrivilege, format!("{}{arn} may do only {only}", it.says.of));
    }
}

/// Reads the secrets.
pub(super) fn secrets(build: &mut Builder, secrets: &BTreeMap<String, Many<Promised<SecretPart>>>) {
    for (name, entries) in secrets {
        let group = build.group(Section::Secrets, name, None);
        for Promised { head, says: it } in &entries.0 {
            let stores: Vec<&str> = it.store.0.iter().map(|store| store.text()).collect();
            let parts = sentence([
                (!it.name.0.is_empty()).then(|| format!("as {}", listed(&it.name))),
                it.versioned.map(|_| "versioned".to_owned()),
                it.encrypted.map(|_| "encrypted with a key of one's own".to_owned()),
                it.rotated_every.map(|every| format!("changed every {every}")),
                also_in(&it.also_in),
            ]);
            let store = if stores.is_empty() { "a secret store".to_owned() } else { stores.join(" or ") };
            let text =
                format!("secrets of {name} are kept in {store}{}", if parts.is_empty() { String::new() } else { format!(", {parts}") });
            build.places(head.span, head.width, &it.also_in.0);
            build.later(&group, head, LaterRule::SecretExists, text);
        }
    }
}

/// Reads what can be rebuilt from files, and the files.
pub(super) fn code(build: &mut Builder, code: &CodePart) {
    let group = build.group(Section::Code, "infrastructure_as_code", None);
    for it in &code.rebuild.0 {
        let within = it.says.within.map(|within| format!(" within {within}")).unwrap_or_default();
        build.later(
            &group,
            &it.head,
            LaterRule::RebuildFromCode,
            format!("the {} can be rebuilt with terraform apply{within}", listed(&it.says.what)),
        );
    }
    for it in &code.manifests.0 {
        let live = if it.says.0.as_live.is_some() { ", and what runs equals them" } else { "" };
        build.later(
            &group,
            &it.head,
            LaterRule::ManifestsValid,
            format!("the manifests {} exist and are valid{live}", listed(&it.says.0.files)),
        );
    }
    for it in &code.overlays.0 {
        build.later(&group, &it.head, LaterRule::OverlayBuilds, format!("the overlay {} exists and builds", it.says.0.path));
    }
    for it in &code.gitops.0 {
        let what = it
            .says
            .application
            .as_ref()
            .map_or_else(|| "the manifests are".to_owned(), |application| format!("the application {application} is"));
        build.later(&group, &it.head, LaterRule::GitopsSynced, format!("{what} delivered from Git by {}", it.says.by));
    }
    addresses_and_files(build, &group, code);
}

/// Reads the promises about the Terraform state.
pub(super) fn state(build: &mut Builder, file: &PlanFile) {
    let located =
        file.sources.terraform.0.iter().filter_map(|it| Some(it.state.as_ref()?.0.strip_prefix("s3://")?.split('/').next()?.to_owned()));
    let located: Vec<String> = located.filter(|bucket| !bucket.is_empty()).collect();
    for Promised { head, says: it } in &file.infrastructure_as_code.state.0 {
        let named: Vec<String> = it.bucket.0.iter().map(ToString::to_string).collect();
        let mut group = build.group(Section::Code, "infrastructure_as_code", None);
        group.select =
            Select { names: if named.is_empty() { located.clone() } else { named }, regions: SelectIn::Anywhere, ..Select::default() };
        if it.versioned.is_some() {
            build.promise(&group, head, "older versions of the Terraform state are kept", StateVersioned);
        }
        if it.encrypted.is_some() {
            build.promise(&group, head, "the Terraform state is encrypted", StateEncrypted);
        }
        if let Some(copy) = &it.replicated {
            let to_regions = match copy.0.to.0.as_slice() {
                [] => build.regions.recovery.clone(),
                words => build.places(head.span, head.width, words),
            };
            build.promise(&group, head, "the Terraform state is replicated", StateReplicated { to_regions });
        }
        if it.locked.is_some() {
            build.promise(&group, head, "the Terraform state is locked while it is written", StateLocked);
        }
        if it.elsewhere.is_some() {
            build.promise(&group, head, "the Terraform state outlives the primary region", StateElsewhere);
        }
        if it.versioned.is_none() && it.encrypted.is_none() && it.replicated.is_none() && it.locked.is_none() && it.elsewhere.is_none() {
            build.absent(head, "this promises nothing of the state", "add `versioned`, `encrypted`, `replicated`, `locked` or `elsewhere`");
        }
    }
}

fn addresses_and_files(build: &mut Builder, group: &Group<'_>, code: &CodePart) {
    for it in &code.addresses.0 {
        let address = &it.says.0.address;
        if address.0.rsplit('.').nth(1) == Some("aws_wafv2_web_acl") {
            build.promise(group, &it.head, address_text(address), WafAddress { address: address.to_string() });
        } else {
            build.promise(group, &it.head, address_text(address), AddressExists { address: address.to_string() });
        }
    }
    for it in &code.files.0 {
        build.later(
            group,
            &it.head,
            LaterRule::FileExists,
            format!("{} {} in the repository", listed(&it.says.0.file), if it.says.0.file.0.len() == 1 { "is" } else { "are" }),
        );
    }
    for it in &code.git.0 {
        let parts = sentence([
            (!it.says.paths.0.is_empty()).then(|| format!("in {}", listed(&it.says.paths))),
            it.says.remote.as_ref().map(|remote| format!("with the remote {remote}")),
        ]);
        build.later(
            group,
            &it.head,
            LaterRule::GitTracked,
            format!("{}: versioned in Git{}", it.says.what, if parts.is_empty() { String::new() } else { format!(", {parts}") }),
        );
    }
    for it in &code.images.0 {
        let registry = it.says.registry.as_ref().map_or_else(|| "a registry".to_owned(), ToString::to_string);
        build.later(group, &it.head, LaterRule::ImageRegistry, format!("the images of the workloads are in {registry}"));
    }
}

/// Reads the alerts; each name is a promise.
pub(super) fn alerts(build: &mut Builder, alerts: &Many<Promised<AlertPart>>) {
    let group = build.group(Section::Alerts, "alerts", None);
    for Promised { head, says: it } in &alerts.0 {
        for alert in &it.alert.0 {
            let parts = sentence([
                it.from.as_ref().map(|from| format!("raised by {from}")),
                it.after.map(|after| format!("after {after}")),
                (!it.notifies.0.is_empty()).then(|| format!("telling {}", listed(&it.notifies))),
            ]);
            let text = format!("the alert {alert} exists{}", if parts.is_empty() { String::new() } else { format!(", {parts}") });
            build.later(&group, head, LaterRule::AlertExists, text);
        }
    }
}
