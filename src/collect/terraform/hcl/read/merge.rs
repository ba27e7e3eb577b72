//! Override files: their blocks are merged into the blocks of the same name, by Terraform's rules. An override of something that is not
//! there is a mistake for Terraform and a gap here.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::collect::terraform::hcl::syntax::{Attribute, Block, Body, ExprKind, Pos, SyntaxGap};

/// What makes two blocks one: keyword, labels and, for a provider, the alias.
type Identity = (Arc<str>, Vec<Arc<str>>, Option<Arc<str>>);

/// The blocks of a folder while override files are merged in.
#[derive(Debug)]
pub(super) struct Merger {
    blocks: Vec<Block>,
    by_identity: BTreeMap<Identity, usize>,
    /// Where a local value is: the block, and the attribute in it.
    locals: BTreeMap<Arc<str>, (usize, usize)>,
}

impl Merger {
    /// Over these blocks.
    pub(super) fn new(blocks: Vec<Block>) -> Self {
        let mut merger = Self { blocks: Vec::with_capacity(blocks.len()), by_identity: BTreeMap::new(), locals: BTreeMap::new() };
        for block in blocks {
            merger.add(block);
        }
        merger
    }

    fn add(&mut self, block: Block) {
        let index = self.blocks.len();
        if &*block.keyword == "locals" {
            let names = block.body.attributes.iter().enumerate();
            self.locals.extend(names.map(|(place, attribute)| (Arc::clone(&attribute.name), (index, place))));
        }
        self.by_identity.entry(identity(&block)).or_insert(index);
        self.blocks.push(block);
    }

    /// The blocks, everything merged.
    pub(super) fn finish(self) -> Vec<Block> {
        self.blocks
    }

    /// Merges one block of an override file.
    pub(super) fn merge(&mut self, block: Block, gaps: &mut Vec<SyntaxGap>) {
        match &*block.keyword {
            "locals" => self.merge_locals(&block, gaps),
            "terraform" => self.merge_terraform(block),
            "moved" | "import" | "removed" | "check" => {
                gaps.push(gap(block.at, &format!("`{}` blocks do not override anything", block.keyword)));
            }
            _ => match self.by_identity.get(&identity(&block)) {
                Some(index) => {
                    let base = &mut self.blocks[*index];
                    base.body = Rc::new(merged(&base.body, &block.body));
                }
                // The default configuration of a provider exists without being written.
                None if &*block.keyword == "provider" && alias(&block.body).is_none() => self.add(block),
                None => gaps.push(gap(block.at, &format!("there is no {} to override", describe(&block)))),
            },
        }
    }

    fn merge_locals(&mut self, block: &Block, gaps: &mut Vec<SyntaxGap>) {
        for attribute in &block.body.attributes {
            let Some((index, place)) = self.locals.get(&attribute.name) else {
                gaps.push(gap(attribute.at, &format!("there is no local value `{}` to override", attribute.name)));
                continue;
            };
            let body = Rc::make_mut(&mut self.blocks[*index].body);
            if let Some(base) = body.attributes.get_mut(*place) {
                *base = attribute.clone();
            }
        }
    }

    /// Requirements are merged one by one; a backend replaces any other.
    fn merge_terraform(&mut self, block: Block) {
        let replaces_backend = block.body.blocks.iter().any(is_backend);
        let version = block.body.attribute("required_version").is_some();
        let providers: BTreeSet<Arc<str>> =
            block.body.blocks("required_providers").flat_map(|it| it.body.attributes.iter()).map(|it| Arc::clone(&it.name)).collect();
        for base in self.blocks.iter_mut().filter(|base| &*base.keyword == "terraform") {
            let body = Rc::make_mut(&mut base.body);
            if replaces_backend {
                body.blocks.retain(|inner| !is_backend(inner));
            }
            if version {
                body.attributes.retain(|attribute| &*attribute.name != "required_version");
            }
            for inner in body.blocks.iter_mut().filter(|inner| &*inner.keyword == "required_providers") {
                Rc::make_mut(&mut inner.body).attributes.retain(|attribute| !providers.contains(&attribute.name));
            }
        }
        self.add(block);
    }
}

fn is_backend(block: &Block) -> bool {
    matches!(&*block.keyword, "backend" | "cloud")
}

fn identity(block: &Block) -> Identity {
    let alias = if &*block.keyword == "provider" { alias(&block.body) } else { None };
    (Arc::clone(&block.keyword), block.labels.clone(), alias)
}

fn alias(body: &Body) -> Option<Arc<str>> {
    match &body.attribute("alias")?.value.kind {
        ExprKind::String(alias) => Some(Arc::clone(alias)),
        _ => None,
    }
}

fn describe(block: &Block) -> String {
    let labels: Vec<&str> = block.labels.iter().map(|label| &**label).collect();
    format!("{} `{}`", block.keyword, labels.join("."))
}

fn gap(at: Pos, message: &str) -> SyntaxGap {
    SyntaxGap { at, message: format!("this override is left out: {message}"), lost: None }
}

/// Attributes replace attributes; blocks replace all blocks of their type, however they are written. `lifecycle` is merged inside.
fn merged(base: &Body, over: &Body) -> Body {
    let lifecycle = |body: &Body| body.blocks("lifecycle").next().map(|block| Rc::clone(&block.body));
    let attributes: BTreeMap<&str, &Attribute> = over.attributes.iter().map(|attribute| (&*attribute.name, attribute)).collect();
    let blocks: BTreeSet<&str> = over.blocks.iter().map(type_of).collect();
    let mut made = Body::default();
    // In JSON a block looks like an attribute.
    let kept = base.attributes.iter().filter(|attribute| !blocks.contains(&*attribute.name) && !attributes.contains_key(&*attribute.name));
    made.attributes.extend(kept.cloned());
    made.attributes.extend(over.attributes.iter().cloned());
    let kept = base.blocks.iter().filter(|block| !blocks.contains(type_of(block)) && !attributes.contains_key(type_of(block)));
    made.blocks.extend(kept.cloned());
    for block in &over.blocks {
        let mut block = block.clone();
        if &*block.keyword == "lifecycle"
            && let Some(base) = lifecycle(base)
        {
            block.body = Rc::new(merged(&base, &block.body));
        }
        made.blocks.push(block);
    }
    made
}

/// The type of block: what a `dynamic` makes, not that it is dynamic.
fn type_of(block: &Block) -> &str {
    match block.labels.first() {
        Some(label) if &*block.keyword == "dynamic" => label,
        _ => &block.keyword,
    }
}
