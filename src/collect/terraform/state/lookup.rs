//! What states record, looked up one attribute at a time for code that refers to it.
//!
//! Objects stay text until somebody asks for them, whatever their type. Secrets are never handed out: what is marked sensitive, or
//! named like a secret, or repeats one, is an unknown value that is marked sensitive.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Loaded;
use super::formats;
use super::intake::{Attributes, RawObject, Sensitive, attributes, marks};
use crate::collect::redact::{self, Redactor};
use crate::collect::terraform::address::{Address, Key, ModuleStep};
use crate::collect::terraform::hcl::expand::Recorded;
use crate::collect::terraform::hcl::value::{Number, Origin, Val, ValKind, Why};
use crate::collect::terraform::value::Value;

/// The states that code may look into.
#[derive(Debug, Default)]
pub struct Lookup {
    /// States of the root module itself.
    own: Vec<Rc<Index>>,
    /// Every state, for `terraform_remote_state`.
    all: Vec<Rc<Index>>,
    /// The folder of the root module, which local paths start at.
    folder: PathBuf,
}

/// One state, indexed.
#[derive(Debug)]
pub struct Index {
    name: Arc<str>,
    text: Arc<str>,
    redactor: Redactor,
    objects: BTreeMap<Address, Entry>,
    keys: BTreeMap<Block, Vec<Option<Key>>>,
    outputs: Option<Range<usize>>,
    read: RefCell<BTreeMap<Address, Option<Attrs>>>,
}

type Attrs = Rc<BTreeMap<Arc<str>, Val>>;
type Block = (Vec<ModuleStep>, bool, String, String);

/// Where the parts of an object are in the text.
#[derive(Clone, Debug)]
struct Entry {
    flat: bool,
    attributes: Option<Range<usize>>,
    /// Paths if true, else the shape of `show -json`.
    paths: bool,
    sensitive: Option<Range<usize>>,
}

impl Index {
    /// Indexes a state whose text was kept when it was loaded. `None` for what could not be read.
    pub fn of(loaded: &Loaded) -> Option<Rc<Self>> {
        let (text, document) = (loaded.text.clone()?, loaded.outcome.as_ref().ok()?);
        let mut index = Self {
            name: loaded.name.clone(),
            redactor: document.recorded.as_ref().map(|taken| taken.redactor.clone()).unwrap_or_default(),
            objects: BTreeMap::new(),
            keys: BTreeMap::new(),
            outputs: None,
            read: RefCell::default(),
            text: text.clone(),
        };
        let (objects, outputs) = formats::objects(&text).ok()?;
        index.outputs = outputs.map(|raw| range(&text, raw));
        for object in objects {
            index.add(&text, object);
        }
        Some(Rc::new(index))
    }

    /// Of several snapshots of one state the newest; the others are left out.
    pub fn newest(loaded: &[Loaded]) -> Vec<Rc<Self>> {
        let newer = |at: usize, lineage: &str, serial: u64| {
            loaded.iter().enumerate().filter_map(|(other, source)| Some((other, source.outcome.as_ref().ok()?))).any(|(other, document)| {
                document.lineage.as_deref() == Some(lineage) && (document.serial > serial || (document.serial == serial && other < at))
            })
        };
        let current = loaded.iter().enumerate().filter(|(at, source)| {
            let document = source.outcome.as_ref().ok();
            !document.is_some_and(|document| document.lineage.as_deref().is_some_and(|lineage| newer(*at, lineage, document.serial)))
        });
        current.filter_map(|(_, source)| Self::of(source)).collect()
    }

    /// The state as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn add(&mut self, text: &str, object: RawObject<'_>) {
        // What will be replaced is not evidence, and an old object awaits its end.
        if object.tainted || object.deposed {
            return;
        }
        let (flat, raw) = match object.attributes {
            Attributes::None => (false, None),
            Attributes::Json(raw) => (false, Some(raw)),
            Attributes::Flat(raw) => (true, Some(raw)),
        };
        let (paths, sensitive) = match object.sensitive {
            Sensitive::Unmarked => (true, None),
            Sensitive::Paths(raw) => (true, Some(raw)),
            Sensitive::Shape(raw) => (false, Some(raw)),
        };
        let entry = Entry { flat, attributes: raw.map(|raw| range(text, raw)), paths, sensitive: sensitive.map(|raw| range(text, raw)) };
        let Address { modules, data, resource_type, name, key } = object.address.clone();
        self.keys.entry((modules, data, resource_type, name)).or_default().push(key);
        self.objects.insert(object.address, entry);
    }

    fn part(&self, range: Option<&Range<usize>>) -> Option<&RawValue> {
        serde_json::from_str(self.text.get(range?.clone())?).ok()
    }

    fn attributes(&self, address: &Address) -> Option<Attrs> {
        if let Some(read) = self.read.borrow().get(address) {
            return read.clone();
        }
        let attrs = self.objects.get(address).and_then(|entry| self.materialise(address, entry)).map(Rc::new);
        self.read.borrow_mut().insert(address.clone(), attrs.clone());
        attrs
    }

    fn materialise(&self, address: &Address, entry: &Entry) -> Option<BTreeMap<Arc<str>, Val>> {
        let raw = self.part(entry.attributes.as_ref());
        let mut value = attributes(match raw {
            None => Attributes::None,
            Some(raw) if entry.flat => Attributes::Flat(raw),
            Some(raw) => Attributes::Json(raw),
        })?;
        let sensitive = self.part(entry.sensitive.as_ref());
        let marks = marks(match sensitive {
            None => Sensitive::Unmarked,
            Some(raw) if entry.paths => Sensitive::Paths(raw),
            Some(raw) => Sensitive::Shape(raw),
        });
        self.clean(&mut value, &address.resource_type, &marks);
        let shown: Arc<str> = self.redactor.text(&address.to_string()).into();
        let origin = Origin::State { file: self.name.clone(), address: shown.clone() };
        let Value::Map(map) = value else { return None };
        Some(map.into_iter().map(|(name, value)| (name.into(), raise(value, &origin, &shown))).collect())
    }

    /// Seals what is secret, and removes its repetitions.
    fn clean(&self, value: &mut Value, resource_type: &str, marks: &redact::Marks) {
        let mut redactor = self.redactor.clone();
        redactor.seal(value, resource_type, marks);
        redactor.cleanse(value);
    }

    fn outputs(&self) -> Option<BTreeMap<Arc<str>, Val>> {
        let Value::Map(outputs) = serde_json::from_str(self.part(self.outputs.as_ref())?.get()).ok()? else { return None };
        let named = outputs.into_iter().filter_map(|(name, output)| {
            let Value::Map(mut output) = output else { return None };
            let secret = output.get("sensitive") == Some(&Value::Bool(true)) || redact::is_secret_name(&name);
            let mut value = output.remove("value")?;
            let shown: Arc<str> = format!("output.{name}").into();
            if secret {
                return Some((name.into(), secret_val(&shown)));
            }
            self.clean(&mut value, "", &redact::Marks::None);
            let origin = Origin::State { file: self.name.clone(), address: shown.clone() };
            Some((name.into(), raise(value, &origin, &shown)))
        });
        Some(named.collect())
    }
}

impl Lookup {
    /// Over the states of one root module, and all others for `terraform_remote_state`.
    pub fn new(folder: &Path, own: Vec<Rc<Index>>, all: Vec<Rc<Index>>) -> Self {
        Self { own, all, folder: folder.to_owned() }
    }

    /// The one state that records it. What two states record may belong to either, and is not used.
    fn only<T>(&self, find: impl Fn(&Index) -> Option<T>) -> Option<T> {
        let mut found = self.own.iter().filter_map(|index| find(index));
        let first = found.next();
        if found.next().is_some() { None } else { first }
    }

    /// The state that a backend configuration speaks of.
    fn state_of(&self, config: &BTreeMap<Arc<str>, Val>) -> Option<&Index> {
        let text = |name: &str| match config.get(name).map(|val| &val.kind) {
            Some(ValKind::String(text)) if !text.is_empty() => Some(text.to_string()),
            _ => None,
        };
        let workspace = text("workspace").filter(|workspace| workspace != "default");
        let is_it: Box<dyn Fn(&Index) -> bool> = match text("backend")?.as_str() {
            "s3" => {
                let (bucket, key) = (text("bucket")?, text("key")?);
                let prefix = text("workspace_key_prefix").unwrap_or_else(|| "env:".to_owned());
                let path = workspace.map_or_else(|| key.clone(), |workspace| format!("{prefix}/{workspace}/{key}"));
                let address = format!("s3://{bucket}/{path}");
                Box::new(move |index| *index.name == *address)
            }
            "local" => {
                let path = match workspace {
                    Some(workspace) => {
                        let folder = text("workspace_dir").unwrap_or_else(|| "terraform.tfstate.d".to_owned());
                        Path::new(&folder).join(workspace).join("terraform.tfstate")
                    }
                    None => PathBuf::from(text("path").unwrap_or_else(|| "terraform.tfstate".to_owned())),
                };
                let path = plain(&self.folder.join(path));
                Box::new(move |index| plain(Path::new(&*index.name)) == path)
            }
            _ => return None,
        };
        self.all.iter().map(Rc::as_ref).find(|index| is_it(index))
    }
}

/// A path without `.` and, where it can be told from the text, without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut short = PathBuf::new();
    for part in path.components() {
        match (part, short.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(short.pop()),
            _ => short.push(part),
        }
    }
    short
}

impl Recorded for Lookup {
    fn attribute(&self, address: &Address, name: &str) -> Option<Val> {
        self.only(|index| index.attributes(address))?.get(name).cloned()
    }

    fn attributes(&self, address: &Address) -> Option<BTreeMap<Arc<str>, Val>> {
        self.only(|index| index.attributes(address)).map(|attrs| (*attrs).clone())
    }

    fn keys(&self, modules: &[ModuleStep], data: bool, resource_type: &str, name: &str) -> Vec<Option<Key>> {
        let block = (modules.to_vec(), data, resource_type.to_owned(), name.to_owned());
        self.only(|index| index.keys.get(&block).cloned()).unwrap_or_default()
    }

    fn module_keys(&self, modules: &[ModuleStep], name: &str) -> Vec<Option<Key>> {
        let first = (modules.to_vec(), false, String::new(), String::new());
        let found = self.only(|index| {
            let below = index.keys.range(first.clone()..).take_while(|((path, ..), _)| path.starts_with(modules));
            let steps = below.filter_map(|((path, ..), _)| path.get(modules.len()).filter(|step| step.name == name));
            let keys: BTreeSet<Option<Key>> = steps.map(|step| step.key.clone()).collect();
            (!keys.is_empty()).then_some(keys)
        });
        found.into_iter().flatten().collect()
    }

    fn output(&self, state: &BTreeMap<Arc<str>, Val>, name: &str) -> Option<Val> {
        self.outputs(state)?.remove(name)
    }

    fn outputs(&self, state: &BTreeMap<Arc<str>, Val>) -> Option<BTreeMap<Arc<str>, Val>> {
        self.state_of(state)?.outputs()
    }
}

/// Where a part is in its text.
fn range(text: &str, raw: &RawValue) -> Range<usize> {
    let start = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    start..start.saturating_add(raw.get().len())
}

fn secret_val(shown: &str) -> Val {
    Val::unknown(Why::Failed(format!("{shown} is recorded as a secret, and is not shown").into())).marked(true)
}

/// A recorded value in the evaluator's form.
fn raise(value: Value, origin: &Origin, shown: &Arc<str>) -> Val {
    let kind = match value {
        Value::Null => ValKind::Null,
        Value::Bool(bool) => ValKind::Bool(bool),
        Value::Number(number) => match number.as_i128().map(Number::Int).or_else(|| Number::of(number.as_f64()?)) {
            Some(number) => ValKind::Number(number),
            None => ValKind::Null,
        },
        Value::String(text) if text.contains(redact::PLACEHOLDER) => return secret_val(shown),
        Value::String(text) => ValKind::String(text.into()),
        Value::List(items) => ValKind::List(Rc::new(items.into_iter().map(|item| raise(item, origin, shown)).collect())),
        Value::Map(map) => ValKind::Map(Rc::new(map.into_iter().map(|(key, item)| (key.into(), raise(item, origin, shown))).collect())),
        Value::Unknown(gap) => return Val::unknown(Why::Failed(gap.detail)),
        Value::At(located) => return raise(located.value, origin, shown),
    };
    Val { kind, sensitive: false, origin: origin.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::Loader;
    use super::*;

    const STATE: &str = r#"{"version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "l",
        "outputs": {"zone": {"value": "Z1", "type": "string"}, "key": {"value": "abcdefghij0K", "type": "string", "sensitive": true}},
        "resources": [
        {"module": "module.m[\"a\"]", "mode": "managed", "type": "aws_vpc", "name": "v", "provider": "p", "instances": [
            {"index_key": 0, "attributes": {"id": "vpc-1", "cidr_block": "10.0.0.0/16", "tags": {"a": "b"}}}]},
        {"mode": "data", "type": "aws_ami", "name": "x", "provider": "p", "instances": [{"attributes": {"id": "ami-1"}}]},
        {"mode": "managed", "type": "random_password", "name": "p", "provider": "p", "instances": [
            {"attributes": {"result": "s3cr3tS3cr3t!", "length": 12}, "sensitive_attributes": []}]},
        {"mode": "managed", "type": "aws_vpc", "name": "gone", "provider": "p", "instances": [
            {"status": "tainted", "attributes": {"id": "vpc-2"}}]}]}"#;

    fn lookup() -> Lookup {
        let states = Index::newest(&[Loader::default().keeping(true).bytes("s3://b/k.tfstate", STATE.as_bytes().to_vec())]);
        Lookup::new(Path::new("infra"), states.clone(), states)
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn text(val: &Val) -> &str {
        if let ValKind::String(text) = &val.kind { text } else { panic!("{val:?}") }
    }

    #[test]
    fn attributes_of_any_type_are_found_by_address() {
        let lookup = lookup();
        let id = lookup.attribute(&address(r#"module.m["a"].aws_vpc.v[0]"#), "id").unwrap();
        assert_eq!(text(&id), "vpc-1");
        assert!(matches!(&id.origin, Origin::State { file, .. } if &**file == "s3://b/k.tfstate"));
        assert_eq!(text(&lookup.attribute(&address("data.aws_ami.x"), "id").unwrap()), "ami-1");
        assert!(lookup.attribute(&address("aws_vpc.v"), "id").is_none());
        let keys = lookup.keys(&Address::parse_modules(r#"module.m["a"]"#).unwrap(), false, "aws_vpc", "v");
        assert_eq!(keys, [Some(Key::Index(0))]);
        assert_eq!(lookup.module_keys(&[], "m"), [Some(Key::Name("a".to_owned()))]);
    }

    #[test]
    fn secrets_are_not_handed_out_and_tainted_objects_are_no_evidence() {
        let lookup = lookup();
        let secret = lookup.attribute(&address("random_password.p"), "result").unwrap();
        assert!(secret.sensitive && secret.why().is_some());
        assert!(!format!("{secret:?}").contains("s3cr3t"));
        assert!(lookup.attribute(&address("aws_vpc.gone"), "id").is_none());
    }

    #[test]
    fn outputs_are_found_by_the_backend_that_holds_them() {
        let lookup = lookup();
        let config = |key: &str| {
            let entries = [("backend", "s3"), ("bucket", "b"), ("key", key), ("workspace", "default")];
            entries.into_iter().map(|(name, value)| (Arc::from(name), Val::from(value))).collect::<BTreeMap<_, _>>()
        };
        assert_eq!(text(&lookup.output(&config("k.tfstate"), "zone").unwrap()), "Z1");
        assert!(lookup.output(&config("k.tfstate"), "key").unwrap().sensitive);
        assert!(lookup.output(&config("other.tfstate"), "zone").is_none());
    }

    #[test]
    fn what_two_states_record_is_not_used() {
        let states: Vec<_> = ["a", "b"]
            .iter()
            .filter_map(|name| {
                Index::of(
                    &Loader::default().keeping(true).bytes(name, STATE.replace("\"lineage\": \"l\"", "\"lineage\": \"\"").into_bytes()),
                )
            })
            .collect();
        let lookup = Lookup::new(Path::new(""), states.clone(), states);
        assert!(lookup.attribute(&address("data.aws_ami.x"), "id").is_none());
    }
}
