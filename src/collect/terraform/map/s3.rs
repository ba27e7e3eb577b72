//! Buckets, and the resources that set one setting of a bucket each.
//!
//! Since provider v4 the blocks inside `aws_s3_bucket` are a read-back copy that goes stale; [`super::join`] gives the split
//! resources precedence over it.

use std::sync::LazyLock;

use super::s3_rules::{lifecycle_rules, replication_rules};
use super::{Object, Pieces, Says};
use crate::collect::terraform::value::Node;
use crate::estate::bucket::{Bucket, Encryption, LockRetention, ObjectLock, PublicAccessBlock, Versioning};
use crate::estate::{Cause, Fact, Gap};

/// `aws_s3_bucket`
pub fn bucket(object: &Object<'_>, pieces: &mut Pieces) {
    let name = object.root().first(&["bucket", "id"]).fact(Node::filled);
    pieces.resources.push(
        Bucket {
            meta: object.meta(name, "arn"),
            versioning: object.get("versioning").fact(inline_versioning),
            lifecycle: object.get("lifecycle_rule").fact(lifecycle_rules),
            replication: object.get("replication_configuration").fact(inline_replication),
            encryption: object.get("server_side_encryption_configuration").fact(inline_encryption),
            public_access_block: if object.in_code() { ELSEWHERE.1.clone() } else { ELSEWHERE.0.clone() }.into(),
            object_lock: inline_object_lock(object),
        }
        .into(),
    );
}

/// Why the public access block is not known, for a state and for code: the same words for every bucket, kept once.
static ELSEWHERE: LazyLock<(Gap, Gap)> = LazyLock::new(|| {
    let elsewhere = |source: &str| {
        let detail = format!("no aws_s3_bucket_public_access_block resource for it is in the {source}: read it live");
        Gap::new(Cause::NotRead, detail)
    };
    (elsewhere("state"), elsewhere("code"))
});

/// The read-back says only whether versioning is on. Off is recorded as never enabled: suspended would be a claim that it once was.
fn inline_versioning(node: Node<'_>) -> Result<Versioning, Gap> {
    match node.block()? {
        Some(block) if block.get("enabled").boolean()? => Ok(Versioning::Enabled),
        Some(_) => Ok(Versioning::Never),
        None => Err(node.gap(Cause::Null, "is empty, which the provider never writes for a bucket it has read: refresh the state")),
    }
}

fn inline_replication(node: Node<'_>) -> Result<Vec<crate::estate::bucket::ReplicationRule>, Gap> {
    node.block()?.map_or(Ok(Vec::new()), |block| replication_rules(block.first(&["rules", "rule"])))
}

fn inline_encryption(node: Node<'_>) -> Result<Option<Encryption>, Gap> {
    let Some(block) = node.block()? else { return Ok(None) };
    encryption_rule(block.get("rule"))
}

fn encryption_rule(rules: Node<'_>) -> Result<Option<Encryption>, Gap> {
    let Some(rule) = rules.block()? else { return Ok(None) };
    let Some(default) = rule.get("apply_server_side_encryption_by_default").block()? else { return Ok(None) };
    Ok(Some(Encryption {
        algorithm: default.get("sse_algorithm").filled()?,
        key: default.get("kms_master_key_id").maybe(Node::optional_string)?.flatten(),
    }))
}

fn inline_object_lock(object: &Object<'_>) -> Fact<Option<ObjectLock>> {
    let configuration = object.get("object_lock_configuration");
    object.root().first(&["object_lock_enabled", "object_lock_configuration"]).fact(|node| {
        let block = configuration.block_or_none()?;
        let enabled = node.boolean().or_else(|gap| match block {
            Some(block) => Ok(block.get("object_lock_enabled").string()? == "Enabled"),
            None if !configuration.is_null() => Ok(false),
            None => Err(gap),
        })?;
        if !enabled {
            return Ok(None);
        }
        let default_retention = block.map_or(Ok(None), |block| default_retention(block.get("rule")))?;
        Ok(Some(ObjectLock { default_retention }))
    })
}

fn default_retention(rules: Node<'_>) -> Result<Option<LockRetention>, Gap> {
    let Some(rule) = rules.block_or_none()? else { return Ok(None) };
    let Some(retention) = rule.get("default_retention").block_or_none()? else { return Ok(None) };
    let some = |name| retention.get(name).maybe(Node::count::<u32>).map(|days| days.filter(|days| *days > 0));
    let days = match (some("days")?, some("years")?) {
        (Some(days), _) => days,
        (None, Some(years)) => years.saturating_mul(365),
        (None, None) => return Ok(None),
    };
    Ok(Some(LockRetention { compliance: retention.get("mode").filled()? == "COMPLIANCE", days }))
}

/// The bucket that a split resource is about. With `expected_bucket_owner` the id is `name,owner`.
fn about(object: &Object<'_>) -> Fact<String> {
    let bucket = object.root().first(&["bucket", "id"]);
    bucket.fact(|node| Ok(node.filled()?.split(',').next().unwrap_or_default().to_owned()))
}

/// `aws_s3_bucket_versioning`
pub fn versioning(object: &Object<'_>, pieces: &mut Pieces) {
    let said = object.get("versioning_configuration").fact(|node| {
        let block = node.block()?.ok_or_else(|| node.gap(Cause::Null, "is empty: refresh the state"))?;
        match block.get("status").filled()?.as_str() {
            "Enabled" => Ok(Versioning::Enabled),
            "Suspended" => Ok(Versioning::Suspended),
            "Disabled" => Ok(Versioning::Never),
            _ => Err(block.get("status").gap(Cause::Unreadable, "is none of Enabled, Suspended, Disabled")),
        }
    });
    pieces.parts.push(object.part(about(object), Says::Versioning(said)));
}

/// `aws_s3_bucket_lifecycle_configuration`
pub fn lifecycle(object: &Object<'_>, pieces: &mut Pieces) {
    pieces.parts.push(object.part(about(object), Says::Lifecycle(object.get("rule").fact(lifecycle_rules))));
}

/// `aws_s3_bucket_replication_configuration`
pub fn replication(object: &Object<'_>, pieces: &mut Pieces) {
    pieces.parts.push(object.part(about(object), Says::Replication(object.get("rule").fact(replication_rules))));
}

/// `aws_s3_bucket_server_side_encryption_configuration`
pub fn encryption(object: &Object<'_>, pieces: &mut Pieces) {
    pieces.parts.push(object.part(about(object), Says::Encryption(object.get("rule").fact(encryption_rule))));
}

/// `aws_s3_bucket_public_access_block`
pub fn public_access(object: &Object<'_>, pieces: &mut Pieces) {
    let said = object.root().fact(|root| {
        Ok(PublicAccessBlock {
            block_public_acls: root.get("block_public_acls").boolean()?,
            ignore_public_acls: root.get("ignore_public_acls").boolean()?,
            block_public_policy: root.get("block_public_policy").boolean()?,
            restrict_public_buckets: root.get("restrict_public_buckets").boolean()?,
        })
    });
    pieces.parts.push(object.part(about(object), Says::PublicAccess(said)));
}

/// `aws_s3_bucket_object_lock_configuration`
pub fn object_lock(object: &Object<'_>, pieces: &mut Pieces) {
    let said = object.root().fact(|root| Ok(Some(ObjectLock { default_retention: default_retention(root.get("rule"))? })));
    pieces.parts.push(object.part(about(object), Says::ObjectLock(said)));
}

#[cfg(test)]
mod tests;
