//! Attributes of subnets, security groups, prefix lists and network ACLs.

use super::{IDENTITY, Offer, Shape, all, compared, never};
use crate::estate::network::{Ingress, NetworkAcl, Peer, PrefixList, Protocol, SecurityGroup, Subnet};

pub(super) fn subnet(subnet: &Subnet) -> Vec<Offer> {
    let Subnet { meta, zone, vpc } = subnet;
    all(meta, [compared("zone", "availability_zone", zone, Shape::text), compared("vpc", "vpc_id", vpc, Shape::text)])
}

pub(super) fn security_group(group: &SecurityGroup) -> Vec<Offer> {
    let SecurityGroup { meta, group_name, vpc, ingress } = group;
    all(
        meta,
        [
            compared("group_name", "name", group_name, Shape::text),
            compared("vpc", "vpc_id", vpc, Shape::text),
            compared("ingress", "ingress", ingress, |rules| {
                // One door may be written in several rules: what is let in counts, not how often it is said.
                let doors: std::collections::BTreeSet<String> = rules.iter().flat_map(doors).collect();
                Shape::described(format!("{} ways in", doors.len()), doors.into_iter().map(|door| (door, Shape::text("allowed"))))
            }),
        ],
    )
}

/// `tcp 5432 from 0.0.0.0/0`, for each peer.
fn doors(rule: &Ingress) -> Vec<String> {
    let Ingress { protocol, from_port, to_port, peers } = rule;
    let what = match protocol {
        Protocol::All => "everything".to_owned(),
        Protocol::Tcp => format!("tcp {}", ports(*from_port, *to_port)),
        Protocol::Udp => format!("udp {}", ports(*from_port, *to_port)),
        Protocol::Other => "another protocol".to_owned(),
    };
    let from = peers.iter().map(|peer| match peer {
        Peer::V4(text) | Peer::V6(text) | Peer::PrefixList(text) | Peer::Group(text) => text.to_lowercase(),
    });
    from.map(|from| format!("{what} from {from}")).collect()
}

fn ports(from: Option<u16>, to: Option<u16>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}-{to}"),
        (Some(from), None) => format!("{from} and above"),
        (None, Some(to)) => format!("up to {to}"),
        (None, None) => "all ports".to_owned(),
    }
}

pub(super) fn prefix_list(list: &PrefixList) -> Vec<Offer> {
    let PrefixList { meta, ranges } = list;
    all(meta, [compared("ranges", "entry", ranges, Shape::set)])
}

pub(super) fn acl(acl: &NetworkAcl) -> Vec<Offer> {
    let NetworkAcl { meta, vpc, default, subnets } = acl;
    let falls_back = default.ok() == Some(&true);
    all(
        meta,
        [
            compared("vpc", "vpc_id", vpc, Shape::text),
            never("default", default, IDENTITY),
            if falls_back {
                never("subnets", subnets, "subnets fall back to the default ACL by themselves")
            } else {
                compared("subnets", "subnet_ids", subnets, Shape::set)
            },
        ],
    )
}
