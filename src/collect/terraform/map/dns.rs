//! Route 53: zones, record sets and health checks.

use super::{Object, Pieces};
use crate::collect::terraform::value::Node;
use crate::estate::dns::{Alias, Failover, HealthCheck, HostedZone, RecordSet};
use crate::estate::{Cause, Fact, Gap, Meta, Region};

/// The header of a thing that has no region.
fn global(object: &Object<'_>, name: Fact<String>) -> Meta {
    let mut meta = object.meta(name, "arn");
    meta.region = Fact::known_at(Region::global(), object.at.clone());
    meta
}

/// `aws_route53_zone`
pub fn zone(object: &Object<'_>, pieces: &mut Pieces) {
    let id = object.root().first(&["zone_id", "id"]).fact(|node| node.filled().map(|id| zone_id(&id)));
    pieces.resources.push(
        HostedZone {
            meta: global(object, id),
            domain: object.get("name").fact(|node| node.filled().map(|name| dns_name(&name))),
            private: object.get("vpc").fact(|node| Ok(!node.items()?.is_empty())),
        }
        .into(),
    );
}

fn zone_id(id: &str) -> String {
    id.strip_prefix("/hostedzone/").unwrap_or(id).to_owned()
}

/// Lower case, without the trailing dot, `\052` as `*`.
fn dns_name(name: &str) -> String {
    name.trim_end_matches('.').replace("\\052", "*").to_ascii_lowercase()
}

/// `aws_route53_record`. `fqdn` is complete where `name` may be relative to the zone. Its tags are the zone's, and are joined.
pub fn record(object: &Object<'_>, pieces: &mut Pieces) {
    let root = object.root();
    let zone = object.get("zone_id").fact(|node| node.filled().map(|id| zone_id(&id)));
    let name = root.first(&["fqdn", "name"]).fact(|node| node.filled().map(|name| dns_name(&name)));
    let record_type = object.get("type").fact(Node::filled);
    let set = object.get("set_identifier").maybe(Node::string).map(Option::unwrap_or_default);
    let natural = root.fact(|_| Ok(format!("{}/{}/{}/{}", zone.known()?, name.known()?, record_type.known()?, set?)));
    let alias = object.get("alias").fact(alias);
    let mut meta = global(object, natural);
    meta.tags = Gap::new(Cause::NotRead, "the tags of a record are those of its zone, which is in none of the given states").into();
    // It is one even while nobody knows what it will point to.
    let is_alias = object.get("alias").fact(|node| Ok(node.block()?.is_some())).ok() == Some(&true);
    pieces.resources.push(
        RecordSet {
            meta,
            zone,
            record: name,
            record_type,
            failover: object.get("failover_routing_policy").fact(failover),
            ttl: if is_alias { root.fact(|_| Ok(None)) } else { object.get("ttl").fact(Node::count).map(Some) },
            values: if is_alias {
                root.fact(|_| Ok(Vec::new()))
            } else {
                object.get("records").fact(|node| Ok(node.strings()?.into_iter().collect()))
            },
            alias,
            health_check: object.get("health_check_id").fact(Node::optional_string),
        }
        .into(),
    );
}

fn alias(node: Node<'_>) -> Result<Option<Alias>, Gap> {
    let Some(alias) = node.block()? else { return Ok(None) };
    let target = dns_name(&alias.get("name").filled()?);
    Ok(Some(Alias {
        target: target.strip_prefix("dualstack.").unwrap_or(&target).to_owned(),
        evaluate_target_health: alias.get("evaluate_target_health").boolean()?,
    }))
}

fn failover(node: Node<'_>) -> Result<Option<Failover>, Gap> {
    let Some(policy) = node.block()? else { return Ok(None) };
    match policy.get("type").filled()?.as_str() {
        "PRIMARY" => Ok(Some(Failover::Primary)),
        "SECONDARY" => Ok(Some(Failover::Secondary)),
        _ => Err(policy.get("type").gap(Cause::Unreadable, "is neither PRIMARY nor SECONDARY")),
    }
}

/// `aws_route53_health_check`
pub fn health_check(object: &Object<'_>, pieces: &mut Pieces) {
    let own_probe =
        object.get("type").filled().map(|class| !["CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"].contains(&class.as_str()));
    let probe = |name| object.get(name).fact(|node| if own_probe.clone()? { node.count().map(Some) } else { Ok(None) });
    pieces.resources.push(
        HealthCheck {
            meta: global(object, object.get("id").fact(Node::filled)),
            disabled: object.get("disabled").fact(Node::boolean),
            inverted: object.get("invert_healthcheck").fact(Node::boolean),
            interval_seconds: probe("request_interval"),
            failure_threshold: probe("failure_threshold"),
        }
        .into(),
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::{estate, map_one, only};
    use super::*;
    use crate::estate::Resource;

    #[test]
    fn an_alias_whose_target_is_not_known_has_neither_ttl_nor_values() {
        let resource = map_one(
            "aws_route53_record",
            r#"{"zone_id": "Z1", "name": "a", "type": "A", "ttl": 0, "records": null, "alias": [{"name": null, "evaluate_target_health": true}]}"#,
        );
        let Resource::RecordSet(record) = resource else { panic!("{resource:?}") };
        assert!(matches!(record.alias, Fact::Gap(_)));
        assert_eq!(record.ttl.ok(), Some(&None));
        assert_eq!(record.values.ok(), Some(&Vec::new()));
    }

    #[test]
    fn a_failover_record_carries_zone_tags_and_its_check() {
        let zone = ("aws_route53_zone", "z", r#"{"zone_id": "Z1", "name": "Example.COM.", "vpc": [], "tags_all": {"System": "x"}}"#);
        let record = (
            "aws_route53_record",
            "r",
            r#"{"zone_id": "Z1", "name": "\\052.App", "fqdn": "\\052.App.Example.com.", "type": "A", "ttl": 60, "records": ["2.2.2.2", "1.1.1.1"], "alias": [],
                "failover_routing_policy": [{"type": "PRIMARY"}], "set_identifier": "one", "health_check_id": "hc-1"}"#,
        );
        let view = estate(&[record, zone]);
        let record = view.all::<RecordSet>().next().unwrap();
        assert_eq!(record.meta.name.ok().map(String::as_str), Some("Z1/*.app.example.com/A/one"));
        assert_eq!(record.meta.tags.ok().and_then(|tags| tags.get("System")).map(String::as_str), Some("x"));
        assert_eq!(record.failover.ok(), Some(&Some(Failover::Primary)));
        assert_eq!(record.ttl.ok(), Some(&Some(60)));
        assert_eq!(record.values.ok().unwrap(), &["1.1.1.1", "2.2.2.2"]);
        assert_eq!(record.health_check.ok(), Some(&Some("hc-1".to_owned())));
        let zone = view.all::<HostedZone>().next().unwrap();
        assert_eq!((zone.domain.ok().map(String::as_str), zone.private.ok()), (Some("example.com"), Some(&false)));
        assert_eq!(zone.meta.region.ok(), Some(&Region::global()));
    }

    #[test]
    fn an_alias_has_no_ttl_and_no_values() {
        let record: RecordSet = only(&[(
            "aws_route53_record",
            "r",
            r#"{"zone_id": "Z1", "name": "a.example.com", "type": "A", "ttl": 0, "records": null, "set_identifier": null, "health_check_id": "",
                "failover_routing_policy": [], "alias": [{"name": "dualstack.LB-1.elb.amazonaws.com.", "zone_id": "Z2", "evaluate_target_health": true}]}"#,
        )]);
        assert_eq!(record.meta.name.ok().map(String::as_str), Some("Z1/a.example.com/A/"));
        assert_eq!(record.alias.ok(), Some(&Some(Alias { target: "lb-1.elb.amazonaws.com".into(), evaluate_target_health: true })));
        assert_eq!((record.ttl.ok(), record.health_check.ok(), record.failover.ok()), (Some(&None), Some(&None), Some(&None)));
        assert!(matches!(&record.meta.tags, Fact::Gap(_)));
    }

    #[test]
    fn calculated_checks_have_no_interval() {
        let json = r#"{"id": "hc", "type": "CALCULATED", "disabled": false, "invert_healthcheck": true, "request_interval": null, "failure_threshold": 0}"#;
        let check: HealthCheck = only(&[("aws_route53_health_check", "h", json)]);
        assert_eq!((check.interval_seconds.ok(), check.inverted.ok()), (Some(&None), Some(&true)));
        let json = r#"{"id": "hc", "type": "HTTPS", "disabled": null, "request_interval": 10, "failure_threshold": 3}"#;
        let check: HealthCheck = only(&[("aws_route53_health_check", "h", json)]);
        assert_eq!((check.interval_seconds.ok(), check.failure_threshold.ok()), (Some(&Some(10)), Some(&Some(3))));
        assert_eq!(check.disabled.known().unwrap_err().cause, Cause::Null);
    }
}
