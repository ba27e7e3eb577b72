//! Folds the parts of nouns into their nouns, over all states of one view.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use super::{Part, Pieces, Says};
use crate::estate::bucket::{Bucket, DestinationBucket};
use crate::estate::cluster::EksCluster;
use crate::estate::database::DbCluster;
use crate::estate::dns::{HostedZone, RecordSet};
use crate::estate::edge::LoadBalancer;
use crate::estate::network::{NetworkAcl, PrefixList, SecurityGroup, Subnet};
use crate::estate::{Action, Cause, Fact, Gap, Noun, Resource};

/// Nouns with everything that was said about them.
#[derive(Debug, Default)]
pub struct Joined {
    /// The nouns of each source, in the order the sources were given.
    pub resources: Vec<Vec<Resource>>,
    /// What could not be joined, for the reader; sorted, each once.
    pub notes: BTreeSet<String>,
}

/// Joins the pieces of all sources of one view.
pub fn join(sources: Vec<Pieces>) -> Joined {
    let mut resources = Vec::with_capacity(sources.len());
    let mut parts = Parts::default();
    for source in sources {
        source.parts.into_iter().for_each(|part| parts.add(part));
        resources.push(source.resources);
    }
    let seen = Seen::of(resources.iter().flatten());
    resources.iter_mut().flatten().for_each(|resource| fold(resource, &mut parts, &seen));
    let destinations = destinations(resources.iter().flatten());
    resources.iter_mut().flatten().filter_map(Bucket::of_mut).for_each(|bucket| resolve_destinations(bucket, &destinations));
    Joined { resources, notes: parts.notes() }
}

/// Parts by the noun they are about.
#[derive(Default)]
struct Parts {
    known: BTreeMap<(Target, String), Vec<Part>>,
    /// Parts about nouns whose names are not known: they may be about any.
    astray: BTreeMap<Target, Vec<(Part, Gap)>>,
    /// Why each of them is astray.
    strays: BTreeSet<String>,
    used: BTreeSet<(Target, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Bucket,
    SecurityGroup,
    PrefixList,
    NetworkAcl,
    LoadBalancer,
    DbCluster,
    EksCluster,
}

fn target(says: &Says) -> Target {
    match says {
        Says::Versioning(_)
        | Says::Lifecycle(_)
        | Says::Replication(_)
        | Says::Encryption(_)
        | Says::PublicAccess(_)
        | Says::ObjectLock(_) => Target::Bucket,
        Says::Ingress(_) => Target::SecurityGroup,
        Says::Range(_) => Target::PrefixList,
        Says::AclSubnet(_) => Target::NetworkAcl,
        Says::WebAcl(_) | Says::BalancerSubnets(_) => Target::LoadBalancer,
        Says::Member(_) => Target::DbCluster,
        Says::NodeGroup(_) => Target::EksCluster,
    }
}

impl Parts {
    fn add(&mut self, part: Part) {
        let target = target(&part.says);
        match part.about.clone() {
            Fact::Known { value, .. } => self.known.entry((target, value)).or_default().push(part),
            Fact::Gap(gap) => {
                let detail = format!("{} is about something whose name is not known ({})", part.address, gap.detail);
                self.strays.insert(detail.clone());
                let astray = self.astray.entry(target).or_default();
                // Each noun takes them all, and the first or the last of one sort overrules the others: more would cost, and say nothing.
                let same = |(other, _): &(Part, Gap)| discriminant(&other.says) == discriminant(&part.says);
                if astray.iter().filter(|other| same(other)).count() > 1
                    && let Some(last) = astray.iter().rposition(same)
                {
                    astray.remove(last);
                }
                astray.push((part, Gap { detail: detail.into(), ..gap }));
            }
        }
    }

    /// What is said about one noun, by address; what may be about any noun comes first, so that it is overruled.
    fn about(&mut self, target: Target, name: Option<&String>) -> Vec<Part> {
        let astray = self.astray.get(&target).into_iter().flatten();
        let mut parts: Vec<Part> = astray.map(|(part, gap)| Part { says: part.says.clone().untold(gap), ..part.clone() }).collect();
        if let Some(name) = name {
            let key = (target, name.clone());
            if let Some(known) = self.known.get(&key) {
                let mut known = known.clone();
                known.sort_by(|a, b| b.address.cmp(&a.address));
                parts.extend(known);
                self.used.insert(key);
            }
        }
        parts
    }

    fn notes(&self) -> BTreeSet<String> {
        let unused = self.known.iter().filter(|(key, _)| !self.used.contains(*key));
        let unused = unused.filter(|((target, _), _)| *target != Target::LoadBalancer);
        let lone = unused.flat_map(|((_, name), parts)| {
            parts.iter().map(move |part| format!("{} is about {name}, which none of the given states records", part.address))
        });
        lone.chain(self.strays.iter().cloned()).collect()
    }
}

/// What nouns tell about other nouns.
struct Seen {
    zones: BTreeMap<String, String>,
    zone_tags: BTreeMap<String, Fact<BTreeMap<String, String>>>,
}

impl Seen {
    fn of<'a>(resources: impl Iterator<Item = &'a Resource>) -> Self {
        let mut seen = Self { zones: BTreeMap::new(), zone_tags: BTreeMap::new() };
        for resource in resources {
            let Some(name) = resource.meta().name.ok() else { continue };
            if let Some(zone) = Subnet::of(resource).and_then(|subnet| subnet.zone.ok()) {
                seen.zones.insert(name.clone(), zone.clone());
            }
            if let Some(zone) = HostedZone::of(resource) {
                seen.zone_tags.insert(name.clone(), zone.meta.tags.clone());
            }
        }
        seen
    }
}

fn fold(resource: &mut Resource, parts: &mut Parts, seen: &Seen) {
    match resource {
        Resource::Bucket(bucket) => fold_bucket(bucket, parts),
        Resource::SecurityGroup(group) => fold_security_group(group, parts),
        Resource::PrefixList(list) => fold_prefix_list(list, parts),
        Resource::NetworkAcl(acl) => fold_acl(acl, parts),
        Resource::LoadBalancer(balancer) => fold_balancer(balancer, parts, seen),
        Resource::DbCluster(cluster) => fold_db_cluster(cluster, parts),
        Resource::EksCluster(cluster) => fold_eks_cluster(cluster, parts),
        Resource::RecordSet(record) => fold_record(record, seen),
        Resource::AutoScalingGroup(_)
        | Resource::DbInstance(_)
        | Resource::DbSnapshot(_)
        | Resource::Distribution(_)
        | Resource::HealthCheck(_)
        | Resource::HostedZone(_)
        | Resource::NodeGroup(_)
        | Resource::Subnet(_)
        | Resource::WebAcl(_) => {}
    }
}

fn fold_bucket(bucket: &mut Bucket, parts: &mut Parts) {
    let mut by: [Option<String>; 6] = Default::default();
    for part in parts.about(Target::Bucket, bucket.meta.name.ok()) {
        // What may be about any bucket is overruled by what is about this one.
        let address = part.about.ok().is_some().then_some(part.address);
        let [versioning, lifecycle, replication, encryption, public_access, object_lock] = &mut by;
        match part.says {
            Says::Versioning(said) => settle(&mut bucket.versioning, versioning, said, address),
            Says::Lifecycle(said) => settle(&mut bucket.lifecycle, lifecycle, said, address),
            Says::Replication(said) => settle(&mut bucket.replication, replication, said, address),
            Says::Encryption(said) => settle(&mut bucket.encryption, encryption, said, address),
            Says::PublicAccess(said) => settle(&mut bucket.public_access_block, public_access, said, address),
            Says::ObjectLock(said) => settle(&mut bucket.object_lock, object_lock, said, address),
            _ => {}
        }
    }
}

/// A setting is one object's to say: where two say different things, whichever is applied last wins, and nobody knows which.
fn settle<T: PartialEq>(fact: &mut Fact<T>, by: &mut Option<String>, said: Fact<T>, address: Option<String>) {
    *fact = match by.as_ref().zip(address.as_ref()) {
        // Two folders, or two copies of one state.
        Some((first, second)) if first == second && fact.ok() != said.ok() => {
            Gap::new(Cause::Undecided, format!("{first} is there twice and sets it differently: give the one that counts")).into()
        }
        Some((first, second)) if fact.ok() != said.ok() => {
            let detail = format!("{second} and {first} set it differently, and the last one applied wins: keep one of them");
            Gap::new(Cause::Undecided, detail).into()
        }
        _ => said,
    };
    *by = address;
}

/// Adds an item to a list: a gap on either side leaves the list unknown.
fn include<T, C: Extend<T>>(list: &mut Fact<C>, item: Fact<T>) {
    match item {
        Fact::Known { value, .. } => {
            if let Fact::Known { value: list, .. } = list {
                list.extend([value]);
            }
        }
        Fact::Gap(gap) => *list = Fact::Gap(gap),
    }
}

fn fold_security_group(group: &mut SecurityGroup, parts: &mut Parts) {
    for part in parts.about(Target::SecurityGroup, group.meta.name.ok()).into_iter().rev() {
        if let Says::Ingress(rule) = part.says
            && !rule.ok().is_some_and(|rule| group.ingress.ok().is_some_and(|rules| rules.contains(rule)))
        {
            include(&mut group.ingress, rule);
        }
    }
}

fn fold_prefix_list(list: &mut PrefixList, parts: &mut Parts) {
    for part in parts.about(Target::PrefixList, list.meta.name.ok()).into_iter().rev() {
        if let Says::Range(range) = part.says {
            include(&mut list.ranges, range);
        }
    }
    if let Fact::Known { value, .. } = &mut list.ranges {
        value.sort();
        value.dedup();
    }
}

fn fold_acl(acl: &mut NetworkAcl, parts: &mut Parts) {
    for part in parts.about(Target::NetworkAcl, acl.meta.name.ok()) {
        if let Says::AclSubnet(subnet) = part.says {
            include(&mut acl.subnets, subnet);
        }
    }
}

fn fold_balancer(balancer: &mut LoadBalancer, parts: &mut Parts, seen: &Seen) {
    let arn = balancer.meta.arn.ok().map(|arn| arn.as_str().to_owned());
    for part in parts.about(Target::LoadBalancer, arn.as_ref()) {
        match part.says {
            Says::WebAcl(acl) => balancer.web_acl = acl.map(Some),
            Says::BalancerSubnets(Fact::Known { value: subnets, at }) if !subnets.is_empty() => {
                let zones: Option<BTreeSet<String>> = subnets.iter().map(|subnet| seen.zones.get(subnet).cloned()).collect();
                if let Some(zones) = zones {
                    balancer.zones = Fact::known_at(zones, at);
                }
            }
            _ => {}
        }
    }
}

/// Members are known when every member that the cluster lists is recorded itself, with its role.
fn fold_db_cluster(cluster: &mut DbCluster, parts: &mut Parts) {
    let said = parts.about(Target::DbCluster, cluster.meta.name.ok());
    let Fact::Known { value: listed, at } = &cluster.members else { return };
    let mut members = Fact::known_at(Vec::new(), at.clone());
    for part in said {
        if let Says::Member(member) = part.says {
            include(&mut members, member);
        }
    }
    if let Fact::Known { value: recorded, .. } = &mut members {
        recorded.sort_by(|a, b| a.instance.cmp(&b.instance));
        let missing = listed.iter().find(|member| !recorded.iter().any(|other| other.instance.eq_ignore_ascii_case(&member.instance)));
        if let Some(missing) = missing {
            let detail = format!("member {} is in none of the given states: read the members live", missing.instance);
            members = Gap::new(Cause::NotRead, detail).for_action(Action::of("rds:DescribeDBClusters")).into();
        }
    }
    cluster.members = members;
}

fn fold_eks_cluster(cluster: &mut EksCluster, parts: &mut Parts) {
    let mut groups: Option<Fact<BTreeSet<String>>> = None;
    for part in parts.about(Target::EksCluster, cluster.meta.name.ok()) {
        let Says::NodeGroup(group) = part.says else { continue };
        match (&mut groups, group) {
            (Some(groups), group) => include(groups, group),
            (none, group) => *none = Some(group.map(|name| BTreeSet::from([name]))),
        }
    }
    if let Some(groups) = groups {
        cluster.node_groups = groups;
    }
}

fn fold_record(record: &mut RecordSet, seen: &Seen) {
    if let Some(tags) = record.zone.ok().and_then(|zone| seen.zone_tags.get(zone)) {
        record.meta.tags = tags.clone();
    }
}

/// Region and versioning of every bucket of the view that objects are replicated to, by ARN.
fn destinations<'a>(resources: impl Iterator<Item = &'a Resource> + Clone) -> BTreeMap<String, Fact<DestinationBucket>> {
    let rules = resources.clone().filter_map(Bucket::of).filter_map(|bucket| bucket.replication.ok()).flatten();
    let meant: BTreeSet<&str> = rules.map(|rule| rule.destination.as_str()).collect();
    if meant.is_empty() {
        return BTreeMap::new();
    }
    let buckets = resources.filter_map(Bucket::of);
    let destination = |bucket: &Bucket| {
        let name = bucket.meta.name.ok()?;
        let arn = bucket.meta.arn.ok().map_or_else(|| format!("arn:aws:s3:::{name}"), |arn| arn.as_str().to_owned());
        if !meant.contains(arn.as_str()) {
            return None;
        }
        let versioning = if bucket.meta.tainted {
            Gap::new(Cause::Tainted, format!("the destination {name} is tainted")).into()
        } else {
            bucket.versioning.clone()
        };
        let at = bucket.meta.name.at()?.clone();
        Some((arn, Fact::known_at(DestinationBucket { region: bucket.meta.region.clone(), versioning }, at)))
    };
    buckets.filter_map(destination).collect()
}

fn resolve_destinations(bucket: &mut Bucket, destinations: &BTreeMap<String, Fact<DestinationBucket>>) {
    let Fact::Known { value: rules, .. } = &mut bucket.replication else { return };
    for rule in rules {
        if let Some(found) = destinations.get(rule.destination.as_str()) {
            rule.destination_bucket = found.clone();
        }
    }
}
