//! Objects are copied to a versioned bucket in another region, as the plan promises.

use super::{objects_in, objects_under, versioning_words};
use crate::estate::bucket::{Bucket, ReplicationRule, Versioning};
use crate::estate::{AccountId, Region};
use crate::plan::claim::Replication;
use crate::rules::prelude::*;

/// The rule `s3-replication`.
pub static RULE: Rule = Rule {
    id: "s3-replication",
    summary: "S3 buckets replicate objects to where the plan promises",
    severity: Severity::High,
    needs: &[Need::BucketReplication, Need::BucketVersioning, Need::BucketEncryption, Need::Buckets],
    controls: &[
        "aws-security-hub-2023:S3.7",
        "nist-800-53r5:CP-6",
        "nist-800-53r5:CP-6(1)",
        "nist-800-53r5:CP-6(2)",
        "nist-800-53r5:CP-9",
        "nist-800-53r5:CP-10",
        "iso-27001-2022:A.8.14",
        "soc2-2017:A1.2",
    ],
    remediation: Remediation {
        text: "Replicate {name} to a bucket in {to_region}, with versioning enabled on both, by a role that S3 may assume. Objects that are \
               there already are not copied by a new rule: run a Batch Replication job for them.",
        terraform: Some(
            r#"resource "aws_s3_bucket_replication_configuration" "this" {
  bucket = "{name}"
  role   = aws_iam_role.replication.arn
  rule {
    id     = "disaster-recovery"
    status = "Enabled"
    filter {
      prefix = "{prefix}"
    }
    delete_marker_replication {
      status = "Disabled"
    }
    destination {
      bucket = "arn:aws:s3:::{to_bucket}"
    }
  }
}"#,
        ),
        cli: Some(
            r#"aws s3api put-bucket-replication --bucket {name} --region {region} --replication-configuration '{"Role":"ROLE-ARN","Rules":[{"ID":"disaster-recovery","Status":"Enabled","Priority":1,"Filter":{"Prefix":"{prefix}"},"DeleteMarkerReplication":{"Status":"Disabled"},"Destination":{"Bucket":"arn:aws:s3:::{to_bucket}"}}]}'"#,
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

At least one replication rule is enabled, covers every promised object (the whole bucket, or the promised prefix), and copies it to a
bucket in a promised region that is not the source's own: with versioning enabled on both sides, with KMS-encrypted objects where the
source encrypts with a KMS key, and to the bucket, to the account, with or without delete markers and within the time (Replication Time
Control) that the plan names. Another account is fine unless the plan names one.

## Why it matters

When a region is lost, what was copied out of it is what is left. A rule that copies within the region, copies a part, or silently leaves
out encrypted objects looks like a copy until the day it is needed.

## What counts as evidence

The rules as `GetBucketReplication` answers them, or as Terraform records them, with region and versioning of the destination as they
were read of that bucket. A destination that may not be looked at leaves the promise unknown, unless another rule keeps it.

## Limits

Settings, not copies: objects older than the rule, objects whose replication failed, and the lag are not looked at. Of several rules to
one destination, S3 follows the one of the highest priority, which is not read. The destination's own lifecycle, lock and policy are
promises of their own.
",
    judge: judge_each!(Replication, &Bucket, judge),
};

fn judge(promise: &Replication, bucket: &Bucket, scene: &Scene<'_>) -> Ruling {
    let rules = bucket.replication.known()?;
    let mut gap = None;
    let mut nearest = (0, "has no replication rules".to_owned());
    for rule in rules {
        let copy = Copying { promise, bucket, rule, scene };
        match copy.outcome() {
            Ok(()) => return Ok(kept(copy.words()?).seen_in(&bucket.replication)),
            Err((_, Miss::Unseen(unseen))) => gap = gap.or(Some(unseen)),
            Err((passed, Miss::Fails(why))) if passed >= nearest.0 => nearest = (passed + 1, why),
            Err((_, Miss::Fails(_))) => {}
        }
    }
    match gap {
        Some(gap) => Err(gap),
        None => Ok(broken(nearest.1).seen_in(&bucket.replication)),
    }
}

/// Why one rule does not keep the promise, or cannot be shown to.
enum Miss {
    Fails(String),
    Unseen(Gap),
}

impl From<Gap> for Miss {
    fn from(gap: Gap) -> Self {
        Self::Unseen(gap)
    }
}

type Check = Result<(), Miss>;

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(Miss::Fails(otherwise())) }
}

/// One replication rule against the promise.
struct Copying<'a> {
    promise: &'a Replication,
    bucket: &'a Bucket,
    rule: &'a ReplicationRule,
    scene: &'a Scene<'a>,
}

impl Copying<'_> {
    /// The first check that fails, else the first that could not be made, with how many come before it.
    ///
    /// A failure outweighs a gap: a disabled rule copies nothing, whatever its destination is.
    fn outcome(&self) -> Result<(), (usize, Miss)> {
        let checks = [
            self.enabled(),
            self.covering(),
            self.to_bucket(),
            self.to_account(),
            self.to_region(),
            self.time_control(),
            self.delete_markers(),
            self.kms_objects(),
            self.destination_versioning(),
            self.source_versioning(),
        ];
        let mut unseen = None;
        for (passed, check) in checks.into_iter().enumerate() {
            match check {
                Ok(()) => {}
                Err(Miss::Fails(why)) => return Err((passed, Miss::Fails(why))),
                Err(Miss::Unseen(gap)) => unseen = unseen.or(Some((passed, Miss::Unseen(gap)))),
            }
        }
        unseen.map_or(Ok(()), Err)
    }

    fn words(&self) -> Result<String, Gap> {
        let whom = objects_under(&self.promise.prefix);
        Ok(format!("replicates {whom} to {} in {} ({})", self.destination(), self.destination_region()?, self.named()))
    }

    fn enabled(&self) -> Check {
        ensure(self.rule.enabled, || format!("has its replication disabled ({})", self.named()))
    }

    fn covering(&self) -> Check {
        let scope = &self.rule.scope;
        ensure(scope.covers_prefix(&self.promise.prefix), || format!("replicates {} only ({})", objects_in(scope), self.named()))
    }

    fn to_bucket(&self) -> Check {
        let Some(promised) = &self.promise.to_bucket else { return Ok(()) };
        ensure(promised == self.destination(), || format!("replicates to {}, not {promised} ({})", self.destination(), self.named()))
    }

    fn to_account(&self) -> Check {
        let Some(promised) = &self.promise.to_account else { return Ok(()) };
        let account = self.destination_account()?;
        ensure(account == promised, || format!("replicates to account {account}, not {promised} ({})", self.named()))
    }

    fn to_region(&self) -> Check {
        let region = self.destination_region()?;
        let own = &self.bucket.meta.region;
        ensure(own.ok() != Some(region), || format!("replicates within {region}, not to another region ({})", self.named()))?;
        let promised = &self.promise.to_regions;
        let listed = promised.is_empty() || promised.contains(region);
        ensure(listed, || {
            let promised: Vec<_> = promised.iter().map(Region::as_str).collect();
            format!("replicates to {region}, not {} ({})", promised.join(" or "), self.named())
        })?;
        own.known()?;
        Ok(())
    }

    fn time_control(&self) -> Check {
        let Some(within) = self.promise.within else { return Ok(()) };
        match self.rule.time_control_minutes {
            None => ensure(false, || format!("replicates without Replication Time Control ({})", self.named())),
            Some(minutes) => ensure(u64::from(minutes) * 60 <= within.seconds(), || {
                format!("replicates within {} only, not {within} ({})", count(minutes, "minute"), self.named())
            }),
        }
    }

    fn delete_markers(&self) -> Check {
        let Some(promised) = self.promise.delete_markers else { return Ok(()) };
        let does = if self.rule.delete_markers { "replicates" } else { "does not replicate" };
        ensure(self.rule.delete_markers == promised, || format!("{does} delete markers ({})", self.named()))
    }

    fn kms_objects(&self) -> Check {
        if self.rule.kms_objects {
            return Ok(());
        }
        let kms = self.bucket.encryption.known()?.as_ref().is_some_and(|encryption| encryption.is_kms());
        ensure(!kms, || format!("encrypts with a KMS key but does not replicate KMS-encrypted objects ({})", self.named()))
    }

    fn destination_versioning(&self) -> Check {
        let state = *self.destination_versioning_state()?;
        ensure(state == Versioning::Enabled, || {
            format!("replicates to {}, whose versioning {} ({})", self.destination(), versioning_words(state), self.named())
        })
    }

    fn source_versioning(&self) -> Check {
        let state = *self.bucket.versioning.known()?;
        ensure(state == Versioning::Enabled, || format!("replicates nothing: its own versioning {}", versioning_words(state)))
    }

    /// The name of the destination bucket, out of an ARN of any partition.
    fn destination(&self) -> &str {
        self.rule.destination.resource().unwrap_or(self.rule.destination.as_str())
    }

    /// The destination in the view that is judged, where it is listed there.
    fn listed_destination(&self) -> Option<&Bucket> {
        self.scene.view.named::<Bucket>(self.destination(), None)
    }

    fn destination_region(&self) -> Result<&Region, Gap> {
        let read = self.rule.destination_bucket.known().and_then(|bucket| bucket.region.known());
        read.or_else(|gap| self.listed_destination().and_then(|bucket| bucket.meta.region.ok()).ok_or(gap))
    }

    fn destination_versioning_state(&self) -> Result<&Versioning, Gap> {
        let read = self.rule.destination_bucket.known().and_then(|bucket| bucket.versioning.known());
        read.or_else(|gap| self.listed_destination().and_then(|bucket| bucket.versioning.ok()).ok_or(gap))
    }

    fn destination_account(&self) -> Result<&AccountId, Gap> {
        if let Some(account) = &self.rule.destination_account {
            return Ok(account);
        }
        self.listed_destination().and_then(|bucket| bucket.meta.account.ok()).ok_or_else(|| {
            let why =
                format!("{} does not name the account of bucket {}: set it in the rule's destination", self.named(), self.destination());
            Gap::new(Cause::NotRead, why)
        })
    }

    fn named(&self) -> String {
        if self.rule.id.is_empty() { "rule without an id".to_owned() } else { format!("rule {}", self.rule.id) }
    }
}

#[cfg(test)]
mod tests;
