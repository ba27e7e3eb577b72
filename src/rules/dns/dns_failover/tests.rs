//! Names that fail over, and names that only look as if they did.

use super::*;
use crate::estate::Scope;
use crate::estate::dns::Alias;
use crate::rules::testing::*;

fn record(set: &str, failover: Option<Failover>, value: &str) -> RecordSet {
    let mut record = RecordSet::unread(meta(&format!("Z1/www.example.com/CNAME/{set}")), &unread());
    record.zone = seen("Z1".to_owned());
    record.record = seen("www.example.com".to_owned());
    record.record_type = seen("CNAME".to_owned());
    record.failover = seen(failover);
    record.ttl = seen(Some(60));
    record.values = seen(vec![value.to_owned()]);
    record.alias = seen(None);
    record.health_check = seen(None);
    record
}

fn primary() -> RecordSet {
    RecordSet { health_check: seen(Some("hc-1".to_owned())), ..record("primary", Some(Failover::Primary), "a.example.net") }
}

fn secondary() -> RecordSet {
    record("secondary", Some(Failover::Secondary), "b.example.net")
}

fn check(disabled: Fact<bool>, inverted: Fact<bool>) -> Resource {
    let mut check = HealthCheck::unread(meta("hc-1"), &unread());
    check.disabled = disabled;
    check.inverted = inverted;
    check.into()
}

fn sound() -> Resource {
    check(seen(false), seen(false))
}

fn zone() -> Resource {
    HostedZone { meta: meta("Z1"), domain: seen("example.com".to_owned()), private: seen(false) }.into()
}

fn promise() -> claim::DnsFailover {
    claim::DnsFailover { health_check: true, ttl_at_most: Some("60s".parse().expect("a period")) }
}

fn judge(resources: impl IntoIterator<Item = Resource>) -> Ruling {
    judge_one(&RULE, promise(), resources)
}

fn found(resources: impl IntoIterator<Item = Resource>) -> (Answer, String) {
    let judgement = judge(resources).expect("judged");
    assert!(judgement.at.is_some());
    (judgement.answer, judgement.found)
}

fn alias(record: RecordSet, evaluate_target_health: bool) -> RecordSet {
    let target = record.values.ok().expect("seen")[0].clone();
    RecordSet { ttl: seen(None), values: seen(Vec::new()), alias: seen(Some(Alias { target, evaluate_target_health })), ..record }
}

#[test]
fn kept_when_a_sound_check_decides_between_two_targets() {
    let world = [zone(), primary().into(), secondary().into(), sound()];
    assert_eq!(found(world), (Answer::Kept, "fails over from a.example.net to b.example.net".to_owned()));
}

#[test]
fn kept_when_an_alias_evaluates_its_target() {
    let unchecked = record("primary", Some(Failover::Primary), "a.example.net");
    assert_eq!(found([alias(unchecked, true).into(), alias(secondary(), false).into()]).0, Answer::Kept);
    let disabled = [alias(primary(), true).into(), secondary().into(), check(seen(true), seen(false))];
    assert_eq!(found(disabled).0, Answer::Kept, "a disabled check counts as healthy, and the target still decides");
}

#[test]
fn kept_when_only_the_secondary_has_a_disabled_check() {
    let mut disabled = HealthCheck::unread(meta("hc-2"), &unread());
    disabled.disabled = seen(true);
    let standby = RecordSet { health_check: seen(Some("hc-2".to_owned())), ..secondary() };
    assert_eq!(found([primary().into(), standby.into(), sound(), disabled.into()]).0, Answer::Kept);
}

#[test]
fn broken_when_no_effective_check_decides() {
    let unchecked = || record("primary", Some(Failover::Primary), "a.example.net");
    for (world, says) in [
        (vec![unchecked().into(), secondary().into()], "no health check"),
        (vec![alias(unchecked(), false).into(), secondary().into()], "no health check"),
        (vec![primary().into(), secondary().into()], "does not exist"),
        (vec![primary().into(), secondary().into(), check(seen(true), seen(false))], "disabled"),
        (vec![primary().into(), secondary().into(), check(seen(false), seen(true))], "inverted"),
        (vec![alias(primary(), true).into(), secondary().into(), check(seen(false), seen(true))], "inverted"),
    ] {
        let (answer, found) = found(world);
        assert!(answer == Answer::Broken && found.contains(says), "{found}");
    }
}

#[test]
fn broken_when_a_twin_is_missing_or_the_targets_are_the_same() {
    let mirror = record("secondary", Some(Failover::Secondary), "A.example.net.");
    for (world, says) in [
        (vec![primary().into(), sound()], "has no SECONDARY record"),
        (vec![secondary().into()], "has no PRIMARY record"),
        (vec![primary().into(), mirror.into(), sound()], "the same target"),
    ] {
        let (answer, found) = found(world);
        assert!(answer == Answer::Broken && found.contains(says), "{found}");
    }
}

#[test]
fn broken_when_the_ttl_is_a_second_too_long() {
    let slow = |record: RecordSet| RecordSet { ttl: seen(Some(61)), ..record };
    let (answer, says) = found([slow(primary()).into(), secondary().into(), sound()]);
    assert_eq!((answer, says.as_str()), (Answer::Broken, "lets resolvers keep the PRIMARY answer for 61 s"));
    assert_eq!(found([primary().into(), slow(secondary()).into(), sound()]).0, Answer::Broken);
}

#[test]
fn names_of_other_types_and_zones_are_no_twins() {
    let elsewhere = RecordSet { zone: seen("Z2".to_owned()), ..secondary() };
    let rulings = judge_view(&RULE, &plan(promise()), &live([primary().into(), elsewhere.into(), sound()]));
    assert!(rulings.len() == 2 && rulings.iter().all(|ruling| ruling.as_ref().is_ok_and(|j| j.answer == Answer::Broken)), "{rulings:?}");
}

#[test]
fn broken_when_nothing_in_the_zone_fails_over() {
    let plain = || record("", None, "a.example.net");
    let mail = RecordSet { record_type: seen("MX".to_owned()), ..plain() };
    let (answer, says) = found([zone(), plain().into(), mail.into()]);
    assert_eq!((answer, says.as_str()), (Answer::Broken, "has no failover routing on any of its 1 address record"));
    let soa = RecordSet { record_type: seen("SOA".to_owned()), ..record("", None, "ns.example.net") };
    assert_eq!(found([zone(), soa.into()]).1, "has no address record, so nothing fails over");
    assert_eq!(judge([zone()]).expect_err("a gap").cause, Cause::NotRead, "every zone has records: nobody read those of this one");
}

#[test]
fn plain_names_beside_a_failover_name_are_not_judged() {
    let other = RecordSet { record: seen("static.example.com".to_owned()), ..record("", None, "c.example.net") };
    assert_eq!(found([zone(), primary().into(), secondary().into(), other.into(), sound()]).0, Answer::Kept);
}

#[test]
fn a_plain_name_that_the_plan_points_at_is_judged() {
    let mut plan = plan(promise());
    plan.promises[0].select = crate::plan::Select { names: vec!["*/www.example.com/*".to_owned()], ..Default::default() };
    let rulings = judge_view(&RULE, &plan, &live([zone(), record("", None, "a.example.net").into()]));
    assert_eq!(rulings.len(), 1);
    assert_eq!(rulings[0].as_ref().map(|judgement| judgement.found.as_str()), Ok("has no failover routing"));
}

#[test]
fn unknown_when_denied() {
    let gap = || denied_gap("route53:ListHealthChecks");
    let mut view = live([primary().into(), secondary().into()]);
    view.listed(Kind::HealthCheck, Scope::Whole, Some(gap()));
    assert_eq!(judge_view(&RULE, &plan(promise()), &view), [Err(gap())]);

    for blind in [check(Fact::Gap(gap()), seen(false)), check(seen(false), Fact::Gap(gap()))] {
        assert_eq!(judge([primary().into(), secondary().into(), blind]), Err(gap()));
    }
}

#[test]
fn unknown_when_the_records_were_not_all_listed() {
    let gap = denied_gap("route53:ListResourceRecordSets");
    for world in [vec![primary().into(), sound()], vec![zone()], vec![zone(), record("", None, "a.example.net").into()]] {
        let mut view = live(world);
        view.listed(Kind::RecordSet, Scope::Whole, Some(gap.clone()));
        assert_eq!(judge_view(&RULE, &plan(promise()), &view), [Err(gap.clone())]);
    }
}

#[test]
fn unknown_when_the_role_of_a_record_was_not_seen() {
    let blind = RecordSet { failover: unread().into(), ..secondary() };
    assert_eq!(judge([zone(), primary().into(), blind.into(), sound()]), Err(unread()));

    let placeless = RecordSet { record: unread().into(), ..primary() };
    assert_eq!(judge([placeless.into(), sound()]), Err(unread()), "its twin cannot be told");
}

#[test]
fn unknown_when_the_state_does_not_hold_the_check() {
    let mut view = live([primary().into(), secondary().into()]);
    view.view = View::Recorded;
    let gap = judge_view(&RULE, &plan(promise()), &view).remove(0).expect_err("the check may be in another state");
    assert!(gap.detail.contains("hc-1"), "{gap}");
}
