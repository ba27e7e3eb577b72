//! New objects are encrypted by default, with a KMS key where the plan says so.

use crate::estate::bucket::{Bucket, Encryption};
use crate::rules::prelude::*;

/// The rule `s3-encryption`.
pub static RULE: Rule = Rule {
    id: "s3-encryption",
    summary: "S3 buckets encrypt objects as the plan promises",
    severity: Severity::Medium,
    needs: &[Need::BucketEncryption, Need::Buckets],
    controls: &["nist-800-53r5:CP-9(8)", "aws-wa-reliability-2026:REL09-BP02"],
    remediation: Remediation {
        text: "Set the default encryption of {name}. Objects that are there already keep the encryption they were written with: copy them \
               onto themselves to change it.",
        terraform: Some(
            r#"resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = "{name}"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
    bucket_key_enabled = true
  }
}"#,
        ),
        cli: Some(
            r#"aws s3api put-bucket-encryption --bucket {name} --region {region} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"KEY-ARN"},"BucketKeyEnabled":true}]}'"#,
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

The default encryption of each selected bucket. A plan that promises encryption is kept by any algorithm of S3 (`AES256`, `aws:kms`,
`aws:kms:dsse`); one that promises a KMS key is kept by `aws:kms` and `aws:kms:dsse` only.

## Why it matters

Backups are copies of everything worth stealing. A KMS key adds a second permission, an audit trail, and a way to withdraw access; it
also becomes something that must survive the disaster.

## What counts as evidence

The answer to `GetBucketEncryption`, or the encryption that Terraform records for the bucket. A bucket that configures none is encrypted
with SSE-S3: AWS applies it to every new object since January 2023.

## Limits

A default says nothing of the objects that were written before it, nor of requests that name another encryption. Whether the key itself
can be used in the recovery region is not looked at.
",
    judge: judge_each!(claim::BucketEncryption, &Bucket, judge),
};

fn judge(promise: &claim::BucketEncryption, bucket: &Bucket, _scene: &Scene<'_>) -> Ruling {
    let judgement = match bucket.encryption.known()? {
        None if promise.kms => broken("configures no encryption: AWS's default is SSE-S3, without a KMS key"),
        None => kept("is encrypted with SSE-S3, by AWS's default"),
        Some(encryption) => kept_if(keeps(promise, encryption)?, words(encryption))
            .set_by("rule.apply_server_side_encryption_by_default.sse_algorithm", format_args!("\"{}\"", encryption.algorithm)),
    };
    Ok(judgement.seen_in(&bucket.encryption))
}

fn keeps(promise: &claim::BucketEncryption, encryption: &Encryption) -> Result<bool, Gap> {
    match encryption.algorithm.as_str() {
        "AES256" => Ok(!promise.kms),
        _ if encryption.is_kms() => Ok(true),
        other => Err(Gap::new(Cause::Unreadable, format!("`{other}` is not an encryption of S3 that this version knows"))),
    }
}

fn words(encryption: &Encryption) -> String {
    match (&encryption.key, encryption.is_kms()) {
        (Some(key), true) => format!("is encrypted with {} by key {key}", encryption.algorithm),
        (None, true) => format!("is encrypted with {} by the AWS managed key", encryption.algorithm),
        (_, false) => "is encrypted with SSE-S3, without a KMS key".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::s3::testing::bucket;
    use crate::rules::testing::{denied, denied_gap, judge_one, seen};

    fn judged(kms: bool, encryption: Fact<Option<Encryption>>) -> Ruling {
        judge_one(&RULE, claim::BucketEncryption { kms }, [bucket(|bucket| bucket.encryption = encryption)])
    }

    fn with(algorithm: &str, key: Option<&str>) -> Fact<Option<Encryption>> {
        seen(Some(Encryption { algorithm: algorithm.to_owned(), key: key.map(str::to_owned) }))
    }

    fn answer(ruling: Ruling) -> (Answer, String) {
        let judgement = ruling.expect("judged");
        (judgement.answer, judgement.found)
    }

    #[test]
    fn kept_when_encrypted_at_all() {
        for algorithm in ["AES256", "aws:kms", "aws:kms:dsse"] {
            assert_eq!(answer(judged(false, with(algorithm, None))).0, Answer::Kept, "{algorithm}");
        }
    }

    #[test]
    fn kept_when_nothing_is_configured_since_aws_applies_sse_s3() {
        assert_eq!(answer(judged(false, seen(None))), (Answer::Kept, "is encrypted with SSE-S3, by AWS's default".to_owned()));
    }

    #[test]
    fn kept_when_a_kms_key_is_promised_and_used() {
        assert_eq!(answer(judged(true, with("aws:kms", Some("k-1")))), (Answer::Kept, "is encrypted with aws:kms by key k-1".to_owned()));
        assert_eq!(answer(judged(true, with("aws:kms:dsse", None))).0, Answer::Kept);
    }

    #[test]
    fn broken_when_a_kms_key_is_promised_and_missing() {
        let nothing = "configures no encryption: AWS's default is SSE-S3, without a KMS key";
        assert_eq!(answer(judged(true, seen(None))), (Answer::Broken, nothing.to_owned()));
        let sse_s3 = "is encrypted with SSE-S3, without a KMS key";
        assert_eq!(answer(judged(true, with("AES256", None))), (Answer::Broken, sse_s3.to_owned()));
    }

    #[test]
    fn unknown_when_denied_or_not_understood() {
        assert_eq!(judged(false, denied("s3:GetEncryptionConfiguration")), Err(denied_gap("s3:GetEncryptionConfiguration")));
        assert_eq!(judged(false, with("rot13", None)).expect_err("a gap").cause, Cause::Unreadable);
    }
}
