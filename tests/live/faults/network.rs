//! Line 102: database, cache and node ports are closed to the world, in every spelling; every subnet has a network ACL.

use aws_sdk_ec2::types::{IpPermission, Ipv6Range};

use super::{faults, harmless};
use crate::aws::{Clients, sent};
use crate::estate::{World, parts};
use crate::proxy::Effect;

const WORLD: &str = "0.0.0.0/0";

fn open_database(world: &World, protocol: &str, ports: (i32, i32), cidr: &str) {
    parts::open(&world.aws, &world.names.database_group, protocol, ports, cidr);
}

fn open_nodes(world: &World, ports: (i32, i32), cidr: &str) {
    parts::open(&world.aws, &world.names.node_group, "tcp", ports, cidr);
}

fn open_v6(world: &World, cidr: &str) {
    let range = Ipv6Range::builder().cidr_ipv6(cidr).build();
    let permission = IpPermission::builder().ip_protocol("tcp").from_port(5432).to_port(5432).ipv6_ranges(range).build();
    parts::permit(&world.aws, &world.names.database_group, permission);
}

fn open_to_prefix_list(world: &World, entries: &[&str]) {
    parts::open_to_prefix_list(&world.aws, &world.names.database_group, entries);
}

/// AWS always keeps one; only an answer can lose it.
fn take_acl_away(world: &World) {
    let subnet = world.names.subnets[1].clone();
    world.proxy.inject_into("DescribeNetworkAcls", Effect::rewrite(move |body| body.replace(&subnet, "subnet-00000000000000000")));
}

faults! {
    postgres_open: [102] => Broken, |world| { open_database(world, "tcp", (5432, 5432), WORLD); }
    postgres_open_to_ipv6: [102] => Broken, |world| { open_v6(world, "::/0"); }
    postgres_open_to_both_halves_of_ipv6: [102] => Broken, |world| { open_v6(world, "::/1"); open_v6(world, "8000::/1"); }
    postgres_in_an_open_range: [102] => Broken, |world| { open_database(world, "tcp", (5000, 6000), WORLD); }
    postgres_at_the_edge_of_an_open_range: [102] => Broken, |world| { open_database(world, "tcp", (5000, 5432), WORLD); }
    every_tcp_port_open: [102] => Broken, |world| { open_database(world, "tcp", (0, 65535), WORLD); }
    all_traffic_open: [102] => Broken, |world| {
        let range = aws_sdk_ec2::types::IpRange::builder().cidr_ip(WORLD).build();
        parts::permit(&world.aws, &world.names.database_group, IpPermission::builder().ip_protocol("-1").ip_ranges(range).build());
    }
    both_halves_of_the_world: [102] => Broken, |world| {
        open_database(world, "tcp", (5432, 5432), "0.0.0.0/1");
        open_database(world, "tcp", (5432, 5432), "128.0.0.0/1");
    }
    mysql_open: [102] => Broken, |world| { open_database(world, "tcp", (3306, 3306), WORLD); }
    redis_open: [102] => Broken, |world| { open_database(world, "tcp", (6379, 6379), WORLD); }
    memcached_open_over_udp: [102] => Broken, |world| { open_database(world, "udp", (11211, 11211), WORLD); }
    node_port_open: [102] => Broken, |world| { open_nodes(world, (30080, 30080), WORLD); }
    last_node_port_open: [102] => Broken, |world| { open_nodes(world, (32767, 32767), WORLD); }
    kubelet_open: [102] => Broken, |world| { open_nodes(world, (10250, 10250), WORLD); }
    prefix_list_of_the_world: [102] => Broken, |world| { open_to_prefix_list(world, &["10.0.0.0/8", WORLD]); }
    balancer_open_on_postgres: [102] => Broken, |world| {
        parts::open(&world.aws, &world.names.balancer_group, "tcp", (5432, 5432), WORLD);
    }
    subnet_without_network_acl: [102] => NotKept, |world| { take_acl_away(world); }
}

#[test]
fn a_subnet_can_lose_its_network_acl() {
    let Some(world) = World::sound(concat!(module_path!(), "::a_subnet_can_lose_its_network_acl")) else { return };
    let seen = Clients::new(&world.proxy.url, &world.account);
    let associated = || {
        let listed = sent!(seen.ec2.describe_network_acls());
        let associations = listed.network_acls().iter().flat_map(|acl| acl.associations());
        associations.filter_map(|one| one.subnet_id().map(str::to_owned)).filter(|subnet| world.names.subnets.contains(subnet)).count()
    };
    assert_eq!(associated(), 3);
    take_acl_away(&world);
    assert_eq!(associated(), 2);
}

harmless! {
    postgres_open_to_the_office: |world| { open_database(world, "tcp", (5432, 5432), "203.0.113.0/24"); }
    postgres_open_to_a_prefix_list_of_partners: |world| { open_to_prefix_list(world, &["203.0.113.0/24", "10.0.0.0/8"]); }
    web_ports_open: |world| { parts::open(&world.aws, &world.names.balancer_group, "tcp", (80, 80), WORLD); }
    beside_the_node_ports: |world| { open_nodes(world, (29999, 29999), WORLD); }
    postgres_number_over_udp_is_nothing: |world| { open_nodes(world, (443, 443), WORLD); }
}
