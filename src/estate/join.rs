//! Joins the views: which resources of different views are one and the same thing.

use std::collections::{BTreeMap, HashMap};

use super::{AccountId, Arn, Cause, Estate, Fact, Gap, Kind, Meta, Region, Resource, View, ViewEstate};

/// One thing, as each view that holds it sees it.
#[derive(Clone, Debug, Default)]
pub struct Joined<'a> {
    /// The resource by view.
    pub views: BTreeMap<View, &'a Resource>,
}

impl<'a> Joined<'a> {
    /// The headers, strongest view first.
    pub fn headers(&self) -> Vec<&'a Meta> {
        self.views.values().rev().map(|resource| resource.meta()).collect()
    }

    /// The kind; all views agree on it.
    pub fn kind(&self) -> Option<Kind> {
        self.views.values().next().map(|resource| resource.kind())
    }

    /// The label of the thing, from the strongest view that knows one; `None` where the name says it all.
    pub fn label(&self) -> Option<String> {
        self.views.values().rev().find_map(|resource| resource.label())
    }

    /// Whether a view that does not hold the thing would have seen it.
    ///
    /// # Errors
    /// The gap that may hide it: a listing that did not come to its end, a region or an account that was not read.
    pub fn is_absent_from(&self, estate: &ViewEstate) -> Result<(), Gap> {
        let Some(kind) = self.kind() else { return Ok(()) };
        let headers = self.headers();
        let region = headers.iter().find_map(|meta| meta.region.ok());
        let account = headers.iter().find_map(|meta| meta.account.ok());
        if let Some(gap) = estate.listing_gap(kind) {
            return Err(gap);
        }
        if let Some(region) = region.filter(|region| !estate.looked_in(kind, Some(region))) {
            return Err(unread_region(region));
        }
        if let Some(gap) = nameless(estate, kind, &headers) {
            return Err(gap);
        }
        match account.filter(|account| estate.view == View::Live && !estate.may_have_read(account)) {
            Some(account) => Err(unread_account(account)),
            None => Ok(()),
        }
    }
}

/// Why nobody can say whether a view lacks a thing: code gives the thing no name, or has others of its kind without one.
fn nameless(estate: &ViewEstate, kind: Kind, headers: &[&Meta]) -> Option<Gap> {
    let unnamed = |meta: &Meta| match (&meta.name, &meta.arn) {
        (Fact::Gap(gap), Fact::Gap(_)) if matches!(gap.cause, Cause::ComputedAtApply | Cause::Undecided) => Some(gap.clone()),
        _ => None,
    };
    let own = || headers.iter().map(|meta| unnamed(meta)).collect::<Option<Vec<_>>>()?.into_iter().next();
    let other = || estate.of_kind(kind).iter().find_map(|resource| unnamed(resource.meta()));
    if estate.view == View::Declared { other() } else { own() }
}

/// The gap of a region that nobody looked in.
pub fn unread_region(region: &Region) -> Gap {
    Gap::new(Cause::NotRead, format!("{region} was not read: add it with --region {region} or in the plan's regions"))
}

fn unread_account(account: &AccountId) -> Gap {
    Gap::new(
        Cause::NotRead,
        format!("it is recorded in account {account}, which was not read: give the credentials or the role of that account"),
    )
}

/// Joins the resources that `admits` lets in: by ARN first, then by kind, account, region and natural name, then, for
/// resources whose name code does not know, by the Terraform address.
///
/// Strongest view first, in the order of each view; linear in the number of resources.
pub fn join<'a>(estate: &'a Estate, kinds: &[Kind], admits: impl Fn(View, &Resource) -> bool) -> Vec<Joined<'a>> {
    let mut joiner = Joiner::default();
    for view in estate.views.iter().rev() {
        for resource in kinds.iter().flat_map(|kind| view.of_kind(*kind)).filter(|resource| admits(view.view, resource)) {
            joiner.put(view.view, resource);
        }
    }
    joiner.things
}

#[derive(Default)]
struct Joiner<'a> {
    things: Vec<Joined<'a>>,
    by_arn: HashMap<&'a str, usize>,
    by_name: HashMap<(Kind, String), Vec<usize>>,
    by_address: HashMap<&'a str, usize>,
}

impl<'a> Joiner<'a> {
    fn put(&mut self, view: View, resource: &'a Resource) {
        let meta = resource.meta();
        if self.is_repeated(view, resource) {
            return;
        }
        let index = self.place_of(view, resource).unwrap_or_else(|| {
            self.things.push(Joined::default());
            self.things.len() - 1
        });
        self.things[index].views.insert(view, resource);
        if let Some(arn) = meta.arn.ok() {
            self.by_arn.entry(arn.as_str()).or_insert(index);
        }
        if let Some(name) = meta.name.ok() {
            let places = self.by_name.entry((resource.kind(), name.to_ascii_lowercase())).or_default();
            if !places.contains(&index) {
                places.push(index);
            }
        }
        if let Some(address) = &meta.address {
            self.by_address.entry(address).or_insert(index);
        }
    }

    /// Whether the view holds the same ARN already: one thing under two Terraform addresses, or on two pages of a listing.
    /// What is sound stands for it, since a tainted copy is no evidence.
    fn is_repeated(&mut self, view: View, resource: &'a Resource) -> bool {
        let index = resource.meta().arn.ok().and_then(|arn| self.by_arn.get(arn.as_str())).copied();
        let held = index.and_then(|index| self.things[index].views.get_mut(&view));
        let Some(held) = held.filter(|held| held.kind() == resource.kind() && held.meta().arn.ok() == resource.meta().arn.ok()) else {
            return false;
        };
        if held.meta().tainted && !resource.meta().tainted {
            *held = resource;
        }
        true
    }

    /// The thing that the resource is another view of; one view never holds a thing twice.
    fn place_of(&self, view: View, resource: &Resource) -> Option<usize> {
        let meta = resource.meta();
        let free = |index: &usize| !self.things[*index].views.contains_key(&view);
        let same = |index: &usize| {
            free(index) && self.things[*index].views.values().any(|other| meta.same_as(resource.kind(), other.meta(), other.kind()))
        };
        let by_arn = meta.arn.ok().map(Arn::as_str).and_then(|arn| self.by_arn.get(arn)).copied().filter(free);
        by_arn
            .or_else(|| {
                let name = meta.name.ok()?.to_ascii_lowercase();
                self.by_name.get(&(resource.kind(), name))?.iter().find(|index| same(index)).copied()
            })
            .or_else(|| self.by_address.get(meta.address.as_deref()?).copied().filter(|index| free(index) && self.may_be(*index, resource)))
    }

    /// Whether an address may join: one side does not know its name, or both names agree.
    fn may_be(&self, index: usize, resource: &Resource) -> bool {
        self.things[index].views.values().all(|other| {
            other.kind() == resource.kind()
                && match (other.meta().name.ok(), resource.meta().name.ok()) {
                    (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                    _ => true,
                }
        })
    }
}
