//! A promise of one replica of `orders`, in us-west-2 or in another zone.

use super::*;
use crate::rules::rds::testing::{cluster, denied_listing, instance, judge_named, member, members, move_to, two_regions};
use crate::rules::testing::{denied, denied_gap, live, seen};

const ORDERS: &str = "arn:aws:test:us-east-1:123456789012:orders";
const LEDGER: &str = "arn:aws:test:us-east-1:123456789012:ledger";

fn in_us_west_2() -> Replica {
    Replica { at_least: 1, in_regions: vec!["us-west-2".into()] }
}

fn in_another_zone() -> Replica {
    Replica { at_least: 1, in_regions: Vec::new() }
}

fn orders() -> Resource {
    instance("orders", |db| db.zone = seen(Some("us-east-1a".to_owned())))
}

fn across(name: &str, fill: impl FnOnce(&mut DbInstance)) -> Resource {
    instance(name, |db| {
        move_to(&mut db.meta, "us-west-2");
        db.replica_of = seen(Some(ORDERS.to_owned()));
        db.status = seen("available".to_owned());
        db.replicating = seen(Some(true));
        fill(db);
    })
}

fn beside(name: &str, zone: &str) -> Resource {
    instance(name, |db| {
        db.replica_of = seen(Some("orders".to_owned()));
        db.status = seen("available".to_owned());
        db.replicating = seen(None);
        db.zone = seen(Some(zone.to_owned()));
    })
}

fn ruling(promise: Replica, others: Vec<Resource>) -> Ruling {
    judge_named(&RULE, promise, &two_regions(others.into_iter().chain([orders()])), "orders")
}

fn answer(promise: Replica, others: Vec<Resource>) -> (Answer, String) {
    let judgement = ruling(promise, others).expect("judged");
    assert!(judgement.at.is_some(), "says where");
    (judgement.answer, judgement.found)
}

#[test]
fn kept_when_a_replica_is_available_in_the_region() {
    let found = "has 1 available replica in us-west-2: copy".to_owned();
    assert_eq!(answer(in_us_west_2(), vec![across("copy", |_| {})]), (Answer::Kept, found));
    let quiet = across("copy", |db| db.replicating = seen(None));
    assert_eq!(answer(in_us_west_2(), vec![quiet]).0, Answer::Kept, "the API does not always say");
}

#[test]
fn kept_when_a_replica_is_in_another_zone() {
    let found = "has 1 available replica in another zone: copy".to_owned();
    assert_eq!(answer(in_another_zone(), vec![beside("copy", "us-east-1b")]), (Answer::Kept, found));
}

#[test]
fn broken_when_there_is_none() {
    assert_eq!(answer(in_us_west_2(), vec![]), (Answer::Broken, "has no available replica in us-west-2".to_owned()));
    assert_eq!(answer(in_another_zone(), vec![]), (Answer::Broken, "has no available replica in another zone".to_owned()));
}

#[test]
fn broken_when_one_fewer_than_promised() {
    let two = Replica { at_least: 2, ..in_us_west_2() };
    let found = "has 1 available replica in us-west-2".to_owned();
    assert_eq!(answer(two.clone(), vec![across("copy", |_| {})]), (Answer::Broken, found));
    let found = "has 2 available replicas in us-west-2: copy-1, copy-2".to_owned();
    assert_eq!(answer(two, vec![across("copy-1", |_| {}), across("copy-2", |_| {})]), (Answer::Kept, found));
}

#[test]
fn broken_when_the_replica_does_not_serve() {
    let creating = across("copy", |db| db.status = seen("creating".to_owned()));
    let found = "has no available replica in us-west-2: copy is creating".to_owned();
    assert_eq!(answer(in_us_west_2(), vec![creating]), (Answer::Broken, found));
    let stopped = across("copy", |db| db.replicating = seen(Some(false)));
    let found = "has no available replica in us-west-2: copy does not replicate".to_owned();
    assert_eq!(answer(in_us_west_2(), vec![stopped]), (Answer::Broken, found));
}

#[test]
fn broken_when_the_replica_is_elsewhere() {
    let found = "has no available replica in us-west-2: copy is in us-east-1".to_owned();
    assert_eq!(answer(in_us_west_2(), vec![beside("copy", "us-east-1b")]), (Answer::Broken, found));
    let found = "has no available replica in another zone: copy is in us-east-1a, the zone of its source".to_owned();
    assert_eq!(answer(in_another_zone(), vec![beside("copy", "us-east-1a")]), (Answer::Broken, found));
    let found = "has no available replica in another zone: copy is in us-west-2".to_owned();
    assert_eq!(answer(in_another_zone(), vec![across("copy", |_| {})]), (Answer::Broken, found));
}

#[test]
fn broken_when_the_replica_is_of_another_database() {
    let other = across("copy", |db| db.replica_of = seen(Some("arn:aws:test:us-east-1:123456789012:invoices".to_owned())));
    let namesake = across("copy-2", |db| db.replica_of = seen(Some("orders".to_owned())));
    let found = "has no available replica in us-west-2".to_owned();
    assert_eq!(answer(in_us_west_2(), vec![other, namesake]), (Answer::Broken, found));
}

#[test]
fn not_applicable_when_it_is_a_replica_itself() {
    let view = two_regions([orders(), across("copy", |_| {})]);
    let judgement = judge_named(&RULE, in_us_west_2(), &view, "copy").expect("judged");
    assert_eq!((judgement.answer, judgement.found), (Answer::NotApplicable, format!("is itself a replica of {ORDERS}")));
}

#[test]
fn the_source_is_found_by_name_and_region_when_its_arn_was_not_seen() {
    let blind = |source: &str| {
        let primary = instance("orders", |db| db.meta.arn = denied("rds:DescribeDBInstances"));
        let copy = across("copy", |db| db.replica_of = seen(Some(source.to_owned())));
        judge_named(&RULE, in_us_west_2(), &two_regions([primary, copy]), "orders").expect("judged").answer
    };
    assert_eq!(blind("arn:aws:rds:us-east-1:123456789012:db:orders"), Answer::Kept);
    assert_eq!(blind("arn:aws:rds:eu-west-1:123456789012:db:orders"), Answer::Broken);
    assert_eq!(blind("arn:aws:rds:us-east-1:123456789012:cluster:orders"), Answer::Broken);
}

#[test]
fn readers_of_a_cluster_count_in_another_zone_than_the_writer() {
    let judged = |zone: &str| {
        let ledger = cluster("ledger", |db| db.members = members(&["a", "b"]));
        let view = live([ledger, member("a", "us-east-1a"), member("b", zone)]);
        judge_named(&RULE, in_another_zone(), &view, "ledger").expect("judged")
    };
    assert_eq!(judged("us-east-1b").found, "has 1 available replica in another zone: b");
    assert_eq!(judged("us-east-1a").answer, Answer::Broken);
}

#[test]
fn clusters_replicate_across_regions() {
    let judged_in = |view: View, source: Option<&str>, engine: &str, status: &str| {
        let ledger = cluster("ledger", |db| (db.members, db.engine) = (members(&["a"]), seen("aurora-postgresql".to_owned())));
        let copy = cluster("copy", |db| {
            move_to(&mut db.meta, "us-west-2");
            db.replica_of = seen(source.map(str::to_owned));
            db.status = seen(status.to_owned());
            db.engine = seen(engine.to_owned());
        });
        let mut estate = two_regions([ledger, copy]);
        estate.view = view;
        judge_named(&RULE, in_us_west_2(), &estate, "ledger")
    };
    let judged = |source: Option<&str>, engine: &str, status: &str| judged_in(View::Live, source, engine, status);
    assert_eq!(judged(Some(LEDGER), "aurora-postgresql", "available").expect("judged").answer, Answer::Kept);
    let creating = judged(Some(LEDGER), "aurora-postgresql", "creating").expect("judged");
    assert_eq!(creating.found, "has no available replica in us-west-2: copy is creating");
    assert_eq!(judged(None, "postgres", "available").expect("judged").answer, Answer::Broken);
    assert_eq!(judged(None, "aurora-postgresql", "available").expect("judged").answer, Answer::Broken, "live names the source");
    let global = judged_in(View::Recorded, None, "aurora-postgresql", "available").expect_err("a gap");
    assert_eq!(global.action, Some(Action::of("rds:DescribeGlobalClusters")));
}

#[test]
fn broken_when_only_members_of_another_cluster_are_there() {
    let foreign = across("other-1", |db| {
        db.cluster = seen(Some("other".to_owned()));
        db.replica_of = denied("rds:DescribeDBInstances");
    });
    assert_eq!(answer(in_us_west_2(), vec![foreign]).1, "has no available replica in us-west-2");
}

#[test]
fn a_cluster_is_not_its_own_replica() {
    let ledger = cluster("ledger", |db| (db.members, db.engine) = (members(&["a"]), seen("aurora-mysql".to_owned())));
    let here = Replica { in_regions: vec!["us-east-1".into()], ..in_us_west_2() };
    assert_eq!(judge_named(&RULE, here, &live([ledger]), "ledger").expect("judged").answer, Answer::Broken);
}

#[test]
fn unknown_when_denied() {
    let action = "rds:DescribeDBInstances";
    let view = denied_listing(two_regions([orders()]), Kind::DbInstance, "us-west-2", action);
    assert_eq!(judge_named(&RULE, in_us_west_2(), &view, "orders"), Err(denied_gap(action)));
    let fills: [fn(&mut DbInstance); 4] = [
        |db| db.status = denied("rds:DescribeDBInstances"),
        |db| db.replicating = denied("rds:DescribeDBInstances"),
        |db| db.replica_of = denied("rds:DescribeDBInstances"),
        |db| db.meta.region = denied("rds:DescribeDBInstances"),
    ];
    for fill in fills {
        assert_eq!(ruling(in_us_west_2(), vec![across("copy", fill)]), Err(denied_gap(action)));
    }
    let out_of_question = beside("invoices", "us-east-1b");
    let mut blind = DbInstance::of(&out_of_question).expect("an instance").clone();
    blind.replica_of = denied("rds:DescribeDBInstances");
    assert_eq!(answer(in_us_west_2(), vec![blind.into()]).1, "has no available replica in us-west-2", "it is not there");
    let mine = instance("orders", |db| db.replica_of = denied("rds:DescribeDBInstances"));
    assert_eq!(judge_named(&RULE, in_us_west_2(), &two_regions([mine]), "orders"), Err(denied_gap(action)));
}

#[test]
fn unknown_when_the_recovery_region_was_not_listed() {
    let gap = judge_named(&RULE, in_us_west_2(), &live([orders()]), "orders").expect_err("a gap");
    assert_eq!((gap.cause, gap.detail.contains("us-west-2")), (Cause::NotRead, true));
}

#[test]
fn kept_when_enough_are_seen_though_a_listing_was_denied() {
    let view = denied_listing(two_regions([orders(), across("copy", |_| {})]), Kind::DbCluster, "us-west-2", "rds:DescribeDBClusters");
    assert_eq!(judge_named(&RULE, in_us_west_2(), &view, "orders").expect("judged").answer, Answer::Kept);
}
