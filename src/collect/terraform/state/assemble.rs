//! From loaded sources to readings: snapshots of one state sorted out, parts joined, double management noted.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::Loaded;
use super::cleanse::cleanse;
use super::intake::{Gaps, Taken};
use crate::collect::redact::Redactor;
use crate::collect::terraform::asked::Asked;
use crate::collect::terraform::map::{Pieces, join::join};
use crate::collect::terraform::store;
use crate::collect::{Reading, SourceNote};
use crate::estate::{Gap, Resource, Scope, View, ViewEstate};

/// Everything that states and plans gave.
#[derive(Debug, Default)]
pub struct Assembled {
    /// One reading per source and view, in the order the sources were given.
    pub readings: Vec<Reading>,
    /// Knows the secrets of all sources, so that the live side can be cleaned of their repetitions.
    pub redactor: Redactor,
    /// `resource_drift` of plan files: the objects as the state had them, and as Terraform saw them live.
    pub refreshed: Option<(ViewEstate, ViewEstate)>,
}

/// One source on its way to becoming a reading.
struct Draft {
    name: Arc<str>,
    asked: Arc<Asked>,
    kind: &'static str,
    view: View,
    read_at: Option<Timestamp>,
    notes: BTreeSet<String>,
    gaps: Gaps,
    pieces: Pieces,
    addresses: Vec<String>,
    readable: bool,
}

/// Joins everything that was loaded.
pub fn assemble(loaded: Vec<Loaded>) -> Assembled {
    let stale = stale_snapshots(&loaded);
    let mut redactor = Redactor::default();
    let mut drafts = Vec::new();
    let mut drifted = Vec::new();
    for (at, mut source) in loaded.into_iter().enumerate() {
        if let Some(pair) = source.outcome.as_mut().ok().and_then(|document| document.drifted.take()) {
            redactor.absorb(&pair.0.redactor);
            redactor.absorb(&pair.1.redactor);
            drifted.push(pair);
        }
        let notes = stale.get(&at).cloned().unwrap_or_default();
        drafts.extend(drafts_of(source, notes, &mut redactor));
    }
    let mut readings = Vec::new();
    let (recorded, declared): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| draft.view == View::Recorded);
    for view in [recorded, declared] {
        readings.extend(joined_readings(view, &redactor));
    }
    let refreshed = refreshed(drifted);
    Assembled { readings, redactor, refreshed }
}

fn refreshed(drifted: Vec<(Taken, Taken)>) -> Option<(ViewEstate, ViewEstate)> {
    if drifted.is_empty() {
        return None;
    }
    let (before, after): (Vec<_>, Vec<_>) = drifted.into_iter().unzip();
    let estate = |view, taken: Vec<Taken>| {
        let mut estate = ViewEstate::new(view);
        let joined = join(taken.into_iter().map(|taken| taken.pieces).collect());
        joined.resources.into_iter().flatten().for_each(|resource| estate.add(resource));
        estate.sort();
        estate
    };
    Some((estate(View::Recorded, before), estate(View::Live, after)))
}

/// What is to be noted about a source that shares its lineage with another.
#[derive(Clone, Default)]
struct Snapshot {
    note: Option<String>,
    superseded: bool,
}

/// Of several snapshots of one state only the newest counts.
fn stale_snapshots(loaded: &[Loaded]) -> BTreeMap<usize, Snapshot> {
    let mut lineages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let document = |at: usize| loaded.get(at).and_then(|source| source.outcome.as_ref().ok());
    for at in 0..loaded.len() {
        if let Some(lineage) = document(at).and_then(|document| document.lineage.as_deref()) {
            lineages.entry(lineage).or_default().push(at);
        }
    }
    let mut snapshots = BTreeMap::new();
    for same in lineages.into_values().filter(|same| same.len() > 1) {
        let serial = |at: usize| document(at).map_or(0, |document| document.serial);
        let Some(newest) = same.iter().copied().max_by_key(|at| (serial(*at), std::cmp::Reverse(*at))) else { continue };
        for at in same {
            let superseded = at != newest;
            let note = format!(
                "two snapshots of one state: serial {} in {} is used, serial {} in {} is not",
                serial(newest),
                loaded[newest].name,
                serial(at),
                loaded[at].name
            );
            if superseded {
                snapshots.entry(newest).or_insert_with(|| Snapshot { note: Some(note.clone()), superseded: false });
                snapshots.insert(at, Snapshot { note: Some(note), superseded });
            }
        }
    }
    snapshots
}

fn drafts_of(source: Loaded, snapshot: Snapshot, redactor: &mut Redactor) -> Vec<Draft> {
    let (name, asked) = (source.name, source.asked);
    let draft = |view, kind, read_at, taken: Taken| Draft {
        name: name.clone(),
        asked: asked.clone(),
        kind,
        view,
        read_at,
        notes: taken.notes.into_iter().chain(snapshot.note.clone()).collect(),
        gaps: taken.gaps,
        pieces: taken.pieces,
        addresses: taken.addresses,
        readable: true,
    };
    let document = match source.outcome {
        Ok(document) => document,
        Err(gap) => {
            let mut taken = Taken::default();
            taken.gaps.add(None, gap);
            return vec![Draft { readable: false, ..draft(View::Recorded, "terraform_state", None, taken) }];
        }
    };
    if source.empty {
        let notes = BTreeSet::from(["empty state: no resources recorded".to_owned()]);
        return vec![draft(View::Recorded, "terraform_state", None, Taken { notes, ..Taken::default() })];
    }
    let kind = if document.plan { "terraform_plan" } else { "terraform_state" };
    let read_at = document.timestamp.as_deref().and_then(|text| text.parse().ok());
    let mut drafts = Vec::new();
    for (view, mut taken) in document.views() {
        redactor.absorb(&taken.redactor);
        if snapshot.superseded {
            taken.pieces = Pieces::default();
            taken.gaps = Gaps::default();
            taken.addresses = Vec::new();
        }
        drafts.push(draft(view, kind, read_at, taken));
    }
    drafts
}

fn joined_readings(mut drafts: Vec<Draft>, redactor: &Redactor) -> Vec<Reading> {
    let pieces = drafts.iter_mut().map(|draft| std::mem::take(&mut draft.pieces)).collect();
    let joined = join(pieces);
    let mut resources = joined.resources;
    settle_owners(&mut drafts, &mut resources);
    if let Some(first) = drafts.first_mut() {
        first.notes.extend(joined.notes);
    }
    let (several, none) = (drafts.len() > 1, Redactor::default());
    drafts.into_iter().zip(resources).map(|(draft, resources)| reading(draft, resources, if several { redactor } else { &none })).collect()
}

/// One ARN in two sources: the same address is the same object seen twice, another address is managed twice.
fn settle_owners(drafts: &mut [Draft], resources: &mut [Vec<Resource>]) {
    let mut seen = HashSet::new();
    let mut arns = resources.iter().flatten().filter_map(|resource| resource.meta().arn.ok());
    if arns.all(|arn| seen.insert(arn.as_str())) {
        return;
    }
    let mut owners: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let states_first = |at: &usize| (drafts[*at].kind == "terraform_plan", *at);
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(states_first);
    for at in order {
        let mut doubles = Vec::new();
        resources[at].retain(|resource| {
            let meta = resource.meta();
            let Some(arn) = meta.arn.ok() else { return true };
            let address = meta.address.clone().unwrap_or_default();
            let Some((owner, owned_as)) = owners.get(arn.as_str()) else {
                owners.insert(arn.as_str().to_owned(), (at, address));
                return true;
            };
            let same_object = *owner != at && *owned_as == address;
            doubles.push((*owner, same_object, format!("{arn} is {address} here and {owned_as} in ")));
            !same_object
        });
        note_doubles(drafts, at, doubles);
    }
}

fn note_doubles(drafts: &mut [Draft], at: usize, doubles: Vec<(usize, bool, String)>) {
    let mut repeated: BTreeMap<usize, usize> = BTreeMap::new();
    for (owner, same_object, text) in doubles {
        if same_object {
            *repeated.entry(owner).or_default() += 1;
        } else {
            let note = format!("managed twice: {text}{}", drafts[owner].name);
            drafts[owner].notes.insert(format!("managed twice, also in {}: {}", drafts[at].name, text.trim_end_matches(" in ")));
            drafts[at].notes.insert(note);
        }
    }
    for (owner, count) in repeated {
        let (mine, theirs) = (drafts[at].name.clone(), drafts[owner].name.clone());
        let note = format!("two snapshots of one state: {count} objects of {mine} are in {theirs} under the same addresses, which is used");
        drafts[at].notes.insert(note);
    }
}

fn reading(draft: Draft, resources: Vec<Resource>, redactor: &Redactor) -> Reading {
    let mut estate = ViewEstate::new(draft.view);
    estate.read_at = draft.read_at;
    for kind in draft.asked.kinds() {
        estate.listed(kind, Scope::Whole, draft.gaps.of(kind).cloned());
    }
    for resource in resources {
        let kind = resource.kind();
        match cleanse(resource, redactor) {
            Ok(resource) => estate.add(resource),
            Err(gap) => estate.listed(kind, Scope::Whole, Some(gap)),
        }
    }
    if draft.readable {
        if draft.asked.addresses {
            // Keys of one state may repeat a secret of another.
            let mut addresses: Vec<String> = draft.addresses.iter().map(|address| redactor.text(address).into_owned()).collect();
            addresses.sort_unstable();
            estate.addresses = Some(addresses);
        }
        estate.stores.extend(store::of_location(&draft.name));
    }
    estate.sort();
    let gaps: BTreeSet<Gap> = draft.gaps.all().cloned().collect();
    let source = SourceNote {
        kind: draft.kind.to_owned(),
        uri: draft.name.to_string(),
        view: draft.view,
        read_at: draft.read_at,
        resources: estate.len() as u64,
        gaps: gaps.into_iter().collect(),
        notes: draft.notes.into_iter().collect(),
    };
    Reading { estate, source, calls: BTreeMap::new() }
}
