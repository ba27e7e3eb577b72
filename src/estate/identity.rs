//! What a thing is called, and how two views know that they speak of the same thing.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Fact, Gap, Kind};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// As AWS spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

name_type! {
    /// An AWS region: `us-east-1`. Route 53 and CloudFront resources carry `aws-global`.
    Region
}
name_type! {
    /// A twelve-digit AWS account id.
    AccountId
}
name_type! {
    /// An Amazon Resource Name.
    Arn
}

impl Region {
    /// The region of services that have none.
    pub fn global() -> Self {
        Self("aws-global".to_owned())
    }
}

impl Arn {
    /// The service part: `rds` in `arn:aws:rds:us-east-1:123456789012:db:orders`.
    pub fn service(&self) -> Option<&str> {
        self.part(2)
    }

    /// The region part, where the resource has one.
    pub fn region(&self) -> Option<Region> {
        self.part(3).map(Region::from)
    }

    /// The account part, where the resource has one.
    pub fn account(&self) -> Option<AccountId> {
        self.part(4).map(AccountId::from)
    }

    /// Everything after the account: `db:orders`.
    pub fn resource(&self) -> Option<&str> {
        self.part(5)
    }

    fn part(&self, index: usize) -> Option<&str> {
        self.0.splitn(6, ':').nth(index).filter(|part| !part.is_empty() && self.0.starts_with("arn:"))
    }
}

/// What every resource has, whatever its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The natural name: bucket name, DB identifier, `cluster/nodegroup`, group id, `zone/name/type/set`.
    pub name: Fact<String>,
    /// The ARN.
    pub arn: Fact<Arn>,
    /// The region it lives in.
    pub region: Fact<Region>,
    /// The account that owns it.
    pub account: Fact<AccountId>,
    /// Tags, without those that AWS itself sets (`aws:…`) unless a rule reads them.
    pub tags: Fact<BTreeMap<String, String>>,
    /// The Terraform address, an alias and never an identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Terraform will replace the object: what the state says of it is not evidence.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tainted: bool,
    /// What other resources of the same view call it while its name or ARN is not known: see [`identity_handle`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handles: Vec<String>,
    /// `ignore_changes` of the code, as written there: `desired_size`, `tags["x"]`, or `all`; `None` where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<Vec<String>>,
}

/// What ends a handle.
const LATER: &str = " (known after apply)";

/// What stands for a name that Terraform learns when it applies: `aws_subnet.a.id (known after apply)`. It lets things of one
/// view refer to each other, and means nothing in any other view.
pub fn identity_handle(reference: &str) -> String {
    format!("{reference}{LATER}")
}

/// Whether a text is, or is made of, a handle, and so cannot be compared with what another view says.
pub fn is_handle(text: &str) -> bool {
    text.contains(LATER)
}

impl Meta {
    /// A header in which nothing has been seen yet.
    pub fn unseen(gap: &Gap) -> Self {
        Self {
            name: gap.clone().into(),
            arn: gap.clone().into(),
            region: gap.clone().into(),
            account: gap.clone().into(),
            tags: gap.clone().into(),
            address: None,
            tainted: false,
            handles: Vec::new(),
            ignored: None,
        }
    }

    /// Whether its view calls it so: by its name, or by a handle.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.ok().is_some_and(|seen| seen.eq_ignore_ascii_case(name)) || self.has_handle(name)
    }

    /// Whether its view means it by this ARN, or by a handle.
    pub fn has_arn(&self, arn: &Arn) -> bool {
        self.arn.ok() == Some(arn) || self.has_handle(arn.as_str())
    }

    /// The ARN, or what stands for it within its view.
    ///
    /// # Errors
    /// The gap of the ARN, when nothing stands for it either.
    pub fn arn_here(&self) -> Result<Arn, Gap> {
        let handle = || self.handles.iter().find(|handle| handle.strip_suffix(LATER).is_some_and(|of| of.ends_with(".arn")));
        self.arn.known().cloned().or_else(|gap| handle().map(|handle| Arn::from(handle.as_str())).ok_or(gap))
    }

    /// Whether a text is one of its handles.
    pub fn has_handle(&self, text: &str) -> bool {
        self.handles.iter().any(|handle| handle.eq_ignore_ascii_case(text))
    }

    /// What to call it in a sentence: its name, else its address, else its ARN.
    pub fn display_name(&self) -> &str {
        self.name.ok().map(String::as_str).or(self.address.as_deref()).or(self.arn.ok().map(Arn::as_str)).unwrap_or("(unnamed)")
    }

    /// Whether both headers speak of one thing: ARN first, then kind, account, region and name.
    ///
    /// Parts that one side has not seen do not contradict; a name or ARN seen on both sides must agree.
    pub fn same_as(&self, kind: Kind, other: &Meta, other_kind: Kind) -> bool {
        if kind != other_kind {
            return false;
        }
        if let (Some(a), Some(b)) = (self.arn.ok(), other.arn.ok()) {
            return a == b;
        }
        let (Some(a), Some(b)) = (self.name.ok(), other.name.ok()) else { return false };
        a.eq_ignore_ascii_case(b) && agree(&self.region, &other.region) && agree(&self.account, &other.account)
    }
}

fn agree<T: PartialEq>(a: &Fact<T>, b: &Fact<T>) -> bool {
    match (a.ok(), b.ok()) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}
