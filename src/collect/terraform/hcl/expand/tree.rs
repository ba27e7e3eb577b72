//! The module calls of a root folder and the folders that they lead to, found without evaluating anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::super::instance::Counts;
use super::super::read::{self, Manifest};
use super::super::syntax::{Block, ExprKind, Files, Folder, Pos};
use super::super::value::Why;
use super::Error;
use super::code::Code;

/// How deep modules may be nested.
const MAX_DEPTH: usize = 50;
/// How many module calls there may be, those of shared folders counted each time.
const MAX_CALLS: usize = 10_000;

/// A module on its place in the tree, before `count` and `for_each`.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) code: Rc<Code>,
    /// What `path.module` says.
    pub(super) shown: Arc<str>,
    /// The names of the calls that lead here.
    pub(super) names: Vec<Arc<str>>,
    pub(super) children: BTreeMap<Arc<str>, Child>,
}

/// Where a module call leads.
#[derive(Debug)]
pub(super) enum Child {
    /// To code.
    Loaded(Rc<Node>),
    /// To nothing that is here.
    Missing(Why),
}

/// The whole tree, and what was met on the way.
pub(super) struct Tree {
    pub(super) root: Rc<Node>,
    pub(super) gaps: Vec<(Pos, Why)>,
    pub(super) counts: Counts,
}

/// Reads a root folder and every module that it leads to.
pub(super) fn load(files: &mut Files, folder: &Path, shown: &str) -> Result<Tree, Error> {
    let (manifest, complaint) = match read::manifest(folder) {
        Ok(manifest) => (manifest, None),
        Err(error) => (Manifest::default(), Some(error.to_string())),
    };
    let mut loader = Loader {
        files,
        root: folder,
        root_shown: shown,
        manifest,
        read: BTreeMap::new(),
        gaps: Vec::new(),
        counts: Counts::default(),
        calls: 0,
    };
    let code = loader.folder(folder, shown)?;
    if let Some(complaint) = complaint {
        let at = code.calls.values().next().map_or_else(Pos::default, |call| call.at);
        loader.gaps.push((at, Why::Failed(complaint.into())));
    }
    let place = Place { names: Vec::new(), relative: PathBuf::new(), above: vec![canonical(folder)] };
    let root = loader.node(code, &place);
    Ok(Tree { root, gaps: loader.gaps, counts: loader.counts })
}

struct Loader<'a> {
    files: &'a mut Files,
    root: &'a Path,
    root_shown: &'a str,
    manifest: Manifest,
    read: BTreeMap<PathBuf, Rc<Code>>,
    gaps: Vec<(Pos, Why)>,
    counts: Counts,
    calls: usize,
}

/// Where in the tree the loader is.
struct Place {
    names: Vec<Arc<str>>,
    /// From the root folder.
    relative: PathBuf,
    /// The real folders on the way here, to notice a module that calls itself.
    above: Vec<PathBuf>,
}

impl Loader<'_> {
    fn folder(&mut self, path: &Path, shown: &str) -> Result<Rc<Code>, Error> {
        let key = canonical(path);
        if let Some(code) = self.read.get(&key) {
            return Ok(Rc::clone(code));
        }
        let folder = read::folder(self.files, path, shown)?;
        self.note(&folder);
        let code = Rc::new(Code::of(folder, &mut self.gaps));
        self.read.insert(key, Rc::clone(&code));
        Ok(code)
    }

    fn note(&mut self, folder: &Folder) {
        self.counts.files += folder.files;
        self.counts.blocks += folder.blocks.len();
        self.counts.unread += folder.gaps.len();
        let gaps = folder.gaps.iter().map(|gap| (gap.at, Why::Unread(gap.message.as_str().into())));
        self.gaps.extend(gaps);
    }

    fn node(&mut self, code: Rc<Code>, place: &Place) -> Rc<Node> {
        let mut children = BTreeMap::new();
        for (name, call) in &code.calls {
            let child = self.child(name, call, &code, place).unwrap_or_else(|why| {
                let why = Why::Module(why.into());
                self.gaps.push((call.at, why.clone()));
                Child::Missing(why)
            });
            children.insert(Arc::clone(name), child);
        }
        let shown = if place.relative.as_os_str().is_empty() { ".".to_owned() } else { slashed(&place.relative) };
        Rc::new(Node { code, shown: shown.into(), names: place.names.clone(), children })
    }

    fn child(&mut self, name: &Arc<str>, call: &Block, code: &Code, place: &Place) -> Result<Child, String> {
        let full = place.names.iter().chain([name]).map(|name| format!("module.{name}")).collect::<Vec<_>>().join(".");
        let source = match call.body.attribute("source").map(|source| &source.value.kind) {
            Some(ExprKind::String(source)) => Arc::clone(source),
            Some(_) => return Err(format!("{full}: its source is not a plain string")),
            None => return Err(format!("{full}: it has no source")),
        };
        self.calls += 1;
        if self.calls > MAX_CALLS {
            return Err(format!("{full}: there are more than {MAX_CALLS} module calls; the others are not followed"));
        }
        if place.names.len() >= MAX_DEPTH {
            return Err(format!("{full}: modules are nested more than {MAX_DEPTH} deep"));
        }
        let names: Vec<Arc<str>> = place.names.iter().chain([name]).cloned().collect();
        let (path, relative) = self.locate(&source, &names, code, place).ok_or_else(|| {
            format!(
                "{full}: its source {source} is not available offline: run `terraform init` (or `terraform get`) in {} and keep its .terraform folder",
                self.root_shown
            )
        })?;
        let real = canonical(&path);
        if place.above.contains(&real) {
            return Err(format!("{full}: the module calls itself: {source} leads back to a folder that it is called from"));
        }
        let shown = if self.root_shown == "." { slashed(&relative) } else { slashed(&clean(&Path::new(self.root_shown).join(&relative))) };
        let code = self.folder(&path, &shown).map_err(|error| format!("{full}: {error}"))?;
        let above = place.above.iter().cloned().chain([real]).collect();
        Ok(Child::Loaded(self.node(code, &Place { names, relative, above })))
    }

    /// The folder of a call, and its path from the root folder.
    fn locate(&self, source: &str, names: &[Arc<str>], code: &Code, place: &Place) -> Option<(PathBuf, PathBuf)> {
        if source.starts_with("./") || source.starts_with("../") || matches!(source, "." | "..") {
            return Some((code.path.join(source), clean(&place.relative.join(source))));
        }
        let key = names.join(".");
        let path = match self.manifest.get(&key) {
            Some(installed) => installed.dir.clone(),
            None => self.root.join(vendored(&key, source)),
        };
        let relative = clean(path.strip_prefix(self.root).unwrap_or(&path));
        path.is_dir().then_some((path, relative))
    }
}

/// Where `terraform get` puts a module, in case its list was not kept: `source//folder` leads below it.
fn vendored(key: &str, source: &str) -> PathBuf {
    let after_scheme = source.find("://").map_or(0, |at| at + 3);
    let below = source[after_scheme..].split_once("//").map_or("", |(_, below)| below);
    let below = below.split(['?', '#']).next().unwrap_or_default();
    let inside: BTreeSet<bool> = Path::new(below).components().map(|part| matches!(part, Component::Normal(_))).collect();
    let base = Path::new(".terraform/modules").join(key.replace(['/', '\\'], "_"));
    if below.is_empty() || inside.contains(&false) { base } else { base.join(below) }
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| clean(path))
}

/// Without `.` and, as far as it goes, without `..`: as Terraform prints paths.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_terraform_prints_them() {
        for (from, to) in [("modules/a/../b", "modules/b"), ("./x", "x"), ("../../x", "../../x"), ("a/../../x", "../x"), ("", "")] {
            assert_eq!(slashed(&clean(Path::new(from))), to, "{from}");
        }
    }

    #[test]
    fn a_vendored_module_is_where_terraform_puts_it() {
        for (source, path) in [
            ("terraform-aws-modules/vpc/aws", ".terraform/modules/net.vpc"),
            ("terraform-aws-modules/iam/aws//modules/role", ".terraform/modules/net.vpc/modules/role"),
            ("git::https://example.com/x.git//sub?ref=v1", ".terraform/modules/net.vpc/sub"),
            ("evil//../../etc", ".terraform/modules/net.vpc"),
        ] {
            assert_eq!(slashed(&vendored("net.vpc", source)), path, "{source}");
        }
    }
}
