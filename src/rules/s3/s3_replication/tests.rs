//! A promise of a copy in us-west-2, kept and broken in every way a configuration can.

use super::*;
use crate::estate::bucket::{DestinationBucket, Encryption};
use crate::rules::s3::testing::{bucket, replication_rule, tagged, under};
use crate::rules::testing::{denied, denied_gap, judge_one, meta, seen, unread};

fn to_us_west_2() -> Replication {
    Replication {
        to_regions: vec!["us-west-2".into()],
        to_account: None,
        to_bucket: None,
        prefix: String::new(),
        delete_markers: None,
        within: None,
    }
}

fn source(fill: impl FnOnce(&mut Bucket)) -> Resource {
    bucket(|bucket| {
        bucket.versioning = seen(Versioning::Enabled);
        bucket.encryption = seen(None);
        bucket.replication = seen(vec![replication_rule()]);
        fill(bucket);
    })
}

fn with(rules: Vec<ReplicationRule>) -> Resource {
    source(|bucket| bucket.replication = seen(rules))
}

fn rule(fill: impl FnOnce(&mut ReplicationRule)) -> ReplicationRule {
    let mut rule = replication_rule();
    fill(&mut rule);
    rule
}

fn destination(region: &str, versioning: Versioning) -> Fact<DestinationBucket> {
    seen(DestinationBucket { region: seen(region.into()), versioning: seen(versioning) })
}

fn answer(promise: Replication, bucket: Resource) -> (Answer, String) {
    let judgement = judge_one(&RULE, promise, [bucket]).expect("judged");
    assert!(judgement.at.is_some(), "says where");
    (judgement.answer, judgement.found)
}

fn broken_by(promise: Replication, bucket: Resource) -> String {
    let (answer, found) = answer(promise, bucket);
    assert_eq!(answer, Answer::Broken, "{found}");
    found
}

#[test]
fn kept_when_everything_is_copied_to_the_region() {
    let found = "replicates all objects to orders-dr in us-west-2 (rule dr)".to_owned();
    assert_eq!(answer(to_us_west_2(), source(|_| {})), (Answer::Kept, found));
}

#[test]
fn kept_when_another_partition_or_account_holds_the_copy() {
    let elsewhere = rule(|rule| {
        rule.destination = "arn:aws-cn:s3:::orders-dr".into();
        rule.destination_account = Some("999999999999".into());
    });
    let promise = Replication { to_bucket: Some("orders-dr".to_owned()), ..to_us_west_2() };
    assert_eq!(answer(promise, with(vec![elsewhere])).0, Answer::Kept);
}

#[test]
fn kept_when_one_rule_keeps_it_whatever_the_others_do() {
    let blind = rule(|rule| rule.destination_bucket = denied("s3:ListBucket"));
    let off = rule(|rule| rule.enabled = false);
    assert_eq!(answer(to_us_west_2(), with(vec![off, blind, replication_rule()])).0, Answer::Kept);
}

#[test]
fn kept_when_kms_objects_are_included() {
    let kms = seen(Some(Encryption { algorithm: "aws:kms".to_owned(), key: None }));
    let included = rule(|rule| rule.kms_objects = true);
    let bucket = source(|bucket| {
        bucket.encryption = kms;
        bucket.replication = seen(vec![included]);
    });
    assert_eq!(answer(to_us_west_2(), bucket).0, Answer::Kept);
}

#[test]
fn broken_when_kms_objects_are_left_out() {
    let bucket = source(|bucket| bucket.encryption = seen(Some(Encryption { algorithm: "aws:kms".to_owned(), key: None })));
    let found = broken_by(to_us_west_2(), bucket);
    assert_eq!(found, "encrypts with a KMS key but does not replicate KMS-encrypted objects (rule dr)");
}

#[test]
fn broken_when_the_rule_is_disabled_or_missing() {
    assert_eq!(broken_by(to_us_west_2(), with(vec![])), "has no replication rules");
    let off = rule(|rule| {
        rule.enabled = false;
        rule.destination_bucket = denied("s3:ListBucket");
    });
    assert_eq!(broken_by(to_us_west_2(), with(vec![off])), "has its replication disabled (rule dr)");
}

#[test]
fn broken_when_a_part_is_copied() {
    let part = |scope| broken_by(to_us_west_2(), with(vec![rule(|rule| rule.scope = scope)]));
    assert_eq!(part(under("logs/")), "replicates keys under logs/ only (rule dr)");
    assert_eq!(part(tagged("dr", "yes")), "replicates objects tagged dr=yes only (rule dr)");
    let promise = Replication { prefix: "logs/".to_owned(), ..to_us_west_2() };
    assert_eq!(answer(promise, with(vec![rule(|rule| rule.scope = under("logs/"))])).0, Answer::Kept);
}

#[test]
fn broken_when_the_region_is_another_or_the_own() {
    let to = |region| with(vec![rule(|rule| rule.destination_bucket = destination(region, Versioning::Enabled))]);
    assert_eq!(broken_by(to_us_west_2(), to("eu-west-1")), "replicates to eu-west-1, not us-west-2 (rule dr)");
    let own = Replication { to_regions: vec!["us-east-1".into()], ..to_us_west_2() };
    assert_eq!(broken_by(own, to("us-east-1")), "replicates within us-east-1, not to another region (rule dr)");
    assert_eq!(broken_by(to_us_west_2(), to("us-east-1")), "replicates within us-east-1, not to another region (rule dr)");
}

#[test]
fn broken_when_the_bucket_is_another() {
    let promise = Replication { to_bucket: Some("orders-copy".to_owned()), ..to_us_west_2() };
    assert_eq!(broken_by(promise, source(|_| {})), "replicates to orders-dr, not orders-copy (rule dr)");
}

#[test]
fn the_promised_account_is_compared_with_the_rules_own() {
    let promise = Replication { to_account: Some("222222222222".into()), ..to_us_west_2() };
    let owned_by = |account: &str| with(vec![rule(|rule| rule.destination_account = Some(account.into()))]);
    assert_eq!(answer(promise.clone(), owned_by("222222222222")).0, Answer::Kept);
    let found = broken_by(promise.clone(), owned_by("333333333333"));
    assert_eq!(found, "replicates to account 333333333333, not 222222222222 (rule dr)");
    let unnamed = judge_one(&RULE, promise, [source(|_| {})]).expect_err("a gap");
    assert_eq!(unnamed.cause, Cause::NotRead);
}

#[test]
fn broken_when_a_side_does_not_keep_versions() {
    let there = with(vec![rule(|rule| rule.destination_bucket = destination("us-west-2", Versioning::Suspended))]);
    assert_eq!(broken_by(to_us_west_2(), there), "replicates to orders-dr, whose versioning is suspended (rule dr)");
    let here = source(|bucket| bucket.versioning = seen(Versioning::Never));
    assert_eq!(broken_by(to_us_west_2(), here), "replicates nothing: its own versioning was never enabled");
}

#[test]
fn delete_markers_are_compared_where_the_plan_speaks_of_them() {
    let promise = |markers| Replication { delete_markers: Some(markers), ..to_us_west_2() };
    let copies = || with(vec![rule(|rule| rule.delete_markers = true)]);
    assert_eq!(answer(promise(true), copies()).0, Answer::Kept);
    assert_eq!(answer(promise(false), source(|_| {})).0, Answer::Kept);
    assert_eq!(answer(to_us_west_2(), copies()).0, Answer::Kept);
    assert_eq!(broken_by(promise(false), copies()), "replicates delete markers (rule dr)");
    assert_eq!(broken_by(promise(true), source(|_| {})), "does not replicate delete markers (rule dr)");
}

#[test]
fn time_control_is_compared_to_the_minute() {
    let promise = |within: &str| Replication { within: Some(within.parse().expect("a period")), ..to_us_west_2() };
    let timed = || with(vec![rule(|rule| rule.time_control_minutes = Some(15))]);
    assert_eq!(answer(promise("15m"), timed()).0, Answer::Kept);
    assert_eq!(broken_by(promise("14m"), timed()), "replicates within 15 minutes only, not 14m (rule dr)");
    assert_eq!(broken_by(promise("15m"), source(|_| {})), "replicates without Replication Time Control (rule dr)");
}

#[test]
fn broken_says_what_is_nearest_to_the_promise() {
    let off = rule(|rule| rule.enabled = false);
    let wrong_place = rule(|rule| rule.destination_bucket = destination("eu-west-1", Versioning::Enabled));
    for rules in [vec![off.clone(), wrong_place.clone()], vec![wrong_place, off]] {
        assert_eq!(broken_by(to_us_west_2(), with(rules)), "replicates to eu-west-1, not us-west-2 (rule dr)");
    }
}

#[test]
fn unknown_when_denied() {
    let unknown = |action: &'static str, bucket| assert_eq!(judge_one(&RULE, to_us_west_2(), [bucket]), Err(denied_gap(action)));
    let action = "s3:GetReplicationConfiguration";
    unknown(action, source(|bucket| bucket.replication = denied(action)));
    let action = "s3:GetBucketVersioning";
    unknown(action, source(|bucket| bucket.versioning = denied(action)));
    let action = "s3:GetEncryptionConfiguration";
    unknown(action, source(|bucket| bucket.encryption = denied(action)));
    let action = "s3:GetBucketLocation";
    unknown(action, source(|bucket| bucket.meta.region = denied(action)));
    let action = "s3:ListBucket";
    unknown(action, with(vec![rule(|rule| rule.destination_bucket = denied(action))]));
    let versioning = seen(DestinationBucket { region: seen("us-west-2".into()), versioning: denied(action) });
    unknown(action, with(vec![rule(|rule| rule.destination_bucket = versioning)]));
}

#[test]
fn unknown_when_no_rule_keeps_it_and_one_cannot_be_seen() {
    let off = rule(|rule| rule.enabled = false);
    let blind = rule(|rule| rule.destination_bucket = denied("s3:ListBucket"));
    assert_eq!(judge_one(&RULE, to_us_west_2(), [with(vec![blind, off])]), Err(denied_gap("s3:ListBucket")));
}

#[test]
fn kept_when_the_destination_is_listed_in_the_same_view() {
    let mut copy = Bucket::unread(meta("orders-dr"), &unread());
    copy.meta.region = seen("us-west-2".into());
    copy.versioning = seen(Versioning::Enabled);
    let blind = with(vec![rule(|rule| rule.destination_bucket = Fact::not_read())]);
    let view = crate::rules::testing::live([blind, copy.into()]);
    let rulings = crate::rules::testing::judge_view(&RULE, &crate::rules::testing::plan(to_us_west_2()), &view);
    assert_eq!(rulings[0].as_ref().expect("judged").answer, Answer::Kept);
}
