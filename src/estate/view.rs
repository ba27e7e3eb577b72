//! One side of the truth, and the estate that holds all of them.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, Fact, Gap, Kind, Noun, Region, Resource, StateStore};

/// A side of the truth, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Terraform code and manifests.
    Declared,
    /// Terraform state.
    Recorded,
    /// Answers of the live APIs.
    Live,
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Declared => "declared",
            Self::Recorded => "recorded",
            Self::Live => "live",
        })
    }
}

/// Where a listing was asked for: one region, or the whole account for global services.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A whole file, or a service without regions.
    Whole,
    /// One region.
    Region(Region),
}

/// Whether a listing of one kind in one scope came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What was listed.
    pub kind: Kind,
    /// Where.
    pub scope: Scope,
    /// The gap, when the listing was denied, failed, or stopped half-way; what was read before stays.
    pub gap: Option<Gap>,
}

/// Everything one view holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewEstate {
    /// Which side this is.
    pub view: View,
    /// When it was read, where the source says so.
    pub read_at: Option<Timestamp>,
    /// The listings that were asked for, and how they ended.
    pub listings: Vec<Listing>,
    /// Where the Terraform states of this view are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stores: Vec<StateStore>,
    /// Every managed resource of any type by its address, sorted: as it is declared in code (without keys), or recorded (with them). `None`
    /// when no source of this view could list them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    resources: BTreeMap<Kind, Vec<Resource>>,
}

impl ViewEstate {
    /// A view that nobody has filled yet.
    pub fn new(view: View) -> Self {
        Self { view, read_at: None, listings: Vec::new(), stores: Vec::new(), addresses: None, resources: BTreeMap::new() }
    }

    /// Adds a resource.
    pub fn add(&mut self, resource: impl Into<Resource>) {
        let resource = resource.into();
        self.resources.entry(resource.kind()).or_default().push(resource);
    }

    /// Notes how a listing ended.
    pub fn listed(&mut self, kind: Kind, scope: Scope, gap: Option<Gap>) {
        self.listings.push(Listing { kind, scope, gap });
    }

    /// All resources of one typed kind, in a stable order once [`ViewEstate::sort`] has run.
    pub fn all<N: Noun>(&self) -> impl Iterator<Item = &N> {
        self.of_kind(N::KIND).iter().filter_map(N::of)
    }

    /// All resources of one typed kind, to be filled in.
    pub fn all_mut<N: Noun>(&mut self) -> impl Iterator<Item = &mut N> {
        self.resources.get_mut(&N::KIND).into_iter().flatten().filter_map(N::of_mut)
    }

    /// All resources of one kind.
    pub fn of_kind(&self, kind: Kind) -> &[Resource] {
        self.resources.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Every resource.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.resources.values().flatten()
    }

    /// Every resource, to be filled in.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Resource> {
        self.resources.values_mut().flatten()
    }

    /// How many resources there are.
    pub fn len(&self) -> usize {
        self.resources.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first reason why there may be more of a kind than was listed, or why none was listed at all.
    pub fn listing_gap(&self, kind: Kind) -> Option<Gap> {
        let mut asked = self.listings.iter().filter(|listing| listing.kind == kind).peekable();
        if asked.peek().is_none() {
            return Some(Gap::new(super::Cause::NotRead, format!("no {kind} was listed in the {} view", self.view)));
        }
        asked.find_map(|listing| listing.gap.clone())
    }

    /// Whether every listing of a kind came to its end.
    ///
    /// # Errors
    /// The gap of the first listing that did not, or that nobody asked for one.
    pub fn listed_whole(&self, kind: Kind) -> Result<(), Gap> {
        self.listing_gap(kind).map_or(Ok(()), Err)
    }

    /// Whether a kind was asked for in a region; in any, when the region is not known.
    ///
    /// A listing of the whole covers every region, unless the kind is listed region by region too: web ACLs of CloudFront are
    /// listed once, beside those of each region.
    pub fn looked_in(&self, kind: Kind, region: Option<&Region>) -> bool {
        let scopes = || self.listings.iter().filter(|listing| listing.kind == kind).map(|listing| &listing.scope);
        let by_region = scopes().any(|scope| matches!(scope, Scope::Region(_)));
        scopes().any(|scope| match (scope, region) {
            (_, None) => true,
            (Scope::Whole, Some(region)) => !by_region || *region == Region::global(),
            (Scope::Region(listed), Some(region)) => listed == region,
        })
    }

    /// Whether the account may have been read: something of it was seen, or nothing says whose things were.
    pub fn may_have_read(&self, account: &AccountId) -> bool {
        let mut accounts = self.iter().filter_map(|resource| resource.meta().account.ok()).peekable();
        accounts.peek().is_none() || accounts.any(|seen| seen == account)
    }

    /// Puts everything in an order that depends on nothing but the contents.
    pub fn sort(&mut self) {
        for resources in self.resources.values_mut() {
            resources.sort_by_cached_key(sort_key);
        }
        self.listings.sort_by_key(|listing| (listing.kind, listing.scope.clone(), listing.gap.clone()));
        self.listings.dedup();
    }
}

fn sort_key(resource: &Resource) -> (String, String, String) {
    let meta = resource.meta();
    let text = |fact: Option<&str>| fact.unwrap_or_default().to_owned();
    (
        text(meta.region.ok().map(Region::as_str)),
        meta.display_name().to_owned(),
        text(meta.arn.ok().map(super::Arn::as_str)) + meta.address.as_deref().unwrap_or_default(),
    )
}

/// All views that sources were given for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Estate {
    /// Weakest view first; at most one of each.
    pub views: Vec<ViewEstate>,
}

impl Estate {
    /// One view, where a source was given for it.
    pub fn view(&self, view: View) -> Option<&ViewEstate> {
        self.views.iter().find(|estate| estate.view == view)
    }

    /// The strongest view that a source was given for.
    pub fn strongest(&self) -> Option<&ViewEstate> {
        self.views.iter().max_by_key(|estate| estate.view)
    }

    /// Adds a view, keeping the order.
    ///
    /// A second estate of a view that is there already is merged into it.
    pub fn add(&mut self, estate: ViewEstate) {
        match self.views.iter_mut().find(|present| present.view == estate.view) {
            Some(present) => {
                present.read_at = present.read_at.max(estate.read_at);
                present.listings.extend(estate.listings);
                present.stores.extend(estate.stores);
                if let Some(addresses) = estate.addresses {
                    present.addresses.get_or_insert_default().extend(addresses);
                }
                for resource in estate.resources.into_values().flatten() {
                    present.add(resource);
                }
                present.sort();
            }
            None => {
                self.views.push(estate);
                self.views.sort_by_key(|estate| estate.view);
            }
        }
    }
}

/// The named resource among candidates whose name was seen.
impl ViewEstate {
    /// The resource of a typed kind by its natural name, in a region where one is given.
    pub fn named<N: Noun>(&self, name: &str, region: Option<&Region>) -> Option<&N> {
        self.all::<N>().find(|noun| {
            let meta = noun.meta();
            meta.is_called(name) && (region.is_none() || matches!(&meta.region, Fact::Gap(_)) || meta.region.ok() == region)
        })
    }
}
