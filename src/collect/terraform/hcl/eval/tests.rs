//! What the language does with known values, as `terraform console` 1.11 answers it; and what happens to what nobody knows, which no
//! console shows: those cases follow the documentation of the language, and `tests/offline_plan` holds them to real plans.

mod hostile;
mod known;
mod unknown;

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::{Locals, eval_in};
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::read;
use crate::collect::terraform::hcl::scope::{EvalError, Scope};
use crate::collect::terraform::hcl::syntax::{Files, Pos, Step};
use crate::collect::terraform::hcl::value::{Attributes, Val, ValKind, Why};

/// `var.u`, `var.v` are unknown, `var.set` is a set, `var.secret` is sensitive, `res.one` is a resource and `res.many` a map of them.
struct World;

#[derive(Debug)]
struct Bucket;

impl Attributes for Bucket {
    fn address(&self) -> &str {
        "res.one"
    }

    fn get(&self, name: &str) -> Val {
        match name {
            "bucket" => "logs".into(),
            _ => Val::unknown(Why::Computed { address: "res.one".into(), attribute: name.into() }),
        }
    }

    fn all(&self) -> BTreeMap<Arc<str>, Val> {
        BTreeMap::from([("bucket".into(), "logs".into())])
    }
}

fn variable(name: &str) -> Option<Val> {
    Some(match name {
        "u" | "v" => Val::unknown(Why::Variable(name.into())),
        "set" => ValKind::Set(Rc::new(vec!["a".into(), "b".into()])).into(),
        "secret" => Val::from("hunter2").marked(true),
        "secret_list" => Val::from(vec![Val::from("a")]).marked(true),
        "part" => vec![Val::from(1), Val::unknown(Why::Variable("part".into()))].into(),
        _ => return None,
    })
}

impl Scope for World {
    fn resolve(&self, head: &str, steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        let one = || Val::from(ValKind::Resource(Rc::new(Bucket)));
        let found = match (head, steps.first()) {
            ("var", Some(Step::Attribute(name))) => variable(name),
            ("res", Some(Step::Attribute(name))) if &**name == "one" => Some(one()),
            ("res", Some(Step::Attribute(name))) if &**name == "many" => {
                Some(BTreeMap::from([("x".into(), one()), ("y".into(), one())]).into())
            }
            _ => None,
        };
        found.map(|value| (value, 1)).ok_or_else(|| EvalError::new(at, format!("there is no {head}")))
    }

    fn module_folder(&self) -> &Path {
        Path::new(".")
    }

    fn root_folder(&self) -> &Path {
        Path::new(".")
    }
}

fn run(text: &str) -> Result<Val, EvalError> {
    let expr = read::expression(&mut Files::default(), text, "test").unwrap_or_else(|message| panic!("{text}: {message}"));
    eval_in(&expr, &World, &Locals::default())
}

fn value(text: &str) -> Val {
    run(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn show(value: &Val) -> String {
    let text = match &value.kind {
        ValKind::Null => "null".into(),
        ValKind::Bool(value) => value.to_string(),
        ValKind::Number(number) => number.to_string(),
        ValKind::String(text) => format!("{text:?}"),
        ValKind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(",")),
        ValKind::Set(items) => format!("set[{}]", items.iter().map(show).collect::<Vec<_>>().join(",")),
        ValKind::Map(entries) => {
            format!("{{{}}}", entries.iter().map(|(key, item)| format!("{key}={}", show(item))).collect::<Vec<_>>().join(","))
        }
        ValKind::Resource(resource) => resource.address().into(),
        ValKind::Unknown(unknown) => match &unknown.choice {
            Some(choice) => format!("<{} ? {} : {}>", choice.condition, show(&choice.of[0]), show(&choice.of[1])),
            None => match &unknown.why {
                Why::Variable(name) => format!("<{name}>"),
                Why::Computed { attribute, .. } => format!("<.{attribute}>"),
                Why::Function(name) => format!("<{name}()>"),
                other => format!("<{other:?}>"),
            },
        },
    };
    if convert::is_sensitive(value) { format!("secret {text}") } else { text }
}

#[track_caller]
fn table(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let got = run(text).map_or_else(|error| format!("error: {error}"), |value| show(&value));
        let same = if let Some(fragment) = expected.strip_prefix("error: ") {
            got.starts_with("error: ") && got.contains(fragment)
        } else {
            got == *expected
        };
        assert!(same, "{text}\n  gives    {got}\n  expected {expected}");
    }
}
