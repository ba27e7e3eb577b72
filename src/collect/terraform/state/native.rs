//! State files themselves: format 4 (Terraform 0.12 and later, OpenTofu) and formats 1 to 3 (before; Terraformer still).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::each::{each_entry, each_item};
use super::error::Error;
use super::formats::whole;
use super::intake::{Attributes, RawObject, Sensitive, Taker};
use crate::collect::terraform::address::{Address, Key, ModuleStep};
use crate::collect::terraform::map;

/// `resources[]` of format 4, its instances parsed along or left as text.
#[derive(Deserialize)]
struct Resource4<'a, I> {
    #[serde(borrow, default)]
    module: Option<Cow<'a, str>>,
    #[serde(borrow)]
    mode: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    resource_type: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    provider: Option<Cow<'a, str>>,
    instances: Option<Vec<I>>,
}

/// `instances[]` of format 4.
#[derive(Deserialize)]
struct Instance4<'a> {
    #[serde(borrow, default)]
    index_key: Option<&'a RawValue>,
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    deposed: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    attributes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    attributes_flat: Option<&'a RawValue>,
    #[serde(borrow, default)]
    sensitive_attributes: Option<&'a RawValue>,
    #[serde(borrow, default)]
    identity: Option<&'a RawValue>,
}

/// Takes in every object of a format 4 state. A bad object is a gap, not the end.
pub(super) fn resources<'a>(raw: Option<&'a RawValue>, intake: &mut dyn Taker<'a>) -> Result<(), Error> {
    let Some(raw) = raw else { return Ok(()) };
    each_item(raw, "list of resources", |raw| resource(raw.get(), intake))
}

/// Takes in the objects of one item of `resources[]`.
pub(super) fn resource<'a>(json: &'a str, intake: &mut dyn Taker<'a>) -> Result<(), Error> {
    if let Ok(resource) = serde_json::from_str::<Resource4<'a, Instance4<'a>>>(json) {
        return resource4(resource, intake, Some);
    }
    match serde_json::from_str::<Resource4<'a, &'a RawValue>>(json) {
        Ok(resource) => resource4(resource, intake, |raw| serde_json::from_str(raw.get()).ok()),
        Err(_) => {
            intake.unreadable(None, "a resource");
            Ok(())
        }
    }
}

fn resource4<'a, I>(
    resource: Resource4<'a, I>,
    intake: &mut dyn Taker<'a>,
    parse: impl Fn(I) -> Option<Instance4<'a>>,
) -> Result<(), Error> {
    let kind = map::kind_of(&resource.resource_type);
    if !matches!(resource.mode.as_ref(), "managed" | "data") {
        intake.note("resources of an unknown mode skipped: neither managed nor data".to_owned());
        return Ok(());
    }
    let Some(modules) = Address::parse_modules(resource.module.as_deref().unwrap_or_default()) else {
        intake.unreadable(kind, "the module of a resource");
        return Ok(());
    };
    let address = Address {
        modules,
        data: resource.mode == "data",
        resource_type: resource.resource_type.into_owned(),
        name: resource.name.into_owned(),
        key: None,
    };
    for instance in resource.instances.into_iter().flatten() {
        match parse(instance) {
            Some(instance) => intake.object(object4(&instance, &address, resource.provider.as_ref()))?,
            None => intake.unreadable(kind, &format!("an instance of {}", crate::collect::redact::redact_text(&address.to_string()))),
        }
    }
    Ok(())
}

fn object4<'a>(instance: &Instance4<'a>, address: &Address, provider: Option<&Cow<'a, str>>) -> RawObject<'a> {
    RawObject {
        address: Address { key: instance.index_key.and_then(index_key), ..address.clone() },
        provider: provider.cloned().unwrap_or_default(),
        tainted: instance.status.as_deref() == Some("tainted"),
        deposed: instance.deposed.as_deref().is_some_and(|key| !key.is_empty()),
        attributes: match (instance.attributes, instance.attributes_flat) {
            (Some(raw), _) => Attributes::Json(raw),
            (None, Some(raw)) => Attributes::Flat(raw),
            (None, None) => Attributes::None,
        },
        identity: instance.identity,
        sensitive: instance.sensitive_attributes.map_or(Sensitive::Unmarked, Sensitive::Paths),
        unknown: None,
    }
}

/// A number for `count` (which may be written as `0.0`), a string for `for_each`.
pub(super) fn index_key(raw: &RawValue) -> Option<Key> {
    whole(raw).map(Key::Index).or_else(|| serde_json::from_str(raw.get()).ok().map(Key::Name))
}

/// `modules[]` of formats 1 to 3.
#[derive(Deserialize)]
struct Module3<'a> {
    #[serde(default)]
    path: Vec<String>,
    #[serde(borrow, default)]
    outputs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    resources: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Resource3<'a> {
    #[serde(borrow, default)]
    provider: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    primary: Option<Instance3<'a>>,
    #[serde(borrow, default)]
    deposed: Option<Vec<Instance3<'a>>>,
}

#[derive(Deserialize)]
struct Instance3<'a> {
    #[serde(borrow, default)]
    attributes: Option<&'a RawValue>,
    #[serde(default)]
    tainted: Option<bool>,
}

/// Takes in every object of a state of formats 1 to 3.
pub(super) fn modules<'a>(raw: Option<&'a RawValue>, intake: &mut dyn Taker<'a>) -> Result<(), Error> {
    let Some(raw) = raw else { return Ok(()) };
    each_item(raw, "list of modules", |raw| {
        let Ok(module) = serde_json::from_str::<Module3<'a>>(raw.get()) else {
            intake.unreadable(None, "a module");
            return Ok(());
        };
        intake.named_values(module.outputs);
        let path = module.path.get(1..).unwrap_or_default();
        let modules: Vec<ModuleStep> = path.iter().map(|name| ModuleStep { name: name.clone(), key: None }).collect();
        let Some(resources) = module.resources else { return Ok(()) };
        each_entry(resources, "map of resources", |key, raw| resource3(&key, raw, &modules, intake))
    })
}

fn resource3<'a>(key: &str, raw: &'a RawValue, modules: &[ModuleStep], intake: &mut dyn Taker<'a>) -> Result<(), Error> {
    let Some(address) = address3(key, modules) else {
        intake.unreadable(None, "the key of a resource");
        return Ok(());
    };
    let Ok(resource) = serde_json::from_str::<Resource3<'a>>(raw.get()) else {
        let what = format!("what is recorded of {}", crate::collect::redact::redact_text(&address.to_string()));
        intake.unreadable(map::kind_of(&address.resource_type), &what);
        return Ok(());
    };
    let provider = resource.provider.unwrap_or_default();
    let object = |instance: Instance3<'a>, deposed| RawObject {
        address: address.clone(),
        provider: provider.clone(),
        tainted: instance.tainted == Some(true),
        deposed,
        attributes: instance.attributes.map_or(Attributes::None, Attributes::Flat),
        identity: None,
        sensitive: Sensitive::Unmarked,
        unknown: None,
    };
    for old in resource.deposed.into_iter().flatten() {
        intake.object(object(old, true))?;
    }
    resource.primary.map_or(Ok(()), |primary| intake.object(object(primary, false)))
}

/// `aws_instance.web`, `aws_instance.web.0`, `data.aws_ami.x`, `data.aws_ami.x.0`.
fn address3(key: &str, modules: &[ModuleStep]) -> Option<Address> {
    let (data, rest) = key.strip_prefix("data.").map_or((false, key), |rest| (true, rest));
    let (resource_type, rest) = rest.split_once('.')?;
    let (name, key) = match rest.rsplit_once('.') {
        Some((name, index)) if index.parse::<u64>().is_ok() => (name, index.parse().ok().map(Key::Index)),
        _ => (rest, None),
    };
    Some(Address { modules: modules.to_vec(), data, resource_type: resource_type.to_owned(), name: name.to_owned(), key })
}
