//! Lines 19, 20 and 23: automated backups, the snapshot before a release, something to restore from.

use std::time::Duration;

use super::{ago, each_element, faults, harmless, set_element};
use crate::aws::{Clients, sent};
use crate::estate::{World, parts};
use crate::proxy::Effect;

const MANUAL: &str = "flowise-before-release";
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

fn keep(world: &World, days: i32) {
    let change = world.aws.rds.modify_db_instance().db_instance_identifier(&world.names.database);
    sent!(change.backup_retention_period(days).apply_immediately(true));
}

fn delete_manual(world: &World) {
    sent!(world.aws.rds.delete_db_snapshot().db_snapshot_identifier(MANUAL));
}

/// Back-dates every snapshot.
fn snapshots_taken(world: &World, age: Duration) {
    let then = ago(age);
    let taken =
        Effect::rewrite(move |body| set_element(&set_element(body, "SnapshotCreateTime", &then), "OriginalSnapshotCreateTime", &then));
    world.proxy.inject_into("DescribeDBSnapshots", taken);
}

/// Gives the manual snapshot another status.
fn manual_is(world: &World, status: &'static str) {
    let set = move |snapshot: &str| if snapshot.contains(MANUAL) { set_element(snapshot, "Status", status) } else { snapshot.to_owned() };
    let all = Effect::rewrite(move |body| each_element(body, "DBSnapshot", |snapshot| Some(set(snapshot))));
    world.proxy.inject_into("DescribeDBSnapshots", all);
}

faults! {
    retention_of_six_days: [19] => Broken, |world| { keep(world, 6); }
    retention_of_one_day: [19] => Broken, |world| { keep(world, 1); }
    retention_switched_off: [19] => Broken, |world| { keep(world, 0); }
    retention_missing_in_the_answer: [19] => NotKept, |world| {
        world.proxy.inject_into("DescribeDBInstances", Effect::rewrite(|body| each_element(body, "BackupRetentionPeriod", |_| None)));
    }
    snapshot_a_minute_too_old: [20] => Broken, |world| { snapshots_taken(world, 24 * HOUR + MINUTE); }
    snapshot_of_last_week: [20] => Broken, |world| { snapshots_taken(world, 7 * 24 * HOUR); }
    snapshot_still_being_made: [20] => Broken, |world| { manual_is(world, "creating"); }
    snapshot_failed: [20] => Broken, |world| { manual_is(world, "failed"); }
    only_automated_snapshots: [20] => Broken, |world| { delete_manual(world); }
    snapshot_of_another_database: [20] => Broken, |world| {
        delete_manual(world);
        let taken = world.aws.rds.create_db_snapshot().db_instance_identifier("other-db").db_snapshot_identifier("of-another");
        sent!(taken);
    }
    nothing_to_restore_from: [20, 23] => NotKept, |world| {
        world.proxy.inject_into("DescribeDBSnapshots", Effect::rewrite(|body| each_element(body, "DBSnapshot", |_| None)));
        world.proxy.inject_into("DescribeDBInstances", Effect::rewrite(|body| each_element(body, "LatestRestorableTime", |_| None)));
        let backups = Effect::rewrite(|body| each_element(body, "DBInstanceAutomatedBackup", |_| None));
        world.proxy.inject_into("DescribeDBInstanceAutomatedBackups", backups);
    }
    database_without_its_tag: [19, 20, 23] => NotKept, |world| {
        let arn = format!("arn:aws:rds:us-east-1:{}:db:{}", world.account.id, world.names.database);
        sent!(world.aws.rds.remove_tags_from_resource().resource_name(arn).tag_keys(parts::TAG.0));
        world.state["resources"].as_array_mut().expect("a list").retain(|resource| resource["type"] != "aws_db_instance");
    }
}

#[test]
fn rewritings_reach_the_answers() {
    let Some(world) = World::sound(concat!(module_path!(), "::rewritings_reach_the_answers")) else { return };
    let seen = Clients::new(&world.proxy.url, &world.account);
    let of_yesterday = ago(24 * HOUR + MINUTE);
    snapshots_taken(&world, 24 * HOUR + MINUTE);
    manual_is(&world, "creating");
    let listed = sent!(seen.rds.describe_db_snapshots().db_instance_identifier(&world.names.database));
    let described =
        |id: &str| listed.db_snapshots().iter().find(|one| one.db_snapshot_identifier().is_some_and(|name| name.starts_with(id)));
    let (manual, automated) = (described(MANUAL).expect("the manual one"), described("rds:").expect("an automated one"));
    assert_eq!((manual.status(), automated.status()), (Some("creating"), Some("available")));
    let taken = manual.snapshot_create_time().expect("a time").to_string();
    assert!(taken[..16] >= of_yesterday[..16], "{taken} was to be {of_yesterday}");
    assert!(taken < ago(24 * HOUR), "{taken}");

    world.proxy.inject_into("DescribeDBInstances", Effect::rewrite(|body| each_element(body, "LatestRestorableTime", |_| None)));
    let database = sent!(seen.rds.describe_db_instances().db_instance_identifier(&world.names.database));
    assert_eq!(database.db_instances()[0].latest_restorable_time(), None);
}

harmless! {
    retention_of_thirty_five_days: |world| { keep(world, 35); }
    snapshot_almost_a_day_old: |world| { snapshots_taken(world, 23 * HOUR); }
    another_snapshot_failed: |world| {
        parts::snapshot(&world.aws, &world.names, "flowise-before-release-2");
        manual_is(world, "available");
        let set = |snapshot: &str| if snapshot.contains("release-2") { set_element(snapshot, "Status", "failed") } else { snapshot.to_owned() };
        world.proxy.inject_into("DescribeDBSnapshots", Effect::rewrite(move |body| each_element(body, "DBSnapshot", |one| Some(set(one)))));
    }
    state_remembers_an_older_retention: |world| {
        for resource in world.state["resources"].as_array_mut().expect("a list") {
            if resource["type"] == "aws_db_instance" {
                resource["instances"][0]["attributes"]["backup_retention_period"] = 1.into();
            }
        }
    }
}
