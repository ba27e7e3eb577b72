//! Subnets, security groups, prefix lists and network ACLs.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Fact, Gap, Meta};

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Name is the subnet id.
    pub meta: Meta,
    /// Its availability zone by name: `us-east-1a`.
    pub zone: Fact<String>,
    /// The VPC id.
    pub vpc: Fact<String>,
    /// The zone's own default subnet, which AWS makes in a default VPC. Evidence of older versions does not tell.
    #[serde(default = "Fact::not_read")]
    pub default: Fact<bool>,
}

impl Subnet {
    /// A subnet of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, zone: gap.clone().into(), vpc: gap.clone().into(), default: gap.clone().into() }
    }
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    /// Name is the group id.
    pub meta: Meta,
    /// The group's own name.
    pub group_name: Fact<String>,
    /// The VPC id.
    pub vpc: Fact<String>,
    /// What may come in.
    pub ingress: Fact<Vec<Ingress>>,
}

impl SecurityGroup {
    /// A group of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, group_name: gap.clone().into(), vpc: gap.clone().into(), ingress: gap.clone().into() }
    }
}

/// One permission of a security group to come in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingress {
    /// The protocol, by number or name made one: TCP, UDP, ICMP or everything.
    pub protocol: Protocol,
    /// First port; `None` for all ports.
    pub from_port: Option<u16>,
    /// Last port; `None` for all ports.
    pub to_port: Option<u16>,
    /// Who may come in.
    pub peers: Vec<Peer>,
}

/// The protocol of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Every protocol and port (`-1`).
    All,
    /// TCP (6).
    Tcp,
    /// UDP (17).
    Udp,
    /// Anything that has no ports.
    Other,
}

impl Protocol {
    /// From the API's or Terraform's spelling, a name or a number.
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "-1" | "all" => Self::All,
            "6" | "tcp" => Self::Tcp,
            "17" | "udp" => Self::Udp,
            _ => Self::Other,
        }
    }
}

/// Who a rule lets in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// An IPv4 range in CIDR notation.
    V4(String),
    /// An IPv6 range in CIDR notation.
    V6(String),
    /// A prefix list id.
    PrefixList(String),
    /// Members of a security group.
    Group(String),
}

/// A managed prefix list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrefixList {
    /// Name is the prefix list id.
    pub meta: Meta,
    /// Its CIDR ranges.
    pub ranges: Fact<Vec<String>>,
}

/// A network ACL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkAcl {
    /// Name is the ACL id.
    pub meta: Meta,
    /// The VPC id.
    pub vpc: Fact<String>,
    /// The VPC's own default ACL, which subnets fall back to.
    pub default: Fact<bool>,
    /// Ids of the subnets it is associated with.
    pub subnets: Fact<BTreeSet<String>>,
}

impl NetworkAcl {
    /// An ACL of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, vpc: gap.clone().into(), default: gap.clone().into(), subnets: gap.clone().into() }
    }
}
