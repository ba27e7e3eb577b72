//! Attributes of hosted zones, record sets and health checks.

use super::super::Reason;
use super::{IDENTITY, Offer, Says, Shape, all, compared, never};
use crate::estate::dns::{Alias, Failover, HealthCheck, HostedZone, RecordSet};

pub(super) fn zone(zone: &HostedZone) -> Vec<Offer> {
    let HostedZone { meta, domain, private } = zone;
    all(meta, [compared("domain", "name", domain, |domain| dns_name(domain)), compared("private", "vpc", private, Shape::text)])
}

pub(super) fn record(record: &RecordSet) -> Vec<Offer> {
    let RecordSet { meta, zone, record, record_type, failover, ttl, values, alias, health_check } = record;
    let mut offers = all(
        meta,
        [
            never("zone", zone, IDENTITY),
            never("record", record, IDENTITY),
            never("record_type", record_type, IDENTITY),
            compared("failover", "failover_routing_policy", failover, |role| {
                Shape::maybe(role.map(|role| match role {
                    Failover::Primary => "primary",
                    Failover::Secondary => "secondary",
                }))
            }),
            compared("ttl", "ttl", ttl, |ttl| Shape::maybe(*ttl)),
            compared("values", "records", values, Shape::set),
            compared("alias", "alias", alias, |alias| match alias {
                None => Shape::text("none"),
                Some(Alias { target, evaluate_target_health }) => {
                    let target_shape = dns_name(target.strip_prefix("dualstack.").unwrap_or(target));
                    Shape::fields(target, [("target", target_shape), ("evaluate_target_health", Shape::text(evaluate_target_health))])
                }
            }),
            compared("health_check", "health_check_id", health_check, |check| Shape::maybe(check.as_deref().filter(|id| !id.is_empty()))),
        ],
    );
    for tags in offers.iter_mut().filter(|offer| offer.name == "tags") {
        tags.says = Says::Never("a record has none: they are its zone's");
    }
    offers
}

/// Lower case, without the trailing dot, `\052` as `*`.
fn dns_name(name: &str) -> Shape {
    Shape::meaning(name, name.trim_end_matches('.').replace("\\052", "*").to_lowercase(), Reason::Spelling)
}

pub(super) fn health_check(check: &HealthCheck) -> Vec<Offer> {
    let HealthCheck { meta, disabled, inverted, interval_seconds, failure_threshold } = check;
    all(
        meta,
        [
            compared("disabled", "disabled", disabled, Shape::text),
            compared("inverted", "invert_healthcheck", inverted, Shape::text),
            compared("interval_seconds", "request_interval", interval_seconds, |seconds| Shape::maybe(*seconds)),
            compared("failure_threshold", "failure_threshold", failure_threshold, |threshold| Shape::maybe(*threshold)),
        ],
    )
}
