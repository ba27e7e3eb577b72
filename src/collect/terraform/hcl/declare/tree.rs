//! The attributes of one instance as a state would hold them: what code sets, what a state records, what is the default.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::defaults::{Plain, Row, Unset, rows};
use super::identity::Identities;
use super::ignored;
use super::lower::Lowering;
use super::why::unknown;
use crate::collect::terraform::address::Address;
use crate::collect::terraform::hcl::caller;
use crate::collect::terraform::hcl::expand::Recorded;
use crate::collect::terraform::hcl::instance::{IgnoreChanges, Instance};
use crate::collect::terraform::hcl::replace::is_replaced;
use crate::collect::terraform::hcl::value::{Origin, Val, ValKind};
use crate::collect::terraform::value::{Located, Value};
use crate::estate::{Arn, Cause, Gap, LEFT_OPEN, PROVIDER_DEFAULT, identity_handle, is_handle};

/// Builds the trees of one root module.
pub(super) struct Trees<'a> {
    pub(super) lowering: Lowering<'a>,
    pub(super) ids: &'a Identities<'a>,
    pub(super) recorded: &'a dyn Recorded,
    pub(super) moved: &'a [(Address, Address)],
    /// Why resources may be declared that nobody saw.
    pub(super) hidden: Option<Gap>,
    /// Domains of hosted zones by zone id.
    pub(super) domains: BTreeMap<String, Arc<str>>,
}

type Map = BTreeMap<String, Value>;

impl Trees<'_> {
    /// Learns the domains of the hosted zones, which the names of records are relative to.
    pub(super) fn learn_domains(&mut self) {
        for (address, zone) in self.ids.of_type("aws_route53_zone") {
            let Some(ValKind::String(domain)) = zone.body.attributes.get("name").map(|(_, name)| &name.kind) else { continue };
            let recorded = self.recorded.attribute(&self.recorded_address(&zone.address), "zone_id");
            let id = recorded.and_then(|id| self.ids.of_val(&id)).or_else(|| self.ids.text(address, "id"));
            self.domains.extend(id.map(|id| (id, domain.clone())));
        }
    }

    /// The attributes of an instance.
    pub(super) fn tree(&mut self, instance: &Instance) -> Value {
        let mut map = self.lowering.body(&instance.body);
        let recorded = self.recorded_address(&instance.address);
        self.ignored(instance, &recorded, &mut map);
        for row in rows(&instance.address.resource_type) {
            if !map.contains_key(row.attribute) {
                let value = self.unset(instance, &recorded, row, &map);
                map.insert(row.attribute.to_owned(), value);
            }
        }
        self.tags(instance, &mut map);
        self.region(instance, &mut map);
        self.special(instance, &mut map);
        Value::Map(map)
    }

    /// What `moved` blocks call the object that a state still records under its old address.
    fn recorded_address(&self, address: &Address) -> Address {
        if self.moved.is_empty() || self.recorded.attributes(address).is_some() {
            return address.clone();
        }
        let whole = |other: &Address| Address { key: address.key.clone(), ..other.clone() };
        let from = self.moved.iter().find(|(_, to)| to == address || (to.key.is_none() && whole(to) == *address));
        match from {
            Some((from, to)) if to == address => from.clone(),
            Some((from, _)) => whole(from),
            None => address.clone(),
        }
    }

    /// Terraform does not put right what `ignore_changes` names: what a state records stays.
    fn ignored(&mut self, instance: &Instance, recorded: &Address, map: &mut Map) {
        let names: Vec<Arc<str>> = match &instance.lifecycle.ignore_changes {
            IgnoreChanges::None => return,
            IgnoreChanges::All => map.keys().map(|name| name.as_str().into()).collect(),
            IgnoreChanges::Some(names) => names.clone(),
        };
        for name in names {
            let (base, steps) = ignored::path(&name);
            let Some(value) = self.recorded_value(instance, recorded, &base) else { continue };
            if steps.is_empty() {
                map.insert(base, value);
            } else if let (Some(own), Some(part)) = (map.get_mut(&base), ignored::part(&value, &steps)) {
                // Only the part that is named stays as it is; the rest of the attribute is the code's.
                ignored::put(own, &steps, part.clone());
            }
        }
    }

    /// Whether the state records another thing at this address than the one that code means.
    fn is_replaced(&self, instance: &Instance, recorded: &Address) -> bool {
        let code = |name: &str| instance.body.attributes.get(name).map(|(_, val)| val.clone());
        let was = |name: &str| self.recorded.attribute(recorded, name);
        is_replaced(&instance.address.resource_type, &instance.lifecycle.ignore_changes, code, was)
    }

    /// What a state records of an attribute, if it is known there.
    fn recorded_value(&mut self, instance: &Instance, recorded: &Address, name: &str) -> Option<Value> {
        if self.is_replaced(instance, recorded) {
            return None;
        }
        let val = self.recorded.attribute(recorded, name).filter(|val| !val.is_null())?;
        let at = match &val.origin {
            Origin::State { file, address } => self.lowering.place(instance.at, Some(format!("{LEFT_OPEN}{file} {address}").into())),
            other => self.lowering.locus(instance.at, other),
        };
        let plain = Val { origin: Origin::None, ..val };
        let Value::At(located) = self.lowering.attribute(name, instance.at, &plain) else { return None };
        Some(Value::At(Box::new(Located { at, value: located.value })))
    }

    fn unset(&mut self, instance: &Instance, recorded: &Address, row: &Row, map: &Map) -> Value {
        let overruled = row.without.iter().any(|other| map.get(*other).is_some_and(|value| !is_empty(value)));
        let is_set = if let (Unset::Is(plain), false) = (row.unset, overruled) { Some(plain) } else { None };
        if let Some(plain) = is_set {
            return self.default(instance, plain);
        }
        if let Some(value) = self.recorded_value(instance, recorded, row.attribute) {
            return value;
        }
        match row.unset {
            _ if overruled => self.computed(instance, row.attribute),
            Unset::Unless(plain) => match &self.hidden {
                Some(gap) => {
                    let detail = format!("`{}` of {} may be set elsewhere: {}", row.attribute, instance.address, gap.detail);
                    Value::Unknown(Gap { detail: detail.into(), ..gap.clone() })
                }
                None => self.default(instance, plain),
            },
            Unset::Is(plain) | Unset::Created(plain) => self.default(instance, plain),
            Unset::Computed => self.computed(instance, row.attribute),
            Unset::Own => match self.ids.text(&instance.address.to_string(), row.attribute) {
                Some(text) => Value::String(text),
                // Identifying under another name than the usual ones: `db_snapshot_arn`.
                None => Value::String(identity_handle(&format!("{}.{}", instance.address, row.attribute))),
            },
        }
    }

    fn default(&self, instance: &Instance, plain: Plain) -> Value {
        let value = match plain {
            Plain::Bool(bool) => Value::Bool(bool),
            Plain::Number(number) => Value::Number(number.into()),
            Plain::Text(text) => Value::String(text.to_owned()),
            Plain::Nothing => Value::List(Vec::new()),
            Plain::Disabled => block([("enabled", Value::Bool(false))]),
            Plain::SseS3 => {
                let default = block([("sse_algorithm", Value::String("AES256".to_owned()))]);
                block([("rule", block([("apply_server_side_encryption_by_default", default)]))])
            }
        };
        Value::At(Box::new(Located { at: self.lowering.place(instance.at, Some(PROVIDER_DEFAULT.into())), value }))
    }

    fn computed(&self, instance: &Instance, attribute: &str) -> Value {
        let place = self.lowering.files.line(instance.at);
        let detail = format!(
            "`{attribute}` of {} ({place}) is not set, and known after apply: give the state that records it (--state FILE)",
            instance.address
        );
        Value::Unknown(Gap::new(Cause::ComputedAtApply, detail))
    }

    /// `tags_all`: the default tags of the provider, overruled by the tags of the resource.
    fn tags(&mut self, instance: &Instance, map: &mut Map) {
        let defaults = instance.provider.default_tags.as_ref().filter(|tags| !tags.is_null());
        let defaults = defaults.map(|tags| self.lowering.attribute("default_tags", instance.provider.at, tags));
        let own = map.remove("tags");
        let at = match &own {
            Some(Value::At(located)) => located.at.clone(),
            _ => self.lowering.place(instance.at, None),
        };
        let mut all = BTreeMap::new();
        for tags in [defaults, own].into_iter().flatten() {
            match tags.plain() {
                Value::Map(tags) => all.extend(tags.clone()),
                Value::Null => {}
                other => {
                    map.insert("tags_all".to_owned(), other.clone());
                    return;
                }
            }
        }
        all.retain(|_, value| *value.plain() != Value::Null);
        map.insert("tags_all".to_owned(), Value::At(Box::new(Located { at, value: Value::Map(all) })));
    }

    /// The region that the provider configuration gives, unless the resource names its own or a state records its ARN.
    fn region(&mut self, instance: &Instance, map: &mut Map) {
        if map.contains_key("region") {
            return;
        }
        let at = instance.provider.at;
        let region = match &instance.provider.region {
            Some(region) if !region.is_null() => self.lowering.attribute("region", at, region),
            _ if recorded_arn(map).is_some_and(|arn| arn.region().is_some()) => return,
            _ => {
                let alias = instance
                    .provider
                    .alias
                    .as_deref()
                    .map_or_else(|| "the default provider".to_owned(), |alias| format!("provider {alias}"));
                let detail =
                    format!("no configuration of {alias} sets the region of {}: set `region`, or give the state", instance.address);
                // The default provider may take it from the environment; an alias that nobody configured means nothing.
                let cause = if instance.provider.alias.is_none() { Cause::NotStated } else { Cause::NotRead };
                Value::Unknown(Gap::new(cause, detail))
            }
        };
        map.insert("region".to_owned(), region);
    }

    /// What the table cannot say.
    fn special(&mut self, instance: &Instance, map: &mut Map) {
        match instance.address.resource_type.as_str() {
            "aws_route53_record" => {
                if let Some(fqdn) = self.fqdn(instance) {
                    map.insert("fqdn".to_owned(), fqdn);
                }
            }
            "aws_s3_bucket" => each_block(map.get_mut("versioning"), |block| {
                block.entry("enabled".to_owned()).or_insert(Value::Bool(false));
            }),
            "aws_s3_bucket_server_side_encryption_configuration" => each_block(map.get_mut("rule"), |block| {
                block.entry("apply_server_side_encryption_by_default".to_owned()).or_insert(Value::List(Vec::new()));
            }),
            _ => {}
        }
    }

    /// The whole name of a record, whose `name` may be relative to its zone. Without the domain of the zone nobody knows which.
    fn fqdn(&mut self, instance: &Instance) -> Option<Value> {
        let (at, name) = instance.body.attributes.get("name")?;
        let ValKind::String(text) = &name.kind else { return None };
        let full = match self.domain(instance) {
            Some(domain) => full_name(text, &domain),
            None => identity_handle(text),
        };
        Some(self.lowering.attribute("name", *at, &Val { kind: ValKind::String(full.into()), ..name.clone() }))
    }

    fn domain(&self, record: &Instance) -> Option<Arc<str>> {
        let (_, zone) = record.body.attributes.get("zone_id")?;
        self.domains.get(&self.ids.of_val(zone)?).cloned()
    }

    /// The account that the provider configuration names, in the form of an identity block.
    pub(super) fn identity(&mut self, instance: &Instance) -> Option<Value> {
        let account = caller::account(&instance.provider)?;
        Some(Value::Map(BTreeMap::from([("account_id".to_owned(), Value::String(account))])))
    }

    /// Why nobody can say how many of it there are.
    pub(super) fn uncertain(&self, instance: &Instance) -> Option<Gap> {
        let reason = instance.uncertain.as_ref()?;
        let what = format!("how many {} there are ({})", instance.address, self.lowering.files.line(instance.at));
        let unknown_count = crate::collect::terraform::hcl::value::Unknown { why: reason.clone(), choice: None };
        let gap = unknown(&what, &unknown_count, self.lowering.places);
        Some(Gap { cause: Cause::Undecided, ..gap })
    }
}

fn recorded_arn(map: &Map) -> Option<Arn> {
    match map.get("arn")?.plain() {
        Value::String(arn) if !is_handle(arn) => Some(Arn::from(arn.as_str())),
        _ => None,
    }
}

/// Whether a value says that nothing is there: as good as unset.
fn is_empty(value: &Value) -> bool {
    match value.plain() {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

fn each_block(blocks: Option<&mut Value>, change: impl Fn(&mut Map)) {
    let mut value = blocks;
    while let Some(Value::At(located)) = value {
        value = Some(&mut located.value);
    }
    let Some(Value::List(items)) = value else { return };
    for mut item in items {
        while let Value::At(located) = item {
            item = &mut located.value;
        }
        if let Value::Map(map) = item {
            change(map);
        }
    }
}

fn block<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::List(vec![Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())])
}

/// As the provider expands it: a name that ends with the domain is whole already.
fn full_name(name: &str, domain: &str) -> String {
    let (name, domain) = (name.trim_end_matches('.'), domain.trim_end_matches('.'));
    let (lower, lower_domain) = (name.to_ascii_lowercase(), domain.to_ascii_lowercase());
    let whole = lower.strip_suffix(&lower_domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    match name {
        "" => domain.to_owned(),
        _ if whole => name.to_owned(),
        _ => format!("{name}.{domain}"),
    }
}
