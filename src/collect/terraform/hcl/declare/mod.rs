//! From evaluated instances to the declared view, through the mapper that states use.
//!
//! An instance becomes the tree that a state would hold ([`tree`]): what code sets ([`lower`]), what a state records of the rest, and
//! what is the default of what nobody set ([`defaults`]). Nothing here evaluates, and nothing here judges.

mod computed;
pub mod defaults;
mod identity;
mod lower;
mod policy;
mod settle;
#[cfg(test)]
mod tests;
mod tree;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use identity::Identities;
use lower::Lowering;
use tree::Trees;

pub use computed::computed;
pub use policy::policy_document;

use super::expand::Recorded;
use super::instance::{Expansion, IgnoreChanges, Instance};
use super::syntax::Files;
use super::value::Why;
use crate::collect::redact::Redactor;
use crate::collect::terraform::map::join::join;
use crate::collect::terraform::map::{self, Object, Part, Pieces};
use crate::collect::terraform::state::cleanse::cleanse;
use crate::collect::terraform::store;
use crate::collect::terraform::value::Value;
use crate::collect::{Reading, SourceNote};
use crate::estate::{Cause, Gap, Kind, Resource, Scope, View, ViewEstate};

/// One root module, expanded.
#[derive(Clone, Copy)]
pub struct Root<'a> {
    /// How the user names the folder.
    pub shown: &'a str,
    /// The files that places of the expansion are in.
    pub files: &'a Files,
    /// What it declares.
    pub expansion: &'a Expansion,
    /// What states record of it.
    pub recorded: &'a dyn Recorded,
}

/// What code gives.
#[derive(Debug, Default)]
pub struct Declared {
    /// One reading per root module, in their order.
    pub readings: Vec<Reading>,
    /// Knows the secrets that code holds.
    pub redactor: Redactor,
}

/// The declared view of several root modules, joined over all of them.
///
/// `known` knows the secrets of the states. What is at an address of `planned` is left out: Terraform's own plan of it was given.
pub fn declared(roots: &[Root<'_>], known: &Redactor, planned: &BTreeSet<String>) -> Declared {
    let mut redactor = known.clone();
    let mut drafts: Vec<Draft<'_>> = roots.iter().map(|root| draft(root, roots.len() > 1, &mut redactor)).collect();
    let pieces = drafts.iter_mut().map(|draft| pieces(draft, &redactor)).collect();
    let mut joined = join(pieces);
    let mut notes = std::mem::take(&mut joined.notes);
    let readings = drafts
        .into_iter()
        .zip(joined.resources)
        .map(|(draft, mut resources)| {
            let all = resources.len();
            resources.retain(|resource| !resource.meta().address.as_ref().is_some_and(|address| planned.contains(address)));
            if resources.len() < all {
                notes.insert(format!("{} resources are read from Terraform's own plan instead", all - resources.len()));
            }
            reading(draft, resources, std::mem::take(&mut notes), &redactor)
        })
        .collect();
    Declared { readings, redactor }
}

/// One root module on its way to becoming a reading.
struct Draft<'a> {
    root: &'a Root<'a>,
    objects: Vec<Draughted<'a>>,
    hidden: Option<Gap>,
    /// Kinds of which there may be more than is listed.
    uncertain: BTreeMap<Kind, Gap>,
}

/// One instance with its tree.
struct Draughted<'a> {
    instance: &'a Instance,
    address: String,
    tree: Value,
    identity: Option<Value>,
    uncertain: Option<Gap>,
}

fn draft<'a>(root: &'a Root<'a>, several: bool, redactor: &mut Redactor) -> Draft<'a> {
    let prefix = if several { format!("{}: ", root.shown) } else { String::new() };
    let ids = Identities::of(&root.expansion.instances, &prefix);
    let hidden = hidden(root);
    let lowering = Lowering { files: root.files, ids: &ids, redactor: Redactor::default() };
    let moved = &root.expansion.moved;
    let mut trees = Trees { lowering, ids: &ids, recorded: root.recorded, moved, hidden: hidden.clone(), domains: BTreeMap::new() };
    trees.learn_domains();
    let mut objects = Vec::with_capacity(root.expansion.instances.len());
    for instance in &root.expansion.instances {
        let mut tree = trees.tree(instance);
        trees.lowering.redactor.seal(&mut tree, &instance.address.resource_type, &Default::default());
        objects.push(Draughted {
            instance,
            address: instance.address.to_string(),
            identity: trees.identity(instance),
            uncertain: trees.uncertain(instance),
            tree,
        });
    }
    redactor.absorb(&trees.lowering.redactor);
    Draft { root, objects, hidden, uncertain: BTreeMap::new() }
}

/// Why there may be resources, and parts of resources, that nobody saw: a module whose code is not there, a block that cannot be read.
fn hidden(root: &Root<'_>) -> Option<Gap> {
    let gaps = root.expansion.gaps.iter().filter(|(_, reason)| matches!(reason, Why::Module(_) | Why::Unread(_)));
    let mut gaps = gaps.map(|(at, reason)| why::why(&format!("what else is declared ({})", root.files.line(*at)), reason));
    let first = gaps.next()?;
    Some(match gaps.count() {
        0 => first,
        more => Gap { detail: format!("{} (and {more} more like it)", first.detail).into(), ..first },
    })
}

/// Maps every object, cleaned of the secrets of all root modules.
fn pieces(draft: &mut Draft<'_>, redactor: &Redactor) -> Pieces {
    let mut all = Pieces::default();
    for object in &mut draft.objects {
        redactor.cleanse(&mut object.tree);
        let address = redactor.text(&object.address).into_owned();
        let at = draft.root.files.locus(object.instance.at);
        let resource_type = object.instance.address.resource_type.as_str();
        let mut own = Pieces::default();
        map::map(
            &Object {
                address: &address,
                resource_type,
                provider: "",
                tainted: false,
                attributes: &object.tree,
                identity: object.identity.as_ref(),
                at: &at,
            },
            &mut own,
        );
        if let Some(gap) = &object.uncertain {
            own = untold(own, gap, &mut draft.uncertain);
        }
        for resource in &mut own.resources {
            resource.meta_mut().ignored = Some(ignored(&object.instance.lifecycle.ignore_changes));
        }
        all.resources.append(&mut own.resources);
        all.parts.append(&mut own.parts);
    }
    all
}

/// `ignore_changes` as headers carry it.
fn ignored(changes: &IgnoreChanges) -> Vec<String> {
    match changes {
        IgnoreChanges::None => Vec::new(),
        IgnoreChanges::All => vec!["all".to_owned()],
        IgnoreChanges::Some(names) => names.iter().map(ToString::to_string).collect(),
    }
}

/// What an instance says of which nobody knows whether it is there.
fn untold(pieces: Pieces, gap: &Gap, uncertain: &mut BTreeMap<Kind, Gap>) -> Pieces {
    let parts = pieces.parts.into_iter().map(|part| Part { says: part.says.untold(gap), ..part }).collect();
    let resources: Vec<Resource> = pieces.resources.into_iter().map(|resource| settle::untold(resource, gap)).collect();
    for resource in resources.iter().filter(|resource| resource.meta().name.ok().is_none_or(|name| crate::estate::is_handle(name))) {
        uncertain.entry(resource.kind()).or_insert_with(|| gap.clone());
    }
    Pieces { resources, parts }
}

fn reading(draft: Draft<'_>, resources: Vec<Resource>, notes: BTreeSet<String>, redactor: &Redactor) -> Reading {
    let mut estate = ViewEstate::new(View::Declared);
    for kind in map::kinds() {
        let gap = draft.uncertain.get(&kind).or(draft.hidden.as_ref());
        estate.listed(kind, Scope::Whole, gap.cloned());
    }
    for mut resource in resources {
        settle::settle(&mut resource);
        let kind = resource.kind();
        match cleanse(resource, redactor) {
            Ok(resource) => estate.add(resource),
            Err(gap) => estate.listed(kind, Scope::Whole, Some(gap)),
        }
    }
    let Root { shown, files, expansion, .. } = *draft.root;
    estate.stores.extend(expansion.backend.as_ref().map(|backend| store::of_code(backend, files)));
    estate.addresses = Some(expansion.declared.keys().map(|address| redactor.text(address).into_owned()).collect());
    estate.sort();
    let gaps: BTreeSet<Gap> = expansion
        .gaps
        .iter()
        .map(|(at, reason)| why::why(&files.line(*at), reason))
        .chain(draft.uncertain.into_values())
        .map(|gap| Gap { detail: redactor.text(&gap.detail).into_owned().into(), ..gap })
        .collect();
    let source = SourceNote {
        kind: "terraform_code".to_owned(),
        uri: shown.to_owned(),
        view: View::Declared,
        read_at: None,
        resources: estate.len() as u64,
        gaps: gaps.into_iter().collect(),
        notes: std::iter::once(counted(expansion)).chain(notes).collect(),
    };
    Reading { estate, source, calls: BTreeMap::new() }
}

/// `57 files, 410 blocks, 12 modules; 2 blocks not read`
fn counted(expansion: &Expansion) -> String {
    let counts = expansion.counts;
    let many = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let read = format!("{}, {}, {}", many(counts.files, "file"), many(counts.blocks, "block"), many(counts.modules, "module"));
    if counts.unread == 0 { read } else { format!("{read}; {} not read", many(counts.unread, "block")) }
}

/// A source whose code could not be read at all.
pub fn unreadable(shown: &str, cause: Cause, detail: String) -> Reading {
    let gap = Gap::new(cause, detail);
    let mut estate = ViewEstate::new(View::Declared);
    for kind in map::kinds() {
        estate.listed(kind, Scope::Whole, Some(gap.clone()));
    }
    let source = SourceNote {
        kind: "terraform_code".to_owned(),
        uri: shown.to_owned(),
        view: View::Declared,
        read_at: None,
        resources: 0,
        gaps: vec![gap],
        notes: Vec::new(),
    };
    Reading { estate, source, calls: BTreeMap::new() }
}
