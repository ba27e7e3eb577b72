//! From JSON to the tree that native syntax has. There is no schema here, so only blocks that Terraform itself defines become blocks;
//! the blocks of resources stay attributes whose values are objects or lists of objects.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use super::convert::Places;
use super::json::{Kind, Node};
use super::native::{self, Parsed, Refusal};
use super::text::Text;
use crate::collect::terraform::hcl::syntax::{Attribute, Block, Body, Expr, ExprKind, Lost, Part, Pos, SyntaxGap};
use crate::collect::terraform::hcl::value::Number;

/// Properties of this name are comments.
const COMMENT: &str = "//";

/// The bodies that Terraform itself defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Resource,
    Lifecycle,
    Provisioner,
    Dynamic,
    Content,
    Module,
    Variable,
    Output,
    Provider,
    Terraform,
    Cloud,
    Check,
    Removed,
    Action,
    /// `moved` and `import`, whose addresses are references.
    Addresses,
    /// Nothing but attributes.
    Plain,
}

/// How strings are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strings {
    Templates,
    /// As they are.
    Literal,
    /// As expressions: references, types.
    References,
}

impl Shape {
    /// The labels and the shape of a top-level block.
    fn top(keyword: &str) -> Option<(usize, Self)> {
        Some(match keyword {
            "resource" | "data" | "ephemeral" => (2, Self::Resource),
            "module" => (1, Self::Module),
            "variable" => (1, Self::Variable),
            "output" => (1, Self::Output),
            "provider" => (1, Self::Provider),
            "check" => (1, Self::Check),
            "action" => (2, Self::Action),
            "locals" => (0, Self::Plain),
            "terraform" => (0, Self::Terraform),
            "moved" | "import" => (0, Self::Addresses),
            "removed" => (0, Self::Removed),
            _ => return None,
        })
    }

    /// The labels and the shape of a property that is a block.
    fn nested(self, name: &str) -> Option<(usize, Self)> {
        Some(match (self, name) {
            (Self::Resource, "lifecycle") => (0, Self::Lifecycle),
            (Self::Resource | Self::Removed, "provisioner") => (1, Self::Provisioner),
            (Self::Resource | Self::Provisioner | Self::Removed, "connection") => (0, Self::Plain),
            (Self::Resource | Self::Content, "dynamic") => (1, Self::Dynamic),
            (Self::Removed, "lifecycle") => (0, Self::Lifecycle),
            (Self::Dynamic, "content") => (0, Self::Content),
            (Self::Lifecycle | Self::Output, "precondition") | (Self::Lifecycle, "postcondition") => (0, Self::Plain),
            (Self::Variable, "validation") | (Self::Check, "assert") => (0, Self::Plain),
            (Self::Provider, "assume_role" | "assume_role_with_web_identity" | "default_tags" | "ignore_tags" | "endpoints") => {
                (0, Self::Plain)
            }
            (Self::Action, "config") => (0, Self::Plain),
            (Self::Terraform, "backend" | "state_store" | "provider_meta") => (1, Self::Plain),
            (Self::Terraform, "required_providers") => (0, Self::Plain),
            (Self::Terraform, "cloud") => (0, Self::Cloud),
            (Self::Cloud, "workspaces") => (0, Self::Plain),
            (Self::Check, "data") => (2, Self::Resource),
            _ => return None,
        })
    }

    /// How the strings of an attribute are read.
    fn strings(self, name: &str) -> Strings {
        match (self, name) {
            (Self::Variable, "type")
            | (Self::Resource | Self::Module | Self::Output, "depends_on")
            | (Self::Resource | Self::Addresses, "provider")
            | (Self::Module, "providers")
            | (Self::Lifecycle, "ignore_changes" | "replace_triggered_by")
            | (Self::Addresses | Self::Removed, "from" | "to")
            | (Self::Dynamic, "iterator") => Strings::References,
            (Self::Variable, _) => Strings::Literal,
            _ => Strings::Templates,
        }
    }
}

/// Reads a `.tf.json` file that has been parsed.
pub(super) fn blocks(text: &Text, root: &Node<'_>, name: &str) -> Parsed {
    let mut maker = Maker { text, name, parsed: Parsed::default() };
    match &root.kind {
        Kind::Object(_) => maker.root(root),
        // Several objects are one, as everywhere in this syntax.
        Kind::Array(roots) => roots.iter().for_each(|root| maker.root(root)),
        _ => maker.gap(root.at, "a file of this kind holds an object", None),
    }
    maker.parsed
}

/// Reads a `.tfvars.json` file that has been parsed.
pub(super) fn values(text: &Text, root: &Node<'_>) -> Result<Vec<Attribute>, Refusal> {
    let Kind::Object(entries) = &root.kind else {
        return Err(Refusal { at: root.at, message: "a file of this kind holds an object".to_owned() });
    };
    let mut made = Vec::new();
    for (key, value) in entries.iter().filter(|(key, _)| key.text != COMMENT) {
        let value = expr(text, value, Strings::Literal)?;
        made.push(Attribute { name: key.text.as_str().into(), at: text.pos(key.at), value });
    }
    Ok(made)
}

/// A block whose labels are being collected.
struct Head {
    keyword: Arc<str>,
    labels: Vec<Arc<str>>,
    at: usize,
    missing: usize,
    shape: Shape,
}

/// A body and its head, or what stands where a body should.
type Found<'n, 't> = Result<(Head, &'n Node<'t>), (Head, Refusal)>;

struct Maker<'t> {
    text: &'t Text,
    name: &'t str,
    parsed: Parsed,
}

impl Maker<'_> {
    fn gap(&mut self, at: usize, message: &str, lost: Option<Lost>) {
        let at = self.text.pos(at);
        let message = format!("could not read {}:{} ({message}): the rest of the file is used", self.name, at.line);
        self.parsed.gaps.push(SyntaxGap { at, message, lost });
    }

    fn root(&mut self, root: &Node<'_>) {
        let Kind::Object(entries) = &root.kind else {
            return self.gap(root.at, "a file of this kind holds an object", None);
        };
        for (key, value) in entries.iter().filter(|(key, _)| key.text != COMMENT) {
            match Shape::top(&key.text) {
                Some((missing, shape)) => {
                    let head = Head { keyword: key.text.as_str().into(), labels: Vec::new(), at: key.at, missing, shape };
                    for found in headed(head, value) {
                        self.top(found);
                    }
                }
                None => self.gap(key.at, "not a kind of block that Terraform has", None),
            }
        }
    }

    fn top(&mut self, found: Found<'_, '_>) {
        let made = found.and_then(|(head, node)| match body(self.text, node, head.shape) {
            Ok(body) => Ok((head, body)),
            Err(refusal) => Err((head, refusal)),
        });
        match made {
            Ok((head, body)) => self.parsed.body.blocks.push(block(self.text, head, body)),
            Err((head, refusal)) => {
                let line = self.text.pos(refusal.at).line;
                let lost = (head.missing == 0).then_some(Lost { keyword: head.keyword, labels: head.labels });
                let at = self.text.pos(head.at);
                let message = format!("could not read {}:{line} ({}): the rest of the file is used", self.name, refusal.message);
                self.parsed.gaps.push(SyntaxGap { at, message, lost });
            }
        }
    }
}

fn block(text: &Text, head: Head, body: Body) -> Block {
    Block { keyword: head.keyword, labels: head.labels, at: text.pos(head.at), body: Rc::new(body) }
}

/// Follows the labels down to the bodies; every level may be a list.
fn headed<'n, 't>(head: Head, node: &'n Node<'t>) -> Vec<Found<'n, 't>> {
    match &node.kind {
        Kind::Null => Vec::new(),
        Kind::Array(items) => items.iter().flat_map(|item| headed(head.copy(), item)).collect(),
        Kind::Object(_) if head.missing == 0 => vec![Ok((head, node))],
        Kind::Object(entries) => entries
            .iter()
            .filter(|(key, _)| key.text != COMMENT)
            .flat_map(|(key, value)| {
                let mut head = head.copy();
                head.labels.push(key.text.as_str().into());
                head.at = key.at;
                head.missing -= 1;
                headed(head, value)
            })
            .collect(),
        _ => vec![Err((head, Refusal { at: node.at, message: "an object is expected here".to_owned() }))],
    }
}

impl Head {
    fn copy(&self) -> Self {
        Self { keyword: Arc::clone(&self.keyword), labels: self.labels.clone(), ..*self }
    }
}

fn body(text: &Text, node: &Node<'_>, shape: Shape) -> Result<Body, Refusal> {
    let Kind::Object(entries) = &node.kind else {
        return Err(Refusal { at: node.at, message: "an object is expected here".to_owned() });
    };
    let mut made = Body::default();
    let mut seen = BTreeSet::new();
    for (key, value) in entries.iter().filter(|(key, _)| key.text != COMMENT) {
        if let Some((missing, inner)) = shape.nested(&key.text) {
            let head = Head { keyword: key.text.as_str().into(), labels: Vec::new(), at: key.at, missing, shape: inner };
            for found in headed(head, value) {
                let (head, node) = found.map_err(|(_, refusal)| refusal)?;
                let body = body(text, node, head.shape)?;
                made.blocks.push(block(text, head, body));
            }
            continue;
        }
        if !seen.insert(key.text.as_str()) {
            return Err(Refusal { at: key.at, message: "the same argument is set twice".to_owned() });
        }
        let value = expr(text, value, shape.strings(&key.text))?;
        made.attributes.push(Attribute { name: key.text.as_str().into(), at: text.pos(key.at), value });
    }
    Ok(made)
}

fn expr(text: &Text, node: &Node<'_>, strings: Strings) -> Result<Expr, Refusal> {
    let at = text.pos(node.at);
    let kind = match &node.kind {
        Kind::Null => ExprKind::Null,
        Kind::Bool(value) => ExprKind::Bool(*value),
        Kind::Number(written) => match Number::parse(written) {
            Some(number) => ExprKind::Number(number),
            None => return Err(Refusal { at: node.at, message: "a number that is too large".to_owned() }),
        },
        Kind::Text(string) => return self::string(text, node.at, &string.text, string.plain, strings),
        Kind::Array(items) => ExprKind::Tuple(items.iter().map(|item| expr(text, item, strings)).collect::<Result<_, _>>()?),
        Kind::Object(entries) => {
            let entry = |(key, value): &(super::json::Key, Node<'_>)| {
                // A name is a template, too, but never a reference.
                let names = if strings == Strings::Templates { Strings::Templates } else { Strings::Literal };
                Ok((self::string(text, key.at, &key.text, false, names)?, expr(text, value, strings)?))
            };
            ExprKind::Object(entries.iter().map(entry).collect::<Result<_, Refusal>>()?)
        }
    };
    Ok(Expr { at, kind })
}

fn string(text: &Text, offset: usize, string: &str, plain: bool, strings: Strings) -> Result<Expr, Refusal> {
    let at = text.pos(offset);
    let literal = || Expr { at, kind: ExprKind::String(string.into()) };
    let is_template = string.contains("${") || string.contains("%{");
    let places = if plain { Places::From(text, offset + 1) } else { Places::At(at) };
    let template = || {
        let parsed = native::parse_template(string, places);
        parsed.map_err(|refusal| Refusal { at: offset, message: format!("in a template: {}", refusal.message) })
    };
    match strings {
        Strings::Templates if is_template => Ok(Expr { at, ..template()? }),
        Strings::References if is_template => Ok(unwrapped(at, template()?)),
        Strings::References => Ok(native::parse_expr(string, places).unwrap_or_else(|_| literal())),
        Strings::Templates | Strings::Literal => Ok(literal()),
    }
}

/// `"${x}"` where a reference belongs is the reference.
fn unwrapped(at: Pos, template: Expr) -> Expr {
    match template.kind {
        ExprKind::Template(mut parts) if matches!(parts.as_slice(), [Part::Interpolation(_)]) => match parts.pop() {
            Some(Part::Interpolation(inner)) => inner,
            _ => Expr { at, kind: ExprKind::Null },
        },
        kind => Expr { at, kind },
    }
}
