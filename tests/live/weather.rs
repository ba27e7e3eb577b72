//! Bad weather: throttling, failures, broken connections and pages for people. Verdicts stay the same or become unknown, and
//! the run ends.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_s3::types::BucketVersioningStatus;
use lastro::report::model::Verdict;

use crate::audit::{Lines, Run, SHOWN, assert_same_or_unknown, audit, audit_with, explain, lines};
use crate::aws::sent;
use crate::estate::{World, parts};
use crate::proxy::Effect;

/// Longer than any sensible read timeout.
const STALL: Duration = Duration::from_secs(90);

fn storm() -> Vec<(f64, Effect)> {
    vec![
        (0.30, Effect::Throttle),
        (0.05, Effect::Fail(500)),
        (0.05, Effect::Fail(503)),
        (0.04, Effect::Drop),
        (0.03, Effect::DropHalf),
        (0.02, Effect::Stall(STALL)),
    ]
}

#[test]
fn a_sound_estate_in_a_storm() {
    let Some(world) = World::sound("weather::a_sound_estate_in_a_storm") else { return };
    let sound = lines(&audit(&world).report());
    for seed in [1, 2, 3] {
        world.proxy.weather(seed, storm());
        let report = audit(&world).report();
        world.proxy.clear();
        assert_same_or_unknown(&sound, &report, &format!("storm {seed}"));
    }
}

#[test]
fn a_broken_estate_in_a_storm() {
    let Some(world) = World::sound("weather::a_broken_estate_in_a_storm") else { return };
    let (aws, names) = (&world.aws, &world.names);
    parts::set_versioning(aws, &names.buckets[0], BucketVersioningStatus::Suspended);
    sent!(aws.s3.delete_bucket_lifecycle().bucket(&names.buckets[1]));
    sent!(aws.rds.modify_db_instance().db_instance_identifier(&names.database).backup_retention_period(6));
    parts::open(aws, &names.database_group, "tcp", (5432, 5432), "0.0.0.0/0");
    sent!(aws.waf.disassociate_web_acl().resource_arn(&names.balancer_arn));
    let calm = lines(&audit(&world).report());
    for line in [19, 48, 49, 102, 103] {
        assert_eq!(calm.get(&line), Some(&Verdict::Broken), "line {line}");
    }
    for seed in [4, 5] {
        world.proxy.weather(seed, storm());
        let report = audit(&world).report();
        world.proxy.clear();
        assert_same_or_unknown(&calm, &report, &format!("storm {seed}"));
    }
}

/// What is answered by something that is not AWS, or not whole.
fn nonsense() -> Vec<(&'static str, Effect)> {
    vec![
        ("HTML 200", Effect::Html(200)),
        ("HTML 403", Effect::Html(403)),
        ("HTML 404", Effect::Html(404)),
        ("404 without a code", Effect::Refuse(404, "")),
        ("empty 200", Effect::Empty),
        ("half a body that claims to be whole", Effect::Truncate),
    ]
}

#[test]
fn nonsense_everywhere_shows_nothing() {
    let Some(world) = World::sound("weather::nonsense_everywhere_shows_nothing") else { return };
    for (name, effect) in nonsense() {
        world.proxy.inject(|_| true, effect);
        let report = short_audit(&world).report();
        world.proxy.clear();
        let lines = lines(&report);
        for line in SHOWN {
            assert_eq!(lines.get(&line), Some(&Verdict::Unknown), "{name}: line {line}:\n{}", explain(&report, line));
        }
    }
}

/// An audit that does not ask long: nonsense does not become sense by asking again.
fn short_audit(world: &World) -> Run {
    audit_with(world, &["--format", "json", "--timeout", "2"])
}

/// The operations of a sound audit, and its verdicts.
fn operations(world: &World) -> (Lines, BTreeSet<(String, String)>) {
    let sound = lines(&audit(world).report());
    let journal = world.proxy.take_journal().into_iter();
    (sound, journal.map(|entry| (entry.call.service, entry.call.operation)).collect())
}

#[test]
fn a_page_for_people_is_never_a_missing_setting() {
    let Some(world) = World::sound("weather::a_page_for_people_is_never_a_missing_setting") else { return };
    each_operation(&world, &Effect::Html(404));
}

#[test]
fn a_404_without_a_code_is_never_a_missing_setting() {
    let Some(world) = World::sound("weather::a_404_without_a_code_is_never_a_missing_setting") else { return };
    each_operation(&world, &Effect::Refuse(404, ""));
}

#[test]
fn nothing_is_not_an_empty_list() {
    let Some(world) = World::sound("weather::nothing_is_not_an_empty_list") else { return };
    each_operation(&world, &Effect::Empty);
}

#[test]
fn half_a_body_is_not_a_short_list() {
    let Some(world) = World::sound("weather::half_a_body_is_not_a_short_list") else { return };
    each_operation(&world, &Effect::Truncate);
}

#[test]
fn a_page_that_names_itself_as_the_next_ends() {
    let Some(world) = World::sound("weather::a_page_that_names_itself_as_the_next_ends") else { return };
    each_operation(&world, &Effect::RepeatToken);
}

fn each_operation(world: &World, effect: &Effect) {
    let (sound, operations) = operations(world);
    for (service, operation) in operations {
        let weather = format!("{effect:?} for {service}:{operation}");
        world.proxy.inject(move |call| call.service == service && call.operation == operation, effect.clone());
        let report = short_audit(world).report();
        world.proxy.clear();
        assert_same_or_unknown(&sound, &report, &weather);
    }
}
