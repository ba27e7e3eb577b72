//! `moved` blocks: under which addresses a state may still know what code calls otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::settings::{Target, target};
use super::tree::{Child, Node};
use crate::collect::terraform::address::{Address, Key, ModuleStep};

/// How often a resource may have been moved; more is a circle.
const MAX_MOVES: usize = 32;

/// All `moved` blocks of a tree, found by where they lead.
#[derive(Debug, Default)]
pub(super) struct Moves {
    resources: BTreeMap<Vec<String>, Vec<Move>>,
    modules: BTreeMap<Vec<String>, Vec<Move>>,
    /// As written, with the path of the module before them.
    pub(super) written: Vec<(Address, Address)>,
}

#[derive(Clone, Debug)]
struct Move {
    /// How many module steps lead to the module that says it.
    depth: usize,
    from: Target,
    to: Target,
}

impl Moves {
    /// Gathers the `moved` blocks of a tree.
    pub(super) fn of(root: &Node) -> Self {
        let mut moves = Self::default();
        moves.gather(root);
        moves
    }

    fn gather(&mut self, node: &Node) {
        for block in node.code.settings.iter().filter(|block| &*block.keyword == "moved") {
            let end = |name| block.body.attribute(name).and_then(|attribute| target(&attribute.value));
            if let (Some(from), Some(to)) = (end("from"), end("to")) {
                self.add(node, from, to);
            }
        }
        for child in node.children.values() {
            if let Child::Loaded(child) = child {
                self.gather(child);
            }
        }
    }

    fn add(&mut self, node: &Node, from: Target, to: Target) {
        let mut place: Vec<String> = node.names.iter().map(ToString::to_string).collect();
        let entry = Move { depth: place.len(), from, to };
        match (&entry.from, &entry.to) {
            (Target::Resource(from), Target::Resource(to)) => {
                place.extend(to.modules.iter().map(|step| step.name.clone()));
                self.written.push((below(node, from), below(node, to)));
                place.extend([to.resource_type.clone(), to.name.clone()]);
                self.resources.entry(place).or_default().push(entry);
            }
            (Target::Module(_), Target::Module(to)) => {
                place.extend(to.iter().map(|step| step.name.clone()));
                self.modules.entry(place).or_default().push(entry);
            }
            _ => {}
        }
    }

    /// Every address that this one may have had before, the latest first.
    pub(super) fn former(&self, address: &Address) -> Vec<Address> {
        let mut found = Vec::new();
        if self.resources.is_empty() && self.modules.is_empty() {
            return found;
        }
        let mut seen = BTreeSet::from([address.clone()]);
        let mut next = vec![address.clone()];
        while let Some(address) = next.pop() {
            for before in self.one_step(&address) {
                if found.len() < MAX_MOVES && seen.insert(before.clone()) {
                    found.push(before.clone());
                    next.push(before);
                }
            }
        }
        found
    }

    fn one_step(&self, address: &Address) -> Vec<Address> {
        let mut path: Vec<String> = address.modules.iter().map(|step| step.name.clone()).collect();
        let mut found = Vec::new();
        for length in 1..=path.len() {
            for entry in self.modules.get(&path[..length]).into_iter().flatten() {
                found.extend(entry.module_before(address, length));
            }
        }
        path.extend([address.resource_type.clone(), address.name.clone()]);
        for entry in self.resources.get(&path).into_iter().flatten() {
            found.extend(entry.resource_before(address));
        }
        found
    }
}

impl Move {
    fn resource_before(&self, address: &Address) -> Option<Address> {
        let (Target::Resource(from), Target::Resource(to)) = (&self.from, &self.to) else { return None };
        let (above, rest) = address.modules.split_at_checked(self.depth)?;
        if rest != to.modules || address.data != to.data {
            return None;
        }
        let key = carried(from.key.as_ref(), to.key.as_ref(), address.key.as_ref())?;
        let modules = above.iter().chain(&from.modules).cloned().collect();
        Some(Address { modules, key, ..from.clone() })
    }

    fn module_before(&self, address: &Address, length: usize) -> Option<Address> {
        let (Target::Module(from), Target::Module(to)) = (&self.from, &self.to) else { return None };
        let (here, inside) = address.modules.split_at_checked(length)?;
        let (above, rest) = here.split_at_checked(self.depth)?;
        let ((last, way), (to_last, to_way)) = (rest.split_last()?, to.split_last()?);
        if way != to_way {
            return None;
        }
        let (from_last, from_way) = from.split_last()?;
        let key = carried(from_last.key.as_ref(), to_last.key.as_ref(), last.key.as_ref())?;
        let step = ModuleStep { name: from_last.name.clone(), key };
        let modules = above.iter().chain(from_way).chain([&step]).chain(inside).cloned().collect();
        Some(Address { modules, ..address.clone() })
    }
}

/// The former key: without keys on either end the whole moved and each instance kept its own; else the one that is named moved.
fn carried(from: Option<&Key>, to: Option<&Key>, now: Option<&Key>) -> Option<Option<Key>> {
    match (from, to) {
        (None, None) => Some(now.cloned()),
        _ => (to == now).then(|| from.cloned()),
    }
}

/// An address with the path of a module before it, without keys.
fn below(node: &Node, address: &Address) -> Address {
    let above = node.names.iter().map(|name: &Arc<str>| ModuleStep { name: name.to_string(), key: None });
    Address { modules: above.chain(address.modules.iter().cloned()).collect(), ..address.clone() }
}
