//! Attributes of DB instances, clusters and snapshots.

use super::super::Reason;
use super::{IDENTITY, MOVES, Offer, Shape, all, compared, never};
use crate::estate::Fact;
use crate::estate::database::{DbCluster, DbInstance, DbSnapshot};

pub(super) fn instance(db: &DbInstance) -> Vec<Offer> {
    let DbInstance {
        meta,
        resource_id,
        engine,
        status,
        cluster,
        backup_retention_days,
        restore_window,
        created,
        multi_az,
        zone,
        encrypted,
        kms_key,
        deletion_protection,
        replica_of,
        replicating,
    } = db;
    // Members take these from their cluster, and the provider records what it wants of them.
    let is_member = cluster.ok().is_some_and(Option::is_some);
    let own = |offer: Offer| if is_member { never(offer.name, &(), "a member takes it from its cluster") } else { offer };
    all(
        meta,
        [
            compared("resource_id", "resource_id", resource_id, Shape::text),
            compared("engine", "engine", engine, |engine| Shape::name(engine)),
            never("status", status, MOVES),
            compared("cluster", "cluster_identifier", cluster, |cluster| {
                cluster.as_deref().map_or_else(|| Shape::text("none"), Shape::name)
            }),
            own(compared("backup_retention_days", "backup_retention_period", backup_retention_days, Shape::text)),
            never("restore_window", restore_window, MOVES),
            never("created", created, "live only"),
            own(compared("multi_az", "multi_az", multi_az, Shape::text)),
            never("zone", zone, "a failover moves it"),
            compared("encrypted", "storage_encrypted", encrypted, Shape::text),
            key(encrypted, kms_key),
            own(compared("deletion_protection", "deletion_protection", deletion_protection, Shape::text)),
            source(replica_of),
            never("replicating", replicating, MOVES),
        ],
    )
}

pub(super) fn cluster(db: &DbCluster) -> Vec<Offer> {
    let DbCluster {
        meta,
        resource_id,
        engine,
        status,
        backup_retention_days,
        restore_window,
        created,
        members,
        encrypted,
        kms_key,
        deletion_protection,
        replica_of,
    } = db;
    all(
        meta,
        [
            compared("resource_id", "cluster_resource_id", resource_id, Shape::text),
            compared("engine", "engine", engine, |engine| Shape::name(engine)),
            never("status", status, MOVES),
            compared("backup_retention_days", "backup_retention_period", backup_retention_days, Shape::text),
            never("restore_window", restore_window, MOVES),
            never("created", created, "live only"),
            never("members", members, "each is compared as a thing of its own, and a failover moves the writer"),
            compared("encrypted", "storage_encrypted", encrypted, Shape::text),
            key(encrypted, kms_key),
            compared("deletion_protection", "deletion_protection", deletion_protection, Shape::text),
            source(replica_of),
        ],
    )
}

pub(super) fn snapshot(snapshot: &DbSnapshot) -> Vec<Offer> {
    let DbSnapshot { meta, database, of_cluster, database_resource_id, manual, status, taken, encrypted } = snapshot;
    all(
        meta,
        [
            compared("database", "db_instance_identifier", database, |name| Shape::name(name)),
            never("of_cluster", of_cluster, IDENTITY),
            never("database_resource_id", database_resource_id, IDENTITY),
            never("manual", manual, IDENTITY),
            never("status", status, MOVES),
            never("taken", taken, "live only"),
            compared("encrypted", "encrypted", encrypted, Shape::text),
        ],
    )
}

/// The key of a database that is not encrypted means nothing, and no key means the one that AWS manages.
fn key(encrypted: &Fact<bool>, key: &Fact<Option<String>>) -> Offer {
    if encrypted.ok() == Some(&false) {
        return never("kms_key", key, "not encrypted");
    }
    match key.ok() {
        Some(None) => never("kms_key", key, "no key is named: the one that AWS manages"),
        Some(Some(_)) | None => compared("kms_key", "kms_key_id", key, |key| Shape::key(key.as_deref())),
    }
}

/// An identifier in the same region, an ARN across regions.
fn source(source: &Fact<Option<String>>) -> Offer {
    compared("replica_of", "replicate_source_db", source, |source| match source.as_deref().filter(|text| !text.is_empty()) {
        None => Shape::text("none"),
        Some(text) => Shape::meaning(text, text.rsplit(':').next().unwrap_or(text).to_lowercase(), Reason::Spelling),
    })
}
