//! Lines 48 and 49: versions are kept, and everything goes to Glacier after 30 days.

use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{
    BucketVersioningStatus, ExpirationStatus, LifecycleExpiration, LifecycleRule, LifecycleRuleAndOperator, LifecycleRuleFilter,
    NoncurrentVersionTransition, Tag, Transition, TransitionStorageClass,
};

use super::{each_element, faults, harmless};
use crate::aws::{Clients, built, sent};
use crate::estate::{World, parts};
use crate::proxy::Effect;

/// Gives the first bucket these rules; the second stays sound.
fn lifecycle(world: &World, rules: impl IntoIterator<Item = LifecycleRule>) {
    parts::set_lifecycle(&world.aws, &world.names.buckets[0], rules);
}

fn archive(days: i32, class: TransitionStorageClass) -> LifecycleRule {
    built!(parts::whole_bucket_rule().transitions(parts::transition(days, class)))
}

fn filtered(filter: LifecycleRuleFilter) -> LifecycleRule {
    built!(parts::whole_bucket_rule().filter(filter).transitions(parts::transition(30, TransitionStorageClass::Glacier)))
}

fn tag() -> Tag {
    built!(Tag::builder().key("archive").value("yes"))
}

/// The emulator forgets the sizes of a filter; the answer about the first bucket remembers them.
fn sizes_only(world: &World, filter: &'static str) {
    let of_first = format!("/{}?", world.names.buckets[0]);
    let rewritten = Effect::rewrite(move |body| each_element(body, "Filter", |_| Some(format!("<Filter>{filter}</Filter>"))));
    world.proxy.inject(
        move |call| call.operation == "GetBucketLifecycleConfiguration" && call.target.replace("/?", "?").contains(&of_first),
        rewritten,
    );
}

#[test]
fn sizes_reach_the_answers() {
    let Some(world) = World::sound(concat!(module_path!(), "::sizes_reach_the_answers")) else { return };
    sizes_only(&world, "<ObjectSizeGreaterThan>1048576</ObjectSizeGreaterThan>");
    let seen = Clients::new(&world.proxy.url, &world.account);
    let least = |bucket: &str| {
        let rules = sent!(seen.s3.get_bucket_lifecycle_configuration().bucket(bucket)).rules.expect("rules");
        rules[0].filter().and_then(|filter| filter.object_size_greater_than())
    };
    assert_eq!(world.names.buckets.each_ref().map(|bucket| least(bucket)), [Some(1 << 20), None]);
}

faults! {
    versioning_suspended: [48] => Broken, |world| {
        parts::set_versioning(&world.aws, &world.names.buckets[0], BucketVersioningStatus::Suspended);
    }
    versioning_suspended_on_the_other_bucket: [48] => Broken, |world| {
        parts::set_versioning(&world.aws, &world.names.buckets[1], BucketVersioningStatus::Suspended);
    }
    versioning_never_enabled_on_a_new_bucket: [48] => Broken, |world| {
        let bucket = format!("flowise-new-{}", world.account.id);
        sent!(world.aws.s3.create_bucket().bucket(&bucket));
        parts::tag_bucket(&world.aws, &bucket, parts::TAG.1);
        parts::set_lifecycle(&world.aws, &bucket, [parts::sound_rule()]);
    }
    a_day_too_early: [49] => Broken, |world| { lifecycle(world, [archive(29, TransitionStorageClass::Glacier)]); }
    a_day_too_late: [49] => Broken, |world| { lifecycle(world, [archive(31, TransitionStorageClass::Glacier)]); }
    infrequent_access_instead: [49] => Broken, |world| { lifecycle(world, [archive(30, TransitionStorageClass::StandardIa)]); }
    one_zone_instead: [49] => Broken, |world| { lifecycle(world, [archive(30, TransitionStorageClass::OnezoneIa)]); }
    rule_disabled: [49] => Broken, |world| {
        let rule = parts::whole_bucket_rule().status(ExpirationStatus::Disabled);
        lifecycle(world, [built!(rule.transitions(parts::transition(30, TransitionStorageClass::Glacier)))]);
    }
    one_prefix_only: [49] => Broken, |world| { lifecycle(world, [filtered(LifecycleRuleFilter::builder().prefix("logs/").build())]); }
    one_tag_only: [49] => Broken, |world| { lifecycle(world, [filtered(LifecycleRuleFilter::builder().tag(tag()).build())]); }
    one_prefix_and_tag_only: [49] => Broken, |world| {
        let and = LifecycleRuleAndOperator::builder().prefix("").tags(tag()).build();
        lifecycle(world, [filtered(LifecycleRuleFilter::builder().and(and).build())]);
    }
    large_objects_only: [49] => Broken, |world| { sizes_only(world, "<ObjectSizeGreaterThan>1048576</ObjectSizeGreaterThan>"); }
    small_objects_only: [49] => Broken, |world| { sizes_only(world, "<ObjectSizeLessThan>1048576</ObjectSizeLessThan>"); }
    large_objects_of_one_prefix_only: [49] => Broken, |world| {
        sizes_only(world, "<And><Prefix></Prefix><ObjectSizeGreaterThan>1048576</ObjectSizeGreaterThan></And>");
    }
    old_versions_only: [49] => Broken, |world| {
        let moved = NoncurrentVersionTransition::builder().noncurrent_days(30).storage_class(TransitionStorageClass::Glacier).build();
        lifecycle(world, [built!(parts::whole_bucket_rule().noncurrent_version_transitions(moved))]);
    }
    deleted_before_it_is_archived: [49] => Broken, |world| {
        let gone = LifecycleExpiration::builder().days(20).build();
        lifecycle(world, [parts::sound_rule(), built!(parts::whole_bucket_rule().id("expire").expiration(gone))]);
    }
    once_on_a_date: [49] => Broken, |world| {
        let date = DateTime::from_secs(1_924_992_000); // 2031-01-01, midnight UTC as S3 demands
        let moved = Transition::builder().date(date).storage_class(TransitionStorageClass::Glacier).build();
        lifecycle(world, [built!(parts::whole_bucket_rule().transitions(moved))]);
    }
    no_lifecycle: [49] => Broken, |world| {
        sent!(world.aws.s3.delete_bucket_lifecycle().bucket(&world.names.buckets[0]));
    }
    enabled_for_a_part_and_disabled_for_the_rest: [49] => Broken, |world| {
        let rest = parts::whole_bucket_rule().id("rest").status(ExpirationStatus::Disabled);
        let rest = built!(rest.transitions(parts::transition(30, TransitionStorageClass::Glacier)));
        lifecycle(world, [filtered(LifecycleRuleFilter::builder().prefix("a/").build()), rest]);
    }
}

harmless! {
    a_second_rule_for_old_versions: |world| {
        let moved = NoncurrentVersionTransition::builder().noncurrent_days(60).storage_class(TransitionStorageClass::Glacier).build();
        lifecycle(world, [parts::sound_rule(), built!(parts::whole_bucket_rule().id("old").noncurrent_version_transitions(moved))]);
    }
    deleted_a_year_after_it_is_archived: |world| {
        let gone = LifecycleExpiration::builder().days(365).build();
        let rule = parts::whole_bucket_rule().transitions(parts::transition(30, TransitionStorageClass::Glacier));
        lifecycle(world, [built!(rule.expiration(gone))]);
    }
    state_remembers_no_versioning: |world| {
        let kinds = ["aws_s3_bucket_versioning", "aws_s3_bucket_lifecycle_configuration"];
        let resources = world.state["resources"].as_array_mut().expect("a list");
        resources.retain(|resource| !kinds.iter().any(|kind| resource["type"] == **kind));
    }
}
