//! The Terraform address that the document names exists, and what it records is live.

use crate::estate::Arn;
use crate::estate::edge::WebAcl;
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "waf-address",
    summary: "The Terraform address of the web ACL exists and records the web ACL that is live",
    severity: Severity::Medium,
    needs: &[Need::WebAcls],
    controls: &[],
    remediation: Remediation {
        text: "The runbook restores {promised_address} with Terraform. Give the web ACL that address: rename it with a `moved` block, \
               import the live one, or correct the address in the document.",
        terraform: Some("import {\n  to = {promised_address}\n  id = \"ID/NAME/REGIONAL\"\n}"),
        cli: Some("terraform state list\naws wafv2 list-web-acls --scope REGIONAL"),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That the Terraform state holds a web ACL at the address that the document names, alone or with an index (`count`, `for_each`), and that \
the ARN it records is the ARN of a web ACL that is live now.

## Why it matters

A runbook that says `terraform apply -target=ADDRESS` fails when the address was renamed or moved into a module, and restores nothing \
that is in use when the live web ACL was made anew by hand.

## What counts as evidence

The web ACL in the Terraform state, compared by ARN with the listing of live web ACLs (`wafv2:ListWebACLs`). Both are needed: without a \
state, or without live AWS, the finding is unknown. A tainted object in the state is not evidence.

## Limits

A resource of this name in a module has another address: `-target` would not find it, and neither does this rule. Whether an apply would \
succeed is not tried. What the web ACL does is the promise of `waf-rules`.";

fn judge(whole: &Whole<'_>) -> Ruling {
    let promise = expect_claim::<claim::WafAddress>(&whole.promise.claim)?;
    let Some(recorded) = whole.estate.view(View::Recorded) else {
        return Err(Gap::new(Cause::NotRead, "no Terraform state was given: give it with --state"));
    };
    let held: Vec<_> = recorded.all::<WebAcl>().filter(|acl| is_at(acl, &promise.address)).collect();
    if held.is_empty() {
        recorded.listed_whole(Kind::WebAcl)?;
        return Ok(broken(not_in_state(&promise.address, recorded)));
    }
    let Some(live) = whole.estate.view(View::Live) else {
        return Err(Gap::new(Cause::NotRead, "it is in the state; whether it is live needs live AWS or recorded evidence"));
    };
    let (mut breaches, mut gaps) = (Vec::new(), Vec::new());
    for acl in &held {
        match is_live(acl, live) {
            Ok(None) => {}
            Ok(Some(breach)) => breaches.push(breach),
            Err(gap) => gaps.push(gap),
        }
    }
    let arns: Vec<_> = held.iter().filter_map(|acl| acl.meta.arn.ok()).map(Arn::as_str).collect();
    Ok(settle(breaches, gaps, || format!("records {}, which is live", arns.join(", ")))?.seen_in(&held[0].meta.arn))
}

/// The address itself, or one instance of it.
fn is_at(acl: &WebAcl, address: &str) -> bool {
    acl.meta.address.as_deref().and_then(|at| at.strip_prefix(address)).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
}

fn not_in_state(address: &str, recorded: &ViewEstate) -> String {
    let others: Vec<_> = recorded.all::<WebAcl>().filter_map(|acl| acl.meta.address.as_deref()).collect();
    let in_module = format!(".{address}");
    match others.iter().find(|other| other.ends_with(&in_module) || other.contains(&format!("{in_module}["))) {
        Some(moved) => format!("is not in the state; the state has it as {moved}"),
        None if others.is_empty() => "is not in the state, which holds no web ACL".to_owned(),
        None => format!("is not in the state, which holds {}", others.join(", ")),
    }
}

/// `None` when the recorded web ACL is live, else what is there in its place.
fn is_live(acl: &WebAcl, live: &ViewEstate) -> Result<Option<String>, Gap> {
    untainted(Kind::WebAcl, &acl.meta)?;
    let arn = acl.meta.arn.known()?;
    if live.all::<WebAcl>().any(|other| other.meta.arn.ok() == Some(arn)) {
        return Ok(None);
    }
    live.listed_whole(Kind::WebAcl)?;
    was_looked_for(arn, live)?;
    live.all::<WebAcl>().try_for_each(|other| other.meta.arn.known().map(|_| ()))?;
    let name = acl.meta.name.ok();
    let namesake = live.all::<WebAcl>().find(|other| name.is_some() && other.meta.name.ok() == name);
    Ok(Some(match namesake.and_then(|other| other.meta.arn.ok()) {
        Some(other) => format!("records {arn}, which is not live: the live web ACL of that name is {other}"),
        None => format!("records {arn}, which is not live"),
    }))
}

/// Whether the region of an ARN was listed. Web ACLs of CloudFront say `global` in the resource part and are listed in their own scope.
fn was_looked_for(arn: &Arn, live: &ViewEstate) -> Result<(), Gap> {
    let Some(region) = arn.region().filter(|_| !arn.resource().is_some_and(|resource| resource.starts_with("global/"))) else {
        return Ok(());
    };
    let looked = live.looked_in(Kind::WebAcl, Some(&region));
    if looked {
        return Ok(());
    }
    let detail = format!("the state records {arn}, and no web ACL was listed in {region}: name the region with --region or in the plan");
    Err(Gap::new(Cause::NotRead, detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::Scope;
    use crate::rules::testing::*;

    const ADDRESS: &str = "aws_wafv2_web_acl.main";

    fn acl(arn: &str, address: Option<&str>) -> WebAcl {
        let mut acl = WebAcl::unread(meta("main"), &unread());
        acl.meta.arn = seen(Arn::from(arn));
        acl.meta.address = address.map(str::to_owned);
        acl
    }

    const ARN: &str = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/main/1";
    const OTHER: &str = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/main/2";

    fn state(acls: impl IntoIterator<Item = WebAcl>) -> ViewEstate {
        let mut view = ViewEstate::new(View::Recorded);
        view.listed(Kind::WebAcl, Scope::Whole, None);
        acls.into_iter().for_each(|acl| view.add(acl));
        view
    }

    fn judged(views: impl IntoIterator<Item = ViewEstate>) -> Ruling {
        let mut estate = Estate::default();
        views.into_iter().for_each(|view| estate.add(view));
        judge_whole(&RULE, &plan(claim::WafAddress { address: ADDRESS.to_owned() }), &estate)
    }

    #[test]
    fn kept_when_the_recorded_acl_is_live() {
        for address in [ADDRESS, "aws_wafv2_web_acl.main[0]", "aws_wafv2_web_acl.main[\"a\"]"] {
            let judgement = judged([state([acl(ARN, Some(address))]), live([acl(ARN, None).into()])]).expect("judged");
            assert_eq!((judgement.answer, judgement.found), (Answer::Kept, format!("records {ARN}, which is live")));
        }
    }

    #[test]
    fn broken_when_the_address_is_not_in_the_state() {
        for (held, says) in [
            (vec![], "holds no web ACL"),
            (vec![acl(ARN, Some("aws_wafv2_web_acl.main2"))], "which holds aws_wafv2_web_acl.main2"),
            (vec![acl(ARN, Some("module.edge.aws_wafv2_web_acl.main"))], "as module.edge.aws_wafv2_web_acl.main"),
        ] {
            let judgement = judged([state(held), live([acl(ARN, None).into()])]).expect("judged");
            assert_eq!(judgement.answer, Answer::Broken);
            assert!(judgement.found.contains(says), "{}", judgement.found);
        }
    }

    #[test]
    fn broken_when_another_acl_is_live() {
        let judgement = judged([state([acl(ARN, Some(ADDRESS))]), live([acl(OTHER, None).into()])]).expect("judged");
        assert_eq!(judgement.answer, Answer::Broken);
        assert!(judgement.found.contains("the live web ACL of that name is"), "{}", judgement.found);
    }

    #[test]
    fn broken_when_one_of_two_instances_is_gone() {
        let both = [acl(ARN, Some("aws_wafv2_web_acl.main[0]")), acl(OTHER, Some("aws_wafv2_web_acl.main[1]"))];
        assert_eq!(judged([state(both), live([acl(ARN, None).into()])]).expect("judged").answer, Answer::Broken);
    }

    #[test]
    fn unknown_without_state_or_live() {
        let gap = judged([live([acl(ARN, None).into()])]).expect_err("no state");
        assert!(gap.cause == Cause::NotRead && gap.detail.contains("--state"), "{gap}");
        let gap = judged([state([acl(ARN, Some(ADDRESS))])]).expect_err("no live");
        assert!(gap.cause == Cause::NotRead && gap.detail.contains("needs live AWS"), "{gap}");
    }

    #[test]
    fn unknown_when_denied() {
        let listing = denied_gap("wafv2:ListWebACLs");
        let mut blind = live([]);
        blind.listed(Kind::WebAcl, Scope::Region("us-west-2".into()), Some(listing.clone()));
        assert_eq!(judged([state([acl(ARN, Some(ADDRESS))]), blind.clone()]), Err(listing));

        blind.add(acl(ARN, None));
        assert!(judged([state([acl(ARN, Some(ADDRESS))]), blind]).is_ok(), "what was seen is seen");
    }

    #[test]
    fn unknown_when_its_region_was_not_listed() {
        let far = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/main/1";
        let gap = judged([state([acl(far, Some(ADDRESS))]), live([])]).expect_err("not looked for");
        assert!(gap.detail.contains("eu-west-1"), "{gap}");
        let global = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/main/1";
        assert_eq!(judged([state([acl(global, Some(ADDRESS))]), live([])]).expect("judged").answer, Answer::Broken);
    }

    #[test]
    fn unknown_when_tainted() {
        let mut tainted = acl(ARN, Some(ADDRESS));
        tainted.meta.tainted = true;
        let gap = judged([state([tainted]), live([acl(ARN, None).into()])]).expect_err("not evidence");
        assert_eq!(gap.cause, Cause::Tainted);
    }
}
