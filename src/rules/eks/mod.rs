//! Rules of the domain `eks`, and what they share: which subnets lie where, which node groups belong to which cluster.

pub mod eks_multi_az;
pub mod eks_node_replacement;

use crate::estate::cluster::{EksCluster, NodeGroup};
use crate::rules::prelude::*;

/// The cluster of a node group, in its region.
pub(crate) fn cluster_of<'a>(nodes: &NodeGroup, view: &'a ViewEstate) -> Option<&'a EksCluster> {
    view.named::<EksCluster>(nodes.cluster.ok()?, nodes.meta.region.ok())
}

/// Whether a promise speaks of a node group: by its own header, or because it speaks of the cluster.
pub(crate) fn selects_nodes(nodes: &NodeGroup, scene: &Scene<'_>) -> bool {
    scene.selects(&nodes.meta) || cluster_of(nodes, scene.view).is_some_and(|cluster| scene.selects(&cluster.meta))
}

/// The managed node groups of a cluster that were described in a view.
fn described<'a>(cluster: &EksCluster, view: &'a ViewEstate) -> impl Iterator<Item = &'a NodeGroup> {
    let (name, region) = (cluster.meta.name.ok().cloned(), cluster.meta.region.ok().cloned());
    view.all::<NodeGroup>().filter(move |nodes| {
        nodes.cluster.ok().is_some_and(|of| name.as_ref() == Some(of))
            && (region.is_none() || nodes.meta.region.ok().is_none_or(|of| Some(of) == region.as_ref()))
    })
}

/// Why not every node of a cluster can be judged through its managed node groups; `None` when all of them were described.
///
/// Code and state know the groups they manage and no others, so there the groups that are named are all there can be.
fn unseen_nodes(cluster: &EksCluster, view: &ViewEstate) -> Option<Gap> {
    let seen: Vec<_> = described(cluster, view).collect();
    let names = match (&cluster.node_groups, view.view) {
        (Fact::Known { value, .. }, _) => value,
        (Fact::Gap(_), View::Declared | View::Recorded) if !seen.is_empty() => return None,
        (Fact::Gap(gap), _) => return Some(gap.clone()),
    };
    if names.is_empty() && seen.is_empty() {
        let detail = "no managed node group: nodes that EKS does not manage (self-managed, Fargate, Auto Mode, Karpenter) are not seen";
        return Some(Gap::new(Cause::NotRead, detail));
    }
    let missing = names.iter().find(|name| !seen.iter().any(|nodes| nodes.group.ok() == Some(name)))?;
    Some(view.listing_gap(Kind::NodeGroup).unwrap_or_else(|| {
        Gap::new(Cause::Incomplete, format!("node group {missing} is named by its cluster but was not described in the {} view", view.view))
    }))
}
