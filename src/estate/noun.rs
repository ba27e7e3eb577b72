//! The one list of resource kinds, and how a typed struct travels as a [`Resource`].

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Meta;
use super::bucket::Bucket;
use super::cluster::{AutoScalingGroup, EksCluster, NodeGroup};
use super::database::{DbCluster, DbInstance, DbSnapshot};
use super::dns::{HealthCheck, HostedZone, RecordSet};
use super::edge::{Distribution, LoadBalancer, WebAcl};
use super::network::{NetworkAcl, PrefixList, SecurityGroup, Subnet};

/// A typed resource: its kind, its header, and the way in and out of [`Resource`].
pub trait Noun: Sized + Into<Resource> + 'static {
    /// The kind this struct is of.
    const KIND: Kind;

    /// The header.
    fn meta(&self) -> &Meta;

    /// The header, to be filled in.
    fn meta_mut(&mut self) -> &mut Meta;

    /// The struct in a resource of this kind.
    fn of(resource: &Resource) -> Option<&Self>;

    /// The struct in a resource of this kind, to be filled in.
    fn of_mut(resource: &mut Resource) -> Option<&mut Self>;
}

macro_rules! nouns {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// What a resource is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum Kind {
            $(#[doc = $text] $name,)+
        }

        impl Kind {
            /// Every kind, in the order of this list.
            pub const ALL: &[Kind] = &[$(Kind::$name,)+];
        }

        impl fmt::Display for Kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)+ })
            }
        }

        /// A resource of any kind.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Resource {
            $(#[doc = $text] $name(Box<$name>),)+
        }

        impl Resource {
            /// What it is.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$name(_) => Kind::$name,)+ }
            }

            /// Its header.
            pub fn meta(&self) -> &Meta {
                match self { $(Self::$name(noun) => noun.meta(),)+ }
            }

            /// Its header, to be filled in.
            pub fn meta_mut(&mut self) -> &mut Meta {
                match self { $(Self::$name(noun) => noun.meta_mut(),)+ }
            }
        }

        $(
            impl From<$name> for Resource {
                fn from(noun: $name) -> Self {
                    Self::$name(Box::new(noun))
                }
            }

            impl Noun for $name {
                const KIND: Kind = Kind::$name;

                fn meta(&self) -> &Meta {
                    &self.meta
                }

                fn meta_mut(&mut self) -> &mut Meta {
                    &mut self.meta
                }

                fn of(resource: &Resource) -> Option<&Self> {
                    if let Resource::$name(noun) = resource { Some(noun) } else { None }
                }

                fn of_mut(resource: &mut Resource) -> Option<&mut Self> {
                    if let Resource::$name(noun) = resource { Some(noun) } else { None }
                }
            }
        )+
    };
}

nouns! {
    AutoScalingGroup = "auto-scaling group",
    Bucket = "S3 bucket",
    DbCluster = "DB cluster",
    DbInstance = "DB instance",
    DbSnapshot = "DB snapshot",
    Distribution = "CloudFront distribution",
    EksCluster = "EKS cluster",
    HealthCheck = "health check",
    HostedZone = "hosted zone",
    LoadBalancer = "load balancer",
    NetworkAcl = "network ACL",
    NodeGroup = "EKS node group",
    PrefixList = "prefix list",
    RecordSet = "record set",
    SecurityGroup = "security group",
    Subnet = "subnet",
    WebAcl = "web ACL",
}
