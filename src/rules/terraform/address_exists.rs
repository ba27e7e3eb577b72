//! A Terraform address that the document names exists, in the code and in the state.

use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "address-exists",
    summary: "Terraform addresses that runbooks name exist in code and state",
    severity: Severity::Medium,
    needs: &[],
    controls: &["nist-800-53r5:CP-2", "nist-800-53r5:CP-10"],
    remediation: Remediation {
        text: "Give the resource the address that the runbook names ({promised_address}) with a `moved` block, apply what was never \
               applied, or correct the address in the document.",
        terraform: Some("moved {\n  from = OLD.ADDRESS\n  to   = {promised_address}\n}"),
        cli: Some("terraform state list"),
    },
    evidence: Evidence::Stated,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That a managed resource, or a module with at least one, is declared in the Terraform code and recorded in the state at the address that the \
document names. An address without keys stands for any instance of `count` or `for_each`.

## Why it matters

A runbook that says `terraform apply -target=ADDRESS` does nothing when the address was renamed, and says so only on the night it is needed.

## What counts as evidence

The resource blocks of the code and of its modules, and the resources of the state. Both are needed: without one of them the finding is \
unknown, unless the other already breaks the promise.

## Limits

Keys of `count` and `for_each` are compared with the state only. Whether an apply of the address would succeed is not tried.";

fn judge(whole: &Whole<'_>) -> Ruling {
    let promise = expect_claim::<claim::AddressExists>(&whole.promise.claim)?;
    let (mut breaches, mut gaps) = (Vec::new(), Vec::new());
    for (view, what, advice) in [
        (View::Declared, "code", "no Terraform code was given: give it with --terraform DIR"),
        (View::Recorded, "state", "no Terraform state was given: give it with --state"),
    ] {
        match is_in(whole.estate.view(view), &promise.address, advice) {
            Ok(true) => {}
            Ok(false) => breaches.push(format!("is not in the {what}")),
            Err(gap) => gaps.push(gap),
        }
    }
    settle(breaches, gaps, || "is in code and state".to_owned())
}

fn is_in(view: Option<&ViewEstate>, promised: &str, advice: &'static str) -> Result<bool, Gap> {
    let listed = view.and_then(|view| Some((view, view.addresses.as_ref()?)));
    let Some((view, addresses)) = listed else { return Err(Gap::new(Cause::NotRead, advice)) };
    let unkeyed = view.view == View::Declared;
    let wanted = if unkeyed { without_keys(promised) } else { promised.to_owned() };
    if addresses.iter().any(|address| is_at(address, &wanted)) {
        return Ok(true);
    }
    // It may be in what could not be read.
    view.listings.iter().find_map(|listing| listing.gap.clone()).map_or(Ok(false), Err)
}

/// The address itself, an instance of it, or something in the module that it names.
fn is_at(address: &str, wanted: &str) -> bool {
    let begins = |address: &str| address.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']));
    begins(address) || (!wanted.contains('[') && begins(&without_keys(address)))
}

/// An address without the keys of its modules and of itself; keys in quotes may hold brackets.
fn without_keys(address: &str) -> String {
    let (mut bare, mut depth, mut quoted, mut escaped) = (String::new(), 0_u32, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::Scope;
    use crate::rules::testing::*;

    fn view(view: View, addresses: &[&str]) -> ViewEstate {
        let mut estate = ViewEstate::new(view);
        estate.addresses = Some(addresses.iter().map(|address| (*address).to_owned()).collect());
        estate
    }

    fn judged(address: &str, views: impl IntoIterator<Item = ViewEstate>) -> Ruling {
        let mut estate = Estate::default();
        views.into_iter().for_each(|view| estate.add(view));
        judge_whole(&RULE, &plan(claim::AddressExists { address: address.to_owned() }), &estate)
    }

    const CODE: &[&str] = &["aws_instance.web", "module.net.aws_subnet.a"];
    const STATE: &[&str] = &["aws_instance.web[0]", r#"module.net["a]\"["].aws_subnet.a["x"]"#];

    #[test]
    fn kept_when_it_is_in_code_and_state() {
        for address in ["aws_instance.web", "aws_instance.web[0]", "module.net", "module.net.aws_subnet.a"] {
            let ruling = judged(address, [view(View::Declared, CODE), view(View::Recorded, STATE)]).expect("judged");
            assert_eq!(ruling.answer, Answer::Kept, "{address}");
        }
    }

    #[test]
    fn broken_when_one_of_them_lacks_it() {
        for address in ["aws_instance.we", "aws_instance.web[1]", "module.ne", "aws_subnet.a"] {
            let ruling = judged(address, [view(View::Declared, CODE), view(View::Recorded, STATE)]).expect("judged");
            assert_eq!(ruling.answer, Answer::Broken, "{address}");
        }
        let unapplied = judged("aws_instance.web", [view(View::Declared, CODE), view(View::Recorded, &[])]).expect("judged");
        assert_eq!(unapplied.found, "is not in the state");
        assert_eq!(judged("aws_instance.x", [view(View::Recorded, STATE)]).expect("judged").answer, Answer::Broken);
    }

    #[test]
    fn unknown_when_code_or_state_is_missing_or_partly_read() {
        assert!(judged("aws_instance.web", [view(View::Recorded, STATE)]).unwrap_err().detail.contains("--terraform"));
        assert!(judged("aws_instance.web", [view(View::Declared, CODE)]).unwrap_err().detail.contains("--state"));
        let mut partly = view(View::Recorded, &[]);
        partly.listed(Kind::Bucket, Scope::Whole, Some(unread()));
        assert_eq!(judged("aws_instance.web", [view(View::Declared, CODE), partly]).unwrap_err(), unread());
    }
}
