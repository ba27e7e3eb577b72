//! One instance of a module: its variables, local values, outputs, calls and resources, each computed when it is asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::super::instance::Provider;
use super::super::scope::EvalError;
use super::super::syntax::{Block, Pos};
use super::super::types;
use super::super::value::{Attributes, Origin, Val, ValKind, Why};
use super::cardinality::{self, Shape};
use super::code::{Resource, Variable, flag};
use super::resource::{Group, Instance, named};
use super::supplied::{Supplied, placed};
use super::tree::{Child, Node};
use super::view::{Each, View};
use super::world::{Frame, Memo, World};
use crate::collect::terraform::address::{Address, Key, ModuleStep};

/// One instance of a module.
pub(super) struct Module {
    pub(super) world: Rc<World>,
    pub(super) node: Rc<Node>,
    pub(super) path: Vec<ModuleStep>,
    /// `module.a["x"].`; nothing for the root.
    pub(super) prefix: Arc<str>,
    /// The call that makes it; `None` for the root.
    pub(super) call: Option<Call>,
    /// Why nobody can say how many of it there are.
    pub(super) uncertain: Option<Why>,
    pub(super) providers: Memo<Provider>,
    variables: Memo<Val>,
    locals: Memo<Val>,
    outputs: Memo<Val>,
    calls: Memo<Rc<Calls>>,
    groups: Memo<Rc<Group>>,
}

/// The call that makes a module instance.
pub(super) struct Call {
    pub(super) parent: Rc<Module>,
    pub(super) block: Block,
    pub(super) each: Each,
}

/// All instances of a module call.
pub(super) struct Calls {
    pub(super) shape: Shape,
    pub(super) items: Vec<Rc<Module>>,
}

impl Calls {
    /// The instance of a call without `count` and `for_each`.
    pub(super) fn only(&self) -> Option<&Rc<Module>> {
        self.items.first().filter(|_| self.shape == Shape::One)
    }

    /// What a reference to the module as a whole is.
    pub(super) fn value(&self) -> Val {
        let mut values = self.items.iter().map(|module| Val::from(ValKind::Resource(Rc::new(Outputs(Rc::clone(module))))));
        match &self.shape {
            Shape::One => values.next().unwrap_or_else(Val::null),
            Shape::List => values.collect::<Vec<_>>().into(),
            Shape::Map => named(self.items.iter().map(|module| module.key()).zip(values)),
            Shape::Unknown(why) => Val::unknown(why.clone()),
        }
    }
}

impl Module {
    pub(super) fn new(world: &Rc<World>, node: &Rc<Node>, path: Vec<ModuleStep>, call: Option<Call>, uncertain: Option<Why>) -> Self {
        let inside = Address { modules: path.clone(), data: false, resource_type: String::new(), name: String::new(), key: None };
        let prefix = inside.to_string();
        Self {
            world: Rc::clone(world),
            node: Rc::clone(node),
            path,
            prefix: prefix.strip_suffix('.').unwrap_or(&prefix).into(),
            call,
            uncertain,
            providers: Memo::default(),
            variables: Memo::default(),
            locals: Memo::default(),
            outputs: Memo::default(),
            calls: Memo::default(),
            groups: Memo::default(),
        }
    }

    fn key(&self) -> Option<&Key> {
        self.path.last().and_then(|step| step.key.as_ref())
    }

    /// The names around blocks that are not repeated.
    pub(super) fn view(self: &Rc<Self>) -> View {
        View { module: Rc::clone(self), each: Each::None, this: None }
    }

    fn once(self: &Rc<Self>, memo: &Memo<Val>, kind: &'static str, name: &Arc<str>, at: Pos, make: impl FnOnce() -> Val) -> Val {
        let frame = Frame { prefix: Arc::clone(&self.prefix), kind, name: Arc::clone(name) };
        self.world.once(memo, frame, at, make).unwrap_or_else(|error| self.world.failed(&error))
    }

    /// What is not declared is an error, unless it may stand in a block that could not be read.
    fn undeclared(&self, keyword: &str, labels: &[&str], at: Pos) -> Result<Why, EvalError> {
        self.node.code.unread(keyword, labels).ok_or_else(|| {
            let what = match keyword {
                "variable" => "var.",
                "locals" => "local.",
                "resource" => "",
                "data" => "data.",
                "module" => "module.",
                _ => "output ",
            };
            EvalError::new(at, format!("{}{what}{} is not declared", self.prefix, labels.join(".")))
        })
    }

    /// `var.name`
    pub(super) fn variable(self: &Rc<Self>, name: &Arc<str>, at: Pos) -> Result<Val, EvalError> {
        let Some(declared) = self.node.code.variables.get(name) else {
            return self.undeclared("variable", &[name], at).map(Val::unknown);
        };
        Ok(self.once(&self.variables, "var.", name, declared.at, || self.variable_value(name, declared)))
    }

    fn variable_value(self: &Rc<Self>, name: &Arc<str>, declared: &Variable) -> Val {
        let given = match &self.call {
            None => self.world.supplied.get(name).map(|supplied| self.supplied(declared, supplied)),
            Some(call) => call.block.body.attribute(name).map(|attribute| {
                let scope = View { module: Rc::clone(&call.parent), each: call.each.clone(), this: None };
                placed(call.parent.world.value(&attribute.value, &scope), &attribute.value)
            }),
        };
        let given = given.filter(|value| !value.is_null() || declared.nullable);
        let value = match (given, &declared.default) {
            (Some(value), _) => value,
            (None, Some(default)) => placed(self.world.value(&default.value, &self.view()), &default.value),
            (None, None) if self.call.is_none() => Val::unknown(Why::Variable(Arc::clone(name))),
            (None, None) => {
                let at = self.call.as_ref().map_or(declared.at, |call| call.block.at);
                self.world.failed(&EvalError::new(at, format!("{}var.{name} has no default and the call does not set it", self.prefix)))
            }
        };
        self.converted(name, declared, value).marked(declared.sensitive)
    }

    fn supplied(self: &Rc<Self>, declared: &Variable, supplied: &Supplied) -> Val {
        match supplied {
            Supplied::Code(expr) => placed(self.world.value(expr, &self.view()), expr),
            Supplied::Text { text, from } => Val::from(&**text).from_origin(Origin::Given(Arc::clone(from))),
            Supplied::Expr { expr, from } => self.world.value(expr, &self.view()).from_origin(Origin::Given(Arc::clone(from))),
            Supplied::Broken(message) => self.world.failed(&EvalError::new(declared.at, Arc::clone(message))),
        }
    }

    fn converted(&self, name: &Arc<str>, declared: &Variable, value: Val) -> Val {
        let of = match &declared.of {
            None => return value,
            Some(Ok(of)) => of,
            Some(Err(error)) => return self.world.failed(error),
        };
        let origin = value.origin.clone();
        let at = match &origin {
            Origin::Code(at) => *at,
            _ => declared.at,
        };
        let failed = |message| self.world.failed(&EvalError::new(at, format!("{}var.{name}: {message}", self.prefix)));
        types::apply(value, of).unwrap_or_else(failed).from_origin(origin)
    }

    /// `local.name`
    pub(super) fn local(self: &Rc<Self>, name: &Arc<str>, at: Pos) -> Result<Val, EvalError> {
        let Some(local) = self.node.code.locals.get(name) else {
            return self.undeclared("locals", &[name], at).map(Val::unknown);
        };
        let make = || placed(self.world.value(&local.value, &self.view()), &local.value);
        Ok(self.once(&self.locals, "local.", name, local.at, make))
    }

    /// An output of this module, for the one that calls it.
    pub(super) fn output(self: &Rc<Self>, name: &Arc<str>, at: Pos) -> Result<Val, EvalError> {
        let Some(output) = self.node.code.outputs.get(name) else {
            return self.undeclared("output", &[name], at).map(Val::unknown);
        };
        Ok(self.once(&self.outputs, "output.", name, output.at, || {
            let sensitive = flag(output.body.attribute("sensitive"), false);
            match output.body.attribute("value") {
                Some(attribute) => self.world.value(&attribute.value, &self.view()).marked(sensitive),
                None => self.world.failed(&EvalError::new(output.at, format!("output {name} has no value"))),
            }
        }))
    }

    /// The instances of a module that is called here.
    pub(super) fn calls(self: &Rc<Self>, name: &Arc<str>, at: Pos) -> Result<Rc<Calls>, EvalError> {
        let unknown = |why| Rc::new(Calls { shape: Shape::Unknown(why), items: Vec::new() });
        let (child, block) = match (self.node.children.get(name), self.node.code.calls.get(name)) {
            (Some(Child::Loaded(child)), Some(block)) => (child, block),
            (Some(Child::Missing(why)), _) => return Ok(unknown(why.clone())),
            _ => return self.undeclared("module", &[name], at).map(unknown),
        };
        let frame = Frame { prefix: Arc::clone(&self.prefix), kind: "module.", name: Arc::clone(name) };
        let calls = self.world.once(&self.calls, frame, block.at, || Rc::new(self.expand_call(name, child, block)));
        Ok(calls.unwrap_or_else(|error| unknown(self.world.failure(&error))))
    }

    fn expand_call(self: &Rc<Self>, name: &Arc<str>, child: &Rc<Node>, block: &Block) -> Calls {
        let recorded = || self.world.recorded.module_keys(&self.path, name);
        let keys = cardinality::keys(&self.world, &self.view(), &block.body, block.at, &recorded);
        let uncertain = uncertain(&keys.shape, self.uncertain.as_ref());
        let items = keys.items.into_iter().map(|(key, each)| {
            let step = ModuleStep { name: name.to_string(), key };
            let path = self.path.iter().cloned().chain([step]).collect();
            let call = Call { parent: Rc::clone(self), block: block.clone(), each };
            Rc::new(Self::new(&self.world, child, path, Some(call), uncertain.clone()))
        });
        let items = items.collect();
        Calls { shape: keys.shape, items }
    }

    /// The instances of a resource or data source of this module.
    pub(super) fn group(self: &Rc<Self>, data: bool, resource_type: &str, name: &str, at: Pos) -> Result<Rc<Group>, EvalError> {
        match self.node.code.resource(data, resource_type, name) {
            Some(resource) => Ok(self.group_of(resource)),
            None => {
                let why = self.undeclared(if data { "data" } else { "resource" }, &[resource_type, name], at)?;
                Ok(Rc::new(Group { shape: Shape::Unknown(why), items: Vec::new() }))
            }
        }
    }

    /// The instances of a block of this module.
    pub(super) fn group_of(self: &Rc<Self>, resource: &Rc<Resource>) -> Rc<Group> {
        let frame = Frame { prefix: Arc::clone(&self.prefix), kind: "", name: Arc::clone(&resource.label) };
        let group = self.world.once(&self.groups, frame, resource.block.at, || Rc::new(self.expand_resource(resource)));
        group.unwrap_or_else(|error| Rc::new(Group { shape: Shape::Unknown(self.world.failure(&error)), items: Vec::new() }))
    }

    fn expand_resource(self: &Rc<Self>, resource: &Rc<Resource>) -> Group {
        let recorded = || self.recorded_keys(resource);
        let keys = cardinality::keys(&self.world, &self.view(), &resource.block.body, resource.block.at, &recorded);
        let uncertain = uncertain(&keys.shape, self.uncertain.as_ref());
        let items = keys.items.into_iter().map(|(key, each)| Rc::new(Instance::new(self, resource, key, each, uncertain.clone())));
        let items = items.collect();
        Group { shape: keys.shape, items }
    }

    fn recorded_keys(&self, resource: &Resource) -> Vec<Option<Key>> {
        let recorded = &self.world.recorded;
        let here = recorded.keys(&self.path, resource.data, &resource.resource_type, &resource.name);
        if !here.is_empty() {
            return here;
        }
        let whole = Address {
            modules: self.path.clone(),
            data: resource.data,
            resource_type: resource.resource_type.to_string(),
            name: resource.name.to_string(),
            key: None,
        };
        let former = self.world.moves.former(&whole).into_iter();
        let mut keys = former.map(|from| recorded.keys(&from.modules, from.data, &from.resource_type, &from.name));
        keys.find(|keys| !keys.is_empty()).unwrap_or_default()
    }

    /// Lets go of everything computed, which refers to itself in circles.
    pub(super) fn forget(&self) {
        for calls in self.calls.take() {
            calls.items.iter().for_each(|module| module.forget());
        }
        for group in self.groups.take() {
            group.forget();
        }
        drop((self.variables.take(), self.locals.take(), self.outputs.take(), self.providers.take()));
    }
}

/// What a block inherits from the module that it is in.
fn uncertain(shape: &Shape, above: Option<&Why>) -> Option<Why> {
    match shape {
        Shape::Unknown(why) => Some(why.clone()),
        Shape::One | Shape::List | Shape::Map => above.cloned(),
    }
}

/// A module as a value: its outputs.
struct Outputs(Rc<Module>);

impl Attributes for Outputs {
    fn address(&self) -> &str {
        self.0.prefix.strip_suffix('.').unwrap_or(&self.0.prefix)
    }

    fn get(&self, name: &str) -> Val {
        let at = self.0.call.as_ref().map_or_else(Pos::default, |call| call.block.at);
        self.0.output(&name.into(), at).unwrap_or_else(|error| self.0.world.failed(&error))
    }

    fn all(&self) -> BTreeMap<Arc<str>, Val> {
        self.0.node.code.outputs.keys().map(|name| (Arc::clone(name), self.get(name))).collect()
    }
}

impl fmt::Debug for Outputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.address())
    }
}
