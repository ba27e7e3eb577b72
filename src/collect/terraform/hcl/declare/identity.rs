//! What resources are called before they exist.
//!
//! Most ids and ARNs are known after an apply only. Some follow from what code says: the id of a bucket is its name. The
//! others get a handle, `aws_subnet.a.id (known after apply)`, the same on both sides of a reference, so that things which
//! refer to each other are joined within this one view. A handle is no name: [`super::settle`] takes it out of the headers.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::collect::terraform::hcl::instance::Instance;
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};
use crate::estate::identity_handle;

/// Longest chain of references that is followed.
const DEPTH: usize = 8;

/// Attributes that identify, so that two references to one of them speak of the same thing.
const IDENTIFYING: &[&str] = &[
    "arn",
    "bucket",
    "cluster_identifier",
    "default_network_acl_id",
    "default_security_group_id",
    "dns_name",
    "domain_name",
    "hosted_zone_id",
    "id",
    "identifier",
    "key_id",
    "name",
    "node_group_name",
    "zone_id",
];

/// Attributes that are another attribute of the same resource, sorted (registry.terraform.io, provider 5.100.0, "Attribute
/// Reference" of each type).
const SAME: &[(&str, &str, &str)] = &[
    ("aws_alb", "id", "arn"),
    ("aws_autoscaling_group", "id", "name"),
    ("aws_db_cluster_snapshot", "id", "db_cluster_snapshot_identifier"),
    ("aws_db_instance", "id", "identifier"),
    ("aws_db_snapshot", "id", "db_snapshot_identifier"),
    ("aws_default_network_acl", "id", "default_network_acl_id"),
    ("aws_eks_cluster", "id", "name"),
    ("aws_lb", "id", "arn"),
    ("aws_rds_cluster", "id", "cluster_identifier"),
    ("aws_rds_cluster_instance", "id", "identifier"),
    ("aws_route53_zone", "zone_id", "id"),
    ("aws_s3_bucket", "id", "bucket"),
    ("aws_s3_bucket_lifecycle_configuration", "id", "bucket"),
    ("aws_s3_bucket_object_lock_configuration", "id", "bucket"),
    ("aws_s3_bucket_public_access_block", "id", "bucket"),
    ("aws_s3_bucket_replication_configuration", "id", "bucket"),
    ("aws_s3_bucket_server_side_encryption_configuration", "id", "bucket"),
    ("aws_s3_bucket_versioning", "id", "bucket"),
];

/// The resources of one root module, by address.
#[derive(Debug, Default)]
pub(super) struct Identities<'a> {
    /// Tells handles of several root modules apart.
    prefix: String,
    instances: BTreeMap<String, &'a Instance>,
    found: RefCell<BTreeMap<(String, String), Option<String>>>,
}

impl<'a> Identities<'a> {
    /// Of these instances; `prefix` is empty unless there are several root modules.
    pub(super) fn of(instances: &'a [Instance], prefix: &str) -> Self {
        let instances = instances.iter().map(|instance| (instance.address.to_string(), instance)).collect();
        Self { prefix: prefix.to_owned(), instances, found: RefCell::default() }
    }

    /// What the attribute of a resource is called in this view: its value where that is certain, else a handle. `None` for
    /// attributes that identify nothing.
    pub(super) fn text(&self, address: &str, attribute: &str) -> Option<String> {
        let key = (address.to_owned(), attribute.to_owned());
        if let Some(found) = self.found.borrow().get(&key) {
            return found.clone();
        }
        let text = self.follow(address, attribute, DEPTH);
        self.found.borrow_mut().insert(key, text.clone());
        text
    }

    /// What a value that is known after an apply is called.
    pub(super) fn of_why(&self, why: &Why) -> Option<String> {
        match why {
            Why::Computed { address, attribute } | Why::DataSource { address, attribute } => self.text(address, attribute),
            _ => None,
        }
    }

    /// The string that a value is, or the handle that stands for it.
    pub(super) fn of_val(&self, val: &Val) -> Option<String> {
        self.of_val_within(val, DEPTH)
    }

    /// The resource of this address.
    pub(super) fn instance(&self, address: &str) -> Option<&'a Instance> {
        self.instances.get(address).copied()
    }

    /// Every resource of a type, with its address.
    pub(super) fn of_type<'s>(&'s self, resource_type: &'s str) -> impl Iterator<Item = (&'s String, &'a Instance)> + 's {
        let all = self.instances.iter().map(|(address, instance)| (address, *instance));
        all.filter(move |(_, instance)| instance.address.resource_type == resource_type)
    }

    fn follow(&self, address: &str, attribute: &str, depth: usize) -> Option<String> {
        let Some(instance) = self.instance(address) else { return self.handle(address, attribute) };
        let resource_type = instance.address.resource_type.as_str();
        let attribute = same(resource_type, attribute);
        if let Some((_, val)) = instance.body.attributes.get(attribute)
            && !val.is_null()
        {
            return depth.checked_sub(1).and_then(|depth| self.of_val_within(val, depth));
        }
        match (resource_type, attribute) {
            ("aws_s3_bucket", "arn") => self.bucket_arn(instance, depth).or_else(|| self.handle(address, attribute)),
            _ => self.handle(address, attribute),
        }
    }

    fn of_val_within(&self, val: &Val, depth: usize) -> Option<String> {
        match &val.kind {
            _ if val.sensitive => None,
            ValKind::String(text) => Some(text.to_string()),
            ValKind::Unknown(unknown) if unknown.choice.is_none() => match &unknown.why {
                Why::Computed { address, attribute } | Why::DataSource { address, attribute } => self.follow(address, attribute, depth),
                _ => None,
            },
            _ => None,
        }
    }

    fn handle(&self, address: &str, attribute: &str) -> Option<String> {
        IDENTIFYING.contains(&attribute).then(|| identity_handle(&format!("{}{address}.{attribute}", self.prefix)))
    }

    /// `arn:aws:s3:::name`: a bucket's ARN holds neither region nor account, and the partition follows from the region.
    fn bucket_arn(&self, instance: &Instance, depth: usize) -> Option<String> {
        let (_, bucket) = instance.body.attributes.get("bucket")?;
        let name = self.of_val_within(bucket, depth.checked_sub(1)?).filter(|name| !crate::estate::is_handle(name) && !name.is_empty())?;
        let partition = partition(region_of(instance)?.as_ref());
        Some(format!("arn:{partition}:s3:::{name}"))
    }
}

/// The region that code gives a resource, where it is known.
pub(super) fn region_of(instance: &Instance) -> Option<Arc<str>> {
    let own = instance.body.attributes.get("region").map(|(_, val)| val).filter(|val| !val.is_null());
    match &own.or(instance.provider.region.as_ref())?.kind {
        ValKind::String(region) if !region.is_empty() => Some(region.clone()),
        _ => None,
    }
}

/// The partition of a region (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
pub(super) fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ if region.starts_with("us-iso-") => "aws-iso",
        _ if region.starts_with("us-isob-") => "aws-iso-b",
        _ if region.starts_with("us-isof-") => "aws-iso-f",
        _ if region.starts_with("eu-isoe-") => "aws-iso-e",
        _ if region.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// The attribute that another one is a copy of; itself when it is none.
pub(super) fn same<'n>(resource_type: &str, attribute: &'n str) -> &'n str {
    let at = SAME.binary_search_by_key(&(resource_type, attribute), |(owner, alias, _)| (owner, alias));
    at.map_or(attribute, |at| SAME[at].2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(SAME.is_sorted());
        assert!(IDENTIFYING.is_sorted());
    }

    #[test]
    fn a_partition_follows_from_the_region() {
        assert_eq!(partition("eu-west-1"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
    }
}
