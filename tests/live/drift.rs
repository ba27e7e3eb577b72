//! Changes by hand after an apply: `lastro drift` names exactly what was changed, and that it was changed by hand.

use std::collections::BTreeMap;

use aws_sdk_eks::types::NodegroupScalingConfig;
use aws_sdk_s3::types::{BucketVersioningStatus, TransitionStorageClass};
use aws_sdk_wafv2::types::{AllowAction, DefaultAction, Scope};
use lastro::report::model::Drift;
use serde_json::{Value, json};

use crate::audit::{program, run};
use crate::aws::{REGION, built, sent};
use crate::estate::{World, parts, state};

/// Differences by subject and attribute, of things that a promise speaks of or the state records.
fn drift(world: &World) -> BTreeMap<String, Drift> {
    let mut command = program(world);
    command.args(["drift", "policies/flowise.yaml", "--live", "--format", "json", "--endpoint-url", &world.proxy.url, "--state"]);
    let done = run(command.arg(world.state_file()));
    let report: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|e| panic!("no report ({e}): {}", done.stderr));
    let found: Vec<Drift> = serde_json::from_value(report["drift"].clone()).expect("drift");
    assert!([Some(0), Some(1), Some(2)].contains(&done.code), "{:?}: {}", done.code, done.stderr);
    assert_eq!(done.code == Some(1), !found.is_empty(), "{}", done.stderr);
    found.into_iter().map(|one| (format!("{} {}", one.subject.name, one.attribute), one)).collect()
}

/// Records what the state of the sound estate leaves out, as an apply would have.
fn record_the_rest(world: &mut World) {
    let (names, account) = (&world.names, &world.account.id);
    let tags = json!({ parts::TAG.0: parts::TAG.1 });
    let group = json!({
        "id": names.database_group, "arn": format!("arn:aws:ec2:{REGION}:{account}:security-group/{}", names.database_group),
        "vpc_id": names.vpc, "tags": tags, "tags_all": tags,
        "ingress": [{ "protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": [], "ipv6_cidr_blocks": [],
            "prefix_list_ids": [], "security_groups": [names.node_group], "self": false }]
    });
    let workers = json!({
        "id": format!("{}:{}", names.cluster, names.workers), "cluster_name": names.cluster, "node_group_name": names.workers,
        "subnet_ids": names.subnets, "tags": tags, "tags_all": tags
    });
    let more =
        [state::resource("aws_security_group", "database", 1, &group), state::resource("aws_eks_node_group", "workers", 0, &workers)];
    world.state["resources"].as_array_mut().expect("a list").extend(more);
    let described = sent!(world.aws.eks.describe_nodegroup().cluster_name(&world.names.cluster).nodegroup_name(&world.names.workers));
    let sizes = described.nodegroup.and_then(|group| group.scaling_config).expect("sizes");
    let recorded = world.state["resources"].as_array_mut().and_then(|all| all.last_mut()).expect("the node group");
    recorded["instances"][0]["attributes"]["scaling_config"] =
        json!([{ "min_size": sizes.min_size, "max_size": sizes.max_size, "desired_size": sizes.desired_size }]);
}

/// Makes a change, and asserts that the difference to before is this attribute of this subject, with this blame.
fn changed(test: &str, change: fn(&mut World), expected: fn(&World) -> (String, &'static str, &'static str)) {
    let Some(mut world) = World::sound(test) else { return };
    record_the_rest(&mut world);
    let before = drift(&world);
    let settings: Vec<_> = before.keys().filter(|key| !key.ends_with(" resource")).collect();
    assert!(settings.is_empty(), "nothing was changed yet: {before:#?}");
    change(&mut world);
    let (subject, attribute, blame) = expected(&world);
    let new: BTreeMap<_, _> = drift(&world).into_iter().filter(|(key, _)| !before.contains_key(key)).collect();
    let keys: Vec<&String> = new.keys().collect();
    assert_eq!(keys, [&format!("{subject} {attribute}")], "{new:#?}");
    assert!(new.values().all(|one| one.blame.starts_with(blame)), "{new:#?}");
}

const BY_HAND: &str = "changed by hand";

macro_rules! changes {
    ($($name:ident: |$world:ident| $change:block => $subject:expr, $attribute:expr, $blame:expr;)+) => {
        $(
            #[test]
            fn $name() {
                fn change($world: &mut World) $change
                fn expected($world: &World) -> (String, &'static str, &'static str) { let _ = $world; ($subject.clone(), $attribute, $blame) }
                changed(concat!(module_path!(), "::", stringify!($name)), change, expected);
            }
        )+
    };
}

macro_rules! modify_database {
    ($world:ident, $($setting:ident($value:expr)),+) => {
        sent!($world.aws.rds.modify_db_instance().db_instance_identifier(&$world.names.database).apply_immediately(true)$(.$setting($value))+)
    };
}

changes! {
    retention: |world| { modify_database!(world, backup_retention_period(1)); } => world.names.database, "backup_retention_days", BY_HAND;
    standby: |world| { modify_database!(world, multi_az(false)); } => world.names.database, "multi_az", BY_HAND;
    deletion_protection: |world| { modify_database!(world, deletion_protection(true)); } => world.names.database, "deletion_protection", BY_HAND;
    versioning: |world| {
        parts::set_versioning(&world.aws, &world.names.buckets[0], BucketVersioningStatus::Suspended);
    } => world.names.buckets[0], "versioning", BY_HAND;
    lifecycle_days: |world| {
        let rule = built!(parts::whole_bucket_rule().transitions(parts::transition(60, TransitionStorageClass::Glacier)));
        parts::set_lifecycle(&world.aws, &world.names.buckets[0], [rule]);
    } => world.names.buckets[0], "lifecycle[\"archive\"].transitions[0].days", BY_HAND;
    open_group: |world| {
        parts::open(&world.aws, &world.names.database_group, "tcp", (5432, 5432), "0.0.0.0/0");
    } => world.names.database_group, "ingress[tcp 5432 from 0.0.0.0/0]", BY_HAND;
    counting_rule: |world| {
        let acl = || world.aws.waf.get_web_acl().name("flowise").scope(Scope::Regional).id(&world.names.acl_id);
        let token = sent!(acl()).lock_token.expect("a lock token");
        let allow = DefaultAction::builder().allow(AllowAction::builder().build()).build();
        let change = world.aws.waf.update_web_acl().name("flowise").scope(Scope::Regional).id(&world.names.acl_id);
        let change = change.lock_token(token).default_action(allow).visibility_config(parts::visibility("flowise"));
        sent!(change.set_rules(Some(vec![parts::managed_rule(parts::COMMON, true), parts::rate_rule()])));
    } => "flowise".to_owned(), "rules[\"common\"].action", BY_HAND;
    node_group_size: |world| {
        let sizes = NodegroupScalingConfig::builder().min_size(1).max_size(17).desired_size(2).build();
        let before = sent!(world.aws.eks.describe_nodegroup().cluster_name(&world.names.cluster).nodegroup_name(&world.names.workers));
        let min = before.nodegroup.and_then(|group| group.scaling_config).and_then(|sizes| sizes.min_size);
        let sizes = NodegroupScalingConfig::builder().set_min_size(min).set_max_size(sizes.max_size).set_desired_size(sizes.desired_size).build();
        let change = world.aws.eks.update_nodegroup_config().cluster_name(&world.names.cluster).nodegroup_name(&world.names.workers);
        sent!(change.scaling_config(sizes));
    } => format!("{}/{}", world.names.cluster, world.names.workers), "max", BY_HAND;
    bucket_deleted: |world| {
        sent!(world.aws.s3.delete_bucket().bucket(&world.names.buckets[1]));
    } => world.names.buckets[1], "resource", "deleted by hand";
    unmanaged_bucket: |world| {
        let bucket = format!("flowise-by-hand-{}", world.account.id);
        sent!(world.aws.s3.create_bucket().bucket(&bucket));
        parts::tag_bucket(&world.aws, &bucket, parts::TAG.1);
    } => format!("flowise-by-hand-{}", world.account.id), "resource", "not managed by code";
}
