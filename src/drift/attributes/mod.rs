//! What each noun offers for comparison, by name. Every struct is taken apart field by field, so that the compiler stops whoever
//! adds a field without saying how it is compared, or why it is not.

mod bucket;
mod cluster;
mod database;
mod dns;
mod edge;
mod network;

use super::shape::Shape;
use crate::estate::{Cause, Fact, Gap, Locus, Meta, PROVIDER_DEFAULT, Resource};

/// An attribute as a noun offers it.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    /// Its name: `backup_retention_days`.
    pub(super) name: &'static str,
    /// The Terraform attribute that sets it, as `ignore_changes` names it.
    pub(super) terraform: &'static str,
    /// What is known of it.
    pub(super) says: Says,
}

/// What is known of an attribute.
#[derive(Clone, Debug)]
pub(super) enum Says {
    /// The value, and where it was seen.
    Known(Shape, Locus),
    /// Why it is not known.
    Gap(Gap),
    /// It is never compared, and why.
    Never(&'static str),
}

/// Everything a resource offers.
pub(super) fn of(resource: &Resource) -> Vec<Offer> {
    match resource {
        Resource::AutoScalingGroup(noun) => cluster::scaling_group(noun),
        Resource::Bucket(noun) => bucket::bucket(noun),
        Resource::DbCluster(noun) => database::cluster(noun),
        Resource::DbInstance(noun) => database::instance(noun),
        Resource::DbSnapshot(noun) => database::snapshot(noun),
        Resource::Distribution(noun) => edge::distribution(noun),
        Resource::EksCluster(noun) => cluster::eks(noun),
        Resource::HealthCheck(noun) => dns::health_check(noun),
        Resource::HostedZone(noun) => dns::zone(noun),
        Resource::LoadBalancer(noun) => edge::load_balancer(noun),
        Resource::NetworkAcl(noun) => network::acl(noun),
        Resource::NodeGroup(noun) => cluster::node_group(noun),
        Resource::PrefixList(noun) => network::prefix_list(noun),
        Resource::RecordSet(noun) => dns::record(noun),
        Resource::SecurityGroup(noun) => network::security_group(noun),
        Resource::Subnet(noun) => network::subnet(noun),
        Resource::WebAcl(noun) => edge::web_acl(noun),
    }
}

/// An attribute that is compared.
fn compared<'f, T>(name: &'static str, terraform: &'static str, fact: &'f Fact<T>, form: impl FnOnce(&'f T) -> Shape) -> Offer {
    let says = match fact {
        Fact::Known { at: Locus::Code { from: Some(from), .. }, .. } if &**from == PROVIDER_DEFAULT => {
            Says::Gap(Gap::new(Cause::NotStated, "not set in code, and what code leaves open is no drift"))
        }
        Fact::Known { value, at } => match form(value) {
            shape if shape.holds_handle() => {
                Says::Gap(Gap::new(Cause::ComputedAtApply, "refers to something that has no name before it is applied"))
            }
            shape => Says::Known(shape, at.clone()),
        },
        Fact::Gap(gap) => Says::Gap(gap.clone()),
    };
    Offer { name, terraform, says }
}

/// An attribute that is never compared, and why. The fact is asked for so that no field is forgotten.
fn never<T>(name: &'static str, _fact: &T, why: &'static str) -> Offer {
    Offer { name, terraform: "", says: Says::Never(why) }
}

const IDENTITY: &str = "part of its identity";
const MOVES: &str = "changes by itself";

/// The attributes of the header.
fn header(meta: &Meta) -> Vec<Offer> {
    let Meta { name, arn, region, account, tags, address, tainted, ignored, handles } = meta;
    vec![
        never("name", name, IDENTITY),
        never("arn", arn, IDENTITY),
        never("region", region, IDENTITY),
        never("account", account, IDENTITY),
        compared("tags", "tags", tags, |tags| {
            let ours = tags.iter().filter(|(key, _)| !is_of_a_service(key));
            let count = ours.clone().count();
            Shape::keyed(format!("{count} tags"), ours.map(|(key, value)| (key.clone(), Shape::text(value))))
        }),
        never("address", address, "an alias"),
        never("tainted", tainted, "what Terraform will replace is no evidence"),
        never("ignored", ignored, "says what to compare"),
        never("handles", handles, IDENTITY),
    ]
}

/// Tags that AWS, EKS and Kubernetes set beside those of the owner.
fn is_of_a_service(key: &str) -> bool {
    ["aws:", "eks:", "k8s.io/", "kubernetes.io/"].iter().any(|prefix| key.starts_with(prefix))
}

/// The header's attributes, and these.
fn all<const N: usize>(meta: &Meta, own: [Offer; N]) -> Vec<Offer> {
    header(meta).into_iter().chain(own).collect()
}
