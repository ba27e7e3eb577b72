//! S3 buckets and the settings that protect what is in them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AccountId, Arn, Fact, Gap, Meta};

/// An S3 bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Name, ARN, region, account, tags.
    pub meta: Meta,
    /// Whether old versions of objects are kept.
    pub versioning: Fact<Versioning>,
    /// Lifecycle rules in the order of the configuration; empty when none is configured.
    pub lifecycle: Fact<Vec<LifecycleRule>>,
    /// Replication rules; empty when none is configured.
    pub replication: Fact<Vec<ReplicationRule>>,
    /// Default encryption; `None` when none is configured (AWS itself then applies SSE-S3 since January 2023).
    pub encryption: Fact<Option<Encryption>>,
    /// The bucket's own public access block; all `false` when none is configured.
    pub public_access_block: Fact<PublicAccessBlock>,
    /// Object Lock; `None` when the bucket was created without it.
    pub object_lock: Fact<Option<ObjectLock>>,
}

impl Bucket {
    /// A bucket whose settings have not been read.
    pub fn unread(meta: Meta, gap: &Gap) -> Self {
        Self {
            meta,
            versioning: gap.clone().into(),
            lifecycle: gap.clone().into(),
            replication: gap.clone().into(),
            encryption: gap.clone().into(),
            public_access_block: gap.clone().into(),
            object_lock: gap.clone().into(),
        }
    }
}

/// The versioning state of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Versioning {
    /// Every overwrite and delete keeps the old version.
    Enabled,
    /// Was enabled once; new overwrites lose the old version.
    Suspended,
    /// Never enabled: the API answers with an empty configuration.
    Never,
}

/// Which objects of a bucket a rule speaks of. All parts must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectScope {
    /// Key prefix; empty means every key.
    pub prefix: String,
    /// Object tags that must be present.
    pub tags: BTreeMap<String, String>,
    /// Only objects larger than this many bytes.
    pub larger_than: Option<u64>,
    /// Only objects smaller than this many bytes.
    pub smaller_than: Option<u64>,
}

impl ObjectScope {
    /// Every object of the bucket.
    pub fn is_whole_bucket(&self) -> bool {
        self.covers_prefix("")
    }

    /// Every object whose key begins with this prefix.
    pub fn covers_prefix(&self, prefix: &str) -> bool {
        prefix.starts_with(&self.prefix)
            && self.tags.is_empty()
            && self.larger_than.is_none_or(|bytes| bytes == 0)
            && self.smaller_than.is_none()
    }
}

/// One lifecycle rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleRule {
    /// The rule's id, empty when it has none.
    pub id: String,
    /// Disabled rules do nothing.
    pub enabled: bool,
    /// The objects it speaks of.
    pub scope: ObjectScope,
    /// When current versions move, and to which storage class.
    pub transitions: Vec<Transition>,
    /// When noncurrent versions move (days since they became noncurrent).
    pub noncurrent_transitions: Vec<Transition>,
    /// Days after which current versions expire.
    pub expiration_days: Option<u32>,
    /// Days after which noncurrent versions are removed.
    pub noncurrent_expiration_days: Option<u32>,
}

/// A move to another storage class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// When.
    pub when: TransitionTime,
    /// The class as the API spells it: `GLACIER`, `DEEP_ARCHIVE`, `STANDARD_IA`, …
    pub class: String,
}

/// When a transition happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionTime {
    /// Days after creation (or after becoming noncurrent).
    Days(u32),
    /// On one date, RFC 3339.
    Date(String),
}

/// One replication rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicationRule {
    /// The rule's id, empty when it has none.
    pub id: String,
    /// Disabled rules copy nothing.
    pub enabled: bool,
    /// The objects it speaks of.
    pub scope: ObjectScope,
    /// Destination bucket ARN.
    pub destination: Arn,
    /// Owner of the destination, where the rule names one.
    pub destination_account: Option<AccountId>,
    /// Region and versioning of the destination bucket, read by the collector (in state: from the bucket there).
    pub destination_bucket: Fact<DestinationBucket>,
    /// Whether objects encrypted with SSE-KMS are copied too (`SseKmsEncryptedObjects`).
    pub kms_objects: bool,
    /// Whether delete markers are copied.
    pub delete_markers: bool,
    /// Replication Time Control, minutes.
    pub time_control_minutes: Option<u32>,
}

/// What must be known of a replication destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestinationBucket {
    /// Where the destination lives.
    pub region: Fact<super::Region>,
    /// Whether the destination keeps versions.
    pub versioning: Fact<Versioning>,
}

/// Default encryption of a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// The KMS key, where one is named.
    pub key: Option<String>,
}

impl Encryption {
    /// Whether a KMS key is involved.
    pub fn is_kms(&self) -> bool {
        self.algorithm.starts_with("aws:kms")
    }
}

/// The four switches of a public access block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAccessBlock {
    /// New public ACLs are refused.
    pub block_public_acls: bool,
    /// Existing public ACLs are ignored.
    pub ignore_public_acls: bool,
    /// New public policies are refused.
    pub block_public_policy: bool,
    /// Public policies grant access to the account only.
    pub restrict_public_buckets: bool,
}

/// Object Lock of a bucket that has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectLock {
    /// The default retention of new objects, where one is set.
    pub default_retention: Option<LockRetention>,
}

/// How long, and how strictly, new objects are locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockRetention {
    /// Compliance (`true`) cannot be shortened by anyone; governance (`false`) can be bypassed.
    pub compliance: bool,
    /// Days (years count 365).
    pub days: u32,
}
