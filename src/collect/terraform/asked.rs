//! What is to be read of Terraform code and states: the kinds that promises speak of, and nothing more.
//!
//! Nothing here reads. What is not asked for is skipped, but for the secrets in it.

use std::collections::BTreeSet;

use super::map;
use crate::estate::Kind;

/// What is asked of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    kinds: BTreeSet<Kind>,
    /// List the address of every managed resource of any type.
    pub addresses: bool,
}

/// Everything that can be read.
impl Default for Asked {
    fn default() -> Self {
        Self { kinds: map::kinds(), addresses: true }
    }
}

impl Asked {
    /// These kinds, and those that say something about them in Terraform.
    pub fn of(kinds: impl IntoIterator<Item = Kind>, addresses: bool) -> Self {
        let (mut asked, mut open) = (BTreeSet::new(), kinds.into_iter().collect::<Vec<_>>());
        while let Some(kind) = open.pop() {
            if asked.insert(kind) {
                open.extend(told_by(kind));
            }
        }
        Self { kinds: asked, addresses }
    }

    /// The kinds, sorted.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.kinds.iter().copied()
    }

    /// Whether code of this type is evaluated: what is asked for, and what holds passwords that others may repeat.
    pub fn evaluates(&self, resource_type: &str) -> bool {
        let holds_secrets = |kind| matches!(kind, Kind::DbCluster | Kind::DbInstance);
        map::kind_of(resource_type).is_some_and(|kind| self.kinds.contains(&kind) || holds_secrets(kind))
    }

    /// The kind that objects of this type become or are a part of, where it is asked for.
    pub fn kind_of(&self, resource_type: &str) -> Option<Kind> {
        map::kind_of(resource_type).filter(|kind| self.kinds.contains(kind))
    }
}

/// The kinds whose objects say something about a noun of this kind: see [`map::join`].
fn told_by(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::DbCluster => &[Kind::DbInstance],
        Kind::DbInstance => &[Kind::DbCluster],
        Kind::EksCluster => &[Kind::NodeGroup],
        Kind::LoadBalancer => &[Kind::Subnet, Kind::WebAcl],
        Kind::NetworkAcl => &[Kind::Subnet],
        Kind::NodeGroup => &[Kind::AutoScalingGroup, Kind::EksCluster, Kind::Subnet],
        Kind::RecordSet => &[Kind::HostedZone],
        Kind::SecurityGroup => &[Kind::PrefixList],
        Kind::AutoScalingGroup
        | Kind::Bucket
        | Kind::DbSnapshot
        | Kind::Distribution
        | Kind::HealthCheck
        | Kind::HostedZone
        | Kind::PrefixList
        | Kind::Subnet
        | Kind::WebAcl => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_a_kind_is_asked_for_with_it() {
        let asked = Asked::of([Kind::EksCluster], false);
        assert_eq!(asked.kind_of("aws_eks_node_group"), Some(Kind::NodeGroup));
        assert_eq!(asked.kind_of("aws_subnet"), Some(Kind::Subnet), "a node group names them");
        assert_eq!(asked.kind_of("aws_s3_bucket"), None);
        assert_eq!(asked.kind_of("aws_instance"), None);
        assert!(asked.evaluates("aws_subnet") && asked.evaluates("aws_db_instance") && !asked.evaluates("aws_s3_bucket"));
        assert_eq!(Asked::of(Kind::ALL.iter().copied(), true), Asked::default());
    }
}
