//! What both worlds say alike is said; what they do not, is not.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::estate::bucket::{Bucket, Versioning};
use crate::estate::database::DbInstance;
use crate::estate::{Alternative, Cause, Changed, Estate, Fact, Gap, Kind, Locus, Meta, Resource, Scope, View, ViewEstate};
use crate::plan::claim::{BackupRetention, Versions};
use crate::plan::{Plan, Select};
use crate::rules::engine::{Finding, InView, Request, Verdict, judge};
use crate::rules::testing::{NOW, live, meta, plan, seen, time, unread};

fn a_week() -> BackupRetention {
    BackupRetention { keep: "7d".parse().unwrap(), or_by: Vec::new() }
}

fn undecided<T>() -> Fact<T> {
    Gap::new(Cause::Undecided, "depends on var.is_primary").into()
}

fn coded<T>(value: T) -> Fact<T> {
    Fact::known_at(value, Locus::Code { file: "db.tf".into(), line: 12, column: 3, from: None })
}

fn db(days: Fact<u32>) -> DbInstance {
    let meta = Meta { address: Some("aws_db_instance.main".to_owned()), ..meta("orders") };
    DbInstance { backup_retention_days: days, cluster: seen(None), replica_of: seen(None), ..DbInstance::unread(meta, &unread()) }
}

fn alternative(changes: Vec<Changed>) -> Alternative {
    Alternative { condition: "var.is_primary".into(), settle: "give --var is_primary=VALUE".into(), changes }
}

fn changed(undecided: impl Into<Resource>, then: impl Into<Resource>, otherwise: impl Into<Resource>) -> Changed {
    Changed { undecided: undecided.into(), decided: [then.into(), otherwise.into()] }
}

/// The declared view of what changes.
fn declared(alternatives: Vec<Alternative>) -> ViewEstate {
    let mut view = ViewEstate::new(View::Declared);
    for kind in Kind::ALL {
        view.listed(*kind, Scope::Whole, None);
    }
    let resources: Vec<Resource> =
        alternatives.iter().flat_map(|alternative| &alternative.changes).map(|changed| changed.undecided.clone()).collect();
    resources.into_iter().for_each(|resource| view.add(resource));
    view.alternatives = alternatives;
    view
}

fn estate(views: impl IntoIterator<Item = ViewEstate>) -> Estate {
    let mut estate = Estate::default();
    views.into_iter().for_each(|view| estate.add(view));
    estate
}

fn judged<R>(plan: &Plan, estate: &Estate, say: impl Fn(&[Finding<'_>]) -> R) -> R {
    let now: Timestamp = time(NOW);
    say(&judge(&Request { plan, estate, now, gate: None, only: &BTreeSet::new() }))
}

fn said(finding: &Finding<'_>) -> String {
    match (&finding.verdict, &finding.found) {
        (Verdict::Unknown(gap), _) => format!("unknown: {}", gap.detail),
        (verdict, found) => {
            format!("{}: {}", if matches!(verdict, Verdict::Kept) { "kept" } else { "broken" }, found.clone().unwrap_or_default())
        }
    }
}

/// What is said of a database that keeps its backups for so many days when the condition holds, and when it does not.
fn retention(then: u32, otherwise: u32) -> String {
    let changes = vec![changed(db(undecided()), db(coded(then)), db(coded(otherwise)))];
    let estate = estate([declared(vec![alternative(changes)])]);
    judged(&plan(a_week()), &estate, |findings| {
        assert_eq!(findings.len(), 1);
        said(&findings[0])
    })
}

#[test]
fn what_both_worlds_keep_is_kept_and_what_both_break_is_broken() {
    assert_eq!(retention(35, 7), "kept: keeps automated backups for 35 days or 7 days, depending on var.is_primary");
    assert_eq!(retention(3, 1), "broken: keeps automated backups for 3 days or 1 day, depending on var.is_primary");
}

#[test]
fn what_the_worlds_disagree_about_stays_unknown_and_says_what_settles_it() {
    assert_eq!(
        retention(35, 1),
        "unknown: depends on var.is_primary (db.tf:12): kept with 35 days when it holds, broken with 1 day when not: give --var is_primary=VALUE"
    );
    assert!(
        retention(35, 0).contains("kept when it holds (keeps automated backups for 35 days), broken when not (has automated backups off)"),
        "{}",
        retention(35, 0)
    );
}

#[test]
fn a_world_that_leaves_something_open_settles_nothing() {
    let half = || vec![changed(db(undecided()), db(coded(35)), db(undecided()))];
    let plan = plan(a_week());
    let one = estate([declared(vec![alternative(half())])]);
    judged(&plan, &one, |findings| assert_eq!(said(&findings[0]), "unknown: depends on var.is_primary"));
}

#[test]
fn a_stronger_view_is_not_asked_twice_and_still_decides() {
    let changes = vec![changed(db(undecided()), db(coded(35)), db(coded(7)))];
    let found = db(Gap::new(Cause::Denied, "not authorized").into());
    let both = estate([declared(vec![alternative(changes)]), live([found.into()])]);
    judged(&plan(a_week()), &both, |findings| {
        assert!(matches!(&findings[0].verdict, Verdict::Unknown(gap) if gap.cause == Cause::Denied), "{:?}", findings[0].verdict);
        assert!(matches!(&findings[0].views[&View::Declared], InView::Judged { found, .. } if found.contains("35 days or 7 days")));
    });
}

fn bucket(name: Fact<String>, versioning: Fact<Versioning>) -> Bucket {
    let meta = Meta { name, arn: undecided(), address: Some("aws_s3_bucket.b".to_owned()), ..meta("b") };
    Bucket { versioning, ..Bucket::unread(meta, &unread()) }
}

/// The verdicts on versioning of the buckets called `a-*`, of a bucket that is called so when the condition holds, and when not.
fn of_the_named(then: &str, otherwise: &str) -> Vec<String> {
    let side = |name: &str| bucket(coded(name.to_owned()), coded(Versioning::Enabled));
    let changes = vec![changed(bucket(undecided(), undecided()), side(then), side(otherwise))];
    let mut plan = plan(Versions);
    plan.promises[0].select = Select { names: vec!["a-*".to_owned()], ..Select::default() };
    let estate = estate([declared(vec![alternative(changes)])]);
    judged(&plan, &estate, |findings| findings.iter().map(said).collect())
}

#[test]
fn a_name_that_hangs_on_a_condition_is_meant_when_both_worlds_mean_it() {
    assert_eq!(of_the_named("a-eu", "a-us"), ["kept: has versioning enabled"]);
    assert_eq!(of_the_named("a-eu", "b-us"), ["unknown: depends on var.is_primary"]);
    assert_eq!(of_the_named("b-eu", "b-us"), ["broken: nothing matches name a-* in the primary region"]);
}

#[test]
fn worlds_never_leave_the_estate_in_evidence() {
    let view = declared(vec![alternative(vec![changed(db(undecided()), db(coded(35)), db(coded(7)))])]);
    let written = serde_json::to_string(&view).unwrap();
    assert!(!written.contains("alternatives"), "{written}");
    let read: ViewEstate = serde_json::from_str(&written).unwrap();
    assert!(read.alternatives.is_empty());
    let world = view.in_world(&view.alternatives[0], 1);
    assert_eq!(world.all::<DbInstance>().map(|db| db.backup_retention_days.ok().copied()).collect::<Vec<_>>(), [Some(7)]);
}
