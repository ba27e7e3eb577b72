//! Things of others in the same account, with everything wrong that the plan forbids: none of it may be judged.

use aws_sdk_ec2::types::ResourceType;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};

use super::Names;
use super::parts;
use crate::aws::{Account, Clients, sent};

const OTHER: &str = "other";

/// Makes them.
pub(crate) fn make(aws: &Clients, account: &Account, names: &Names) {
    sent!(aws.s3.create_bucket().bucket(format!("untagged-{}", account.id)));
    let elsewhere = format!("other-{}", account.id);
    let oregon = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::UsWest2).build();
    sent!(aws.s3.create_bucket().bucket(&elsewhere).create_bucket_configuration(oregon));
    parts::tag_bucket(aws, &elsewhere, OTHER);

    let tags = parts::ec2_tags(ResourceType::SecurityGroup, OTHER);
    let group = aws.ec2.create_security_group().group_name("other-db").description("open").vpc_id(&names.vpc);
    let group = sent!(group.tag_specifications(tags)).group_id.expect("the id of a security group");
    parts::open(aws, &group, "tcp", (5432, 5432), "0.0.0.0/0");

    parts::make_database(aws, "other-db", 0, &group, OTHER);
    let one_zone = &names.subnets[..1];
    parts::make_cluster(aws, "other", one_zone, &account.id, OTHER);
    parts::make_workers(aws, "other", "workers", one_zone, &account.id, OTHER);
    parts::make_balancer(aws, "other", &names.subnets, &group, OTHER);
    parts::make_acl(aws, "other", vec![parts::rate_rule()], OTHER);
}
