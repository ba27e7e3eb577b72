//! The storage of databases is encrypted.

use super::speaks_for_itself;
use crate::plan::claim::DatabaseEncryption;
use crate::rules::prelude::*;

/// The rule `rds-encryption`.
pub static RULE: Rule = Rule {
    id: "rds-encryption",
    summary: "RDS databases encrypt their storage",
    severity: Severity::High,
    needs: &[Need::DbInstances, Need::DbClusters],
    controls: &["nist-800-53r5:CP-9(8)", "aws-wa-reliability-2026:REL09-BP02"],
    remediation: Remediation {
        text: "Encryption cannot be turned on in place: copy a snapshot of {name} with a KMS key, restore the copy, and move the application \
               to it.",
        terraform: Some(
            "# a change of storage_encrypted replaces the database: restore from the encrypted copy first\nstorage_encrypted = true",
        ),
        cli: Some(
            "aws rds create-db-snapshot --db-instance-identifier {name} --db-snapshot-identifier {name}-plain --region {region}\n\
             aws rds copy-db-snapshot --source-db-snapshot-identifier {name}-plain --target-db-snapshot-identifier {name}-encrypted \
             --kms-key-id alias/aws/rds --region {region}\n\
             aws rds restore-db-instance-from-db-snapshot --db-instance-identifier {name}-encrypted \
             --db-snapshot-identifier {name}-encrypted --region {region}",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

The storage of each selected database is encrypted. Of a cluster, the cluster's own setting counts.

## Why it matters

Backups, snapshots and replicas inherit the encryption of the storage: a database in the clear has backups in the clear.

## What counts as evidence

The setting as `DescribeDBInstances` and `DescribeDBClusters` answer it, or as Terraform records it.

## Limits

Whether the key is enabled, and whether a copy can be decrypted in the recovery region, is not looked at. Snapshots that were taken before
the database was encrypted stay as they are.
",
    judge: judge_each!(DatabaseEncryption, Database<'_>, judge),
};

fn judge(_promise: &DatabaseEncryption, db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    speaks_for_itself(db, scene.view)?;
    let encrypted = db.encrypted();
    let found = match (*encrypted.known()?, db.kms_key().ok()) {
        (false, _) => "has storage in the clear".to_owned(),
        (true, Some(Some(key))) => format!("has its storage encrypted with key {key}"),
        (true, _) => "has storage encrypted".to_owned(),
    };
    let on = *encrypted.known()?;
    Ok(kept_if(on, found).seen_in(encrypted).set_by("storage_encrypted", on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rds::testing::{cluster, instance};
    use crate::rules::testing::{denied, denied_gap, judge_one, seen};

    fn judged(resources: Vec<Resource>) -> Ruling {
        judge_one(&RULE, DatabaseEncryption, resources)
    }

    #[test]
    fn kept_when_encrypted() {
        let judgement = judged(vec![instance("orders", |db| db.encrypted = seen(true))]).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Kept, "has storage encrypted"));
        let keyed = instance("orders", |db| (db.encrypted, db.kms_key) = (seen(true), seen(Some("k-1".to_owned()))));
        assert_eq!(judged(vec![keyed]).expect("judged").found, "has its storage encrypted with key k-1");
    }

    #[test]
    fn broken_when_in_the_clear() {
        let judgement = judged(vec![instance("orders", |db| db.encrypted = seen(false))]).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Broken, "has storage in the clear"));
    }

    #[test]
    fn the_clusters_own_setting_counts() {
        let ledger = cluster("ledger", |db| db.encrypted = seen(false));
        let member = instance("ledger-1", |db| (db.cluster, db.encrypted) = (seen(Some("ledger".to_owned())), seen(true)));
        assert_eq!(judged(vec![ledger, member]).expect("judged").answer, Answer::Broken);
    }

    #[test]
    fn unknown_when_denied_or_the_cluster_is_not_shown() {
        let action = "rds:DescribeDBInstances";
        assert_eq!(judged(vec![instance("orders", |db| db.encrypted = denied(action))]), Err(denied_gap(action)));
        let orphan = instance("ledger-1", |db| (db.cluster, db.encrypted) = (seen(Some("ledger".to_owned())), seen(true)));
        assert_eq!(judged(vec![orphan]).expect_err("a gap").cause, Cause::NotRead);
    }
}
