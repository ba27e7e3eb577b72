//! The auto-scaling group behind every node group can replace a failed node.

use std::collections::BTreeSet;

use crate::estate::Action;
use crate::estate::cluster::{AutoScalingGroup, EksCluster, NodeGroup};
use crate::rules::prelude::*;

use super::{selects_nodes, unseen_nodes};

/// The rule.
pub static RULE: Rule = Rule {
    id: "eks-node-replacement",
    summary: "The auto-scaling group of every EKS node group replaces failed nodes",
    severity: Severity::High,
    needs: &[Need::NodeGroups, Need::AutoScalingGroups, Need::EksClusters],
    controls: &["nist-800-53r5:SI-13(5)", "aws-wa-reliability:REL11"],
    remediation: Remediation {
        text: "Resume the suspended processes of the auto-scaling group behind {name}, and let its largest size exceed its smallest, \
               so that a node can be started before or instead of the one that failed.",
        terraform: Some(
            "# {address}\n\
             scaling_config {\n  min_size     = 2\n  desired_size = 2\n  max_size     = 4\n}",
        ),
        cli: Some(
            "# the group that EKS made for {name}\n\
             aws autoscaling describe-auto-scaling-groups --region {region} \
             --query \"AutoScalingGroups[?Tags[?Key=='eks:nodegroup-name']].[AutoScalingGroupName,MinSize,MaxSize,SuspendedProcesses]\"\n\
             aws autoscaling resume-processes --region {region} --auto-scaling-group-name GROUP",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: judge_each!(claim::NodeReplacement, Replaced<'_>, judge),
};

const DOC: &str = "\
## What it checks

The auto-scaling groups behind every managed node group of the selected clusters. None of the processes `ReplaceUnhealthy`, `Launch`, \
`Terminate`, `HealthCheck` and `AZRebalance` may be suspended, and the largest size must be above the smallest. The groups are those that \
the node group itself names, and those that carry the tags `eks:nodegroup-name` and `eks:cluster-name` of the node group.

## Why it matters

A node that fails is replaced by its auto-scaling group, and by nothing else. Somebody who suspends a process to debug a rollout and \
forgets to resume it turns automatic recovery off without any sign of it until a node is lost.

## What counts as evidence

Suspended processes and sizes from `autoscaling:DescribeAutoScalingGroups`. EKS makes these groups itself, so Terraform does not record \
them: without live AWS the finding is unknown. It is unknown, too, when the listing shows no group of the node group.

## Limits

It is not checked that instance quota, capacity or subnet addresses would let a new node start, nor EKS node auto repair. Nodes that EKS \
does not manage (self-managed groups, Fargate, Auto Mode, Karpenter) are not seen.";

/// The processes without which a failed node is not replaced, or not in the zone that was lost.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>
const NEEDED: [&str; 5] = ["ReplaceUnhealthy", "Launch", "Terminate", "HealthCheck", "AZRebalance"];

const LISTING: Action = Action::of("autoscaling:DescribeAutoScalingGroups");

/// A node group; or a live cluster of which not every node could be seen, so that silence is not taken for soundness.
#[derive(Clone, Copy)]
enum Replaced<'a> {
    Nodes(&'a NodeGroup),
    Unseen(&'a EksCluster),
}

impl<'a> Subject<'a> for Replaced<'a> {
    const KINDS: &'static [Kind] = &[Kind::NodeGroup, Kind::EksCluster];

    fn of(resource: &'a Resource, view: &'a ViewEstate) -> Option<Self> {
        if let Some(nodes) = NodeGroup::of(resource) {
            return Some(Self::Nodes(nodes));
        }
        let cluster = EksCluster::of(resource)?;
        (view.view == View::Live && unseen_nodes(cluster, view).is_some()).then_some(Self::Unseen(cluster))
    }

    fn selected(resource: &Resource, scene: &Scene<'_>) -> bool {
        NodeGroup::of(resource).map_or_else(|| scene.selects(resource.meta()), |nodes| selects_nodes(nodes, scene))
    }
}

fn judge(_promise: &claim::NodeReplacement, subject: Replaced<'_>, scene: &Scene<'_>) -> Ruling {
    match subject {
        Replaced::Nodes(nodes) => judge_nodes(nodes, scene.view),
        Replaced::Unseen(cluster) => Err(unseen_nodes(cluster, scene.view).unwrap_or_else(not_a_subject)),
    }
}

fn judge_nodes(nodes: &NodeGroup, view: &ViewEstate) -> Ruling {
    let groups: Vec<_> = view.all::<AutoScalingGroup>().filter(|group| is_behind(group, nodes, view)).collect();
    let mut gaps = Vec::new();
    let mut breaches = Vec::new();
    for group in &groups {
        if let Err(gap) = inspect(group, &mut breaches) {
            gaps.push(gap);
        }
    }
    gaps.extend(unseen_groups(nodes, &groups, view));
    let names: Vec<_> = groups.iter().map(|group| group.meta.display_name()).collect();
    let judgement = settle(breaches, gaps, || format!("replaces failed nodes through auto-scaling group {}", names.join(", ")))?;
    Ok(match groups.first() {
        Some(group) => judgement.seen_in(&group.suspended),
        None => judgement,
    })
}

/// Adds what keeps one group from replacing nodes.
fn inspect(group: &AutoScalingGroup, breaches: &mut Vec<String>) -> Result<(), Gap> {
    untainted(Kind::AutoScalingGroup, &group.meta)?;
    let name = group.meta.display_name();
    let suspended = group.suspended.known().map(|all| all.iter().filter(|process| stops_replacement(process)).collect::<Vec<_>>());
    if let Ok(stopped) = &suspended
        && !stopped.is_empty()
    {
        let stopped: Vec<_> = stopped.iter().map(|process| process.as_str()).collect();
        breaches.push(format!("has {} suspended on auto-scaling group {name}", stopped.join(", ")));
    }
    let sizes = group.min.known().and_then(|min| Ok((*min, *group.max.known()?)));
    if let Ok((min, max)) = sizes
        && max <= min
    {
        breaches.push(format!("has no room to replace a node: auto-scaling group {name} has smallest size {min} and largest {max}"));
    }
    suspended.map(|_| ())?;
    sizes.map(|_| ())
}

fn stops_replacement(process: &str) -> bool {
    NEEDED.iter().any(|needed| needed.eq_ignore_ascii_case(process))
}

fn is_behind(group: &AutoScalingGroup, nodes: &NodeGroup, view: &ViewEstate) -> bool {
    let named = || nodes.scaling_groups.ok().zip(group.meta.name.ok()).is_some_and(|(names, name)| names.contains(name));
    same_region(&group.meta, &nodes.meta) && (named() || is_tagged_for(group, nodes, view))
}

/// Whether EKS tagged the group for these nodes. Without the cluster's tag, a node group of that name in one cluster only decides.
fn is_tagged_for(group: &AutoScalingGroup, nodes: &NodeGroup, view: &ViewEstate) -> bool {
    let (Some(tags), Some(name)) = (group.meta.tags.ok(), nodes.group.ok()) else { return false };
    if tags.get("eks:nodegroup-name") != Some(name) {
        return false;
    }
    match tags.get("eks:cluster-name") {
        Some(cluster) => nodes.cluster.ok() == Some(cluster),
        None => {
            let namesakes = view.all::<NodeGroup>().filter(|other| other.group.ok() == Some(name));
            namesakes.filter(|other| same_region(&other.meta, &nodes.meta)).count() == 1
        }
    }
}

fn same_region(a: &Meta, b: &Meta) -> bool {
    a.region.ok().zip(b.region.ok()).is_none_or(|(a, b)| a == b)
}

/// Why there may be a group behind the nodes that was not judged.
fn unseen_groups(nodes: &NodeGroup, found: &[&AutoScalingGroup], view: &ViewEstate) -> Option<Gap> {
    let found_names: BTreeSet<_> = found.iter().filter_map(|group| group.meta.name.ok()).collect();
    let named = nodes.scaling_groups.ok().filter(|names| !names.is_empty());
    if named.is_some_and(|names| names.iter().all(|name| found_names.contains(name))) {
        return None;
    }
    if let Some(gap) = view.listing_gap(Kind::AutoScalingGroup) {
        return Some(if gap.action.is_some() { gap } else { gap.for_action(LISTING) });
    }
    if !found.is_empty() {
        return None;
    }
    let unread_tags = view.all::<AutoScalingGroup>().find_map(|group| group.meta.tags.known().err());
    Some(unread_tags.unwrap_or_else(|| none_listed(nodes, view)))
}

fn none_listed(nodes: &NodeGroup, view: &ViewEstate) -> Gap {
    let name = nodes.meta.display_name();
    let detail = match view.view {
        View::Live => {
            format!("the listing shows no auto-scaling group of node group {name}: see that the caller may read it in this region")
        }
        View::Recorded | View::Declared => {
            format!("EKS makes the auto-scaling group of node group {name}, Terraform does not record it: give live AWS")
        }
    };
    Gap::new(Cause::NotRead, detail).for_action(LISTING)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::estate::Scope;
    use crate::rules::testing::*;

    fn nodes(cluster: &str, groups: Fact<BTreeSet<String>>) -> NodeGroup {
        let mut nodes = NodeGroup::unread(meta(&format!("{cluster}/ng")), &unread());
        nodes.cluster = seen(cluster.to_owned());
        nodes.group = seen("ng".to_owned());
        nodes.scaling_groups = groups;
        nodes
    }

    fn set(names: &[&str]) -> Fact<BTreeSet<String>> {
        seen(names.iter().map(ToString::to_string).collect())
    }

    fn group(name: &str, tags: &[(&str, &str)], suspended: &[&str]) -> AutoScalingGroup {
        let mut group = AutoScalingGroup::unread(meta(name), &unread());
        group.meta.tags = seen(tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect::<BTreeMap<_, _>>());
        group.suspended = set(suspended);
        group.min = seen(1);
        group.max = seen(2);
        group
    }

    const TAGS: &[(&str, &str)] = &[("eks:nodegroup-name", "ng"), ("eks:cluster-name", "prod")];

    fn judge(resources: impl IntoIterator<Item = Resource>) -> Ruling {
        judge_one(&RULE, claim::NodeReplacement, resources)
    }

    #[test]
    fn kept_when_found_by_its_own_answer_or_by_tag() {
        for (nodes, group) in [
            (nodes("prod", set(&["eks-1"])), group("eks-1", &[], &[])),
            (nodes("prod", set(&["gone"])), group("eks-1", TAGS, &[])),
            (nodes("prod", denied("eks:DescribeNodegroup")), group("eks-1", &TAGS[..1], &[])),
            (nodes("prod", set(&["eks-1"])), group("eks-1", &[], &["AddToLoadBalancer", "AlarmNotification"])),
        ] {
            let judgement = judge([nodes.into(), group.into()]).expect("judged");
            assert_eq!(judgement.answer, Answer::Kept);
            assert_eq!(judgement.found, "replaces failed nodes through auto-scaling group eks-1");
        }
    }

    #[test]
    fn broken_when_any_needed_process_is_suspended() {
        for process in NEEDED {
            let judgement = judge([nodes("prod", set(&["eks-1"])).into(), group("eks-1", TAGS, &[process]).into()]).expect("judged");
            assert_eq!(judgement.answer, Answer::Broken);
            assert_eq!(judgement.found, format!("has {process} suspended on auto-scaling group eks-1"));
            assert!(judgement.at.is_some());
        }
    }

    #[test]
    fn broken_when_a_second_group_found_by_tag_is_suspended() {
        let judgement =
            judge([nodes("prod", set(&["eks-1"])).into(), group("eks-1", &[], &[]).into(), group("eks-2", TAGS, &["Launch"]).into()]);
        assert_eq!(judgement.expect("judged").answer, Answer::Broken);
    }

    #[test]
    fn broken_when_the_largest_size_is_not_above_the_smallest() {
        let mut fixed = group("eks-1", TAGS, &[]);
        fixed.min = seen(2);
        let judgement = judge([nodes("prod", set(&["eks-1"])).into(), fixed.into()]).expect("judged");
        assert_eq!(judgement.answer, Answer::Broken);
        assert!(judgement.found.contains("smallest size 2 and largest 2"), "{}", judgement.found);
    }

    #[test]
    fn unknown_when_the_listing_shows_none() {
        for stranger in [group("eks-1", &[], &["Launch"]), group("eks-1", &[TAGS[0], ("eks:cluster-name", "staging")], &[])] {
            let gap = judge([nodes("prod", set(&["eks-9"])).into(), stranger.into()]).expect_err("none of its own");
            assert_eq!(gap.action, Some(LISTING));
            assert!(gap.detail.contains("no auto-scaling group of node group prod/ng"), "{gap}");
        }
    }

    #[test]
    fn unknown_when_the_nodegroup_tag_alone_is_ambiguous() {
        let view = live([nodes("prod", set(&[])).into(), nodes("staging", set(&[])).into(), group("eks-1", &TAGS[..1], &[]).into()]);
        let rulings = judge_view(&RULE, &plan(claim::NodeReplacement), &view);
        assert!(rulings.len() == 2 && rulings.iter().all(Result::is_err), "{rulings:?}");
    }

    #[test]
    fn unknown_when_denied() {
        let listing = || denied_gap("autoscaling:DescribeAutoScalingGroups");
        let mut view = live([nodes("prod", set(&["eks-1"])).into()]);
        view.listed(Kind::AutoScalingGroup, Scope::Region("eu-west-1".into()), Some(listing()));
        assert_eq!(judge_view(&RULE, &plan(claim::NodeReplacement), &view), [Err(listing())]);

        let mut blind = group("eks-1", TAGS, &[]);
        blind.suspended = denied("autoscaling:DescribeAutoScalingGroups");
        assert_eq!(judge([nodes("prod", set(&["eks-1"])).into(), blind.into()]), Err(listing()));
    }

    #[test]
    fn a_denied_listing_does_not_hide_a_certain_breach() {
        let mut view = live([nodes("prod", Fact::not_read()).into(), group("eks-1", TAGS, &["Launch"]).into()]);
        view.listed(Kind::AutoScalingGroup, Scope::Region("eu-west-1".into()), Some(unread()));
        let ruling = judge_view(&RULE, &plan(claim::NodeReplacement), &view).remove(0);
        assert_eq!(ruling.expect("judged").answer, Answer::Broken);
    }

    #[test]
    fn unknown_when_the_node_groups_of_a_cluster_could_not_be_listed() {
        let mut cluster = EksCluster::unread(meta("prod"), &unread());
        cluster.node_groups = denied("eks:ListNodegroups");
        assert_eq!(judge([cluster.clone().into()]), Err(denied_gap("eks:ListNodegroups")));

        cluster.node_groups = set(&["ng"]);
        let sound = [cluster.into(), nodes("prod", set(&["eks-1"])).into(), group("eks-1", TAGS, &[]).into()];
        assert_eq!(judge(sound).expect("only the node group is a subject").answer, Answer::Kept);
    }

    #[test]
    fn unknown_in_state_which_does_not_record_the_group() {
        let mut view = ViewEstate::new(View::Recorded);
        view.listed(Kind::AutoScalingGroup, Scope::Whole, None);
        view.add(nodes("prod", set(&["eks-1"])));
        let gap = judge_view(&RULE, &plan(claim::NodeReplacement), &view).remove(0).expect_err("not recorded");
        assert!(gap.detail.contains("give live AWS"), "{gap}");
    }
}
