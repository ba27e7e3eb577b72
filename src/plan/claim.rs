//! What a promise claims, one type per kind of claim. The id beside each is the rule that judges it.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeInclusive;

use jiff::civil::Date;

mod says;

use super::Period;
use crate::estate::{AccountId, Need, Region};

macro_rules! claims {
    ($($(#[$doc:meta])* $name:ident => $rule:literal,)+) => {
        /// What a promise claims.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Claim {
            $($(#[$doc])* $name($name),)+
            /// A promise whose judge comes with a later version: unknown, never kept.
            Later(Later),
        }

        /// The rules that judge claims, in the order of the claims' names.
        pub fn rule_ids() -> &'static [&'static str] {
            &[$($rule,)+]
        }

        impl Claim {
            /// The rule that judges the claim.
            pub fn rule(&self) -> &str {
                match self {
                    $(Self::$name(_) => $rule,)+
                    Self::Later(later) => later.rule,
                }
            }
        }

        $(
            impl From<$name> for Claim {
                fn from(claim: $name) -> Self {
                    Self::$name(claim)
                }
            }

            impl ClaimType for $name {
                const RULE: &'static str = $rule;

                fn of(claim: &Claim) -> Option<&Self> {
                    if let Claim::$name(claim) = claim { Some(claim) } else { None }
                }
            }
        )+

        impl fmt::Display for Claim {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name(claim) => claim.fmt(f),)+
                    Self::Later(later) => f.write_str(&later.what),
                }
            }
        }
    };
}

/// A typed claim and the way out of [`Claim`]. `Display` says what is promised, as it follows "the plan promises …".
pub trait ClaimType: fmt::Display + Sized + Into<Claim> {
    /// The rule that judges it.
    const RULE: &'static str;

    /// The typed claim, when the claim is of this type.
    fn of(claim: &Claim) -> Option<&Self>;
}

claims! {
    /// Terraform addresses exist.
    AddressExists => "address-exists",
    /// Objects move to an archive class.
    Archive => "s3-lifecycle-archive",
    /// Automated backups are kept.
    BackupRetention => "rds-backup-retention",
    /// Buckets are encrypted.
    BucketEncryption => "s3-encryption",
    /// Databases are encrypted.
    DatabaseEncryption => "rds-encryption",
    /// Databases refuse deletion.
    DeletionProtection => "rds-deletion-protection",
    /// DNS fails over.
    DnsFailover => "dns-failover",
    /// Ports are closed to the world.
    Exposure => "security-group-exposure",
    /// A manual snapshot is there.
    ManualSnapshot => "rds-manual-snapshot",
    /// A synchronous standby is there.
    MultiAz => "rds-multi-az",
    /// Failed nodes are replaced.
    NodeReplacement => "eks-node-replacement",
    /// Objects cannot be deleted.
    ObjectLocked => "s3-object-lock",
    /// Someone owns a duty.
    Owner => "owner-named",
    /// Buckets refuse public access.
    PublicAccessBlocked => "s3-public-access",
    /// A read replica is there.
    Replica => "rds-replica",
    /// Objects are copied to another region.
    Replication => "s3-replication",
    /// Backups are there to restore from.
    Restorable => "rds-restorable",
    /// The document is reviewed.
    Review => "document-review",
    /// The state outlives a region.
    StateElsewhere => "state-elsewhere",
    /// The state is encrypted.
    StateEncrypted => "state-encrypted",
    /// Two applies cannot run at once.
    StateLocked => "state-locked",
    /// The state is copied to another region.
    StateReplicated => "state-replicated",
    /// Older versions of the state are kept.
    StateVersioned => "state-versioned",
    /// Every subnet has a network ACL.
    SubnetAcl => "network-acl",
    /// Old versions are kept.
    Versions => "s3-versioning",
    /// A Terraform address is the ACL that is live.
    WafAddress => "waf-address",
    /// A web ACL protects something.
    WafAssociation => "waf-association",
    /// A web ACL has rules.
    WafRules => "waf-rules",
    /// A cluster spans zones.
    ZoneSpread => "eks-multi-az",
}

/// S3 versioning is enabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions;

/// Current objects move to an archive class after a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Classes that count, as the API spells them.
    pub classes: BTreeSet<String>,
    /// When they move.
    pub after: Period,
    /// Whether an earlier move keeps the promise too.
    pub or_earlier: bool,
    /// The objects that are promised; empty = the whole bucket.
    pub prefix: String,
}

/// Objects are copied to another bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replication {
    /// Regions that count as destination.
    pub to_regions: Vec<Region>,
    /// The destination's owner, when the plan names one.
    pub to_account: Option<AccountId>,
    /// The destination bucket, when the plan names one.
    pub to_bucket: Option<String>,
    /// The objects that are promised; empty = the whole bucket.
    pub prefix: String,
    /// Whether delete markers are promised to be copied; `None` = either way.
    pub delete_markers: Option<bool>,
    /// Promised bound of Replication Time Control.
    pub within: Option<Period>,
}

/// Buckets are encrypted by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketEncryption {
    /// Only a KMS key keeps the promise.
    pub kms: bool,
}

/// All four switches of the public access block are on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAccessBlocked;

/// Object Lock with a default retention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectLocked {
    /// Only compliance mode keeps the promise.
    pub compliance: bool,
    /// The least default retention; `None` = any.
    pub keep: Option<Period>,
}

/// Backups are kept at least this long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupRetention {
    /// How long.
    pub keep: Period,
    /// Other mechanisms that would keep the promise as well and that lastro does not read yet; empty when the plan names
    /// automated backups themselves.
    pub or_by: Vec<String>,
}

/// A backup is there to restore from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restorable {
    /// The newest restorable point is at most this old; `None` = a point or an available snapshot exists.
    pub latest_within: Option<Period>,
    /// The oldest restorable point reaches back this far, or to the creation of the database.
    pub reaches_back: Option<Period>,
}

/// An available manual snapshot is at most this old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualSnapshot {
    /// Its greatest age.
    pub at_most_old: Period,
}

/// A synchronous standby in another zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultiAz;

/// Storage is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseEncryption;

/// Deletion protection is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeletionProtection;

/// Read replicas are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// How many at least.
    pub at_least: u32,
    /// Regions that count; empty = another zone of the same region.
    pub in_regions: Vec<Region>,
}

/// Subnets and node groups span zones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneSpread {
    /// How many zones at least.
    pub at_least: u32,
}

/// Auto-scaling groups replace failed nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeReplacement;

/// A web ACL contains what is promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WafRules {
    /// Managed groups as `vendor/name`; a bare name means vendor `AWS`.
    pub managed_groups: BTreeSet<String>,
    /// Block (`true`) or allow (`false`) what no rule decides; `None` = either way.
    pub default_block: Option<bool>,
    /// A blocking rate limit at or below this many requests per five minutes.
    pub rate_limit_at_most: Option<u64>,
}

/// A web ACL that has the promised rules protects something of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WafAssociation {
    /// What is protected.
    pub protects: WafTarget,
    /// The rules that the protecting ACL is promised to have.
    pub rules: Option<WafRules>,
}

/// What a web ACL is promised to protect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WafTarget {
    /// At least one load balancer of the system.
    AnyLoadBalancer,
    /// Every load balancer of the system.
    EveryLoadBalancer,
    /// Every CloudFront distribution of the system.
    EveryDistribution,
}

/// A Terraform address exists and records the ACL that is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WafAddress {
    /// The address as the document writes it.
    pub address: String,
}

/// Ports are closed to the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// What is closed, with the name the plan gives it.
    pub closed: Vec<(String, RangeInclusive<u16>)>,
}

/// Every subnet of the system has a network ACL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetAcl;

/// A name fails over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsFailover {
    /// Whether a health check must decide.
    pub health_check: bool,
    /// The longest time resolvers may keep the answer.
    pub ttl_at_most: Option<Period>,
}

/// Someone owns a duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The duty.
    pub role: String,
    /// Who; empty or a placeholder is nobody.
    pub name: Option<String>,
}

/// A Terraform address that the document names exists, in code and in state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressExists {
    /// As the document writes it.
    pub address: String,
}

/// The loss of a primary region does not take the Terraform state along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateElsewhere;

/// The Terraform state is encrypted at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateEncrypted;

/// Two applies cannot write the Terraform state at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateLocked;

/// The Terraform state is copied to another region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateReplicated {
    /// One of these; any other region when empty.
    pub to_regions: Vec<Region>,
}

/// Older versions of the Terraform state are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateVersioned;

/// The document is reviewed in a cadence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// How often; `None` when the document only says "regularly".
    pub every: Option<Period>,
    /// The date of the last review or change that the document states.
    pub updated: Option<Date>,
}

/// A promise whose judge comes with a later version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// The id its rule will have.
    pub rule: &'static str,
    /// What is promised.
    pub what: String,
    /// What must be given besides a newer lastro: "the drill ledger", "Kubernetes manifests".
    pub settled_by: &'static str,
}

impl From<Later> for Claim {
    fn from(claim: Later) -> Self {
        Self::Later(claim)
    }
}

impl Claim {
    /// Whether it is about selected resources; the others are about the plan, or about what they name themselves.
    pub fn selects(&self) -> bool {
        match self {
            Self::AddressExists(_)
            | Self::Owner(_)
            | Self::Review(_)
            | Self::StateElsewhere(_)
            | Self::StateEncrypted(_)
            | Self::StateLocked(_)
            | Self::StateReplicated(_)
            | Self::StateVersioned(_)
            | Self::WafAddress(_)
            | Self::Later(_) => false,
            Self::Archive(_)
            | Self::BackupRetention(_)
            | Self::BucketEncryption(_)
            | Self::DatabaseEncryption(_)
            | Self::DeletionProtection(_)
            | Self::DnsFailover(_)
            | Self::Exposure(_)
            | Self::ManualSnapshot(_)
            | Self::MultiAz(_)
            | Self::NodeReplacement(_)
            | Self::ObjectLocked(_)
            | Self::PublicAccessBlocked(_)
            | Self::Replica(_)
            | Self::Replication(_)
            | Self::Restorable(_)
            | Self::SubnetAcl(_)
            | Self::Versions(_)
            | Self::WafAssociation(_)
            | Self::WafRules(_)
            | Self::ZoneSpread(_) => true,
        }
    }

    /// What a remediation can fill in, besides the names of the subject: `{days}`, `{class}`, …
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Archive(c) => vec![
                ("days", c.after.days().to_string()),
                ("class", c.classes.first().cloned().unwrap_or_default()),
                ("prefix", c.prefix.clone()),
            ],
            Self::BackupRetention(c) => vec![("days", c.keep.days().to_string())],
            Self::Replication(c) => vec![
                ("to_region", c.to_regions.first().map(ToString::to_string).unwrap_or_default()),
                ("to_bucket", c.to_bucket.clone().unwrap_or_else(|| "DESTINATION-BUCKET".to_owned())),
                ("prefix", c.prefix.clone()),
            ],
            Self::ObjectLocked(c) => vec![
                ("days", c.keep.map_or(30, Period::days).to_string()),
                ("mode", if c.compliance { "COMPLIANCE" } else { "GOVERNANCE" }.to_owned()),
            ],
            Self::Replica(c) => {
                vec![("to_region", c.in_regions.first().map_or_else(|| "REPLICA-REGION".to_owned(), ToString::to_string))]
            }
            Self::ZoneSpread(c) => vec![("zones", c.at_least.to_string())],
            Self::WafAddress(c) => vec![("promised_address", c.address.clone())],
            Self::AddressExists(c) => vec![("promised_address", c.address.clone())],
            Self::StateReplicated(c) => {
                vec![("to_region", c.to_regions.first().map_or_else(|| "ANOTHER-REGION".to_owned(), ToString::to_string))]
            }
            Self::Owner(c) => vec![("role", c.role.clone())],
            Self::DnsFailover(c) => vec![("ttl", c.ttl_at_most.map_or(60, Period::seconds).to_string())],
            Self::BucketEncryption(_)
            | Self::DatabaseEncryption(_)
            | Self::DeletionProtection(_)
            | Self::Exposure(_)
            | Self::ManualSnapshot(_)
            | Self::MultiAz(_)
            | Self::NodeReplacement(_)
            | Self::PublicAccessBlocked(_)
            | Self::Restorable(_)
            | Self::Review(_)
            | Self::StateElsewhere(_)
            | Self::StateEncrypted(_)
            | Self::StateLocked(_)
            | Self::StateVersioned(_)
            | Self::SubnetAcl(_)
            | Self::Versions(_)
            | Self::WafAssociation(_)
            | Self::WafRules(_)
            | Self::Later(_) => Vec::new(),
        }
    }

    /// Whether judging the claim takes a piece of evidence that its rule may need: a rule for several targets reads only the
    /// promised one.
    pub fn takes(&self, need: Need) -> bool {
        let Self::WafAssociation(WafAssociation { protects, .. }) = self else { return true };
        match need {
            Need::LoadBalancers | Need::LoadBalancerWebAcls => *protects != WafTarget::EveryDistribution,
            Need::Distributions => *protects == WafTarget::EveryDistribution,
            _ => true,
        }
    }

    /// Regions in which its evidence lies besides those of the select.
    pub fn also_in(&self) -> Vec<Region> {
        if let Self::Replica(replica) = self { replica.in_regions.clone() } else { Vec::new() }
    }

    /// What a promise about the plan itself, or about several views together, is about: its kind and its name.
    pub fn whole_subject(&self) -> (&'static str, String) {
        match self {
            Self::Owner(c) => ("owner", c.role.clone()),
            Self::Review(_) => ("document", "review".to_owned()),
            Self::WafAddress(c) => ("web ACL", c.address.clone()),
            Self::AddressExists(c) => ("Terraform address", c.address.clone()),
            Self::StateElsewhere(_)
            | Self::StateEncrypted(_)
            | Self::StateLocked(_)
            | Self::StateReplicated(_)
            | Self::StateVersioned(_) => ("Terraform state", "the Terraform state".to_owned()),
            other => ("promise", other.to_string()),
        }
    }
}
