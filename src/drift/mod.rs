//! Compares the views of an estate: what differs between code, state and live, down to the attribute, and who moved.
//!
//! Only what is known on two sides is compared: a gap is counted with its reason and is never a difference. No promise is
//! judged here, nothing is read, and no clock is asked.

mod attributes;
mod blame;
mod compare;
mod ignore;
mod shape;
mod thing;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::estate::{Arn, Cause, Estate, Gap, Joined, Kind, Region, View, ViewEstate};
use crate::plan::{DriftIgnore, Plan, Promise};

pub use compare::compare;
pub use ignore::{Complaint, Problem};

/// What is to be compared.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The evidence.
    pub estate: &'a Estate,
    /// What Terraform itself saw when it refreshed, where a plan file told it.
    pub refreshed: Option<Refreshed<'a>>,
    /// The time that decides which exceptions have run out.
    pub now: Timestamp,
    /// What the promises that are asked for speak of.
    pub cares: &'a [Care<'a>],
    /// Compare every kind, and list everything that is not managed, whether or not a promise speaks of it.
    pub all: bool,
}

/// What one promise speaks of.
#[derive(Clone, Debug)]
pub struct Care<'a> {
    /// The promise.
    pub promise: &'a Promise,
    /// The kinds that can be its subjects.
    pub subjects: &'static [Kind],
    /// The kinds it takes evidence from.
    pub evidence: BTreeSet<Kind>,
}

/// `resource_drift` of a plan file: the objects that Terraform found changed outside of it.
#[derive(Clone, Copy, Debug)]
pub struct Refreshed<'a> {
    /// As the state had them.
    pub before: &'a ViewEstate,
    /// As Terraform saw them live; what is not here was gone.
    pub after: &'a ViewEstate,
}

/// What comparing gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome<'a> {
    /// What differs: what promises speak of first, then databases, buckets and the rest.
    pub differences: Vec<Difference<'a>>,
    /// What looks different and is not, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// Attributes that one view knows and another does not, by the reason.
    pub not_compared: BTreeMap<Cause, u64>,
    /// What could not be compared because something could not be read.
    pub unread: BTreeSet<Gap>,
    /// Attributes that are never compared, by kind, with the reason.
    pub never: BTreeSet<(Kind, &'static str, &'static str)>,
    /// Things that at least two views hold.
    pub things: u64,
    /// Attributes of them that at least two views know.
    pub attributes: u64,
    /// Things that no code manages and no promise speaks of, which only [`Request::all`] lists.
    pub unmanaged_elsewhere: u64,
    /// Exceptions of the plan that ran out or cover nothing.
    pub complaints: Vec<Complaint<'a>>,
}

/// One attribute, or a thing as a whole, of which two views do not say the same.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    /// What it is about.
    pub subject: Subject,
    /// The path: `backup_retention_days`, `lifecycle["archive"].transitions[0].days`; [`WHOLE`] for the thing itself.
    pub attribute: String,
    /// What each view says, where it is known.
    pub sides: BTreeMap<View, Said>,
    /// Which move made them differ.
    pub blame: &'static str,
    /// The promises that speak of the subject, in the order of the plan.
    pub promises: Vec<&'a Promise>,
    /// `resource_drift` of a Terraform plan says the same.
    pub confirmed: bool,
    /// The exception of the plan that covers it.
    pub ignored: Option<&'a DriftIgnore>,
}

/// The attribute of a difference that is about the thing itself: it is in one view and not in another.
pub const WHOLE: &str = "resource";

/// What a view says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The value, for people.
    pub value: String,
    /// Where it was seen.
    pub at: Option<String>,
}

/// Something that looks like a difference.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// What it is about.
    pub subject: Subject,
    /// The path.
    pub attribute: String,
    /// Why it is none.
    pub reason: Reason,
    /// What each view says, where it is known.
    pub sides: BTreeMap<View, Said>,
}

/// Why something that looks different is no difference; what says more comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The same words in another spelling.
    Spelling,
    /// The same values in another order.
    Order,
    /// A version that names only its first parts.
    Patch,
    /// A KMS key by ARN, id or alias.
    KeyName,
    /// What the service does where nothing is set.
    Default,
    /// `ignore_changes` in the code.
    IgnoreChanges,
    /// Made by a service, or by something that code manages.
    ServiceMade,
    /// A backup, which is made beside the code on purpose.
    Backup,
}

impl Reason {
    /// As the report spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spelling => "spelling",
            Self::Order => "order",
            Self::Patch => "patch_level",
            Self::KeyName => "key_name",
            Self::Default => "default",
            Self::IgnoreChanges => "ignore_changes",
            Self::ServiceMade => "service_made",
            Self::Backup => "backup",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a difference is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// What people call it.
    pub name: String,
    /// Where it lives.
    pub region: Option<String>,
    /// The ARN.
    pub arn: Option<String>,
    /// Who owns it.
    pub account: Option<String>,
    /// The Terraform address.
    pub address: Option<String>,
    /// What to show people where the name is an id or a path.
    pub label: Option<String>,
}

impl Subject {
    fn of(kind: Kind, thing: &Joined<'_>) -> Self {
        let headers = thing.headers();
        Self {
            kind,
            name: headers
                .iter()
                .find_map(|meta| meta.name.ok().cloned())
                .or_else(|| headers.first().map(|meta| meta.display_name().to_owned()))
                .unwrap_or_default(),
            region: headers.iter().find_map(|meta| meta.region.ok()).map(Region::to_string),
            arn: headers.iter().find_map(|meta| meta.arn.ok()).map(Arn::to_string),
            account: headers.iter().find_map(|meta| meta.account.ok()).map(ToString::to_string),
            // The code's own address, where the state has it under an older one.
            address: headers.iter().rev().find_map(|meta| meta.address.clone()),
            label: thing.label(),
        }
    }
}
