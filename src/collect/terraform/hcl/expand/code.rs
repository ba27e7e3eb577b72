//! The declarations of one folder, found by name.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::super::scope::EvalError;
use super::super::syntax::{Attribute, Block, Expr, ExprKind, Folder, Lost, Pos, SyntaxGap};
use super::super::types::{self, Type};
use super::super::value::Why;

/// A folder, read once however many module instances share it.
#[derive(Debug, Default)]
pub(super) struct Code {
    pub(super) path: PathBuf,
    pub(super) variables: BTreeMap<Arc<str>, Variable>,
    pub(super) locals: BTreeMap<Arc<str>, Attribute>,
    pub(super) outputs: BTreeMap<Arc<str>, Block>,
    pub(super) resources: Vec<Rc<Resource>>,
    pub(super) calls: BTreeMap<Arc<str>, Block>,
    pub(super) providers: Vec<Block>,
    /// `terraform`, `moved` and `removed` blocks.
    pub(super) settings: Vec<Block>,
    lost: Vec<SyntaxGap>,
    by_type: [ByType; 2],
}

/// Indices of resources by type, then by name.
type ByType = BTreeMap<Arc<str>, BTreeMap<Arc<str>, usize>>;

/// `variable "…" { … }`
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) at: Pos,
    pub(super) of: Option<Result<Type, EvalError>>,
    pub(super) default: Option<Attribute>,
    pub(super) nullable: bool,
    pub(super) sensitive: bool,
    /// Text from the command line is the value itself, not an expression.
    pub(super) literal: bool,
}

/// `resource "…" "…" { … }`, `data "…" "…" { … }`
#[derive(Debug)]
pub(super) struct Resource {
    /// `aws_s3_bucket.x`, `data.aws_ami.x`
    pub(super) label: Arc<str>,
    pub(super) data: bool,
    pub(super) resource_type: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) block: Block,
}

impl Code {
    /// Sorts the blocks of a folder; what is declared twice is a gap, and the first counts.
    pub(super) fn of(folder: Folder, gaps: &mut Vec<(Pos, Why)>) -> Self {
        let mut code = Self { path: folder.path, lost: folder.gaps, ..Self::default() };
        for block in folder.blocks {
            if let Err((at, what)) = code.take(block) {
                gaps.push((at, Why::Failed(what.into())));
            }
        }
        code
    }

    fn take(&mut self, block: Block) -> Result<(), (Pos, String)> {
        let at = block.at;
        let name = block.labels.first().cloned();
        let twice = |what: &str, name: &str| (at, format!("{what} {name} is declared twice; the first is used"));
        match (&*block.keyword, name) {
            ("variable", Some(name)) => add(&mut self.variables, &name, Variable::of(&block)).map_err(|()| twice("variable", &name)),
            ("output", Some(name)) => add(&mut self.outputs, &name, block).map_err(|()| twice("output", &name)),
            ("module", Some(name)) => add(&mut self.calls, &name, block).map_err(|()| twice("module", &name)),
            ("locals", _) => {
                let mut result = Ok(());
                for local in &block.body.attributes {
                    if add(&mut self.locals, &local.name, local.clone()).is_err() {
                        result = Err((local.at, format!("local {} is declared twice; the first is used", local.name)));
                    }
                }
                result
            }
            ("resource" | "data", Some(_)) => self.take_resource(block),
            ("provider", Some(_)) => {
                self.providers.push(block);
                Ok(())
            }
            ("terraform" | "moved" | "removed", _) => {
                self.settings.push(block);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn take_resource(&mut self, block: Block) -> Result<(), (Pos, String)> {
        let data = &*block.keyword == "data";
        let [resource_type, name] = block.labels.as_slice() else {
            return Err((block.at, format!("a {} block needs a type and a name", block.keyword)));
        };
        let (resource_type, name) = (Arc::clone(resource_type), Arc::clone(name));
        let label: Arc<str> = if data { format!("data.{resource_type}.{name}") } else { format!("{resource_type}.{name}") }.into();
        let names = self.by_type[usize::from(data)].entry(Arc::clone(&resource_type)).or_default();
        if names.contains_key(&name) {
            return Err((block.at, format!("{label} is declared twice; the first is used")));
        }
        names.insert(Arc::clone(&name), self.resources.len());
        self.resources.push(Rc::new(Resource { label, data, resource_type, name, block }));
        Ok(())
    }

    /// The resource or data source of this type and name.
    pub(super) fn resource(&self, data: bool, resource_type: &str, name: &str) -> Option<&Rc<Resource>> {
        let index = *self.by_type[usize::from(data)].get(resource_type)?.get(name)?;
        self.resources.get(index)
    }

    /// Why a block that is not here may be declared all the same: it, or something that nobody can name, could not be read.
    pub(super) fn unread(&self, keyword: &str, labels: &[&str]) -> Option<Why> {
        let is_it = |lost: &Lost| {
            *lost.keyword == *keyword && (keyword == "locals" || lost.labels.iter().map(|label| &**label).eq(labels.iter().copied()))
        };
        let gap = self.lost.iter().find(|gap| gap.lost.as_ref().is_none_or(is_it))?;
        Some(Why::Unread(gap.message.as_str().into()))
    }

    /// Resources that are declared, but could not be read: label and place.
    pub(super) fn lost_resources(&self) -> impl Iterator<Item = (String, Pos)> + '_ {
        self.lost.iter().filter_map(|gap| {
            let lost = gap.lost.as_ref()?;
            let [resource_type, name] = lost.labels.as_slice() else { return None };
            match &*lost.keyword {
                "resource" => Some((format!("{resource_type}.{name}"), gap.at)),
                "data" => Some((format!("data.{resource_type}.{name}"), gap.at)),
                _ => None,
            }
        })
    }

    /// Whether there is any resource of this type, so that a head is a type and no misspelled name.
    pub(super) fn has_type(&self, resource_type: &str) -> bool {
        self.by_type[0].contains_key(resource_type)
    }
}

fn add<T>(map: &mut BTreeMap<Arc<str>, T>, name: &Arc<str>, item: T) -> Result<(), ()> {
    if map.contains_key(name) {
        return Err(());
    }
    map.insert(Arc::clone(name), item);
    Ok(())
}

impl Variable {
    fn of(block: &Block) -> Self {
        let body = &block.body;
        let declared = body.attribute("type");
        Self {
            at: block.at,
            of: declared.map(|attribute| types::parse(&attribute.value)),
            default: body.attribute("default").cloned(),
            nullable: flag(body.attribute("nullable"), true),
            sensitive: flag(body.attribute("sensitive"), false),
            literal: declared.is_none_or(|attribute| is_primitive(&attribute.value)),
        }
    }
}

/// A `true` or `false` written out, as Terraform demands it of settings that it needs before it evaluates.
pub(super) fn flag(attribute: Option<&Attribute>, otherwise: bool) -> bool {
    match attribute.map(|attribute| &attribute.value.kind) {
        Some(ExprKind::Bool(value)) => *value,
        Some(ExprKind::String(text)) if &**text == "true" => true,
        Some(ExprKind::String(text)) if &**text == "false" => false,
        _ => otherwise,
    }
}

fn is_primitive(of: &Expr) -> bool {
    let (ExprKind::Variable(name) | ExprKind::String(name)) = &of.kind else { return false };
    matches!(&**name, "string" | "number" | "bool")
}
