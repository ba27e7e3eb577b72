//! Lifecycle and replication rules of buckets, in the split resources' form and in the older inline one.

use std::collections::BTreeMap;

use crate::collect::terraform::value::Node;
use crate::estate::bucket::{LifecycleRule, ObjectScope, ReplicationRule, Transition, TransitionTime};
use crate::estate::{Arn, Cause, Fact, Gap};

/// `rule` of `aws_s3_bucket_lifecycle_configuration`, or `lifecycle_rule` of `aws_s3_bucket`.
pub(super) fn lifecycle_rules(rules: Node<'_>) -> Result<Vec<LifecycleRule>, Gap> {
    rules.items()?.into_iter().map(lifecycle_rule).collect()
}

fn lifecycle_rule(rule: Node<'_>) -> Result<LifecycleRule, Gap> {
    let days = |block: &'static str, names: &[&'static str]| match rule.get(block).block_or_none()? {
        Some(block) => positive(block.first(names)),
        None => Ok(None),
    };
    Ok(LifecycleRule {
        id: text(rule.get("id"))?,
        enabled: enabled(rule)?,
        scope: scope(rule)?,
        transitions: transitions(rule.get("transition"), &["days"])?,
        noncurrent_transitions: transitions(rule.get("noncurrent_version_transition"), &["noncurrent_days", "days"])?,
        expiration_days: expiration_days(rule)?,
        noncurrent_expiration_days: days("noncurrent_version_expiration", &["noncurrent_days", "days"])?,
    })
}

/// Expiration on a date takes objects of any age, from the first day on.
fn expiration_days(rule: Node<'_>) -> Result<Option<u32>, Gap> {
    let Some(block) = rule.get("expiration").block_or_none()? else { return Ok(None) };
    let date = block.get("date").maybe(Node::optional_string)?.flatten();
    Ok(positive(block.get("days"))?.or_else(|| date.map(|_| 0)))
}

/// `status` in the split resources, `enabled` inline.
fn enabled(rule: Node<'_>) -> Result<bool, Gap> {
    match rule.get("enabled").maybe(Node::boolean)? {
        Some(enabled) => Ok(enabled),
        None => Ok(rule.get("status").filled()? == "Enabled"),
    }
}

fn text(node: Node<'_>) -> Result<String, Gap> {
    Ok(node.maybe(Node::string)?.unwrap_or_default())
}

/// A number for which the providers write 0, `""` or null when it is not set.
fn positive(node: Node<'_>) -> Result<Option<u32>, Gap> {
    if node.maybe(Node::string)?.is_none_or(|text| text.is_empty() || text == "0") {
        return Ok(None);
    }
    node.count().map(Some)
}

fn transitions(blocks: Node<'_>, days: &[&'static str]) -> Result<Vec<Transition>, Gap> {
    let transition = |block: Node<'_>| {
        let date = block.get("date").maybe(Node::optional_string)?.flatten();
        let when = match date {
            Some(date) => TransitionTime::Date(date),
            None => TransitionTime::Days(block.first(days).count()?),
        };
        Ok(Transition { when, class: block.get("storage_class").filled()? })
    };
    blocks.items_or_none()?.into_iter().map(transition).collect()
}

/// The objects that a rule speaks of: `filter` with or without `and`, or the older `prefix` and `tags` of the rule.
fn scope(rule: Node<'_>) -> Result<ObjectScope, Gap> {
    let mut scope = ObjectScope::default();
    narrow(&mut scope, rule)?;
    if let Some(filter) = rule.get("filter").block_or_none()? {
        narrow(&mut scope, filter)?;
        if let Some(all) = filter.get("and").block_or_none()? {
            narrow(&mut scope, all)?;
        }
    }
    Ok(scope)
}

fn narrow(scope: &mut ObjectScope, node: Node<'_>) -> Result<(), Gap> {
    let prefix = text(node.get("prefix"))?;
    if !prefix.is_empty() {
        scope.prefix = prefix;
    }
    if let Some(tags) = node.get("tags").maybe(Node::string_map)? {
        scope.tags.extend(tags);
    }
    for tag in node.get("tag").items_or_none()? {
        scope.tags.extend(BTreeMap::from([(tag.get("key").string()?, tag.get("value").string()?)]));
    }
    let bytes = |name| positive_bytes(node.get(name));
    scope.larger_than = bytes("object_size_greater_than")?.or(scope.larger_than);
    scope.smaller_than = bytes("object_size_less_than")?.or(scope.smaller_than);
    Ok(())
}

fn positive_bytes(node: Node<'_>) -> Result<Option<u64>, Gap> {
    if node.maybe(Node::string)?.is_none_or(|text| text.is_empty() || text == "0") {
        return Ok(None);
    }
    node.count().map(Some)
}

/// `rule` of `aws_s3_bucket_replication_configuration`, or `rules` of the inline block.
pub(super) fn replication_rules(rules: Node<'_>) -> Result<Vec<ReplicationRule>, Gap> {
    rules.items()?.into_iter().map(replication_rule).collect()
}

fn replication_rule(rule: Node<'_>) -> Result<ReplicationRule, Gap> {
    let destination = rule.get("destination");
    let Some(target) = destination.block()? else { return Err(destination.gap(Cause::Null, "is empty: refresh the state")) };
    Ok(ReplicationRule {
        id: text(rule.get("id"))?,
        enabled: enabled(rule)?,
        scope: scope(rule)?,
        destination: Arn::from(target.get("bucket").filled()?),
        destination_account: target.first(&["account", "account_id"]).maybe(Node::optional_string)?.flatten().map(Into::into),
        destination_bucket: Fact::Gap(Gap::new(Cause::NotRead, "the destination bucket is in none of the given states: read it live")),
        kms_objects: kms_objects(rule)?,
        delete_markers: delete_markers(rule)?,
        time_control_minutes: time_control(target)?,
    })
}

fn kms_objects(rule: Node<'_>) -> Result<bool, Gap> {
    let Some(criteria) = rule.get("source_selection_criteria").block_or_none()? else { return Ok(false) };
    criteria.get("sse_kms_encrypted_objects").block_or_none()?.map_or(Ok(false), enabled)
}

/// Without a filter a rule is of the older version 1, which copies delete markers
/// (docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html).
fn delete_markers(rule: Node<'_>) -> Result<bool, Gap> {
    if let Some(block) = rule.get("delete_marker_replication").block_or_none()? {
        return enabled(block);
    }
    match rule.get("delete_marker_replication_status").maybe(Node::optional_string)?.flatten() {
        Some(status) => Ok(status == "Enabled"),
        None => Ok(rule.get("filter").block_or_none()?.is_none()),
    }
}

fn time_control(target: Node<'_>) -> Result<Option<u32>, Gap> {
    let Some(control) = target.get("replication_time").block_or_none()? else { return Ok(None) };
    if !enabled(control)? {
        return Ok(None);
    }
    match control.get("time").block_or_none()? {
        Some(time) => positive(time.get("minutes")),
        None => positive(control.get("minutes")),
    }
}
