//! Instances of resources and data sources, whose attributes are computed when they are asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::super::instance::Evaluated;
use super::super::syntax::Pos;
use super::super::value::{Attributes, Val, ValKind, Why};
use super::body;
use super::cardinality::Shape;
use super::code::Resource;
use super::module::Module;
use super::view::{Each, View};
use super::world::{Frame, Memo};
use crate::collect::terraform::address::{Address, Key};

/// Attributes and blocks that speak to Terraform and not to the provider.
const META: [&str; 7] = ["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"];

/// One instance.
pub(super) struct Instance {
    pub(super) module: Rc<Module>,
    pub(super) resource: Rc<Resource>,
    pub(super) address: Address,
    /// Why nobody can say how many of it there are.
    pub(super) uncertain: Option<Why>,
    text: Arc<str>,
    prefix: Arc<str>,
    each: Each,
    coded: Memo<Option<Val>>,
    filled: Memo<Val>,
}

/// All instances of a block.
pub(super) struct Group {
    pub(super) shape: Shape,
    pub(super) items: Vec<Rc<Instance>>,
}

impl Group {
    /// What a reference to the block as a whole is.
    pub(super) fn value(&self) -> Val {
        let mut handles = self.items.iter().map(Handle::of);
        match &self.shape {
            Shape::One => handles.next().unwrap_or_else(Val::null),
            Shape::List => handles.collect::<Vec<_>>().into(),
            Shape::Map => named(self.items.iter().map(|item| item.address.key.as_ref()).zip(handles)),
            Shape::Unknown(why) => Val::unknown(why.clone()),
        }
    }

    /// The instance of a block without `count` and `for_each`.
    pub(super) fn only(&self) -> Option<&Rc<Instance>> {
        self.items.first().filter(|_| self.shape == Shape::One)
    }

    /// Lets go of what is computed, which refers to itself in circles.
    pub(super) fn forget(&self) {
        for item in &self.items {
            drop(item.coded.take());
            drop(item.filled.take());
        }
    }
}

/// A map by the names of instances.
pub(super) fn named<'a>(items: impl Iterator<Item = (Option<&'a Key>, Val)>) -> Val {
    let entries = items.filter_map(|(key, value)| match key {
        Some(Key::Name(name)) => Some((Arc::from(name.as_str()), value)),
        Some(Key::Index(_)) | None => None,
    });
    entries.collect::<BTreeMap<Arc<str>, Val>>().into()
}

impl Instance {
    pub(super) fn new(module: &Rc<Module>, resource: &Rc<Resource>, key: Option<Key>, each: Each, uncertain: Option<Why>) -> Self {
        let address = Address {
            modules: module.path.clone(),
            data: resource.data,
            resource_type: resource.resource_type.to_string(),
            name: resource.name.to_string(),
            key,
        };
        let text: Arc<str> = address.to_string().into();
        Self {
            module: Rc::clone(module),
            resource: Rc::clone(resource),
            prefix: format!("{text}.").into(),
            address,
            uncertain,
            text,
            each,
            coded: Memo::default(),
            filled: Memo::default(),
        }
    }

    fn view(self: &Rc<Self>) -> View {
        View { module: Rc::clone(&self.module), each: self.each.clone(), this: Some(Rc::clone(self)) }
    }

    /// The whole body, as far as code says it.
    pub(super) fn evaluated(self: &Rc<Self>) -> Evaluated {
        let block = &self.resource.block;
        let mut out = Evaluated { at: block.at, ..Evaluated::default() };
        for attribute in block.body.attributes.iter().filter(|attribute| !is_meta(&attribute.name)) {
            if let Some(value) = self.code(&attribute.name) {
                out.attributes.insert(Arc::clone(&attribute.name), (attribute.at, body::whole(value)));
            }
        }
        body::blocks(&self.module.world, &self.view(), &block.body, &mut out, &is_meta);
        out
    }

    /// What code says of an attribute or block, `null` included.
    pub(super) fn code(self: &Rc<Self>, name: &str) -> Option<Val> {
        if is_meta(name) {
            return None;
        }
        let block = &self.resource.block;
        let name: Arc<str> = name.into();
        let frame = Frame { prefix: Arc::clone(&self.prefix), kind: "", name: Arc::clone(&name) };
        let world = &self.module.world;
        let computed = world.once(&self.coded, frame, block.at, || {
            if let Some(attribute) = block.body.attribute(&name) {
                return Some(world.value(&attribute.value, &self.view()));
            }
            self.nested(&name)
        });
        computed.unwrap_or_else(|error| Some(world.failed(&error)))
    }

    /// Blocks of one name as a list of objects; `None` when there are none.
    fn nested(self: &Rc<Self>, name: &str) -> Option<Val> {
        let block = &self.resource.block;
        let is_it = |block: &super::super::syntax::Block| {
            &*block.keyword == name || block.labels.first().is_some_and(|label| &*block.keyword == "dynamic" && &**label == name)
        };
        if !block.body.blocks.iter().any(is_it) {
            return None;
        }
        let mut out = Evaluated { at: block.at, ..Evaluated::default() };
        body::blocks(&self.module.world, &self.view(), &block.body, &mut out, &|other| other != name);
        if let Some((_, why)) = out.uncertain_blocks.remove(name) {
            return Some(Val::unknown(why));
        }
        let blocks = out.blocks.remove(name).filter(|blocks| !blocks.is_empty())?;
        Some(blocks.into_iter().map(body::object).collect::<Vec<_>>().into())
    }

    /// An attribute: what code says, else what can be computed, else what is recorded, else unknown.
    pub(super) fn attribute(self: &Rc<Self>, name: &str) -> Val {
        match self.code(name) {
            Some(value) if !value.is_null() => value,
            _ => {
                let world = &self.module.world;
                let frame = Frame { prefix: Arc::clone(&self.prefix), kind: "computed ", name: name.into() };
                let filled = world.once(&self.filled, frame, self.at(), || self.fill(name));
                filled.unwrap_or_else(|error| world.failed(&error))
            }
        }
    }

    fn at(&self) -> Pos {
        self.resource.block.at
    }

    fn fill(self: &Rc<Self>, name: &str) -> Val {
        let world = &self.module.world;
        let body = || self.evaluated();
        let computed = (world.computed)(&self.address, name, &body);
        if let Some(value) = computed.as_ref().filter(|value| value.is_wholly_known()) {
            return value.clone();
        }
        if self.is_remote_state() && name == "outputs" {
            return self.remote_outputs();
        }
        if let Some(value) = self.recorded(name).or_else(|| self.region(name)).or(computed) {
            return value;
        }
        self.unknown(name)
    }

    pub(super) fn unknown(&self, name: &str) -> Val {
        let (address, attribute) = (Arc::clone(&self.text), name.into());
        Val::unknown(if self.resource.data { Why::DataSource { address, attribute } } else { Why::Computed { address, attribute } })
    }

    /// What a state says, under this address or a former one.
    pub(super) fn recorded(&self, name: &str) -> Option<Val> {
        let world = &self.module.world;
        world.recorded.attribute(&self.address, name).or_else(|| {
            let former = world.moves.former(&self.address);
            former.iter().find_map(|address| world.recorded.attribute(address, name))
        })
    }

    /// `data "aws_region"` without arguments says what the provider was told.
    fn region(self: &Rc<Self>, name: &str) -> Option<Val> {
        let resource = &self.resource;
        let asked = resource.data && &*resource.resource_type == "aws_region" && matches!(name, "name" | "region" | "id");
        let bare = resource.block.body.attributes.iter().all(|attribute| is_meta(&attribute.name));
        if !asked || !bare {
            return None;
        }
        self.module.provider_of(resource).region.filter(Val::is_wholly_known)
    }

    fn whole(self: &Rc<Self>) -> BTreeMap<Arc<str>, Val> {
        let world = &self.module.world;
        let recorded = world.recorded.attributes(&self.address).or_else(|| {
            let former = world.moves.former(&self.address);
            former.iter().find_map(|address| world.recorded.attributes(address))
        });
        let mut all = recorded.unwrap_or_default();
        let body = &self.resource.block.body;
        let attributes = body.attributes.iter().map(|attribute| &attribute.name);
        let blocks =
            body.blocks.iter().map(|block| block.labels.first().filter(|_| &*block.keyword == "dynamic").unwrap_or(&block.keyword));
        for name in attributes.chain(blocks) {
            if let Some(value) = self.code(name).filter(|value| !value.is_null()) {
                all.insert(Arc::clone(name), value);
            }
        }
        all
    }
}

fn is_meta(name: &str) -> bool {
    META.contains(&name)
}

/// An instance as a value.
pub(super) struct Handle(Rc<Instance>);

impl Handle {
    pub(super) fn of(instance: &Rc<Instance>) -> Val {
        ValKind::Resource(Rc::new(Self(Rc::clone(instance)))).into()
    }
}

impl Attributes for Handle {
    fn address(&self) -> &str {
        &self.0.text
    }

    fn get(&self, name: &str) -> Val {
        self.0.attribute(name)
    }

    fn all(&self) -> BTreeMap<Arc<str>, Val> {
        self.0.whole()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}
