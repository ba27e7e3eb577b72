//! One thing in all views: which of them hold it, and what the plan says of it.

use std::collections::{BTreeMap, BTreeSet};

use super::blame::There;
use super::{Reason, Request};
use crate::estate::{Cause, Gap, Joined, Kind, Meta, Resource, View, ViewEstate};
use crate::plan::Promise;

/// The views in the order of every table: code, state, live.
pub(super) const VIEWS: [View; 3] = [View::Declared, View::Recorded, View::Live];

/// Kinds that are lost for good with what is in them come first.
pub(super) fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::DbCluster | Kind::DbInstance => 0,
        Kind::Bucket => 1,
        Kind::DbSnapshot => 2,
        Kind::AutoScalingGroup
        | Kind::Distribution
        | Kind::EksCluster
        | Kind::HealthCheck
        | Kind::HostedZone
        | Kind::LoadBalancer
        | Kind::NetworkAcl
        | Kind::NodeGroup
        | Kind::PrefixList
        | Kind::RecordSet
        | Kind::SecurityGroup
        | Kind::Subnet
        | Kind::WebAcl => 3,
    }
}

/// What Terraform found gone while it refreshed: the state of its plan does not have it any more, and nobody else may know it.
pub(super) fn lost<'a>(request: &Request<'a>, kinds: &[Kind], things: &[Joined<'a>]) -> Vec<Joined<'a>> {
    let Some(refreshed) = request.refreshed else { return Vec::new() };
    let address = |resource: &'a Resource| resource.meta().address.as_deref();
    let still: BTreeSet<_> = refreshed.after.iter().filter_map(address).collect();
    let known: BTreeSet<_> =
        things.iter().flat_map(|thing| thing.views.values()).filter_map(|resource| Some((resource.kind(), address(resource)?))).collect();
    let gone = refreshed.before.iter().filter(|before| {
        kinds.contains(&before.kind()) && address(before).is_some_and(|at| !still.contains(at) && !known.contains(&(before.kind(), at)))
    });
    gone.map(|before| Joined { views: BTreeMap::from([(View::Recorded, before)]) }).collect()
}

/// What decides whether a view that does not show a thing lacks it.
#[derive(Debug, Default)]
pub(super) struct Scene<'a> {
    /// Addresses in code that stand for all instances, since their keys are not known.
    placeholders: BTreeSet<&'a str>,
    /// Kinds of which the code declares something without a known name.
    nameless: BTreeSet<Kind>,
    /// What Terraform found changed, by address: as the state had it, and as it was live.
    refreshed: BTreeMap<&'a str, (&'a Resource, Option<&'a Resource>)>,
}

impl<'a> Scene<'a> {
    pub(super) fn of(request: &Request<'a>, things: &[Joined<'a>]) -> Self {
        let mut scene = Self::default();
        for thing in things.iter().filter(|thing| thing.views.keys().eq([&View::Declared])) {
            let Some(resource) = thing.views.get(&View::Declared) else { continue };
            let meta = resource.meta();
            if !is_named(meta) {
                scene.nameless.insert(resource.kind());
                scene.placeholders.extend(meta.address.as_deref().filter(|address| !address.ends_with(']')));
            }
        }
        if let Some(refreshed) = request.refreshed {
            let address = |resource: &'a Resource| resource.meta().address.as_deref();
            let after: BTreeMap<_, _> = refreshed.after.iter().filter_map(|resource| Some((address(resource)?, resource))).collect();
            for before in refreshed.before.iter() {
                if let Some(address) = address(before) {
                    scene.refreshed.insert(address, (before, after.get(address).copied()));
                }
            }
        }
        scene
    }

    /// Whether a placeholder in the code may stand for a recorded thing, or is one whose instances the state knows.
    pub(super) fn is_placeholder(&self, thing: &Joined<'_>, recorded: &BTreeSet<String>) -> bool {
        let only_declared = thing.views.keys().eq([&View::Declared]);
        let address = thing.headers().iter().find_map(|meta| meta.address.clone());
        only_declared && address.is_some_and(|address| self.placeholders.contains(address.as_str()) && recorded.contains(&address))
    }

    fn is_instance_of_placeholder(&self, thing: &Joined<'_>) -> bool {
        let mut addresses = thing.headers().into_iter().filter_map(|meta| meta.address.as_deref());
        addresses.any(|address| self.placeholders.contains(without_keys(address).as_str()))
    }

    /// What Terraform itself saw of a thing: as recorded, and live.
    pub(super) fn refreshed(&self, thing: &Joined<'a>) -> Option<(&'a Resource, Option<&'a Resource>)> {
        let recorded = thing.views.get(&View::Recorded)?;
        self.refreshed.get(recorded.meta().address.as_deref()?).copied().filter(|(before, _)| before.kind() == recorded.kind())
    }

    /// Whether a view holds a thing, with the gap that keeps it open.
    pub(super) fn there(&self, request: &Request<'a>, thing: &Joined<'a>, view: View) -> (There, Option<Gap>) {
        if thing.views.contains_key(&view) {
            return (There::Yes, None);
        }
        let Some(estate) = request.estate.view(view) else {
            let refreshed = if view == View::Live { self.refreshed(thing) } else { None };
            return (refreshed.map_or(There::Unknown, |(_, after)| if after.is_some() { There::Yes } else { There::No }), None);
        };
        let named = thing.headers().into_iter().any(is_named);
        match (view, thing.is_absent_from(estate)) {
            (_, Err(gap)) => (There::Unknown, matters(estate, thing, &gap).then_some(gap)),
            (View::Live, Ok(())) if !named => (There::Unknown, None),
            (View::Declared, Ok(())) if self.is_instance_of_placeholder(thing) || self.may_be_nameless(thing) => (There::Unknown, None),
            (View::Declared | View::Recorded | View::Live, Ok(())) => (There::No, None),
        }
    }

    /// What only live shows may be what the code declares under a name that nobody knows yet, unless the state would have it.
    fn may_be_nameless(&self, thing: &Joined<'_>) -> bool {
        thing.views.keys().eq([&View::Live]) && thing.kind().is_some_and(|kind| self.nameless.contains(&kind))
    }
}

fn is_named(meta: &Meta) -> bool {
    meta.name.ok().is_some() || meta.arn.ok().is_some()
}

/// Kinds that a view cannot show at all, and that nobody asked for, are no obstacle.
fn matters(estate: &ViewEstate, thing: &Joined<'_>, gap: &Gap) -> bool {
    let unlisted = thing.kind().is_some_and(|kind| estate.listing_gap(kind).is_some());
    is_obstacle(gap.cause) || (estate.view == View::Live && !unlisted)
}

/// Causes that someone can do something about now; a value that only the apply will know is none.
pub(super) fn is_obstacle(cause: Cause) -> bool {
    match cause {
        Cause::Denied
        | Cause::Throttled
        | Cause::TimedOut
        | Cause::Failed
        | Cause::Unauthenticated
        | Cause::Incomplete
        | Cause::Unreadable => true,
        Cause::Unsupported
        | Cause::NotRead
        | Cause::Null
        | Cause::Tainted
        | Cause::ComputedAtApply
        | Cause::Undecided
        | Cause::NotStated
        | Cause::NotJudgedYet => false,
    }
}

/// An address without its instance keys: `module.a["x"].aws_subnet.b[0]` is `module.a.aws_subnet.b`.
pub(super) fn without_keys(address: &str) -> String {
    let (mut bare, mut inside, mut quoted, mut escaped) = (String::new(), false, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if inside => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => inside = false,
            c if !inside => bare.push(c),
            _ => {}
        }
    }
    bare
}

/// The promises that speak of a thing.
pub(super) fn promises<'a>(request: &Request<'a>, kind: Kind, thing: &Joined<'_>) -> Vec<&'a Promise> {
    let headers = thing.headers();
    let speaks = |care: &&super::Care<'a>| {
        care.subjects.contains(&kind) && headers.iter().any(|meta| care.promise.select.matches(meta, &request.plan.regions))
    };
    let mut promises: Vec<&Promise> = request.cares.iter().filter(speaks).map(|care| care.promise).collect();
    promises.sort_by_key(|promise| promise.at);
    promises.dedup_by_key(|promise| promise.at);
    promises
}

/// Why a thing that no code manages is none of the code's business.
pub(super) fn made_by_others(resource: &Resource) -> Option<Reason> {
    let tagged = |key: &str| resource.meta().tags.ok().is_some_and(|tags| tags.contains_key(key));
    match resource {
        Resource::DbSnapshot(snapshot) if snapshot.manual.ok() == Some(&false) => Some(Reason::ServiceMade),
        Resource::DbSnapshot(_) => Some(Reason::Backup),
        Resource::AutoScalingGroup(_) => tagged("eks:nodegroup-name").then_some(Reason::ServiceMade),
        Resource::SecurityGroup(group) => {
            let name = group.group_name.ok().map_or("", String::as_str);
            let of_eks = tagged("aws:eks:cluster-name") || name.starts_with("eks-cluster-sg-");
            (name == "default" || of_eks).then_some(Reason::ServiceMade)
        }
        Resource::NetworkAcl(acl) => (acl.default.ok() == Some(&true)).then_some(Reason::ServiceMade),
        Resource::Subnet(subnet) => (subnet.default.ok() == Some(&true)).then_some(Reason::ServiceMade),
        Resource::RecordSet(set) => matches!(set.record_type.ok().map(String::as_str), Some("NS" | "SOA")).then_some(Reason::ServiceMade),
        Resource::PrefixList(list) => {
            let of_aws = list.meta.account.ok().is_some_and(|account| account.as_str() == "aws" || account.as_str() == "AWS");
            of_aws.then_some(Reason::ServiceMade)
        }
        Resource::Bucket(_)
        | Resource::DbCluster(_)
        | Resource::DbInstance(_)
        | Resource::Distribution(_)
        | Resource::EksCluster(_)
        | Resource::HealthCheck(_)
        | Resource::HostedZone(_)
        | Resource::LoadBalancer(_)
        | Resource::NodeGroup(_)
        | Resource::WebAcl(_) => None,
    }
}
