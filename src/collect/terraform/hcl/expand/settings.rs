//! What Terraform wants written out and never computes: `lifecycle`, `backend`, `moved`, `removed`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::super::instance::{Backend, IgnoreChanges, Lifecycle};
use super::super::scope::Scope;
use super::super::syntax::{Block, Body, Expr, ExprKind, Pos, Step};
use super::super::value::Val;
use super::body;
use super::code::{Code, flag};
use super::world::World;
use crate::collect::terraform::address::{Address, Key, ModuleStep};

/// A reference as it is written: `tags["x"]`, `module.a[0].aws_s3_bucket.b`. JSON writes it as a string.
pub(super) fn written(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(name.to_string()),
        ExprKind::Paren(inner) => written(inner),
        ExprKind::Template(parts) => match parts.as_slice() {
            [super::super::syntax::Part::Interpolation(inner)] => written(inner),
            _ => None,
        },
        ExprKind::Traversal(head, steps) => {
            let mut text = written(head)?;
            for step in steps {
                match step {
                    Step::Attribute(name) => {
                        let _ = write!(text, ".{name}");
                    }
                    Step::Index(index) => match &index.kind {
                        ExprKind::String(key) => text.push_str(&bracketed(&Key::Name(key.to_string()))),
                        ExprKind::Number(number) => text.push_str(&bracketed(&Key::Index(u64::try_from(number.as_int()?).ok()?))),
                        _ => return None,
                    },
                    Step::Splat => text.push_str("[*]"),
                    Step::AttributeSplat => text.push_str(".*"),
                }
            }
            Some(text)
        }
        _ => None,
    }
}

/// `["x"]` or `[0]`, escaped as in an address.
fn bracketed(key: &Key) -> String {
    let address = Address { modules: Vec::new(), data: false, resource_type: String::new(), name: String::new(), key: Some(key.clone()) };
    address.to_string().split_off(1)
}

/// What `from` and `to` name: a resource or a module, relative to the module that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Resource(Address),
    Module(Vec<ModuleStep>),
}

/// Reads a target.
pub(super) fn target(expr: &Expr) -> Option<Target> {
    let text = written(expr)?;
    match Address::parse_modules(&text) {
        Some(modules) if !modules.is_empty() => Some(Target::Module(modules)),
        _ => Address::parse(&text).map(Target::Resource),
    }
}

/// `removed` blocks that leave the real thing alone: what they name, and where they stand.
pub(super) fn forgotten(code: &Code) -> impl Iterator<Item = (Target, Pos)> + '_ {
    let removed = code.settings.iter().filter(|block| &*block.keyword == "removed");
    removed.filter_map(|block| {
        let destroys = block.body.blocks("lifecycle").all(|lifecycle| flag(lifecycle.body.attribute("destroy"), true));
        (!destroys).then_some(())?;
        Some((target(&block.body.attribute("from")?.value)?, block.at))
    })
}

/// `lifecycle` of a resource.
pub(super) fn lifecycle(body: &Body) -> Lifecycle {
    let mut result = Lifecycle::default();
    for block in body.blocks("lifecycle") {
        result.prevent_destroy |= flag(block.body.attribute("prevent_destroy"), false);
        result.create_before_destroy |= flag(block.body.attribute("create_before_destroy"), false);
        if let Some(ignored) = block.body.attribute("ignore_changes") {
            result.ignore_changes = ignore_changes(&ignored.value);
        }
    }
    result
}

fn ignore_changes(expr: &Expr) -> IgnoreChanges {
    match &expr.kind {
        ExprKind::Tuple(items) => {
            let names: Vec<Arc<str>> = items.iter().filter_map(written).map(Into::into).collect();
            match names.as_slice() {
                [] => IgnoreChanges::None,
                // `["*"]` is how Terraform 0.11 said it, and JSON says `["all"]`.
                [only] if matches!(&**only, "*" | "all") => IgnoreChanges::All,
                _ => IgnoreChanges::Some(names),
            }
        }
        _ if written(expr).as_deref() == Some("all") => IgnoreChanges::All,
        _ => IgnoreChanges::None,
    }
}

/// The backend of the root module; that of an override file, which the reader puts last, counts.
pub(super) fn backend(world: &World, scope: &dyn Scope, code: &Code) -> Option<Backend> {
    let settings = code.settings.iter().filter(|block| &*block.keyword == "terraform");
    let found = settings.flat_map(|block| &block.body.blocks).rfind(|block| matches!(&*block.keyword, "backend" | "cloud"))?;
    let kind = match (&*found.keyword, found.labels.first()) {
        ("cloud", _) => "cloud".into(),
        (_, kind) => Arc::clone(kind?),
    };
    Some(Backend { kind, at: found.at, settings: flat(world, scope, found) })
}

/// Settings by name; a block among them is a map.
fn flat(world: &World, scope: &dyn Scope, block: &Block) -> BTreeMap<Arc<str>, (Pos, Val)> {
    let body = body::evaluate(world, scope, &block.body, block.at, &|_| false);
    let mut settings = body.attributes;
    for (name, blocks) in body.blocks {
        if let Some(last) = blocks.into_iter().next_back() {
            settings.entry(name).or_insert((last.at, body::object(last)));
        }
    }
    settings
}
