//! Buckets from whole and split resources, and what stays unknown.

use super::super::testing::{estate, only};
use super::*;
use crate::estate::bucket::{DestinationBucket, TransitionTime};
use crate::estate::{Region, Resource};

const BUCKET: &str = r#"{"bucket": "data", "id": "data", "arn": "arn:aws:s3:::data", "region": "us-east-1",
    "versioning": [{"enabled": false, "mfa_delete": false}], "lifecycle_rule": [], "replication_configuration": [],
    "server_side_encryption_configuration": [{"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256", "kms_master_key_id": ""}]}]}],
    "object_lock_enabled": false, "object_lock_configuration": [], "tags_all": {"System": "x"}}"#;

fn with(parts: &[(&str, &str, &str)]) -> Bucket {
    let mut objects = vec![("aws_s3_bucket", "data", BUCKET)];
    objects.extend_from_slice(parts);
    only(&objects)
}

#[test]
fn the_split_resource_wins_over_the_stale_copy() {
    let bucket = with(&[("aws_s3_bucket_versioning", "v", r#"{"bucket": "data", "versioning_configuration": [{"status": "Enabled"}]}"#)]);
    assert_eq!(bucket.versioning.ok(), Some(&Versioning::Enabled));
    assert_eq!(bucket.versioning.at().map(ToString::to_string).as_deref(), Some("test.tfstate aws_s3_bucket_versioning.v"));
    assert_eq!(with(&[]).versioning.ok(), Some(&Versioning::Never));
    for (status, expected) in [("Suspended", Versioning::Suspended), ("Disabled", Versioning::Never)] {
        let json = format!(r#"{{"id": "data,123456789012", "bucket": null, "versioning_configuration": [{{"status": "{status}"}}]}}"#);
        assert_eq!(with(&[("aws_s3_bucket_versioning", "v", &json)]).versioning.ok(), Some(&expected));
    }
}

#[test]
fn a_split_resource_of_another_bucket_changes_nothing() {
    let bucket = with(&[("aws_s3_bucket_versioning", "v", r#"{"bucket": "other", "versioning_configuration": [{"status": "Enabled"}]}"#)]);
    assert_eq!(bucket.versioning.ok(), Some(&Versioning::Never));
}

#[test]
fn a_tainted_split_resource_is_not_evidence() {
    let mut pieces = Pieces::default();
    let json = r#"{"bucket": "data", "versioning_configuration": [{"status": "Enabled"}]}"#;
    super::super::testing::pieces_of("aws_s3_bucket", "data", BUCKET, false, &mut pieces);
    super::super::testing::pieces_of("aws_s3_bucket_versioning", "v", json, true, &mut pieces);
    let joined = super::super::join::join(vec![pieces]).resources.remove(0);
    let Some(Resource::Bucket(bucket)) = joined.first() else { panic!("a bucket") };
    assert_eq!(bucket.versioning.known().unwrap_err().cause, Cause::Tainted);
}

#[test]
fn lifecycle_rules_of_both_forms() {
    let bucket = with(&[(
        "aws_s3_bucket_lifecycle_configuration",
        "l",
        r#"{"bucket": "data", "rule": [
            {"id": "all", "status": "Enabled", "prefix": "", "filter": [{"prefix": "", "tag": [], "and": [], "object_size_greater_than": null}],
             "transition": [{"days": 30, "date": "", "storage_class": "GLACIER"}], "expiration": [], "noncurrent_version_expiration": [{"noncurrent_days": 90}],
             "noncurrent_version_transition": [{"noncurrent_days": 7, "storage_class": "DEEP_ARCHIVE"}]},
            {"id": "part", "status": "Disabled", "filter": [{"and": [{"prefix": "logs/", "tags": {"a": "b"}, "object_size_greater_than": 5}]}],
             "transition": [{"days": null, "date": "2026-01-01T00:00:00Z", "storage_class": "GLACIER_IR"}], "expiration": [{"days": 365}]}]}"#,
    )]);
    let rules = bucket.lifecycle.ok().unwrap();
    assert!(rules[0].enabled && rules[0].scope.is_whole_bucket());
    assert_eq!(rules[0].transitions[0].when, TransitionTime::Days(30));
    assert_eq!((rules[0].noncurrent_expiration_days, rules[0].expiration_days), (Some(90), None));
    assert_eq!(rules[0].noncurrent_transitions[0].when, TransitionTime::Days(7));
    assert!(!rules[1].enabled);
    assert_eq!((rules[1].scope.prefix.as_str(), rules[1].scope.tags.len(), rules[1].scope.larger_than), ("logs/", 1, Some(5)));
    assert_eq!(rules[1].transitions[0].when, TransitionTime::Date("2026-01-01T00:00:00Z".into()));
    assert_eq!(rules[1].expiration_days, Some(365));

    let inline = r#"{"bucket": "old", "lifecycle_rule": [{"id": "x", "enabled": true, "prefix": "a/", "tags": {},
        "transition": [{"days": 0, "date": "", "storage_class": "GLACIER"}], "expiration": [{"days": 0, "date": "", "expired_object_delete_marker": true}],
        "noncurrent_version_expiration": [{"days": 5}]}]}"#;
    let old: Bucket = only(&[("aws_s3_bucket", "old", inline)]);
    let rule = &old.lifecycle.ok().unwrap()[0];
    assert_eq!((rule.scope.prefix.as_str(), rule.expiration_days, rule.noncurrent_expiration_days), ("a/", None, Some(5)));
    assert_eq!(rule.transitions[0].when, TransitionTime::Days(0));
}

#[test]
fn nothing_recorded_is_known_where_the_provider_says_so() {
    let bucket = with(&[]);
    assert_eq!(bucket.lifecycle.ok().map(Vec::len), Some(0));
    assert_eq!(bucket.replication.ok().map(Vec::len), Some(0));
    assert_eq!(bucket.object_lock.ok(), Some(&None));
    assert_eq!(bucket.encryption.ok().unwrap().as_ref().unwrap().algorithm, "AES256");
    assert_eq!(bucket.public_access_block.known().unwrap_err().cause, Cause::NotRead);
    let bare: Bucket = only(&[("aws_s3_bucket", "b", r#"{"bucket": "b", "lifecycle_rule": null, "versioning": []}"#)]);
    assert_eq!(bare.lifecycle.known().unwrap_err().cause, Cause::Null);
    assert_eq!(bare.versioning.known().unwrap_err().cause, Cause::Null);
    assert_eq!(bare.object_lock.known().unwrap_err().cause, Cause::Null);
}

#[test]
fn replication_finds_its_destination_in_the_same_view() {
    let rules = r#"{"bucket": "data", "role": "r", "rule": [
        {"id": "one", "status": "Enabled", "filter": [{"prefix": ""}], "delete_marker_replication": [{"status": "Enabled"}],
         "destination": [{"bucket": "arn:aws:s3:::copy", "account": "", "replication_time": [{"status": "Enabled", "time": [{"minutes": 15}]}]}],
         "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}]},
        {"id": "two", "status": "Disabled", "prefix": "x/", "filter": [], "delete_marker_replication": [],
         "destination": [{"bucket": "arn:aws:s3:::elsewhere", "account": "210987654321"}], "source_selection_criteria": []}]}"#;
    let copy = r#"{"bucket": "copy", "arn": "arn:aws:s3:::copy", "bucket_region": "us-west-2", "versioning": [{"enabled": true}]}"#;
    let view = estate(&[
        ("aws_s3_bucket", "data", BUCKET),
        ("aws_s3_bucket_replication_configuration", "r", rules),
        ("aws_s3_bucket", "copy", copy),
    ]);
    let data = view.named::<Bucket>("data", None).unwrap();
    let rules = data.replication.ok().unwrap();
    let Some(DestinationBucket { region, versioning }) = rules[0].destination_bucket.ok() else { panic!("resolved") };
    assert_eq!((region.ok(), versioning.ok()), (Some(&Region::from("us-west-2")), Some(&Versioning::Enabled)));
    assert!(rules[0].kms_objects && rules[0].delete_markers && rules[0].enabled);
    assert_eq!(rules[0].time_control_minutes, Some(15));
    assert_eq!(rules[1].destination_bucket.known().unwrap_err().cause, Cause::NotRead);
    assert_eq!(rules[1].destination_account, Some("210987654321".into()));
    assert!(rules[1].delete_markers, "a rule without filter is version 1");
    assert!(!rules[1].enabled && !rules[1].kms_objects);
}

#[test]
fn inline_replication_of_old_providers() {
    let json = r#"{"bucket": "old", "replication_configuration": [{"role": "r", "rules": [{"id": "x", "status": "Enabled", "prefix": "", "filter": [{"prefix": "a/", "tags": {}}],
        "delete_marker_replication_status": "", "destination": [{"bucket": "arn:aws:s3:::copy", "account_id": ""}],
        "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"enabled": true}]}]}]}]}"#;
    let old: Bucket = only(&[("aws_s3_bucket", "old", json)]);
    let rule = &old.replication.ok().unwrap()[0];
    assert_eq!((rule.scope.prefix.as_str(), rule.kms_objects, rule.delete_markers), ("a/", true, false));
}

#[test]
fn encryption_access_block_and_lock_of_their_own() {
    let bucket = with(&[
        (
            "aws_s3_bucket_server_side_encryption_configuration",
            "e",
            r#"{"bucket": "data", "rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "arn:key"}]}]}"#,
        ),
        (
            "aws_s3_bucket_public_access_block",
            "p",
            r#"{"bucket": "data", "block_public_acls": true, "ignore_public_acls": true, "block_public_policy": true, "restrict_public_buckets": false}"#,
        ),
        (
            "aws_s3_bucket_object_lock_configuration",
            "o",
            r#"{"bucket": "data", "object_lock_enabled": "Enabled", "rule": [{"default_retention": [{"mode": "COMPLIANCE", "days": 0, "years": 2}]}]}"#,
        ),
    ]);
    assert_eq!(bucket.encryption.ok().unwrap().as_ref().unwrap().key.as_deref(), Some("arn:key"));
    let access = bucket.public_access_block.ok().unwrap();
    assert!(access.block_public_acls && !access.restrict_public_buckets);
    let lock = bucket.object_lock.ok().unwrap().as_ref().unwrap();
    assert_eq!(lock.default_retention, Some(LockRetention { compliance: true, days: 730 }));
}

#[test]
fn expiration_on_a_date_takes_objects_of_any_age() {
    let json = r#"{"bucket": "a", "rule": [
        {"id": "d", "status": "Enabled", "filter": [{"prefix": ""}], "expiration": [{"days": 0, "date": "2026-01-01T00:00:00Z"}]},
        {"id": "m", "status": "Enabled", "filter": [{"prefix": ""}], "expiration": [{"days": 0, "date": "", "expired_object_delete_marker": true}]}]}"#;
    let bucket: Bucket = only(&[("aws_s3_bucket", "a", r#"{"bucket": "a"}"#), ("aws_s3_bucket_lifecycle_configuration", "l", json)]);
    let days: Vec<_> = bucket.lifecycle.ok().unwrap().iter().map(|rule| rule.expiration_days).collect();
    assert_eq!(days, [Some(0), None]);
}
