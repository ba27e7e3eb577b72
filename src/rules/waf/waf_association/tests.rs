//! Every way in which a web ACL can stand in front of something, or seem to.

use super::*;
use crate::estate::Scope;
use crate::rules::testing::*;
use crate::rules::waf::waf_rules::tests::{acl_with_common, common};

fn arn(name: &str) -> Arn {
    meta(name).arn.ok().expect("seen").clone()
}

fn balancer(name: &str, web_acl: Fact<Option<Arn>>) -> Resource {
    let mut balancer = LoadBalancer::unread(meta(name), &unread());
    balancer.web_acl = web_acl;
    balancer.into()
}

fn distribution(name: &str, enabled: bool, web_acl: Option<Arn>) -> Resource {
    let mut distribution = Distribution::unread(meta(name), &unread());
    distribution.enabled = seen(enabled);
    distribution.web_acl = seen(web_acl);
    distribution.into()
}

fn blocking(name: &str) -> Resource {
    acl_with_common(name, false).into()
}

fn counting(name: &str) -> Resource {
    acl_with_common(name, true).into()
}

fn promise(protects: WafTarget) -> claim::WafAssociation {
    claim::WafAssociation { protects, rules: Some(common()) }
}

/// The rulings over the web ACLs by name, gaps as `None`.
fn answers(protects: WafTarget, resources: impl IntoIterator<Item = Resource>) -> Vec<Option<Answer>> {
    let rulings = judge_view(&RULE, &plan(promise(protects)), &live(resources));
    rulings.into_iter().map(|ruling| ruling.ok().map(|judgement| judgement.answer)).collect()
}

const ANY: WafTarget = WafTarget::AnyLoadBalancer;
const EVERY: WafTarget = WafTarget::EveryLoadBalancer;

#[test]
fn kept_when_it_protects_one_load_balancer_of_the_system() {
    let judgement = judge_one(
        &RULE,
        promise(ANY),
        [
            blocking("main"),
            balancer("front", seen(Some(arn("main")))),
            balancer("inner", seen(None)),
            balancer("blind", denied("wafv2:GetWebACLForResource")),
        ],
    )
    .expect("one is enough");
    assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Kept, "protects load balancer front"));
    assert!(judgement.at.is_some());
}

#[test]
fn broken_when_detached_or_in_front_of_somebody_elses() {
    assert_eq!(answers(ANY, [blocking("main"), balancer("front", seen(None))]), [Some(Answer::Broken)]);

    let Resource::LoadBalancer(mut foreign) = balancer("foreign", seen(Some(arn("main")))) else { unreachable!() };
    foreign.meta.tags = seen([].into());
    let ruling = judge_one(&RULE, promise(ANY), [blocking("main"), Resource::LoadBalancer(foreign)]).expect("judged");
    assert_eq!(ruling.found, "protects nothing: there is no load balancer of the system");
}

#[test]
fn counting_rules_are_the_breach_of_another_rule() {
    assert_eq!(answers(ANY, [counting("main"), balancer("front", seen(Some(arn("main"))))]), [Some(Answer::Kept)]);
}

#[test]
fn only_web_acls_with_the_promised_rules_count_where_one_has_them() {
    let front = || balancer("front", seen(Some(arn("count"))));
    assert_eq!(answers(ANY, [blocking("block"), counting("count"), front()]), [Some(Answer::Broken), Some(Answer::NotApplicable)]);
    assert_eq!(answers(EVERY, [blocking("block"), counting("count"), front()]), [Some(Answer::Broken), Some(Answer::NotApplicable)]);
}

#[test]
fn every_load_balancer_may_be_shared_among_web_acls() {
    let shared = [blocking("a"), blocking("b"), balancer("one", seen(Some(arn("a")))), balancer("two", seen(Some(arn("b"))))];
    assert_eq!(answers(EVERY, shared), [Some(Answer::Kept), Some(Answer::Kept)]);

    let idle = [blocking("a"), blocking("b"), balancer("one", seen(Some(arn("a"))))];
    assert_eq!(answers(EVERY, idle), [Some(Answer::Kept), Some(Answer::NotApplicable)]);
}

#[test]
fn broken_when_one_of_every_is_bare_or_behind_a_stranger() {
    for second in [None, Some(arn("stranger"))] {
        let world = [blocking("a"), balancer("one", seen(Some(arn("a")))), balancer("two", seen(second))];
        let judgement = judge_one(&RULE, promise(EVERY), world).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Broken, "leaves load balancer two without protection"));
    }
}

#[test]
fn disabled_distributions_serve_nobody() {
    let every = || WafTarget::EveryDistribution;
    let world = |bare_enabled| {
        [blocking("cdn"), distribution("E1", true, Some(arn("cdn"))), distribution("E2", bare_enabled, None), balancer("lb", seen(None))]
    };
    assert_eq!(answers(every(), world(false)), [Some(Answer::Kept)]);
    assert_eq!(answers(every(), world(true)), [Some(Answer::Broken)]);
}

#[test]
fn unknown_when_denied() {
    let gap = || denied_gap("wafv2:GetWebACLForResource");
    let blind = [blocking("main"), balancer("front", Fact::Gap(gap())), balancer("inner", seen(None))];
    assert_eq!(judge_one(&RULE, promise(ANY), blind.clone()), Err(gap()));
    let found = judge_one(&RULE, promise(EVERY), blind).expect("inner is certainly bare").found;
    assert_eq!(found, "leaves load balancer inner without protection");

    let Resource::LoadBalancer(mut untagged) = balancer("front", seen(Some(arn("main")))) else { unreachable!() };
    untagged.meta.tags = denied("elasticloadbalancing:DescribeTags");
    let ruling = judge_one(&RULE, promise(ANY), [blocking("main"), Resource::LoadBalancer(untagged)]);
    assert_eq!(ruling, Err(denied_gap("elasticloadbalancing:DescribeTags")));
}

#[test]
fn unknown_when_the_load_balancers_could_not_be_listed() {
    let gap = denied_gap("elasticloadbalancing:DescribeLoadBalancers");
    let mut view = live([blocking("main")]);
    view.listed(Kind::LoadBalancer, Scope::Region("us-west-2".into()), Some(gap.clone()));
    for target in [ANY, EVERY] {
        assert_eq!(judge_view(&RULE, &plan(promise(target)), &view), [Err(gap.clone())]);
    }
}

#[test]
fn a_web_acl_whose_rules_were_not_read_counts_when_it_is_the_only_one() {
    let unread_acl = || {
        let mut acl = acl_with_common("main", false);
        acl.rules = denied("wafv2:GetWebACL");
        Resource::from(acl)
    };
    let front = || balancer("front", seen(Some(arn("main"))));
    assert_eq!(answers(ANY, [unread_acl(), front()]), [Some(Answer::Kept)]);
    assert_eq!(answers(ANY, [blocking("block"), unread_acl(), front()]), [Some(Answer::Broken), None]);
    assert_eq!(answers(ANY, [counting("count"), unread_acl(), balancer("front", seen(Some(arn("count"))))]), [None, Some(Answer::Broken)]);
}
