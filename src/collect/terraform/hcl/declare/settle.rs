//! The last steps before resources leave the room: handles are taken out of their headers, and what nobody can count says so.

use crate::estate::bucket::Bucket;
use crate::estate::cluster::{AutoScalingGroup, EksCluster, NodeGroup};
use crate::estate::database::{DbCluster, DbInstance, DbSnapshot};
use crate::estate::dns::{HealthCheck, HostedZone, RecordSet};
use crate::estate::edge::{Distribution, LoadBalancer, WebAcl};
use crate::estate::network::{NetworkAcl, PrefixList, SecurityGroup, Subnet};
use crate::estate::{Arn, Cause, Fact, Gap, Resource, is_handle};

/// Takes handles out of the header: a name that is not known is a gap, and the handle stays for references within the view.
pub(super) fn settle(resource: &mut Resource) {
    let meta = resource.meta_mut();
    let place = meta.address.clone().unwrap_or_default();
    let later = |what: &str| {
        Gap::new(Cause::ComputedAtApply, format!("the {what} of {place} is known after apply: give the state that records it"))
    };
    if let Some(handle) = meta.name.ok().filter(|name| is_handle(name)).cloned() {
        meta.handles.push(handle);
        meta.name = Fact::Gap(later("name"));
    }
    if let Some(handle) = meta.arn.ok().map(Arn::as_str).filter(|arn| is_handle(arn)).map(str::to_owned) {
        meta.handles.push(handle);
        meta.arn = Fact::Gap(later("ARN"));
    }
}

/// The resource with nothing but its header: nobody can say whether there is one of it.
pub(super) fn untold(resource: Resource, gap: &Gap) -> Resource {
    match resource {
        Resource::AutoScalingGroup(noun) => AutoScalingGroup::unread(noun.meta, gap).into(),
        Resource::Bucket(noun) => Bucket::unread(noun.meta, gap).into(),
        Resource::DbCluster(noun) => DbCluster::unread(noun.meta, gap).into(),
        Resource::DbInstance(noun) => DbInstance::unread(noun.meta, gap).into(),
        Resource::DbSnapshot(noun) => DbSnapshot {
            database: noun.database,
            database_resource_id: gap.clone().into(),
            manual: gap.clone().into(),
            status: gap.clone().into(),
            taken: gap.clone().into(),
            encrypted: gap.clone().into(),
            meta: noun.meta,
            of_cluster: noun.of_cluster,
        }
        .into(),
        Resource::Distribution(noun) => Distribution::unread(noun.meta, gap).into(),
        Resource::EksCluster(noun) => EksCluster::unread(noun.meta, gap).into(),
        Resource::HealthCheck(noun) => HealthCheck::unread(noun.meta, gap).into(),
        Resource::HostedZone(noun) => HostedZone { meta: noun.meta, domain: gap.clone().into(), private: gap.clone().into() }.into(),
        Resource::LoadBalancer(noun) => LoadBalancer::unread(noun.meta, gap).into(),
        Resource::NetworkAcl(noun) => NetworkAcl::unread(noun.meta, gap).into(),
        Resource::NodeGroup(noun) => NodeGroup::unread(noun.meta, gap).into(),
        Resource::PrefixList(noun) => PrefixList { meta: noun.meta, ranges: gap.clone().into() }.into(),
        Resource::RecordSet(noun) => RecordSet::unread(noun.meta, gap).into(),
        Resource::SecurityGroup(noun) => SecurityGroup::unread(noun.meta, gap).into(),
        Resource::Subnet(noun) => Subnet::unread(noun.meta, gap).into(),
        Resource::WebAcl(noun) => WebAcl::unread(noun.meta, gap).into(),
    }
}
