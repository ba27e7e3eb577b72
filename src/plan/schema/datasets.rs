//! Datasets: what the data is, the copies it can be brought back from, and what protects it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::words;
use super::{AccountText, Bound, ClockTime, Many, Percent, Promised, S3Uri, SelectPart, Words, Yes, YesOr};
use crate::plan::Period;

words! {
    /// What kind of data it is.
    KindWord {
        Postgres = "postgres",
        Mysql = "mysql",
        Mariadb = "mariadb",
        Oracle = "oracle",
        Sqlserver = "sqlserver",
        Mongodb = "mongodb",
        Redis = "redis",
        /// Objects in buckets.
        Objects = "objects",
        /// Files on disks.
        Files = "files",
        /// Logs and metrics.
        Logs = "logs",
        /// Configuration and code.
        Configuration = "configuration",
        /// Container images.
        Images = "images",
    }
}

words! {
    /// Who runs the database.
    EngineWord {
        /// RDS instances and Multi-AZ DB clusters.
        Rds = "rds",
        /// Aurora clusters.
        Aurora = "aurora",
        /// The system itself, in its cluster or on its machines.
        SelfManaged = "self-managed",
    }
}

/// Data that must survive.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct DatasetPart {
    /// What kind of data it is.
    pub(in crate::plan) kind: KindWord,
    /// Who runs the database: `rds` (the default for SQL databases), `aurora` or `self-managed`.
    pub(in crate::plan) engine: Option<EngineWord>,
    /// The databases, buckets, … that hold it.
    pub(in crate::plan) select: Option<SelectPart>,
    /// What it can be brought back from.
    #[serde(default)]
    pub(in crate::plan) copies: Many<Promised<CopyPart>>,
    /// What guards it, and what it must be.
    #[serde(default)]
    pub(in crate::plan) protection: Many<Promised<ProtectionPart>>,
}

/// One copy, or what is promised of it. An entry has exactly one of these keys.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(example = serde_json::json!({ "automated_backups": { "keep": "7d" }, "line": 19 }))]
pub(in crate::plan) enum CopyPart {
    /// Backups are kept, by whatever mechanism.
    Backups(BackupsPart),
    /// The automated backups of RDS or Aurora are kept.
    AutomatedBackups(KeepPart),
    /// A manual snapshot is there.
    ManualSnapshot(ManualSnapshotPart),
    /// A backup or a point in time is there to restore from.
    Restorable(YesOr<RestorablePart>),
    /// Point-in-time recovery is on.
    PointInTime(YesOr<RestorablePart>),
    /// A synchronous standby of RDS in another zone.
    MultiAz(Yes),
    /// A standby of a database.
    Standby(YesOr<StandbyPart>),
    /// Read replicas.
    Replica(YesOr<ReplicaPart>),
    /// The database can fail over.
    Failover(YesOr<FailoverPart>),
    /// The nodes of a cluster (Redis).
    Nodes(NodesPart),
    /// Snapshots in a cadence.
    Snapshot(DumpPart),
    /// Dumps, full or incremental, as objects or files.
    Dump(DumpPart),
    /// Archived write-ahead log.
    Wal(YesOr<WalPart>),
    /// An AWS Backup plan.
    AwsBackup(DumpPart),
    /// The job that makes the backups.
    Job(JobPart),
    /// Old versions of objects are kept.
    Versions(YesOr<VersionsPart>),
    /// Objects move to an archive class.
    Archive(ArchivePart),
    /// Lifecycle rules exist.
    Lifecycle(Yes),
    /// Objects are copied to another region.
    Replication(YesOr<ReplicationPart>),
    /// Files are copied to a bucket by a sync.
    Sync(SyncPart),
    /// Logs are kept.
    LogArchive(DumpPart),
    /// The history of a Git repository.
    Git(YesOr<GitPart>),
    /// Container images in a registry.
    Registry(YesOr<RegistryPart>),
    /// A bucket, or a part of one, that holds the copy.
    Bucket(BucketPart),
}

/// What guards the data. An entry has exactly one of these keys.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::plan) enum ProtectionPart {
    /// Encrypted at rest: `true`, or `kms` for a KMS key.
    Encryption(EncryptionWord),
    /// Buckets refuse public access.
    PublicAccessBlocked(Yes),
    /// Objects cannot be deleted for a time.
    ObjectLock(YesOr<ObjectLockPart>),
    /// The database refuses deletion.
    DeletionProtection(Yes),
    /// The database answers.
    Answers(Yes),
    /// The least version of the server.
    Version(VersionPart),
    /// A setting of the backup job.
    Setting(SettingPart),
}

words! {
    /// How data is encrypted.
    EncryptionWord {
        /// In any way.
        Any = "true" | "required",
        /// With a KMS key.
        Kms = "kms",
    }
}

/// Backups by any mechanism.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct BackupsPart {
    /// How long.
    pub(in crate::plan) keep: Period,
    /// Mechanisms that do not count.
    #[serde(default)]
    pub(in crate::plan) not: Many<MechanismWord>,
}

words! {
    /// A mechanism of backups.
    MechanismWord {
        /// AWS Backup.
        AwsBackup = "aws-backup",
        /// Dumps in buckets.
        Dumps = "dumps",
    }
}

/// How long something is kept.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct KeepPart {
    /// How long.
    pub(in crate::plan) keep: Period,
}

/// A manual snapshot.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ManualSnapshotPart {
    /// Its greatest age.
    #[serde(rename = "at_most")]
    pub(in crate::plan) at_most: Period,
}

/// What can be restored.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct RestorablePart {
    /// The newest point is at most this old.
    pub(in crate::plan) latest_within: Option<Period>,
    /// The oldest point is at least this old, or as old as the database.
    pub(in crate::plan) reaches_back: Option<Period>,
}

/// A standby.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct StandbyPart {
    /// Whether a commit waits for it.
    pub(in crate::plan) mode: Option<StandbyWord>,
    /// Who moves to it.
    pub(in crate::plan) failover: Option<FailoverWord>,
    /// What manages it.
    #[schemars(example = &"patroni")]
    pub(in crate::plan) by: Option<Words>,
}

words! {
    /// Whether a commit waits for the standby.
    StandbyWord {
        Synchronous = "synchronous",
        Asynchronous = "asynchronous",
    }
}

words! {
    /// Who moves to the standby.
    FailoverWord {
        Automatic = "automatic",
        Manual = "manual",
    }
}

/// Read replicas.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ReplicaPart {
    /// How many at least; 1 unless said otherwise.
    #[schemars(range(min = 1))]
    pub(in crate::plan) at_least: Option<u32>,
    /// Where: `another-zone` (the default), `recovery`, or regions by name.
    #[serde(default, rename = "in")]
    pub(in crate::plan) place: Many<Words>,
    /// The name of the one replica that is promised.
    pub(in crate::plan) name: Option<Words>,
    /// How far it may lag behind.
    pub(in crate::plan) lag_at_most: Option<Period>,
}

/// A database that can fail over.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct FailoverPart {
    /// The cluster's name.
    pub(in crate::plan) cluster: Option<Words>,
    /// Who moves.
    pub(in crate::plan) failover: Option<FailoverWord>,
    /// How long it may take.
    pub(in crate::plan) within: Option<Period>,
}

/// The nodes of a cluster.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct NodesPart {
    /// How many at least.
    #[schemars(range(min = 1))]
    pub(in crate::plan) at_least: u32,
    /// Who moves when one is lost.
    pub(in crate::plan) failover: Option<FailoverWord>,
}

/// Dumps, snapshots or logs that are made in a cadence. Any of these may be promised on a line of its own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct DumpPart {
    /// Full or incremental.
    pub(in crate::plan) mode: Option<DumpWord>,
    /// How often.
    pub(in crate::plan) every: Option<Period>,
    /// At what time of day, in UTC.
    pub(in crate::plan) at: Option<ClockTime>,
    /// How long each is kept.
    pub(in crate::plan) keep: Option<Period>,
    /// None is kept longer than it should be, with this grace.
    pub(in crate::plan) removed_within: Option<Bound>,
    /// Where to.
    pub(in crate::plan) to: Option<S3Uri>,
    /// A second place: `recovery`, or regions by name.
    #[serde(default)]
    pub(in crate::plan) also_in: Many<Words>,
    /// The storage class.
    pub(in crate::plan) storage_class: Option<Words>,
    /// How keys are laid out, with YYYY, MM, DD, HH and `*`.
    #[schemars(example = &"database_backups/YYYY/MM/DD/")]
    pub(in crate::plan) key: Option<Words>,
    /// How objects are named, with YYYY, MM, DD, HHMMSS and `*`.
    #[schemars(example = &"celebra_capital_YYYYMMDD_HHMMSS.sql.gz")]
    pub(in crate::plan) name: Option<Words>,
    /// What each backup consists of, under its key.
    #[serde(default)]
    pub(in crate::plan) contains: Many<Words>,
    /// Compressed: `gzip`, `zstd`, …, or `any`.
    pub(in crate::plan) compressed: Option<Words>,
    /// Encrypted: `gpg`, `sse`, …, or `any`.
    pub(in crate::plan) encrypted: Option<Words>,
    /// The newest is at most this old.
    pub(in crate::plan) newest_within: Option<Period>,
    /// How long making one may take.
    pub(in crate::plan) takes_at_most: Option<Period>,
    /// How far the size may differ from the ones before.
    pub(in crate::plan) size_deviates_at_most: Option<Percent>,
    /// How many of them must succeed.
    pub(in crate::plan) success_rate: Option<Percent>,
}

words! {
    /// What a dump holds.
    DumpWord {
        Full = "full",
        Incremental = "incremental",
    }
}

/// Archived write-ahead log.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct WalPart {
    /// How long it is kept.
    pub(in crate::plan) keep: Option<Period>,
    /// Where to.
    pub(in crate::plan) to: Option<S3Uri>,
    /// The newest segment is at most this old.
    pub(in crate::plan) newest_within: Option<Period>,
    /// A second place: `recovery`, or regions by name.
    #[serde(default)]
    pub(in crate::plan) also_in: Many<Words>,
}

/// The job that makes the backups.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct JobPart {
    /// What runs it: `celery`, `cron`, `cronjob`, …
    pub(in crate::plan) by: Words,
    /// Its name.
    pub(in crate::plan) name: Option<Words>,
    /// How often.
    pub(in crate::plan) every: Option<Period>,
}

/// Old versions of objects.
#[derive(Clone, Copy, Default, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct VersionsPart {
    /// How long an old version is kept.
    pub(in crate::plan) keep: Option<Period>,
}

/// Archiving.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ArchivePart {
    /// The classes that count: `glacier`, `deep-archive`, `intelligent-tiering`, or as the API spells them; `glacier` unless said.
    #[serde(default)]
    pub(in crate::plan) class: Many<super::At<Words>>,
    /// Exactly this long after they were written.
    pub(in crate::plan) after: Option<Period>,
    /// This long after they were written, or earlier.
    pub(in crate::plan) within: Option<Period>,
    /// Only objects whose key starts so; the whole bucket unless said.
    #[serde(default)]
    pub(in crate::plan) prefix: String,
}

/// Replication of buckets.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ReplicationPart {
    /// Where to: `recovery` (the default), or regions by name.
    #[serde(default)]
    pub(in crate::plan) to: Many<Words>,
    /// The account that owns the destination.
    pub(in crate::plan) to_account: Option<AccountText>,
    /// The destination bucket.
    pub(in crate::plan) to_bucket: Option<Words>,
    /// Only objects whose key starts so; the whole bucket unless said.
    #[serde(default)]
    pub(in crate::plan) prefix: String,
    /// Whether delete markers are copied; either way unless said.
    pub(in crate::plan) delete_markers: Option<bool>,
    /// Replication Time Control: how long it may take.
    pub(in crate::plan) within: Option<Period>,
}

/// A sync of files to a bucket.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct SyncPart {
    /// What is copied.
    pub(in crate::plan) from: Option<Words>,
    /// Where to.
    pub(in crate::plan) to: Option<S3Uri>,
    /// How often; `0` is continuously.
    pub(in crate::plan) every: Option<Bound>,
    /// How long what was copied is kept.
    pub(in crate::plan) keep: Option<Period>,
    /// Whether files that are gone are deleted from the copy too, which is safe with versions only.
    #[serde(default)]
    pub(in crate::plan) deletes: bool,
    /// The newest copy is at most this old.
    pub(in crate::plan) newest_within: Option<Period>,
}

/// History in Git.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct GitPart {
    /// The remote repository.
    pub(in crate::plan) remote: Option<Words>,
    /// What is in it.
    #[serde(default)]
    pub(in crate::plan) paths: Many<Words>,
}

/// Images in a registry.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct RegistryPart {
    /// The registry; those of the workloads unless said.
    pub(in crate::plan) registry: Option<Words>,
    /// A second place: `recovery`, or regions by name.
    #[serde(default)]
    pub(in crate::plan) also_in: Many<Words>,
}

/// A bucket that holds a copy.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct BucketPart {
    /// The bucket, and the start of the keys.
    pub(in crate::plan) at: S3Uri,
    /// Where it is: `primary`, `recovery`, `another-region`, or regions by name.
    #[serde(default, rename = "in")]
    pub(in crate::plan) place: Many<Words>,
    /// An S3-compatible endpoint that is not AWS.
    pub(in crate::plan) endpoint: Option<Words>,
    /// The storage class of what is there.
    pub(in crate::plan) storage_class: Option<Words>,
}

/// Object Lock.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct ObjectLockPart {
    /// `compliance`, or `any` (the default).
    pub(in crate::plan) mode: Option<LockWord>,
    /// The least default retention.
    pub(in crate::plan) keep: Option<Period>,
}

words! {
    /// Modes of Object Lock.
    LockWord {
        /// Nobody can shorten it.
        Compliance = "compliance",
        /// Governance mode counts too.
        Any = "any" | "governance",
    }
}

/// The version of a server.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct VersionPart {
    /// The least version.
    pub(in crate::plan) at_least: Words,
}

/// A setting.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::plan) struct SettingPart {
    /// Its name.
    #[schemars(example = &"BACKUP_RETENTION_DAYS")]
    pub(in crate::plan) name: Words,
    /// Its value.
    pub(in crate::plan) value: Words,
    /// The workload that has it.
    #[serde(rename = "in")]
    pub(in crate::plan) place: Option<Words>,
}
