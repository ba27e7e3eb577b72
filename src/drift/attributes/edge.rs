//! Attributes of web ACLs, load balancers and distributions.

use super::{Offer, Shape, all, compared};
use crate::estate::edge::{Distribution, LoadBalancer, WafRule, WafStatement, WebAcl};

pub(super) fn web_acl(acl: &WebAcl) -> Vec<Offer> {
    let WebAcl { meta, cloudfront, default_block, rules } = acl;
    all(
        meta,
        [
            compared("cloudfront", "scope", cloudfront, Shape::text),
            compared("default_action", "default_action", default_block, |block| Shape::text(if *block { "block" } else { "allow" })),
            compared("rules", "rule", rules, |rules| {
                Shape::keyed(format!("{} rules", rules.len()), rules.iter().map(|rule| (rule.name.clone(), waf_rule(rule))))
            }),
        ],
    )
}

fn waf_rule(rule: &WafRule) -> Shape {
    let WafRule { name: _, priority, statement } = rule;
    let priority = ("priority", Shape::text(priority));
    match statement {
        WafStatement::ManagedGroup { vendor, name, counts_only, rules_counting, scoped_down } => Shape::fields(
            format!("managed group {vendor}/{name}"),
            [
                priority,
                ("statement", Shape::text(format_args!("managed group {vendor}/{name}"))),
                ("action", Shape::text(if *counts_only { "count" } else { "as the group says" })),
                ("rules_counting", Shape::set(rules_counting)),
                ("scoped_down", Shape::text(scoped_down)),
            ],
        ),
        WafStatement::Rate { limit, window_seconds, blocks, scoped_down } => Shape::fields(
            format!("at most {limit} requests in {window_seconds} s"),
            [
                priority,
                ("statement", Shape::text("rate")),
                ("limit", Shape::text(limit)),
                ("window_seconds", Shape::text(window_seconds)),
                ("action", Shape::text(if *blocks { "block" } else { "does not block" })),
                ("scoped_down", Shape::text(scoped_down)),
            ],
        ),
        WafStatement::Other => Shape::fields("another rule", [priority, ("statement", Shape::text("other"))]),
    }
}

pub(super) fn load_balancer(balancer: &LoadBalancer) -> Vec<Offer> {
    let LoadBalancer { meta, class, zones, web_acl } = balancer;
    all(
        meta,
        [
            compared("class", "load_balancer_type", class, |class| Shape::name(class)),
            compared("zones", "subnets", zones, Shape::set),
            compared("web_acl", "web_acl_arn", web_acl, |acl| Shape::maybe(acl.as_ref())),
        ],
    )
}

pub(super) fn distribution(distribution: &Distribution) -> Vec<Offer> {
    let Distribution { meta, enabled, aliases, web_acl } = distribution;
    all(
        meta,
        [
            compared("enabled", "enabled", enabled, Shape::text),
            compared("aliases", "aliases", aliases, |aliases| Shape::set(aliases.iter().map(|alias| alias.to_lowercase()))),
            compared("web_acl", "web_acl_id", web_acl, |acl| Shape::maybe(acl.as_ref())),
        ],
    )
}
