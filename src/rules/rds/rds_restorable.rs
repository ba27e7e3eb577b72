//! There is a backup to restore from: recent enough, and reaching back far enough.

use super::{age, snapshots_of, span, speaks_for_itself};
use crate::plan::claim::Restorable;
use crate::rules::prelude::*;

/// The rule `rds-restorable`.
pub static RULE: Rule = Rule {
    id: "rds-restorable",
    summary: "RDS databases can be restored to a recent point, and far enough back",
    severity: Severity::Critical,
    needs: &[Need::DbRestoreWindows, Need::DbInstances, Need::DbClusters, Need::DbSnapshots],
    controls: &["nist-800-53r5:CP-9", "nist-800-53r5:CP-10(2)", "iso-27001-2022:A.8.13", "soc2-2017:A1.2"],
    remediation: Remediation {
        text: "Turn on automated backups of {name} and see why they do not progress: they are only made while it is `available`, and not \
               while its storage is full. Until they do, take a snapshot.",
        terraform: Some("# in the aws_db_instance or aws_rds_cluster {name}\nbackup_retention_period = 7"),
        cli: Some(
            "# an instance\n\
             aws rds describe-events --source-type db-instance --source-identifier {name} --duration 20160 --region {region}\n\
             aws rds modify-db-instance --db-instance-identifier {name} --backup-retention-period 7 --apply-immediately --region {region}\n\
             # a cluster\n\
             aws rds describe-events --source-type db-cluster --source-identifier {name} --duration 20160 --region {region}\n\
             aws rds modify-db-cluster --db-cluster-identifier {name} --backup-retention-period 7 --apply-immediately --region {region}",
        ),
    },
    evidence: Evidence::Observed,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

Where the plan says how recent: the newest point that a point-in-time restore reaches is not older than that. Where it does not: there is
such a point, or an available snapshot. Where the plan says how far back: the oldest point is at least that old, or lies within a day of
the creation of the database, which is when its first backup is made.

## Why it matters

A retention period is a wish; the restore window is what the backups have really reached. Backups stop silently: while storage is full,
while the database is stopped, while a snapshot copy runs.

## What counts as evidence

`LatestRestorableTime` and `EarliestRestorableTime` as `DescribeDBInstances`, `DescribeDBInstanceAutomatedBackups` and
`DescribeDBClusters` answer them at the time of the audit, and the snapshots that are available. A time that lies more than 5 minutes
after the audit is not believed.

## Limits

That a point can be restored to does not show that a restore works, nor how long it takes: a drill does. A snapshot does not count as a
recent point, since it cannot be rolled forward. AWS Backup and dumps are not looked at.
",
    judge: judge_each!(Restorable, Database<'_>, judge),
};

/// How long after its creation the first backup of a database may come.
const FIRST_BACKUP_SECONDS: u64 = 86_400;

fn judge(promise: &Restorable, db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    speaks_for_itself(db, scene.view)?;
    let newest = match promise.latest_within {
        Some(within) => recent(db, within, scene),
        None => anything(db, scene),
    };
    match promise.reaches_back {
        Some(back) => both(newest, reaching_back(db, back, scene)),
        None => newest,
    }
}

/// Two parts of one promise: a broken part breaks it, even where the other was not seen.
fn both(newest: Ruling, oldest: Ruling) -> Ruling {
    match (newest, oldest) {
        (Ok(newest), Ok(oldest)) => {
            let holds = newest.answer == Answer::Kept && oldest.answer == Answer::Kept;
            let found = format!("{} and {}", newest.found, oldest.found);
            let decided_by = if newest.answer == Answer::Kept { oldest } else { newest };
            Ok(Judgement { at: decided_by.at, setting: decided_by.setting, ..kept_if(holds, found) })
        }
        (Ok(part), Err(gap)) | (Err(gap), Ok(part)) => {
            if part.answer == Answer::Broken {
                Ok(part)
            } else {
                Err(gap)
            }
        }
        (Err(gap), Err(_)) => Err(gap),
    }
}

/// Seconds since the newest restorable point; `None` without automated backups.
fn newest_age(db: Database<'_>, scene: &Scene<'_>) -> Result<Option<u64>, Gap> {
    let Some(window) = db.restore_window().known()? else { return Ok(None) };
    age("the newest restorable point", *window.latest.known()?, scene.now).map(Some)
}

fn recent(db: Database<'_>, within: Period, scene: &Scene<'_>) -> Ruling {
    let judgement = match newest_age(db, scene)? {
        Some(age) => kept_if(age <= within.seconds(), point(age)),
        None => broken("has no automated backups"),
    };
    Ok(judgement.seen_in(db.restore_window()))
}

fn anything(db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    let newest = newest_age(db, scene);
    if let Ok(Some(age)) = newest {
        return Ok(kept(point(age)).seen_in(db.restore_window()));
    }
    let mut gap = None;
    for snapshot in snapshots_of(db, scene.view) {
        match snapshot.and_then(|snapshot| Ok((snapshot, snapshot.status.known()?))) {
            Ok((snapshot, status)) if status == "available" => {
                return Ok(kept(format!("has the available snapshot {}", snapshot.meta.display_name())).seen_in(&snapshot.status));
            }
            Ok(_) => {}
            Err(unseen) => gap = gap.or(Some(unseen)),
        }
    }
    newest?;
    gap.map_or(Ok(()), Err)?;
    scene.view.listed_whole(Kind::DbSnapshot)?;
    Ok(broken("has no automated backups and no available snapshot").seen_in(db.restore_window()))
}

fn reaching_back(db: Database<'_>, back: Period, scene: &Scene<'_>) -> Ruling {
    let window = db.restore_window();
    let Some(reached) = window.known()? else {
        return Ok(broken("has no automated backups to reach back with").seen_in(window));
    };
    let oldest = age("the oldest restorable point", *reached.earliest.known()?, scene.now)?;
    if oldest >= back.seconds() {
        return Ok(kept(format!("reaches back {}", span(oldest))).seen_in(&reached.earliest));
    }
    let lived = age("the creation of the database", *db.created().known()?, scene.now)?;
    let to_creation = lived <= oldest.saturating_add(FIRST_BACKUP_SECONDS);
    let whither = if to_creation { "to its creation".to_owned() } else { format!("though created {} ago", span(lived)) };
    Ok(kept_if(to_creation, format!("reaches back {}, {whither}", span(oldest))).seen_in(&reached.earliest))
}

fn point(age: u64) -> String {
    format!("is restorable to a point {} old", span(age))
}

#[cfg(test)]
mod tests;
