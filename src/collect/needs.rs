//! What evidence exists, which calls read it, and the permission each call takes.
//!
//! The table is the only place that knows both spellings: the operation as the SDK and the statistics name it
//! (`s3.GetBucketReplication`) and the action as IAM names it (`s3:GetReplicationConfiguration`). The least-privilege policy
//! follows from it. Sources: the Service Authorization Reference, one page per service.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::json;

use crate::estate::{Action, Kind, Need};

/// One read-only API call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The service as IAM prefixes it: `s3`, `elasticloadbalancing`.
    pub service: &'static str,
    /// The operation as the SDK names it: `GetBucketReplication`.
    pub operation: &'static str,
    /// The permission it takes; `None` for a call that AWS allows everybody.
    pub permission: Option<Action>,
    /// Saves other calls where it is allowed; nothing is lost without it.
    pub optional: bool,
}

impl Call {
    const fn same(service: &'static str, operation: &'static str, permission: &'static str) -> Self {
        Self { service, operation, permission: Some(Action::of(permission)), optional: false }
    }

    /// As the statistics name it: `s3.GetBucketVersioning`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.service, self.operation)
    }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident = $service:literal . $operation:literal takes $permission:literal;)+) => {
        $($(#[$doc])* pub const $name: &Call = &Call::same($service, $operation, $permission);)+
    };
}

calls! {
    /// Every bucket of the account.
    LIST_BUCKETS = "s3"."ListBuckets" takes "s3:ListAllMyBuckets";
    /// The region of a bucket, where the listing does not say it.
    GET_BUCKET_LOCATION = "s3"."GetBucketLocation" takes "s3:GetBucketLocation";
    /// The region of a bucket, by a header that even a refusal carries.
    HEAD_BUCKET = "s3"."HeadBucket" takes "s3:ListBucket";
    /// Tags of a bucket.
    GET_BUCKET_TAGGING = "s3"."GetBucketTagging" takes "s3:GetBucketTagging";
    /// Versioning of a bucket.
    GET_BUCKET_VERSIONING = "s3"."GetBucketVersioning" takes "s3:GetBucketVersioning";
    /// Lifecycle rules of a bucket.
    GET_BUCKET_LIFECYCLE = "s3"."GetBucketLifecycleConfiguration" takes "s3:GetLifecycleConfiguration";
    /// Replication rules of a bucket.
    GET_BUCKET_REPLICATION = "s3"."GetBucketReplication" takes "s3:GetReplicationConfiguration";
    /// Default encryption of a bucket.
    GET_BUCKET_ENCRYPTION = "s3"."GetBucketEncryption" takes "s3:GetEncryptionConfiguration";
    /// Object Lock of a bucket.
    GET_OBJECT_LOCK = "s3"."GetObjectLockConfiguration" takes "s3:GetBucketObjectLockConfiguration";
    /// Public access block of a bucket.
    GET_PUBLIC_ACCESS_BLOCK = "s3"."GetPublicAccessBlock" takes "s3:GetBucketPublicAccessBlock";
    /// An object, for a state that lies in a bucket.
    GET_OBJECT = "s3"."GetObject" takes "s3:GetObject";
    /// DB instances.
    DESCRIBE_DB_INSTANCES = "rds"."DescribeDBInstances" takes "rds:DescribeDBInstances";
    /// DB clusters.
    DESCRIBE_DB_CLUSTERS = "rds"."DescribeDBClusters" takes "rds:DescribeDBClusters";
    /// Which clusters an Aurora global database joins.
    DESCRIBE_GLOBAL_CLUSTERS = "rds"."DescribeGlobalClusters" takes "rds:DescribeGlobalClusters";
    /// Snapshots of instances.
    DESCRIBE_DB_SNAPSHOTS = "rds"."DescribeDBSnapshots" takes "rds:DescribeDBSnapshots";
    /// Snapshots of clusters.
    DESCRIBE_DB_CLUSTER_SNAPSHOTS = "rds"."DescribeDBClusterSnapshots" takes "rds:DescribeDBClusterSnapshots";
    /// Restore windows of instances.
    DESCRIBE_AUTOMATED_BACKUPS = "rds"."DescribeDBInstanceAutomatedBackups" takes "rds:DescribeDBInstanceAutomatedBackups";
    /// Names of EKS clusters.
    LIST_CLUSTERS = "eks"."ListClusters" takes "eks:ListClusters";
    /// One EKS cluster.
    DESCRIBE_CLUSTER = "eks"."DescribeCluster" takes "eks:DescribeCluster";
    /// Names of the node groups of a cluster.
    LIST_NODEGROUPS = "eks"."ListNodegroups" takes "eks:ListNodegroups";
    /// One node group.
    DESCRIBE_NODEGROUP = "eks"."DescribeNodegroup" takes "eks:DescribeNodegroup";
    /// Subnets.
    DESCRIBE_SUBNETS = "ec2"."DescribeSubnets" takes "ec2:DescribeSubnets";
    /// Security groups.
    DESCRIBE_SECURITY_GROUPS = "ec2"."DescribeSecurityGroups" takes "ec2:DescribeSecurityGroups";
    /// Network ACLs.
    DESCRIBE_NETWORK_ACLS = "ec2"."DescribeNetworkAcls" takes "ec2:DescribeNetworkAcls";
    /// The ranges of a prefix list.
    GET_PREFIX_LIST = "ec2"."GetManagedPrefixListEntries" takes "ec2:GetManagedPrefixListEntries";
    /// Auto-scaling groups.
    DESCRIBE_SCALING_GROUPS = "autoscaling"."DescribeAutoScalingGroups" takes "autoscaling:DescribeAutoScalingGroups";
    /// Web ACLs of one scope.
    LIST_WEB_ACLS = "wafv2"."ListWebACLs" takes "wafv2:ListWebACLs";
    /// One web ACL.
    GET_WEB_ACL = "wafv2"."GetWebACL" takes "wafv2:GetWebACL";
    /// Tags of a web ACL.
    LIST_WAF_TAGS = "wafv2"."ListTagsForResource" takes "wafv2:ListTagsForResource";
    /// The web ACL in front of a load balancer.
    GET_WEB_ACL_FOR_RESOURCE = "wafv2"."GetWebACLForResource" takes "wafv2:GetWebACLForResource";
    /// Application, network and gateway load balancers.
    DESCRIBE_LOAD_BALANCERS = "elasticloadbalancing"."DescribeLoadBalancers" takes "elasticloadbalancing:DescribeLoadBalancers";
    /// Tags of load balancers.
    DESCRIBE_LB_TAGS = "elasticloadbalancing"."DescribeTags" takes "elasticloadbalancing:DescribeTags";
    /// CloudFront distributions.
    LIST_DISTRIBUTIONS = "cloudfront"."ListDistributions" takes "cloudfront:ListDistributions";
    /// Tags of a distribution.
    LIST_CLOUDFRONT_TAGS = "cloudfront"."ListTagsForResource" takes "cloudfront:ListTagsForResource";
    /// Hosted zones.
    LIST_HOSTED_ZONES = "route53"."ListHostedZones" takes "route53:ListHostedZones";
    /// Tags of hosted zones, ten at a time.
    LIST_ZONE_TAGS = "route53"."ListTagsForResources" takes "route53:ListTagsForResources";
    /// Record sets of a zone.
    LIST_RECORD_SETS = "route53"."ListResourceRecordSets" takes "route53:ListResourceRecordSets";
    /// Health checks.
    LIST_HEALTH_CHECKS = "route53"."ListHealthChecks" takes "route53:ListHealthChecks";
}

/// Who we are. AWS allows it everybody, and no policy can take it away.
pub const GET_CALLER_IDENTITY: &Call = &Call { service: "sts", operation: "GetCallerIdentity", permission: None, optional: false };

/// Tags of many buckets in one call.
pub const GET_RESOURCES: &Call =
    &Call { service: "tag", operation: "GetResources", permission: Some(Action::of("tag:GetResources")), optional: true };

/// The calls that a piece of evidence may take.
pub fn calls(need: Need) -> &'static [&'static Call] {
    match need {
        Need::AutoScalingGroups => &[DESCRIBE_SCALING_GROUPS],
        Need::Buckets => BUCKETS,
        Need::BucketEncryption => &[GET_BUCKET_ENCRYPTION],
        Need::BucketLifecycle => &[GET_BUCKET_LIFECYCLE],
        Need::BucketObjectLock => &[GET_OBJECT_LOCK],
        Need::BucketPublicAccess => &[GET_PUBLIC_ACCESS_BLOCK],
        Need::BucketReplication => &[GET_BUCKET_REPLICATION, HEAD_BUCKET, GET_BUCKET_VERSIONING],
        Need::BucketVersioning => &[GET_BUCKET_VERSIONING],
        Need::DbClusters => &[DESCRIBE_DB_CLUSTERS],
        Need::DbGlobalClusters => &[DESCRIBE_GLOBAL_CLUSTERS],
        Need::DbInstances => &[DESCRIBE_DB_INSTANCES],
        Need::DbRestoreWindows => &[DESCRIBE_AUTOMATED_BACKUPS],
        Need::DbSnapshots => &[DESCRIBE_DB_SNAPSHOTS, DESCRIBE_DB_CLUSTER_SNAPSHOTS],
        Need::Distributions => &[LIST_DISTRIBUTIONS, LIST_CLOUDFRONT_TAGS],
        Need::EksClusters => &[LIST_CLUSTERS, DESCRIBE_CLUSTER],
        Need::HealthChecks => &[LIST_HEALTH_CHECKS],
        Need::LoadBalancers => &[DESCRIBE_LOAD_BALANCERS, DESCRIBE_LB_TAGS],
        // WAF asks for the permission on the ACL it answers with as well (WAF developer guide, "Permissions for GetWebACLForResource").
        Need::LoadBalancerWebAcls => &[GET_WEB_ACL_FOR_RESOURCE, GET_WEB_ACL],
        Need::NetworkAcls => &[DESCRIBE_NETWORK_ACLS],
        Need::NodeGroups => &[LIST_NODEGROUPS, DESCRIBE_NODEGROUP],
        Need::PrefixLists => &[GET_PREFIX_LIST],
        Need::RecordSets => &[LIST_HOSTED_ZONES, LIST_ZONE_TAGS, LIST_RECORD_SETS],
        Need::SecurityGroups => &[DESCRIBE_SECURITY_GROUPS],
        Need::Subnets => &[DESCRIBE_SUBNETS],
        Need::WebAcls => &[LIST_WEB_ACLS, GET_WEB_ACL, LIST_WAF_TAGS],
    }
}

const BUCKETS: &[&Call] = &[LIST_BUCKETS, GET_BUCKET_LOCATION, HEAD_BUCKET, GET_BUCKET_TAGGING, GET_RESOURCES];

/// The needs that a need cannot be met without: a bucket's versioning takes the listing of buckets.
pub fn implied(need: Need) -> &'static [Need] {
    match need {
        Need::BucketEncryption
        | Need::BucketLifecycle
        | Need::BucketObjectLock
        | Need::BucketPublicAccess
        | Need::BucketReplication
        | Need::BucketVersioning => &[Need::Buckets],
        Need::DbGlobalClusters => &[Need::DbClusters],
        Need::DbRestoreWindows => &[Need::DbInstances],
        Need::LoadBalancerWebAcls => &[Need::LoadBalancers],
        Need::NodeGroups => &[Need::EksClusters],
        Need::PrefixLists => &[Need::SecurityGroups],
        Need::AutoScalingGroups
        | Need::Buckets
        | Need::DbClusters
        | Need::DbInstances
        | Need::DbSnapshots
        | Need::Distributions
        | Need::EksClusters
        | Need::HealthChecks
        | Need::LoadBalancers
        | Need::NetworkAcls
        | Need::RecordSets
        | Need::SecurityGroups
        | Need::Subnets
        | Need::WebAcls => &[],
    }
}

/// The kinds of resource that a need lists, and whether they are listed per region (`true`) or once.
pub fn kinds(need: Need) -> (&'static [Kind], bool) {
    match need {
        Need::AutoScalingGroups => (&[Kind::AutoScalingGroup], true),
        Need::Buckets
        | Need::BucketEncryption
        | Need::BucketLifecycle
        | Need::BucketObjectLock
        | Need::BucketPublicAccess
        | Need::BucketReplication
        | Need::BucketVersioning => (&[Kind::Bucket], false),
        Need::DbClusters | Need::DbGlobalClusters => (&[Kind::DbCluster], true),
        Need::DbInstances | Need::DbRestoreWindows => (&[Kind::DbInstance], true),
        Need::DbSnapshots => (&[Kind::DbSnapshot], true),
        Need::Distributions => (&[Kind::Distribution], false),
        Need::EksClusters => (&[Kind::EksCluster], true),
        Need::HealthChecks => (&[Kind::HealthCheck], false),
        Need::LoadBalancers | Need::LoadBalancerWebAcls => (&[Kind::LoadBalancer], true),
        Need::NetworkAcls => (&[Kind::NetworkAcl], true),
        Need::NodeGroups => (&[Kind::EksCluster, Kind::NodeGroup], true),
        Need::PrefixLists => (&[Kind::SecurityGroup, Kind::PrefixList], true),
        Need::RecordSets => (&[Kind::HostedZone, Kind::RecordSet], false),
        Need::SecurityGroups => (&[Kind::SecurityGroup], true),
        Need::Subnets => (&[Kind::Subnet], true),
        Need::WebAcls => (&[Kind::WebAcl], true),
    }
}

/// These needs and everything they imply.
pub fn closure(needs: &BTreeSet<Need>) -> BTreeSet<Need> {
    needs.iter().flat_map(|need| implied(*need).iter().copied().chain([*need])).collect()
}

/// Every call that these needs may take, the caller's identity first.
pub fn all_calls(needs: &BTreeSet<Need>) -> Vec<&'static Call> {
    let mut found = vec![GET_CALLER_IDENTITY];
    for call in closure(needs).iter().flat_map(|need| calls(*need)) {
        if !found.contains(call) {
            found.push(call);
        }
    }
    found
}

/// The permissions that these needs take, optional ones included.
pub fn permissions(needs: &BTreeSet<Need>) -> BTreeSet<Action> {
    all_calls(needs).into_iter().filter_map(|call| call.permission.clone()).collect()
}

/// A Terraform state in a bucket, which the policy must let the caller read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StateObject {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
}

impl StateObject {
    /// From `s3://bucket/key`; `None` for anything else.
    pub fn parse(uri: &str) -> Option<Self> {
        let (bucket, key) = uri.strip_prefix("s3://")?.split_once('/')?;
        (!bucket.is_empty() && !key.is_empty()).then(|| Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    fn arn(&self) -> String {
        format!("arn:aws:s3:::{}/{}", self.bucket, self.key)
    }
}

fn state_arns(states: &[StateObject]) -> BTreeSet<String> {
    states.iter().map(StateObject::arn).collect()
}

/// The least-privilege read-only policy as an IAM policy document, pretty JSON that ends with a newline.
pub fn iam_policy_json(needs: &BTreeSet<Need>, states: &[StateObject]) -> String {
    let mut statements = Vec::new();
    let actions = permissions(needs);
    if !actions.is_empty() {
        statements.push(json!({
            "Sid": "LastroReads", "Effect": "Allow", "Action": actions, "Resource": "*",
        }));
    }
    let arns = state_arns(states);
    if !arns.is_empty() {
        statements.push(json!({
            "Sid": "LastroReadsState", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": arns,
        }));
    }
    format!("{:#}\n", json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// The same policy as a Terraform data source.
pub fn iam_policy_terraform(needs: &BTreeSet<Need>, states: &[StateObject]) -> String {
    let mut hcl = String::from("data \"aws_iam_policy_document\" \"lastro\" {\n");
    let actions: Vec<String> = permissions(needs).iter().map(|action| action.as_str().to_owned()).collect();
    let mut blocks = Vec::new();
    if !actions.is_empty() {
        blocks.push(statement("LastroReads", &actions, &["*".to_owned()]));
    }
    let arns: Vec<String> = state_arns(states).into_iter().collect();
    if !arns.is_empty() {
        blocks.push(statement("LastroReadsState", &["s3:GetObject".to_owned()], &arns));
    }
    hcl.push_str(&blocks.join("\n"));
    hcl.push_str("}\n");
    hcl
}

/// The empty lines part what `terraform fmt` would align differently for lists of one line and of several.
fn statement(sid: &str, actions: &[String], resources: &[String]) -> String {
    format!(
        "  statement {{\n    sid    = {}\n    effect = \"Allow\"\n\n    actions = {}\n\n    resources = {}\n  }}\n",
        quoted(sid),
        list(actions),
        list(resources)
    )
}

fn list(items: &[String]) -> String {
    if let [one] = items {
        return format!("[{}]", quoted(one));
    }
    let mut text = String::from("[\n");
    for item in items {
        let _ = writeln!(text, "      {},", quoted(item));
    }
    text + "    ]"
}

/// A quoted HCL template without any interpolation.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out.replace("${", "$${").replace("%{", "%%{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iam_spells_some_actions_differently_from_their_calls() {
        let needs = BTreeSet::from([Need::BucketReplication, Need::BucketLifecycle, Need::BucketEncryption]);
        let actions = permissions(&needs);
        let names: Vec<&str> = actions.iter().map(Action::as_str).collect();
        assert_eq!(
            names,
            [
                "s3:GetBucketLocation",
                "s3:GetBucketTagging",
                "s3:GetBucketVersioning",
                "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration",
                "s3:GetReplicationConfiguration",
                "s3:ListAllMyBuckets",
                "s3:ListBucket",
                "tag:GetResources",
            ]
        );
    }

    #[test]
    fn no_need_takes_more_than_reading() {
        for action in permissions(&Need::ALL.iter().copied().collect()) {
            let verb = action.as_str().split_once(':').map(|(_, verb)| verb).expect("service:Verb");
            assert!(["Get", "List", "Describe"].iter().any(|reads| verb.starts_with(reads)), "{action}");
        }
    }

    #[test]
    fn the_policy_of_no_need_has_no_statement() {
        let policy: serde_json::Value = serde_json::from_str(&iam_policy_json(&BTreeSet::new(), &[])).expect("JSON");
        assert_eq!(policy["Statement"], json!([]));
    }

    #[test]
    fn a_state_in_a_bucket_takes_that_object_and_no_other() {
        let states = [StateObject::parse("s3://tfstate/env/prod.tfstate").expect("a state in a bucket")];
        let policy: serde_json::Value = serde_json::from_str(&iam_policy_json(&BTreeSet::from([Need::Subnets]), &states)).expect("JSON");
        assert_eq!(policy["Statement"][0]["Action"], json!(["ec2:DescribeSubnets"]));
        assert_eq!(policy["Statement"][1]["Resource"], json!(["arn:aws:s3:::tfstate/env/prod.tfstate"]));
        assert_eq!(StateObject::parse("s3://tfstate"), None);
    }

    #[test]
    fn the_terraform_form_names_the_same_and_escapes_templates() {
        let states = [StateObject { bucket: "b".to_owned(), key: "${x}\"y".to_owned() }];
        let hcl = iam_policy_terraform(&BTreeSet::from([Need::Subnets, Need::NetworkAcls]), &states);
        assert_eq!(
            hcl,
            concat!(
                "data \"aws_iam_policy_document\" \"lastro\" {\n",
                "  statement {\n    sid    = \"LastroReads\"\n    effect = \"Allow\"\n\n",
                "    actions = [\n      \"ec2:DescribeNetworkAcls\",\n      \"ec2:DescribeSubnets\",\n    ]\n\n    resources = [\"*\"]\n  }\n\n",
                "  statement {\n    sid    = \"LastroReadsState\"\n    effect = \"Allow\"\n\n    actions = [\"s3:GetObject\"]\n\n",
                "    resources = [\"arn:aws:s3:::b/$${x}\\\"y\"]\n  }\n}\n",
            )
        );
    }
}
