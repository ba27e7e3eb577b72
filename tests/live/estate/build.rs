//! Makes the sound estate.

use aws_sdk_ec2::types::{IpPermission, IpRange, ResourceType, UserIdGroupPair};
use aws_sdk_s3::types::BucketVersioningStatus;

use super::Names;
use super::parts::{self, COMMON, TAG};
use crate::aws::{Account, Clients, REGION, sent};

const ZONES: [&str; 3] = ["a", "b", "c"];

/// Everything that the plan promises, as promised.
pub(crate) fn sound(aws: &Clients, account: &Account) -> Names {
    let buckets = ["artifacts", "models"].map(|purpose| make_bucket(aws, &format!("flowise-{purpose}-{}", account.id)));
    let (vpc, subnets) = make_network(aws);
    let [balancer_group, node_group, database_group] = make_groups(aws, &vpc);

    let database = "flowise-db".to_owned();
    parts::make_database(aws, &database, 7, &database_group, TAG.1);

    let (cluster, workers) = ("flowise".to_owned(), "workers".to_owned());
    parts::make_cluster(aws, &cluster, &subnets, &account.id, TAG.1);
    parts::make_workers(aws, &cluster, &workers, &subnets, &account.id, TAG.1);
    let scaling_group = "eks-workers-1ac2b3d4".to_owned();
    parts::make_scaling_group(aws, &scaling_group, &cluster, &workers, &subnets);

    let balancer_arn = parts::make_balancer(aws, "flowise", &subnets, &balancer_group, TAG.1);
    let rules = vec![parts::managed_rule(COMMON, false), parts::rate_rule()];
    let (acl_id, acl_arn) = parts::make_acl(aws, "flowise", rules, TAG.1);
    parts::associate(aws, &acl_arn, &balancer_arn);

    let names = Names {
        buckets,
        database,
        vpc,
        subnets,
        balancer_group,
        node_group,
        database_group,
        cluster,
        workers,
        scaling_group,
        balancer_arn,
        acl_id,
        acl_arn,
    };
    parts::snapshot(aws, &names, "flowise-before-release");
    names
}

fn make_bucket(aws: &Clients, name: &str) -> String {
    sent!(aws.s3.create_bucket().bucket(name));
    parts::tag_bucket(aws, name, TAG.1);
    parts::set_versioning(aws, name, BucketVersioningStatus::Enabled);
    parts::set_lifecycle(aws, name, [parts::sound_rule()]);
    name.to_owned()
}

fn make_network(aws: &Clients) -> (String, [String; 3]) {
    let tags = |kind| parts::ec2_tags(kind, TAG.1);
    let made = sent!(aws.ec2.create_vpc().cidr_block("10.20.0.0/16").tag_specifications(tags(ResourceType::Vpc)));
    let vpc = made.vpc.and_then(|vpc| vpc.vpc_id).expect("the id of a VPC");
    let mut block = 0;
    let subnets = ZONES.map(|zone| {
        block += 1;
        let subnet = aws.ec2.create_subnet().vpc_id(&vpc).cidr_block(format!("10.20.{block}.0/24"));
        let made = sent!(subnet.availability_zone(format!("{REGION}{zone}")).tag_specifications(tags(ResourceType::Subnet)));
        made.subnet.and_then(|subnet| subnet.subnet_id).expect("the id of a subnet")
    });
    (vpc, subnets)
}

/// The groups of the load balancer, the nodes and the database; each lets in the one before it.
fn make_groups(aws: &Clients, vpc: &str) -> [String; 3] {
    let [balancer, nodes, database] = ["alb", "nodes", "db"].map(|name| {
        let tags = parts::ec2_tags(ResourceType::SecurityGroup, TAG.1);
        let group = aws.ec2.create_security_group().group_name(format!("flowise-{name}")).description(name).vpc_id(vpc);
        sent!(group.tag_specifications(tags)).group_id.expect("the id of a security group")
    });
    let from = |group: &str| UserIdGroupPair::builder().group_id(group).build();
    let tcp = |port: i32| IpPermission::builder().ip_protocol("tcp").from_port(port).to_port(port);
    parts::permit(aws, &balancer, tcp(443).ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build()).build());
    parts::permit(aws, &nodes, tcp(30080).user_id_group_pairs(from(&balancer)).build());
    parts::permit(aws, &nodes, IpPermission::builder().ip_protocol("-1").user_id_group_pairs(from(&nodes)).build());
    parts::permit(aws, &database, tcp(5432).user_id_group_pairs(from(&nodes)).build());
    [balancer, nodes, database]
}
