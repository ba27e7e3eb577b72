//! Versioning is enabled, so that an overwrite or a delete keeps the old version.

use crate::estate::bucket::{Bucket, Versioning};
use crate::rules::prelude::*;

/// The rule `s3-versioning`.
pub static RULE: Rule = Rule {
    id: "s3-versioning",
    summary: "S3 buckets keep old versions of objects",
    severity: Severity::High,
    needs: &[Need::BucketVersioning, Need::Buckets],
    controls: &["aws-security-hub-2023:S3.14", "nist-800-53r5:CP-9", "iso-27001-2022:A.8.13", "soc2-2017:A1.2"],
    remediation: Remediation {
        text: "Enable versioning on {name}. Versions are kept from that moment on; what was overwritten before is not brought back.",
        terraform: Some(
            r#"resource "aws_s3_bucket_versioning" "this" {
  bucket = "{name}"
  versioning_configuration {
    status = "Enabled"
  }
}"#,
        ),
        cli: Some("aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled --region {region}"),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

The versioning state of each selected bucket is `Enabled`. `Suspended` breaks the promise, and so does a bucket on which versioning
was never enabled (AWS answers with an empty configuration).

## Why it matters

Without versions, an overwrite or a delete, by a person, a bug or ransomware, is final the moment it happens. Replication needs
versioning on both sides too.

## What counts as evidence

The answer to `GetBucketVersioning`, or the versioning that Terraform records for the bucket.

## Limits

Old versions may still be removed by a lifecycle rule for noncurrent versions, or by whoever may delete versions: Object Lock guards
against that. Objects that were written while versioning was off or suspended have no version to go back to.
",
    judge: judge_each!(claim::Versions, &Bucket, judge),
};

fn judge(_promise: &claim::Versions, bucket: &Bucket, _scene: &Scene<'_>) -> Ruling {
    let state = *bucket.versioning.known()?;
    let found = match state {
        Versioning::Enabled => "has versioning enabled",
        Versioning::Suspended => "has versioning suspended: what is overwritten now is lost",
        Versioning::Never => "never had versioning enabled: it keeps no old versions",
    };
    // As Terraform writes it: a bucket that never had versioning has no such block, or "Disabled".
    let status = match state {
        Versioning::Enabled => r#""Enabled""#,
        Versioning::Suspended => r#""Suspended""#,
        Versioning::Never => r#""Disabled""#,
    };
    Ok(kept_if(state == Versioning::Enabled, found).seen_in(&bucket.versioning).set_by("versioning_configuration.status", status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::s3::testing::bucket;
    use crate::rules::testing::{denied, denied_gap, judge_one, seen};

    fn judged(versioning: Fact<Versioning>) -> Ruling {
        judge_one(&RULE, claim::Versions, [bucket(|bucket| bucket.versioning = versioning)])
    }

    #[test]
    fn kept_when_enabled() {
        let judgement = judged(seen(Versioning::Enabled)).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Kept, "has versioning enabled"));
        assert!(judgement.at.is_some());
    }

    #[test]
    fn broken_when_suspended_or_never_enabled() {
        for (state, found) in [
            (Versioning::Suspended, "has versioning suspended: what is overwritten now is lost"),
            (Versioning::Never, "never had versioning enabled: it keeps no old versions"),
        ] {
            let judgement = judged(seen(state)).expect("judged");
            assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Broken, found));
        }
    }

    #[test]
    fn unknown_when_denied() {
        assert_eq!(judged(denied("s3:GetBucketVersioning")), Err(denied_gap("s3:GetBucketVersioning")));
    }
}
