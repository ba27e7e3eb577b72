//! A name fails over: a PRIMARY and a SECONDARY with targets of their own, and a health check that can decide.

use std::collections::BTreeSet;

use crate::estate::dns::{Failover, HealthCheck, HostedZone, RecordSet};
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "dns-failover",
    summary: "DNS names fail over to another target when an effective health check says so",
    severity: Severity::High,
    needs: &[Need::RecordSets, Need::HealthChecks],
    controls: &["nist-800-53r5:SI-13(5)", "aws-wa-reliability:REL11"],
    remediation: Remediation {
        text: "Give the name a PRIMARY and a SECONDARY record with different targets, an enabled health check that is not inverted on \
               the PRIMARY (or an alias that evaluates the health of its target), and a TTL of at most {ttl} seconds.",
        terraform: Some(
            "# {address}\n\
             resource \"aws_route53_record\" \"primary\" {\n  \
               zone_id         = aws_route53_zone.main.zone_id\n  \
               name            = \"www\"\n  \
               type            = \"CNAME\"\n  \
               ttl             = {ttl}\n  \
               records         = [aws_lb.primary.dns_name]\n  \
               set_identifier  = \"primary\"\n  \
               health_check_id = aws_route53_health_check.primary.id\n\n  \
               failover_routing_policy {\n    type = \"PRIMARY\"\n  }\n}",
        ),
        cli: Some(
            "aws route53 update-health-check --health-check-id ID --no-disabled --no-inverted\n\
             aws route53 change-resource-record-sets --hosted-zone-id ZONE --change-batch file://failover.json",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: judge_each!(claim::DnsFailover, Name<'_>, judge),
};

const DOC: &str = "\
## What it checks

Every name of the selected zones that has failover routing: a PRIMARY and a SECONDARY record are there, the SECONDARY answers with a \
target that the PRIMARY does not have, and the PRIMARY has an effective health check. A check is effective when it exists, is enabled \
and is not inverted; an alias that evaluates the health of its target is as good. No record may be kept longer by resolvers than the \
plan says. A selected zone in which nothing has failover routing is broken.

## Why it matters

Without a health check Route 53 takes the PRIMARY for healthy for ever, and so it does with a check that somebody disabled: the records \
look like failover, and the name never moves. An inverted check moves it while all is well. The TTL is the part of the recovery time \
that nobody can shorten during the disaster.

## What counts as evidence

Record sets from `route53:ListResourceRecordSets` and checks from `route53:ListHealthChecks`, or both from Terraform. Records carry the \
tags of their zone. An alias has no TTL of its own.

## Limits

Only failover routing counts: latency, weighted, geolocation or multivalue routing with health checks can move traffic too, and is not \
judged here. In a zone with failover names, other names without it are not judged. Neither the present status of a check is read, nor \
what a calculated or alarm-based check looks at, nor whether a target of the SECONDARY would answer. A SECONDARY needs no check: it is \
the last answer there is.";

/// What can fail over: the records of one name and type, or a zone in which nothing does.
enum Name<'a> {
    Group(Vec<&'a RecordSet>),
    Plain(&'a RecordSet),
    Zone(&'a HostedZone),
}

impl<'a> Subject<'a> for Name<'a> {
    const KINDS: &'static [Kind] = &[Kind::RecordSet, Kind::HostedZone];

    fn of(resource: &'a Resource, view: &'a ViewEstate) -> Option<Self> {
        if let Some(zone) = HostedZone::of(resource) {
            return Some(Self::Zone(zone));
        }
        let record = RecordSet::of(resource)?;
        if may_fail_over(record) {
            let group: Vec<_> = twins(record, view).collect();
            return group.first().is_some_and(|first| std::ptr::eq(*first, record)).then_some(Self::Group(group));
        }
        is_address(record).then_some(Self::Plain(record))
    }

    fn selected(resource: &Resource, scene: &Scene<'_>) -> bool {
        if let Some(zone) = HostedZone::of(resource) {
            return scene.selects(&zone.meta) && !failover_in(zone, scene);
        }
        let Some(record) = RecordSet::of(resource) else { return false };
        if may_fail_over(record) {
            return twins(record, scene.view).any(|twin| scene.selects(&twin.meta));
        }
        // A zone that is selected itself answers for its plain records.
        scene.selects(&record.meta) && !zone_of(record, scene.view).is_some_and(|zone| scene.selects(&zone.meta))
    }
}

/// Whether a record has failover routing, or could have it for all that was seen.
fn may_fail_over(record: &RecordSet) -> bool {
    record.failover.ok() != Some(&None)
}

/// Whether a record says where a name is served.
fn is_address(record: &RecordSet) -> bool {
    record.record_type.ok().is_some_and(|kind| ["A", "AAAA", "CNAME"].contains(&kind.as_str()))
}

/// The records of the same zone, name and type that may have failover routing; the record itself among them.
fn twins<'a>(record: &RecordSet, view: &'a ViewEstate) -> impl Iterator<Item = &'a RecordSet> {
    let key = key(record).map(|(zone, name, kind)| (zone.to_owned(), name.to_owned(), kind.to_owned()));
    let this = std::ptr::from_ref(record);
    view.all::<RecordSet>().filter(move |other| {
        let same = key.as_ref().zip(self::key(other)).is_some_and(|(a, b)| (a.0.as_str(), a.1.as_str(), a.2.as_str()) == b);
        std::ptr::eq(*other, this) || (same && may_fail_over(other))
    })
}

fn key(record: &RecordSet) -> Option<(&str, &str, &str)> {
    Some((record.zone.ok()?, record.record.ok()?, record.record_type.ok()?))
}

fn zone_of<'a>(record: &RecordSet, view: &'a ViewEstate) -> Option<&'a HostedZone> {
    view.named::<HostedZone>(record.zone.ok()?, None)
}

fn records_of<'a>(zone: &HostedZone, view: &'a ViewEstate) -> impl Iterator<Item = &'a RecordSet> {
    let meta = zone.meta.clone();
    view.all::<RecordSet>().filter(move |record| record.zone.ok().is_some_and(|id| meta.is_called(id)))
}

fn failover_in(zone: &HostedZone, scene: &Scene<'_>) -> bool {
    records_of(zone, scene.view).any(|record| may_fail_over(record) && scene.selects(&record.meta))
}

fn judge(promise: &claim::DnsFailover, name: Name<'_>, scene: &Scene<'_>) -> Ruling {
    match name {
        Name::Zone(zone) => judge_zone(zone, scene),
        Name::Plain(record) => {
            scene.view.listed_whole(Kind::RecordSet)?;
            Ok(broken("has no failover routing").seen_in(&record.failover))
        }
        Name::Group(records) => judge_group(promise, &records, scene.view),
    }
}

fn judge_zone(zone: &HostedZone, scene: &Scene<'_>) -> Ruling {
    if failover_in(zone, scene) {
        return Ok(not_applicable("has names with failover routing; each is judged by itself"));
    }
    scene.view.listed_whole(Kind::RecordSet)?;
    let addresses: Vec<_> = records_of(zone, scene.view).filter(|record| is_address(record)).collect();
    match (addresses.first(), scene.view.view) {
        (Some(first), _) => {
            let records = count(addresses.len() as u64, "address record");
            Ok(broken(format!("has no failover routing on any of its {records}")).seen_in(&first.failover))
        }
        // Every zone has its NS and SOA records: where there is none at all, nobody read the records of this zone.
        (None, View::Live) if records_of(zone, scene.view).next().is_none() => Err(Gap::new(
            Cause::NotRead,
            "none of its records was read, not even those that every zone has: read live AWS, or collect evidence, with this plan",
        )),
        (None, View::Live) => Ok(broken("has no address record, so nothing fails over").seen_in(&zone.domain)),
        (None, View::Recorded | View::Declared) => {
            Err(Gap::new(Cause::NotRead, format!("the {} view holds no record of the zone: give live AWS", scene.view.view)))
        }
    }
}

fn judge_group(promise: &claim::DnsFailover, records: &[&RecordSet], view: &ViewEstate) -> Ruling {
    let (mut breaches, mut gaps) = (Vec::new(), Vec::new());
    gaps.extend(records.iter().find_map(|record| untainted(Kind::RecordSet, &record.meta).err()));
    gaps.extend(records.iter().find_map(|record| unplaced(record).err()));
    let role = |role| records.iter().find(|record| record.failover.ok() == Some(&Some(role))).copied();
    let (primary, secondary) = (role(Failover::Primary), role(Failover::Secondary));
    for (record, role) in [(primary, "PRIMARY"), (secondary, "SECONDARY")] {
        match record {
            Some(record) => note(ttl_breach(promise, record, role), &mut breaches, &mut gaps),
            None if gaps.is_empty() => match view.listed_whole(Kind::RecordSet) {
                Ok(()) => breaches.push(format!("has no {role} record")),
                Err(gap) => gaps.push(gap),
            },
            None => {}
        }
    }
    if let Some(primary) = primary {
        note(undecided(primary, view), &mut breaches, &mut gaps);
    }
    if let (Some(primary), Some(secondary)) = (primary, secondary) {
        note(same_target(primary, secondary), &mut breaches, &mut gaps);
    }
    let judgement = settle(breaches, gaps, || match (primary.map(targets), secondary.map(targets)) {
        (Some(Ok(from)), Some(Ok(to))) => format!("fails over from {} to {}", join(&from), join(&to)),
        _ => "fails over".to_owned(),
    })?;
    Ok(match primary.or(secondary) {
        Some(record) => judgement.seen_in(&record.failover),
        None => judgement,
    })
}

/// Whose twin a record is, and in which role.
fn unplaced(record: &RecordSet) -> Result<(), Gap> {
    record.zone.known()?;
    record.record.known()?;
    record.record_type.known()?;
    record.failover.known().map(|_| ())
}

/// Sorts one look into breaches and gaps.
fn note(look: Result<Option<String>, Gap>, breaches: &mut Vec<String>, gaps: &mut Vec<Gap>) {
    match look {
        Ok(breach) => breaches.extend(breach),
        Err(gap) => gaps.push(gap),
    }
}

fn ttl_breach(promise: &claim::DnsFailover, record: &RecordSet, role: &str) -> Result<Option<String>, Gap> {
    let Some(at_most) = promise.ttl_at_most else { return Ok(None) };
    Ok(match record.ttl.known()? {
        Some(ttl) if u64::from(*ttl) > at_most.seconds() => Some(format!("lets resolvers keep the {role} answer for {ttl} s")),
        Some(_) | None => None,
    })
}

/// What keeps Route 53 from ever leaving the PRIMARY, or makes it leave for no reason.
///
/// Judged whether or not the plan asks for a health check by that name: without one the name does not fail over at all.
fn undecided(primary: &RecordSet, view: &ViewEstate) -> Result<Option<String>, Gap> {
    let alias = primary.alias.known();
    let target_decides = alias.as_ref().is_ok_and(|alias| alias.as_ref().is_some_and(|alias| alias.evaluate_target_health));
    let Some(id) = primary.health_check.known()? else {
        return if target_decides {
            Ok(None)
        } else {
            alias.map(|_| Some("has no health check on its PRIMARY, which therefore counts as healthy for ever".to_owned()))
        };
    };
    let Some(check) = view.named::<HealthCheck>(id, None) else {
        return missing_check(id, view);
    };
    untainted(Kind::HealthCheck, &check.meta)?;
    if *check.inverted.known()? {
        return Ok(Some(format!("is decided by health check {id}, which is inverted: it fails over while all is well")));
    }
    let disabled = *check.disabled.known()? && !target_decides;
    Ok(disabled.then(|| format!("is decided by health check {id}, which is disabled: its PRIMARY counts as healthy for ever")))
}

fn missing_check(id: &str, view: &ViewEstate) -> Result<Option<String>, Gap> {
    view.listed_whole(Kind::HealthCheck)?;
    match view.view {
        View::Live => Ok(Some(format!("is decided by health check {id}, which does not exist"))),
        View::Recorded | View::Declared => {
            Err(Gap::new(Cause::NotRead, format!("health check {id} is not in the {} view: give the source that holds it", view.view)))
        }
    }
}

/// The SECONDARY must add an answer that the PRIMARY does not have.
fn same_target(primary: &RecordSet, secondary: &RecordSet) -> Result<Option<String>, Gap> {
    let (from, to) = (targets(primary)?, targets(secondary)?);
    Ok(to.is_subset(&from).then(|| format!("answers with the same target when it fails over: {}", join(&to))))
}

fn targets(record: &RecordSet) -> Result<BTreeSet<String>, Gap> {
    let plain = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
    match record.alias.known()? {
        Some(alias) => Ok(BTreeSet::from([plain(&alias.target)])),
        None => record.values.known().map(|values| values.iter().map(|value| plain(value)).collect()),
    }
}

fn join(targets: &BTreeSet<String>) -> String {
    targets.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
