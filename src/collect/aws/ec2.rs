//! Subnets, security groups, network ACLs and the prefix lists that security groups refer to.

use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types::IpPermission;
use futures::future::{FutureExt as _, join_all, join3};

use super::clean;
use super::errand::{Errand, Haul, Meant, seen, tags, text, told};
use super::pages::{self, Page};
use crate::collect::needs::{Call, DESCRIBE_NETWORK_ACLS, DESCRIBE_SECURITY_GROUPS, DESCRIBE_SUBNETS, GET_PREFIX_LIST};
use crate::estate::network::{Ingress, NetworkAcl, Peer, PrefixList, Protocol, SecurityGroup, Subnet};
use crate::estate::{Fact, Gap, Kind, Meta, Need, Region, Scope};

const PAGE: i32 = 1_000;

/// What is asked for of a region's networks.
pub(super) async fn read(errand: &Errand<'_>, region: &Region) -> Haul {
    let client = errand.session.ec2(region);
    let (subnets, acls, groups) =
        join3(subnets(errand, &client, region), network_acls(errand, &client, region), security_groups(errand, &client, region)).await;
    let mut haul = subnets;
    haul.merge(acls);
    haul.merge(groups);
    haul
}

fn ec2_tags(call: &Call, list: &[aws_sdk_ec2::types::Tag]) -> Fact<std::collections::BTreeMap<String, String>> {
    tags(call, list.iter().map(|tag| (tag.key(), tag.value())))
}

async fn subnets(errand: &Errand<'_>, client: &Client, region: &Region) -> Haul {
    const CALL: &Call = DESCRIBE_SUBNETS;
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::Subnets) {
        return haul;
    }
    let (subnets, gap) = pages::all(CALL, |token| {
        let sent = client.describe_subnets().max_results(PAGE).set_next_token(token).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.subnets, page.next_token)) }
    })
    .await;
    for subnet in subnets {
        let mut meta = errand.meta(CALL, region, subnet.subnet_id().map(clean).unwrap_or_default(), subnet.subnet_arn());
        meta.tags = ec2_tags(CALL, subnet.tags());
        let zone = text(CALL, subnet.availability_zone(), "availabilityZone");
        let default = told(CALL, subnet.default_for_az(), "defaultForAz");
        haul.add(Subnet { meta, zone, vpc: text(CALL, subnet.vpc_id(), "vpcId"), default });
    }
    haul.listed(Kind::Subnet, Scope::Region(region.clone()), gap);
    haul
}

async fn network_acls(errand: &Errand<'_>, client: &Client, region: &Region) -> Haul {
    const CALL: &Call = DESCRIBE_NETWORK_ACLS;
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::NetworkAcls) {
        return haul;
    }
    let (acls, gap) = pages::all(CALL, |token| {
        let sent = client.describe_network_acls().max_results(PAGE).set_next_token(token).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.network_acls, page.next_token)) }
    })
    .await;
    for acl in acls {
        let id = acl.network_acl_id().map(clean).unwrap_or_default();
        let arn = arn(errand, region, acl.owner_id(), "network-acl", &id);
        let mut meta = errand.meta(CALL, region, id, arn.as_deref());
        meta.tags = ec2_tags(CALL, acl.tags());
        let subnets: BTreeSet<String> = acl.associations().iter().filter_map(|one| one.subnet_id()).map(clean).collect();
        haul.add(NetworkAcl {
            meta,
            vpc: text(CALL, acl.vpc_id(), "vpcId"),
            default: told(CALL, acl.is_default(), "default"),
            subnets: seen(CALL, subnets),
        });
    }
    haul.listed(Kind::NetworkAcl, Scope::Region(region.clone()), gap);
    haul
}

/// EC2 leaves the ARN of some resources to the reader, who can tell it from the owner.
fn arn(errand: &Errand<'_>, region: &Region, owner: Option<&str>, kind: &str, id: &str) -> Option<String> {
    let owner = owner.or(errand.account.ok().map(crate::estate::AccountId::as_str))?;
    Some(format!("arn:{}:ec2:{region}:{owner}:{kind}/{id}", super::s3::partition(region)))
}

async fn security_groups(errand: &Errand<'_>, client: &Client, region: &Region) -> Haul {
    const CALL: &Call = DESCRIBE_SECURITY_GROUPS;
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::SecurityGroups) {
        return haul;
    }
    let (groups, gap) = pages::all(CALL, |token| {
        let sent = client.describe_security_groups().max_results(PAGE).set_next_token(token).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.security_groups, page.next_token)) }
    })
    .await;
    let mut lists = BTreeSet::new();
    for group in groups {
        let id = group.group_id().map(clean).unwrap_or_default();
        let arn = group.security_group_arn().map(str::to_owned).or_else(|| arn(errand, region, group.owner_id(), "security-group", &id));
        let mut meta = errand.meta(CALL, region, id, arn.as_deref());
        meta.tags = ec2_tags(CALL, group.tags());
        let rules: Vec<Ingress> = group.ip_permissions().iter().map(ingress).collect();
        if errand.wanted.means(&[Need::PrefixLists], &meta) != Meant::No {
            lists.extend(rules.iter().flat_map(|rule| &rule.peers).filter_map(|peer| match peer {
                Peer::PrefixList(id) => Some(id.clone()),
                Peer::V4(_) | Peer::V6(_) | Peer::Group(_) => None,
            }));
        }
        haul.add(SecurityGroup {
            meta,
            group_name: text(CALL, group.group_name(), "groupName"),
            vpc: text(CALL, group.vpc_id(), "vpcId"),
            ingress: seen(CALL, rules),
        });
    }
    if errand.wanted.asks(Need::PrefixLists) {
        for (list, gap) in join_all(lists.iter().map(|id| prefix_list(errand, client, region, id))).await {
            haul.gaps.extend(gap);
            haul.add(list);
        }
        haul.listed(Kind::PrefixList, Scope::Region(region.clone()), gap.clone());
    }
    haul.listed(Kind::SecurityGroup, Scope::Region(region.clone()), gap);
    haul
}

fn ingress(permission: &IpPermission) -> Ingress {
    let v4 = permission.ip_ranges().iter().filter_map(|range| range.cidr_ip()).map(|cidr| Peer::V4(clean(cidr)));
    let v6 = permission.ipv6_ranges().iter().filter_map(|range| range.cidr_ipv6()).map(|cidr| Peer::V6(clean(cidr)));
    let lists = permission.prefix_list_ids().iter().filter_map(|list| list.prefix_list_id()).map(|id| Peer::PrefixList(clean(id)));
    let groups = permission.user_id_group_pairs().iter().filter_map(|pair| pair.group_id()).map(|id| Peer::Group(clean(id)));
    let mut peers: Vec<Peer> = v4.chain(v6).chain(lists).chain(groups).collect();
    peers.sort();
    // -1 stands for every port; an absent one, for a protocol that has none.
    let port = |port: Option<i32>| port.and_then(|port| u16::try_from(port).ok());
    Ingress {
        // A permission without a protocol is read as the widest one: it is never narrower than what AWS enforces.
        protocol: permission.ip_protocol().map_or(Protocol::All, Protocol::parse),
        from_port: port(permission.from_port()),
        to_port: port(permission.to_port()),
        peers,
    }
}

async fn prefix_list(errand: &Errand<'_>, client: &Client, region: &Region, id: &str) -> (PrefixList, Option<Gap>) {
    const CALL: &Call = GET_PREFIX_LIST;
    let (entries, gap) = pages::all(CALL, |token| {
        let sent = client.get_managed_prefix_list_entries().prefix_list_id(id).max_results(100).set_next_token(token).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.entries, page.next_token)) }
    })
    .await;
    let unsaid = Gap::new(crate::estate::Cause::NotRead, "only the ranges of a prefix list are read");
    let meta = Meta {
        name: seen(DESCRIBE_SECURITY_GROUPS, id.to_owned()),
        region: seen(DESCRIBE_SECURITY_GROUPS, region.clone()),
        ..Meta::unseen(&unsaid)
    };
    let ranges = match &gap {
        None => seen(CALL, entries.iter().filter_map(|entry| entry.cidr()).map(clean).collect()),
        Some(gap) => gap.clone().into(),
    };
    (PrefixList { meta, ranges }, gap)
}
