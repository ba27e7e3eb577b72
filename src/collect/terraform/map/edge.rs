//! Web ACLs and what they protect: load balancers and CloudFront distributions.

use std::collections::BTreeSet;

use super::{Object, Pieces, Says};
use crate::collect::terraform::value::Node;
use crate::estate::edge::{Distribution, LoadBalancer, WafRule, WafStatement, WebAcl};
use crate::estate::{Arn, Cause, Fact, Gap, Region};

/// Seconds that a rate-based rule looks back when nothing else is set
/// (docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html).
const DEFAULT_WINDOW: u64 = 300;

/// `aws_wafv2_web_acl`
pub fn web_acl(object: &Object<'_>, pieces: &mut Pieces) {
    let cloudfront = object.get("scope").fact(|node| Ok(node.filled()? == "CLOUDFRONT"));
    let mut meta = object.meta(object.get("name").fact(Node::filled), "arn");
    if cloudfront.ok() == Some(&true) {
        meta.region = Fact::known_at(Region::global(), object.at.clone());
    }
    let default_block = object.get("default_action").fact(|node| match node.block()? {
        Some(action) => is_there(action.get("block")),
        None => Err(node.gap(Cause::Null, "is empty: refresh the state")),
    });
    pieces.resources.push(WebAcl { meta, cloudfront, default_block, rules: rules(object) }.into());
}

fn rules(object: &Object<'_>) -> Fact<Vec<WafRule>> {
    let json = object.get("rule_json");
    if json.maybe(Node::optional_string).ok().flatten().flatten().is_some() {
        return json.gap(Cause::Unreadable, "gives the rules as JSON, which is not read yet: read the ACL live").into();
    }
    object.get("rule").fact(|node| {
        let mut rules = node.items()?.into_iter().map(rule).collect::<Result<Vec<_>, Gap>>()?;
        rules.sort_by(|a, b| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
        Ok(rules)
    })
}

fn rule(rule: Node<'_>) -> Result<WafRule, Gap> {
    Ok(WafRule { name: rule.get("name").filled()?, priority: rule.get("priority").integer()?, statement: statement(rule)? })
}

/// A block without arguments is there or not: `count {}` is `[{}]`, its absence `[]`.
fn is_there(node: Node<'_>) -> Result<bool, Gap> {
    Ok(node.block_or_none()?.is_some())
}

fn action_is(owner: Node<'_>, block: &'static str, action: &'static str) -> Result<bool, Gap> {
    owner.get(block).block_or_none()?.map_or(Ok(false), |block| is_there(block.get(action)))
}

fn statement(rule: Node<'_>) -> Result<WafStatement, Gap> {
    let statements = rule.get("statement");
    let Some(statement) = statements.block()? else { return Err(statements.gap(Cause::Null, "is empty: refresh the state")) };
    if let Some(group) = statement.get("managed_rule_group_statement").block_or_none()? {
        return Ok(WafStatement::ManagedGroup {
            vendor: group.get("vendor_name").filled()?,
            name: group.get("name").filled()?,
            counts_only: action_is(rule, "override_action", "count")?,
            rules_counting: rules_counting(group)?,
            scoped_down: is_there(group.get("scope_down_statement"))?,
        });
    }
    if let Some(rate) = statement.get("rate_based_statement").block_or_none()? {
        let window = rate.get("evaluation_window_sec").maybe(Node::count::<u64>)?;
        return Ok(WafStatement::Rate {
            limit: rate.get("limit").count()?,
            window_seconds: window.filter(|seconds| *seconds > 0).unwrap_or(DEFAULT_WINDOW),
            blocks: action_is(rule, "action", "block")?,
            scoped_down: is_there(rate.get("scope_down_statement"))?,
        });
    }
    Ok(WafStatement::Other)
}

fn rules_counting(group: Node<'_>) -> Result<BTreeSet<String>, Gap> {
    let mut names = BTreeSet::new();
    for rule in group.get("excluded_rule").items_or_none()? {
        names.insert(rule.get("name").filled()?);
    }
    for rule in group.get("rule_action_override").items_or_none()? {
        // A rule overridden to Allow stops even less than one that counts.
        if action_is(rule, "action_to_use", "count")? || action_is(rule, "action_to_use", "allow")? {
            names.insert(rule.get("name").filled()?);
        }
    }
    Ok(names)
}

/// `aws_wafv2_web_acl_association`
pub fn web_acl_association(object: &Object<'_>, pieces: &mut Pieces) {
    let acl = object.get("web_acl_arn").fact(|node| Ok(Arn::from(node.filled()?)));
    pieces.parts.push(object.part(object.get("resource_arn").fact(Node::filled), Says::WebAcl(acl)));
}

/// `aws_lb`, `aws_alb`
pub fn load_balancer(object: &Object<'_>, pieces: &mut Pieces) {
    let meta = object.meta(object.get("name").fact(Node::filled), "arn");
    let arn = meta.arn.clone().map(|arn| arn.as_str().to_owned());
    pieces.parts.push(object.part(arn, Says::BalancerSubnets(object.get("subnets").fact(Node::strings))));
    let class = object.get("load_balancer_type");
    pieces.resources.push(
        LoadBalancer {
            meta,
            class: class.fact(Node::filled),
            zones: object
                .live_only("the zones of a load balancer unless its subnets are in it", "elasticloadbalancing:DescribeLoadBalancers"),
            web_acl: object.live_only("a web ACL unless its association is in it", "wafv2:GetWebACLForResource"),
        }
        .into(),
    );
}

/// `aws_cloudfront_distribution`. A web ACL is attached by `web_acl_id`, never by an association.
pub fn distribution(object: &Object<'_>, pieces: &mut Pieces) {
    let mut meta = object.meta(object.get("id").fact(Node::filled), "arn");
    meta.region = Fact::known_at(Region::global(), object.at.clone());
    pieces.resources.push(
        Distribution {
            meta,
            enabled: object.get("enabled").fact(Node::boolean),
            aliases: object.get("aliases").fact(Node::strings),
            web_acl: object.get("web_acl_id").fact(|node| Ok(node.optional_string()?.map(Arn::from))),
        }
        .into(),
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::{estate, only};
    use super::*;

    fn acl(rules: &str) -> WebAcl {
        let json = format!(
            r#"{{"name": "edge", "scope": "REGIONAL", "arn": "arn:aws:wafv2:us-east-1:1:regional/webacl/edge/1",
                "default_action": [{{"allow": [{{"custom_request_handling": []}}], "block": []}}], "rule": {rules}}}"#
        );
        only(&[("aws_wafv2_web_acl", "edge", &json)])
    }

    #[test]
    fn managed_groups_tell_what_only_counts() {
        let acl = acl(r#"[
            {"name": "rate", "priority": 2, "action": [{"block": [{}], "count": []}], "override_action": [], "statement": [
                {"rate_based_statement": [{"limit": 2000, "evaluation_window_sec": 60, "scope_down_statement": []}], "managed_rule_group_statement": []}]},
            {"name": "common", "priority": 1, "action": [], "override_action": [{"count": [{}], "none": []}], "statement": [
                {"managed_rule_group_statement": [{"vendor_name": "AWS", "name": "AWSManagedRulesCommonRuleSet", "excluded_rule": [{"name": "A"}],
                  "rule_action_override": [{"name": "B", "action_to_use": [{"count": [{}]}]}, {"name": "C", "action_to_use": [{"block": [{}], "count": []}]}],
                  "scope_down_statement": [{}]}]}]},
            {"name": "geo", "priority": 3, "statement": [{"geo_match_statement": [{}]}]}]"#);
        assert_eq!(acl.default_block.ok(), Some(&false));
        assert_eq!(acl.cloudfront.ok(), Some(&false));
        let rules = acl.rules.ok().unwrap();
        assert_eq!(
            rules[0].statement,
            WafStatement::ManagedGroup {
                vendor: "AWS".into(),
                name: "AWSManagedRulesCommonRuleSet".into(),
                counts_only: true,
                rules_counting: BTreeSet::from(["A".to_owned(), "B".to_owned()]),
                scoped_down: true,
            }
        );
        assert_eq!(rules[1].statement, WafStatement::Rate { limit: 2000, window_seconds: 60, blocks: true, scoped_down: false });
        assert_eq!(rules[2].statement, WafStatement::Other);
    }

    #[test]
    fn rules_as_json_are_a_gap_and_not_an_acl_without_rules() {
        let acl: WebAcl = only(&[("aws_wafv2_web_acl", "x", r#"{"name": "x", "scope": "CLOUDFRONT", "rule": [], "rule_json": "[{}]"}"#)]);
        assert_eq!(acl.rules.known().unwrap_err().cause, Cause::Unreadable);
        assert_eq!(acl.meta.region.ok(), Some(&Region::global()));
    }

    #[test]
    fn an_association_puts_the_acl_in_front_of_its_balancer() {
        let lb = (
            "aws_lb",
            "web",
            r#"{"name": "web", "arn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/1", "load_balancer_type": "application", "subnets": ["s-1"]}"#,
        );
        let association = (
            "aws_wafv2_web_acl_association",
            "a",
            r#"{"resource_arn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/web/1", "web_acl_arn": "arn:acl"}"#,
        );
        let subnet =
            ("aws_subnet", "s", r#"{"id": "s-1", "availability_zone": "us-east-1a", "arn": "arn:aws:ec2:us-east-1:1:subnet/s-1"}"#);
        let view = estate(&[association, lb, subnet]);
        let balancer = view.all::<LoadBalancer>().next().unwrap();
        assert_eq!(balancer.web_acl.ok(), Some(&Some(Arn::from("arn:acl"))));
        assert_eq!(balancer.zones.ok(), Some(&BTreeSet::from(["us-east-1a".to_owned()])));
        let alone: LoadBalancer = only(&[lb]);
        assert_eq!(alone.web_acl.known().unwrap_err().cause, Cause::NotRead, "an association may be made elsewhere");
        assert_eq!(alone.zones.known().unwrap_err().cause, Cause::NotRead);
    }

    #[test]
    fn a_distribution_names_its_acl_itself() {
        let json =
            r#"{"id": "E1", "enabled": true, "aliases": ["a.example"], "web_acl_id": "", "arn": "arn:aws:cloudfront::1:distribution/E1"}"#;
        let distribution: Distribution = only(&[("aws_cloudfront_distribution", "d", json)]);
        assert_eq!(distribution.web_acl.ok(), Some(&None));
        assert_eq!(distribution.meta.region.ok(), Some(&Region::global()));
        let unsaid: Distribution = only(&[("aws_cloudfront_distribution", "d", r#"{"id": "E1", "web_acl_id": null}"#)]);
        assert_eq!(unsaid.web_acl.known().unwrap_err().cause, Cause::Null);
    }
}
