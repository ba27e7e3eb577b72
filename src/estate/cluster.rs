//! EKS clusters, their node groups, and auto-scaling groups.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Fact, Gap, Meta};

/// An EKS cluster. Its control plane is always multi-AZ: the node groups are the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EksCluster {
    /// Name is the cluster name.
    pub meta: Meta,
    /// `ACTIVE`, …
    pub status: Fact<String>,
    /// The Kubernetes version.
    pub version: Fact<String>,
    /// Subnet ids of the cluster.
    pub subnets: Fact<BTreeSet<String>>,
    /// Names of its managed node groups.
    pub node_groups: Fact<BTreeSet<String>>,
}

impl EksCluster {
    /// A cluster of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, status: gap.clone().into(), version: gap.clone().into(), subnets: gap.clone().into(), node_groups: gap.clone().into() }
    }
}

/// A managed node group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeGroup {
    /// Name is `cluster/nodegroup`.
    pub meta: Meta,
    /// The cluster it belongs to.
    pub cluster: Fact<String>,
    /// Its name without the cluster.
    pub group: Fact<String>,
    /// `ACTIVE`, …
    pub status: Fact<String>,
    /// Subnet ids in which nodes are started.
    pub subnets: Fact<BTreeSet<String>>,
    /// Names of the auto-scaling groups behind it, by its own answer.
    pub scaling_groups: Fact<BTreeSet<String>>,
    /// Smallest number of nodes.
    pub min: Fact<u32>,
    /// Largest number of nodes.
    pub max: Fact<u32>,
}

impl NodeGroup {
    /// A node group of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self {
            meta,
            cluster: gap.clone().into(),
            group: gap.clone().into(),
            status: gap.clone().into(),
            subnets: gap.clone().into(),
            scaling_groups: gap.clone().into(),
            min: gap.clone().into(),
            max: gap.clone().into(),
        }
    }
}

/// An auto-scaling group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutoScalingGroup {
    /// Name is the group name. Tags include `eks:nodegroup-name` and `eks:cluster-name` where EKS set them.
    pub meta: Meta,
    /// Suspended processes as the API spells them: `ReplaceUnhealthy`, `Launch`, …
    pub suspended: Fact<BTreeSet<String>>,
    /// Smallest size.
    pub min: Fact<u32>,
    /// Largest size.
    pub max: Fact<u32>,
    /// The zones it starts instances in.
    pub zones: Fact<BTreeSet<String>>,
}

impl AutoScalingGroup {
    /// A group of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, suspended: gap.clone().into(), min: gap.clone().into(), max: gap.clone().into(), zones: gap.clone().into() }
    }
}
