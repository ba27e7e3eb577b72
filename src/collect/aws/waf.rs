//! Web ACLs of both scopes.

use aws_sdk_wafv2::Client;
use aws_sdk_wafv2::types::{FirewallManagerRuleGroup, ManagedRuleGroupStatement, OverrideAction, Rule, Scope as AclScope, WebAclSummary};
use futures::future::{FutureExt as _, join_all};

use super::clean;
use super::errand::{Errand, Haul, Meant, lacks, seen, tags, told};
use super::pages::{self, Page};
use crate::collect::needs::{GET_WEB_ACL, LIST_WAF_TAGS, LIST_WEB_ACLS};
use crate::estate::edge::{WafRule, WafStatement, WebAcl};
use crate::estate::{Fact, Gap, Kind, Need, Region, Scope};

const NEEDS: &[Need] = &[Need::WebAcls];

/// The window of a rate rule that names none (WAF API reference, RateBasedStatement).
const DEFAULT_WINDOW_SECONDS: u64 = 300;

/// ACLs of the load balancers and APIs of a region.
pub(super) async fn read_regional(errand: &Errand<'_>, region: &Region) -> Haul {
    read(errand, region, AclScope::Regional).await
}

/// ACLs of CloudFront, which WAF keeps in us-east-1.
pub(super) async fn read_global(errand: &Errand<'_>) -> Haul {
    read(errand, &super::s3::partition_home(&errand.home()), AclScope::Cloudfront).await
}

async fn read(errand: &Errand<'_>, region: &Region, acl_scope: AclScope) -> Haul {
    let client = errand.session.wafv2(region);
    let global = acl_scope == AclScope::Cloudfront;
    let scope = if global { Scope::Whole } else { Scope::Region(region.clone()) };
    let (summaries, gap) = pages::all(LIST_WEB_ACLS, |marker| {
        let sent = client.list_web_acls().scope(acl_scope.clone()).limit(100).set_next_marker(marker).send().boxed();
        async {
            let page = errand.ask(LIST_WEB_ACLS, region, sent).await?;
            let acls = page.web_acls.ok_or_else(|| lacks(LIST_WEB_ACLS, "WebACLs"))?;
            // WAF names a marker after a full page and sometimes after the last one; an empty page is the end either way.
            let next = if acls.is_empty() { None } else { page.next_marker };
            Ok(Page::new(Some(acls), next))
        }
    })
    .await;
    let mut haul = Haul::default();
    for (acl, gaps) in join_all(summaries.iter().map(|summary| acl(errand, &client, region, &acl_scope, summary))).await {
        haul.gaps.extend(gaps);
        if errand.wanted.means(NEEDS, &acl.meta) == Meant::Maybe {
            haul.perhaps(Kind::WebAcl, scope.clone(), &acl.meta);
        }
        haul.add(acl);
    }
    haul.listed(Kind::WebAcl, scope, gap);
    haul
}

async fn acl(errand: &Errand<'_>, client: &Client, region: &Region, scope: &AclScope, summary: &WebAclSummary) -> (WebAcl, Vec<Gap>) {
    let global = *scope == AclScope::Cloudfront;
    let lives_in = if global { Region::global() } else { region.clone() };
    let mut meta = errand.meta(LIST_WEB_ACLS, &lives_in, summary.name().map(clean).unwrap_or_default(), summary.arn());
    let mut gaps = Vec::new();
    if errand.wanted.by_tag(NEEDS) && errand.wanted.could_mean(NEEDS, &meta) {
        meta.tags = acl_tags(errand, client, region, summary).await.unwrap_or_else(|gap| {
            gaps.push(gap.clone());
            gap.into()
        });
    }
    let mut acl = WebAcl { meta, cloudfront: seen(LIST_WEB_ACLS, global), default_block: Fact::not_read(), rules: Fact::not_read() };
    if errand.wanted.means(NEEDS, &acl.meta) != Meant::Yes {
        return (acl, gaps);
    }
    let sent = client.get_web_acl().set_name(summary.name.clone()).set_id(summary.id.clone()).scope(scope.clone()).send().boxed();
    match errand.ask(GET_WEB_ACL, region, sent).await.and_then(|answer| answer.web_acl.ok_or_else(|| lacks(GET_WEB_ACL, "WebACL"))) {
        Ok(answer) => {
            let action = answer.default_action();
            let blocks = action.and_then(|action| match (action.block(), action.allow()) {
                (Some(_), _) => Some(true),
                (None, Some(_)) => Some(false),
                (None, None) => None,
            });
            acl.default_block = told(GET_WEB_ACL, blocks, "DefaultAction");
            acl.rules = seen(GET_WEB_ACL, rules(&answer));
        }
        Err(gap) => {
            acl.default_block = gap.clone().into();
            acl.rules = gap.clone().into();
            gaps.push(gap);
        }
    }
    (acl, gaps)
}

async fn acl_tags(
    errand: &Errand<'_>,
    client: &Client,
    region: &Region,
    summary: &WebAclSummary,
) -> Result<Fact<std::collections::BTreeMap<String, String>>, Gap> {
    let (found, gap) = pages::all(LIST_WAF_TAGS, |marker| {
        let sent = client.list_tags_for_resource().set_resource_arn(summary.arn.clone()).set_next_marker(marker).send().boxed();
        async {
            let page = errand.ask(LIST_WAF_TAGS, region, sent).await?;
            let info = page.tag_info_for_resource.ok_or_else(|| lacks(LIST_WAF_TAGS, "TagInfoForResource"))?;
            Ok(Page::new(info.tag_list, page.next_marker))
        }
    })
    .await;
    match gap {
        Some(gap) => Err(gap),
        None => Ok(tags(LIST_WAF_TAGS, found.iter().map(|tag| (Some(tag.key()), Some(tag.value()))))),
    }
}

/// The rules in the order they run: Firewall Manager's first ones, the ACL's own, Firewall Manager's last ones.
fn rules(acl: &aws_sdk_wafv2::types::WebAcl) -> Vec<WafRule> {
    let mut own: Vec<WafRule> = acl.rules().iter().map(rule).collect();
    own.sort_by_key(|rule| rule.priority);
    let managed = |groups: &[FirewallManagerRuleGroup]| {
        let mut rules: Vec<WafRule> = groups.iter().map(manager_rule).collect();
        rules.sort_by_key(|rule| rule.priority);
        rules
    };
    let mut all = managed(acl.pre_process_firewall_manager_rule_groups());
    all.extend(own);
    all.extend(managed(acl.post_process_firewall_manager_rule_groups()));
    all
}

fn rule(rule: &Rule) -> WafRule {
    let statement = rule.statement();
    let group = statement.and_then(|statement| statement.managed_rule_group_statement());
    let rate = statement.and_then(|statement| statement.rate_based_statement());
    let statement = match (group, rate) {
        (Some(group), _) => managed_group(group, rule.override_action()),
        (None, Some(rate)) => WafStatement::Rate {
            limit: u64::try_from(rate.limit()).unwrap_or(u64::MAX),
            window_seconds: u64::try_from(rate.evaluation_window_sec())
                .ok()
                .filter(|seconds| *seconds > 0)
                .unwrap_or(DEFAULT_WINDOW_SECONDS),
            blocks: rule.action().is_some_and(|action| action.block().is_some()),
            scoped_down: rate.scope_down_statement().is_some(),
        },
        (None, None) => WafStatement::Other,
    };
    WafRule { name: clean(rule.name()), priority: i64::from(rule.priority()), statement }
}

fn manager_rule(group: &FirewallManagerRuleGroup) -> WafRule {
    let managed = group.firewall_manager_statement().and_then(|statement| statement.managed_rule_group_statement());
    WafRule {
        name: clean(group.name()),
        priority: i64::from(group.priority()),
        statement: managed.map_or(WafStatement::Other, |managed| managed_group(managed, group.override_action())),
    }
}

fn managed_group(group: &ManagedRuleGroupStatement, over: Option<&OverrideAction>) -> WafStatement {
    // A rule overridden to Allow stops even less than one that counts.
    let tamed = group
        .rule_action_overrides()
        .iter()
        .filter(|one| one.action_to_use().is_some_and(|action| action.count().is_some() || action.allow().is_some()));
    let excluded = group.excluded_rules().iter().map(|rule| rule.name());
    WafStatement::ManagedGroup {
        vendor: clean(group.vendor_name()),
        name: clean(group.name()),
        counts_only: over.is_some_and(|over| over.count().is_some()),
        rules_counting: tamed.map(|one| one.name()).chain(excluded).map(clean).collect(),
        scoped_down: group.scope_down_statement().is_some(),
    }
}
