//! The Terraform state is encrypted at rest.

use super::{Shows, bucket, is_hcp, judge_stores, not_looked_into};
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "state-encrypted",
    summary: "The Terraform state is encrypted at rest",
    severity: Severity::High,
    needs: &[Need::BucketEncryption],
    controls: &["nist-800-53r5:SC-28"],
    remediation: Remediation {
        text: "Set a default encryption on the bucket that holds the state, with a KMS key if readers of the bucket must not all read it.",
        terraform: Some(
            "resource \"aws_s3_bucket_server_side_encryption_configuration\" \"state\" {\n  bucket = \"STATE-BUCKET\"\n  rule {\n    \
             apply_server_side_encryption_by_default {\n      sse_algorithm = \"aws:kms\"\n    }\n  }\n}",
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

That the bucket that holds the Terraform state encrypts objects.

## Why it matters

A state holds passwords and keys in clear text. Whoever can read a copy of its storage reads them all.

## What counts as evidence

The default encryption of the bucket. Where none is configured, S3 itself encrypts with SSE-S3 since January 2023, so an answer that says \
so is enough. HCP Terraform encrypts states itself (developer.hashicorp.com/terraform/cloud-docs/architectural-details/data-security).

## Limits

Of a local state nothing tells whether its disk is encrypted: unknown, as are other backends. Older objects keep what they were written with.";

fn judge(whole: &Whole<'_>) -> Ruling {
    expect_claim::<claim::StateEncrypted>(&whole.promise.claim)?;
    judge_stores(whole, |store| match store.backend.as_str() {
        "s3" => {
            let bucket = bucket(whole, store)?;
            let name = bucket.meta.display_name();
            Ok(Shows::Sound(match bucket.encryption.known()? {
                Some(encryption) => format!("is in the bucket {name}, encrypted with {}", encryption.algorithm),
                None => format!("is in the bucket {name}, encrypted with SSE-S3 by AWS's default"),
            }))
        }
        _ if is_hcp(store)? => Ok(Shows::Sound("is in HCP Terraform, which encrypts it".to_owned())),
        _ => Err(not_looked_into(store, "encryption")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::estate::bucket::Encryption;
    use crate::rules::testing::{denied, seen};

    fn judged_with(encryption: Fact<Option<Encryption>>) -> Ruling {
        judged(&RULE, claim::StateEncrypted, Some(s3("tfstate")), [state_bucket(|bucket| bucket.encryption = encryption)])
    }

    #[test]
    fn kept_when_the_bucket_encrypts() {
        let kms = Encryption { algorithm: "aws:kms".to_owned(), key: None };
        assert_eq!(said(judged_with(seen(Some(kms)))), (Answer::Kept, "is in the bucket tfstate, encrypted with aws:kms".to_owned()));
        assert_eq!(said(judged_with(seen(None))).0, Answer::Kept);
    }

    #[test]
    fn unknown_when_denied_or_local() {
        assert_eq!(judged_with(denied("s3:GetEncryptionConfiguration")).unwrap_err().cause, Cause::Denied);
        assert_eq!(judged(&RULE, claim::StateEncrypted, Some(other("local")), []).unwrap_err().cause, Cause::Unsupported);
    }
}
