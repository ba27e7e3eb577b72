//! Folders of code in temporary directories, expanded and read back as text.

mod cardinality;
mod hostile;
mod modules;
mod recorded;
mod resources;
mod settings;
mod variables;

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::{Computed, Error, Given, Inputs, NothingRecorded, Recorded, expand, nothing_computed};
use crate::collect::terraform::address::{Address, Key, ModuleStep};
use crate::collect::terraform::hcl::instance::{Evaluated, Expansion, Instance};
use crate::collect::terraform::hcl::syntax::Files;
use crate::collect::terraform::hcl::value::{Origin, Val, ValKind, Why};

/// A folder of files, and how it is to be expanded.
struct Case {
    dir: tempfile::TempDir,
    below: &'static str,
    given: Vec<Given>,
    environment: Option<BTreeMap<String, String>>,
    workspace: Option<String>,
    recorded: Rc<dyn Recorded>,
    computed: Rc<Computed>,
}

/// What came out.
#[derive(Debug)]
struct Out {
    files: Files,
    expansion: Expansion,
}

fn case(files: &[(&str, &str)]) -> Case {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Case {
        dir,
        below: "",
        given: Vec::new(),
        environment: None,
        workspace: None,
        recorded: Rc::new(NothingRecorded),
        computed: nothing_computed(),
    }
}

impl Case {
    fn below(mut self, folder: &'static str) -> Self {
        self.below = folder;
        self
    }

    fn var(mut self, name: &str, text: &str) -> Self {
        self.given.push(Given::Variable { name: name.to_owned(), text: text.to_owned() });
        self
    }

    fn var_file(mut self, name: &str) -> Self {
        self.given.push(Given::File(self.dir.path().join(name)));
        self
    }

    fn env(mut self, name: &str, text: &str) -> Self {
        self.environment.get_or_insert_default().insert(name.to_owned(), text.to_owned());
        self
    }

    fn recorded(mut self, state: State) -> Self {
        self.recorded = Rc::new(state);
        self
    }

    fn try_expand(&self) -> Result<Out, Error> {
        let mut files = Files::default();
        let folder = self.dir.path().join(self.below);
        let inputs = Inputs {
            folder: &folder,
            shown: ".",
            given: self.given.clone(),
            environment: self.environment.clone(),
            workspace: self.workspace.clone(),
            wanted: &|resource_type| resource_type.starts_with("aws_"),
            recorded: Rc::clone(&self.recorded),
            computed: Rc::clone(&self.computed),
        };
        let expansion = expand(&mut files, &inputs)?;
        Ok(Out { files, expansion })
    }

    fn expand(&self) -> Out {
        self.try_expand().unwrap()
    }
}

/// One file, expanded.
fn main_tf(text: &str) -> Out {
    case(&[("main.tf", text)]).expand()
}

impl Out {
    fn addresses(&self) -> Vec<String> {
        self.expansion.instances.iter().map(|instance| instance.address.to_string()).collect()
    }

    fn instance(&self, address: &str) -> &Instance {
        let found = self.expansion.instances.iter().find(|instance| instance.address.to_string() == address);
        found.unwrap_or_else(|| panic!("no {address} among {:?}", self.addresses()))
    }

    fn val(&self, address: &str, name: &str) -> &Val {
        &self.instance(address).body.attributes[name].1
    }

    /// An attribute as text.
    fn get(&self, address: &str, name: &str) -> String {
        say(self.val(address, name))
    }

    /// Where a value comes from, as text.
    fn origin(&self, address: &str, name: &str) -> String {
        match &self.val(address, name).origin {
            Origin::None => String::new(),
            Origin::Code(at) => self.files.line(*at),
            Origin::State { file, address } => format!("{file} {address}"),
            Origin::Given(from) => from.to_string(),
        }
    }

    fn gaps(&self) -> Vec<String> {
        self.expansion.gaps.iter().map(|(at, why)| format!("{} {}", self.files.line(*at), reason(why))).collect()
    }

    /// Asserts that nothing went wrong.
    fn clean(self) -> Self {
        assert_eq!(self.gaps(), Vec::<String>::new());
        self
    }
}

fn reason(why: &Why) -> String {
    match why {
        Why::Computed { address, attribute } | Why::DataSource { address, attribute } => format!("<{address}.{attribute}>"),
        Why::Variable(name) => format!("<var.{name}>"),
        Why::Module(text) => format!("<module {text}>"),
        Why::Function(name) => format!("<function {name}>"),
        Why::Failed(text) => format!("<failed {text}>"),
        Why::Unread(text) => format!("<unread {text}>"),
    }
}

/// A value as text, `!` before what is sensitive.
fn say(value: &Val) -> String {
    let list = |items: &[Val]| items.iter().map(say).collect::<Vec<_>>().join(", ");
    let text = match &value.kind {
        ValKind::Null => "null".to_owned(),
        ValKind::Bool(value) => value.to_string(),
        ValKind::Number(number) => number.to_string(),
        ValKind::String(text) => format!("'{text}'"),
        ValKind::List(items) => format!("[{}]", list(items)),
        ValKind::Set(items) => format!("set[{}]", list(items)),
        ValKind::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{key}={}", say(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        ValKind::Resource(resource) => format!("resource {}", resource.address()),
        ValKind::Unknown(unknown) => reason(&unknown.why),
    };
    if value.sensitive { format!("!{text}") } else { text }
}

fn say_body(body: &Evaluated) -> String {
    let mut parts: Vec<String> = body.attributes.iter().map(|(name, (_, value))| format!("{name}={}", say(value))).collect();
    for (name, blocks) in &body.blocks {
        parts.extend(blocks.iter().map(|block| format!("{name}({})", say_body(block))));
    }
    parts.extend(body.uncertain_blocks.iter().map(|(name, (_, why))| format!("{name}?{}", reason(why))));
    parts.join(" ")
}

/// A state, by address.
#[derive(Default)]
struct State {
    attributes: BTreeMap<&'static str, BTreeMap<&'static str, Val>>,
    outputs: BTreeMap<&'static str, Val>,
    whole: bool,
}

impl State {
    fn with(mut self, address: &'static str, name: &'static str, value: impl Into<Val>) -> Self {
        let origin = Origin::State { file: "prod.tfstate".into(), address: address.into() };
        self.attributes.entry(address).or_default().insert(name, value.into().from_origin(origin));
        self
    }

    fn output(mut self, name: &'static str, value: impl Into<Val>) -> Self {
        self.outputs.insert(name, value.into());
        self
    }

    fn is_meant(&self, state: &BTreeMap<Arc<str>, Val>) -> bool {
        state.get("bucket").map(say).as_deref() == Some("'acme'") && state.get("backend").map(say).as_deref() == Some("'s3'")
    }
}

impl Recorded for State {
    fn attribute(&self, address: &Address, name: &str) -> Option<Val> {
        self.attributes.get(address.to_string().as_str())?.get(name).cloned()
    }

    fn attributes(&self, address: &Address) -> Option<BTreeMap<Arc<str>, Val>> {
        let found = self.attributes.get(address.to_string().as_str())?;
        Some(found.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
    }

    fn keys(&self, modules: &[ModuleStep], data: bool, resource_type: &str, name: &str) -> Vec<Option<Key>> {
        let all = self.attributes.keys().filter_map(|text| Address::parse(text));
        let here = all.filter(|found| {
            (found.modules.as_slice(), found.data, &*found.resource_type, &*found.name) == (modules, data, resource_type, name)
        });
        here.map(|found| found.key).collect()
    }

    fn module_keys(&self, modules: &[ModuleStep], name: &str) -> Vec<Option<Key>> {
        let all = self.attributes.keys().filter_map(|text| Address::parse(text));
        let steps = all.filter_map(|found| found.modules.strip_prefix(modules)?.first().cloned());
        steps.filter(|step| step.name == name).map(|step| step.key).collect()
    }

    fn output(&self, state: &BTreeMap<Arc<str>, Val>, name: &str) -> Option<Val> {
        self.outputs.get(name).filter(|_| self.is_meant(state)).cloned()
    }

    fn outputs(&self, state: &BTreeMap<Arc<str>, Val>) -> Option<BTreeMap<Arc<str>, Val>> {
        let all = || self.outputs.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        (self.whole && self.is_meant(state)).then(all)
    }
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let error = case(&[]).below("nowhere").try_expand().unwrap_err().to_string();
    assert!(error.contains("nowhere"), "{error}");
}

#[test]
fn paths_are_as_terraform_prints_them() {
    let out = case(&[
        ("env/main.tf", "module \"a\" { source = \"../modules/a\" }\nresource \"aws_x\" \"r\" { p = \"${path.module} ${path.root}\" }"),
        ("modules/a/main.tf", "module \"b\" { source = \"./../b/\" }\nresource \"aws_x\" \"r\" { p = \"${path.module} ${path.root}\" }"),
        ("modules/b/main.tf", "resource \"aws_x\" \"r\" {\n p = path.module\n cwd = path.cwd\n}"),
    ])
    .below("env")
    .expand()
    .clean();
    assert_eq!(out.get("aws_x.r", "p"), "'. .'");
    assert_eq!(out.get("module.a.aws_x.r", "p"), "'../modules/a .'");
    assert_eq!(out.get("module.a.module.b.aws_x.r", "p"), "'../modules/b'");
    let cwd = out.get("module.a.module.b.aws_x.r", "cwd");
    assert!(Path::new(cwd.trim_matches('\'')).ends_with("env"), "{cwd}");
    assert_eq!(out.expansion.counts.files, 3);
    assert_eq!(out.expansion.counts.modules, 3);
}
