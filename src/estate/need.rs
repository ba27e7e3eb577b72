//! What evidence a rule needs, in the words of the estate. How each is read, and the permissions that takes, is `collect`'s.

use serde::{Deserialize, Serialize};

/// A piece of evidence that a rule cannot judge without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Need {
    /// Auto-scaling groups with suspended processes, sizes, tags.
    AutoScalingGroups,
    /// Buckets with name, region and tags.
    Buckets,
    /// Default encryption of the selected buckets.
    BucketEncryption,
    /// Lifecycle rules of the selected buckets.
    BucketLifecycle,
    /// Object Lock of the selected buckets.
    BucketObjectLock,
    /// Public access block of the selected buckets.
    BucketPublicAccess,
    /// Replication rules of the selected buckets, with region and versioning of each destination.
    BucketReplication,
    /// Versioning of the selected buckets.
    BucketVersioning,
    /// DB clusters with settings, members, tags.
    DbClusters,
    /// Which DB clusters an Aurora global database feeds.
    DbGlobalClusters,
    /// DB instances with settings and tags.
    DbInstances,
    /// The oldest and newest point that a restore of each instance reaches.
    DbRestoreWindows,
    /// Snapshots of instances and clusters.
    DbSnapshots,
    /// CloudFront distributions with tags and web ACL.
    Distributions,
    /// EKS clusters with subnets and tags.
    EksClusters,
    /// Route 53 health checks.
    HealthChecks,
    /// Load balancers with zones and tags.
    LoadBalancers,
    /// The web ACL of each selected load balancer.
    LoadBalancerWebAcls,
    /// Network ACLs with the subnets they are associated with.
    NetworkAcls,
    /// Node groups of the selected clusters.
    NodeGroups,
    /// Prefix lists that security groups refer to.
    PrefixLists,
    /// Hosted zones with tags, and their record sets.
    RecordSets,
    /// Security groups with rules and tags.
    SecurityGroups,
    /// Subnets with zone, VPC, tags.
    Subnets,
    /// Web ACLs of both scopes with rules and tags.
    WebAcls,
}

impl Need {
    /// Every need, sorted.
    pub const ALL: &[Need] = &[
        Need::AutoScalingGroups,
        Need::Buckets,
        Need::BucketEncryption,
        Need::BucketLifecycle,
        Need::BucketObjectLock,
        Need::BucketPublicAccess,
        Need::BucketReplication,
        Need::BucketVersioning,
        Need::DbClusters,
        Need::DbGlobalClusters,
        Need::DbInstances,
        Need::DbRestoreWindows,
        Need::DbSnapshots,
        Need::Distributions,
        Need::EksClusters,
        Need::HealthChecks,
        Need::LoadBalancers,
        Need::LoadBalancerWebAcls,
        Need::NetworkAcls,
        Need::NodeGroups,
        Need::PrefixLists,
        Need::RecordSets,
        Need::SecurityGroups,
        Need::Subnets,
        Need::WebAcls,
    ];
}
