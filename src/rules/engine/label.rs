//! What to call a subject whose name is an id or a path. For people only: identity, waivers and fingerprints use the name.

use super::join::Joined;
use crate::estate::Kind;
use crate::estate::Resource;

/// The label of a subject, from the strongest view that knows one; `None` where the name says it all.
pub(super) fn label(thing: &Joined<'_>) -> Option<String> {
    thing.views.values().rev().find_map(|resource| of(resource))
}

fn of(resource: &Resource) -> Option<String> {
    let id = resource.meta().name.ok()?;
    match resource {
        Resource::SecurityGroup(group) => Some(format!("{} ({id})", group.group_name.ok().filter(|name| !name.is_empty())?)),
        Resource::RecordSet(set) => Some(format!("{} {}", set.record.ok()?, set.record_type.ok()?)),
        Resource::HostedZone(zone) => Some(format!("zone {}", zone.domain.ok()?)),
        Resource::NetworkAcl(_) | Resource::Subnet(_) => {
            let name = resource.meta().tags.ok()?.get("Name").filter(|name| !name.is_empty())?;
            Some(format!("{name} ({id})"))
        }
        Resource::AutoScalingGroup(_)
        | Resource::Bucket(_)
        | Resource::DbCluster(_)
        | Resource::DbInstance(_)
        | Resource::DbSnapshot(_)
        | Resource::Distribution(_)
        | Resource::EksCluster(_)
        | Resource::HealthCheck(_)
        | Resource::LoadBalancer(_)
        | Resource::NodeGroup(_)
        | Resource::PrefixList(_)
        | Resource::WebAcl(_) => None,
    }
}

/// Subjects nobody could name, by their kinds: `DB clusters and DB instances`.
pub(super) fn kinds_label(kinds: &[Kind]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| format!("{kind}s")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::estate::network::SecurityGroup;
    use crate::estate::{Action, Cause, Fact, Gap, Locus, Meta, View};

    fn group(name: Option<&str>) -> Resource {
        let gap = Gap::new(Cause::NotRead, "not read");
        let seen = |text: &str| Fact::known_at(text.to_owned(), Locus::Api(Action::of("ec2:DescribeSecurityGroups")));
        let mut group = SecurityGroup::unread(Meta { name: seen("sg-1"), ..Meta::unseen(&gap) }, &gap);
        if let Some(name) = name {
            group.group_name = seen(name);
        }
        group.into()
    }

    fn labelled(live: Option<&str>, recorded: Option<&str>) -> Option<String> {
        let (live, recorded) = (group(live), group(recorded));
        label(&Joined { views: BTreeMap::from([(View::Live, &live), (View::Recorded, &recorded)]) })
    }

    #[test]
    fn the_strongest_view_that_knows_names_it() {
        assert_eq!(labelled(Some("web"), Some("old")).as_deref(), Some("web (sg-1)"));
        assert_eq!(labelled(None, Some("old")).as_deref(), Some("old (sg-1)"));
        assert_eq!(labelled(None, None), None);
        assert_eq!(labelled(Some(""), None), None);
    }

    #[test]
    fn kinds_are_listed_as_people_do() {
        assert_eq!(kinds_label(&[Kind::Bucket]), "S3 buckets");
        assert_eq!(kinds_label(&[Kind::Subnet, Kind::EksCluster, Kind::NodeGroup]), "subnets, EKS clusters and EKS node groups");
    }
}
