//! `terraform show -json` of a state and of a plan.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::each::each_item;
use super::error::Error;
use super::formats::Top;
use super::intake::{Attributes, RawObject, Sensitive, Source, Taken, Taker, take_in};
use super::native::index_key;
use crate::collect::terraform::address::Address;
use crate::collect::terraform::map;
use crate::estate::Kind;

/// Deepest nesting of modules; Terraform users stay below ten.
const MODULE_DEPTH: usize = 100;

#[derive(Deserialize)]
struct Values<'a> {
    #[serde(borrow, default)]
    outputs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    root_module: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Module<'a> {
    #[serde(borrow, default)]
    address: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    resources: Option<&'a RawValue>,
    #[serde(borrow, default)]
    child_modules: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow, default)]
    address: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    module_address: Option<Cow<'a, str>>,
    #[serde(borrow)]
    mode: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    resource_type: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    index: Option<&'a RawValue>,
    #[serde(borrow, default)]
    provider_name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    values: Option<&'a RawValue>,
    #[serde(borrow, default)]
    sensitive_values: Option<&'a RawValue>,
    #[serde(borrow, default)]
    identity: Option<&'a RawValue>,
    #[serde(default)]
    tainted: Option<bool>,
    #[serde(borrow, default)]
    deposed_key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    deposed: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    change: Option<Change<'a>>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(default)]
    actions: Vec<String>,
    #[serde(borrow, default)]
    before: Option<&'a RawValue>,
    #[serde(borrow, default)]
    before_sensitive: Option<&'a RawValue>,
    #[serde(borrow, default)]
    after: Option<&'a RawValue>,
    #[serde(borrow, default)]
    after_unknown: Option<&'a RawValue>,
    #[serde(borrow, default)]
    after_sensitive: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct PriorState<'a> {
    #[serde(borrow, default)]
    values: Option<&'a RawValue>,
}

/// The recorded view of `show -json` of a state.
pub(super) fn values(source: &Source, values: &RawValue, plan: Option<&Top<'_>>) -> Result<Taken, Error> {
    take_in(source, |intake| {
        if let Some(plan) = plan {
            intake.named_values(plan.variables);
        }
        walk(values, intake, &BTreeMap::new())
    })
}

/// The objects of the recorded view, for an index; and the outputs.
pub(super) fn index<'a>(top: &Top<'a>, intake: &mut dyn Taker<'a>) -> Result<Option<&'a RawValue>, Error> {
    let prior = || serde_json::from_str::<PriorState<'a>>(top.prior_state?.get()).ok()?.values;
    let Some(recorded) = top.values.or_else(prior) else { return Ok(None) };
    walk(recorded, intake, &BTreeMap::new())?;
    let values: Values<'a> = serde_json::from_str(recorded.get()).map_err(|_| Error::Malformed { what: "values" })?;
    Ok(values.outputs)
}

/// The recorded view of a plan: the state that it starts from, which may be empty.
pub(super) fn prior_state(source: &Source, prior: &RawValue, plan: &Top<'_>) -> Result<Taken, Error> {
    let prior: PriorState<'_> = serde_json::from_str(prior.get()).map_err(|_| Error::Malformed { what: "prior_state" })?;
    prior.values.map_or_else(|| Ok(Taken::default()), |raw| values(source, raw, Some(plan)))
}

/// The declared view of a plan: planned values, and what is computed at apply marked as such.
///
/// `planned_values` leaves unknowns out, so that a computed value looks absent; `resource_changes` has them.
pub(super) fn planned(source: &Source, top: &Top<'_>) -> Result<Taken, Error> {
    take_in(source, |intake| {
        intake.named_values(top.variables);
        let changes = changes(top, intake)?;
        top.planned_values.map_or(Ok(()), |planned| walk(planned, intake, &changes))
    })
}

fn changes<'a>(top: &Top<'a>, intake: &mut dyn Taker<'a>) -> Result<BTreeMap<Address, Change<'a>>, Error> {
    let mut changes = BTreeMap::new();
    let Some(raw) = top.resource_changes else { return Ok(changes) };
    each_item(raw, "resource_changes", |raw| {
        match serde_json::from_str::<Resource<'_>>(raw.get()) {
            Ok(resource) if resource.deposed.is_none() => {
                if let (Some(address), Some(change)) = (address(&resource, None), resource.change) {
                    changes.insert(address, change);
                }
            }
            Ok(_) => {}
            Err(_) => intake.unreadable(None, "a change of the plan"),
        }
        Ok(())
    })?;
    Ok(changes)
}

/// What Terraform found changed outside of it while it refreshed: the objects as the state had them, and as they were live.
///
/// `prior_state` is the state after the refresh. Objects that did not change stand beside those that did on both sides, since a thing
/// may be put together from several of them.
pub(super) fn drifted(source: &Source, raw: &RawValue, prior: Option<&RawValue>) -> Result<(Taken, Taken), Error> {
    let mut moved = BTreeSet::new();
    each_drift(raw, |resource, _| {
        moved.extend(address(resource, None));
        Ok(())
    })?;
    let prior = prior.and_then(|raw| serde_json::from_str::<PriorState<'_>>(raw.get()).ok()?.values);
    let before = take_in(source, |intake| {
        each_drift(raw, |resource, change| side(resource, change.before, change.before_sensitive, intake))?;
        unmoved(prior, &moved, intake)
    })?;
    let after = take_in(source, |intake| {
        each_drift(raw, |resource, change| side(resource, change.after, change.after_sensitive, intake))?;
        unmoved(prior, &moved, intake)
    })?;
    Ok((before, after))
}

fn unmoved<'a>(values: Option<&'a RawValue>, moved: &BTreeSet<Address>, taker: &mut dyn Taker<'a>) -> Result<(), Error> {
    values.map_or(Ok(()), |values| walk(values, &mut Except { taker, moved }, &BTreeMap::new()))
}

/// Passes on what did not move.
struct Except<'t, 'a> {
    taker: &'t mut dyn Taker<'a>,
    moved: &'t BTreeSet<Address>,
}

impl<'a> Taker<'a> for Except<'_, 'a> {
    fn object(&mut self, object: RawObject<'a>) -> Result<(), Error> {
        if self.moved.contains(&object.address) { Ok(()) } else { self.taker.object(object) }
    }

    fn unreadable(&mut self, kind: Option<Kind>, what: &str) {
        self.taker.unreadable(kind, what);
    }

    fn named_values(&mut self, raw: Option<&RawValue>) {
        self.taker.named_values(raw);
    }

    fn note(&mut self, note: String) {
        self.taker.note(note);
    }
}

fn each_drift<'a>(raw: &'a RawValue, mut visit: impl FnMut(&Resource<'a>, &Change<'a>) -> Result<(), Error>) -> Result<(), Error> {
    each_item(raw, "resource_drift", |raw| match serde_json::from_str::<Resource<'a>>(raw.get()) {
        Ok(resource) if resource.deposed.is_none() => resource.change.as_ref().map_or(Ok(()), |change| visit(&resource, change)),
        Ok(_) | Err(_) => Ok(()),
    })
}

fn side<'a>(
    resource: &Resource<'a>,
    values: Option<&'a RawValue>,
    sensitive: Option<&'a RawValue>,
    intake: &mut dyn Taker<'a>,
) -> Result<(), Error> {
    let Some(address) = address(resource, None) else { return Ok(()) };
    let Some(values) = values.filter(|raw| raw.get() != "null") else { return Ok(()) };
    intake.object(RawObject {
        provider: resource.provider_name.clone().unwrap_or_default(),
        tainted: false,
        deposed: false,
        attributes: Attributes::Json(values),
        identity: None,
        sensitive: sensitive.filter(|raw| raw.get() != "false").map_or(Sensitive::Unmarked, Sensitive::Shape),
        unknown: None,
        address,
    })
}

fn walk<'a>(raw: &'a RawValue, intake: &mut dyn Taker<'a>, changes: &BTreeMap<Address, Change<'a>>) -> Result<(), Error> {
    let values: Values<'a> = serde_json::from_str(raw.get()).map_err(|_| Error::Malformed { what: "values" })?;
    intake.named_values(values.outputs);
    let mut level: Vec<&'a RawValue> = values.root_module.into_iter().collect();
    for _ in 0..MODULE_DEPTH {
        let mut next = Vec::new();
        for raw in level {
            let module: Module<'a> = serde_json::from_str(raw.get()).map_err(|_| Error::Malformed { what: "tree of modules" })?;
            if let Some(resources) = module.resources {
                each_item(resources, "list of resources", |raw| resource(raw, module.address.as_deref(), intake, changes))?;
            }
            if let Some(children) = module.child_modules {
                each_item(children, "list of modules", |raw| {
                    next.push(raw);
                    Ok(())
                })?;
            }
        }
        if next.is_empty() {
            return Ok(());
        }
        level = next;
    }
    Err(Error::Malformed { what: "depth of modules" })
}

fn resource<'a>(
    raw: &'a RawValue,
    module: Option<&str>,
    intake: &mut dyn Taker<'a>,
    changes: &BTreeMap<Address, Change<'a>>,
) -> Result<(), Error> {
    let Ok(resource) = serde_json::from_str::<Resource<'a>>(raw.get()) else {
        intake.unreadable(None, "a resource");
        return Ok(());
    };
    let Some(address) = address(&resource, module) else {
        intake.unreadable(map::kind_of(&resource.resource_type), "the address of a resource");
        return Ok(());
    };
    let mut object = RawObject {
        provider: resource.provider_name.clone().unwrap_or_default(),
        tainted: resource.tainted == Some(true),
        deposed: resource.deposed_key.as_deref().is_some_and(|key| !key.is_empty()),
        attributes: resource.values.map_or(Attributes::None, Attributes::Json),
        identity: resource.identity,
        sensitive: resource.sensitive_values.map_or(Sensitive::Unmarked, Sensitive::Shape),
        unknown: None,
        address,
    };
    if let Some(change) = changes.get(&object.address) {
        // A change that only reads or deletes has no "after" worth more than the planned value.
        if change.actions.iter().any(|action| action != "delete" && action != "forget") {
            object.attributes = change.after.filter(|raw| raw.get() != "null").map_or(object.attributes, Attributes::Json);
            object.sensitive = change.after_sensitive.filter(|raw| raw.get() != "false").map_or(object.sensitive, Sensitive::Shape);
            object.unknown = change.after_unknown;
        }
    }
    intake.object(object)
}

/// The address as it is written, or put together from its parts. Terraform 0.12 leaves module and index out of it.
fn address(resource: &Resource<'_>, module: Option<&str>) -> Option<Address> {
    let modules = || Address::parse_modules(resource.module_address.as_deref().or(module).unwrap_or_default());
    let index = || resource.index.filter(|raw| raw.get() != "null").and_then(index_key);
    if let Some(mut address) = resource.address.as_deref().and_then(Address::parse) {
        if address.modules.is_empty() {
            address.modules = modules()?;
        }
        address.key = address.key.or_else(index);
        return Some(address);
    }
    Some(Address {
        modules: modules()?,
        data: resource.mode == "data",
        resource_type: resource.resource_type.to_string(),
        name: resource.name.to_string(),
        key: index(),
    })
}
