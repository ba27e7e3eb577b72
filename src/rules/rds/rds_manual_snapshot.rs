//! A manual snapshot is there, available, and young enough.

use super::{age, snapshots_of, span, speaks_for_itself};
use crate::estate::database::DbSnapshot;
use crate::plan::claim::ManualSnapshot;
use crate::rules::prelude::*;

/// The rule `rds-manual-snapshot`.
pub static RULE: Rule = Rule {
    id: "rds-manual-snapshot",
    summary: "A recent manual snapshot of the database is there",
    severity: Severity::High,
    needs: &[Need::DbSnapshots, Need::DbInstances, Need::DbClusters],
    controls: &["nist-800-53r5:CP-9", "iso-27001-2022:A.8.13", "soc2-2017:A1.2"],
    remediation: Remediation {
        text: "Take a manual snapshot of {name} and wait until it is available.",
        terraform: Some(
            r#"resource "aws_db_snapshot" "before_release" {
  db_instance_identifier = "{name}"
  db_snapshot_identifier = "{name}-before-release"
}"#,
        ),
        cli: Some(
            "# an instance\n\
             aws rds create-db-snapshot --db-instance-identifier {name} --db-snapshot-identifier {name}-before-release --region {region}\n\
             aws rds wait db-snapshot-available --db-snapshot-identifier {name}-before-release --region {region}\n\
             # a cluster\n\
             aws rds create-db-cluster-snapshot --db-cluster-identifier {name} --db-cluster-snapshot-identifier {name}-before-release \
             --region {region}\n\
             aws rds wait db-cluster-snapshot-available --db-cluster-snapshot-identifier {name}-before-release --region {region}",
        ),
    },
    evidence: Evidence::Observed,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

The newest available manual snapshot of each selected database is not older than the plan promises. Automated snapshots, snapshots that
are still being made or have failed, and snapshots of another database, be it an earlier one of the same name, do not count.

## Why it matters

A manual snapshot is the way back from a release that goes wrong. Unlike automated backups it outlives the database, and it holds the data
of a moment that someone chose.

## What counts as evidence

`DescribeDBSnapshots` and `DescribeDBClusterSnapshots`. The age counts from `OriginalSnapshotCreateTime`, which a copy keeps, so an old
snapshot does not become young by copying it.

## Limits

That it is available does not show that it restores: a drill does. Whether it was taken before a particular change cannot be told from its
time alone.
",
    judge: judge_each!(ManualSnapshot, Database<'_>, judge),
};

fn judge(promise: &ManualSnapshot, db: Database<'_>, scene: &Scene<'_>) -> Ruling {
    speaks_for_itself(db, scene.view)?;
    let (mut newest, mut gap, mut others) = (None, None, 0_u32);
    for snapshot in snapshots_of(db, scene.view) {
        match snapshot.and_then(|snapshot| Ok((snapshot, standing(snapshot, scene)?))) {
            Ok((snapshot, Some(age))) => newest = Some(newest.map_or((age, snapshot), |best| younger(best, (age, snapshot)))),
            Ok((_, None)) => others += 1,
            Err(unseen) => gap = gap.or(Some(unseen)),
        }
    }
    if let Some((age, snapshot)) = newest.filter(|(age, _)| *age <= promise.at_most_old.seconds()) {
        let found = format!("has the manual snapshot {}, {} old", snapshot.meta.display_name(), span(age));
        return Ok(kept(found).seen_in(&snapshot.taken));
    }
    gap.map_or(Ok(()), Err)?;
    scene.view.listed_whole(Kind::DbSnapshot)?;
    Ok(match newest {
        Some((age, snapshot)) => {
            let found = format!("has no manual snapshot newer than {}, which is {} old", snapshot.meta.display_name(), span(age));
            broken(found).seen_in(&snapshot.taken)
        }
        None if others > 0 => broken(format!("has no available manual snapshot ({} automated or not available)", count(others, "other"))),
        None => broken("has no snapshots"),
    })
}

fn younger<'a>(a: (u64, &'a DbSnapshot), b: (u64, &'a DbSnapshot)) -> (u64, &'a DbSnapshot) {
    if b.0 < a.0 { b } else { a }
}

/// The age of a snapshot that counts; `None` for one that does not, whatever else is known of it.
fn standing(snapshot: &DbSnapshot, scene: &Scene<'_>) -> Result<Option<u64>, Gap> {
    if snapshot.manual.ok() == Some(&false) || snapshot.status.ok().is_some_and(|status| status != "available") {
        return Ok(None);
    }
    snapshot.manual.known()?;
    snapshot.status.known()?;
    age(&format!("the snapshot {}", snapshot.meta.display_name()), *snapshot.taken.known()?, scene.now).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rds::testing::{cluster, denied_listing, instance, judge_named, move_to, snapshot};
    use crate::rules::testing::{denied, denied_gap, live, seen, time};

    fn a_day() -> ManualSnapshot {
        ManualSnapshot { at_most_old: "24h".parse().expect("a period") }
    }

    fn orders() -> Resource {
        instance("orders", |db| db.resource_id = seen("db-ORDERS".to_owned()))
    }

    fn judged(snapshots: Vec<Resource>) -> Ruling {
        judge_named(&RULE, a_day(), &live(snapshots.into_iter().chain([orders()])), "orders")
    }

    fn broken_by(snapshots: Vec<Resource>) -> String {
        let judgement = judged(snapshots).expect("judged");
        assert_eq!(judgement.answer, Answer::Broken, "{}", judgement.found);
        judgement.found
    }

    fn taken(name: &str, at: &str) -> Resource {
        snapshot(name, |snapshot| snapshot.taken = seen(time(at)))
    }

    #[test]
    fn kept_when_young_enough() {
        let judgement = judged(vec![taken("s1", "2026-11-19T12:00:00Z")]).expect("judged");
        assert_eq!((judgement.answer, judgement.found.as_str()), (Answer::Kept, "has the manual snapshot s1, 24 h 0 min old"));
        assert!(judgement.at.is_some());
    }

    #[test]
    fn kept_by_the_newest_whatever_the_others_are() {
        let failed = snapshot("s0", |snapshot| snapshot.status = seen("failed".to_owned()));
        let unseen = snapshot("s3", |snapshot| snapshot.taken = denied("rds:DescribeDBSnapshots"));
        let found = judged(vec![failed, taken("s1", "2026-11-01T12:00:00Z"), taken("s2", "2026-11-20T11:57:00Z"), unseen]);
        assert_eq!(found.expect("judged").found, "has the manual snapshot s2, 3 min old");
    }

    #[test]
    fn broken_when_a_second_too_old() {
        let found = broken_by(vec![taken("s1", "2026-11-19T11:59:59Z"), taken("s0", "2026-10-19T11:59:59Z")]);
        assert_eq!(found, "has no manual snapshot newer than s1, which is 24 h 0 min old");
    }

    #[test]
    fn broken_when_there_are_only_automated_unfinished_or_failed_ones() {
        assert_eq!(broken_by(vec![]), "has no snapshots");
        let automated = snapshot("rds:orders", |snapshot| snapshot.manual = seen(false));
        let others: Vec<_> = ["creating", "failed"].map(|status| snapshot(status, |s| s.status = seen(status.to_owned()))).into();
        let all = std::iter::once(automated).chain(others).collect();
        assert_eq!(broken_by(all), "has no available manual snapshot (3 others automated or not available)");
    }

    #[test]
    fn broken_when_another_database_was_taken() {
        let other = snapshot("s1", |snapshot| snapshot.database = seen("invoices".to_owned()));
        let earlier_namesake = snapshot("s2", |snapshot| snapshot.database_resource_id = seen(Some("db-GONE".to_owned())));
        let of_a_cluster = snapshot("s3", |snapshot| snapshot.of_cluster = true);
        let elsewhere = snapshot("s4", |snapshot| move_to(&mut snapshot.meta, "eu-west-1"));
        assert_eq!(broken_by(vec![other, earlier_namesake, of_a_cluster, elsewhere]), "has no snapshots");
    }

    #[test]
    fn kept_by_a_copy_in_another_region() {
        let copy = snapshot("s1", |snapshot| {
            move_to(&mut snapshot.meta, "us-west-2");
            snapshot.database_resource_id = seen(Some("db-ORDERS".to_owned()));
        });
        assert_eq!(judged(vec![copy]).expect("judged").answer, Answer::Kept);
    }

    #[test]
    fn clusters_are_judged_by_cluster_snapshots() {
        let ledger = || cluster("ledger", |_| {});
        let of = |of_cluster| snapshot("s1", |s| (s.database, s.of_cluster) = (seen("ledger".to_owned()), of_cluster));
        for (of_cluster, answer) in [(true, Answer::Kept), (false, Answer::Broken)] {
            let ruling = judge_named(&RULE, a_day(), &live([ledger(), of(of_cluster)]), "ledger");
            assert_eq!(ruling.expect("judged").answer, answer);
        }
    }

    #[test]
    fn unknown_when_denied() {
        let action = "rds:DescribeDBSnapshots";
        let view =
            |snapshots: Vec<Resource>| denied_listing(live(snapshots.into_iter().chain([orders()])), Kind::DbSnapshot, "us-east-1", action);
        assert_eq!(judge_named(&RULE, a_day(), &view(vec![]), "orders"), Err(denied_gap(action)));
        let young = judge_named(&RULE, a_day(), &view(vec![taken("s1", "2026-11-20T11:00:00Z")]), "orders");
        assert_eq!(young.expect("judged").answer, Answer::Kept, "what was listed before is enough");
    }

    #[test]
    fn unknown_when_the_deciding_fact_was_not_seen() {
        let action = "rds:DescribeDBSnapshots";
        let fills: [fn(&mut DbSnapshot); 5] = [
            |s| s.taken = denied("rds:DescribeDBSnapshots"),
            |s| s.manual = denied("rds:DescribeDBSnapshots"),
            |s| s.status = denied("rds:DescribeDBSnapshots"),
            |s| s.database = denied("rds:DescribeDBSnapshots"),
            |s| s.meta.region = denied("rds:DescribeDBSnapshots"),
        ];
        for fill in fills {
            assert_eq!(judged(vec![snapshot("s1", fill)]), Err(denied_gap(action)));
        }
        let of_a_cluster = snapshot("s1", |s| (s.of_cluster, s.database) = (true, denied("rds:DescribeDBSnapshots")));
        assert_eq!(broken_by(vec![of_a_cluster]), "has no snapshots");
        let automated = snapshot("s1", |s| (s.manual, s.taken) = (seen(false), denied("rds:DescribeDBSnapshots")));
        broken_by(vec![automated]);
    }

    #[test]
    fn unknown_when_it_was_taken_in_the_future() {
        assert_eq!(judged(vec![taken("s1", "2026-11-20T12:05:01Z")]).expect_err("a gap").cause, Cause::Failed);
        let skewed = judged(vec![taken("s1", "2026-11-20T12:05:00Z")]).expect("judged");
        assert_eq!(skewed.found, "has the manual snapshot s1, 0 s old");
    }
}
