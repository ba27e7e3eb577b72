//! The names around an expression, resolved in one module instance.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::super::scope::{EvalError, Scope};
use super::super::syntax::{ExprKind, Pos, Step};
use super::super::value::{Val, ValKind, Why};
use super::module::Module;
use super::resource::{Handle, Instance};

/// What `each` and `count` say in a block.
#[derive(Clone, Debug, Default)]
pub(super) enum Each {
    /// The block has neither.
    #[default]
    None,
    /// `count.index`
    Count(Val),
    /// `each.key` and `each.value`
    Keyed {
        /// `each.key`
        key: Val,
        /// `each.value`
        value: Val,
    },
}

/// One module instance, seen from a block in it.
#[derive(Clone)]
pub(super) struct View {
    pub(super) module: Rc<Module>,
    pub(super) each: Each,
    /// What `self` is.
    pub(super) this: Option<Rc<Instance>>,
}

impl Scope for View {
    fn resolve(&self, head: &str, steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        match head {
            "var" => Ok((self.module.variable(name(head, steps, 0, at)?, at)?, 1)),
            "local" => Ok((self.module.local(name(head, steps, 0, at)?, at)?, 1)),
            "module" => self.module_output(steps, at),
            "data" => self
                .resource(true, name(head, steps, 0, at)?, name(head, steps, 1, at)?, &steps[2..], at)
                .map(|(val, used)| (val, used + 2)),
            "resource" => self
                .resource(false, name(head, steps, 0, at)?, name(head, steps, 1, at)?, &steps[2..], at)
                .map(|(val, used)| (val, used + 2)),
            "each" => Ok((self.each(name(head, steps, 0, at)?, at)?, 1)),
            "count" => Ok((self.count(name(head, steps, 0, at)?, at)?, 1)),
            "path" => Ok((self.path(name(head, steps, 0, at)?, at)?, 1)),
            "terraform" | "tofu" => Ok((self.terraform(name(head, steps, 0, at)?, at)?, 1)),
            "self" => match &self.this {
                Some(this) => Ok((Handle::of(this), 0)),
                None => Err(EvalError::new(at, "there is no self here")),
            },
            "ephemeral" => self.ephemeral(steps, at),
            resource_type => {
                if !self.module.node.code.has_type(resource_type) && (steps.is_empty() || matches!(steps[0], Step::Index(_))) {
                    return Err(EvalError::new(at, format!("nothing is called {resource_type} here")));
                }
                self.resource(false, resource_type, name(head, steps, 0, at)?, &steps[1..], at).map(|(val, used)| (val, used + 1))
            }
        }
    }

    fn module_folder(&self) -> &Path {
        &self.module.node.code.path
    }

    fn root_folder(&self) -> &Path {
        &self.module.world.root
    }
}

impl View {
    /// One output when its name follows, so that no other is computed; else the module as a whole.
    fn module_output(&self, steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        let call = name("module", steps, 0, at)?;
        let calls = self.module.calls(call, at)?;
        match (calls.only(), steps.get(1)) {
            (Some(module), Some(Step::Attribute(output))) => Ok((module.output(output, at)?, 2)),
            _ => Ok((calls.value(), 1)),
        }
    }

    fn resource(&self, data: bool, resource_type: &str, name: &str, rest: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        let group = self.module.group(data, resource_type, name, at)?;
        // The outputs of another state are looked up by name, so the name is passed on where it is written out.
        if data
            && resource_type == "terraform_remote_state"
            && let (Some(only), [Step::Attribute(outputs), step, ..]) = (group.only(), rest)
            && let ("outputs", Some(output)) = (&**outputs, literal(step))
        {
            return Ok((only.remote_output(output), 2));
        }
        Ok((group.value(), 0))
    }

    fn each(&self, what: &str, at: Pos) -> Result<Val, EvalError> {
        match (&self.each, what) {
            (Each::Keyed { key, .. }, "key") => Ok(key.clone()),
            (Each::Keyed { value, .. }, "value") => Ok(value.clone()),
            (Each::Keyed { .. }, _) => Err(EvalError::new(at, format!("each has no {what}; it has key and value"))),
            _ => Err(EvalError::new(at, format!("each.{what} needs a for_each in this block"))),
        }
    }

    fn count(&self, what: &str, at: Pos) -> Result<Val, EvalError> {
        match (&self.each, what) {
            (Each::Count(index), "index") => Ok(index.clone()),
            (Each::Count(_), _) => Err(EvalError::new(at, format!("count has no {what}; it has index"))),
            _ => Err(EvalError::new(at, format!("count.{what} needs a count in this block"))),
        }
    }

    fn path(&self, what: &str, at: Pos) -> Result<Val, EvalError> {
        match what {
            "module" => Ok((&*self.module.node.shown).into()),
            "root" => Ok(".".into()),
            "cwd" => {
                let folder = std::path::absolute(&self.module.world.root);
                Ok(folder.map_or_else(
                    |_| Val::unknown(Why::Function("path.cwd".into())),
                    |path| super::tree::clean(&path).to_string_lossy().into_owned().into(),
                ))
            }
            _ => Err(EvalError::new(at, format!("path has no {what}; it has module, root and cwd"))),
        }
    }

    fn terraform(&self, what: &str, at: Pos) -> Result<Val, EvalError> {
        match what {
            "workspace" => Ok((&*self.module.world.workspace).into()),
            "applying" => Ok(Val::unknown(Why::Function("terraform.applying".into()))),
            _ => Err(EvalError::new(at, format!("terraform has no {what}; it has workspace"))),
        }
    }

    /// Ephemeral resources exist only while Terraform runs.
    fn ephemeral(&self, steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        let (of, name_of) = (name("ephemeral", steps, 0, at)?, name("ephemeral", steps, 1, at)?);
        let attribute = match steps.get(2) {
            Some(Step::Attribute(attribute)) => Arc::clone(attribute),
            _ => "".into(),
        };
        let address = format!("{}ephemeral.{of}.{name_of}", self.module.prefix);
        Ok((Val::unknown(Why::Computed { address: address.into(), attribute }), steps.len().min(3)))
    }
}

/// Another name in a scope: the iterator of a `dynamic` block.
pub(super) struct Iterator<'a> {
    parent: &'a dyn Scope,
    name: &'a str,
    value: Val,
}

impl<'a> Iterator<'a> {
    pub(super) fn new(parent: &'a dyn Scope, name: &'a str, key: Val, value: Val) -> Self {
        let entries: BTreeMap<Arc<str>, Val> = [("key".into(), key), ("value".into(), value)].into();
        Self { parent, name, value: entries.into() }
    }
}

impl Scope for Iterator<'_> {
    fn resolve(&self, head: &str, steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        if head != self.name {
            return self.parent.resolve(head, steps, at);
        }
        // One step is taken here, so that large values beside the one that is meant are not looked at.
        match (&self.value.kind, steps.first()) {
            (ValKind::Map(entries), Some(Step::Attribute(name))) => match entries.get(name) {
                Some(value) => Ok((value.clone(), 1)),
                None => Err(EvalError::new(at, format!("{head} has no {name}; it has key and value"))),
            },
            _ => Ok((self.value.clone(), 0)),
        }
    }

    fn module_folder(&self) -> &Path {
        self.parent.module_folder()
    }

    fn root_folder(&self) -> &Path {
        self.parent.root_folder()
    }
}

fn name<'a>(head: &str, steps: &'a [Step], index: usize, at: Pos) -> Result<&'a Arc<str>, EvalError> {
    match steps.get(index) {
        Some(Step::Attribute(name)) => Ok(name),
        _ => Err(EvalError::new(at, format!("{head} must be followed by a name"))),
    }
}

/// The name in `.name` or `["name"]`.
fn literal(step: &Step) -> Option<&Arc<str>> {
    match step {
        Step::Attribute(name) => Some(name),
        Step::Index(index) => match &index.kind {
            ExprKind::String(name) => Some(name),
            _ => None,
        },
        Step::Splat | Step::AttributeSplat => None,
    }
}
