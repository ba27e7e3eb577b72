//! New objects are locked against deletion, as strictly and as long as the plan promises.

use crate::estate::bucket::{Bucket, LockRetention};
use crate::rules::prelude::*;

/// The rule `s3-object-lock`.
pub static RULE: Rule = Rule {
    id: "s3-object-lock",
    summary: "S3 buckets lock objects against deletion as the plan promises",
    severity: Severity::High,
    needs: &[Need::BucketObjectLock, Need::Buckets],
    controls: &["aws-fsbp-2026:S3.15", "nist-800-53r5:CP-9", "aws-wa-reliability-2026:REL09-BP02"],
    remediation: Remediation {
        text: "Turn on Object Lock for {name} with a default retention of {days} days in {mode} mode; versioning must be enabled. Objects \
               that are there already are not locked by it. Compliance mode cannot be taken back: nobody can delete before the time is over.",
        terraform: Some(
            r#"resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = "{name}"
  rule {
    default_retention {
      mode = "{mode}"
      days = {days}
    }
  }
}"#,
        ),
        cli: Some(
            r#"aws s3api put-object-lock-configuration --bucket {name} --region {region} --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"{mode}","Days":{days}}}}'"#,
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

Object Lock is on and has a default retention: in compliance mode where the plan promises it (else either mode), and for at least the
promised time. Years count 365 days, months 30.

## Why it matters

Ransomware and stolen credentials delete the backups first. A lock in compliance mode is refused to everyone, the root user included;
governance mode can be bypassed by whoever holds `s3:BypassGovernanceRetention`.

## What counts as evidence

The answer to `GetObjectLockConfiguration`, or what Terraform records for the bucket. A bucket without Object Lock is an answer too.

## Limits

A default applies to objects that are put after it was set. What each object's own retention or legal hold says is not looked at, and
neither is the KMS key, whose deletion makes locked objects unreadable.
",
    judge: judge_each!(claim::ObjectLocked, &Bucket, judge),
};

fn judge(promise: &claim::ObjectLocked, bucket: &Bucket, _scene: &Scene<'_>) -> Ruling {
    let judgement = match bucket.object_lock.known()? {
        None => broken("has no Object Lock"),
        Some(lock) => match &lock.default_retention {
            None => broken("has Object Lock without a default retention: new objects are not locked"),
            Some(retention) => {
                let judgement = kept_if(keeps(promise, retention), words(retention));
                // Code may count the time in years: only the mode reads the same there.
                if keeps(&claim::ObjectLocked { compliance: false, ..*promise }, retention) {
                    let mode = if retention.compliance { "\"COMPLIANCE\"" } else { "\"GOVERNANCE\"" };
                    judgement.set_by("rule.default_retention.mode", mode)
                } else {
                    judgement
                }
            }
        },
    };
    Ok(judgement.seen_in(&bucket.object_lock))
}

fn keeps(promise: &claim::ObjectLocked, retention: &LockRetention) -> bool {
    (retention.compliance || !promise.compliance) && promise.keep.is_none_or(|keep| retention.days >= keep.days())
}

fn words(retention: &LockRetention) -> String {
    let mode = if retention.compliance { "compliance" } else { "governance" };
    format!("locks new objects for {} in {mode} mode", count(retention.days, "day"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::bucket::ObjectLock;
    use crate::rules::s3::testing::bucket;
    use crate::rules::testing::{denied, denied_gap, judge_one, seen};

    fn judged(compliance: bool, keep: Option<&str>, lock: Fact<Option<ObjectLock>>) -> Ruling {
        let keep = keep.map(|text| text.parse().expect("a period"));
        judge_one(&RULE, claim::ObjectLocked { compliance, keep }, [bucket(|bucket| bucket.object_lock = lock)])
    }

    fn locked(compliance: bool, days: u32) -> Fact<Option<ObjectLock>> {
        seen(Some(ObjectLock { default_retention: Some(LockRetention { compliance, days }) }))
    }

    fn answer(ruling: Ruling) -> (Answer, String) {
        let judgement = ruling.expect("judged");
        (judgement.answer, judgement.found)
    }

    #[test]
    fn kept_when_mode_and_days_suffice() {
        let found = "locks new objects for 30 days in compliance mode".to_owned();
        assert_eq!(answer(judged(true, Some("30d"), locked(true, 30))), (Answer::Kept, found));
        assert_eq!(answer(judged(false, Some("30d"), locked(true, 31))).0, Answer::Kept, "stricter than promised");
        assert_eq!(answer(judged(false, None, locked(false, 1))).0, Answer::Kept, "any time, any mode");
    }

    #[test]
    fn broken_when_a_day_short() {
        assert_eq!(answer(judged(true, Some("30d"), locked(true, 29))).0, Answer::Broken);
    }

    #[test]
    fn broken_when_governance_and_compliance_is_promised() {
        let found = "locks new objects for 30 days in governance mode".to_owned();
        assert_eq!(answer(judged(true, Some("30d"), locked(false, 30))), (Answer::Broken, found));
    }

    #[test]
    fn broken_when_there_is_no_lock_or_no_default() {
        assert_eq!(answer(judged(false, None, seen(None))), (Answer::Broken, "has no Object Lock".to_owned()));
        let empty = seen(Some(ObjectLock { default_retention: None }));
        assert_eq!(answer(judged(false, None, empty)).0, Answer::Broken);
    }

    #[test]
    fn unknown_when_denied() {
        let action = "s3:GetBucketObjectLockConfiguration";
        assert_eq!(judged(true, None, denied(action)), Err(denied_gap(action)));
    }
}
