//! What to call a resource whose name is an id or a path. For people only: identity uses the name.

use super::Resource;

impl Resource {
    /// What to show people in place of the name; `None` where the name says it all, or nothing better is known.
    pub fn label(&self) -> Option<String> {
        let id = self.meta().name.ok()?;
        match self {
            Self::SecurityGroup(group) => Some(format!("{} ({id})", group.group_name.ok().filter(|name| !name.is_empty())?)),
            Self::RecordSet(set) => Some(format!("{} {}", set.record.ok()?, set.record_type.ok()?)),
            Self::HostedZone(zone) => Some(format!("zone {}", zone.domain.ok()?)),
            Self::NetworkAcl(_) | Self::Subnet(_) => {
                let name = self.meta().tags.ok()?.get("Name").filter(|name| !name.is_empty())?;
                Some(format!("{name} ({id})"))
            }
            Self::AutoScalingGroup(_)
            | Self::Bucket(_)
            | Self::DbCluster(_)
            | Self::DbInstance(_)
            | Self::DbSnapshot(_)
            | Self::Distribution(_)
            | Self::EksCluster(_)
            | Self::HealthCheck(_)
            | Self::LoadBalancer(_)
            | Self::NodeGroup(_)
            | Self::PrefixList(_)
            | Self::WebAcl(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::network::SecurityGroup;
    use super::super::{Action, Cause, Fact, Gap, Joined, Locus, Meta, View};
    use super::*;

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
        Joined { views: BTreeMap::from([(View::Live, &live), (View::Recorded, &recorded)]) }.label()
    }

    #[test]
    fn the_strongest_view_that_knows_names_it() {
        assert_eq!(labelled(Some("web"), Some("old")).as_deref(), Some("web (sg-1)"));
        assert_eq!(labelled(None, Some("old")).as_deref(), Some("old (sg-1)"));
        assert_eq!(labelled(None, None), None);
        assert_eq!(labelled(Some(""), None), None);
    }
}
