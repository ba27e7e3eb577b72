//! `data "aws_iam_policy_document"`, which needs no AWS: the JSON that the provider would make of it.
//!
//! Order and spelling are the provider's (hashicorp/aws 5.100.0): keys in a fixed order, lists of one as a string, other lists of
//! actions, resources and identifiers sorted backwards, two spaces of indentation, and Go's escapes.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::collect::terraform::hcl::instance::Evaluated;
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};

/// The keys of a statement in the order in which they are written.
const KEYS: &[&str] = &["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];

/// The version that the provider writes when none is set.
const VERSION: &str = "2012-10-17";

/// Deepest nesting of a policy that is merged in.
const DEPTH: usize = 64;

/// One statement: keys of [`KEYS`].
type Statement = BTreeMap<&'static str, Json>;

#[derive(Debug, Default)]
struct Document {
    version: String,
    id: String,
    statements: Vec<Statement>,
}

/// The JSON of a policy document: the `json` of the data source. `minified` makes it that of `minified_json`.
///
/// # Errors
/// The reason why a part of it is not known, or what is wrong with it.
pub fn policy_document(body: &Evaluated, minified: bool) -> Result<Val, Why> {
    let mut document = Document::default();
    for text in texts(body, "source_policy_documents")?.into_iter().chain(texts(body, "source_json")?) {
        document.merge(parse(&text)?);
    }
    document.merge(own(body)?);
    for text in texts(body, "override_policy_documents")?.into_iter().chain(texts(body, "override_json")?) {
        document.merge(parse(&text)?);
    }
    Ok(Val::from(document.write(minified)).marked(is_sensitive(body)))
}

fn failed(message: impl Into<String>) -> Why {
    Why::Failed(message.into().into())
}

impl Document {
    /// Takes over what another document says; a statement with a `Sid` that is there already replaces it.
    fn merge(&mut self, other: Document) {
        if !other.id.is_empty() {
            self.id = other.id;
        }
        if other.version > self.version {
            self.version = other.version;
        }
        let sid = |statement: &Statement| statement.get("Sid").and_then(Json::as_str).filter(|sid| !sid.is_empty()).map(str::to_owned);
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (at, statement) in self.statements.iter().enumerate() {
            if let Some(sid) = sid(statement) {
                places.entry(sid).or_insert(at);
            }
        }
        for statement in other.statements {
            match sid(&statement) {
                None => self.statements.push(statement),
                Some(sid) => match places.get(&sid) {
                    Some(at) => self.statements[*at] = statement,
                    None => {
                        places.insert(sid, self.statements.len());
                        self.statements.push(statement);
                    }
                },
            }
        }
    }

    fn write(&self, minified: bool) -> String {
        let mut fields = Vec::new();
        if !self.version.is_empty() {
            fields.push(("Version", Tree::Leaf(self.version.clone())));
        }
        if !self.id.is_empty() {
            fields.push(("Id", Tree::Leaf(self.id.clone())));
        }
        if !self.statements.is_empty() {
            let statements = self.statements.iter().map(|statement| {
                let fields = KEYS.iter().filter_map(|key| Some((*key, Tree::of(statement.get(key)?))));
                Tree::Object(fields.map(|(key, tree)| (key.to_owned(), tree)).collect())
            });
            fields.push(("Statement", Tree::List(statements.collect())));
        }
        let mut out = String::new();
        let tree = Tree::Object(fields.into_iter().map(|(key, tree)| (key.to_owned(), tree)).collect());
        tree.write(if minified { None } else { Some(0) }, &mut out);
        out
    }
}

/// What the blocks of the data source say.
fn own(body: &Evaluated) -> Result<Document, Why> {
    let version = text(body, "version")?.unwrap_or_else(|| VERSION.to_owned());
    if let Some((_, reason)) = body.uncertain_blocks.values().next() {
        return Err(reason.clone());
    }
    let blocks = body.blocks.get("statement").map(Vec::as_slice).unwrap_or_default();
    let statements = blocks.iter().map(statement).collect::<Result<_, _>>()?;
    Ok(Document { version, id: text(body, "policy_id")?.unwrap_or_default(), statements })
}

fn statement(block: &Evaluated) -> Result<Statement, Why> {
    if let Some((_, reason)) = block.uncertain_blocks.values().next() {
        return Err(reason.clone());
    }
    let mut statement = Statement::new();
    if let Some(sid) = text(block, "sid")?.filter(|sid| !sid.is_empty()) {
        statement.insert("Sid", sid.into());
    }
    let effect = text(block, "effect")?.unwrap_or_else(|| "Allow".to_owned());
    statement.insert("Effect", effect.into());
    let lists = [("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource")];
    for (attribute, key) in lists {
        let items: Vec<String> = texts(block, attribute)?;
        let items = items.into_iter().map(|item| if key.ends_with("Resource") { variables(&item) } else { item }).collect();
        if let Some(list) = backwards(items) {
            statement.insert(key, list);
        }
    }
    for (blocks, key) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(principals) = principals(block, blocks)? {
            statement.insert(key, principals);
        }
    }
    if let Some(conditions) = conditions(block)? {
        statement.insert("Condition", conditions);
    }
    Ok(statement)
}

/// `&{aws:username}` is how Terraform code spells a policy variable.
fn variables(text: &str) -> String {
    text.replace("&{", "${")
}

/// A set of strings: one as itself, several sorted backwards, none as nothing.
fn backwards(mut items: Vec<String>) -> Option<Json> {
    items.sort_by(|a, b| b.cmp(a));
    items.dedup();
    match items.len() {
        0 => None,
        1 => items.pop().map(Json::from),
        _ => Some(items.into()),
    }
}

fn principals(block: &Evaluated, name: &str) -> Result<Option<Json>, Why> {
    let mut by_type: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for principal in block.blocks.get(name).into_iter().flatten() {
        let of = text(principal, "type")?.ok_or_else(|| failed(format!("a `{name}` block has no type")))?;
        let mut identifiers: Vec<String> = texts(principal, "identifiers")?.iter().map(|item| variables(item)).collect();
        identifiers.sort_by(|a, b| b.cmp(a));
        identifiers.dedup();
        by_type.entry(of).or_default().extend(identifiers);
    }
    if by_type.is_empty() {
        return Ok(None);
    }
    if by_type.len() == 1 && by_type.get("*").is_some_and(|all| *all == ["*"]) {
        return Ok(Some("*".into()));
    }
    let map: serde_json::Map<String, Json> = by_type.into_iter().map(|(of, identifiers)| (of, one_or_all(identifiers))).collect();
    Ok(Some(map.into()))
}

fn conditions(block: &Evaluated) -> Result<Option<Json>, Why> {
    let mut tests: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for condition in block.blocks.get("condition").into_iter().flatten() {
        let part = |name| text(condition, name)?.ok_or_else(|| failed(format!("a `condition` block has no {name}")));
        let values = texts(condition, "values")?;
        let variable = tests.entry(part("test")?).or_default().entry(part("variable")?).or_default();
        variable.extend(values.iter().map(|value| variables(value)));
    }
    if tests.is_empty() {
        return Ok(None);
    }
    let by_variable = |variables: BTreeMap<String, Vec<String>>| {
        let map: serde_json::Map<String, Json> = variables.into_iter().map(|(name, values)| (name, one_or_all(values))).collect();
        Json::from(map)
    };
    let map: serde_json::Map<String, Json> = tests.into_iter().map(|(test, variables)| (test, by_variable(variables))).collect();
    Ok(Some(map.into()))
}

fn one_or_all(mut items: Vec<String>) -> Json {
    match items.len() {
        1 => items.pop().map_or(Json::Null, Json::from),
        _ => items.into(),
    }
}

/// A document that is merged in.
fn parse(text: &str) -> Result<Document, Why> {
    if text.trim().is_empty() {
        return Ok(Document::default());
    }
    let wrong = |what: &str| failed(format!("a policy that is merged in {what}"));
    let json: Json = serde_json::from_str(text).map_err(|_| wrong("is not JSON"))?;
    if !within(&json, DEPTH) {
        return Err(wrong("is nested too deeply"));
    }
    let Json::Object(mut map) = json else { return Err(wrong("is no object")) };
    let mut word = |key: &str| match map.remove(key) {
        None | Some(Json::Null) => Ok(String::new()),
        Some(Json::String(text)) => Ok(text),
        Some(_) => Err(wrong(&format!("has a {key} that is no text"))),
    };
    let (version, id) = (word("Version")?, word("Id")?);
    let statements = match map.remove("Statement") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(items)) => items,
        // The provider refuses a lone statement.
        Some(_) => return Err(wrong("has a Statement that is no list")),
    };
    let statements = statements.into_iter().map(|statement| {
        let Json::Object(mut map) = statement else { return Err(wrong("has a statement that is no object")) };
        let mut statement: Statement =
            KEYS.iter().filter_map(|key| Some((*key, map.remove(*key).filter(|value| !is_nothing(value))?))).collect();
        if let Some(Json::Object(tests)) = statement.get_mut("Condition") {
            tests.values_mut().filter_map(Json::as_object_mut).flat_map(serde_json::Map::values_mut).for_each(lone);
        }
        Ok(statement)
    });
    Ok(Document { version, id, statements: statements.collect::<Result<_, _>>()? })
}

/// A list of one as its item.
fn lone(value: &mut Json) {
    if let Json::Array(items) = value
        && let [only] = items.as_mut_slice()
    {
        *value = only.take();
    }
}

/// What Go leaves out of JSON.
fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Object(map) => map.is_empty(),
        Json::Array(_) | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn within(json: &Json, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match json {
        Json::Array(items) => items.iter().all(|item| within(item, depth)),
        Json::Object(map) => map.values().all(|item| within(item, depth)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => true,
    }
}

fn text(body: &Evaluated, name: &str) -> Result<Option<String>, Why> {
    body.attributes.get(name).map_or(Ok(None), |(_, val)| one(val, name))
}

fn one(val: &Val, name: &str) -> Result<Option<String>, Why> {
    match &val.kind {
        ValKind::Null => Ok(None),
        ValKind::String(text) => Ok(Some(text.to_string())),
        ValKind::Number(number) => Ok(Some(number.to_string())),
        ValKind::Bool(bool) => Ok(Some(bool.to_string())),
        ValKind::Unknown(unknown) => Err(unknown.why.clone()),
        ValKind::List(_) | ValKind::Set(_) | ValKind::Map(_) | ValKind::Resource(_) => Err(failed(format!("`{name}` is no text"))),
    }
}

/// The strings of a list, or the one string that stands for it.
fn texts(body: &Evaluated, name: &str) -> Result<Vec<String>, Why> {
    let Some((_, val)) = body.attributes.get(name) else { return Ok(Vec::new()) };
    match &val.kind {
        ValKind::List(items) | ValKind::Set(items) => items.iter().filter_map(|item| one(item, name).transpose()).collect(),
        _ => Ok(one(val, name)?.into_iter().collect()),
    }
}

fn is_sensitive(body: &Evaluated) -> bool {
    let attribute = |val: &Val| {
        val.sensitive || matches!(&val.kind, ValKind::List(items) | ValKind::Set(items) if items.iter().any(|item| item.sensitive))
    };
    body.attributes.values().any(|(_, val)| attribute(val)) || body.blocks.values().flatten().any(is_sensitive)
}

/// JSON with keys in an order of its own.
enum Tree {
    Leaf(String),
    Other(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    fn of(json: &Json) -> Self {
        match json {
            Json::String(text) => Self::Leaf(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Json::Object(map) => Self::Object(map.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect()),
            Json::Null | Json::Bool(_) | Json::Number(_) => Self::Other(json.to_string()),
        }
    }

    /// Writes with two spaces for each level; `None` writes on one line.
    fn write(&self, level: Option<usize>, out: &mut String) {
        match self {
            Self::Leaf(text) => quote(text, out),
            Self::Other(text) => out.push_str(text),
            Self::List(items) => wrap(('[', ']'), items, level, out, |item, level, out| item.write(level, out)),
            Self::Object(fields) => wrap(('{', '}'), fields, level, out, |(key, value), level, out| {
                quote(key, out);
                out.push_str(if level.is_some() { ": " } else { ":" });
                value.write(level, out);
            }),
        }
    }
}

fn wrap<T>(
    (open, close): (char, char),
    items: &[T],
    level: Option<usize>,
    out: &mut String,
    each: impl Fn(&T, Option<usize>, &mut String),
) {
    out.push(open);
    let inner = level.map(|level| level + 1);
    let line = |level: Option<usize>, out: &mut String| {
        if let Some(level) = level {
            out.push('\n');
            out.push_str(&"  ".repeat(level));
        }
    };
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        line(inner, out);
        each(item, inner, out);
    }
    if !items.is_empty() {
        line(level, out);
    }
    out.push(close);
}

/// A JSON string with Go's escapes: `<`, `>`, `&` and the line separators too.
fn quote(text: &str, out: &mut String) {
    let plain = Json::from(text).to_string();
    for c in plain.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}
