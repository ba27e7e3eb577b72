//! Rules of the domain `rds`: whether databases are backed up, doubled and guarded as the plan promises.

pub mod rds_backup_retention;
pub mod rds_deletion_protection;
pub mod rds_encryption;
pub mod rds_manual_snapshot;
pub mod rds_multi_az;
pub mod rds_replica;
pub mod rds_restorable;

#[cfg(test)]
mod testing;

use jiff::Timestamp;

use crate::estate::database::{Database, DbSnapshot};
use crate::estate::{Action, Cause, Gap, Kind, Region, Scope, View, ViewEstate};

/// How far clocks may differ before a time in the future is not believed.
const CLOCK_SLACK_SECONDS: i64 = 300;

/// Refuses to judge a cluster member by its own settings: it takes them from the cluster, and ignores its own.
///
/// # Errors
/// A gap when the database is a member of a cluster that this view does not show, or when it may be one.
fn speaks_for_itself(db: Database<'_>, view: &ViewEstate) -> Result<(), Gap> {
    let Database::Instance(instance) = db else { return Ok(()) };
    let Some(cluster) = instance.cluster.known()? else { return Ok(()) };
    listed_in(view, Kind::DbCluster, instance.meta.region.ok())?;
    let gap =
        Gap::new(Cause::NotRead, format!("it takes its settings from the cluster {cluster}, which the {} view does not show", view.view));
    Err(if view.view == View::Live { gap.for_action(Action::of("rds:DescribeDBClusters")) } else { gap })
}

/// Whether a kind was listed to its end in one region, or anywhere when the region is not known.
///
/// # Errors
/// The gap of the listing, or that nobody asked for one.
fn listed_in(view: &ViewEstate, kind: Kind, region: Option<&Region>) -> Result<(), Gap> {
    let Some(region) = region else { return view.listed_whole(kind) };
    let here = Scope::Region(region.clone());
    let mut asked = view.listings.iter().filter(|listing| listing.kind == kind && (listing.scope == Scope::Whole || listing.scope == here));
    let Some(first) = asked.next() else {
        return Err(Gap::new(Cause::NotRead, format!("no {kind} was listed in {region} in the {} view", view.view)));
    };
    match std::iter::once(first).chain(asked).find_map(|listing| listing.gap.clone()) {
        Some(gap) => Err(gap),
        None => Ok(()),
    }
}

/// The snapshots that were taken of a database, and a gap for each of which that cannot be told.
fn snapshots_of<'a>(db: Database<'a>, view: &'a ViewEstate) -> impl Iterator<Item = Result<&'a DbSnapshot, Gap>> {
    view.all::<DbSnapshot>().filter_map(move |snapshot| match taken_of(db, snapshot) {
        Ok(true) => Some(Ok(snapshot)),
        Ok(false) => None,
        Err(gap) => Some(Err(gap)),
    })
}

fn taken_of(db: Database<'_>, snapshot: &DbSnapshot) -> Result<bool, Gap> {
    let (is_cluster, resource_id) = match db {
        Database::Instance(instance) => (false, &instance.resource_id),
        Database::Cluster(cluster) => (true, &cluster.resource_id),
    };
    let both_ids_seen = resource_id.ok().is_some() && matches!(snapshot.database_resource_id.ok(), Some(Some(_)));
    if snapshot.of_cluster == is_cluster && !both_ids_seen {
        let same_name = snapshot.database.known()?.eq_ignore_ascii_case(db.meta().name.known()?);
        if same_name {
            snapshot.meta.region.known()?;
            db.region().known()?;
        }
    }
    Ok(db.is_source_of(snapshot))
}

/// Seconds from a time to the audit time; a time that lies a little ahead, as clocks differ, counts as now.
///
/// # Errors
/// A gap when the time lies further ahead than clocks may differ.
fn age(what: &str, of: Timestamp, now: Timestamp) -> Result<u64, Gap> {
    let seconds = now.duration_since(of).as_secs();
    if seconds < -CLOCK_SLACK_SECONDS {
        let detail = format!("{what} is of {of}, after the audit time {now}: check the clock, or the --now that was given");
        return Err(Gap::new(Cause::Failed, detail));
    }
    Ok(u64::try_from(seconds).unwrap_or(0))
}

/// Seconds as people say them, in two units: `3 min`, `25 h 10 min`, `6 d 3 h`.
fn span(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (3.., _, _) => format!("{days} d {} h", hours % 24),
        (_, 1.., _) => format!("{hours} h {} min", minutes % 60),
        (_, _, 1..) => format!("{minutes} min"),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_well() {
        for (seconds, text) in
            [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (90_000, "25 h 0 min"), (259_200, "3 d 0 h"), (529_200, "6 d 3 h")]
        {
            assert_eq!(span(seconds), text);
        }
    }
}
