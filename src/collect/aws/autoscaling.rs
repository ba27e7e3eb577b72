//! Auto-scaling groups.

use super::errand::{Errand, Haul, count, seen, tags, texts};
use super::pages::{self, Page};
use crate::collect::needs::DESCRIBE_SCALING_GROUPS as CALL;
use crate::estate::cluster::AutoScalingGroup;
use crate::estate::{Kind, Region, Scope};
use futures::future::FutureExt as _;

/// Every group of a region: node groups point at them by name or by tag.
pub(super) async fn read(errand: &Errand<'_>, region: &Region) -> Haul {
    let client = errand.session.autoscaling(region);
    let (groups, gap) = pages::all(CALL, |token| {
        let sent = client.describe_auto_scaling_groups().max_records(100).set_next_token(token).send().boxed();
        async { errand.ask(CALL, region, sent).await.map(|page| Page::new(page.auto_scaling_groups, page.next_token)) }
    })
    .await;
    let mut haul = Haul::default();
    for group in groups {
        let name = group.auto_scaling_group_name().map(super::clean).unwrap_or_default();
        let mut meta = errand.meta(CALL, region, name, group.auto_scaling_group_arn());
        meta.tags = tags(CALL, group.tags().iter().map(|tag| (tag.key(), tag.value())));
        let suspended = group.suspended_processes().iter().filter_map(|process| process.process_name());
        haul.add(AutoScalingGroup {
            meta,
            suspended: seen(CALL, texts(suspended)),
            min: count(CALL, group.min_size(), "MinSize"),
            max: count(CALL, group.max_size(), "MaxSize"),
            zones: seen(CALL, texts(group.availability_zones().iter().map(String::as_str))),
        });
    }
    haul.listed(Kind::AutoScalingGroup, Scope::Region(region.clone()), gap);
    haul
}
