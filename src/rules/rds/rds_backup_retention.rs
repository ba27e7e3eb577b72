//! Automated backups are kept as long as the plan promises.

use super::speaks_for_itself;
use crate::plan::claim::BackupRetention;
use crate::rules::prelude::*;

/// The rule `rds-backup-retention`.
pub static RULE: Rule = Rule {
    id: "rds-backup-retention",
    summary: "RDS keeps automated backups as long as the plan promises",
    severity: Severity::High,
    needs: &[Need::DbInstances, Need::DbClusters],
    controls: &[
        "aws-security-hub-2023:RDS.11",
        "nist-800-53r5:CP-6",
        "nist-800-53r5:CP-9",
        "nist-800-53r5:CP-10",
        "iso-27001-2022:A.8.13",
        "soc2-2017:A1.2",
        "aws-wa-reliability-2026:REL09-BP03",
    ],
    remediation: Remediation {
        text: "Keep the automated backups of {name} for {days} days. RDS keeps them 35 days at most; what must be kept longer takes copied \
               snapshots. Going from 0 to a number of days restarts the database: the first backup is taken at once.",
        terraform: Some("# in the aws_db_instance or aws_rds_cluster {name}\nbackup_retention_period = {days}"),
        cli: Some(
            "# an instance\n\
             aws rds modify-db-instance --db-instance-identifier {name} --backup-retention-period {days} --apply-immediately --region {region}\n\
             # a cluster\n\
             aws rds modify-db-cluster --db-cluster-identifier {name} --backup-retention-period {days} --apply-immediately --region {region}",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

The backup retention period of each selected database is at least what the plan promises; 0 days means that automated backups are off.
Members of a cluster are judged by the cluster's number, since AWS ignores their own. A read replica is judged like any instance: it has
backups of its own, and they are off unless someone turned them on.

## Why it matters

The period is both how long daily snapshots live and how far back a point-in-time restore reaches. Damage that is noticed later than that
cannot be undone. An instance made by API or Terraform keeps 1 day or none unless told otherwise.

## What counts as evidence

The period as `DescribeDBInstances` and `DescribeDBClusters` answer it, or as Terraform records it. `null` in a state is not known.

## Limits

AWS Backup, snapshot copies and dumps may keep backups longer. Where the plan lets them count, a period that is too short leaves the
promise unknown until they are read. The setting does not show that backups succeed: `rds-restorable` looks at that.
",
    judge: judge_each!(BackupRetention, Database<'_>, judge),
};

fn judge(promise: &BackupRetention, db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    speaks_for_itself(db, scene.view)?;
    let retention = db.backup_retention_days();
    let days = *retention.known()?;
    let found = words(days, db);
    let keeps = days >= promise.keep.days();
    if !keeps && !promise.or_by.is_empty() {
        return Err(others_may_keep(promise, &found));
    }
    Ok(kept_if(keeps, found).seen_in(retention).set_by("backup_retention_period", days))
}

fn words(days: u32, db: Database<'_>) -> String {
    let found = match days {
        0 => "has automated backups off".to_owned(),
        _ => format!("keeps automated backups for {}", count(days, "day")),
    };
    let source = match db {
        Database::Instance(instance) => instance.replica_of.ok(),
        Database::Cluster(cluster) => cluster.replica_of.ok(),
    };
    match source.and_then(Option::as_deref) {
        Some(source) => format!("{found} (a read replica of {source})"),
        None => found,
    }
}

fn others_may_keep(promise: &BackupRetention, found: &str) -> Gap {
    let (others, list) = (promise.or_by.join(" or "), promise.or_by.join(", "));
    let detail = format!(
        "it {found}; {others} may keep backups for {}, which this version does not read: exclude them with `not: [{list}]` if they do not",
        promise.keep
    );
    Gap::new(Cause::NotJudgedYet, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::database::DbInstance;
    use crate::rules::rds::testing::{cluster, denied_listing, instance, judge_named, member, members};
    use crate::rules::testing::{denied, denied_gap, judge_one, live, seen};

    fn seven_days() -> BackupRetention {
        BackupRetention { keep: "7d".parse().expect("a period"), or_by: Vec::new() }
    }

    fn judged(fill: impl FnOnce(&mut DbInstance)) -> (Answer, String) {
        let judgement = judge_one(&RULE, seven_days(), [instance("orders", fill)]).expect("judged");
        assert!(judgement.at.is_some(), "says where");
        (judgement.answer, judgement.found)
    }

    #[test]
    fn kept_when_as_long_as_promised() {
        assert_eq!(judged(|db| db.backup_retention_days = seen(7)), (Answer::Kept, "keeps automated backups for 7 days".to_owned()));
        assert_eq!(judged(|db| db.backup_retention_days = seen(35)).0, Answer::Kept);
    }

    #[test]
    fn broken_when_a_day_short_or_off() {
        assert_eq!(judged(|db| db.backup_retention_days = seen(6)), (Answer::Broken, "keeps automated backups for 6 days".to_owned()));
        assert_eq!(judged(|db| db.backup_retention_days = seen(1)), (Answer::Broken, "keeps automated backups for 1 day".to_owned()));
        assert_eq!(judged(|db| db.backup_retention_days = seen(0)), (Answer::Broken, "has automated backups off".to_owned()));
    }

    #[test]
    fn broken_when_a_replica_has_none_and_says_that_it_is_one() {
        let replica = judged(|db| {
            db.backup_retention_days = seen(0);
            db.replica_of = seen(Some("primary".to_owned()));
        });
        assert_eq!(replica, (Answer::Broken, "has automated backups off (a read replica of primary)".to_owned()));
    }

    #[test]
    fn members_are_judged_by_their_cluster() {
        let with = |days| cluster("ledger", |db| (db.backup_retention_days, db.members) = (seen(days), members(&["ledger-1"])));
        for (days, answer) in [(7, Answer::Kept), (6, Answer::Broken)] {
            let judgement = judge_one(&RULE, seven_days(), [with(days), member("ledger-1", "us-east-1a")]).expect("judged");
            assert_eq!(judgement.answer, answer, "{days}");
        }
    }

    #[test]
    fn unknown_when_the_cluster_of_a_member_is_not_shown() {
        let orphan = || instance("ledger-1", |db| (db.backup_retention_days, db.cluster) = (seen(7), seen(Some("ledger".to_owned()))));
        let gap = judge_one(&RULE, seven_days(), [orphan()]).expect_err("a gap");
        assert_eq!(gap.action.as_ref().map(crate::estate::Action::as_str), Some("rds:DescribeDBClusters"));
        let view = denied_listing(live([orphan()]), Kind::DbCluster, "us-east-1", "rds:DescribeDBClusters");
        assert_eq!(judge_named(&RULE, seven_days(), &view, "ledger-1"), Err(denied_gap("rds:DescribeDBClusters")));
        let maybe = instance("ledger-1", |db| (db.backup_retention_days, db.cluster) = (seen(7), denied("rds:DescribeDBInstances")));
        assert_eq!(judge_one(&RULE, seven_days(), [maybe]), Err(denied_gap("rds:DescribeDBInstances")));
    }

    #[test]
    fn unknown_when_another_mechanism_may_keep_it() {
        let promise = BackupRetention { or_by: vec!["aws-backup".to_owned(), "dumps".to_owned()], ..seven_days() };
        let of = |days| judge_one(&RULE, promise.clone(), [instance("orders", |db| db.backup_retention_days = seen(days))]);
        let gap = of(6).expect_err("a gap");
        assert_eq!(gap.cause, Cause::NotJudgedYet);
        assert!(gap.detail.contains("not: [aws-backup, dumps]"), "{gap}");
        assert_eq!(of(7).expect("judged").answer, Answer::Kept);
    }

    #[test]
    fn unknown_when_denied() {
        let action = "rds:DescribeDBInstances";
        let ruling = judge_one(&RULE, seven_days(), [instance("orders", |db| db.backup_retention_days = denied(action))]);
        assert_eq!(ruling, Err(denied_gap(action)));
    }
}
