//! Databases refuse to be deleted.

use super::speaks_for_itself;
use crate::plan::claim::DeletionProtection;
use crate::rules::prelude::*;

/// The rule `rds-deletion-protection`.
pub static RULE: Rule = Rule {
    id: "rds-deletion-protection",
    summary: "RDS databases refuse to be deleted",
    severity: Severity::Medium,
    needs: &[Need::DbInstances, Need::DbClusters],
    controls: &["aws-security-hub-2026:RDS.7", "aws-security-hub-2026:RDS.8", "nist-800-53r5:CP-9"],
    remediation: Remediation {
        text: "Turn on deletion protection of {name}. It takes effect at once and without a restart.",
        terraform: Some("# in the aws_db_instance or aws_rds_cluster {name}\ndeletion_protection = true"),
        cli: Some(
            "# an instance\n\
             aws rds modify-db-instance --db-instance-identifier {name} --deletion-protection --apply-immediately --region {region}\n\
             # a cluster\n\
             aws rds modify-db-cluster --db-cluster-identifier {name} --deletion-protection --apply-immediately --region {region}",
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

Deletion protection is on for each selected database. Of a cluster, the cluster's own switch counts, not those of its members.

## Why it matters

Automated backups are deleted together with the database unless someone chose to keep them. A wrong `terraform destroy` or a script with
the wrong account then takes the data and the way back.

## What counts as evidence

The switch as `DescribeDBInstances` and `DescribeDBClusters` answer it, or as Terraform records it.

## Limits

Whoever may modify the database may turn the protection off first. Members of a protected cluster can still be deleted one by one; the
data stays with the cluster.
",
    judge: judge_each!(DeletionProtection, Database<'_>, judge),
};

fn judge(_promise: &DeletionProtection, db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    speaks_for_itself(db, scene.view)?;
    let protection = db.deletion_protection();
    let on = *protection.known()?;
    Ok(kept_if(on, if on { "has deletion protection on" } else { "has deletion protection off" })
        .seen_in(protection)
        .set_by("deletion_protection", on))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rds::testing::{cluster, instance};
    use crate::rules::testing::{denied, denied_gap, judge_one, seen};

    fn judged(resources: Vec<Resource>) -> Ruling {
        judge_one(&RULE, DeletionProtection, resources)
    }

    #[test]
    fn kept_when_on() {
        let judgement = judged(vec![instance("orders", |db| db.deletion_protection = seen(true))]).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Kept, "has deletion protection on"));
    }

    #[test]
    fn broken_when_off() {
        let judgement = judged(vec![instance("orders", |db| db.deletion_protection = seen(false))]).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Broken, "has deletion protection off"));
    }

    #[test]
    fn the_clusters_own_switch_counts_whatever_its_members_say() {
        for (on, answer) in [(true, Answer::Kept), (false, Answer::Broken)] {
            let ledger = cluster("ledger", |db| db.deletion_protection = seen(on));
            let member = instance("ledger-1", |db| {
                (db.cluster, db.deletion_protection) = (seen(Some("ledger".to_owned())), seen(!on));
            });
            assert_eq!(judged(vec![ledger, member]).expect("judged").answer, answer);
        }
    }

    #[test]
    fn unknown_when_denied_or_the_cluster_is_not_shown() {
        let action = "rds:DescribeDBInstances";
        assert_eq!(judged(vec![instance("orders", |db| db.deletion_protection = denied(action))]), Err(denied_gap(action)));
        let orphan = instance("ledger-1", |db| (db.cluster, db.deletion_protection) = (seen(Some("ledger".to_owned())), seen(true)));
        assert_eq!(judged(vec![orphan]).expect_err("a gap").cause, Cause::NotRead);
    }
}
