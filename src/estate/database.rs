//! RDS and Aurora: instances, clusters and snapshots.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Fact, Gap, Meta, Region};

/// A DB instance: standalone, a replica, or a member of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DbInstance {
    /// Name is the DB identifier.
    pub meta: Meta,
    /// `db-ABC…`, which survives a rename.
    pub resource_id: Fact<String>,
    /// `postgres`, `mysql`, `aurora-postgresql`, …
    pub engine: Fact<String>,
    /// `available`, `backing-up`, …
    pub status: Fact<String>,
    /// The cluster it is a member of. Members take backups and encryption from the cluster.
    pub cluster: Fact<Option<String>>,
    /// Days that automated backups are kept; 0 = off.
    pub backup_retention_days: Fact<u32>,
    /// What point-in-time restore reaches; `None` when there are no automated backups.
    pub restore_window: Fact<Option<RestoreWindow>>,
    /// When the instance was created.
    pub created: Fact<Timestamp>,
    /// A synchronous standby in another zone.
    pub multi_az: Fact<bool>,
    /// The zone of the primary.
    pub zone: Fact<Option<String>>,
    /// Storage encryption.
    pub encrypted: Fact<bool>,
    /// The KMS key of the storage.
    pub kms_key: Fact<Option<String>>,
    /// Refuses deletion while on.
    pub deletion_protection: Fact<bool>,
    /// The source this instance is a read replica of: an identifier in the same region, an ARN across regions.
    pub replica_of: Fact<Option<String>>,
    /// Whether replication into this replica runs; `None` when the API does not say.
    pub replicating: Fact<Option<bool>>,
}

/// What a point-in-time restore reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreWindow {
    /// The oldest point.
    pub earliest: Fact<Timestamp>,
    /// The newest point.
    pub latest: Fact<Timestamp>,
}

impl DbInstance {
    /// An instance of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self {
            meta,
            resource_id: gap.clone().into(),
            engine: gap.clone().into(),
            status: gap.clone().into(),
            cluster: gap.clone().into(),
            backup_retention_days: gap.clone().into(),
            restore_window: gap.clone().into(),
            created: gap.clone().into(),
            multi_az: gap.clone().into(),
            zone: gap.clone().into(),
            encrypted: gap.clone().into(),
            kms_key: gap.clone().into(),
            deletion_protection: gap.clone().into(),
            replica_of: gap.clone().into(),
            replicating: gap.clone().into(),
        }
    }
}

/// A DB cluster: Aurora, or a Multi-AZ DB cluster (which is not an instance and not Aurora).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DbCluster {
    /// Name is the cluster identifier.
    pub meta: Meta,
    /// `cluster-ABC…`, which survives a rename.
    pub resource_id: Fact<String>,
    /// `aurora-postgresql`, `aurora-mysql`, or `postgres` / `mysql` for a Multi-AZ DB cluster.
    pub engine: Fact<String>,
    /// `available`, …
    pub status: Fact<String>,
    /// Days that automated backups are kept; Aurora cannot turn them off.
    pub backup_retention_days: Fact<u32>,
    /// What point-in-time restore reaches.
    pub restore_window: Fact<Option<RestoreWindow>>,
    /// When the cluster was created.
    pub created: Fact<Timestamp>,
    /// The members by identifier.
    pub members: Fact<Vec<ClusterMember>>,
    /// Storage encryption.
    pub encrypted: Fact<bool>,
    /// The KMS key of the storage.
    pub kms_key: Fact<Option<String>>,
    /// Refuses deletion while on.
    pub deletion_protection: Fact<bool>,
    /// The source cluster this one replicates from, an ARN.
    pub replica_of: Fact<Option<String>>,
}

impl DbCluster {
    /// A cluster of which nothing has been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self {
            meta,
            resource_id: gap.clone().into(),
            engine: gap.clone().into(),
            status: gap.clone().into(),
            backup_retention_days: gap.clone().into(),
            restore_window: gap.clone().into(),
            created: gap.clone().into(),
            members: gap.clone().into(),
            encrypted: gap.clone().into(),
            kms_key: gap.clone().into(),
            deletion_protection: gap.clone().into(),
            replica_of: gap.clone().into(),
        }
    }
}

/// One member of a DB cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterMember {
    /// The member's DB identifier.
    pub instance: String,
    /// Whether it takes writes.
    pub writer: bool,
}

/// A snapshot of an instance or of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DbSnapshot {
    /// Name is the snapshot identifier.
    pub meta: Meta,
    /// The identifier of the instance or cluster it was taken of.
    pub database: Fact<String>,
    /// Taken of a cluster.
    pub of_cluster: bool,
    /// `db-ABC…` or `cluster-ABC…` of the database, where the API says it.
    pub database_resource_id: Fact<Option<String>>,
    /// Made by a person or a job, not by the automated backups.
    pub manual: Fact<bool>,
    /// `available`, `creating`, …
    pub status: Fact<String>,
    /// When the data in it was taken: `OriginalSnapshotCreateTime`, which a copy keeps.
    pub taken: Fact<Timestamp>,
    /// Whether it is encrypted.
    pub encrypted: Fact<bool>,
}

/// A database as a promise means it: a standalone instance, or a cluster with all its members.
#[derive(Clone, Copy, Debug)]
pub enum Database<'a> {
    /// An instance that belongs to no cluster (or to one that could not be listed).
    Instance(&'a DbInstance),
    /// A cluster.
    Cluster(&'a DbCluster),
}

macro_rules! shared_attributes {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)+) => {
        impl<'a> Database<'a> {
            $(
                $(#[$doc])*
                pub fn $name(self) -> &'a $type {
                    match self {
                        Self::Instance(db) => &db.$name,
                        Self::Cluster(db) => &db.$name,
                    }
                }
            )+
        }
    };
}

shared_attributes! {
    /// The header.
    meta: Meta;
    /// Days that automated backups are kept.
    backup_retention_days: Fact<u32>;
    /// What point-in-time restore reaches.
    restore_window: Fact<Option<RestoreWindow>>;
    /// When it was created.
    created: Fact<Timestamp>;
    /// Storage encryption.
    encrypted: Fact<bool>;
    /// The KMS key of the storage.
    kms_key: Fact<Option<String>>;
    /// Refuses deletion while on.
    deletion_protection: Fact<bool>;
}

impl Database<'_> {
    /// Where it lives.
    pub fn region(&self) -> &Fact<Region> {
        &self.meta().region
    }

    /// Whether a snapshot was taken of this database: by resource id where both sides know it, else by name and region.
    pub fn is_source_of(self, snapshot: &DbSnapshot) -> bool {
        let (of_cluster, resource_id) = match self {
            Self::Instance(db) => (false, &db.resource_id),
            Self::Cluster(db) => (true, &db.resource_id),
        };
        if snapshot.of_cluster != of_cluster {
            return false;
        }
        if let (Some(mine), Some(Some(theirs))) = (resource_id.ok(), snapshot.database_resource_id.ok()) {
            return mine == theirs;
        }
        let named = |name: &String| snapshot.database.ok().is_some_and(|database| database.eq_ignore_ascii_case(name));
        self.meta().name.ok().is_some_and(named) && self.region().ok() == snapshot.meta.region.ok()
    }
}

/// Zones of the members of a cluster, where the members were seen.
pub fn member_zones<'a>(cluster: &DbCluster, instances: impl Iterator<Item = &'a DbInstance>) -> Result<BTreeSet<String>, Gap> {
    let members = cluster.members.known()?;
    let mut zones = BTreeSet::new();
    for instance in instances.filter(|db| db.meta.region.ok() == cluster.meta.region.ok()) {
        let name = instance.meta.name.known()?;
        if members.iter().any(|member| member.instance.eq_ignore_ascii_case(name)) {
            zones.extend(instance.zone.known()?.clone());
        }
    }
    Ok(zones)
}
