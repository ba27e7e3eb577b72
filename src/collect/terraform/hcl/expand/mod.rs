//! From folders, variables and module calls to resource instances: what `terraform plan` does before it asks a provider.
//!
//! The module tree is read first and completely ([`tree`]); after that nothing touches the disk but `file` and its like. Every
//! variable, local value, output and attribute is computed when somebody asks for it, once, whatever the order of the files.
//! What has no value becomes unknown with its reason; nothing here guesses, and nothing here aborts because one expression is
//! wrong.

mod body;
mod cardinality;
mod code;
mod module;
mod moves;
mod provider;
mod remote;
mod resource;
mod settings;
mod supplied;
#[cfg(test)]
mod tests;
mod tree;
mod view;
mod walk;
mod world;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::instance::{Evaluated, Expansion};
use super::read;
use super::syntax::Files;
use super::value::Val;
use crate::collect::terraform::address::{Address, Key, ModuleStep};

/// What is expanded, and with what.
pub struct Inputs<'a> {
    /// The folder of the root module.
    pub folder: &'a Path,
    /// How the user names it.
    pub shown: &'a str,
    /// `-var` and `-var-file`, in the order of the command line.
    pub given: Vec<Given>,
    /// The `TF_VAR_…` variables of the environment, when they are to be used.
    pub environment: Option<BTreeMap<String, String>>,
    /// The workspace; else the one selected in `.terraform/environment`, else `default`.
    pub workspace: Option<String>,
    /// The resource types whose instances are returned. Others are evaluated as far as these refer to them.
    pub wanted: &'a dyn Fn(&str) -> bool,
    /// What states say.
    pub recorded: Rc<dyn Recorded>,
    /// What can be computed of an attribute that code does not set.
    pub computed: Rc<Computed>,
}

/// Computes an attribute that code does not set: the address, the name, and the body as far as it is asked for.
///
/// `None` when it has no opinion, which is the rule; asked before the state is.
pub type Computed = dyn Fn(&Address, &str, &dyn Fn() -> Evaluated) -> Option<Val>;

/// A [`Computed`] that has no opinion.
pub fn nothing_computed() -> Rc<Computed> {
    Rc::new(|_, _, _| None)
}

/// A value of a variable of the root module, from the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// `-var name=text`
    Variable {
        /// The variable.
        name: String,
        /// Its value as it was typed.
        text: String,
    },
    /// `-var-file path`
    File(PathBuf),
}

/// What states say, asked for what code does not set.
pub trait Recorded {
    /// An attribute of a managed resource or data source, marked [`super::value::Origin::State`].
    fn attribute(&self, address: &Address, name: &str) -> Option<Val>;

    /// All attributes of a managed resource or data source.
    fn attributes(&self, address: &Address) -> Option<BTreeMap<Arc<str>, Val>>;

    /// The keys of the instances that are recorded, to settle a `count` or `for_each` that is not known.
    fn keys(&self, modules: &[ModuleStep], data: bool, resource_type: &str, name: &str) -> Vec<Option<Key>>;

    /// The keys of the instances of a module call that are recorded, to settle its `count` or `for_each`.
    fn module_keys(&self, _modules: &[ModuleStep], _name: &str) -> Vec<Option<Key>> {
        Vec::new()
    }

    /// An output of the state that a `terraform_remote_state` reads: its `config` with `backend` and `workspace`.
    fn output(&self, state: &BTreeMap<Arc<str>, Val>, name: &str) -> Option<Val>;

    /// All outputs of that state; `None` when it is not among those given.
    fn outputs(&self, _state: &BTreeMap<Arc<str>, Val>) -> Option<BTreeMap<Arc<str>, Val>> {
        None
    }
}

/// No state was given.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingRecorded;

impl Recorded for NothingRecorded {
    fn attribute(&self, _: &Address, _: &str) -> Option<Val> {
        None
    }

    fn attributes(&self, _: &Address) -> Option<BTreeMap<Arc<str>, Val>> {
        None
    }

    fn keys(&self, _: &[ModuleStep], _: bool, _: &str, _: &str) -> Vec<Option<Key>> {
        Vec::new()
    }

    fn output(&self, _: &BTreeMap<Arc<str>, Val>, _: &str) -> Option<Val> {
        None
    }
}

/// Why a root module cannot be expanded at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder, or a file of values, cannot be read.
    #[error(transparent)]
    Read(#[from] read::Error),
    /// `-var` names a variable that is not declared.
    #[error("-var {name}: the root module {shown} declares no such variable{hint}")]
    Undeclared {
        /// The variable.
        name: String,
        /// The root module.
        shown: String,
        /// What may have been meant.
        hint: String,
    },
}

/// Expands a root module.
///
/// # Errors
/// When the root folder or a file that was named cannot be read, or a `-var` names no variable. Whatever else goes wrong is a gap in
/// the result.
pub fn expand(files: &mut Files, inputs: &Inputs<'_>) -> Result<Expansion, Error> {
    walk::expand(files, inputs)
}
