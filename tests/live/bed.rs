//! The bed itself: the estate is what it says, and accounts are apart.

use crate::aws::sent;
use crate::estate::World;

#[test]
fn the_sound_estate_is_there() {
    let Some(world) = World::sound("bed::the_sound_estate_is_there") else { return };
    let (aws, names) = (&world.aws, &world.names);

    let identifier = sent!(aws.rds.describe_db_instances().db_instance_identifier(&names.database));
    assert_eq!(identifier.db_instances()[0].backup_retention_period(), Some(7));
    let snapshots = sent!(aws.rds.describe_db_snapshots().snapshot_type("manual"));
    assert_eq!(snapshots.db_snapshots().len(), 1, "one manual snapshot");

    let group = sent!(aws.eks.describe_nodegroup().cluster_name(&names.cluster).nodegroup_name(&names.workers));
    assert_eq!(group.nodegroup().expect("a node group").subnets().len(), 3);
    let subnets = sent!(aws.ec2.describe_subnets().set_subnet_ids(Some(names.subnets.to_vec())));
    let zones: std::collections::BTreeSet<_> = subnets.subnets().iter().filter_map(|subnet| subnet.availability_zone()).collect();
    assert_eq!(zones.len(), 3, "{zones:?}");
    let scaling = sent!(aws.autoscaling.describe_auto_scaling_groups().auto_scaling_group_names(&names.scaling_group));
    assert_eq!(scaling.auto_scaling_groups()[0].max_size(), Some(4));

    let acl = sent!(aws.waf.get_web_acl_for_resource().resource_arn(&names.balancer_arn));
    assert_eq!(acl.web_acl().map(|acl| acl.arn()), Some(names.acl_arn.as_str()));
}

#[test]
fn accounts_are_apart() {
    let Some(one) = World::sound("bed::accounts_are_apart/1") else { return };
    let Some(two) = World::sound("bed::accounts_are_apart/2") else { return };
    assert_ne!(one.account.id, two.account.id);
    let buckets = |world: &World| {
        let listed = sent!(world.aws.s3.list_buckets());
        listed.buckets().iter().filter_map(|bucket| bucket.name().map(str::to_owned)).collect::<Vec<_>>()
    };
    let (of_one, of_two) = (buckets(&one), buckets(&two));
    assert_eq!((of_one.len(), of_two.len()), (4, 4), "{of_one:?} {of_two:?}");
    assert!(of_one.iter().all(|bucket| bucket.contains(&one.account.id)), "{of_one:?}");
    let databases = sent!(one.aws.rds.describe_db_instances());
    assert_eq!(databases.db_instances().len(), 2);
}
