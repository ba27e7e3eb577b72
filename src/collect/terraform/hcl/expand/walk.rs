//! The walk over a whole root module: what is wanted of it, in order.

use std::rc::Rc;
use std::sync::Arc;

use super::super::instance::{self, Expansion};
use super::super::read;
use super::super::syntax::Files;
use super::module::Module;
use super::moves::Moves;
use super::resource::Instance;
use super::settings::{self, Target};
use super::tree::{self, Child, Node};
use super::world::World;
use super::{Error, Inputs, supplied};
use crate::collect::terraform::address::{Address, ModuleStep};

pub(super) fn expand(files: &mut Files, inputs: &Inputs<'_>) -> Result<Expansion, Error> {
    let tree = tree::load(files, inputs.folder, inputs.shown)?;
    let supplied = supplied::gather(files, inputs, &tree.root.code)?;
    let moves = Moves::of(&tree.root);
    let mut expansion = Expansion { counts: tree.counts, moved: moves.written.clone(), ..Expansion::default() };
    declare(&tree.root, "", &mut expansion);
    let world = Rc::new(World::new(
        files,
        Rc::clone(&inputs.recorded),
        Rc::clone(&inputs.computed),
        workspace(inputs),
        tree.root.code.path.clone(),
        supplied,
        moves,
    ));
    for (at, why) in tree.gaps {
        world.gap(at, why);
    }
    let root = Rc::new(Module::new(&world, &tree.root, Vec::new(), None, None));
    expansion.backend = settings::backend(&world, &root.view(), &tree.root.code);
    walk(&root, inputs.wanted, &mut expansion);
    root.forget();
    expansion.instances.sort_by(|a, b| a.address.cmp(&b.address));
    expansion.moved.sort();
    expansion.moved.dedup();
    expansion.removed.sort();
    expansion.removed.dedup();
    expansion.gaps = world.take_gaps();
    Ok(expansion)
}

/// The workspace: as given, else the one that `terraform workspace select` left, else `default`.
fn workspace(inputs: &Inputs<'_>) -> Arc<str> {
    inputs.workspace.clone().or_else(|| read::workspace(inputs.folder)).map_or_else(|| "default".into(), Into::into)
}

/// Every block by its address without keys, and what is left unmanaged on purpose.
fn declare(node: &Node, prefix: &str, expansion: &mut Expansion) {
    for resource in &node.code.resources {
        expansion.declared.insert(format!("{prefix}{}", resource.label).into(), resource.block.at);
    }
    for (label, at) in node.code.lost_resources() {
        expansion.declared.entry(format!("{prefix}{label}").into()).or_insert(at);
    }
    for (target, _) in settings::forgotten(&node.code) {
        let above = node.names.iter().map(|name| ModuleStep { name: name.to_string(), key: None });
        match target {
            Target::Resource(address) => {
                let modules = above.chain(address.modules.iter().cloned()).collect();
                expansion.removed.push(Address { modules, ..address });
            }
            Target::Module(modules) => expansion.removed_modules.push(above.chain(modules).collect()),
        }
    }
    for (name, child) in &node.children {
        if let Child::Loaded(child) = child {
            declare(child, &format!("{prefix}module.{name}."), expansion);
        }
    }
}

fn walk(module: &Rc<Module>, wanted: &dyn Fn(&str) -> bool, expansion: &mut Expansion) {
    expansion.counts.modules += 1;
    for resource in &module.node.code.resources {
        if resource.data || !wanted(&resource.resource_type) {
            continue;
        }
        if module.world.is_exhausted() {
            return;
        }
        let group = module.group_of(resource);
        let lifecycle = settings::lifecycle(&resource.block.body);
        for item in &group.items {
            let former = module.world.moves.former(&item.address);
            expansion.moved.extend(former.into_iter().map(|from| (from, item.address.clone())));
            expansion.instances.push(finished(item, lifecycle.clone()));
        }
    }
    for (name, call) in &module.node.code.calls {
        if let Ok(calls) = module.calls(name, call.at) {
            for child in &calls.items {
                if module.world.is_exhausted() {
                    return;
                }
                walk(child, wanted, expansion);
            }
        }
    }
}

fn finished(item: &Rc<Instance>, lifecycle: instance::Lifecycle) -> instance::Instance {
    instance::Instance {
        address: item.address.clone(),
        uncertain: item.uncertain.clone(),
        at: item.resource.block.at,
        body: item.evaluated(),
        provider: item.module.provider_of(&item.resource),
        lifecycle,
    }
}
