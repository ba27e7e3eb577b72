//! RDS and Aurora: instances, clusters, snapshots and what a restore reaches.

use std::collections::BTreeMap;

use aws_sdk_rds::Client;
use aws_sdk_rds::types::{DbCluster as DescribedCluster, DbInstance as Described, DbInstanceAutomatedBackup, Tag};
use futures::future::{FutureExt as _, join, join3};

use super::clean;
use super::errand::{Errand, Haul, count, lacks, seen, tags, text, time, timestamp, told};
use super::pages::{self, Page};
use crate::collect::needs::{
    Call, DESCRIBE_AUTOMATED_BACKUPS, DESCRIBE_DB_CLUSTER_SNAPSHOTS, DESCRIBE_DB_CLUSTERS, DESCRIBE_DB_INSTANCES, DESCRIBE_DB_SNAPSHOTS,
    DESCRIBE_GLOBAL_CLUSTERS,
};
use crate::estate::database::{ClusterMember, DbCluster, DbInstance, DbSnapshot, RestoreWindow};
use crate::estate::{Fact, Gap, Kind, Need, Region, Scope};

const PAGE: i32 = 100;

/// What is asked for of a region's databases.
pub(super) async fn read(errand: &Errand<'_>, region: &Region) -> Haul {
    let client = errand.session.rds(region);
    let (instances, clusters, snapshots) =
        join3(instances(errand, &client, region), clusters(errand, &client, region), snapshots(errand, &client, region)).await;
    let mut haul = instances;
    haul.merge(clusters);
    haul.merge(snapshots);
    haul
}

/// Neptune and DocumentDB answer the same calls. They are not RDS, and no promise about RDS speaks of them.
fn is_rds(engine: Option<&str>) -> bool {
    !engine.is_some_and(|engine| engine.starts_with("neptune") || engine.starts_with("docdb"))
}

fn is_aurora(engine: Option<&str>) -> bool {
    engine.is_some_and(|engine| engine.starts_with("aurora"))
}

fn rds_tags(call: &Call, list: &[Tag]) -> Fact<BTreeMap<String, String>> {
    tags(call, list.iter().map(|tag| (tag.key(), tag.value())))
}

/// A name that may be absent. AWS leaves the element out; what stands in for AWS may send an empty one.
fn given(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(clean)
}

async fn instances(errand: &Errand<'_>, client: &Client, region: &Region) -> Haul {
    const CALL: &Call = DESCRIBE_DB_INSTANCES;
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::DbInstances) {
        return haul;
    }
    let listing = pages::all(CALL, |marker| {
        let sent = client.describe_db_instances().max_records(PAGE).set_marker(marker).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.db_instances, page.marker)) }
    });
    let ((instances, gap), backups) = join(listing, automated_backups(errand, client, region)).await;
    haul.gaps.extend(backups.gap());
    for instance in instances.iter().filter(|instance| is_rds(instance.engine())) {
        haul.add(instance_of(errand, region, instance, &backups));
    }
    haul.listed(Kind::DbInstance, Scope::Region(region.clone()), gap);
    haul
}

/// Automated backups of a region.
enum Backups {
    NotAsked,
    Listed(Vec<DbInstanceAutomatedBackup>, Option<Gap>),
}

impl Backups {
    fn gap(&self) -> Option<Gap> {
        match self {
            Self::NotAsked => None,
            Self::Listed(_, gap) => gap.clone(),
        }
    }
}

async fn automated_backups(errand: &Errand<'_>, client: &Client, region: &Region) -> Backups {
    const CALL: &Call = DESCRIBE_AUTOMATED_BACKUPS;
    if !errand.wanted.asks(Need::DbRestoreWindows) {
        return Backups::NotAsked;
    }
    let (backups, gap) = pages::all(CALL, |marker| {
        let sent = client.describe_db_instance_automated_backups().max_records(PAGE).set_marker(marker).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.db_instance_automated_backups, page.marker)) }
    })
    .await;
    Backups::Listed(backups, gap)
}

fn instance_of(errand: &Errand<'_>, region: &Region, db: &Described, backups: &Backups) -> DbInstance {
    const CALL: &Call = DESCRIBE_DB_INSTANCES;
    let name = db.db_instance_identifier().map(clean).unwrap_or_default();
    let mut meta = errand.meta(CALL, region, name, db.db_instance_arn());
    meta.tags = rds_tags(CALL, db.tag_list());
    let source = given(db.read_replica_source_db_instance_identifier()).or(given(db.read_replica_source_db_cluster_identifier()));
    // An instance that replicates says so; one without the status has not said whether it does.
    let replication = db.status_infos().iter().find(|info| info.status_type() == Some("read replication"));
    DbInstance {
        meta,
        resource_id: text(CALL, db.dbi_resource_id(), "DbiResourceId"),
        engine: text(CALL, db.engine(), "Engine"),
        status: text(CALL, db.db_instance_status(), "DBInstanceStatus"),
        cluster: seen(CALL, given(db.db_cluster_identifier())),
        backup_retention_days: count(CALL, db.backup_retention_period(), "BackupRetentionPeriod"),
        restore_window: instance_window(db, backups),
        created: time(CALL, db.instance_create_time(), "InstanceCreateTime"),
        multi_az: told(CALL, db.multi_az(), "MultiAZ"),
        zone: seen(CALL, given(db.availability_zone())),
        encrypted: told(CALL, db.storage_encrypted(), "StorageEncrypted"),
        kms_key: seen(CALL, given(db.kms_key_id())),
        deletion_protection: told(CALL, db.deletion_protection(), "DeletionProtection"),
        replica_of: seen(CALL, source),
        replicating: seen(CALL, replication.and_then(|info| info.normal())),
    }
}

/// The newest point is in the instance's own answer; the oldest one only in the listing of automated backups.
fn instance_window(db: &Described, backups: &Backups) -> Fact<Option<RestoreWindow>> {
    const CALL: &Call = DESCRIBE_AUTOMATED_BACKUPS;
    let Backups::Listed(backups, gap) = backups else { return Fact::not_read() };
    if db.backup_retention_period() == Some(0) {
        return seen(DESCRIBE_DB_INSTANCES, None);
    }
    let mine = backups.iter().find(|backup| {
        backup.dbi_resource_id().is_some()
            && backup.dbi_resource_id() == db.dbi_resource_id()
            && backup.db_instance_identifier() == db.db_instance_identifier()
    });
    let window = mine.and_then(|backup| backup.restore_window());
    let latest = db.latest_restorable_time();
    let earliest = match (window.and_then(|window| window.earliest_time()), gap) {
        (Some(earliest), _) => time(CALL, Some(earliest), "EarliestTime"),
        (None, Some(gap)) => gap.clone().into(),
        (None, None) => lacks(CALL, "restore window of this instance").into(),
    };
    let latest = match latest {
        Some(latest) => time(DESCRIBE_DB_INSTANCES, Some(latest), "LatestRestorableTime"),
        None => time(CALL, window.and_then(|window| window.latest_time()), "LatestTime"),
    };
    seen(DESCRIBE_DB_INSTANCES, Some(RestoreWindow { earliest, latest }))
}

async fn clusters(errand: &Errand<'_>, client: &Client, region: &Region) -> Haul {
    const CALL: &Call = DESCRIBE_DB_CLUSTERS;
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::DbClusters) {
        return haul;
    }
    let (clusters, gap) = pages::all(CALL, |marker| {
        let sent = client.describe_db_clusters().max_records(PAGE).set_marker(marker).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.db_clusters, page.marker)) }
    })
    .await;
    let mut found: Vec<DbCluster> =
        clusters.iter().filter(|cluster| is_rds(cluster.engine())).map(|cluster| cluster_of(errand, region, cluster)).collect();
    // Only a member of an Aurora global database can have a source that its own answer does not name.
    if clusters.iter().any(|cluster| is_aurora(cluster.engine())) {
        if errand.wanted.asks(Need::DbGlobalClusters) {
            haul.gaps.extend(fill_global_sources(errand, client, region, &mut found).await);
        } else {
            let unsaid = found.iter_mut().filter(|cluster| is_aurora(cluster.engine.ok().map(String::as_str)));
            unsaid
                .filter(|cluster| matches!(cluster.replica_of.ok(), Some(None)))
                .for_each(|cluster| cluster.replica_of = Fact::not_read());
        }
    }
    for cluster in found {
        haul.add(cluster);
    }
    haul.listed(Kind::DbCluster, Scope::Region(region.clone()), gap);
    haul
}

fn cluster_of(errand: &Errand<'_>, region: &Region, db: &DescribedCluster) -> DbCluster {
    const CALL: &Call = DESCRIBE_DB_CLUSTERS;
    let name = db.db_cluster_identifier().map(clean).unwrap_or_default();
    let mut meta = errand.meta(CALL, region, name, db.db_cluster_arn());
    meta.tags = rds_tags(CALL, db.tag_list());
    let members = db.db_cluster_members().iter().filter_map(|member| {
        let instance = clean(member.db_instance_identifier()?);
        Some(ClusterMember { instance, writer: member.is_cluster_writer().unwrap_or(false) })
    });
    // A cluster cannot turn its automated backups off: without times, there is no window yet that anybody could see.
    let window = RestoreWindow {
        earliest: time(CALL, db.earliest_restorable_time(), "EarliestRestorableTime"),
        latest: time(CALL, db.latest_restorable_time(), "LatestRestorableTime"),
    };
    DbCluster {
        meta,
        resource_id: text(CALL, db.db_cluster_resource_id(), "DbClusterResourceId"),
        engine: text(CALL, db.engine(), "Engine"),
        status: text(CALL, db.status(), "Status"),
        backup_retention_days: count(CALL, db.backup_retention_period(), "BackupRetentionPeriod"),
        restore_window: seen(CALL, Some(window)),
        created: time(CALL, db.cluster_create_time(), "ClusterCreateTime"),
        members: seen(CALL, members.collect()),
        encrypted: told(CALL, db.storage_encrypted(), "StorageEncrypted"),
        kms_key: seen(CALL, db.kms_key_id().map(clean)),
        deletion_protection: told(CALL, db.deletion_protection(), "DeletionProtection"),
        replica_of: seen(CALL, db.replication_source_identifier().filter(|source| !source.is_empty()).map(clean)),
    }
}

/// The secondary clusters of an Aurora global database replicate from the one that writes.
async fn fill_global_sources(errand: &Errand<'_>, client: &Client, region: &Region, clusters: &mut [DbCluster]) -> Option<Gap> {
    const CALL: &Call = DESCRIBE_GLOBAL_CLUSTERS;
    let (globals, gap) = pages::all(CALL, |marker| {
        let sent = client.describe_global_clusters().max_records(PAGE).set_marker(marker).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.global_clusters, page.marker)) }
    })
    .await;
    let mut sources = BTreeMap::new();
    for global in &globals {
        let members = global.global_cluster_members();
        let writer = members.iter().find(|member| member.is_writer() == Some(true)).and_then(|member| member.db_cluster_arn());
        for member in members.iter().filter(|member| member.is_writer() != Some(true)) {
            if let (Some(arn), Some(writer)) = (member.db_cluster_arn(), writer) {
                sources.insert(clean(arn), clean(writer));
            }
        }
    }
    for cluster in clusters.iter_mut().filter(|cluster| matches!(cluster.replica_of.ok(), Some(None))) {
        let source = cluster.meta.arn.ok().and_then(|arn| sources.get(arn.as_str()).cloned());
        cluster.replica_of = match (source, &gap) {
            (Some(source), _) => seen(CALL, Some(source)),
            (None, Some(gap)) => gap.clone().into(),
            (None, None) => seen(CALL, None),
        };
    }
    gap
}

async fn snapshots(errand: &Errand<'_>, client: &Client, region: &Region) -> Haul {
    let mut haul = Haul::default();
    if !errand.wanted.asks(Need::DbSnapshots) {
        return haul;
    }
    let of_instances = pages::all(DESCRIBE_DB_SNAPSHOTS, |marker| {
        let sent = client.describe_db_snapshots().max_records(PAGE).set_marker(marker).send().boxed();
        async { errand.ask(DESCRIBE_DB_SNAPSHOTS, region, sent).await.map(|page| Page::new(page.db_snapshots, page.marker)) }
    });
    let of_clusters = pages::all(DESCRIBE_DB_CLUSTER_SNAPSHOTS, |marker| {
        let sent = client.describe_db_cluster_snapshots().max_records(PAGE).set_marker(marker).send().boxed();
        async {
            errand.ask(DESCRIBE_DB_CLUSTER_SNAPSHOTS, region, sent).await.map(|page| Page::new(page.db_cluster_snapshots, page.marker))
        }
    });
    let ((instances, instances_gap), (clusters, clusters_gap)) = join(of_instances, of_clusters).await;
    for snapshot in instances.iter().filter(|snapshot| is_rds(snapshot.engine())) {
        haul.add(instance_snapshot(errand, region, snapshot));
    }
    for snapshot in clusters.iter().filter(|snapshot| is_rds(snapshot.engine())) {
        haul.add(cluster_snapshot(errand, region, snapshot));
    }
    haul.listed(Kind::DbSnapshot, Scope::Region(region.clone()), instances_gap);
    haul.listed(Kind::DbSnapshot, Scope::Region(region.clone()), clusters_gap);
    haul
}

/// `manual` and `awsbackup` snapshots stay until somebody deletes them; `automated` ones follow the retention.
fn is_manual(call: &Call, kind: Option<&str>) -> Fact<bool> {
    told(call, kind.map(|kind| kind != "automated"), "SnapshotType")
}

fn instance_snapshot(errand: &Errand<'_>, region: &Region, snapshot: &aws_sdk_rds::types::DbSnapshot) -> DbSnapshot {
    const CALL: &Call = DESCRIBE_DB_SNAPSHOTS;
    let name = snapshot.db_snapshot_identifier().map(clean).unwrap_or_default();
    let mut meta = errand.meta(CALL, region, name, snapshot.db_snapshot_arn());
    meta.tags = rds_tags(CALL, snapshot.tag_list());
    // A copy keeps the time of the original: that is how old the data in it is.
    let taken = snapshot.original_snapshot_create_time().or(snapshot.snapshot_create_time());
    DbSnapshot {
        meta,
        database: text(CALL, snapshot.db_instance_identifier(), "DBInstanceIdentifier"),
        of_cluster: false,
        database_resource_id: seen(CALL, snapshot.dbi_resource_id().map(clean)),
        manual: is_manual(CALL, snapshot.snapshot_type()),
        status: text(CALL, snapshot.status(), "Status"),
        taken: time(CALL, taken, "SnapshotCreateTime"),
        encrypted: told(CALL, snapshot.encrypted(), "Encrypted"),
    }
}

fn cluster_snapshot(errand: &Errand<'_>, region: &Region, snapshot: &aws_sdk_rds::types::DbClusterSnapshot) -> DbSnapshot {
    const CALL: &Call = DESCRIBE_DB_CLUSTER_SNAPSHOTS;
    let name = snapshot.db_cluster_snapshot_identifier().map(clean).unwrap_or_default();
    let mut meta = errand.meta(CALL, region, name, snapshot.db_cluster_snapshot_arn());
    meta.tags = rds_tags(CALL, snapshot.tag_list());
    // The API keeps no original time for a copy of a cluster snapshot, so the age of the data in one is not known.
    let copied = snapshot.source_db_cluster_snapshot_arn().is_some_and(|source| !source.is_empty());
    let taken = if copied {
        lacks(CALL, "time at which the original of this copy was taken").into()
    } else {
        told(CALL, snapshot.snapshot_create_time().and_then(timestamp), "SnapshotCreateTime")
    };
    DbSnapshot {
        meta,
        database: text(CALL, snapshot.db_cluster_identifier(), "DBClusterIdentifier"),
        of_cluster: true,
        database_resource_id: seen(CALL, snapshot.db_cluster_resource_id().map(clean)),
        manual: is_manual(CALL, snapshot.snapshot_type()),
        status: text(CALL, snapshot.status(), "Status"),
        taken,
        encrypted: told(CALL, snapshot.storage_encrypted(), "StorageEncrypted"),
    }
}
