//! A cluster's subnets, and those of every managed node group, lie in at least the promised number of zones.

use std::collections::BTreeSet;

use crate::estate::cluster::{EksCluster, NodeGroup};
use crate::estate::network::Subnet;
use crate::rules::prelude::*;

use super::{selects_nodes, unseen_nodes};

/// The rule.
pub static RULE: Rule = Rule {
    id: "eks-multi-az",
    summary: "EKS clusters and every managed node group span the promised availability zones",
    severity: Severity::High,
    needs: &[Need::EksClusters, Need::NodeGroups, Need::Subnets],
    controls: &["nist-800-53r5:SC-36", "iso-27001-2022:A.8.14", "aws-wa-reliability:REL10"],
    remediation: Remediation {
        text: "Give {name} subnets in at least {zones} availability zones. The subnets of a managed node group cannot be changed: \
               create a group that spans the zones, move the pods, and delete the old one.",
        terraform: Some(
            "# {address}\n\
             # one subnet in each of at least {zones} availability zones\n\
             subnet_ids = [aws_subnet.zone_a.id, aws_subnet.zone_b.id]",
        ),
        cli: Some(
            "# subnets in other zones, for the second --subnets argument\n\
             aws ec2 describe-subnets --region {region} --query 'Subnets[].[SubnetId,AvailabilityZone,VpcId]' --output table\n\
             aws eks create-nodegroup --region {region} --cluster-name CLUSTER --nodegroup-name NEW-GROUP --node-role NODE-ROLE-ARN \
             --subnets SUBNET-IN-ZONE-A SUBNET-IN-ZONE-B",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: judge_each!(claim::ZoneSpread, Spread<'_>, judge),
};

const DOC: &str = "\
## What it checks

The availability zones of the subnets that the cluster was given, and of the subnets in which each of its managed node groups \
starts nodes. Each of them must lie in at least the promised number of different zones. Every cluster and every node group gets a \
finding of its own; a node group is judged when its cluster is selected, whatever its own tags say.

## Why it matters

The control plane of EKS always spans zones: losing a zone never takes the API server with it. The nodes are the question. A node \
group whose subnets all lie in one zone loses every node with that zone, and cannot start new ones anywhere else.

## What counts as evidence

`subnet_ids` of the cluster and of the node groups, and the availability zone of each of those subnets: from \
`eks:DescribeCluster`, `eks:DescribeNodegroup` and `ec2:DescribeSubnets`, or from Terraform. A subnet that was not seen could lie in \
any zone: the finding is unknown unless the subnets that were seen are enough, or could not be enough.

## Limits

Nodes that EKS does not manage (self-managed groups, Fargate, Auto Mode, Karpenter) are not seen: a cluster without a managed node \
group is unknown. It is not checked that nodes are running in each zone at this moment, nor that pods and volumes are spread over \
them. A local zone counts as a zone of its own.";

/// What has subnets: a cluster, or one of its managed node groups.
#[derive(Clone, Copy)]
enum Spread<'a> {
    Cluster(&'a EksCluster),
    Nodes(&'a NodeGroup),
}

impl<'a> Subject<'a> for Spread<'a> {
    const KINDS: &'static [Kind] = &[Kind::EksCluster, Kind::NodeGroup];

    fn of(resource: &'a Resource, _view: &'a ViewEstate) -> Option<Self> {
        EksCluster::of(resource).map(Self::Cluster).or_else(|| NodeGroup::of(resource).map(Self::Nodes))
    }

    fn selected(resource: &Resource, scene: &Scene<'_>) -> bool {
        NodeGroup::of(resource).map_or_else(|| scene.selects(resource.meta()), |nodes| selects_nodes(nodes, scene))
    }
}

fn judge(promise: &claim::ZoneSpread, subject: Spread<'_>, scene: &Scene<'_>) -> Ruling {
    let (subnets, meta) = match subject {
        Spread::Cluster(cluster) => (&cluster.subnets, &cluster.meta),
        Spread::Nodes(nodes) => (&nodes.subnets, &nodes.meta),
    };
    let ids = subnets.known()?;
    let reach = Reach::of(ids, meta, scene.view);
    let mut gaps = Vec::new();
    let mut breaches = Vec::new();
    if reach.at_most() < promise.at_least as usize {
        breaches.push(format!("has subnets in {}", reach.say()));
    } else if reach.zones.len() < promise.at_least as usize {
        gaps.extend(reach.unseen.first().cloned());
    }
    if let Spread::Cluster(cluster) = subject {
        gaps.extend(unseen_nodes(cluster, scene.view));
    }
    Ok(settle(breaches, gaps, || format!("has subnets in {}", reach.say()))?.seen_in(subnets))
}

/// How far a set of subnets reaches.
struct Reach {
    zones: BTreeSet<String>,
    unseen: Vec<Gap>,
}

impl Reach {
    fn of(ids: &BTreeSet<String>, owner: &Meta, view: &ViewEstate) -> Self {
        let mut reach = Self { zones: BTreeSet::new(), unseen: Vec::new() };
        for id in ids {
            match zone_of(id, owner, view) {
                Ok(zone) => {
                    reach.zones.insert(zone);
                }
                Err(gap) => reach.unseen.push(gap),
            }
        }
        reach
    }

    /// The most zones there can be: every subnet that was not seen in a zone of its own.
    fn at_most(&self) -> usize {
        self.zones.len() + self.unseen.len()
    }

    fn say(&self) -> String {
        let zones: Vec<_> = self.zones.iter().map(String::as_str).collect();
        match zones.as_slice() {
            [] => "no availability zone".to_owned(),
            zones => format!("{} ({})", count(zones.len() as u64, "availability zone"), zones.join(", ")),
        }
    }
}

fn zone_of(id: &str, owner: &Meta, view: &ViewEstate) -> Result<String, Gap> {
    let Some(subnet) = view.named::<Subnet>(id, owner.region.ok()) else {
        return Err(view.listing_gap(Kind::Subnet).unwrap_or_else(|| {
            Gap::new(Cause::NotRead, format!("subnet {id} is not in the {} view: give the source that holds it", view.view))
        }));
    };
    untainted(Kind::Subnet, &subnet.meta)?;
    subnet.zone.known().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::Scope;
    use crate::rules::testing::*;

    fn subnet(id: &str, zone: &str) -> Resource {
        let mut subnet = Subnet::unread(meta(id), &unread());
        subnet.zone = seen(zone.to_owned());
        subnet.into()
    }

    fn ids(ids: &[&str]) -> Fact<BTreeSet<String>> {
        seen(ids.iter().map(ToString::to_string).collect())
    }

    fn cluster(subnets: Fact<BTreeSet<String>>, groups: &[&str]) -> EksCluster {
        let mut cluster = EksCluster::unread(meta("prod"), &unread());
        cluster.subnets = subnets;
        cluster.node_groups = ids(groups);
        cluster
    }

    /// A node group without the tags of the system, as EKS makes them.
    fn nodes(group: &str, subnets: Fact<BTreeSet<String>>) -> NodeGroup {
        let mut nodes = NodeGroup::unread(meta(&format!("prod/{group}")), &unread());
        nodes.meta.tags = seen([].into());
        nodes.cluster = seen("prod".to_owned());
        nodes.group = seen(group.to_owned());
        nodes.subnets = subnets;
        nodes
    }

    fn zones(extra: impl IntoIterator<Item = Resource>) -> Vec<Resource> {
        let subnets = [subnet("subnet-a", "us-east-1a"), subnet("subnet-a2", "us-east-1a"), subnet("subnet-b", "us-east-1b")];
        subnets.into_iter().chain(extra).collect()
    }

    fn rulings(at_least: u32, resources: impl IntoIterator<Item = Resource>) -> Vec<Ruling> {
        judge_view(&RULE, &plan(claim::ZoneSpread { at_least }), &live(zones(resources)))
    }

    #[test]
    fn kept_when_cluster_and_node_group_span_the_zones() {
        let both = ids(&["subnet-a", "subnet-b"]);
        let rulings = rulings(2, [cluster(both.clone(), &["ng"]).into(), nodes("ng", both).into()]);
        assert_eq!(rulings.len(), 2, "the node group is judged by its cluster's tags");
        for ruling in rulings {
            let judgement = ruling.expect("judged");
            assert_eq!(judgement.answer, Answer::Kept);
            assert_eq!(judgement.found, "has subnets in 2 availability zones (us-east-1a, us-east-1b)");
            assert!(judgement.at.is_some());
        }
    }

    #[test]
    fn broken_when_two_subnets_share_a_zone() {
        let both = ids(&["subnet-a", "subnet-b"]);
        let rulings = rulings(2, [cluster(both, &["ng"]).into(), nodes("ng", ids(&["subnet-a", "subnet-a2"])).into()]);
        let answers: Vec<_> = rulings.into_iter().map(|ruling| ruling.expect("judged").answer).collect();
        assert_eq!(answers, [Answer::Kept, Answer::Broken]);
    }

    #[test]
    fn broken_when_one_zone_short_of_three() {
        let both = ids(&["subnet-a", "subnet-b"]);
        let ruling = rulings(3, [cluster(both, &[]).into()]).remove(0).expect("a certain breach is said");
        assert_eq!(ruling.answer, Answer::Broken);
    }

    #[test]
    fn node_groups_of_other_clusters_are_not_judged() {
        let both = ids(&["subnet-a", "subnet-b"]);
        let mut other = nodes("ng", ids(&["subnet-a"]));
        other.cluster = seen("staging".to_owned());
        assert_eq!(rulings(2, [cluster(both, &[]).into(), other.into()]).len(), 1);
    }

    #[test]
    fn unknown_without_a_managed_node_group() {
        let gap = rulings(2, [cluster(ids(&["subnet-a", "subnet-b"]), &[]).into()]).remove(0).expect_err("nodes unseen");
        assert_eq!(gap.cause, Cause::NotRead);
        assert!(gap.detail.contains("no managed node group"), "{gap}");
    }

    #[test]
    fn unknown_when_a_named_node_group_was_not_described() {
        let gap = rulings(2, [cluster(ids(&["subnet-a", "subnet-b"]), &["lost"]).into()]).remove(0).expect_err("lost");
        assert!(gap.detail.contains("node group lost"), "{gap}");
    }

    #[test]
    fn unknown_when_denied() {
        let mut denied_names = cluster(ids(&["subnet-a", "subnet-b"]), &[]);
        denied_names.node_groups = denied("eks:ListNodegroups");
        assert_eq!(rulings(2, [denied_names.into()]).remove(0), Err(denied_gap("eks:ListNodegroups")));

        let unread_subnets = cluster(denied("eks:DescribeCluster"), &["ng"]);
        assert_eq!(rulings(2, [unread_subnets.into()]).remove(0), Err(denied_gap("eks:DescribeCluster")));
    }

    #[test]
    fn unknown_when_a_deciding_subnet_was_not_seen() {
        let mut view = live(zones([nodes("ng", ids(&["subnet-a", "subnet-x"])).into(), cluster(ids(&["subnet-a"]), &["ng"]).into()]));
        view.listed(Kind::Subnet, Scope::Region("us-west-2".into()), Some(denied_gap("ec2:DescribeSubnets")));
        let rulings = judge_view(&RULE, &plan(claim::ZoneSpread { at_least: 2 }), &view);
        assert_eq!(rulings[0].as_ref().map(|judgement| judgement.answer), Ok(Answer::Broken));
        assert_eq!(rulings[1], Err(denied_gap("ec2:DescribeSubnets")));
    }

    #[test]
    fn kept_when_the_seen_subnets_are_enough() {
        let subnets = ids(&["subnet-a", "subnet-b", "subnet-x"]);
        let rulings = rulings(2, [cluster(subnets.clone(), &["ng"]).into(), nodes("ng", subnets).into()]);
        assert!(rulings.iter().all(|ruling| ruling.as_ref().is_ok_and(|judgement| judgement.answer == Answer::Kept)));
    }

    #[test]
    fn state_knows_the_groups_it_manages() {
        let both = ids(&["subnet-a", "subnet-b"]);
        let mut recorded = ViewEstate::new(View::Recorded);
        let mut in_state = cluster(both.clone(), &[]);
        in_state.node_groups = Fact::not_read();
        zones([in_state.into(), nodes("ng", both).into()]).into_iter().for_each(|resource| recorded.add(resource));
        let rulings = judge_view(&RULE, &plan(claim::ZoneSpread { at_least: 2 }), &recorded);
        assert!(rulings.iter().all(Result::is_ok) && rulings.len() == 2, "{rulings:?}");
    }
}
