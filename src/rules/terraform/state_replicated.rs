//! The Terraform state is copied to another region.

use super::{Shows, bucket, copied_to, judge_stores, not_looked_into};
use crate::estate::Region;
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "state-replicated",
    summary: "The Terraform state is replicated to where the plan promises",
    severity: Severity::High,
    needs: &[Need::BucketReplication, Need::BucketVersioning, Need::BucketEncryption],
    controls: &["nist-800-53r5:CP-6", "nist-800-53r5:CP-9"],
    remediation: Remediation {
        text: "Replicate the bucket that holds the state to a versioned bucket in {to_region}, KMS-encrypted objects included.",
        terraform: Some(
            "resource \"aws_s3_bucket_replication_configuration\" \"state\" {\n  bucket = \"STATE-BUCKET\"\n  role   = aws_iam_role.replication.arn\n  \
             rule {\n    id     = \"state\"\n    status = \"Enabled\"\n    filter {}\n    delete_marker_replication {\n      status = \"Disabled\"\n    }\n    \
             destination {\n      bucket = \"arn:aws:s3:::STATE-BUCKET-COPY\"\n    }\n  }\n}",
        ),
        cli: None,
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That an enabled replication rule of the bucket copies the key of the state to a bucket in a promised region, that the bucket keeps \
versions (without which S3 copies nothing), and that a KMS-encrypted state is copied too.

## Why it matters

In a region loss the state is lost with its bucket, at the very moment when everything must be rebuilt from it.

## What counts as evidence

The replication rules of the bucket, live or recorded, and the region of their destination. A local state is broken: it is in one place.

## Limits

Settings, not copies: whether the copy is as new as the state is not read. Other backends are unknown, HCP Terraform among them: where \
it keeps its copies is its own affair.";

fn judge(whole: &Whole<'_>) -> Ruling {
    let promise = expect_claim::<claim::StateReplicated>(&whole.promise.claim)?;
    judge_stores(whole, |store| match store.backend.as_str() {
        "s3" => {
            let bucket = bucket(whole, store)?;
            let name = bucket.meta.display_name();
            Ok(match copied_to(whole, bucket, store, &promise.to_regions)? {
                Some(region) => Shows::Sound(format!("is in the bucket {name}, which is replicated to {region}")),
                None => Shows::Breach(format!("is in the bucket {name}, which does not replicate it to {}", places(&promise.to_regions))),
            })
        }
        "local" => Ok(Shows::Breach("is a local file, in one place only".to_owned())),
        _ => Err(not_looked_into(store, "copies")),
    })
}

fn places(regions: &[Region]) -> String {
    if regions.is_empty() { "another region".to_owned() } else { regions.iter().map(Region::as_str).collect::<Vec<_>>().join(" or ") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::estate::bucket::{Encryption, ReplicationRule, Versioning};
    use crate::rules::testing::{denied, seen, unread};

    fn promise() -> claim::StateReplicated {
        claim::StateReplicated { to_regions: vec!["us-west-2".into()] }
    }

    fn judged_with(rule: ReplicationRule) -> Ruling {
        judged(&RULE, promise(), Some(s3("tfstate")), [state_bucket(|bucket| bucket.replication = seen(vec![rule]))])
    }

    #[test]
    fn kept_when_a_rule_copies_it_there() {
        let (answer, words) = said(judged_with(copies_to("us-west-2")));
        assert_eq!((answer, words.as_str()), (Answer::Kept, "is in the bucket tfstate, which is replicated to us-west-2"));
    }

    #[test]
    fn broken_when_it_stays_or_goes_elsewhere() {
        assert_eq!(said(judged_with(copies_to("eu-west-1"))).0, Answer::Broken);
        assert_eq!(said(judged_with(copies_to("us-east-1"))).0, Answer::Broken);
        assert_eq!(said(judged_with(ReplicationRule { enabled: false, ..copies_to("us-west-2") })).0, Answer::Broken);
        let mut part = copies_to("us-west-2");
        part.scope.prefix = "logs/".to_owned();
        assert_eq!(said(judged_with(part)).0, Answer::Broken);
        assert_eq!(said(judged(&RULE, promise(), Some(other("local")), [])).0, Answer::Broken);
        for spoil in [
            |bucket: &mut crate::estate::bucket::Bucket| bucket.versioning = seen(Versioning::Suspended),
            |bucket: &mut crate::estate::bucket::Bucket| {
                bucket.encryption = seen(Some(Encryption { algorithm: "aws:kms".into(), key: None }))
            },
        ] {
            let bucket = state_bucket(|bucket| {
                bucket.replication = seen(vec![copies_to("us-west-2")]);
                spoil(bucket);
            });
            assert_eq!(said(judged(&RULE, promise(), Some(s3("tfstate")), [bucket])).0, Answer::Broken);
        }
    }

    #[test]
    fn unknown_when_rules_or_destination_are_not_seen() {
        let hidden = state_bucket(|bucket| bucket.replication = denied("s3:GetReplicationConfiguration"));
        assert_eq!(judged(&RULE, promise(), Some(s3("tfstate")), [hidden]).unwrap_err().cause, Cause::Denied);
        let mut nowhere = copies_to("us-west-2");
        nowhere.destination_bucket = unread().into();
        assert_eq!(judged_with(nowhere).unwrap_err().cause, Cause::NotRead);
        assert_eq!(judged(&RULE, promise(), Some(other("cloud")), []).unwrap_err().cause, Cause::Unsupported);
    }
}
