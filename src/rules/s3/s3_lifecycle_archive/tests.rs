//! A promise of GLACIER at 30 days, kept and broken in every way a configuration can.

use super::*;
use crate::rules::s3::testing::{at_days, bucket, idle_rule, on_date, tagged, under};
use crate::rules::testing::{denied, denied_gap, judge_one, seen};

fn glacier_at_30() -> Archive {
    Archive { classes: ["GLACIER".to_owned()].into(), after: "30d".parse().expect("a period"), or_earlier: false, prefix: String::new() }
}

fn archive_rule() -> LifecycleRule {
    LifecycleRule { transitions: vec![at_days(30, "GLACIER")], ..idle_rule() }
}

fn rule(transitions: Vec<Transition>) -> LifecycleRule {
    LifecycleRule { transitions, ..idle_rule() }
}

fn judged(promise: Archive, rules: Vec<LifecycleRule>) -> (Answer, String) {
    let judgement = judge_one(&RULE, promise, [bucket(|bucket| bucket.lifecycle = seen(rules))]).expect("judged");
    assert!(judgement.at.is_some(), "says where");
    (judgement.answer, judgement.found)
}

fn broken_by(rules: Vec<LifecycleRule>) -> String {
    let (answer, found) = judged(glacier_at_30(), rules);
    assert_eq!(answer, Answer::Broken, "{found}");
    found
}

#[test]
fn kept_when_every_object_moves_on_the_day() {
    let found = "moves all objects to GLACIER after 30 days".to_owned();
    assert_eq!(judged(glacier_at_30(), vec![archive_rule()]), (Answer::Kept, found));
}

#[test]
fn kept_when_warmer_classes_come_before_and_colder_ones_after() {
    let ladder = vec![at_days(90, "DEEP_ARCHIVE"), at_days(30, "GLACIER"), at_days(7, "INTELLIGENT_TIERING")];
    assert_eq!(judged(glacier_at_30(), vec![rule(ladder)]).0, Answer::Kept);
    let warmer = vec![rule(vec![at_days(10, "STANDARD_IA")]), archive_rule()];
    assert_eq!(judged(glacier_at_30(), warmer).0, Answer::Kept);
}

#[test]
fn kept_when_the_promised_prefix_is_covered() {
    let promise = Archive { prefix: "backups/".to_owned(), ..glacier_at_30() };
    let exact = LifecycleRule { scope: under("backups/"), ..archive_rule() };
    let elsewhere = LifecycleRule { scope: under("tmp/"), expiration_days: Some(1), ..idle_rule() };
    let found = "moves keys under backups/ to GLACIER after 30 days".to_owned();
    assert_eq!(judged(promise.clone(), vec![exact, elsewhere]), (Answer::Kept, found));
    assert_eq!(judged(promise, vec![archive_rule()]).0, Answer::Kept, "the whole bucket covers the prefix");
}

#[test]
fn kept_when_earlier_is_promised_to_be_fine() {
    let promise = Archive { or_earlier: true, ..glacier_at_30() };
    for (days, answer) in [(0, Answer::Kept), (29, Answer::Kept), (30, Answer::Kept), (31, Answer::Broken)] {
        assert_eq!(judged(promise.clone(), vec![rule(vec![at_days(days, "GLACIER")])]).0, answer, "{days}");
    }
    let early_part = LifecycleRule { scope: under("logs/"), transitions: vec![at_days(5, "GLACIER")], ..idle_rule() };
    assert_eq!(judged(promise.clone(), vec![archive_rule(), early_part]).0, Answer::Kept);
    let also_on_a_date = rule(vec![on_date("2027-01-01T00:00:00Z", "GLACIER")]);
    assert_eq!(judged(promise, vec![archive_rule(), also_on_a_date]).0, Answer::Kept);
}

#[test]
fn kept_when_any_of_several_promised_classes_comes_on_the_day() {
    let promise = Archive { classes: ["GLACIER".to_owned(), "DEEP_ARCHIVE".to_owned()].into(), ..glacier_at_30() };
    let ladder = rule(vec![at_days(30, "GLACIER"), at_days(180, "DEEP_ARCHIVE")]);
    assert_eq!(judged(promise.clone(), vec![ladder]).0, Answer::Kept);
    let early = rule(vec![at_days(10, "DEEP_ARCHIVE"), at_days(30, "GLACIER")]);
    let found = "moves all objects to DEEP_ARCHIVE after 10 days, not 30 days".to_owned();
    assert_eq!(judged(promise, vec![early]), (Answer::Broken, found));
}

#[test]
fn kept_when_objects_expire_a_day_after_the_archive() {
    let later = LifecycleRule { expiration_days: Some(31), ..archive_rule() };
    assert_eq!(judged(glacier_at_30(), vec![later]).0, Answer::Kept);
    let noncurrent = LifecycleRule { noncurrent_expiration_days: Some(1), ..archive_rule() };
    assert_eq!(judged(glacier_at_30(), vec![noncurrent]).0, Answer::Kept, "noncurrent versions are not promised");
}

#[test]
fn kept_when_only_a_size_filter_of_nothing_is_set() {
    let scope = ObjectScope { larger_than: Some(0), ..ObjectScope::default() };
    assert_eq!(judged(glacier_at_30(), vec![LifecycleRule { scope, ..archive_rule() }]).0, Answer::Kept);
}

#[test]
fn broken_when_a_day_off() {
    let early = broken_by(vec![rule(vec![at_days(29, "GLACIER")])]);
    assert_eq!(early, "moves all objects to GLACIER after 29 days, not 30 days");
    let late = broken_by(vec![rule(vec![at_days(31, "GLACIER")])]);
    assert_eq!(late, "moves all objects to GLACIER after 31 days, not 30 days");
}

#[test]
fn broken_when_a_colder_class_comes_instead_or_before() {
    let instead = broken_by(vec![rule(vec![at_days(30, "DEEP_ARCHIVE")])]);
    assert_eq!(instead, "moves all objects to DEEP_ARCHIVE after 30 days, not to GLACIER");
    let before = broken_by(vec![archive_rule(), rule(vec![at_days(10, "DEEP_ARCHIVE")])]);
    assert_eq!(before, "moves all objects to DEEP_ARCHIVE after 10 days, not to GLACIER");
    let same_day = broken_by(vec![archive_rule(), rule(vec![at_days(30, "DEEP_ARCHIVE")])]);
    assert_eq!(same_day, "moves all objects to DEEP_ARCHIVE after 30 days, not to GLACIER");
}

#[test]
fn broken_when_the_class_cannot_be_reached_from_the_one_before() {
    let promise = Archive { classes: ["GLACIER_IR".to_owned()].into(), ..glacier_at_30() };
    let one_zone = rule(vec![at_days(10, "ONEZONE_IA"), at_days(30, "GLACIER_IR")]);
    assert_eq!(judged(promise, vec![one_zone]).0, Answer::Broken);
}

#[test]
fn broken_when_the_rule_is_disabled() {
    let off = LifecycleRule { enabled: false, ..archive_rule() };
    assert_eq!(broken_by(vec![off]), "has its rule archive that moves objects to GLACIER disabled");
}

#[test]
fn broken_when_only_a_part_moves() {
    let part = |scope| LifecycleRule { scope, ..archive_rule() };
    assert_eq!(broken_by(vec![part(under("logs/"))]), "moves only a part to GLACIER: keys under logs/");
    assert_eq!(broken_by(vec![part(tagged("a", "b"))]), "moves only a part to GLACIER: objects tagged a=b");
    let large = ObjectScope { larger_than: Some(1), ..under("x/") };
    assert_eq!(broken_by(vec![part(large)]), "moves only a part to GLACIER: keys under x/ larger than 1 bytes");
    let small = ObjectScope { smaller_than: Some(9), ..ObjectScope::default() };
    assert_eq!(broken_by(vec![part(small)]), "moves only a part to GLACIER: objects smaller than 9 bytes");
    let halves = broken_by(vec![part(under("a/")), part(under("b/"))]);
    assert_eq!(halves, "moves only a part to GLACIER: keys under a/, keys under b/");
}

#[test]
fn broken_when_a_narrower_prefix_than_promised_moves() {
    let promise = Archive { prefix: "backups/".to_owned(), ..glacier_at_30() };
    let narrow = LifecycleRule { scope: under("backups/daily/"), ..archive_rule() };
    let (answer, found) = judged(promise.clone(), vec![narrow]);
    assert_eq!((answer, found.as_str()), (Answer::Broken, "moves only a part to GLACIER: keys under backups/daily/"));
    let other = LifecycleRule { scope: under("backup"), ..archive_rule() };
    assert_eq!(judged(promise.clone(), vec![other]).0, Answer::Kept, "`backup` is the beginning of `backups/`");
    let beside = LifecycleRule { scope: under("logs/"), ..archive_rule() };
    let found = "has no lifecycle rule that moves keys under backups/ to GLACIER".to_owned();
    assert_eq!(judged(promise, vec![beside]), (Answer::Broken, found));
}

#[test]
fn broken_when_noncurrent_versions_move_only() {
    let noncurrent = LifecycleRule { noncurrent_transitions: vec![at_days(30, "GLACIER")], ..idle_rule() };
    assert_eq!(broken_by(vec![noncurrent]), "moves noncurrent versions only to GLACIER");
}

#[test]
fn broken_when_objects_move_on_a_date() {
    let date = broken_by(vec![rule(vec![on_date("2027-01-01T00:00:00Z", "GLACIER")])]);
    assert_eq!(date, "moves all objects to GLACIER on 2027-01-01T00:00:00Z, not by age");
    let promise = Archive { or_earlier: true, ..glacier_at_30() };
    assert_eq!(judged(promise, vec![rule(vec![on_date("2027-01-01T00:00:00Z", "GLACIER")])]), (Answer::Broken, date));
    let elsewhere = broken_by(vec![archive_rule(), rule(vec![on_date("2027-01-01T00:00:00Z", "DEEP_ARCHIVE")])]);
    assert_eq!(elsewhere, "moves all objects to DEEP_ARCHIVE on 2027-01-01T00:00:00Z, not to GLACIER");
}

#[test]
fn broken_when_objects_expire_first() {
    for day in [1, 29, 30] {
        let found = broken_by(vec![LifecycleRule { expiration_days: Some(day), ..archive_rule() }]);
        assert_eq!(found, format!("expires all objects after {}, which leaves nothing to archive after 30 days", count(day, "day")));
    }
    let by_another = LifecycleRule { expiration_days: Some(20), ..idle_rule() };
    broken_by(vec![archive_rule(), by_another]);
    let disabled = LifecycleRule { enabled: false, expiration_days: Some(20), ..idle_rule() };
    assert_eq!(judged(glacier_at_30(), vec![archive_rule(), disabled]).0, Answer::Kept);
}

#[test]
fn broken_when_a_part_is_treated_otherwise() {
    let part = |fill: fn(&mut LifecycleRule)| {
        let mut part = LifecycleRule { id: "part".to_owned(), scope: under("logs/"), ..idle_rule() };
        fill(&mut part);
        broken_by(vec![archive_rule(), part])
    };
    let expires = part(|rule| rule.expiration_days = Some(7));
    assert_eq!(expires, "expires keys under logs/ after 7 days, which leaves nothing to archive after 30 days");
    let early = part(|rule| rule.transitions = vec![at_days(10, "GLACIER")]);
    assert_eq!(early, "moves keys under logs/ to GLACIER after 10 days, not 30 days");
    let colder = part(|rule| rule.transitions = vec![at_days(10, "DEEP_ARCHIVE")]);
    assert_eq!(colder, "moves keys under logs/ to DEEP_ARCHIVE after 10 days, not to GLACIER");
}

#[test]
fn broken_when_there_is_no_rule_at_all() {
    assert_eq!(broken_by(vec![]), "has no lifecycle rules");
    assert_eq!(broken_by(vec![idle_rule()]), "has no lifecycle rule that moves all objects to GLACIER");
}

#[test]
fn unknown_when_a_class_is_not_known() {
    let strange = bucket(|bucket| bucket.lifecycle = seen(vec![archive_rule(), rule(vec![at_days(1, "PERMAFROST")])]));
    assert_eq!(judge_one(&RULE, glacier_at_30(), [strange]).expect_err("a gap").cause, Cause::Unreadable);
}

#[test]
fn unknown_when_denied() {
    let action = "s3:GetLifecycleConfiguration";
    let ruling = judge_one(&RULE, glacier_at_30(), [bucket(|bucket| bucket.lifecycle = denied(action))]);
    assert_eq!(ruling, Err(denied_gap(action)));
}
