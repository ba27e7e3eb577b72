//! A web ACL that has the promised rules stands in front of the promised load balancers or distributions.

use crate::estate::Arn;
use crate::estate::edge::{Distribution, LoadBalancer, WebAcl};
use crate::plan::claim::WafTarget;
use crate::rules::prelude::*;

use super::waf_rules;

/// The rule.
pub static RULE: Rule = Rule {
    id: "waf-association",
    summary: "A web ACL protects the promised load balancers or distributions",
    severity: Severity::High,
    needs: &[Need::WebAcls, Need::LoadBalancers, Need::LoadBalancerWebAcls, Need::Distributions],
    controls: &[],
    remediation: Remediation {
        text: "Associate web ACL {name} with the load balancer, or name its ARN in the distribution.",
        terraform: Some(
            "# a load balancer\n\
             resource \"aws_wafv2_web_acl_association\" \"main\" {\n  \
               resource_arn = aws_lb.main.arn\n  \
               web_acl_arn  = \"{arn}\"\n}\n\n\
             # a distribution: in aws_cloudfront_distribution\n\
             # web_acl_id = \"{arn}\"",
        ),
        cli: Some("aws wafv2 associate-web-acl --region {region} --web-acl-arn {arn} --resource-arn LOAD-BALANCER-ARN"),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Any,
    doc: DOC,
    judge: judge_each!(claim::WafAssociation, &WebAcl, judge),
};

const DOC: &str = "\
## What it checks

Whether a web ACL of the system stands in front of at least one load balancer of the system, of every one, or of every enabled \
CloudFront distribution, as the plan promises. Where the plan also promises rules, only a web ACL that has them counts; when no web \
ACL of the system has them, that is the breach of `waf-rules`, and the association is judged by itself.

## Why it matters

A web ACL that is not associated with anything inspects nothing, whatever its rules. Replacing a load balancer silently leaves its web \
ACL behind.

## What counts as evidence

The web ACL that each selected load balancer answers with (`wafv2:GetWebACLForResource`), the `WebACLId` of each distribution, or \
`aws_wafv2_web_acl_association` and `web_acl_id` in Terraform. Several web ACLs may share the load balancers of a promise about every \
one.

## Limits

Only web ACLs, load balancers and distributions that the promise selects are looked at: a load balancer of the system behind a web ACL \
of somebody else counts as not protected. Network and gateway load balancers cannot carry a web ACL. API Gateway stages, AppSync, \
Cognito and App Runner are not read. Requests that reach the targets without passing the load balancer are not seen.";

fn judge(promise: &claim::WafAssociation, acl: &WebAcl, scene: &Scene<'_>) -> Ruling {
    let field = Field::of(promise, scene);
    match promise.protects {
        WafTarget::AnyLoadBalancer => any(acl, &load_balancers(scene), &field),
        WafTarget::EveryLoadBalancer => every(acl, &load_balancers(scene), &field),
        WafTarget::EveryDistribution => every(acl, &distributions(scene), &field),
    }
}

/// What is to be protected.
struct Targets<'a> {
    what: &'static str,
    all: Vec<Target<'a>>,
    /// Why there may be more.
    gap: Option<Gap>,
}

struct Target<'a> {
    meta: &'a Meta,
    web_acl: &'a Fact<Option<Arn>>,
    /// Why it is unclear whether it belongs here, or whether what is said of it is evidence.
    doubt: Option<Gap>,
}

impl Target<'_> {
    fn web_acl(&self) -> Result<Option<&Arn>, Gap> {
        self.doubt.clone().map_or(Ok(()), Err)?;
        self.web_acl.known().map(Option::as_ref)
    }
}

fn load_balancers<'a>(scene: &Scene<'a>) -> Targets<'a> {
    let target = |balancer: &'a LoadBalancer| Target {
        meta: &balancer.meta,
        web_acl: &balancer.web_acl,
        doubt: untainted(Kind::LoadBalancer, &balancer.meta).err(),
    };
    Targets {
        what: "load balancer",
        all: scene.selected::<LoadBalancer>().map(target).collect(),
        gap: scene.selected_whole::<LoadBalancer>().err(),
    }
}

fn distributions<'a>(scene: &Scene<'a>) -> Targets<'a> {
    let serving = scene.selected::<Distribution>().filter(|distribution| distribution.enabled.ok() != Some(&false));
    let target = |distribution: &'a Distribution| Target {
        meta: &distribution.meta,
        web_acl: &distribution.web_acl,
        doubt: untainted(Kind::Distribution, &distribution.meta).err().or_else(|| distribution.enabled.known().err()),
    };
    Targets { what: "distribution", all: serving.map(target).collect(), gap: scene.selected_whole::<Distribution>().err() }
}

/// The web ACLs of the system: which of them have what is promised of the one that protects.
struct Field<'a> {
    counting: Vec<&'a WebAcl>,
    unclear: Vec<(&'a WebAcl, Gap)>,
}

enum Standing {
    Counts,
    Unclear(Gap),
    DoesNotCount,
}

impl<'a> Field<'a> {
    /// Web ACLs that keep the promised rules count. When none does, all of them count, so that a web ACL without the rules is
    /// one breach and not two.
    fn of(promise: &claim::WafAssociation, scene: &Scene<'a>) -> Self {
        let all: Vec<_> = scene.selected::<WebAcl>().collect();
        let Some(rules) = &promise.rules else { return Self { counting: all, unclear: Vec::new() } };
        let (mut keepers, mut others, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for acl in all {
            match waf_rules::judge(rules, acl, scene) {
                Ok(judgement) if judgement.answer == Answer::Kept => keepers.push(acl),
                Ok(_) => others.push(acl),
                Err(gap) => unread.push((acl, gap)),
            }
        }
        let unlisted = scene.selected_whole::<WebAcl>().err();
        match (keepers.is_empty(), unread.len(), unlisted) {
            (false, _, _) => Self { counting: keepers, unclear: unread },
            (true, 0, None) => Self { counting: others, unclear: Vec::new() },
            // A single web ACL that was not read counts in both cases: it has the rules, or nobody has them.
            (true, 1, None) => {
                let gap = unread[0].1.clone();
                Self { counting: vec![unread[0].0], unclear: others.into_iter().map(|acl| (acl, gap.clone())).collect() }
            }
            (true, _, unlisted) => {
                let hidden = unlisted.or_else(|| unread.first().map(|(_, gap)| gap.clone())).unwrap_or_else(not_a_subject);
                unread.extend(others.into_iter().map(|acl| (acl, hidden.clone())));
                Self { counting: Vec::new(), unclear: unread }
            }
        }
    }

    fn standing(&self, arn: &Arn) -> Standing {
        let is = |acl: &WebAcl| acl.meta.has_arn(arn);
        if self.counting.iter().any(|acl| is(acl)) {
            return Standing::Counts;
        }
        self.unclear.iter().find(|(acl, _)| is(acl)).map_or(Standing::DoesNotCount, |(_, gap)| Standing::Unclear(gap.clone()))
    }
}

fn any(acl: &WebAcl, targets: &Targets<'_>, field: &Field<'_>) -> Ruling {
    let arn = &acl.meta.arn_here()?;
    let standing = field.standing(arn);
    if matches!(standing, Standing::DoesNotCount) {
        return Ok(not_applicable("does not have the promised rules; another web ACL does"));
    }
    if let Some(target) = targets.all.iter().find(|target| target.web_acl().is_ok_and(|on| on == Some(arn))) {
        return match standing {
            Standing::Unclear(gap) => Err(gap),
            Standing::Counts | Standing::DoesNotCount => {
                Ok(kept(format!("protects {} {}", targets.what, target.meta.display_name())).seen_in(target.web_acl))
            }
        };
    }
    if let Some(gap) = targets.all.iter().find_map(|target| target.web_acl().err()).or_else(|| targets.gap.clone()) {
        return Err(gap);
    }
    let breach = match targets.all.as_slice() {
        [] => format!("protects nothing: there is no {} of the system", targets.what),
        [only] => format!("does not protect {} {}, the only one of the system", targets.what, only.meta.display_name()),
        all => format!("protects none of the {} {}s of the system", all.len(), targets.what),
    };
    Ok(match targets.all.first() {
        Some(target) => broken(breach).seen_in(target.web_acl),
        None => broken(breach),
    })
}

fn every(acl: &WebAcl, targets: &Targets<'_>, field: &Field<'_>) -> Ruling {
    let arn = &acl.meta.arn_here()?;
    if matches!(field.standing(arn), Standing::DoesNotCount) {
        return Ok(not_applicable("does not have the promised rules; another web ACL does"));
    }
    let (mut bare, mut gaps, mut own) = (Vec::new(), Vec::new(), 0_u64);
    for target in &targets.all {
        match target.web_acl() {
            Err(gap) => gaps.push(gap),
            Ok(None) => bare.push(target),
            Ok(Some(on)) => {
                own += u64::from(on == arn);
                match field.standing(on) {
                    Standing::Counts => {}
                    Standing::Unclear(gap) => gaps.push(gap),
                    Standing::DoesNotCount => bare.push(target),
                }
            }
        }
    }
    gaps.extend(targets.gap.clone());
    if let Some(first) = bare.first() {
        let names: Vec<_> = bare.iter().map(|target| target.meta.display_name()).collect();
        return Ok(broken(format!("leaves {} {} without protection", targets.what, names.join(", "))).seen_in(first.web_acl));
    }
    if let Some(gap) = gaps.into_iter().next() {
        return Err(gap);
    }
    match (targets.all.first(), own) {
        (None, _) => Ok(broken(format!("protects nothing: there is no {} of the system", targets.what))),
        (Some(_), 0) => Ok(not_applicable(format!("protects no {}; other web ACLs of the system protect all of them", targets.what))),
        (Some(first), own) => Ok(kept(format!("protects {}", count(own, targets.what))).seen_in(first.web_acl)),
    }
}

#[cfg(test)]
mod tests;
