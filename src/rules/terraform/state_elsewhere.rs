//! The loss of a region that the system runs in does not take the Terraform state along.

use super::{Shows, bucket, copied_to, judge_stores, not_looked_into};
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "state-elsewhere",
    summary: "The Terraform state is not lost with the primary region",
    severity: Severity::High,
    needs: &[Need::Buckets, Need::BucketReplication, Need::BucketVersioning, Need::BucketEncryption],
    controls: &["nist-800-53r5:CP-6", "nist-800-53r5:CP-6(1)"],
    remediation: Remediation {
        text: "Keep the state in a bucket outside the primary region, or replicate its bucket to another region.",
        terraform: Some("terraform {\n  backend \"s3\" {\n    region = \"ANOTHER-REGION\"\n  }\n}"),
        cli: Some("terraform init -migrate-state"),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That the bucket that holds the Terraform state lies outside the primary regions of the plan, or is replicated to another region.

## Why it matters

Whoever rebuilds a lost region elsewhere starts from the state. In the lost region it cannot be read.

## What counts as evidence

The region of the bucket, live or recorded, else that of the backend block; and the bucket's replication rules. A local file is broken \
only as far as it is in one place: that is the promise of `state-replicated`; where it lies is unknown here.

## Limits

Other backends are unknown. Whether the copy would be found and used in the emergency is for a drill to show.";

fn judge(whole: &Whole<'_>) -> Ruling {
    expect_claim::<claim::StateElsewhere>(&whole.promise.claim)?;
    let primary = &whole.plan.regions.primary;
    if primary.is_empty() {
        return Err(Gap::new(Cause::NotStated, "the plan names no primary region: add `regions: { primary: … }`"));
    }
    judge_stores(whole, |store| {
        if store.backend != "s3" {
            return Err(not_looked_into(store, "place"));
        }
        let bucket = bucket(whole, store);
        let seen = bucket.as_ref().ok().and_then(|bucket| bucket.meta.region.ok());
        let region = seen.map_or_else(|| store.region.known(), Ok)?;
        if !primary.contains(region) {
            return Ok(Shows::Sound(format!("is in {region}, outside the primary region")));
        }
        Ok(match copied_to(whole, bucket?, store, &[])? {
            Some(copy) => Shows::Sound(format!("is in {region}, with a copy in {copy}")),
            None => Shows::Breach(format!("is in {region}, which is lost with what it would rebuild, and has no copy elsewhere")),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::estate::StateStore;
    use crate::rules::testing::{seen, unread};

    #[test]
    fn kept_when_it_lies_elsewhere_or_has_a_copy() {
        let far = StateStore { region: seen("eu-west-1".into()), ..s3("unread") };
        assert_eq!(said(judged(&RULE, claim::StateElsewhere, Some(far), [])).0, Answer::Kept);
        let copied = state_bucket(|bucket| bucket.replication = seen(vec![copies_to("us-west-2")]));
        let (answer, words) = said(judged(&RULE, claim::StateElsewhere, Some(s3("tfstate")), [copied]));
        assert_eq!((answer, words.as_str()), (Answer::Kept, "is in us-east-1, with a copy in us-west-2"));
    }

    #[test]
    fn broken_when_it_goes_down_with_the_region() {
        assert_eq!(said(judged(&RULE, claim::StateElsewhere, Some(s3("tfstate")), [state_bucket(|_| {})])).0, Answer::Broken);
    }

    #[test]
    fn unknown_when_nothing_tells_region_or_copies() {
        assert_eq!(judged(&RULE, claim::StateElsewhere, Some(s3("unread")), []).unwrap_err().cause, Cause::NotRead);
        let regionless = StateStore { region: unread().into(), ..s3("unread") };
        assert_eq!(judged(&RULE, claim::StateElsewhere, Some(regionless), []).unwrap_err().cause, Cause::NotRead);
        assert_eq!(judged(&RULE, claim::StateElsewhere, Some(other("local")), []).unwrap_err().cause, Cause::Unsupported);
        assert_eq!(judged(&RULE, claim::StateElsewhere, None, []).unwrap_err().cause, Cause::NotRead);
    }
}
