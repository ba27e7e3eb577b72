//! Attributes of buckets.

use super::super::Reason;
use super::{Offer, Shape, all, compared};
use crate::estate::bucket::{
    Bucket, Encryption, LifecycleRule, LockRetention, ObjectLock, ObjectScope, PublicAccessBlock, ReplicationRule, Transition,
    TransitionTime, Versioning,
};

pub(super) fn bucket(bucket: &Bucket) -> Vec<Offer> {
    let Bucket { meta, versioning, lifecycle, replication, encryption, public_access_block, object_lock } = bucket;
    all(
        meta,
        [
            compared("versioning", "versioning_configuration", versioning, |state| {
                Shape::text(match state {
                    Versioning::Enabled => "enabled",
                    Versioning::Suspended => "suspended",
                    Versioning::Never => "never enabled",
                })
            }),
            compared("lifecycle", "rule", lifecycle, |rules| {
                Shape::keyed(count(rules.len()), rules.iter().map(|rule| (lifecycle_key(rule), lifecycle_rule(rule))))
            }),
            compared("replication", "rule", replication, |rules| {
                Shape::keyed(count(rules.len()), rules.iter().map(|rule| (replication_key(rule), replication_rule(rule))))
            }),
            compared("encryption", "rule", encryption, |encryption| self::encryption(encryption.as_ref())),
            compared("public_access_block", "public_access_block", public_access_block, public_access),
            compared("object_lock", "object_lock_configuration", object_lock, |lock| match lock {
                None => Shape::text("none"),
                Some(ObjectLock { default_retention }) => {
                    Shape::maybe(default_retention.as_ref().map(retention).or(Some("on, no default".to_owned())))
                }
            }),
        ],
    )
}

fn count(rules: usize) -> String {
    if rules == 1 { "1 rule".to_owned() } else { format!("{rules} rules") }
}

fn retention(retention: &LockRetention) -> String {
    let LockRetention { compliance, days } = retention;
    format!("{} for {days} days", if *compliance { "compliance" } else { "governance" })
}

/// S3 itself encrypts with SSE-S3 where nothing is configured, since January 2023.
fn encryption(encryption: Option<&Encryption>) -> Shape {
    let Some(Encryption { algorithm, key }) = encryption else {
        return Shape::fields("none", [("algorithm", Shape::meaning("none", "AES256", Reason::Default)), ("key", Shape::key(None))]);
    };
    Shape::fields(
        algorithm,
        [("algorithm", Shape::meaning(algorithm, algorithm.as_str(), Reason::Default)), ("key", Shape::key(key.as_deref()))],
    )
}

fn public_access(block: &PublicAccessBlock) -> Shape {
    let PublicAccessBlock { block_public_acls, ignore_public_acls, block_public_policy, restrict_public_buckets } = block;
    Shape::fields(
        "a public access block",
        [
            ("block_public_acls", Shape::text(block_public_acls)),
            ("ignore_public_acls", Shape::text(ignore_public_acls)),
            ("block_public_policy", Shape::text(block_public_policy)),
            ("restrict_public_buckets", Shape::text(restrict_public_buckets)),
        ],
    )
}

fn lifecycle_key(rule: &LifecycleRule) -> String {
    if rule.id.is_empty() { format!("rule for {}", scope_text(&rule.scope)) } else { rule.id.clone() }
}

fn lifecycle_rule(rule: &LifecycleRule) -> Shape {
    let LifecycleRule { id: _, enabled, scope, transitions, noncurrent_transitions, expiration_days, noncurrent_expiration_days } = rule;
    let moves = |moves: &[Transition]| Shape::list(format!("{} transitions", moves.len()), sorted(moves).into_iter().map(transition));
    Shape::fields(
        if *enabled { "an enabled rule" } else { "a disabled rule" },
        [
            ("enabled", Shape::text(enabled)),
            ("scope", self::scope(scope)),
            ("transitions", moves(transitions)),
            ("noncurrent_transitions", moves(noncurrent_transitions)),
            ("expiration_days", Shape::maybe(*expiration_days)),
            ("noncurrent_expiration_days", Shape::maybe(*noncurrent_expiration_days)),
        ],
    )
}

/// The earliest move first, whatever order they were written in.
fn sorted(moves: &[Transition]) -> Vec<&Transition> {
    let mut moves: Vec<&Transition> = moves.iter().collect();
    moves.sort_by_key(|Transition { when, class }| match when {
        TransitionTime::Days(days) => (*days, String::new(), class.clone()),
        TransitionTime::Date(date) => (u32::MAX, date.clone(), class.clone()),
    });
    moves
}

fn transition(transition: &Transition) -> Shape {
    let Transition { when, class } = transition;
    let class = ("class", Shape::text(class));
    match when {
        TransitionTime::Days(days) => Shape::fields(format!("after {days} days"), [("days", Shape::text(days)), class]),
        // AWS gives the date as a time at midnight.
        TransitionTime::Date(date) => {
            let day = date.split_once('T').map_or(date.as_str(), |(day, _)| day);
            Shape::fields(format!("on {day}"), [("date", Shape::meaning(date, day, Reason::Spelling)), class])
        }
    }
}

/// An empty filter, an empty prefix and none at all mean every object.
fn scope(scope: &ObjectScope) -> Shape {
    Shape::text(scope_text(scope))
}

fn scope_text(scope: &ObjectScope) -> String {
    let ObjectScope { prefix, tags, larger_than, smaller_than } = scope;
    let mut parts = Vec::new();
    if !prefix.is_empty() {
        parts.push(format!("prefix {prefix:?}"));
    }
    parts.extend(tags.iter().map(|(key, value)| format!("tag {key:?}={value:?}")));
    parts.extend(larger_than.filter(|bytes| *bytes > 0).map(|bytes| format!("larger than {bytes} bytes")));
    parts.extend(smaller_than.map(|bytes| format!("smaller than {bytes} bytes")));
    if parts.is_empty() { "every object".to_owned() } else { parts.join(" and ") }
}

fn replication_key(rule: &ReplicationRule) -> String {
    if rule.id.is_empty() { format!("rule to {}", rule.destination) } else { rule.id.clone() }
}

fn replication_rule(rule: &ReplicationRule) -> Shape {
    // The destination is a bucket of its own, and compared as such.
    let ReplicationRule {
        id: _,
        enabled,
        scope,
        destination,
        destination_account,
        destination_bucket: _,
        kms_objects,
        delete_markers,
        time_control_minutes,
    } = rule;
    Shape::fields(
        format!("{} rule to {destination}", if *enabled { "an enabled" } else { "a disabled" }),
        [
            ("enabled", Shape::text(enabled)),
            ("scope", self::scope(scope)),
            ("destination", Shape::text(destination)),
            ("destination_account", Shape::maybe(destination_account.as_ref().filter(|account| !account.as_str().is_empty()))),
            ("kms_objects", Shape::text(kms_objects)),
            ("delete_markers", Shape::text(delete_markers)),
            ("time_control_minutes", Shape::maybe(*time_control_minutes)),
        ],
    )
}
