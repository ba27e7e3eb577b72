//! What a view would hold if a condition were decided that nobody can decide.

use std::collections::HashMap;
use std::sync::Arc;

use super::memo::Memo;
use super::{Kind, Resource, ViewEstate};

/// A condition of the code that nobody can decide, and what differs between its two outcomes.
///
/// An alternative never says more than the code: whatever the view knows by itself holds in both worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The condition as people read it: `var.is_primary`.
    pub condition: Arc<str>,
    /// What would decide it, as an imperative: `give --var is_primary=VALUE`. Empty where nothing does.
    pub settle: Arc<str>,
    /// The resources that differ.
    pub changes: Vec<Changed>,
}

/// A resource that hangs on an undecided condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// As the view has it.
    pub undecided: Resource,
    /// What it is when the condition holds, and when it does not.
    pub decided: [Resource; 2],
}

impl ViewEstate {
    /// The view as it is when a condition holds (side 0) or does not (side 1). Every resource keeps its place.
    #[must_use]
    pub fn in_world(&self, alternative: &Alternative, side: usize) -> Self {
        let mut changes: HashMap<(Kind, Option<&str>), Vec<&Changed>> = HashMap::new();
        for changed in &alternative.changes {
            let key = (changed.undecided.kind(), changed.undecided.meta().address.as_deref());
            changes.entry(key).or_default().push(changed);
        }
        let decided = |held: &Resource| {
            let known = changes.get(&(held.kind(), held.meta().address.as_deref()))?;
            known.iter().find(|changed| changed.undecided == *held)?.decided.get(side).cloned()
        };
        let world = |held: &Resource| decided(held).unwrap_or_else(|| held.clone());
        Self {
            view: self.view,
            read_at: self.read_at,
            listings: self.listings.clone(),
            stores: self.stores.clone(),
            addresses: self.addresses.clone(),
            alternatives: Vec::new(),
            resources: self.resources.iter().map(|(kind, all)| (*kind, all.iter().map(world).collect())).collect(),
            memo: Memo::default(),
        }
    }
}
