//! Subnets, security groups and their rules, prefix lists, network ACLs.

use std::collections::BTreeSet;

use super::{Object, Pieces, Says};
use crate::collect::terraform::value::Node;
use crate::estate::network::{Ingress, NetworkAcl, Peer, PrefixList, Protocol, SecurityGroup, Subnet};
use crate::estate::{Cause, Gap};

/// `aws_subnet`
pub fn subnet(object: &Object<'_>, pieces: &mut Pieces) {
    a_subnet(object, false, pieces);
}

/// `aws_default_subnet`
pub fn default_subnet(object: &Object<'_>, pieces: &mut Pieces) {
    a_subnet(object, true, pieces);
}

fn a_subnet(object: &Object<'_>, default: bool, pieces: &mut Pieces) {
    pieces.resources.push(
        Subnet {
            meta: object.meta(object.get("id").fact(Node::filled), "arn"),
            zone: object.get("availability_zone").fact(Node::filled),
            vpc: object.get("vpc_id").fact(Node::filled),
            default: object.root().fact(|_| Ok(default)),
        }
        .into(),
    );
}

/// `aws_security_group`, `aws_default_security_group`. Rules of their own resources are joined.
pub fn security_group(object: &Object<'_>, pieces: &mut Pieces) {
    let own = object.get("id").filled().ok();
    let ingress = object.get("ingress").fact(|node| node.items()?.into_iter().map(|rule| inline_rule(rule, own.as_deref())).collect());
    pieces.resources.push(
        SecurityGroup {
            meta: object.meta(object.get("id").fact(Node::filled), "arn"),
            group_name: object.get("name").fact(Node::filled),
            vpc: object.get("vpc_id").fact(Node::filled),
            ingress,
        }
        .into(),
    );
}

/// `aws_security_group_rule`
pub fn security_group_rule(object: &Object<'_>, pieces: &mut Pieces) {
    let group = object.get("security_group_id").fact(Node::filled);
    match object.get("type").string() {
        Ok(direction) if direction != "ingress" => {}
        Ok(_) => {
            let own = group.ok().cloned();
            let ingress = object.root().fact(|root| inline_rule(root, own.as_deref()));
            pieces.parts.push(object.part(group, Says::Ingress(ingress)));
        }
        Err(gap) => pieces.parts.push(object.part(group, Says::Ingress(gap.into()))),
    }
}

/// One rule in which several sources may stand side by side. Null lists are sources that the rule does not use.
fn inline_rule(rule: Node<'_>, own: Option<&str>) -> Result<Ingress, Gap> {
    let list = |name| rule.get(name).maybe(Node::strings).map(Option::unwrap_or_default);
    let mut peers = BTreeSet::new();
    peers.extend(list("cidr_blocks")?.into_iter().map(Peer::V4));
    peers.extend(list("ipv6_cidr_blocks")?.into_iter().map(Peer::V6));
    peers.extend(list("prefix_list_ids")?.into_iter().map(Peer::PrefixList));
    peers.extend(list("security_groups")?.into_iter().map(Peer::Group));
    peers.extend(rule.get("source_security_group_id").maybe(Node::optional_string)?.flatten().map(Peer::Group));
    if rule.get("self").maybe(Node::boolean)? == Some(true) {
        let own = own.ok_or_else(|| rule.get("self").gap(Cause::Null, "speaks of a group whose id is not known"))?;
        peers.insert(Peer::Group(own.to_owned()));
    }
    ingress(rule, "protocol", peers)
}

/// `aws_vpc_security_group_ingress_rule`: one source each.
pub fn ingress_rule(object: &Object<'_>, pieces: &mut Pieces) {
    let said = object.root().fact(|root| {
        let one = |name, peer: fn(String) -> Peer| Ok(root.get(name).maybe(Node::optional_string)?.flatten().map(peer));
        let sources: [Result<Option<Peer>, Gap>; 4] = [
            one("cidr_ipv4", Peer::V4),
            one("cidr_ipv6", Peer::V6),
            one("prefix_list_id", Peer::PrefixList),
            one("referenced_security_group_id", Peer::Group),
        ];
        let peers: Result<Vec<Option<Peer>>, Gap> = sources.into_iter().collect();
        ingress(root, "ip_protocol", peers?.into_iter().flatten().collect())
    });
    pieces.parts.push(object.part(object.get("security_group_id").fact(Node::filled), Says::Ingress(said)));
}

fn ingress(rule: Node<'_>, protocol: &'static str, peers: BTreeSet<Peer>) -> Result<Ingress, Gap> {
    if peers.is_empty() {
        return Err(rule.gap(Cause::Null, "records no source that may come in: refresh the state, or read it live"));
    }
    let protocol = Protocol::parse(&rule.get(protocol).filled()?);
    let (from_port, to_port) = match protocol {
        Protocol::All | Protocol::Other => (None, None),
        Protocol::Tcp | Protocol::Udp => (port(rule.get("from_port"))?, port(rule.get("to_port"))?),
    };
    Ok(Ingress { protocol, from_port, to_port, peers: peers.into_iter().collect() })
}

/// `-1` is every port.
fn port(node: Node<'_>) -> Result<Option<u16>, Gap> {
    if node.integer()? == -1 { Ok(None) } else { node.count().map(Some) }
}

/// `aws_ec2_managed_prefix_list`. Entries of their own resources are joined.
pub fn prefix_list(object: &Object<'_>, pieces: &mut Pieces) {
    let ranges = object.get("entry").fact(|node| node.items()?.into_iter().map(|entry| entry.get("cidr").filled()).collect());
    let meta = object.meta(object.get("id").fact(Node::filled), "arn");
    pieces.resources.push(PrefixList { meta, ranges }.into());
}

/// `aws_ec2_managed_prefix_list_entry`
pub fn prefix_list_entry(object: &Object<'_>, pieces: &mut Pieces) {
    let range = object.get("cidr").fact(Node::filled);
    pieces.parts.push(object.part(object.get("prefix_list_id").fact(Node::filled), Says::Range(range)));
}

/// `aws_network_acl`
pub fn acl(object: &Object<'_>, pieces: &mut Pieces) {
    network_acl(object, false, pieces);
}

/// `aws_default_network_acl`
pub fn default_acl(object: &Object<'_>, pieces: &mut Pieces) {
    network_acl(object, true, pieces);
}

fn network_acl(object: &Object<'_>, default: bool, pieces: &mut Pieces) {
    pieces.resources.push(
        NetworkAcl {
            meta: object.meta(object.root().first(&["id", "default_network_acl_id"]).fact(Node::filled), "arn"),
            vpc: object.get("vpc_id").fact(Node::filled),
            default: object.root().fact(|_| Ok(default)),
            subnets: object.get("subnet_ids").fact(Node::strings),
        }
        .into(),
    );
}

/// `aws_network_acl_association`
pub fn acl_association(object: &Object<'_>, pieces: &mut Pieces) {
    let subnet = object.get("subnet_id").fact(Node::filled);
    pieces.parts.push(object.part(object.get("network_acl_id").fact(Node::filled), Says::AclSubnet(subnet)));
}

#[cfg(test)]
mod tests {
    use super::super::testing::only;
    use super::*;
    use crate::estate::Noun;

    const GROUP: (&str, &str, &str) = (
        "aws_security_group",
        "db",
        r#"{"id": "sg-1", "name": "db", "vpc_id": "vpc-1", "arn": "arn:aws:ec2:us-east-1:1:security-group/sg-1", "ingress": [
            {"from_port": 5432, "to_port": 5432, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"], "ipv6_cidr_blocks": [],
             "prefix_list_ids": [], "security_groups": ["sg-2"], "self": true}]}"#,
    );

    fn peers(group: &SecurityGroup) -> Vec<Vec<Peer>> {
        group.ingress.ok().unwrap().iter().map(|rule| rule.peers.clone()).collect()
    }

    #[test]
    fn rules_stand_inside_a_group_or_beside_it() {
        let beside = (
            "aws_security_group_rule",
            "r",
            r#"{"type": "ingress", "security_group_id": "sg-1", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": null,
                "ipv6_cidr_blocks": ["::/0"], "prefix_list_ids": null, "self": false, "source_security_group_id": null}"#,
        );
        let out = ("aws_security_group_rule", "o", r#"{"type": "egress", "security_group_id": "sg-1"}"#);
        let newer = (
            "aws_vpc_security_group_ingress_rule",
            "n",
            r#"{"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv4": null, "cidr_ipv6": null,
                "prefix_list_id": "pl-1", "referenced_security_group_id": null}"#,
        );
        let group: SecurityGroup = only(&[newer, GROUP, out, beside]);
        assert_eq!(
            peers(&group),
            [
                vec![Peer::V4("10.0.0.0/8".into()), Peer::Group("sg-1".into()), Peer::Group("sg-2".into())],
                vec![Peer::V6("::/0".into())],
                vec![Peer::PrefixList("pl-1".into())],
            ]
        );
        let all = &group.ingress.ok().unwrap()[1];
        assert_eq!((all.protocol, all.from_port), (Protocol::All, None));
    }

    #[test]
    fn a_rule_that_is_not_known_leaves_the_whole_question_open() {
        let sourceless = (
            "aws_security_group_rule",
            "r",
            r#"{"type": "ingress", "security_group_id": "sg-1", "protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": null}"#,
        );
        let group: SecurityGroup = only(&[GROUP, sourceless]);
        assert_eq!(group.ingress.known().unwrap_err().cause, Cause::Null);
    }

    #[test]
    fn acls_and_prefix_lists_collect_what_is_beside_them() {
        let acl: NetworkAcl = only(&[
            ("aws_default_network_acl", "d", r#"{"id": "acl-1", "vpc_id": "vpc-1", "subnet_ids": ["s-1"]}"#),
            ("aws_network_acl_association", "a", r#"{"network_acl_id": "acl-1", "subnet_id": "s-2"}"#),
        ]);
        assert_eq!(acl.default.ok(), Some(&true));
        assert_eq!(acl.subnets.ok().map(BTreeSet::len), Some(2));
        let list: PrefixList = only(&[
            ("aws_ec2_managed_prefix_list", "l", r#"{"id": "pl-1", "entry": [{"cidr": "10.0.0.0/8", "description": ""}]}"#),
            ("aws_ec2_managed_prefix_list_entry", "e", r#"{"prefix_list_id": "pl-1", "cidr": "0.0.0.0/0"}"#),
        ]);
        assert_eq!(list.ranges.ok().map(Vec::len), Some(2));
        assert_eq!(list.meta().name.ok().map(String::as_str), Some("pl-1"));
    }
}
