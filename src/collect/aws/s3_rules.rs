//! S3 configurations from the SDK's types to the estate's.

use aws_sdk_s3::types::{
    DeleteMarkerReplicationStatus, ExpirationStatus, LifecycleExpiration, LifecycleRule as DescribedLifecycle, NoncurrentVersionTransition,
    ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode, PublicAccessBlockConfiguration,
    ReplicationRule as DescribedReplication, ReplicationRuleStatus, ReplicationTimeStatus, ServerSideEncryptionRule,
    SseKmsEncryptedObjectsStatus, Tag, Transition as DescribedTransition, TransitionStorageClass,
};
use aws_smithy_types::date_time::Format;

use super::clean;
use super::errand::lacks;
use super::error::Refusal;
use super::xml;
use crate::collect::needs::{GET_BUCKET_LIFECYCLE, GET_BUCKET_REPLICATION, GET_OBJECT_LOCK};
use crate::estate::bucket::{
    Encryption, LifecycleRule, LockRetention, ObjectLock, ObjectScope, PublicAccessBlock, ReplicationRule, Transition, TransitionTime,
};
use crate::estate::{AccountId, Arn, Fact, Gap};

/// The bucket that a destination ARN names.
pub(super) fn bucket_of(arn: &Arn) -> Option<String> {
    arn.resource().map(str::to_owned)
}

/// The status in a whole versioning configuration whose root element has the name of the operation.
///
/// S3-compatible stores write it so, and every SDK but the one for Rust reads it.
///
/// # Errors
/// The gap of the refusal, when the answer is anything else.
pub(super) fn versioning_status(refusal: &Refusal) -> Result<Option<String>, Gap> {
    let read = refusal.answer.as_deref().and_then(|body| xml::root_and_child(body, "Status"));
    match read {
        Some((root, status)) if root.starts_with(b"GetBucketVersioning") => {
            Ok(status.map(|status| String::from_utf8_lossy(status).into_owned()))
        }
        _ => Err(refusal.gap.clone()),
    }
}

fn object_tags<'a>(tags: impl IntoIterator<Item = &'a Tag>) -> std::collections::BTreeMap<String, String> {
    tags.into_iter().map(|tag| (clean(tag.key()), clean(tag.value()))).collect()
}

fn bytes(size: Option<i64>) -> Option<u64> {
    size.and_then(|size| u64::try_from(size).ok())
}

fn days(value: Option<i32>) -> Option<u32> {
    value.and_then(|value| u32::try_from(value).ok())
}

/// One lifecycle rule.
///
/// # Errors
/// A gap, when a transition says neither when nor into which class: the rule would read as weaker or stronger than it is.
pub(super) fn lifecycle(rule: &DescribedLifecycle) -> Result<LifecycleRule, Gap> {
    Ok(LifecycleRule {
        id: rule.id().map(clean).unwrap_or_default(),
        enabled: *rule.status() == ExpirationStatus::Enabled,
        scope: lifecycle_scope(rule),
        transitions: rule.transitions().iter().map(transition).collect::<Result<_, _>>()?,
        noncurrent_transitions: rule.noncurrent_version_transitions().iter().map(noncurrent).collect::<Result<_, _>>()?,
        expiration_days: rule.expiration().and_then(expiration_days),
        noncurrent_expiration_days: days(rule.noncurrent_version_expiration().and_then(|expiration| expiration.noncurrent_days())),
    })
}

/// Expiration on a date takes objects of any age, from the first day on.
fn expiration_days(expiration: &LifecycleExpiration) -> Option<u32> {
    days(expiration.days()).or_else(|| expiration.date().map(|_| 0))
}

/// The prefix stands in the filter, in its `And`, or in the old place outside of both.
#[expect(deprecated, reason = "configurations written before 2017 still come with the old prefix")]
fn lifecycle_scope(rule: &DescribedLifecycle) -> ObjectScope {
    let mut scope = ObjectScope { prefix: rule.prefix().map(clean).unwrap_or_default(), ..ObjectScope::default() };
    let Some(filter) = rule.filter() else { return scope };
    let and = filter.and();
    if let Some(prefix) = filter.prefix().or(and.and_then(|and| and.prefix())) {
        scope.prefix = clean(prefix);
    }
    scope.tags = object_tags(filter.tag().into_iter().chain(and.map(|and| and.tags()).unwrap_or_default()));
    scope.larger_than = bytes(filter.object_size_greater_than().or(and.and_then(|and| and.object_size_greater_than())));
    scope.smaller_than = bytes(filter.object_size_less_than().or(and.and_then(|and| and.object_size_less_than())));
    scope
}

fn transition(transition: &DescribedTransition) -> Result<Transition, Gap> {
    let date = transition.date().and_then(|date| date.fmt(Format::DateTime).ok());
    let when = match (days(transition.days()), date) {
        (Some(days), _) => TransitionTime::Days(days),
        (None, Some(date)) => TransitionTime::Date(date),
        (None, None) => return Err(lacks(GET_BUCKET_LIFECYCLE, "days or date of a transition")),
    };
    Ok(Transition { when, class: class(transition.storage_class())? })
}

fn noncurrent(transition: &NoncurrentVersionTransition) -> Result<Transition, Gap> {
    let days = days(transition.noncurrent_days()).ok_or_else(|| lacks(GET_BUCKET_LIFECYCLE, "days of a noncurrent transition"))?;
    Ok(Transition { when: TransitionTime::Days(days), class: class(transition.storage_class())? })
}

fn class(class: Option<&TransitionStorageClass>) -> Result<String, Gap> {
    class.map(|class| clean(class.as_str())).ok_or_else(|| lacks(GET_BUCKET_LIFECYCLE, "storage class of a transition"))
}

/// One replication rule; the destination bucket itself is read later.
///
/// # Errors
/// A gap, when the rule names no destination.
pub(super) fn replication(rule: &DescribedReplication) -> Result<ReplicationRule, Gap> {
    let destination = rule.destination().ok_or_else(|| lacks(GET_BUCKET_REPLICATION, "destination of a rule"))?;
    let kms = rule.source_selection_criteria().and_then(|criteria| criteria.sse_kms_encrypted_objects());
    let time = destination.replication_time().filter(|time| *time.status() == ReplicationTimeStatus::Enabled);
    let markers = rule.delete_marker_replication().and_then(|markers| markers.status());
    Ok(ReplicationRule {
        id: rule.id().map(clean).unwrap_or_default(),
        enabled: *rule.status() == ReplicationRuleStatus::Enabled,
        scope: replication_scope(rule),
        destination: Arn::from(clean(destination.bucket())),
        destination_account: destination.account().map(|account| AccountId::from(clean(account))),
        destination_bucket: Fact::not_read(),
        kms_objects: kms.is_some_and(|kms| *kms.status() == SseKmsEncryptedObjectsStatus::Enabled),
        // A rule of the first version has no filter and always copies delete markers (S3 user guide, "Replicating delete markers").
        delete_markers: markers.map_or(rule.filter().is_none(), |status| *status == DeleteMarkerReplicationStatus::Enabled),
        time_control_minutes: time.and_then(|time| time.time()).and_then(|time| days(time.minutes())),
    })
}

#[expect(deprecated, reason = "rules of the first version still come with the old prefix")]
fn replication_scope(rule: &DescribedReplication) -> ObjectScope {
    let mut scope = ObjectScope { prefix: rule.prefix().map(clean).unwrap_or_default(), ..ObjectScope::default() };
    let Some(filter) = rule.filter() else { return scope };
    let and = filter.and();
    if let Some(prefix) = filter.prefix().or(and.and_then(|and| and.prefix())) {
        scope.prefix = clean(prefix);
    }
    scope.tags = object_tags(filter.tag().into_iter().chain(and.map(|and| and.tags()).unwrap_or_default()));
    scope
}

/// The default encryption that a rule applies.
pub(super) fn encryption(rule: &ServerSideEncryptionRule) -> Option<Encryption> {
    let default = rule.apply_server_side_encryption_by_default()?;
    Some(Encryption { algorithm: clean(default.sse_algorithm().as_str()), key: default.kms_master_key_id().map(clean) })
}

/// The four switches; one that the answer leaves out is off (S3 API reference, PublicAccessBlockConfiguration).
pub(super) fn public_access(block: &PublicAccessBlockConfiguration) -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: block.block_public_acls().unwrap_or(false),
        ignore_public_acls: block.ignore_public_acls().unwrap_or(false),
        block_public_policy: block.block_public_policy().unwrap_or(false),
        restrict_public_buckets: block.restrict_public_buckets().unwrap_or(false),
    }
}

/// Object Lock; `None` when it is not enabled.
///
/// # Errors
/// A gap, when a default retention has no length.
pub(super) fn object_lock(lock: &ObjectLockConfiguration) -> Result<Option<ObjectLock>, Gap> {
    if lock.object_lock_enabled() != Some(&ObjectLockEnabled::Enabled) {
        return Ok(None);
    }
    let Some(default) = lock.rule().and_then(|rule| rule.default_retention()) else {
        return Ok(Some(ObjectLock { default_retention: None }));
    };
    let length = days(default.days()).or_else(|| days(default.years()).map(|years| years.saturating_mul(365)));
    let days = length.ok_or_else(|| lacks(GET_OBJECT_LOCK, "length of the default retention"))?;
    let compliance = default.mode() == Some(&ObjectLockRetentionMode::Compliance);
    Ok(Some(ObjectLock { default_retention: Some(LockRetention { compliance, days }) }))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::primitives::DateTime;
    use aws_sdk_s3::types::{DeleteMarkerReplication, Destination, ReplicationRuleFilter};

    use super::*;

    #[test]
    fn expiration_on_a_date_takes_objects_of_any_age() {
        let on_a_date = LifecycleExpiration::builder().date(DateTime::from_secs(1_800_000_000)).build();
        assert_eq!(expiration_days(&on_a_date), Some(0));
        assert_eq!(expiration_days(&LifecycleExpiration::builder().days(365).build()), Some(365));
        assert_eq!(expiration_days(&LifecycleExpiration::builder().expired_object_delete_marker(true).build()), None);
    }

    #[test]
    fn delete_markers_follow_what_the_rule_says_and_else_its_version() {
        let markers = |filter: Option<ReplicationRuleFilter>, status: Option<DeleteMarkerReplicationStatus>| {
            let destination = Destination::builder().bucket("arn:aws:s3:::copy").build().expect("a destination");
            let rule = DescribedReplication::builder()
                .status(ReplicationRuleStatus::Enabled)
                .set_filter(filter)
                .set_delete_marker_replication(status.map(|status| DeleteMarkerReplication::builder().status(status).build()))
                .destination(destination);
            replication(&rule.build().expect("a rule")).expect("a rule").delete_markers
        };
        let filter = || Some(ReplicationRuleFilter::builder().prefix("").build());
        assert!(markers(None, None), "a rule without filter is of version 1, which copies them");
        assert!(!markers(filter(), None));
        assert!(markers(filter(), Some(DeleteMarkerReplicationStatus::Enabled)));
        assert!(!markers(None, Some(DeleteMarkerReplicationStatus::Disabled)), "what is said outweighs the version");
    }
}
