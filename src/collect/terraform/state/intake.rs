//! One way in for the objects of every format: secrets are learnt from all of them, nouns are made of those that are read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::error::Error;
use crate::collect::redact::{self, Marks, Redactor, Step};
use crate::collect::terraform::address::Address;
use crate::collect::terraform::asked::Asked;
use crate::collect::terraform::flatmap;
use crate::collect::terraform::map::{self, Object, Pieces};
use crate::collect::terraform::value::Value;
use crate::estate::{Cause, Gap, Kind, Locus};

/// One object, still as text where it may be large.
pub(super) struct RawObject<'a> {
    pub(super) address: Address,
    pub(super) provider: Cow<'a, str>,
    pub(super) tainted: bool,
    pub(super) deposed: bool,
    pub(super) attributes: Attributes<'a>,
    pub(super) identity: Option<&'a RawValue>,
    pub(super) sensitive: Sensitive<'a>,
    /// The shape of what a plan does not know yet.
    pub(super) unknown: Option<&'a RawValue>,
}

/// The attributes of an object.
#[derive(Clone, Copy)]
pub(super) enum Attributes<'a> {
    None,
    Json(&'a RawValue),
    Flat(&'a RawValue),
}

impl<'a> Attributes<'a> {
    fn raw(self) -> &'a str {
        match self {
            Self::None => "",
            Self::Json(raw) | Self::Flat(raw) => raw.get(),
        }
    }
}

/// What the source marks sensitive.
#[derive(Clone, Copy)]
pub(super) enum Sensitive<'a> {
    /// The source has no marks (Terraform before 0.14).
    Unmarked,
    /// `sensitive_attributes` of a state.
    Paths(&'a RawValue),
    /// `sensitive_values` of `show -json`.
    Shape(&'a RawValue),
}

/// Who takes in the objects of a source, as a walk over it finds them.
pub(super) trait Taker<'a> {
    /// One object.
    fn object(&mut self, object: RawObject<'a>) -> Result<(), Error>;

    /// A part of the source that could not be read as an object.
    fn unreadable(&mut self, kind: Option<Kind>, what: &str);

    /// Named values: outputs, variables.
    fn named_values(&mut self, raw: Option<&RawValue>);

    /// Something worth telling.
    fn note(&mut self, note: String);
}

/// A list of objects, for an index: it wants nothing else.
impl<'a> Taker<'a> for Vec<RawObject<'a>> {
    fn object(&mut self, object: RawObject<'a>) -> Result<(), Error> {
        self.push(object);
        Ok(())
    }

    fn unreadable(&mut self, _kind: Option<Kind>, _what: &str) {}

    fn named_values(&mut self, _raw: Option<&RawValue>) {}

    fn note(&mut self, _note: String) {}
}

/// Which source is taken in, and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) file: Arc<str>,
    pub(super) asked: Arc<Asked>,
}

/// Takes objects in, one by one, and maps each at once, so that nothing of a source is kept but its nouns.
pub(super) struct Intake {
    source: Source,
    /// Hashes of the addresses that were taken in: a state of a hundred thousand objects has megabytes of them.
    addresses: HashSet<u64>,
    hasher: RandomState,
    /// Managed objects of any type, where promises name addresses.
    managed: Vec<String>,
    /// How many managed objects there are, of any type.
    count: usize,
    pieces: Pieces,
    redactor: Redactor,
    notes: BTreeSet<String>,
    gaps: Gaps,
    deposed: usize,
}

/// Walks a source, and walks it again in the rare case that something that was mapped repeats a secret that was learnt after it.
pub(super) fn take_in(source: &Source, mut walk: impl FnMut(&mut Intake) -> Result<(), Error>) -> Result<Taken, Error> {
    let mut first = Intake::new(source.clone(), Redactor::default());
    walk(&mut first)?;
    if !first.repeats_a_secret() {
        return Ok(first.finish());
    }
    let mut second = Intake::new(source.clone(), first.redactor);
    walk(&mut second)?;
    Ok(second.finish())
}

/// What one intake gave.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) pieces: Pieces,
    pub(super) redactor: Redactor,
    pub(super) notes: BTreeSet<String>,
    pub(super) gaps: Gaps,
    /// Managed objects of any type, where they are asked for.
    pub(super) addresses: Vec<String>,
    /// How many managed objects there are, of any type.
    pub(super) managed: usize,
}

/// Gaps in the listing of a kind; `None` is every kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps(BTreeMap<Option<Kind>, BTreeSet<Gap>>);

impl Gaps {
    pub(super) fn add(&mut self, kind: Option<Kind>, gap: Gap) {
        self.0.entry(kind).or_default().insert(gap);
    }

    pub(super) fn of(&self, kind: Kind) -> Option<&Gap> {
        [Some(kind), None].iter().filter_map(|key| self.0.get(key)).flatten().next()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Gap> {
        self.0.values().flatten()
    }
}

impl Intake {
    fn new(source: Source, redactor: Redactor) -> Self {
        Self {
            source,
            addresses: HashSet::new(),
            hasher: RandomState::new(),
            managed: Vec::new(),
            count: 0,
            pieces: Pieces::default(),
            redactor,
            notes: BTreeSet::new(),
            gaps: Gaps::default(),
            deposed: 0,
        }
    }

    fn map(&mut self, object: &RawObject<'_>, mut value: Value, address: &str) {
        self.redactor.cleanse(&mut value);
        let address = self.redactor.text(address);
        if let Some(shape) = object.unknown.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok()) {
            let gap = Gap::new(Cause::ComputedAtApply, format!("{address}: computed when the plan is applied"));
            value.mark_unknown(&shape, &gap);
        }
        let identity = object.identity.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
        let at = Locus::State { file: self.source.file.clone(), address: (*address).into() };
        map::map(
            &Object {
                address: &address,
                resource_type: &object.address.resource_type,
                provider: &object.provider,
                tainted: object.tainted,
                attributes: &value,
                identity: identity.as_ref(),
                at: &at,
            },
            &mut self.pieces,
        );
    }

    /// Whether something that was mapped holds a secret that was not known yet when it was.
    fn repeats_a_secret(&self) -> bool {
        let shows = |json: serde_json::Result<String>| json.map_or(true, |json| self.redactor.repeats(&json));
        !self.redactor.is_empty()
            && (self.pieces.resources.iter().any(|resource| shows(serde_json::to_string(resource)))
                || self.pieces.parts.iter().any(|part| shows(serde_json::to_string(part))))
    }

    fn finish(mut self) -> Taken {
        if self.deposed > 0 {
            let objects = if self.deposed == 1 { "object" } else { "objects" };
            self.notes.insert(format!("{} deposed {objects} skipped: replaced, and only waiting to be destroyed", self.deposed));
        }
        let managed = std::mem::take(&mut self.managed).into_iter();
        let addresses = managed.map(|address| self.redactor.text(&address).into_owned()).collect();
        Taken { managed: self.count, addresses, pieces: self.pieces, redactor: self.redactor, notes: self.notes, gaps: self.gaps }
    }
}

impl<'a> Taker<'a> for Intake {
    /// Takes an object. A second current object of one address makes the whole state untrustworthy, as Terraform has it.
    fn object(&mut self, object: RawObject<'a>) -> Result<(), Error> {
        let address = object.address.to_string();
        if !object.deposed && !self.addresses.insert(self.hasher.hash_one(&address)) {
            return Err(Error::Duplicate { address });
        }
        let managed = !object.deposed && !object.address.data;
        self.count += usize::from(managed);
        if self.source.asked.addresses && managed {
            self.managed.push(address.clone());
        }
        let kind = self.source.asked.kind_of(&object.address.resource_type).filter(|_| !object.address.data);
        if kind.is_none() && !worth_searching(&object) {
            return Ok(());
        }
        let Some(mut value) = attributes(object.attributes) else {
            if kind.is_some() {
                let address = self.redactor.text(&address).into_owned();
                self.unreadable(kind, &format!("what is recorded of {address}"));
            }
            return Ok(());
        };
        self.redactor.seal(&mut value, &object.address.resource_type, &marks(object.sensitive));
        match kind {
            Some(_) if object.deposed => self.deposed += 1,
            Some(_) => self.map(&object, value, &address),
            None => {}
        }
        Ok(())
    }

    fn unreadable(&mut self, kind: Option<Kind>, what: &str) {
        let detail = format!("{}: {what} cannot be understood; fetch the state again with `terraform state pull`", self.source.file);
        self.gaps.add(kind, Gap::new(Cause::Unreadable, detail));
    }

    /// Learns the secrets among them. A parse failure loses nothing but repetitions.
    fn named_values(&mut self, raw: Option<&RawValue>) {
        let Some(Value::Map(outputs)) = raw.and_then(|raw| serde_json::from_str(raw.get()).ok()) else { return };
        for (name, output) in outputs {
            let Value::Map(mut output) = output else {
                let mut lone = Value::Map(BTreeMap::from([(name, output)]));
                self.redactor.seal_names(&mut lone);
                continue;
            };
            let sensitive = output.get("sensitive") == Some(&Value::Bool(true));
            if let Some(value) = output.get_mut("value") {
                if sensitive || redact::is_secret_name(&name) { self.redactor.blank(value) } else { self.redactor.seal_names(value) }
            }
        }
    }

    fn note(&mut self, note: String) {
        self.notes.insert(note);
    }
}

/// Whether an object that is not mapped may hold a secret that others repeat.
fn worth_searching(object: &RawObject<'_>) -> bool {
    let marked = match object.sensitive {
        Sensitive::Unmarked => false,
        Sensitive::Paths(raw) | Sensitive::Shape(raw) if !matches!(raw.get(), "[]" | "{}" | "null") => return true,
        // What is read when it is asked for is searched by name when it is not: the same secrets are known either way.
        Sensitive::Paths(_) | Sensitive::Shape(_) => map::kind_of(&object.address.resource_type).is_none(),
    };
    redact::may_hold_secrets(&object.address.resource_type, marked, object.attributes.raw())
}

/// The attributes as a tree; `None` when they are nested too deeply or are no object.
pub(super) fn attributes(raw: Attributes<'_>) -> Option<Value> {
    match raw {
        Attributes::None => Some(Value::Map(BTreeMap::new())),
        Attributes::Json(raw) => match serde_json::from_str(raw.get()).ok()? {
            Value::Null => Some(Value::Map(BTreeMap::new())),
            value @ Value::Map(_) => Some(value),
            _ => None,
        },
        Attributes::Flat(raw) => {
            let flat: BTreeMap<String, Option<Scalar>> = serde_json::from_str(raw.get()).ok()?;
            Some(flatmap::expand(&flat.into_iter().filter_map(|(key, value)| Some((key, value?.0))).collect()))
        }
    }
}

/// A leaf of a flat map: a string, though some writers left numbers and booleans bare.
#[derive(Deserialize)]
#[serde(from = "Value")]
struct Scalar(String);

impl From<Value> for Scalar {
    fn from(value: Value) -> Self {
        Self(match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(bool) => bool.to_string(),
            Value::Null | Value::List(_) | Value::Map(_) | Value::Unknown(_) | Value::At(_) => String::new(),
        })
    }
}

pub(super) fn marks(sensitive: Sensitive<'_>) -> Marks {
    match sensitive {
        Sensitive::Unmarked => Marks::None,
        Sensitive::Shape(raw) => serde_json::from_str(raw.get()).map_or(Marks::None, Marks::Shape),
        Sensitive::Paths(raw) => match serde_json::from_str::<Vec<Vec<RawStep>>>(raw.get()) {
            Ok(paths) => Marks::Paths(paths.into_iter().map(|path| path.into_iter().map(step).collect()).collect()),
            // Marks that cannot be read mark everything: better a gap than a secret.
            Err(_) => Marks::Paths(vec![Vec::new()]),
        },
    }
}

#[derive(Deserialize)]
struct RawStep {
    #[serde(default)]
    value: Value,
}

/// `{type: get_attr, value: "password"}` or `{type: index, value: {value: 0, type: "number"}}`.
fn step(raw: RawStep) -> Step {
    let index = |value: &Value| match value {
        Value::Number(number) => number.as_u64().and_then(|index| usize::try_from(index).ok()),
        _ => None,
    };
    match raw.value {
        Value::String(name) => Step::Key(name),
        Value::Map(map) => match map.get("value") {
            Some(Value::String(name)) => Step::Key(name.clone()),
            Some(value) => index(value).map_or(Step::All, Step::Index),
            None => Step::All,
        },
        value => index(&value).map_or(Step::All, Step::Index),
    }
}
