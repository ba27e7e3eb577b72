//! `data "terraform_remote_state"`: outputs of other states, when those are among the states given.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::super::value::{Attributes, Val, ValKind};
use super::resource::Instance;

impl Instance {
    pub(super) fn is_remote_state(&self) -> bool {
        self.resource.data && &*self.resource.resource_type == "terraform_remote_state"
    }

    /// One output by its name.
    pub(super) fn remote_output(self: &Rc<Self>, name: &str) -> Val {
        let outputs = self.attribute("outputs");
        match &outputs.kind {
            ValKind::Map(entries) => match entries.get(name) {
                Some(value) => value.clone(),
                None => self.unknown(&format!("outputs.{name}")),
            },
            ValKind::Resource(outputs) => outputs.get(name),
            _ => outputs,
        }
    }

    /// All outputs: of the state itself when it is given, else as this state last saw them, else by name.
    pub(super) fn remote_outputs(self: &Rc<Self>) -> Val {
        let recorded = &self.module.world.recorded;
        if let Some(outputs) = recorded.outputs(&self.which_state()) {
            let mut all = self.defaults();
            all.extend(outputs);
            return all.into();
        }
        let by_name = || ValKind::Resource(Rc::new(Outputs { text: self.address.to_string(), of: Rc::clone(self) })).into();
        self.recorded("outputs").unwrap_or_else(by_name)
    }

    /// `config` with `backend` and `workspace`, which together say which state is meant.
    fn which_state(self: &Rc<Self>) -> BTreeMap<Arc<str>, Val> {
        let mut which = match self.code("config").map(|config| config.kind) {
            Some(ValKind::Map(entries)) => entries.as_ref().clone(),
            _ => BTreeMap::new(),
        };
        for name in ["backend", "workspace"] {
            if let Some(value) = self.code(name) {
                which.insert(name.into(), value);
            }
        }
        which
    }

    fn defaults(self: &Rc<Self>) -> BTreeMap<Arc<str>, Val> {
        match self.code("defaults").map(|defaults| defaults.kind) {
            Some(ValKind::Map(entries)) => entries.as_ref().clone(),
            _ => BTreeMap::new(),
        }
    }
}

/// Outputs that are looked up one by one.
struct Outputs {
    text: String,
    of: Rc<Instance>,
}

impl Attributes for Outputs {
    fn address(&self) -> &str {
        &self.text
    }

    fn get(&self, name: &str) -> Val {
        let found = self.of.module.world.recorded.output(&self.of.which_state(), name);
        found.unwrap_or_else(|| self.of.unknown(&format!("outputs.{name}")))
    }

    fn all(&self) -> BTreeMap<Arc<str>, Val> {
        BTreeMap::new()
    }
}

impl fmt::Debug for Outputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.outputs", self.text)
    }
}
