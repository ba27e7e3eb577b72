//! Hosted zones, their record sets, and health checks.

use std::collections::BTreeMap;

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{HostedZone as Described, ResourceRecordSet, ResourceRecordSetFailover, RrType, TagResourceType};
use futures::future::{FutureExt as _, join, join_all};

use super::clean;
use super::errand::{Errand, Haul, Meant, lacks, seen, tags};
use super::pages::{self, Page};
use crate::collect::needs::{Call, LIST_HEALTH_CHECKS, LIST_HOSTED_ZONES, LIST_RECORD_SETS, LIST_ZONE_TAGS};
use crate::estate::dns::{Alias, Failover, HealthCheck, HostedZone, RecordSet};
use crate::estate::{Fact, Gap, Kind, Meta, Need, Region, Scope};
use crate::plan::any_matches;

/// ListTagsForResources takes no more (Route 53 API reference).
const TAGS_A_CALL: usize = 10;

/// What is asked for of DNS.
pub(super) async fn read(errand: &Errand<'_>) -> Haul {
    let home = errand.home();
    let client = errand.session.route53(&home);
    let (mut haul, checks) = join(zones(errand, &client, &home), health_checks(errand, &client, &home)).await;
    haul.merge(checks);
    haul
}

/// Route 53 marks its last page with a flag; a page that says there are more and not where to go on is not trusted.
fn next_marker(call: &Call, truncated: bool, next: Option<String>) -> Result<Option<String>, Gap> {
    match (truncated, next) {
        (false, _) => Ok(None),
        (true, Some(next)) => Ok(Some(next)),
        (true, None) => Err(lacks(call, "NextMarker")),
    }
}

async fn zones(errand: &Errand<'_>, client: &Client, home: &Region) -> Haul {
    const CALL: &Call = LIST_HOSTED_ZONES;
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::RecordSets) {
        return haul;
    }
    let (zones, gap) = pages::all(CALL, |marker| {
        let sent = client.list_hosted_zones().max_items(100).set_marker(marker).send().boxed();
        async {
            let page = errand.ask(CALL, home, sent).await?;
            let next = next_marker(CALL, page.is_truncated, page.next_marker)?;
            Ok(Page::new(Some(page.hosted_zones), next))
        }
    })
    .await;
    let mut zones: Vec<HostedZone> = zones.iter().map(|zone| zone_of(errand, zone)).collect();
    if errand.wanted.by_tag(&[Need::RecordSets]) {
        haul.gaps.extend(fill_tags(errand, client, home, &mut zones).await);
    }
    for part in join_all(zones.into_iter().map(|zone| records(errand, client, home, zone))).await {
        haul.merge(part);
    }
    haul.listed(Kind::RecordSet, Scope::Whole, gap.clone());
    haul.listed(Kind::HostedZone, Scope::Whole, gap);
    haul
}

fn zone_of(errand: &Errand<'_>, zone: &Described) -> HostedZone {
    const CALL: &Call = LIST_HOSTED_ZONES;
    let id = clean(zone.id().trim_start_matches("/hostedzone/"));
    let arn = format!("arn:{}:route53:::hostedzone/{id}", super::s3::partition(&errand.home()));
    HostedZone {
        meta: errand.meta(CALL, &Region::global(), id, Some(&arn)),
        domain: seen(CALL, domain(zone.name())),
        private: seen(CALL, zone.config().is_some_and(|config| config.private_zone())),
    }
}

async fn fill_tags(errand: &Errand<'_>, client: &Client, home: &Region, zones: &mut [HostedZone]) -> Vec<Gap> {
    let chunks = zones.chunks_mut(TAGS_A_CALL).map(|chunk| async move {
        let ids: Vec<String> = chunk.iter().filter_map(|zone| zone.meta.name.ok().cloned()).collect();
        let sent = client.list_tags_for_resources().resource_type(TagResourceType::Hostedzone).set_resource_ids(Some(ids)).send().boxed();
        let answer = errand.ask(LIST_ZONE_TAGS, home, sent).await;
        let sets: Result<BTreeMap<String, _>, Gap> = answer.map(|answer| {
            let sets = answer.resource_tag_sets.into_iter();
            sets.filter_map(|set| Some((clean(set.resource_id.as_deref()?.trim_start_matches("/hostedzone/")), set))).collect()
        });
        for zone in chunk.iter_mut() {
            let set = zone.meta.name.ok().and_then(|id| sets.as_ref().ok()?.get(id));
            zone.meta.tags = match (&sets, set) {
                (Err(gap), _) => gap.clone().into(),
                (Ok(_), None) => lacks(LIST_ZONE_TAGS, "tags of this zone").into(),
                (Ok(_), Some(set)) => tags(LIST_ZONE_TAGS, set.tags().iter().map(|tag| (tag.key(), tag.value()))),
            };
        }
        sets.err()
    });
    join_all(chunks).await.into_iter().flatten().collect()
}

/// The records of a zone that may be meant: by its tags, its id, its domain, or the names of its records.
async fn records(errand: &Errand<'_>, client: &Client, home: &Region, zone: HostedZone) -> Haul {
    const CALL: &Call = LIST_RECORD_SETS;
    let mut haul = Haul::default();
    let id = zone.meta.name.ok().cloned().unwrap_or_default();
    let domain = zone.domain.ok().cloned().unwrap_or_default();
    let meant = errand.wanted.means_records_of(&zone.meta, |pattern| may_name_record_of(pattern, &id, &domain));
    match meant {
        Meant::No => {}
        Meant::Maybe => haul.perhaps(Kind::RecordSet, Scope::Whole, &zone.meta),
        Meant::Yes => {
            let (found, gap) = pages::all(CALL, |token| {
                let sent = client.list_resource_record_sets().hosted_zone_id(&id).max_items(300);
                let sent = match token.as_deref().map(RecordStart::parse) {
                    Some(start) => sent
                        .start_record_name(start.name)
                        .set_start_record_type(start.kind.map(RrType::from))
                        .set_start_record_identifier(start.set.map(str::to_owned)),
                    None => sent,
                };
                let sent = sent.send().boxed();
                async {
                    let page = errand.ask(CALL, home, sent).await?;
                    let kind = page.next_record_type.as_ref().map(RrType::as_str).unwrap_or_default();
                    let set = page.next_record_identifier.as_deref().unwrap_or_default();
                    let next = next_marker(CALL, page.is_truncated, page.next_record_name)?.map(|name| format!("{name}\n{kind}\n{set}"));
                    Ok(Page::new(Some(page.resource_record_sets), next))
                }
            })
            .await;
            for record in &found {
                haul.add(record_of(&zone, &id, record));
            }
            if gap.is_some() {
                haul.listed(Kind::RecordSet, Scope::Whole, gap);
            }
        }
    }
    haul.add(zone);
    haul
}

/// Where the next page of records starts, as three lines of one token.
struct RecordStart<'a> {
    name: &'a str,
    kind: Option<&'a str>,
    set: Option<&'a str>,
}

impl<'a> RecordStart<'a> {
    fn parse(token: &'a str) -> Self {
        let mut lines = token.splitn(3, '\n').map(|line| Some(line).filter(|line| !line.is_empty()));
        let mut line = || lines.next().flatten();
        Self { name: line().unwrap_or_default(), kind: line(), set: line() }
    }
}

/// Whether a name pattern could match `zone/record/type/set` of some record of this zone, or means the zone itself.
fn may_name_record_of(pattern: &str, id: &str, domain: &str) -> bool {
    let literal = &pattern[..pattern.find(['*', '?']).unwrap_or(pattern.len())];
    let prefix = format!("{id}/");
    let names = [pattern.to_owned()];
    prefix.starts_with(literal) || literal.starts_with(&prefix) || any_matches(&names, id) || any_matches(&names, domain)
}

fn record_of(zone: &HostedZone, zone_id: &str, record: &ResourceRecordSet) -> RecordSet {
    const CALL: &Call = LIST_RECORD_SETS;
    let name = domain(record.name());
    let kind = clean(record.r#type().as_str());
    let set = record.set_identifier().map(clean).unwrap_or_default();
    let meta = Meta {
        name: seen(CALL, format!("{zone_id}/{name}/{kind}/{set}")),
        arn: Gap::new(crate::estate::Cause::NotRead, "record sets have no ARN").into(),
        ..zone.meta.clone()
    };
    let failover = record.failover().map(|role| match role {
        ResourceRecordSetFailover::Primary => Ok(Failover::Primary),
        ResourceRecordSetFailover::Secondary => Ok(Failover::Secondary),
        other => Err(lacks(CALL, &format!("known failover role (it says {})", clean(other.as_str())))),
    });
    let alias = record.alias_target().map(|alias| {
        let target = domain(alias.dns_name());
        let target = target.strip_prefix("dualstack.").map(str::to_owned).unwrap_or(target);
        Alias { target, evaluate_target_health: alias.evaluate_target_health() }
    });
    let mut values: Vec<String> = record.resource_records().iter().map(|value| clean(value.value())).collect();
    values.sort();
    RecordSet {
        meta,
        zone: seen(CALL, zone_id.to_owned()),
        record: seen(CALL, name),
        record_type: seen(CALL, kind),
        failover: failover.transpose().map_or_else(Fact::Gap, |role| seen(CALL, role)),
        ttl: seen(CALL, record.ttl().and_then(|ttl| u32::try_from(ttl).ok())),
        values: seen(CALL, values),
        alias: seen(CALL, alias),
        health_check: seen(CALL, record.health_check_id().map(clean)),
    }
}

/// A domain name as the estate writes it: lower case, no trailing dot, `\052` as `*`.
fn domain(name: &str) -> String {
    clean(name.trim_end_matches('.')).to_ascii_lowercase().replace("\\052", "*")
}

async fn health_checks(errand: &Errand<'_>, client: &Client, home: &Region) -> Haul {
    const CALL: &Call = LIST_HEALTH_CHECKS;
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::HealthChecks) {
        return haul;
    }
    let (checks, gap) = pages::all(CALL, |marker| {
        let sent = client.list_health_checks().max_items(100).set_marker(marker).send().boxed();
        async {
            let page = errand.ask(CALL, home, sent).await?;
            let next = next_marker(CALL, page.is_truncated, page.next_marker)?;
            Ok(Page::new(Some(page.health_checks), next))
        }
    })
    .await;
    for check in checks {
        let id = clean(check.id());
        let arn = format!("arn:{}:route53:::healthcheck/{id}", super::s3::partition(home));
        let meta = errand.meta(CALL, &Region::global(), id, Some(&arn));
        let config = check.health_check_config();
        let count = |value: Option<i32>| seen(CALL, value.and_then(|value| u32::try_from(value).ok()));
        haul.add(match config {
            None => HealthCheck::unread(meta, &lacks(CALL, "HealthCheckConfig")),
            // Both switches are off unless the answer says otherwise (Route 53 API reference, HealthCheckConfig).
            Some(config) => HealthCheck {
                meta,
                disabled: seen(CALL, config.disabled().unwrap_or(false)),
                inverted: seen(CALL, config.inverted().unwrap_or(false)),
                interval_seconds: count(config.request_interval()),
                failure_threshold: count(config.failure_threshold()),
            },
        });
    }
    haul.listed(Kind::HealthCheck, Scope::Whole, gap);
    haul
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_pattern_rules_out_zones_only_when_it_begins_with_another() {
        let may = |pattern| may_name_record_of(pattern, "Z1", "example.com");
        assert!(may("*/app.example.com/A/*"));
        assert!(may("Z1/app.example.com/A/*"));
        assert!(may("Z1"));
        assert!(may("example.com"));
        assert!(!may("Z2/*"));
        assert!(!may("other.com"));
    }

    #[test]
    fn names_are_written_one_way() {
        assert_eq!(domain("\\052.Example.COM."), "*.example.com");
    }
}
