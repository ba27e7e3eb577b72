//! All four switches of the bucket's public access block are on.

use crate::estate::bucket::{Bucket, PublicAccessBlock};
use crate::rules::prelude::*;

/// The rule `s3-public-access`.
pub static RULE: Rule = Rule {
    id: "s3-public-access",
    summary: "S3 buckets refuse public access",
    severity: Severity::High,
    needs: &[Need::BucketPublicAccess, Need::Buckets],
    controls: &["nist-800-53r5:CP-9", "aws-wa-reliability-2026:REL09-BP02"],
    remediation: Remediation {
        text: "Turn on all four switches of the public access block of {name}.",
        terraform: Some(
            r#"resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = "{name}"
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}"#,
        ),
        cli: Some(
            "aws s3api put-public-access-block --bucket {name} --region {region} --public-access-block-configuration \
             BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

`BlockPublicAcls`, `IgnorePublicAcls`, `BlockPublicPolicy` and `RestrictPublicBuckets` are all on in the bucket's own public access block.
A bucket without one has none of them on.

## Why it matters

A backup that the world can read is a leak of everything that was backed up, and one that the world can write is not a backup.

## What counts as evidence

The answer to `GetPublicAccessBlock` of the bucket, or what Terraform records for it. That nothing is configured is an answer too.

## Limits

The block of the whole account, which may be stricter than the bucket's own, is not looked at: a bucket that leans on it should say so
itself, since the account's can be lifted without touching the bucket. Access granted to named accounts is not public and not judged.
",
    judge: judge_each!(claim::PublicAccessBlocked, &Bucket, judge),
};

fn judge(_promise: &claim::PublicAccessBlocked, bucket: &Bucket, _scene: &Scene<'_>) -> Ruling {
    let off = switches_off(*bucket.public_access_block.known()?);
    let judgement = match off.len() {
        0 => kept("blocks public access in all four ways"),
        4 => broken("has no public access block"),
        _ => broken(format!("leaves {} off", off.join(", "))),
    };
    Ok(judgement.seen_in(&bucket.public_access_block))
}

fn switches_off(block: PublicAccessBlock) -> Vec<&'static str> {
    let switches = [
        (block.block_public_acls, "BlockPublicAcls"),
        (block.ignore_public_acls, "IgnorePublicAcls"),
        (block.block_public_policy, "BlockPublicPolicy"),
        (block.restrict_public_buckets, "RestrictPublicBuckets"),
    ];
    switches.into_iter().filter(|(on, _)| !on).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::s3::testing::bucket;
    use crate::rules::testing::{denied, denied_gap, judge_one, seen};

    const ALL_ON: PublicAccessBlock =
        PublicAccessBlock { block_public_acls: true, ignore_public_acls: true, block_public_policy: true, restrict_public_buckets: true };

    fn judged(block: Fact<PublicAccessBlock>) -> Ruling {
        judge_one(&RULE, claim::PublicAccessBlocked, [bucket(|bucket| bucket.public_access_block = block)])
    }

    #[test]
    fn kept_when_all_four_are_on() {
        assert_eq!(judged(seen(ALL_ON)).expect("judged").answer, Answer::Kept);
    }

    #[test]
    fn broken_when_any_one_is_off() {
        for (block, name) in [
            (PublicAccessBlock { block_public_acls: false, ..ALL_ON }, "BlockPublicAcls"),
            (PublicAccessBlock { ignore_public_acls: false, ..ALL_ON }, "IgnorePublicAcls"),
            (PublicAccessBlock { block_public_policy: false, ..ALL_ON }, "BlockPublicPolicy"),
            (PublicAccessBlock { restrict_public_buckets: false, ..ALL_ON }, "RestrictPublicBuckets"),
        ] {
            let judgement = judged(seen(block)).expect("judged");
            assert_eq!((judgement.answer, judgement.found), (Answer::Broken, format!("leaves {name} off")));
        }
    }

    #[test]
    fn broken_when_none_is_configured() {
        let judgement = judged(seen(PublicAccessBlock::default())).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Broken, "has no public access block"));
    }

    #[test]
    fn unknown_when_denied() {
        assert_eq!(judged(denied("s3:GetBucketPublicAccessBlock")), Err(denied_gap("s3:GetBucketPublicAccessBlock")));
    }
}
