//! Resource instances as code declares them, evaluated, before provider defaults and recorded values are filled in.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::syntax::Pos;
use super::value::{Val, Why};
use crate::collect::terraform::address::{Address, ModuleStep};

/// One resource instance.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its address. Where the keys are not known, one placeholder stands for all, without a key.
    pub address: Address,
    /// Why nobody can say how many of it there are, itself or the module it is in: `count` or `for_each` is not known.
    pub uncertain: Option<Why>,
    /// Where its block begins.
    pub at: Pos,
    /// Its attributes and blocks.
    pub body: Evaluated,
    /// The provider configuration that it uses.
    pub provider: Provider,
    /// `lifecycle`
    pub lifecycle: Lifecycle,
}

/// A body with its values.
#[derive(Clone, Debug, Default)]
pub struct Evaluated {
    /// Where it begins.
    pub at: Pos,
    /// Attributes by name, with the place of each.
    pub attributes: BTreeMap<Arc<str>, (Pos, Val)>,
    /// Blocks by name, in order; `dynamic` blocks expanded.
    pub blocks: BTreeMap<Arc<str>, Vec<Evaluated>>,
    /// Blocks of a `dynamic` whose `for_each` is not known: by name, where and why.
    pub uncertain_blocks: BTreeMap<Arc<str>, (Pos, Why)>,
}

/// A provider configuration, resolved through the modules to the root.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// `aws`
    pub name: Arc<str>,
    /// The alias, as the root module spells it; `None` for the default configuration.
    pub alias: Option<Arc<str>>,
    /// `region`; `None` when no configuration sets it (the environment may).
    pub region: Option<Val>,
    /// `assume_role.role_arn`, which tells the account.
    pub role_arn: Option<Val>,
    /// `allowed_account_ids`
    pub allowed_account_ids: Option<Val>,
    /// `default_tags.tags`
    pub default_tags: Option<Val>,
    /// Where the configuration stands.
    pub at: Pos,
}

/// `lifecycle { … }`
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// Attributes that Terraform does not put right, as written: `desired_size`, `tags["x"]`; or all of them.
    pub ignore_changes: IgnoreChanges,
    /// `prevent_destroy`
    pub prevent_destroy: bool,
    /// `create_before_destroy`
    pub create_before_destroy: bool,
}

/// `ignore_changes`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IgnoreChanges {
    /// Nothing is ignored.
    #[default]
    None,
    /// `all`
    All,
    /// These attributes.
    Some(Vec<Arc<str>>),
}

/// `terraform { backend "…" { … } }`
#[derive(Clone, Debug)]
pub struct Backend {
    /// `s3`, `local`, `remote`, …; `cloud` for a `cloud` block.
    pub kind: Arc<str>,
    /// Where it stands.
    pub at: Pos,
    /// Its settings.
    pub settings: BTreeMap<Arc<str>, (Pos, Val)>,
}

/// Everything a root module declares.
#[derive(Debug, Default)]
pub struct Expansion {
    /// Managed resources of the types that were asked for, in order of address.
    pub instances: Vec<Instance>,
    /// Every resource block that is declared, of any type, with its keys unexpanded: `module.a.aws_instance.web`; for promises that name
    /// addresses.
    pub declared: BTreeMap<Arc<str>, Pos>,
    /// The backend of the root module.
    pub backend: Option<Backend>,
    /// `moved`: from, to.
    pub moved: Vec<(Address, Address)>,
    /// `removed` without destroying: addresses that live on unmanaged.
    pub removed: Vec<Address>,
    /// `removed` without destroying, where it names whole modules.
    pub removed_modules: Vec<Vec<ModuleStep>>,
    /// What could not be read or evaluated, each once: where, and what.
    pub gaps: Vec<(Pos, Why)>,
    /// Files, blocks and module calls that were read.
    pub counts: Counts,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files of the root module and of every local or installed module.
    pub files: usize,
    /// Top-level blocks in them.
    pub blocks: usize,
    /// Module instances, the root among them.
    pub modules: usize,
    /// Blocks that could not be read.
    pub unread: usize,
}
