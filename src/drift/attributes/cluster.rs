//! Attributes of EKS clusters, node groups and auto-scaling groups.

use super::{IDENTITY, MOVES, Offer, Shape, all, compared, never};
use crate::estate::cluster::{AutoScalingGroup, EksCluster, NodeGroup};

pub(super) fn eks(cluster: &EksCluster) -> Vec<Offer> {
    let EksCluster { meta, status, version, subnets, node_groups } = cluster;
    all(
        meta,
        [
            never("status", status, MOVES),
            compared("version", "version", version, |version| Shape::version(version)),
            compared("subnets", "vpc_config", subnets, Shape::set),
            never("node_groups", node_groups, "each is compared as a thing of its own"),
        ],
    )
}

pub(super) fn node_group(group: &NodeGroup) -> Vec<Offer> {
    let NodeGroup { meta, cluster, group: name, status, subnets, scaling_groups, min, max } = group;
    all(
        meta,
        [
            never("cluster", cluster, IDENTITY),
            never("group", name, IDENTITY),
            never("status", status, MOVES),
            compared("subnets", "subnet_ids", subnets, Shape::set),
            never("scaling_groups", scaling_groups, "EKS makes and names them"),
            compared("min", "scaling_config", min, Shape::text),
            compared("max", "scaling_config", max, Shape::text),
        ],
    )
}

pub(super) fn scaling_group(group: &AutoScalingGroup) -> Vec<Offer> {
    let AutoScalingGroup { meta, suspended, min, max, zones } = group;
    all(
        meta,
        [
            compared("suspended", "suspended_processes", suspended, Shape::set),
            compared("min", "min_size", min, Shape::text),
            compared("max", "max_size", max, Shape::text),
            compared("zones", "availability_zones", zones, Shape::set),
        ],
    )
}
