//! What a view was asked before, so that asking for every resource stays linear. Says nothing that the view does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use super::database::DbInstance;
use super::{AccountId, Gap, Kind, Noun, Resource};

/// Answers that are the same until the view changes.
#[derive(Debug, Default)]
pub(super) struct Memo {
    nameless: OnceLock<BTreeMap<Kind, Gap>>,
    accounts: OnceLock<BTreeSet<AccountId>>,
    names: [OnceLock<HashMap<String, Vec<usize>>>; Kind::ALL.len()],
    members: OnceLock<HashMap<String, Vec<usize>>>,
}

type Resources = BTreeMap<Kind, Vec<Resource>>;

impl Memo {
    /// By kind, why the first resource without a known name has none.
    pub(super) fn nameless(&self, resources: &Resources) -> &BTreeMap<Kind, Gap> {
        let first = |all: &Vec<Resource>| all.iter().find_map(|resource| resource.meta().unnamed().cloned());
        self.nameless.get_or_init(|| resources.iter().filter_map(|(kind, all)| Some((*kind, first(all)?))).collect())
    }

    /// Every account that something was seen in.
    pub(super) fn accounts(&self, resources: &Resources) -> &BTreeSet<AccountId> {
        self.accounts.get_or_init(|| {
            let mut accounts = BTreeSet::new();
            for account in resources.values().flatten().filter_map(|resource| resource.meta().account.ok()) {
                if !accounts.contains(account) {
                    accounts.insert(account.clone());
                }
            }
            accounts
        })
    }

    /// Where in their kind the resources are that the view calls so.
    pub(super) fn named(&self, kind: Kind, name: &str, resources: &Resources) -> &[usize] {
        let all = || resources.get(&kind).into_iter().flatten().enumerate();
        let index = self.names[kind as usize].get_or_init(|| {
            let mut index: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, resource) in all() {
                let meta = resource.meta();
                for name in meta.name.ok().into_iter().chain(&meta.handles) {
                    index.entry(name.to_ascii_lowercase()).or_default().push(at);
                }
            }
            index
        });
        index.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Where the DB instances are that say they belong to the cluster of this name.
    pub(super) fn members(&self, cluster: &str, resources: &Resources) -> &[usize] {
        let index = self.members.get_or_init(|| {
            let mut index: HashMap<String, Vec<usize>> = HashMap::new();
            for (at, instance) in resources.get(&Kind::DbInstance).into_iter().flatten().enumerate() {
                if let Some(Some(cluster)) = DbInstance::of(instance).and_then(|instance| instance.cluster.ok()) {
                    index.entry(cluster.clone()).or_default().push(at);
                }
            }
            index
        });
        index.get(cluster).map_or(&[], Vec::as_slice)
    }
}

/// A copy may change on its own, so it asks anew.
impl Clone for Memo {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// What was asked before makes no view another.
impl PartialEq for Memo {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Eq for Memo {}
