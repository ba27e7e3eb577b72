//! Whether code asks for another thing than the one a state records: then nothing that is computed of the old one holds for the new.
//!
//! Terraform decides this with the provider's schema, which no file that lastro reads has in it. Of the attributes that force a
//! replacement only those are listed that say which thing is meant and that the provider compares as they are written.

use super::instance::IgnoreChanges;
use super::value::{Val, ValKind};

/// By resource type, sorted (registry.terraform.io, provider 5.100.0, "Forces new resource" of each type; 2026-11-20).
const NAMING: &[(&str, &[&str])] = &[
    ("aws_alb", &["name", "load_balancer_type"]),
    ("aws_autoscaling_group", &["name"]),
    ("aws_db_cluster_snapshot", &["db_cluster_snapshot_identifier", "db_cluster_identifier"]),
    ("aws_db_snapshot", &["db_snapshot_identifier", "db_instance_identifier"]),
    ("aws_ec2_managed_prefix_list", &["address_family"]),
    ("aws_eks_cluster", &["name"]),
    ("aws_eks_node_group", &["node_group_name", "cluster_name"]),
    ("aws_lb", &["name", "load_balancer_type"]),
    ("aws_network_acl", &["vpc_id"]),
    ("aws_rds_cluster", &["cluster_identifier"]),
    ("aws_rds_cluster_instance", &["identifier", "cluster_identifier"]),
    ("aws_route53_health_check", &["type"]),
    ("aws_s3_bucket", &["bucket"]),
    ("aws_security_group", &["name", "vpc_id"]),
    ("aws_subnet", &["availability_zone", "cidr_block", "vpc_id"]),
    ("aws_wafv2_web_acl", &["name", "scope"]),
];

/// Whether what code says of a resource and what a state records of it are two things.
pub fn is_replaced(
    resource_type: &str,
    ignored: &IgnoreChanges,
    code: impl Fn(&str) -> Option<Val>,
    recorded: impl Fn(&str) -> Option<Val>,
) -> bool {
    let at = NAMING.binary_search_by_key(&resource_type, |(name, _)| name);
    let names = at.map_or(&[][..], |at| NAMING[at].1);
    let stays = |name: &str| match ignored {
        IgnoreChanges::None => false,
        IgnoreChanges::All => true,
        IgnoreChanges::Some(names) => names.iter().any(|other| &**other == name),
    };
    names.iter().filter(|name| !stays(name)).any(|name| match (text(code(name)), text(recorded(name))) {
        (Some(code), Some(recorded)) => code != recorded,
        _ => false,
    })
}

fn text(val: Option<Val>) -> Option<std::sync::Arc<str>> {
    match val?.kind {
        ValKind::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(resource_type: &str, ignored: &IgnoreChanges, code: Option<&str>, recorded: Option<&str>) -> bool {
        let named = |value: Option<&str>| {
            let value = value.map(str::to_owned);
            move |name: &str| value.clone().filter(|_| name == "name").map(Val::from)
        };
        is_replaced(resource_type, ignored, named(code), named(recorded))
    }

    #[test]
    fn another_name_is_another_thing() {
        let lb = |code, recorded| replaced("aws_lb", &IgnoreChanges::None, code, recorded);
        assert!(lb(Some("b"), Some("a")));
        assert!(!lb(Some("a"), Some("a")));
        assert!(!lb(None, Some("a")), "the provider chose the name");
        assert!(!lb(Some("a"), None));
        assert!(!replaced("aws_iam_role", &IgnoreChanges::None, Some("b"), Some("a")), "nothing is known of the type");
    }

    #[test]
    fn a_name_whose_changes_are_ignored_replaces_nothing() {
        assert!(!replaced("aws_lb", &IgnoreChanges::All, Some("b"), Some("a")));
        assert!(!replaced("aws_lb", &IgnoreChanges::Some(vec!["name".into()]), Some("b"), Some("a")));
        assert!(replaced("aws_lb", &IgnoreChanges::Some(vec!["tags".into()]), Some("b"), Some("a")));
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(NAMING.is_sorted_by_key(|(name, _)| name));
    }
}
