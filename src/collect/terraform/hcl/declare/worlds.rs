//! The code with each undecided condition decided: once as if it held, once as if it did not.
//!
//! Both worlds take the same way as the code itself, and only the resources that come out otherwise are kept. Nothing here judges.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::why::{self, Places};
use super::{Draft, Root, draft, finished, pieces};
use crate::collect::redact::Redactor;
use crate::collect::terraform::hcl::instance::{Evaluated, Expansion, Instance};
use crate::collect::terraform::hcl::value::{Val, ValKind};
use crate::collect::terraform::map::Pieces;
use crate::collect::terraform::map::join::join;
use crate::estate::{Alternative, Changed, Kind, Resource, ViewEstate};

/// Most conditions of one root module that are tried both ways; the others stay undecided.
const MOST: usize = 16;

/// Most instances that all worlds together map again, which bounds time and memory.
const INSTANCES: usize = 20_000;

/// Nesting of values that is looked into.
const DEPTH: usize = 32;

/// An undecided condition.
#[derive(Clone, Debug)]
struct Decision {
    id: Arc<str>,
    condition: Arc<str>,
    settle: Arc<str>,
}

/// A root module with one condition decided both ways.
struct Fork {
    /// Which root module.
    root: usize,
    decision: Decision,
    sides: [Expansion; 2],
}

/// All worlds of all root modules.
pub(super) struct Worlds<'a> {
    roots: &'a [Root<'a>],
    forks: Vec<Fork>,
}

/// What one root module declares in both worlds of a condition.
pub(super) struct Decided {
    decision: Decision,
    sides: [Vec<Resource>; 2],
}

impl<'a> Worlds<'a> {
    /// The worlds of these root modules. Secrets that only one of them holds are learned, before anything is shown.
    pub(super) fn of(roots: &'a [Root<'a>], redactor: &mut Redactor) -> Self {
        let instances: usize = roots.iter().map(|root| root.expansion.instances.len()).sum();
        let allowed = INSTANCES / (2 * instances.max(1));
        let mut forks = Vec::new();
        for (number, root) in roots.iter().enumerate() {
            let decisions = decisions(root);
            let left = allowed.saturating_sub(forks.len()).min(MOST);
            forks.extend(decisions.into_iter().take(left).map(|decision| Fork {
                root: number,
                sides: [0, 1].map(|side| decided(root.expansion, &decision.id, side)),
                decision,
            }));
        }
        let worlds = Self { roots, forks };
        for fork in &worlds.forks {
            worlds.drafts(fork, redactor);
        }
        worlds
    }

    /// What each root module declares in its worlds, by root; `known` is what all of them declare otherwise.
    pub(super) fn join(&mut self, known: &[Pieces], redactor: &Redactor) -> Vec<Vec<Decided>> {
        let mut all: Vec<Vec<Decided>> = self.roots.iter().map(|_| Vec::new()).collect();
        for fork in &self.forks {
            let sides = self.drafts(fork, &mut redactor.clone()).map(|mut draft| {
                let own = pieces(&mut draft, redactor);
                let mut pieces = known.to_vec();
                if let Some(place) = pieces.get_mut(fork.root) {
                    *place = own;
                }
                join(pieces).resources.into_iter().nth(fork.root).unwrap_or_default()
            });
            if let Some(place) = all.get_mut(fork.root) {
                place.push(Decided { decision: fork.decision.clone(), sides });
            }
        }
        all
    }

    fn drafts<'f>(&'f self, fork: &'f Fork, redactor: &mut Redactor) -> [Draft<'f>; 2] {
        let root = self.roots[fork.root];
        let several = self.roots.len() > 1;
        fork.sides.each_ref().map(|expansion| draft(Root { expansion, ..root }, several, redactor))
    }
}

impl Decided {
    /// Without the resources that something else speaks for.
    pub(super) fn without(mut self, is_left_out: impl Fn(&Resource) -> bool) -> Self {
        for side in &mut self.sides {
            side.retain(|resource| !is_left_out(resource));
        }
        self
    }

    /// What comes out otherwise than in the view. `None` when nothing does, or when the worlds do not hold the same resources.
    pub(super) fn alternative(self, view: &ViewEstate, redactor: &Redactor) -> Option<Alternative> {
        let [mut then, mut otherwise] = [by_address(self.sides[0].clone(), redactor)?, by_address(self.sides[1].clone(), redactor)?];
        let mut changes = Vec::new();
        for undecided in view.iter() {
            let key = (undecided.kind(), undecided.meta().address.clone()?);
            let decided = [then.remove(&key)?, otherwise.remove(&key)?];
            if decided.iter().any(|side| side != undecided) {
                changes.push(Changed { undecided: undecided.clone(), decided });
            }
        }
        let Decision { condition, settle, .. } = self.decision;
        let condition = redactor.text(&why::clip(&condition)).into();
        (then.is_empty() && otherwise.is_empty() && !changes.is_empty()).then_some(Alternative { condition, settle, changes })
    }
}

/// `None` where an address stands for two resources, or a resource does not leave the room.
fn by_address(resources: Vec<Resource>, redactor: &Redactor) -> Option<BTreeMap<(Kind, String), Resource>> {
    let all = resources.len();
    let named = resources.into_iter().map(|resource| {
        let resource = finished(resource, redactor).ok()?;
        Some(((resource.kind(), resource.meta().address.clone()?), resource))
    });
    named.collect::<Option<BTreeMap<_, _>>>().filter(|named| named.len() == all)
}

/// The conditions that values hang on, in order of the instances.
fn decisions(root: &Root<'_>) -> Vec<Decision> {
    let places = Places::of(root);
    let mut found: Vec<Decision> = Vec::new();
    let mut note = |val: &Val| {
        let Some(unknown) = val.why() else { return };
        let Some((choice, id)) = unknown.choice.as_ref().and_then(|choice| Some((choice, choice.decision.as_ref()?))) else { return };
        if found.len() < MOST && !found.iter().any(|decision| decision.id == *id) {
            let settle = why::advice(&unknown.why, places).into();
            found.push(Decision { id: id.clone(), condition: choice.condition.clone(), settle });
        }
    };
    for instance in &root.expansion.instances {
        of_instance(instance, &mut |val| each(val, DEPTH, &mut note));
    }
    found
}

fn of_instance(instance: &Instance, note: &mut dyn FnMut(&Val)) {
    of_body(&instance.body, note);
    let provider = &instance.provider;
    let settings = [&provider.region, &provider.role_arn, &provider.allowed_account_ids, &provider.default_tags];
    settings.into_iter().flatten().for_each(note);
}

fn of_body(body: &Evaluated, note: &mut dyn FnMut(&Val)) {
    body.attributes.values().for_each(|(_, val)| note(val));
    body.blocks.values().flatten().for_each(|block| of_body(block, note));
}

/// Every value within a value that hangs on a condition.
fn each(val: &Val, depth: usize, note: &mut dyn FnMut(&Val)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match &val.kind {
        ValKind::List(items) | ValKind::Set(items) => items.iter().for_each(|item| each(item, depth, note)),
        ValKind::Map(entries) => entries.values().for_each(|item| each(item, depth, note)),
        ValKind::Unknown(unknown) => {
            if let Some(choice) = &unknown.choice {
                note(val);
                choice.of.iter().for_each(|side| each(side, depth, note));
            }
        }
        ValKind::Null | ValKind::Bool(_) | ValKind::Number(_) | ValKind::String(_) | ValKind::Resource(_) => {}
    }
}

/// What the root module declares when a condition is decided.
fn decided(expansion: &Expansion, id: &Arc<str>, side: usize) -> Expansion {
    let mut expansion = expansion.clone();
    for instance in &mut expansion.instances {
        decide_body(&mut instance.body, id, side);
        let provider = &mut instance.provider;
        let settings = [&mut provider.region, &mut provider.role_arn, &mut provider.allowed_account_ids, &mut provider.default_tags];
        for setting in settings.into_iter().flatten() {
            decide_in_place(setting, id, side);
        }
    }
    expansion
}

fn decide_body(body: &mut Evaluated, id: &Arc<str>, side: usize) {
    body.attributes.values_mut().for_each(|(_, val)| decide_in_place(val, id, side));
    body.blocks.values_mut().flatten().for_each(|block| decide_body(block, id, side));
}

fn decide_in_place(val: &mut Val, id: &Arc<str>, side: usize) {
    if let Some(decided) = decide(val, id, side, DEPTH) {
        *val = decided;
    }
}

/// The value with the condition decided; `None` where it does not hang on it.
fn decide(val: &Val, id: &Arc<str>, side: usize, depth: usize) -> Option<Val> {
    let depth = depth.checked_sub(1)?;
    let inner = |val: &Val| decide(val, id, side, depth);
    let all = |items: &[Val]| {
        let decided: Vec<Option<Val>> = items.iter().map(inner).collect();
        let hangs = decided.iter().any(Option::is_some);
        hangs.then(|| decided.into_iter().zip(items).map(|(decided, item)| decided.unwrap_or_else(|| item.clone())).collect::<Vec<_>>())
    };
    let kind = match &val.kind {
        ValKind::List(items) => ValKind::List(Rc::new(all(items)?)),
        ValKind::Set(items) => ValKind::Set(Rc::new(all(items)?)),
        ValKind::Map(entries) => {
            let keys = entries.keys().cloned();
            let values: Vec<Val> = entries.values().cloned().collect();
            ValKind::Map(Rc::new(keys.zip(all(&values)?).collect()))
        }
        ValKind::Unknown(unknown) => {
            let choice = unknown.choice.as_ref()?;
            if choice.decision.as_ref() == Some(id) {
                let decided = choice.of.get(side)?;
                let decided = inner(decided).unwrap_or_else(|| decided.clone());
                return Some(decided.marked(val.sensitive).from_origin(val.origin.clone()));
            }
            let [a, b] = &*choice.of;
            let (then, otherwise) = (inner(a), inner(b));
            if then.is_none() && otherwise.is_none() {
                return None;
            }
            let (a, b) = (then.unwrap_or_else(|| a.clone()), otherwise.unwrap_or_else(|| b.clone()));
            let chosen = crate::collect::terraform::hcl::convert::choose(unknown.why.clone(), choice, a, b);
            return Some(chosen.marked(val.sensitive).from_origin(val.origin.clone()));
        }
        ValKind::Null | ValKind::Bool(_) | ValKind::Number(_) | ValKind::String(_) | ValKind::Resource(_) => return None,
    };
    Some(Val { kind, sensitive: val.sensitive, origin: val.origin.clone() })
}
