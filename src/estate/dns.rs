//! Route 53: zones, record sets and health checks.

use serde::{Deserialize, Serialize};

use super::{Fact, Gap, Meta};

/// A hosted zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedZone {
    /// Name is the zone id without `/hostedzone/`.
    pub meta: Meta,
    /// The domain, lower case, without the trailing dot.
    pub domain: Fact<String>,
    /// Private to VPCs.
    pub private: Fact<bool>,
}

/// One record set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSet {
    /// Name is `zone/name/type/set`; tags are those of the zone.
    pub meta: Meta,
    /// The zone id.
    pub zone: Fact<String>,
    /// The record name, lower case, without the trailing dot, `\052` as `*`.
    pub record: Fact<String>,
    /// `A`, `AAAA`, `CNAME`, …
    pub record_type: Fact<String>,
    /// The failover role; `None` for other routing.
    pub failover: Fact<Option<Failover>>,
    /// Seconds that resolvers may keep the answer; `None` for an alias.
    pub ttl: Fact<Option<u32>>,
    /// Values, sorted; empty for an alias.
    pub values: Fact<Vec<String>>,
    /// The alias target; `None` for plain records.
    pub alias: Fact<Option<Alias>>,
    /// The health check that decides whether this record is served.
    pub health_check: Fact<Option<String>>,
}

impl RecordSet {
    /// A record of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self {
            meta,
            zone: gap.clone().into(),
            record: gap.clone().into(),
            record_type: gap.clone().into(),
            failover: gap.clone().into(),
            ttl: gap.clone().into(),
            values: gap.clone().into(),
            alias: gap.clone().into(),
            health_check: gap.clone().into(),
        }
    }
}

/// The role of a record under failover routing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failover {
    /// Served while healthy.
    Primary,
    /// Served when the primary is not.
    Secondary,
}

/// An alias target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// DNS name, lower case, without the trailing dot and the `dualstack.` prefix.
    pub target: String,
    /// Whether the target's own health decides.
    pub evaluate_target_health: bool,
}

/// A Route 53 health check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// Name is the health check id.
    pub meta: Meta,
    /// A disabled check always counts as healthy.
    pub disabled: Fact<bool>,
    /// Healthy and unhealthy swap meaning.
    pub inverted: Fact<bool>,
    /// Seconds between checks: 10 or 30; `None` for calculated and alarm checks.
    pub interval_seconds: Fact<Option<u32>>,
    /// Failures in a row until unhealthy.
    pub failure_threshold: Fact<Option<u32>>,
}

impl HealthCheck {
    /// A health check of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self {
            meta,
            disabled: gap.clone().into(),
            inverted: gap.clone().into(),
            interval_seconds: gap.clone().into(),
            failure_threshold: gap.clone().into(),
        }
    }
}
