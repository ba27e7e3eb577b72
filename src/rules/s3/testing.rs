//! Buckets for rule tests.

use crate::estate::Resource;
use crate::estate::bucket::{
    Bucket, DestinationBucket, LifecycleRule, ObjectScope, ReplicationRule, Transition, TransitionTime, Versioning,
};
use crate::rules::testing::{meta, seen, unread};

/// The bucket `orders` in us-east-1 of which only what the test sets has been read.
pub(super) fn bucket(fill: impl FnOnce(&mut Bucket)) -> Resource {
    let mut bucket = Bucket::unread(meta("orders"), &unread());
    fill(&mut bucket);
    bucket.into()
}

/// Objects whose keys begin with a prefix.
pub(super) fn under(prefix: &str) -> ObjectScope {
    ObjectScope { prefix: prefix.to_owned(), ..ObjectScope::default() }
}

/// Objects with a tag.
pub(super) fn tagged(key: &str, value: &str) -> ObjectScope {
    ObjectScope { tags: [(key.to_owned(), value.to_owned())].into(), ..ObjectScope::default() }
}

/// An enabled lifecycle rule over the whole bucket that does nothing yet.
pub(super) fn idle_rule() -> LifecycleRule {
    LifecycleRule {
        id: "archive".to_owned(),
        enabled: true,
        scope: ObjectScope::default(),
        transitions: Vec::new(),
        noncurrent_transitions: Vec::new(),
        expiration_days: None,
        noncurrent_expiration_days: None,
    }
}

/// A move to a class at an age.
pub(super) fn at_days(days: u32, class: &str) -> Transition {
    Transition { when: TransitionTime::Days(days), class: class.to_owned() }
}

/// A move to a class on a date.
pub(super) fn on_date(date: &str, class: &str) -> Transition {
    Transition { when: TransitionTime::Date(date.to_owned()), class: class.to_owned() }
}

/// An enabled replication rule over the whole bucket to the versioned bucket `orders-dr` in us-west-2.
pub(super) fn replication_rule() -> ReplicationRule {
    ReplicationRule {
        id: "dr".to_owned(),
        enabled: true,
        scope: ObjectScope::default(),
        destination: "arn:aws:s3:::orders-dr".into(),
        destination_account: None,
        destination_bucket: seen(DestinationBucket { region: seen("us-west-2".into()), versioning: seen(Versioning::Enabled) }),
        kms_objects: false,
        delete_markers: false,
        time_control_minutes: None,
    }
}
