//! A web ACL has the managed rule groups, the default action and the rate limit that the plan promises, and they block.

use std::collections::BTreeSet;

use crate::estate::edge::{WafRule, WafStatement, WebAcl};
use crate::rules::prelude::*;

use super::managed_groups::rules_of;

/// The rule.
pub static RULE: Rule = Rule {
    id: "waf-rules",
    summary: "A web ACL has the promised managed rule groups, default action and rate limit, and blocks by them",
    severity: Severity::High,
    needs: &[Need::WebAcls],
    controls: &[],
    remediation: Remediation {
        text: "Add the promised managed rule groups to web ACL {name} with override action none, without a scope-down statement, \
               and mend the default action and the rate limit where the finding names them.",
        terraform: Some(
            "# {address}\n\
             rule {\n  \
               name     = \"common\"\n  \
               priority = 10\n\n  \
               override_action {\n    none {}\n  }\n\n  \
               statement {\n    managed_rule_group_statement {\n      vendor_name = \"AWS\"\n      \
                 name        = \"AWSManagedRulesCommonRuleSet\"\n    }\n  }\n\n  \
               visibility_config {\n    cloudwatch_metrics_enabled = true\n    metric_name                = \"common\"\n    \
                 sampled_requests_enabled   = true\n  }\n}",
        ),
        cli: Some(
            "# {arn}: the last part is the id\n\
             aws wafv2 get-web-acl --region {region} --scope REGIONAL --name {name} --id ID > acl.json\n\
             # mend Rules and DefaultAction from acl.json, then\n\
             aws wafv2 update-web-acl --region {region} --scope REGIONAL --name {name} --id ID --lock-token TOKEN \
             --default-action Allow={} --rules file://rules.json --visibility-config file://visibility.json",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Any,
    doc: DOC,
    judge: judge_each!(claim::WafRules, &WebAcl, judge),
};

const DOC: &str = "\
## What it checks

Whether a web ACL of the system contains every promised managed rule group in blocking mode, has the promised default action, and \
has a blocking rate limit no higher than promised. One such web ACL is enough. A managed group does not count when the web ACL \
overrides the whole group to Count, overrides every one of its rules to Count, or scopes it down to part of the requests. Rate limits \
over other windows are compared as requests per five minutes.

## Why it matters

A rule group that counts writes metrics and lets the attack pass. Groups are put into count mode to try them out, and stay there; on a \
list of rules they look the same as groups that block.

## What counts as evidence

The rules and the default action of the web ACL, from `wafv2:GetWebACL` or from Terraform. Single rules of a group that only count \
are named in the finding and do not break the promise.

## Limits

That every rule of a group is overridden can be seen only for groups whose rules lastro knows (AWSManagedRulesCommonRuleSet). Overrides \
of single rules to Allow, rules of higher priority that let requests pass before the group sees them, and the pinned version of a group \
are not judged. Rules inside the account's own rule groups are not read. Whether the web ACL protects anything is the promise of \
`waf-association`.";

/// Judges one web ACL; `waf-association` asks it too.
///
/// # Errors
/// The gap that hides whether the web ACL has what is promised.
pub(super) fn judge(promise: &claim::WafRules, acl: &WebAcl, _scene: &Scene<'_>) -> Ruling {
    let (mut breaches, mut gaps, mut sound) = (Vec::new(), Vec::new(), Vec::new());
    let mut note = |part: Result<String, String>| match part {
        Ok(good) => sound.push(good),
        Err(bad) => breaches.push(bad),
    };
    match acl.rules.known() {
        Ok(rules) => {
            promise.managed_groups.iter().for_each(|group| note(inspect_group(group, rules)));
            promise.rate_limit_at_most.into_iter().for_each(|limit| note(inspect_rate(limit, rules)));
            if rules.is_empty() && promise.managed_groups.is_empty() && promise.rate_limit_at_most.is_none() {
                note(Err("has no rule at all".to_owned()));
            }
        }
        Err(gap) => gaps.push(gap),
    }
    if let Some(block) = promise.default_block {
        match acl.default_block.known() {
            Ok(blocks) => note(inspect_default(block, *blocks)),
            Err(gap) => gaps.push(gap),
        }
    }
    Ok(settle(breaches, gaps, || if sound.is_empty() { "has rules".to_owned() } else { sound.join(", ") })?.seen_in(&acl.rules))
}

/// Whether one promised group blocks on all requests; else what is wrong with it.
fn inspect_group(promised: &str, rules: &[WafRule]) -> Result<String, String> {
    let (wanted_vendor, wanted_name) = promised.split_once('/').unwrap_or(("AWS", promised));
    let mut defect = format!("does not contain {promised}");
    for rule in rules {
        let WafStatement::ManagedGroup { vendor, name, counts_only, rules_counting, scoped_down } = &rule.statement else { continue };
        if vendor != wanted_vendor || name != wanted_name {
            continue;
        }
        defect = if *counts_only {
            format!("only counts what {promised} finds")
        } else if *scoped_down {
            format!("lets {promised} inspect only part of the requests")
        } else if all_count(vendor, name, rules_counting) {
            format!("overrides every rule of {promised} to count")
        } else {
            return Ok(format!("blocks with {promised}{}", but_counting(rules_counting)));
        };
    }
    Err(defect)
}

fn all_count(vendor: &str, name: &str, counting: &BTreeSet<String>) -> bool {
    rules_of(vendor, name).is_some_and(|rules| rules.iter().all(|rule| counting.contains(*rule)))
}

fn but_counting(counting: &BTreeSet<String>) -> String {
    match counting.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [one] => format!(" ({one} only counts)"),
        many => format!(" ({} only count)", many.join(", ")),
    }
}

/// Seconds of the window in which a plan states a rate limit, as AWS WAF does by default.
/// Source: <https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html>, `EvaluationWindowSec`
const PROMISED_WINDOW: u128 = 300;

fn inspect_rate(at_most: u64, rules: &[WafRule]) -> Result<String, String> {
    let mut defect = "has no rate limit".to_owned();
    for rule in rules {
        let WafStatement::Rate { limit, window_seconds, blocks, scoped_down } = rule.statement else { continue };
        let rate = format!("{limit} requests per {window_seconds} s");
        defect = if !blocks {
            format!("does not block above its rate limit of {rate}")
        } else if scoped_down {
            format!("limits only part of the requests to {rate}")
        } else if u128::from(limit) * PROMISED_WINDOW > u128::from(at_most) * u128::from(window_seconds) {
            format!("lets {rate} pass")
        } else {
            return Ok(format!("limits requests to {rate}"));
        };
    }
    Err(defect)
}

fn inspect_default(promised: bool, blocks: bool) -> Result<String, String> {
    let said = format!("{} what no rule decides", if blocks { "blocks" } else { "allows" });
    if blocks == promised { Ok(said) } else { Err(said) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::rules::testing::*;

    const COMMON: &str = "AWSManagedRulesCommonRuleSet";

    fn group(counts_only: bool, scoped_down: bool, counting: &[&str]) -> WafStatement {
        WafStatement::ManagedGroup {
            vendor: "AWS".to_owned(),
            name: COMMON.to_owned(),
            counts_only,
            rules_counting: counting.iter().map(ToString::to_string).collect(),
            scoped_down,
        }
    }

    fn rate(limit: u64, window_seconds: u64) -> WafStatement {
        WafStatement::Rate { limit, window_seconds, blocks: true, scoped_down: false }
    }

    fn acl(statements: impl IntoIterator<Item = WafStatement>) -> WebAcl {
        let mut acl = WebAcl::unread(meta("main"), &unread());
        acl.default_block = seen(false);
        let rules = (0..).zip(statements).map(|(priority, statement)| WafRule { name: format!("rule-{priority}"), priority, statement });
        acl.rules = seen(rules.collect());
        acl
    }

    /// A web ACL that has the common rule set, blocking or only counting.
    pub(in crate::rules::waf) fn acl_with_common(name: &str, counts_only: bool) -> WebAcl {
        WebAcl { meta: meta(name), ..acl([group(counts_only, false, &[])]) }
    }

    /// The promise of the common rule set.
    pub(in crate::rules::waf) fn common() -> claim::WafRules {
        claim::WafRules { managed_groups: BTreeSet::from([COMMON.to_owned()]), default_block: None, rate_limit_at_most: None }
    }

    fn limit(at_most: u64) -> claim::WafRules {
        claim::WafRules { managed_groups: BTreeSet::new(), default_block: None, rate_limit_at_most: Some(at_most) }
    }

    fn ruled(promise: claim::WafRules, acl: WebAcl) -> (Answer, String) {
        let judgement = judge_one(&RULE, promise, [acl.into()]).expect("judged");
        (judgement.answer, judgement.found)
    }

    #[test]
    fn kept_when_the_group_blocks() {
        assert_eq!(ruled(common(), acl([group(false, false, &[])])), (Answer::Kept, format!("blocks with {COMMON}")));
        let with_vendor = claim::WafRules { managed_groups: BTreeSet::from([format!("AWS/{COMMON}")]), ..common() };
        assert_eq!(ruled(with_vendor, acl([WafStatement::Other, group(false, false, &[])])).0, Answer::Kept);
    }

    #[test]
    fn kept_when_single_rules_count_and_they_are_named() {
        let (answer, found) = ruled(common(), acl([group(false, false, &["SizeRestrictions_BODY"])]));
        assert_eq!((answer, found), (Answer::Kept, format!("blocks with {COMMON} (SizeRestrictions_BODY only counts)")));
    }

    #[test]
    fn broken_when_the_group_is_missing_counts_or_sees_only_a_part() {
        let all = rules_of("AWS", COMMON).expect("known group");
        let mut foreign = acl([group(false, false, &[])]);
        if let Fact::Known { value, .. } = &mut foreign.rules
            && let WafStatement::ManagedGroup { vendor, .. } = &mut value[0].statement
        {
            *vendor = "Fortinet".to_owned();
        }
        for (acl, says) in [
            (acl([]), "does not contain"),
            (foreign, "does not contain"),
            (acl([group(true, false, &[])]), "only counts what"),
            (acl([group(false, true, &[])]), "only part of the requests"),
            (acl([group(false, false, all)]), "every rule of"),
        ] {
            let (answer, found) = ruled(common(), acl);
            assert_eq!(answer, Answer::Broken, "{found}");
            assert!(found.contains(says), "{found}");
        }
        assert_eq!(ruled(common(), acl([group(false, false, &all[1..])])).0, Answer::Kept, "one rule still blocks");
    }

    #[test]
    fn kept_when_a_second_use_of_the_group_blocks() {
        assert_eq!(ruled(common(), acl([group(true, false, &[]), group(false, false, &[])])).0, Answer::Kept);
    }

    #[test]
    fn rate_limits_are_compared_per_five_minutes() {
        for (limit_seen, window, answer) in [
            (2000, 300, Answer::Kept),
            (2001, 300, Answer::Broken),
            (400, 60, Answer::Kept),
            (401, 60, Answer::Broken),
            (4000, 600, Answer::Kept),
            (4001, 600, Answer::Broken),
        ] {
            assert_eq!(ruled(limit(2000), acl([rate(limit_seen, window)])).0, answer, "{limit_seen} per {window} s");
        }
    }

    #[test]
    fn broken_when_the_rate_limit_counts_or_is_partial_or_missing() {
        let counting = WafStatement::Rate { limit: 100, window_seconds: 300, blocks: false, scoped_down: false };
        let partial = WafStatement::Rate { limit: 100, window_seconds: 300, blocks: true, scoped_down: true };
        for (statements, says) in [(vec![counting], "does not block"), (vec![partial], "only part"), (vec![], "no rate limit")] {
            let (answer, found) = ruled(limit(2000), acl(statements));
            assert!(answer == Answer::Broken && found.contains(says), "{found}");
        }
    }

    #[test]
    fn the_default_action_is_as_promised_either_way() {
        for (promised, blocks) in [(true, true), (true, false), (false, true), (false, false)] {
            let promise = claim::WafRules { default_block: Some(promised), ..common() };
            let acl = WebAcl { default_block: seen(blocks), ..acl([group(false, false, &[])]) };
            let expected = if promised == blocks { Answer::Kept } else { Answer::Broken };
            assert_eq!(ruled(promise, acl).0, expected);
        }
    }

    #[test]
    fn unknown_when_denied() {
        let promise = claim::WafRules { default_block: Some(true), ..common() };
        let blind = WebAcl { rules: denied("wafv2:GetWebACL"), default_block: seen(true), ..acl([]) };
        assert_eq!(judge_one(&RULE, promise.clone(), [blind.clone().into()]), Err(denied_gap("wafv2:GetWebACL")));

        let surely_broken = WebAcl { default_block: seen(false), ..blind };
        assert_eq!(ruled(promise, surely_broken).0, Answer::Broken);
    }
}
