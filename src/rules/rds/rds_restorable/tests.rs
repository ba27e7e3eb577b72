//! Audit time is 2026-11-20T12:00:00Z.

use super::*;
use crate::estate::database::{DbInstance, RestoreWindow};
use crate::rules::rds::testing::{cluster, denied_listing, instance, judge_named, snapshot, window};
use crate::rules::testing::{denied, denied_gap, live, seen, time};

fn promise(latest_within: Option<&str>, reaches_back: Option<&str>) -> Restorable {
    let period = |text: &str| text.parse().expect("a period");
    Restorable { latest_within: latest_within.map(period), reaches_back: reaches_back.map(period) }
}

fn judged(promise: Restorable, fill: impl FnOnce(&mut DbInstance), others: Vec<Resource>) -> Ruling {
    let view = live(others.into_iter().chain([instance("orders", fill)]));
    judge_named(&RULE, promise, &view, "orders")
}

fn answer(ruling: Ruling) -> (Answer, String) {
    let judgement = ruling.expect("judged");
    assert!(judgement.at.is_some(), "says where");
    (judgement.answer, judgement.found)
}

fn latest(at: &str) -> impl FnOnce(&mut DbInstance) {
    move |db| db.restore_window = window("2026-11-01T00:00:00Z", at)
}

fn earliest(at: &str, created: &str) -> impl FnOnce(&mut DbInstance) {
    move |db| {
        db.restore_window = window(at, "2026-11-20T11:57:00Z");
        db.created = seen(time(created));
    }
}

#[test]
fn kept_when_the_newest_point_is_recent() {
    let found = "is restorable to a point 15 min old".to_owned();
    assert_eq!(answer(judged(promise(Some("15m"), None), latest("2026-11-20T11:45:00Z"), vec![])), (Answer::Kept, found));
}

#[test]
fn broken_when_the_newest_point_is_a_second_too_old() {
    let found = "is restorable to a point 15 min old".to_owned();
    assert_eq!(answer(judged(promise(Some("15m"), None), latest("2026-11-20T11:44:59Z"), vec![])), (Answer::Broken, found));
}

#[test]
fn broken_when_recency_is_promised_and_only_a_snapshot_is_there() {
    let ruling = judged(promise(Some("24h"), None), |db| db.restore_window = seen(None), vec![snapshot("s1", |_| {})]);
    assert_eq!(answer(ruling), (Answer::Broken, "has no automated backups".to_owned()));
}

#[test]
fn kept_when_there_is_any_point_or_snapshot() {
    let found = "is restorable to a point 19 d 12 h old".to_owned();
    assert_eq!(answer(judged(promise(None, None), latest("2026-11-01T00:00:00Z"), vec![])), (Answer::Kept, found));
    let automated = snapshot("rds:orders", |snapshot| snapshot.manual = seen(false));
    let ruling = judged(promise(None, None), |db| db.restore_window = seen(None), vec![automated]);
    assert_eq!(answer(ruling), (Answer::Kept, "has the available snapshot rds:orders".to_owned()));
    let blind = judged(promise(None, None), |db| db.restore_window = denied("rds:x"), vec![snapshot("s1", |_| {})]);
    assert_eq!(answer(blind).0, Answer::Kept, "a snapshot is enough where the window was not seen");
}

#[test]
fn broken_when_there_is_nothing_to_restore_from() {
    let creating = snapshot("s1", |snapshot| snapshot.status = seen("creating".to_owned()));
    let of_another = snapshot("s2", |snapshot| snapshot.database = seen("invoices".to_owned()));
    let ruling = judged(promise(None, None), |db| db.restore_window = seen(None), vec![creating, of_another]);
    assert_eq!(answer(ruling), (Answer::Broken, "has no automated backups and no available snapshot".to_owned()));
}

#[test]
fn kept_when_the_oldest_point_is_old_enough() {
    let ruling = judged(promise(None, Some("7d")), earliest("2026-11-13T12:00:00Z", "2025-01-01T00:00:00Z"), vec![]);
    let found = "is restorable to a point 3 min old and reaches back 7 d 0 h".to_owned();
    assert_eq!(answer(ruling), (Answer::Kept, found));
}

#[test]
fn kept_when_the_oldest_point_is_near_the_creation() {
    let ruling = judged(promise(None, Some("7d")), earliest("2026-11-18T12:00:00Z", "2026-11-17T12:00:00Z"), vec![]);
    let found = "is restorable to a point 3 min old and reaches back 48 h 0 min, to its creation".to_owned();
    assert_eq!(answer(ruling), (Answer::Kept, found));
}

#[test]
fn broken_when_the_oldest_point_is_too_young() {
    for (oldest, created) in [("2026-11-13T12:00:01Z", "2025-01-01T00:00:00Z"), ("2026-11-18T12:00:01Z", "2026-11-17T12:00:00Z")] {
        let (answer, found) = answer(judged(promise(None, Some("7d")), earliest(oldest, created), vec![]));
        assert_eq!(answer, Answer::Broken, "{found}");
    }
    let (_, found) = answer(judged(promise(Some("5m"), Some("7d")), earliest("2026-11-19T12:00:00Z", "2026-11-01T12:00:00Z"), vec![]));
    assert_eq!(found, "is restorable to a point 3 min old and reaches back 24 h 0 min, though created 19 d 0 h ago");
}

#[test]
fn broken_when_nothing_reaches_back() {
    let ruling = judged(promise(None, Some("7d")), |db| db.restore_window = seen(None), vec![snapshot("s1", |_| {})]);
    let found = "has the available snapshot s1 and has no automated backups to reach back with".to_owned();
    assert_eq!(answer(ruling), (Answer::Broken, found));
}

#[test]
fn broken_when_one_part_is_broken_and_the_other_was_not_seen() {
    let stale = |db: &mut DbInstance| {
        let window = RestoreWindow { earliest: denied("rds:x"), latest: seen(time("2026-11-19T12:00:00Z")) };
        db.restore_window = seen(Some(window));
    };
    assert_eq!(answer(judged(promise(Some("1h"), Some("7d")), stale, vec![])).0, Answer::Broken);
    assert_eq!(judged(promise(Some("24h"), Some("7d")), stale, vec![]), Err(denied_gap("rds:x")));
}

#[test]
fn clusters_are_judged_by_their_own_window() {
    let ledger = cluster("ledger", |db| db.restore_window = window("2026-11-01T00:00:00Z", "2026-11-20T11:57:00Z"));
    let ruling = judge_named(&RULE, promise(Some("5m"), Some("7d")), &live([ledger]), "ledger");
    assert_eq!(answer(ruling).0, Answer::Kept);
}

#[test]
fn unknown_when_a_point_lies_in_the_future() {
    let ahead = |at: &'static str| judged(promise(Some("1h"), None), latest(at), vec![]);
    assert_eq!(ahead("2026-11-20T12:05:01Z").expect_err("a gap").cause, Cause::Failed);
    assert_eq!(answer(ahead("2026-11-20T12:05:00Z")).0, Answer::Kept);
    let any = judged(promise(None, None), latest("2026-11-20T12:05:01Z"), vec![]);
    assert_eq!(any.expect_err("a gap").cause, Cause::Failed);
    let oldest = judged(promise(None, Some("7d")), earliest("2027-01-01T00:00:00Z", "2026-11-20T00:00:00Z"), vec![]);
    assert_eq!(oldest.expect_err("a gap").cause, Cause::Failed);
}

#[test]
fn unknown_when_denied() {
    let action = "rds:DescribeDBInstanceAutomatedBackups";
    let blind = |db: &mut DbInstance| db.restore_window = denied("rds:DescribeDBInstanceAutomatedBackups");
    assert_eq!(judged(promise(Some("1h"), None), blind, vec![]), Err(denied_gap(action)));
    assert_eq!(judged(promise(None, None), blind, vec![]), Err(denied_gap(action)));
    assert_eq!(judged(promise(None, Some("7d")), blind, vec![]), Err(denied_gap(action)));
    let young = |db: &mut DbInstance| {
        db.restore_window = window("2026-11-19T12:00:00Z", "2026-11-20T11:57:00Z");
        db.created = denied("rds:DescribeDBInstances");
    };
    assert_eq!(judged(promise(None, Some("7d")), young, vec![]), Err(denied_gap("rds:DescribeDBInstances")));
}

#[test]
fn unknown_when_snapshots_were_not_listed() {
    let action = "rds:DescribeDBSnapshots";
    let bare = || instance("orders", |db| db.restore_window = seen(None));
    let view = denied_listing(live([bare()]), Kind::DbSnapshot, "us-east-1", action);
    assert_eq!(judge_named(&RULE, promise(None, None), &view, "orders"), Err(denied_gap(action)));
    let unseen = snapshot("s1", |snapshot| snapshot.status = denied("rds:DescribeDBSnapshots"));
    assert_eq!(judge_named(&RULE, promise(None, None), &live([bare(), unseen]), "orders"), Err(denied_gap(action)));
}
