//! A Terraform state, format 4, that records a part of the estate.

use serde_json::{Value, json};

use super::Names;
use super::parts::{COMMON, TAG};
use crate::aws::{Account, REGION};

/// Database, buckets and web ACL, as `terraform apply` would have left them.
pub(crate) fn of(account: &Account, names: &Names) -> Value {
    let mut resources = vec![database(account, names), acl(names)];
    for (name, bucket) in ["artifacts", "models"].iter().zip(&names.buckets) {
        resources.extend([self::bucket(name, bucket), versioning(name, bucket), lifecycle(name, bucket)]);
    }
    json!({
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 7,
        "lineage": "2b0ab1a5-7a3e-4dd9-8d7e-0d7f6c1c2f10",
        "outputs": {},
        "resources": resources,
        "check_results": null
    })
}

/// One managed resource with one instance.
pub(crate) fn resource(kind: &str, name: &str, schema_version: u32, attributes: &Value) -> Value {
    json!({
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{ "schema_version": schema_version, "attributes": attributes, "sensitive_attributes": [] }]
    })
}

fn tags() -> Value {
    json!({ TAG.0: TAG.1 })
}

fn database(account: &Account, names: &Names) -> Value {
    let attributes = json!({
        "id": "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "identifier": names.database,
        "arn": format!("arn:aws:rds:{REGION}:{}:db:{}", account.id, names.database),
        "engine": "postgres",
        "engine_version": "16.3",
        "backup_retention_period": 7,
        "multi_az": true,
        "storage_encrypted": true,
        "deletion_protection": false,
        "username": "flowise",
        "password": null,
        "tags": tags(),
        "tags_all": tags()
    });
    resource("aws_db_instance", "main", 2, &attributes)
}

fn bucket(name: &str, bucket: &str) -> Value {
    let attributes = json!({
        "id": bucket,
        "bucket": bucket,
        "arn": format!("arn:aws:s3:::{bucket}"),
        "region": REGION,
        "tags": tags(),
        "tags_all": tags()
    });
    resource("aws_s3_bucket", name, 0, &attributes)
}

fn versioning(name: &str, bucket: &str) -> Value {
    let attributes = json!({
        "id": bucket,
        "bucket": bucket,
        "expected_bucket_owner": "",
        "versioning_configuration": [{ "status": "Enabled", "mfa_delete": "" }]
    });
    resource("aws_s3_bucket_versioning", name, 0, &attributes)
}

fn lifecycle(name: &str, bucket: &str) -> Value {
    let attributes = json!({
        "id": bucket,
        "bucket": bucket,
        "expected_bucket_owner": "",
        "rule": [{
            "id": "archive",
            "status": "Enabled",
            "prefix": "",
            "filter": [{ "prefix": "", "and": [], "tag": [], "object_size_greater_than": null, "object_size_less_than": null }],
            "transition": [{ "days": 30, "date": null, "storage_class": "GLACIER" }],
            "expiration": [],
            "noncurrent_version_transition": [],
            "noncurrent_version_expiration": [],
            "abort_incomplete_multipart_upload": []
        }]
    });
    resource("aws_s3_bucket_lifecycle_configuration", name, 1, &attributes)
}

fn acl(names: &Names) -> Value {
    let attributes = json!({
        "id": names.acl_id,
        "arn": names.acl_arn,
        "name": "flowise",
        "scope": "REGIONAL",
        "default_action": [{ "allow": [{ "custom_request_handling": [] }], "block": [] }],
        "rule": [{
            "name": "common",
            "priority": 1,
            "action": [],
            "override_action": [{ "count": [], "none": [{}] }],
            "statement": [{ "managed_rule_group_statement": [{
                "name": COMMON, "vendor_name": "AWS", "version": "", "rule_action_override": [], "scope_down_statement": []
            }] }]
        }, {
            "name": "rate",
            "priority": 2,
            "action": [{ "block": [{ "custom_response": [] }], "count": [], "allow": [] }],
            "override_action": [],
            "statement": [{ "rate_based_statement": [{ "limit": 2000, "aggregate_key_type": "IP", "scope_down_statement": [] }] }]
        }],
        "tags": tags(),
        "tags_all": tags()
    });
    resource("aws_wafv2_web_acl", "main", 0, &attributes)
}
