//! EKS clusters, managed node groups, and auto-scaling groups.

use std::collections::{BTreeMap, BTreeSet};

use super::{Object, Pieces, Says};
use crate::collect::terraform::value::Node;
use crate::estate::cluster::{AutoScalingGroup, EksCluster, NodeGroup};
use crate::estate::{Action, Cause, Gap};

/// `aws_eks_cluster`. Its node groups are joined from `aws_eks_node_group`.
pub fn cluster(object: &Object<'_>, pieces: &mut Pieces) {
    let detail = format!("none of its node groups is in the given {}: read them live", if object.in_code() { "code" } else { "states" });
    let node_groups = Gap::new(Cause::NotRead, detail).for_action(Action::of("eks:ListNodegroups"));
    pieces.resources.push(
        EksCluster {
            meta: object.meta(object.root().first(&["name", "id"]).fact(Node::filled), "arn"),
            status: object.get("status").fact(Node::filled),
            version: object.get("version").fact(Node::filled),
            subnets: object.get("vpc_config").fact(|node| match node.block()? {
                Some(vpc) => vpc.get("subnet_ids").strings(),
                None => Err(node.gap(Cause::Null, "is empty: refresh the state")),
            }),
            node_groups: node_groups.into(),
        }
        .into(),
    );
}

/// `aws_eks_node_group`
pub fn node_group(object: &Object<'_>, pieces: &mut Pieces) {
    let cluster = object.get("cluster_name").fact(Node::filled);
    let group = object.get("node_group_name").fact(Node::filled);
    let name = object.root().fact(|root| Ok(format!("{}/{}", root.get("cluster_name").filled()?, root.get("node_group_name").filled()?)));
    pieces.parts.push(object.part(cluster.clone(), Says::NodeGroup(group.clone())));
    let size = |name| {
        object.get("scaling_config").fact(|node| match node.block()? {
            Some(scaling) => scaling.get(name).count(),
            None => Err(node.gap(Cause::Null, "is empty: refresh the state")),
        })
    };
    pieces.resources.push(
        NodeGroup {
            meta: object.meta(name, "arn"),
            cluster,
            group,
            status: object.get("status").fact(Node::filled),
            subnets: object.get("subnet_ids").fact(Node::strings),
            scaling_groups: object.get("resources").fact(scaling_groups),
            min: size("min_size"),
            max: size("max_size"),
        }
        .into(),
    );
}

fn scaling_groups(resources: Node<'_>) -> Result<BTreeSet<String>, Gap> {
    let mut names = BTreeSet::new();
    for resource in resources.items()? {
        for group in resource.get("autoscaling_groups").items()? {
            names.insert(group.get("name").filled()?);
        }
    }
    if names.is_empty() {
        return Err(resources.gap(Cause::Null, "names no auto-scaling group: refresh the state, or read it live"));
    }
    Ok(names)
}

/// `aws_autoscaling_group`
pub fn scaling_group(object: &Object<'_>, pieces: &mut Pieces) {
    let mut meta = object.meta(object.root().first(&["name", "id"]).fact(Node::filled), "arn");
    meta.tags = object.root().first(&["tag", "tags"]).fact(tag_blocks);
    pieces.resources.push(
        AutoScalingGroup {
            meta,
            suspended: object.get("suspended_processes").fact(Node::strings),
            min: object.get("min_size").fact(Node::count),
            max: object.get("max_size").fact(Node::count),
            zones: object.get("availability_zones").fact(Node::strings),
        }
        .into(),
    );
}

/// Tags as a list of `tag { key, value }`.
fn tag_blocks(node: Node<'_>) -> Result<BTreeMap<String, String>, Gap> {
    let tags = node.items()?.into_iter().map(|tag| Ok((tag.get("key").string()?, tag.get("value").string()?)));
    tags.filter(|tag| !matches!(tag, Ok((key, _)) if key.starts_with("aws:"))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{estate, only};
    use super::*;

    const CLUSTER: (&str, &str, &str) = (
        "aws_eks_cluster",
        "c",
        r#"{"name": "prod", "status": "ACTIVE", "version": "1.29", "vpc_config": [{"subnet_ids": ["s-1", "s-2"]}],
            "arn": "arn:aws:eks:us-east-1:1:cluster/prod", "tags_all": {}}"#,
    );
    const GROUP: (&str, &str, &str) = (
        "aws_eks_node_group",
        "g",
        r#"{"cluster_name": "prod", "node_group_name": "workers", "status": "ACTIVE", "subnet_ids": ["s-1"],
            "resources": [{"autoscaling_groups": [{"name": "eks-workers-1"}]}],
            "scaling_config": [{"min_size": 1, "max_size": 3, "desired_size": 1}], "id": "prod:workers"}"#,
    );

    #[test]
    fn node_groups_belong_to_their_cluster() {
        let view = estate(&[CLUSTER, GROUP]);
        let cluster = view.all::<EksCluster>().next().unwrap();
        assert_eq!(cluster.node_groups.ok(), Some(&BTreeSet::from(["workers".to_owned()])));
        assert_eq!(cluster.subnets.ok().map(BTreeSet::len), Some(2));
        let group = view.all::<NodeGroup>().next().unwrap();
        assert_eq!(group.meta.name.ok().map(String::as_str), Some("prod/workers"));
        assert_eq!(group.scaling_groups.ok(), Some(&BTreeSet::from(["eks-workers-1".to_owned()])));
        assert_eq!((group.min.ok(), group.max.ok()), (Some(&1), Some(&3)));
    }

    #[test]
    fn a_cluster_whose_groups_are_elsewhere_is_not_a_cluster_without_groups() {
        let cluster: EksCluster = only(&[CLUSTER]);
        let gap = cluster.node_groups.known().unwrap_err();
        assert_eq!((gap.cause, gap.action.as_ref().map(Action::as_str)), (Cause::NotRead, Some("eks:ListNodegroups")));
    }

    #[test]
    fn scaling_groups_carry_processes_and_tag_blocks() {
        let asg: AutoScalingGroup = only(&[(
            "aws_autoscaling_group",
            "a",
            r#"{"name": "a", "min_size": 1, "max_size": "2", "suspended_processes": ["Launch"], "availability_zones": ["us-east-1a"],
                "tag": [{"key": "eks:nodegroup-name", "value": "workers", "propagate_at_launch": true}]}"#,
        )]);
        assert_eq!(asg.suspended.ok(), Some(&BTreeSet::from(["Launch".to_owned()])));
        assert_eq!(asg.meta.tags.ok().and_then(|tags| tags.get("eks:nodegroup-name")).map(String::as_str), Some("workers"));
        assert_eq!(asg.max.ok(), Some(&2));
        let unsaid: AutoScalingGroup = only(&[("aws_autoscaling_group", "a", r#"{"name": "a", "suspended_processes": null}"#)]);
        assert_eq!(unsaid.suspended.known().unwrap_err().cause, Cause::Null);
    }
}
