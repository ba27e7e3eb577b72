//! Parts of the estate that faults take away and make again in another way.

use aws_sdk_ec2::types::{AddPrefixListEntry, IpPermission, IpRange, PrefixListId, ResourceType, TagSpecification};
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, BucketVersioningStatus, ExpirationStatus, LifecycleRule, LifecycleRuleFilter, Tag, Tagging, Transition,
    TransitionStorageClass, VersioningConfiguration,
};
use aws_sdk_wafv2::types as waf;

use super::Names;
use crate::aws::{Clients, built, sent};

/// The tag that selects the system.
pub(crate) const TAG: (&str, &str) = ("System", "flowise");

/// The managed group that the plan promises.
pub(crate) const COMMON: &str = "AWSManagedRulesCommonRuleSet";

/// Tags for the services that speak EC2.
pub(crate) fn ec2_tags(kind: ResourceType, system: &str) -> TagSpecification {
    let tag = aws_sdk_ec2::types::Tag::builder().key(TAG.0).value(system).build();
    TagSpecification::builder().resource_type(kind).tags(tag).build()
}

/// Tags a bucket with its system.
pub(crate) fn tag_bucket(aws: &Clients, bucket: &str, system: &str) {
    let tag = built!(Tag::builder().key(TAG.0).value(system));
    sent!(aws.s3.put_bucket_tagging().bucket(bucket).tagging(built!(Tagging::builder().tag_set(tag))));
}

/// Sets the versioning of a bucket.
pub(crate) fn set_versioning(aws: &Clients, bucket: &str, status: BucketVersioningStatus) {
    let configuration = VersioningConfiguration::builder().status(status).build();
    sent!(aws.s3.put_bucket_versioning().bucket(bucket).versioning_configuration(configuration));
}

/// A transition of current objects.
pub(crate) fn transition(days: i32, class: TransitionStorageClass) -> Transition {
    Transition::builder().days(days).storage_class(class).build()
}

/// An enabled rule for the whole bucket without anything to do yet.
pub(crate) fn whole_bucket_rule() -> aws_sdk_s3::types::builders::LifecycleRuleBuilder {
    LifecycleRule::builder().id("archive").status(ExpirationStatus::Enabled).filter(LifecycleRuleFilter::builder().prefix("").build())
}

/// The rule of the plan: everything to Glacier after 30 days.
pub(crate) fn sound_rule() -> LifecycleRule {
    built!(whole_bucket_rule().transitions(transition(30, TransitionStorageClass::Glacier)))
}

/// Replaces the lifecycle of a bucket.
pub(crate) fn set_lifecycle(aws: &Clients, bucket: &str, rules: impl IntoIterator<Item = LifecycleRule>) {
    let configuration = BucketLifecycleConfiguration::builder().set_rules(Some(rules.into_iter().collect()));
    sent!(aws.s3.put_bucket_lifecycle_configuration().bucket(bucket).lifecycle_configuration(built!(configuration)));
}

/// Takes a manual snapshot of the database.
pub(crate) fn snapshot(aws: &Clients, names: &Names, id: &str) {
    let tag = aws_sdk_rds::types::Tag::builder().key(TAG.0).value(TAG.1).build();
    sent!(aws.rds.create_db_snapshot().db_instance_identifier(&names.database).db_snapshot_identifier(id).tags(tag));
}

/// Makes a node group over the subnets.
pub(crate) fn make_workers(aws: &Clients, cluster: &str, workers: &str, subnets: &[String], account: &str, system: &str) {
    sent!(
        aws.eks
            .create_nodegroup()
            .cluster_name(cluster)
            .nodegroup_name(workers)
            .node_role(format!("arn:aws:iam::{account}:role/nodes"))
            .set_subnets(Some(subnets.to_vec()))
            .scaling_config(aws_sdk_eks::types::NodegroupScalingConfig::builder().min_size(2).max_size(4).desired_size(2).build())
            .tags(TAG.0, system)
    );
}

/// Makes a cluster over the subnets.
pub(crate) fn make_cluster(aws: &Clients, cluster: &str, subnets: &[String], account: &str, system: &str) {
    sent!(
        aws.eks
            .create_cluster()
            .name(cluster)
            .role_arn(format!("arn:aws:iam::{account}:role/cluster"))
            .resources_vpc_config(aws_sdk_eks::types::VpcConfigRequest::builder().set_subnet_ids(Some(subnets.to_vec())).build())
            .tags(TAG.0, system)
    );
}

/// Makes the auto-scaling group of a node group, tagged as EKS tags it.
pub(crate) fn make_scaling_group(aws: &Clients, name: &str, cluster: &str, workers: &str, subnets: &[String]) {
    let template = format!("{name}-template");
    let data = aws_sdk_ec2::types::RequestLaunchTemplateData::builder()
        .image_id("ami-12c6146b")
        .instance_type(aws_sdk_ec2::types::InstanceType::T3Medium)
        .build();
    sent!(aws.ec2.create_launch_template().launch_template_name(&template).launch_template_data(data));
    let tag = |key: &str, value: &str| {
        let tag = aws_sdk_autoscaling::types::Tag::builder().key(key).value(value).propagate_at_launch(true);
        tag.resource_type("auto-scaling-group").resource_id(name).build()
    };
    sent!(
        aws.autoscaling
            .create_auto_scaling_group()
            .auto_scaling_group_name(name)
            .launch_template(
                aws_sdk_autoscaling::types::LaunchTemplateSpecification::builder()
                    .launch_template_name(&template)
                    .version("$Latest")
                    .build()
            )
            .min_size(2)
            .max_size(4)
            .desired_capacity(2)
            .vpc_zone_identifier(subnets.join(","))
            .tags(tag("eks:cluster-name", cluster))
            .tags(tag("eks:nodegroup-name", workers))
            .tags(tag(TAG.0, TAG.1))
    );
}

/// Opens ports of a group to an IPv4 range.
pub(crate) fn open(aws: &Clients, group: &str, protocol: &str, ports: (i32, i32), cidr: &str) {
    let range = IpRange::builder().cidr_ip(cidr).build();
    permit(aws, group, IpPermission::builder().ip_protocol(protocol).from_port(ports.0).to_port(ports.1).ip_ranges(range).build());
}

/// Adds a permission to a group.
pub(crate) fn permit(aws: &Clients, group: &str, permission: IpPermission) {
    sent!(aws.ec2.authorize_security_group_ingress().group_id(group).ip_permissions(permission));
}

/// Opens PostgreSQL's port of a group to a new prefix list with these ranges.
pub(crate) fn open_to_prefix_list(aws: &Clients, group: &str, entries: &[&str]) {
    let entries = entries.iter().map(|cidr| AddPrefixListEntry::builder().cidr(*cidr).build()).collect();
    let made = aws.ec2.create_managed_prefix_list().prefix_list_name("partners").address_family("IPv4").max_entries(10);
    let made = sent!(made.set_entries(Some(entries))).prefix_list.and_then(|list| list.prefix_list_id).expect("the id of a prefix list");
    let list = PrefixListId::builder().prefix_list_id(made).build();
    permit(aws, group, IpPermission::builder().ip_protocol("tcp").from_port(5432).to_port(5432).prefix_list_ids(list).build());
}

/// What each rule of a web ACL reports.
pub(crate) fn visibility(name: &str) -> waf::VisibilityConfig {
    built!(waf::VisibilityConfig::builder().cloud_watch_metrics_enabled(true).sampled_requests_enabled(true).metric_name(name))
}

/// A managed group of AWS, switched to count or not.
pub(crate) fn managed_rule(name: &str, count: bool) -> waf::Rule {
    let statement = built!(waf::ManagedRuleGroupStatement::builder().vendor_name("AWS").name(name));
    let over = if count {
        waf::OverrideAction::builder().count(waf::CountAction::builder().build()).build()
    } else {
        waf::OverrideAction::builder().none(waf::NoneAction::builder().build()).build()
    };
    built!(
        waf::Rule::builder()
            .name("common")
            .priority(1)
            .statement(waf::Statement::builder().managed_rule_group_statement(statement).build())
            .override_action(over)
            .visibility_config(visibility("common"))
    )
}

/// A limit of requests in five minutes for each address.
pub(crate) fn rate_rule() -> waf::Rule {
    let limit = built!(waf::RateBasedStatement::builder().limit(2000).aggregate_key_type(waf::RateBasedStatementAggregateKeyType::Ip));
    built!(
        waf::Rule::builder()
            .name("rate")
            .priority(2)
            .statement(waf::Statement::builder().rate_based_statement(limit).build())
            .action(waf::RuleAction::builder().block(waf::BlockAction::builder().build()).build())
            .visibility_config(visibility("rate"))
    )
}

/// Makes a regional web ACL; its id and ARN.
pub(crate) fn make_acl(aws: &Clients, name: &str, rules: Vec<waf::Rule>, system: &str) -> (String, String) {
    let made = sent!(
        aws.waf
            .create_web_acl()
            .name(name)
            .scope(waf::Scope::Regional)
            .default_action(waf::DefaultAction::builder().allow(waf::AllowAction::builder().build()).build())
            .set_rules(Some(rules))
            .visibility_config(visibility(name))
            .tags(built!(waf::Tag::builder().key(TAG.0).value(system)))
    );
    let summary = made.summary.expect("a summary");
    (summary.id.expect("an id"), summary.arn.expect("an ARN"))
}

/// Makes a load balancer; its ARN.
pub(crate) fn make_balancer(aws: &Clients, name: &str, subnets: &[String], group: &str, system: &str) -> String {
    let tag = aws_sdk_elasticloadbalancingv2::types::Tag::builder().key(TAG.0).value(system).build();
    let made = sent!(aws.elb.create_load_balancer().name(name).set_subnets(Some(subnets.to_vec())).security_groups(group).tags(tag));
    let arn = made.load_balancers.and_then(|made| made.into_iter().next()).and_then(|made| made.load_balancer_arn);
    arn.expect("the ARN of a load balancer")
}

/// Puts a load balancer behind a web ACL.
pub(crate) fn associate(aws: &Clients, acl: &str, balancer: &str) {
    sent!(aws.waf.associate_web_acl().web_acl_arn(acl).resource_arn(balancer));
}

/// Makes a DB instance that keeps automated backups for these days.
pub(crate) fn make_database(aws: &Clients, id: &str, retention: i32, group: &str, system: &str) {
    let tag = aws_sdk_rds::types::Tag::builder().key(TAG.0).value(system).build();
    sent!(
        aws.rds
            .create_db_instance()
            .db_instance_identifier(id)
            .db_instance_class("db.t3.medium")
            .engine("postgres")
            .engine_version("16.3")
            .allocated_storage(20)
            .master_username("flowise")
            .master_user_password("not-a-secret-of-anyone")
            .backup_retention_period(retention)
            .storage_encrypted(true)
            .deletion_protection(false)
            .multi_az(true)
            .vpc_security_group_ids(group)
            .tags(tag)
    );
}
