//! Lines 70 and 71: zones, and the replacement of failed nodes.

use super::{faults, harmless};
use crate::aws::sent;
use crate::estate::{World, parts};

fn remake_workers(world: &World, subnets: &[String]) {
    let names = &world.names;
    sent!(world.aws.eks.delete_nodegroup().cluster_name(&names.cluster).nodegroup_name(&names.workers));
    parts::make_workers(&world.aws, &names.cluster, &names.workers, subnets, &world.account.id, parts::TAG.1);
}

fn suspend(world: &World, processes: &[&str]) {
    let suspended = world.aws.autoscaling.suspend_processes().auto_scaling_group_name(&world.names.scaling_group);
    sent!(suspended.set_scaling_processes(Some(processes.iter().map(|process| (*process).to_owned()).collect())));
}

fn sizes(world: &World, min: i32, max: i32) {
    sent!(
        world.aws.autoscaling.update_auto_scaling_group().auto_scaling_group_name(&world.names.scaling_group).min_size(min).max_size(max)
    );
}

faults! {
    node_group_in_one_zone: [70] => Broken, |world| { remake_workers(world, &world.names.subnets[..1]); }
    two_subnets_of_one_zone: [70] => Broken, |world| {
        let subnet = world.aws.ec2.create_subnet().vpc_id(&world.names.vpc).cidr_block("10.20.9.0/24").availability_zone("us-east-1a");
        let tags = parts::ec2_tags(aws_sdk_ec2::types::ResourceType::Subnet, parts::TAG.1);
        let second = sent!(subnet.tag_specifications(tags)).subnet.and_then(|subnet| subnet.subnet_id).expect("the id of a subnet");
        remake_workers(world, &[world.names.subnets[0].clone(), second]);
    }
    cluster_in_one_zone: [70] => Broken, |world| {
        let names = &world.names;
        sent!(world.aws.eks.delete_nodegroup().cluster_name(&names.cluster).nodegroup_name(&names.workers));
        sent!(world.aws.eks.delete_cluster().name(&names.cluster));
        parts::make_cluster(&world.aws, &names.cluster, &names.subnets[..1], &world.account.id, parts::TAG.1);
        parts::make_workers(&world.aws, &names.cluster, &names.workers, &names.subnets, &world.account.id, parts::TAG.1);
    }
    second_node_group_in_one_zone: [70] => Broken, |world| {
        let (names, subnets) = (&world.names, &world.names.subnets[2..]);
        parts::make_workers(&world.aws, &names.cluster, "gpu", subnets, &world.account.id, parts::TAG.1);
        parts::make_scaling_group(&world.aws, "eks-gpu-5e6f7a8b", &names.cluster, "gpu", subnets);
    }
    replacing_suspended: [71] => Broken, |world| { suspend(world, &["ReplaceUnhealthy"]); }
    launching_suspended: [71] => Broken, |world| { suspend(world, &["Launch"]); }
    terminating_suspended: [71] => Broken, |world| { suspend(world, &["Terminate"]); }
    health_checks_suspended: [71] => Broken, |world| { suspend(world, &["HealthCheck"]); }
    rebalancing_suspended: [71] => Broken, |world| { suspend(world, &["AZRebalance"]); }
    everything_suspended: [71] => Broken, |world| { suspend(world, &[]); }
    no_room_to_grow: [71] => Broken, |world| { sizes(world, 4, 4); }
    no_room_at_the_bottom_either: [71] => Broken, |world| { sizes(world, 2, 2); }
    scaling_group_not_listed: [71] => Unknown, |world| {
        sent!(world.aws.autoscaling.delete_auto_scaling_group().auto_scaling_group_name(&world.names.scaling_group).force_delete(true));
    }
    second_node_group_suspended: [71] => Broken, |world| {
        let names = &world.names;
        parts::make_workers(&world.aws, &names.cluster, "gpu", &names.subnets, &world.account.id, parts::TAG.1);
        parts::make_scaling_group(&world.aws, "eks-gpu-5e6f7a8b", &names.cluster, "gpu", &names.subnets);
        let suspended = world.aws.autoscaling.suspend_processes().auto_scaling_group_name("eks-gpu-5e6f7a8b");
        sent!(suspended.scaling_processes("ReplaceUnhealthy"));
    }
}

harmless! {
    two_zones_are_several: |world| { remake_workers(world, &world.names.subnets[1..]); }
    alarms_suspended: |world| { suspend(world, &["AlarmNotification", "ScheduledActions"]); }
    found_by_the_node_groups_own_answer: |world| {
        let names = &world.names;
        let groups = &world.aws.autoscaling;
        sent!(groups.delete_auto_scaling_group().auto_scaling_group_name(&names.scaling_group).force_delete(true));
        let group = sent!(world.aws.eks.describe_nodegroup().cluster_name(&names.cluster).nodegroup_name(&names.workers));
        let resources = group.nodegroup.and_then(|group| group.resources).and_then(|resources| resources.auto_scaling_groups);
        let named = resources.and_then(|groups| groups.into_iter().next()).and_then(|group| group.name).expect("the name of its group");
        parts::make_scaling_group(&world.aws, &named, &names.cluster, &names.workers, &names.subnets);
        let untagged = ["eks:cluster-name", "eks:nodegroup-name"].map(|key| {
            aws_sdk_autoscaling::types::Tag::builder().key(key).resource_type("auto-scaling-group").resource_id(&named).build()
        });
        sent!(groups.delete_tags().set_tags(Some(untagged.to_vec())));
    }
}
