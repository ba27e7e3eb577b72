//! What an attribute is that code does not set.
//!
//! Only attributes that a mapper reads are listed, and only values that Terraform plans itself, that the provider documents,
//! or that AWS documents for something new. Everything else is computed when Terraform applies, and stays unknown until a
//! state records it.
//!
//! Taken from the schema of hashicorp/aws [`PROVIDER`] (`terraform providers schema -json`), from the plans of minimal resources
//! of every type (`terraform plan`), and from the pages named beside each claim.

/// When the table was checked.
pub const VERIFIED_ON: &str = "2026-11-20";

/// The provider version that it was checked with.
pub const PROVIDER: &str = "5.100.0";

/// What an attribute is when code does not set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unset {
    /// This, whatever a state records: Terraform would put it right.
    Is(Plain),
    /// This when AWS creates the thing; Terraform leaves alone what it is later, so that a state knows better.
    Created(Plain),
    /// As [`Unset::Created`], unless another resource of the code says otherwise: code that could not be read may hold that one.
    Unless(Plain),
    /// Known after an apply, or from a state.
    Computed,
    /// What identifies the thing: known after an apply, or from a state, else a handle.
    Own,
}

/// A value of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(i64),
    /// A text.
    Text(&'static str),
    /// An empty list: no such block.
    Nothing,
    /// `[{ enabled = false }]`
    Disabled,
    /// The default encryption of a bucket, as the provider reads it back.
    SseS3,
}

/// A line of the table.
#[derive(Debug)]
pub(super) struct Row {
    /// The attribute or block.
    pub(super) attribute: &'static str,
    /// What it is when code does not set it.
    pub(super) unset: Unset,
    /// Attributes and blocks that change that when they are set: then it is computed.
    pub(super) without: &'static [&'static str],
}

const fn is(attribute: &'static str, plain: Plain) -> Row {
    Row { attribute, unset: Unset::Is(plain), without: &[] }
}

const fn created(attribute: &'static str, plain: Plain, without: &'static [&'static str]) -> Row {
    Row { attribute, unset: Unset::Created(plain), without }
}

const fn unless(attribute: &'static str, plain: Plain) -> Row {
    Row { attribute, unset: Unset::Unless(plain), without: &[] }
}

const fn computed(attribute: &'static str) -> Row {
    Row { attribute, unset: Unset::Computed, without: &[] }
}

const fn own(attribute: &'static str) -> Row {
    Row { attribute, unset: Unset::Own, without: &[] }
}

/// Where an instance comes from when it is not created empty: it takes over the settings of its origin.
const DB_ORIGINS: &[&str] = &["replicate_source_db", "snapshot_identifier", "restore_to_point_in_time", "s3_import"];

/// As [`DB_ORIGINS`], for clusters; `engine_mode` since `serverless` is encrypted by itself.
const CLUSTER_ORIGINS: &[&str] = &[
    "replication_source_identifier",
    "snapshot_identifier",
    "restore_to_point_in_time",
    "s3_import",
    "global_cluster_identifier",
    "engine_mode",
];

const LOAD_BALANCER: &[Row] = &[
    own("arn"),
    // registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lb: "load_balancer_type ... default value is application".
    is("load_balancer_type", Plain::Text("application")),
    computed("name"),
    computed("subnets"),
];

const SUBNET: &[Row] = &[own("arn"), computed("availability_zone"), own("id"), computed("vpc_id")];

const SECURITY_GROUP: &[Row] = &[
    own("arn"),
    own("id"),
    // docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html: a new group has no inbound rules.
    unless("ingress", Plain::Nothing),
    computed("name"),
    computed("vpc_id"),
];

/// A split resource of a bucket has nothing but what is set in it.
const OF_BUCKET: &[Row] = &[];

/// By resource type, sorted; rows sorted by attribute.
static TABLE: &[(&str, &[Row])] = &[
    ("aws_alb", LOAD_BALANCER),
    (
        "aws_autoscaling_group",
        &[
            own("arn"),
            computed("availability_zones"),
            computed("name"),
            // docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html: none is suspended until somebody does.
            is("suspended_processes", Plain::Nothing),
            is("tag", Plain::Nothing),
        ],
    ),
    ("aws_cloudfront_distribution", &[is("aliases", Plain::Nothing), own("arn"), own("id"), is("web_acl_id", Plain::Text(""))]),
    (
        "aws_db_cluster_snapshot",
        &[
            own("db_cluster_snapshot_arn"),
            // docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBClusterSnapshot.html: what a user makes is manual.
            created("snapshot_type", Plain::Text("manual"), &[]),
            computed("status"),
            computed("storage_encrypted"),
        ],
    ),
    (
        "aws_db_instance",
        &[
            own("arn"),
            computed("availability_zone"),
            // registry.terraform.io/.../db_instance: "backup_retention_period ... Default is 0".
            created("backup_retention_period", Plain::Number(0), DB_ORIGINS),
            // registry.terraform.io/.../db_instance: "deletion_protection ... The default is false".
            is("deletion_protection", Plain::Bool(false)),
            computed("engine"),
            own("identifier"),
            computed("kms_key_id"),
            // docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html: not a Multi-AZ deployment by default.
            created("multi_az", Plain::Bool(false), DB_ORIGINS),
            is("replicate_source_db", Plain::Text("")),
            computed("resource_id"),
            computed("status"),
            // registry.terraform.io/.../db_instance: "storage_encrypted ... The default is false if not specified".
            Row { attribute: "storage_encrypted", unset: Unset::Is(Plain::Bool(false)), without: DB_ORIGINS },
        ],
    ),
    (
        "aws_db_snapshot",
        &[
            own("db_snapshot_arn"),
            computed("encrypted"),
            // docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html: what a user makes is manual.
            created("snapshot_type", Plain::Text("manual"), &[]),
            computed("status"),
        ],
    ),
    ("aws_default_network_acl", &[own("arn"), own("id"), computed("subnet_ids"), computed("vpc_id")]),
    (
        "aws_default_security_group",
        // registry.terraform.io/.../default_security_group: Terraform removes all rules, then adds those that are set.
        &[own("arn"), own("id"), unless("ingress", Plain::Nothing), is("name", Plain::Text("default")), computed("vpc_id")],
    ),
    ("aws_default_subnet", SUBNET),
    ("aws_ec2_managed_prefix_list", &[own("arn"), unless("entry", Plain::Nothing), own("id")]),
    ("aws_ec2_managed_prefix_list_entry", &[]),
    ("aws_eks_cluster", &[own("arn"), computed("status"), computed("version")]),
    ("aws_eks_node_group", &[own("arn"), computed("node_group_name"), computed("resources"), computed("status")]),
    ("aws_lb", LOAD_BALANCER),
    ("aws_network_acl", &[own("arn"), own("id"), unless("subnet_ids", Plain::Nothing), computed("vpc_id")]),
    ("aws_network_acl_association", &[]),
    (
        "aws_rds_cluster",
        &[
            own("arn"),
            // registry.terraform.io/.../rds_cluster: "backup_retention_period ... Default 1".
            created("backup_retention_period", Plain::Number(1), CLUSTER_ORIGINS),
            own("cluster_identifier"),
            unless("cluster_members", Plain::Nothing),
            computed("cluster_resource_id"),
            // registry.terraform.io/.../rds_cluster: "deletion_protection ... The default is false".
            is("deletion_protection", Plain::Bool(false)),
            computed("kms_key_id"),
            is("replication_source_identifier", Plain::Text("")),
            // registry.terraform.io/.../rds_cluster: "default is false for provisioned engine_mode".
            created("storage_encrypted", Plain::Bool(false), CLUSTER_ORIGINS),
        ],
    ),
    (
        "aws_rds_cluster_instance",
        &[
            own("arn"),
            computed("availability_zone"),
            computed("dbi_resource_id"),
            own("identifier"),
            computed("kms_key_id"),
            computed("storage_encrypted"),
            computed("writer"),
        ],
    ),
    (
        "aws_route53_health_check",
        &[
            own("arn"),
            is("disabled", Plain::Bool(false)),
            // docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html: three times, every 30 seconds.
            created("failure_threshold", Plain::Number(3), &[]),
            own("id"),
            is("invert_healthcheck", Plain::Bool(false)),
            is("request_interval", Plain::Number(30)),
        ],
    ),
    (
        "aws_route53_record",
        &[
            is("alias", Plain::Nothing),
            is("failover_routing_policy", Plain::Nothing),
            is("health_check_id", Plain::Text("")),
            is("set_identifier", Plain::Text("")),
        ],
    ),
    ("aws_route53_zone", &[own("arn"), is("vpc", Plain::Nothing), own("zone_id")]),
    (
        "aws_s3_bucket",
        &[
            own("arn"),
            own("bucket"),
            unless("lifecycle_rule", Plain::Nothing),
            unless("object_lock_configuration", Plain::Nothing),
            // registry.terraform.io/.../s3_bucket: "object_lock_enabled ... Valid values are true or false", off unless it is asked for.
            unless("object_lock_enabled", Plain::Bool(false)),
            unless("replication_configuration", Plain::Nothing),
            // docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html: SSE-S3 since 2023-01-05.
            unless("server_side_encryption_configuration", Plain::SseS3),
            // docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html: a bucket is unversioned until versioning is enabled.
            unless("versioning", Plain::Disabled),
        ],
    ),
    ("aws_s3_bucket_lifecycle_configuration", OF_BUCKET),
    ("aws_s3_bucket_object_lock_configuration", OF_BUCKET),
    (
        "aws_s3_bucket_public_access_block",
        // registry.terraform.io/.../s3_bucket_public_access_block: each "Defaults to false".
        &[
            is("block_public_acls", Plain::Bool(false)),
            is("block_public_policy", Plain::Bool(false)),
            is("ignore_public_acls", Plain::Bool(false)),
            is("restrict_public_buckets", Plain::Bool(false)),
        ],
    ),
    ("aws_s3_bucket_replication_configuration", OF_BUCKET),
    ("aws_s3_bucket_server_side_encryption_configuration", OF_BUCKET),
    ("aws_s3_bucket_versioning", OF_BUCKET),
    ("aws_security_group", SECURITY_GROUP),
    ("aws_security_group_rule", &[]),
    ("aws_subnet", SUBNET),
    ("aws_vpc_security_group_ingress_rule", &[]),
    ("aws_wafv2_web_acl", &[own("arn"), computed("name"), is("rule", Plain::Nothing)]),
    ("aws_wafv2_web_acl_association", &[]),
];

/// The rows of a resource type.
pub(super) fn rows(resource_type: &str) -> &'static [Row] {
    TABLE.binary_search_by_key(&resource_type, |(name, _)| name).map_or(&[], |at| TABLE[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::terraform::map;

    #[test]
    fn every_type_that_is_mapped_has_its_rows() {
        assert!(TABLE.is_sorted_by_key(|(name, _)| name));
        for (name, rows) in TABLE {
            assert!(map::kind_of(name).is_some(), "{name} is not mapped");
            assert!(rows.is_sorted_by_key(|row| row.attribute), "{name}");
        }
        let listed: Vec<&str> = TABLE.iter().map(|(name, _)| *name).collect();
        assert_eq!(listed, map::types().collect::<Vec<_>>());
    }
}
