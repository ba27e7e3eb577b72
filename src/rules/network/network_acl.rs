//! Every subnet of the system has a network ACL; the VPC's own default counts.

use crate::estate::cluster::{EksCluster, NodeGroup};
use crate::estate::network::{NetworkAcl, Subnet};
use crate::rules::eks::selects_nodes;
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "network-acl",
    summary: "Every subnet of the system has a network ACL",
    severity: Severity::Medium,
    needs: &[Need::Subnets, Need::NetworkAcls, Need::EksClusters, Need::NodeGroups],
    controls: &[],
    remediation: Remediation {
        text: "Associate subnet {name} with a network ACL of its VPC.",
        terraform: Some(
            "resource \"aws_network_acl_association\" \"subnet\" {\n  \
               network_acl_id = aws_network_acl.main.id\n  \
               subnet_id      = \"{name}\"\n}",
        ),
        cli: Some(
            "# the association that the subnet has now\n\
             aws ec2 describe-network-acls --region {region} --filters Name=association.subnet-id,Values={name}\n\
             aws ec2 replace-network-acl-association --region {region} --association-id ACLASSOC-ID --network-acl-id ACL-ID",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: judge_each!(claim::SubnetAcl, Place<'_>, judge),
};

const DOC: &str = "\
## What it checks

That some network ACL names each subnet of the system among its associations. The subnets are those that the promise selects, and those \
in which selected EKS clusters and their node groups run. The default network ACL of the VPC counts.

## Why it matters

Network ACLs are the second line behind security groups: they still filter when a security group is opened by mistake, and they can cut \
off a whole subnet during an incident.

## What counts as evidence

The associations in `ec2:DescribeNetworkAcls`, or `aws_network_acl`, `aws_default_network_acl` and `aws_network_acl_association` in \
Terraform. A subnet that Terraform associates with nothing has the default network ACL of its VPC, which the state does not have to \
record: there the finding is unknown, and live AWS settles it.

## Limits

It is not judged what the network ACL lets pass: an ACL that allows everything, as the default one does, keeps the promise. AWS itself \
gives every subnet a network ACL, so a breach is rare; the promise is worth what `security-group-exposure` adds to it.";

/// A subnet; or a live user of subnets that could not all be seen, so that silence is not taken for soundness.
#[derive(Clone, Copy)]
enum Place<'a> {
    Subnet(&'a Subnet),
    Unseen(&'a Resource),
}

impl<'a> Subject<'a> for Place<'a> {
    const KINDS: &'static [Kind] = &[Kind::Subnet, Kind::EksCluster, Kind::NodeGroup];

    fn of(resource: &'a Resource, view: &'a ViewEstate) -> Option<Self> {
        if let Some(subnet) = Subnet::of(resource) {
            return Some(Self::Subnet(subnet));
        }
        (view.view == View::Live && unseen_subnet(resource, view).is_some()).then_some(Self::Unseen(resource))
    }

    fn selected(resource: &Resource, scene: &Scene<'_>) -> bool {
        if let Some(nodes) = NodeGroup::of(resource) {
            return selects_nodes(nodes, scene);
        }
        scene.selects(resource.meta()) || Subnet::of(resource).is_some_and(|subnet| is_used(subnet, scene))
    }
}

/// Whether a selected cluster or one of its node groups runs in the subnet.
fn is_used(subnet: &Subnet, scene: &Scene<'_>) -> bool {
    let clusters = scene.selected::<EksCluster>().map(|cluster| &cluster.subnets);
    let nodes = scene.view.all::<NodeGroup>().filter(|nodes| selects_nodes(nodes, scene)).map(|nodes| &nodes.subnets);
    clusters.chain(nodes).any(|subnets| subnets.ok().is_some_and(|ids| ids.iter().any(|id| subnet.meta.is_called(id))))
}

/// Why the subnets of a cluster or node group were not all seen.
fn unseen_subnet(user: &Resource, view: &ViewEstate) -> Option<Gap> {
    let subnets = EksCluster::of(user).map(|cluster| &cluster.subnets).or_else(|| NodeGroup::of(user).map(|nodes| &nodes.subnets))?;
    let ids = match subnets.known() {
        Ok(ids) => ids,
        Err(gap) => return Some(gap),
    };
    let missing = ids.iter().find(|id| view.named::<Subnet>(id, user.meta().region.ok()).is_none())?;
    Some(view.listing_gap(Kind::Subnet).unwrap_or_else(|| {
        Gap::new(Cause::Incomplete, format!("subnet {missing} is in use but was not described in the {} view", view.view))
    }))
}

fn judge(_promise: &claim::SubnetAcl, place: Place<'_>, scene: &Scene<'_>) -> Ruling {
    match place {
        Place::Subnet(subnet) => judge_subnet(subnet, scene.view),
        Place::Unseen(user) => Err(unseen_subnet(user, scene.view).unwrap_or_else(not_a_subject)),
    }
}

fn judge_subnet(subnet: &Subnet, view: &ViewEstate) -> Ruling {
    let id = subnet.meta.name.known()?;
    let naming = view.all::<NetworkAcl>().find(|acl| acl.subnets.ok().is_some_and(|subnets| subnets.contains(id)));
    if let Some(acl) = naming {
        untainted(Kind::NetworkAcl, &acl.meta)?;
        let own = if acl.default.ok() == Some(&true) { " (the default of its VPC)" } else { "" };
        return Ok(kept(format!("has network ACL {}{own}", acl.meta.display_name())).seen_in(&acl.subnets));
    }
    if let Some(gap) = view.all::<NetworkAcl>().find_map(|acl| acl.subnets.known().err()) {
        return Err(gap);
    }
    view.listed_whole(Kind::NetworkAcl)?;
    match view.view {
        View::Live => Ok(broken("is associated with no network ACL")),
        View::Recorded | View::Declared => Err(Gap::new(
            Cause::NotRead,
            "Terraform associates it with no network ACL, so it has the default of its VPC, which is not recorded: give live AWS",
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::estate::Scope;
    use crate::rules::testing::*;

    fn subnet(id: &str, tagged: bool) -> Resource {
        let mut subnet = Subnet::unread(meta(id), &unread());
        if !tagged {
            subnet.meta.tags = seen([].into());
        }
        subnet.into()
    }

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(ToString::to_string).collect()
    }

    fn acl(name: &str, default: bool, subnets: Fact<BTreeSet<String>>) -> Resource {
        let mut acl = NetworkAcl::unread(meta(name), &unread());
        acl.default = seen(default);
        acl.subnets = subnets;
        acl.into()
    }

    fn cluster(subnets: Fact<BTreeSet<String>>) -> Resource {
        let mut cluster = EksCluster::unread(meta("prod"), &unread());
        cluster.subnets = subnets;
        cluster.into()
    }

    fn nodes(subnets: &[&str]) -> Resource {
        let mut nodes = NodeGroup::unread(meta("prod/ng"), &unread());
        nodes.meta.tags = seen([].into());
        nodes.cluster = seen("prod".to_owned());
        nodes.subnets = seen(ids(subnets));
        nodes.into()
    }

    fn recorded(resources: impl IntoIterator<Item = Resource>) -> ViewEstate {
        let mut view = live(resources);
        view.view = View::Recorded;
        view
    }

    #[test]
    fn kept_when_any_network_acl_names_the_subnet() {
        for (default, says) in [(false, "has network ACL acl-1"), (true, "has network ACL acl-1 (the default of its VPC)")] {
            let world = [subnet("subnet-a", true), acl("acl-1", default, seen(ids(&["subnet-a"])))];
            let judgement = judge_one(&RULE, claim::SubnetAcl, world).expect("judged");
            assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Kept, says));
            assert!(judgement.at.is_some());
        }
    }

    #[test]
    fn broken_when_none_names_it() {
        let world = [subnet("subnet-a", true), acl("acl-1", true, seen(ids(&["subnet-b"])))];
        assert_eq!(judge_one(&RULE, claim::SubnetAcl, world).expect("judged").answer, Answer::Broken);
    }

    #[test]
    fn subnets_of_selected_clusters_are_judged_whatever_their_tags() {
        let view = live([
            subnet("subnet-a", false),
            subnet("subnet-b", false),
            subnet("subnet-stranger", false),
            cluster(seen(ids(&["subnet-a"]))),
            nodes(&["subnet-b"]),
            acl("acl-1", true, seen(ids(&["subnet-a"]))),
        ]);
        let answers: Vec<_> = judge_view(&RULE, &plan(claim::SubnetAcl), &view).into_iter().map(|r| r.expect("judged").answer).collect();
        assert_eq!(answers, [Answer::Kept, Answer::Broken]);
    }

    #[test]
    fn unknown_in_state_which_does_not_record_the_default() {
        let view = recorded([subnet("subnet-a", true)]);
        let gap = judge_view(&RULE, &plan(claim::SubnetAcl), &view).remove(0).expect_err("the default is not recorded");
        assert!(gap.detail.contains("give live AWS"), "{gap}");
    }

    #[test]
    fn unknown_when_denied() {
        let gap = denied_gap("ec2:DescribeNetworkAcls");
        let mut view = live([subnet("subnet-a", true)]);
        view.listed(Kind::NetworkAcl, Scope::Region("us-west-2".into()), Some(gap.clone()));
        assert_eq!(judge_view(&RULE, &plan(claim::SubnetAcl), &view), [Err(gap.clone())]);

        let blind = [subnet("subnet-a", true), acl("acl-1", false, Fact::Gap(gap.clone()))];
        assert_eq!(judge_one(&RULE, claim::SubnetAcl, blind), Err(gap));
    }

    #[test]
    fn unknown_when_the_subnets_of_a_cluster_were_not_seen() {
        let gap = denied_gap("eks:DescribeCluster");
        assert_eq!(judge_one(&RULE, claim::SubnetAcl, [cluster(Fact::Gap(gap.clone()))]), Err(gap));
        let lost = judge_one(&RULE, claim::SubnetAcl, [cluster(seen(ids(&["subnet-x"])))]).expect_err("not described");
        assert!(lost.detail.contains("subnet-x"), "{lost}");

        let view = recorded([cluster(seen(ids(&["subnet-x"])))]);
        assert!(judge_view(&RULE, &plan(claim::SubnetAcl), &view).is_empty(), "a state need not hold the subnets it uses");
    }
}
