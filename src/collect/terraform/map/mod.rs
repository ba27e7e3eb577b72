//! One mapper per resource type, from the value tree to the nouns.
//!
//! A mapper sees one object. What Terraform spreads over several objects (the versioning of a bucket, a rule of a security
//! group) becomes a [`Part`], which [`join`] folds into its noun once every object of the view is there.

pub mod dns;
pub mod edge;
pub mod eks;
pub mod join;
pub mod network;
pub mod rds;
pub mod s3;
mod s3_rules;
#[cfg(test)]
pub(crate) mod testing;

use std::collections::{BTreeMap, BTreeSet};

use super::value::{Node, Value};
use crate::estate::bucket::{Encryption, LifecycleRule, ObjectLock, PublicAccessBlock, ReplicationRule, Versioning};
use crate::estate::database::ClusterMember;
use crate::estate::network::Ingress;
use crate::estate::{AccountId, Arn, Cause, Fact, Gap, Kind, Locus, Meta, Region, Resource};

/// One managed object: its header and its attributes.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// The full resource address.
    pub address: &'a str,
    /// `aws_s3_bucket`, …
    pub resource_type: &'a str,
    /// The provider as the source spells it, for the advice when the region is not recorded.
    pub provider: &'a str,
    /// Terraform will replace it.
    pub tainted: bool,
    /// The attributes.
    pub attributes: &'a Value,
    /// The identity block (Terraform 1.12 and later).
    pub identity: Option<&'a Value>,
    /// The place of everything that has no place of its own.
    pub at: &'a Locus,
}

/// What mappers give: whole nouns, and parts of nouns.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    /// Nouns.
    pub resources: Vec<Resource>,
    /// Parts of nouns.
    pub parts: Vec<Part>,
}

/// A statement of one object about another.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Part {
    /// The address of the object that says it.
    pub address: String,
    /// The name of the noun it is about, or why that is not known.
    pub about: Fact<String>,
    /// What it says.
    pub says: Says,
}

/// What a [`Part`] says.
#[derive(Clone, Debug, serde::Serialize)]
pub enum Says {
    /// A bucket's versioning.
    Versioning(Fact<Versioning>),
    /// A bucket's lifecycle rules.
    Lifecycle(Fact<Vec<LifecycleRule>>),
    /// A bucket's replication rules.
    Replication(Fact<Vec<ReplicationRule>>),
    /// A bucket's default encryption.
    Encryption(Fact<Option<Encryption>>),
    /// A bucket's public access block.
    PublicAccess(Fact<PublicAccessBlock>),
    /// A bucket's Object Lock.
    ObjectLock(Fact<Option<ObjectLock>>),
    /// An ingress rule of a security group.
    Ingress(Fact<Ingress>),
    /// A range of a prefix list.
    Range(Fact<String>),
    /// A subnet of a network ACL.
    AclSubnet(Fact<String>),
    /// The web ACL of the load balancer with this ARN.
    WebAcl(Fact<Arn>),
    /// The subnets of the load balancer with this ARN, whose zones are its zones.
    BalancerSubnets(Fact<BTreeSet<String>>),
    /// A member of a DB cluster.
    Member(Fact<ClusterMember>),
    /// A node group of an EKS cluster.
    NodeGroup(Fact<String>),
}

type Mapper = fn(&Object<'_>, &mut Pieces);

struct Mapping {
    resource_type: &'static str,
    kind: Kind,
    map: Mapper,
}

const fn mapping(resource_type: &'static str, kind: Kind, map: Mapper) -> Mapping {
    Mapping { resource_type, kind, map }
}

/// Every resource type that is read, sorted. Everything else in a state is skipped unparsed.
static MAPPINGS: &[Mapping] = &[
    mapping("aws_alb", Kind::LoadBalancer, edge::load_balancer),
    mapping("aws_autoscaling_group", Kind::AutoScalingGroup, eks::scaling_group),
    mapping("aws_cloudfront_distribution", Kind::Distribution, edge::distribution),
    mapping("aws_db_cluster_snapshot", Kind::DbSnapshot, rds::cluster_snapshot),
    mapping("aws_db_instance", Kind::DbInstance, rds::instance),
    mapping("aws_db_snapshot", Kind::DbSnapshot, rds::snapshot),
    mapping("aws_default_network_acl", Kind::NetworkAcl, network::default_acl),
    mapping("aws_default_security_group", Kind::SecurityGroup, network::security_group),
    mapping("aws_default_subnet", Kind::Subnet, network::default_subnet),
    mapping("aws_ec2_managed_prefix_list", Kind::PrefixList, network::prefix_list),
    mapping("aws_ec2_managed_prefix_list_entry", Kind::PrefixList, network::prefix_list_entry),
    mapping("aws_eks_cluster", Kind::EksCluster, eks::cluster),
    mapping("aws_eks_node_group", Kind::NodeGroup, eks::node_group),
    mapping("aws_lb", Kind::LoadBalancer, edge::load_balancer),
    mapping("aws_network_acl", Kind::NetworkAcl, network::acl),
    mapping("aws_network_acl_association", Kind::NetworkAcl, network::acl_association),
    mapping("aws_rds_cluster", Kind::DbCluster, rds::cluster),
    mapping("aws_rds_cluster_instance", Kind::DbInstance, rds::cluster_instance),
    mapping("aws_route53_health_check", Kind::HealthCheck, dns::health_check),
    mapping("aws_route53_record", Kind::RecordSet, dns::record),
    mapping("aws_route53_zone", Kind::HostedZone, dns::zone),
    mapping("aws_s3_bucket", Kind::Bucket, s3::bucket),
    mapping("aws_s3_bucket_lifecycle_configuration", Kind::Bucket, s3::lifecycle),
    mapping("aws_s3_bucket_object_lock_configuration", Kind::Bucket, s3::object_lock),
    mapping("aws_s3_bucket_public_access_block", Kind::Bucket, s3::public_access),
    mapping("aws_s3_bucket_replication_configuration", Kind::Bucket, s3::replication),
    mapping("aws_s3_bucket_server_side_encryption_configuration", Kind::Bucket, s3::encryption),
    mapping("aws_s3_bucket_versioning", Kind::Bucket, s3::versioning),
    mapping("aws_security_group", Kind::SecurityGroup, network::security_group),
    mapping("aws_security_group_rule", Kind::SecurityGroup, network::security_group_rule),
    mapping("aws_subnet", Kind::Subnet, network::subnet),
    mapping("aws_vpc_security_group_ingress_rule", Kind::SecurityGroup, network::ingress_rule),
    mapping("aws_wafv2_web_acl", Kind::WebAcl, edge::web_acl),
    mapping("aws_wafv2_web_acl_association", Kind::LoadBalancer, edge::web_acl_association),
];

fn mapping_of(resource_type: &str) -> Option<&'static Mapping> {
    MAPPINGS.binary_search_by_key(&resource_type, |mapping| mapping.resource_type).ok().map(|at| &MAPPINGS[at])
}

/// The kind of noun that objects of this type become or are a part of; `None` for types that are not read.
pub fn kind_of(resource_type: &str) -> Option<Kind> {
    mapping_of(resource_type).map(|mapping| mapping.kind)
}

/// The resource types that are read, sorted.
pub fn types() -> impl Iterator<Item = &'static str> {
    MAPPINGS.iter().map(|mapping| mapping.resource_type)
}

/// The kinds that Terraform states can fill, sorted.
pub fn kinds() -> BTreeSet<Kind> {
    MAPPINGS.iter().map(|mapping| mapping.kind).collect()
}

/// Maps one object. Types that are not read give nothing.
pub fn map(object: &Object<'_>, pieces: &mut Pieces) {
    if let Some(mapping) = mapping_of(object.resource_type) {
        (mapping.map)(object, pieces);
    }
}

impl<'a> Object<'a> {
    /// The attributes.
    fn root(&self) -> Node<'a> {
        Node::root(self.attributes, self.at)
    }

    /// The attribute of this name.
    fn get(&self, name: &'a str) -> Node<'a> {
        self.root().get(name)
    }

    /// Whether the object is code's, and not a state's.
    fn in_code(&self) -> bool {
        matches!(self.at, Locus::Code { .. })
    }

    /// A fact that this kind of source cannot hold, with the permission that the live answer takes.
    fn live_only<T>(&self, what: &str, action: &'static str) -> Fact<T> {
        let source = if self.in_code() { "Terraform code does not say" } else { "a Terraform state does not record" };
        let detail = format!("{source} {what}: read it live ({})", self.address);
        Gap::new(Cause::NotRead, detail).for_action(crate::estate::Action::of(action)).into()
    }

    /// The header, for a natural name and the attribute that holds the ARN.
    fn meta(&self, name: Fact<String>, arn: &'a str) -> Meta {
        let arn = self.get(arn).fact(|node| Ok(Arn::from(node.filled()?)));
        Meta {
            name,
            region: self.region(arn.ok()),
            account: self.account(arn.ok()),
            arn,
            tags: self.tags(),
            address: Some(self.address.to_owned()),
            tainted: self.tainted,
            handles: Vec::new(),
            ignored: None,
        }
    }

    /// `region` (provider v6), the identity block, the ARN; else the code must tell what the provider alias means.
    fn region(&self, arn: Option<&Arn>) -> Fact<Region> {
        let own = self.root().first(&["region", "bucket_region"]);
        if let Err(gap) = own.filled()
            && gap.cause != Cause::Null
        {
            return gap.into();
        }
        let text = |node: Node<'a>| node.filled().ok().map(Region::from);
        let identity = || text(Node::root(self.identity?, self.at).get("region"));
        match text(own).or_else(identity).or_else(|| arn?.region()) {
            Some(region) => Fact::known_at(region, self.at.clone()),
            None => self.region_gap().into(),
        }
    }

    fn region_gap(&self) -> Gap {
        let alias = match provider_alias(self.provider) {
            Some(alias) => format!("provider alias {alias}"),
            None => "the default provider".to_owned(),
        };
        let detail =
            format!("neither region nor ARN of {} is recorded: {alias} tells the region, give its code (--terraform DIR)", self.address);
        Gap::new(Cause::NotRead, detail)
    }

    fn account(&self, arn: Option<&Arn>) -> Fact<AccountId> {
        let text = |node: Node<'a>| node.filled().ok().map(AccountId::from);
        let identity = || text(Node::root(self.identity?, self.at).get("account_id"));
        match identity().or_else(|| arn?.account()).or_else(|| text(self.get("owner_id"))) {
            Some(account) => Fact::known_at(account, self.at.clone()),
            None => Gap::new(Cause::NotRead, format!("the account of {} is not recorded", self.address)).into(),
        }
    }

    /// `tags_all`, which includes the provider's default tags; else `tags`.
    fn tags(&self) -> Fact<BTreeMap<String, String>> {
        let tags = self.root().first(&["tags_all", "tags"]);
        tags.fact(|node| Ok(node.string_map()?.into_iter().filter(|(key, _)| !key.starts_with("aws:")).collect()))
    }

    /// A part that speaks about another noun; a tainted object says nothing.
    fn part(&self, about: Fact<String>, says: Says) -> Part {
        let says = if self.tainted { says.untold(&self.tainted_gap()) } else { says };
        Part { address: self.address.to_owned(), about, says }
    }

    fn tainted_gap(&self) -> Gap {
        Gap::new(Cause::Tainted, format!("{} is tainted, what is recorded of it is not evidence: apply, or read it live", self.address))
    }
}

impl Says {
    /// The same statement with a gap for what it says.
    pub(crate) fn untold(self, gap: &Gap) -> Self {
        let gap = gap.clone();
        match self {
            Self::Versioning(_) => Self::Versioning(gap.into()),
            Self::Lifecycle(_) => Self::Lifecycle(gap.into()),
            Self::Replication(_) => Self::Replication(gap.into()),
            Self::Encryption(_) => Self::Encryption(gap.into()),
            Self::PublicAccess(_) => Self::PublicAccess(gap.into()),
            Self::ObjectLock(_) => Self::ObjectLock(gap.into()),
            Self::Ingress(_) => Self::Ingress(gap.into()),
            Self::Range(_) => Self::Range(gap.into()),
            Self::AclSubnet(_) => Self::AclSubnet(gap.into()),
            Self::WebAcl(_) => Self::WebAcl(gap.into()),
            Self::BalancerSubnets(_) => Self::BalancerSubnets(gap.into()),
            Self::Member(_) => Self::Member(gap.into()),
            Self::NodeGroup(_) => Self::NodeGroup(gap.into()),
        }
    }
}

/// The alias in any of the spellings of a provider: `provider["…/aws"].dr`, `provider.aws.dr`, `aws.dr`.
fn provider_alias(provider: &str) -> Option<&str> {
    let tail = match provider.rfind("\"]") {
        Some(end) => provider[end + 2..].strip_prefix('.')?,
        None => {
            let own = provider.rfind("provider.").map_or(provider, |at| &provider[at + "provider.".len()..]);
            own.split_once('.')?.1
        }
    };
    (!tail.is_empty() && !tail.contains('/')).then_some(tail)
}

#[cfg(test)]
mod tests {
    use super::testing::map_one;
    use super::*;
    use crate::estate::bucket::Bucket;
    use crate::estate::{Noun, View, ViewEstate};

    #[test]
    fn the_registry_is_sorted() {
        assert!(MAPPINGS.is_sorted_by(|a, b| a.resource_type < b.resource_type));
        assert_eq!(kinds().into_iter().collect::<Vec<_>>(), Kind::ALL, "every kind can be recorded");
    }

    #[test]
    fn an_alias_is_found_in_every_spelling() {
        for (provider, alias) in [
            (r#"provider["registry.terraform.io/hashicorp/aws"]"#, None),
            (r#"provider["registry.terraform.io/hashicorp/aws"].dr"#, Some("dr")),
            (r#"module.x.provider["registry.opentofu.org/hashicorp/aws"].dr"#, Some("dr")),
            ("provider.aws", None),
            ("provider.aws.useast1", Some("useast1")),
            ("module.x.provider.aws", None),
            ("aws.us-east-1", Some("us-east-1")),
            ("registry.terraform.io/hashicorp/aws", None),
            ("", None),
        ] {
            assert_eq!(provider_alias(provider), alias, "{provider}");
        }
    }

    #[test]
    fn the_region_comes_from_the_attribute_then_identity_then_arn_then_is_a_gap() {
        let region = |json: &str| map_one("aws_subnet", json).meta().region.clone();
        assert_eq!(
            region(r#"{"id": "s", "region": "eu-west-1", "arn": "arn:aws:ec2:us-east-1:1:subnet/s"}"#).ok(),
            Some(&"eu-west-1".into())
        );
        assert_eq!(region(r#"{"id": "s", "arn": "arn:aws:ec2:us-east-1:1:subnet/s"}"#).ok(), Some(&"us-east-1".into()));
        let Fact::Gap(gap) = region(r#"{"id": "s"}"#) else { panic!("a gap") };
        assert!(gap.detail.contains("provider alias dr"), "{gap}");
        assert!(gap.detail.contains("--terraform"), "{gap}");
    }

    #[test]
    fn tags_come_from_tags_all_and_null_is_a_gap() {
        let tags = |json: &str| map_one("aws_subnet", json).meta().tags.clone();
        assert_eq!(
            tags(r#"{"id": "s", "tags": {"a": "1"}, "tags_all": {"a": "1", "aws:x": "y", "b": "2"}}"#).ok().map(BTreeMap::len),
            Some(2)
        );
        assert_eq!(tags(r#"{"id": "s", "tags": {"a": "1"}, "tags_all": null}"#).ok().map(BTreeMap::len), Some(1));
        assert!(matches!(tags(r#"{"id": "s", "tags": null}"#), Fact::Gap(gap) if gap.cause == Cause::Null));
    }

    #[test]
    fn types_that_are_not_read_give_nothing() {
        let mut estate = ViewEstate::new(View::Recorded);
        estate.sort();
        assert_eq!(kind_of("aws_instance"), None);
        assert_eq!(kind_of("aws_s3_bucket"), Some(Bucket::KIND));
        assert!(estate.is_empty());
    }
}
