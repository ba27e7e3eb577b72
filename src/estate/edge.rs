//! The edge: web ACLs, load balancers, CloudFront distributions.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Arn, Fact, Gap, Meta};

/// A WAFv2 web ACL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebAcl {
    /// Name, ARN, region (`aws-global` for CLOUDFRONT scope), tags.
    pub meta: Meta,
    /// CLOUDFRONT scope (`true`) or REGIONAL (`false`).
    pub cloudfront: Fact<bool>,
    /// What happens to a request that no rule decides: block (`true`) or allow (`false`).
    pub default_block: Fact<bool>,
    /// The rules by priority.
    pub rules: Fact<Vec<WafRule>>,
}

impl WebAcl {
    /// An ACL of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, cloudfront: gap.clone().into(), default_block: gap.clone().into(), rules: gap.clone().into() }
    }
}

/// One rule of a web ACL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WafRule {
    /// The rule's name.
    pub name: String,
    /// Lower runs first.
    pub priority: i64,
    /// What the rule does.
    pub statement: WafStatement,
}

/// What a WAF rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WafStatement {
    /// A managed rule group.
    ManagedGroup {
        /// `AWS`, or a marketplace seller.
        vendor: String,
        /// `AWSManagedRulesCommonRuleSet`, …
        name: String,
        /// The whole group only counts (`OverrideAction: Count`).
        counts_only: bool,
        /// Rules of the group whose own action is overridden to Count, or that are excluded.
        rules_counting: BTreeSet<String>,
        /// Only part of the requests is inspected.
        scoped_down: bool,
    },
    /// A rate-based rule.
    Rate {
        /// Requests per window.
        limit: u64,
        /// Seconds the window spans.
        window_seconds: u64,
        /// Blocks (`true`) or only counts, challenges or allows (`false`).
        blocks: bool,
        /// Only part of the requests is counted.
        scoped_down: bool,
    },
    /// Anything else.
    Other,
}

/// An application, network or gateway load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Name, ARN, region, tags.
    pub meta: Meta,
    /// `application`, `network` or `gateway`.
    pub class: Fact<String>,
    /// The zones it has a foot in.
    pub zones: Fact<BTreeSet<String>>,
    /// The web ACL in front of it; `None` when there is none.
    pub web_acl: Fact<Option<Arn>>,
}

impl LoadBalancer {
    /// A load balancer of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, class: gap.clone().into(), zones: gap.clone().into(), web_acl: gap.clone().into() }
    }
}

/// A CloudFront distribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// Name is the distribution id.
    pub meta: Meta,
    /// Serves requests.
    pub enabled: Fact<bool>,
    /// Alternate domain names.
    pub aliases: Fact<BTreeSet<String>>,
    /// The web ACL in front of it (WAFv2 ARN); `None` when there is none.
    pub web_acl: Fact<Option<Arn>>,
}

impl Distribution {
    /// A distribution of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self { meta, enabled: gap.clone().into(), aliases: gap.clone().into(), web_acl: gap.clone().into() }
    }
}
