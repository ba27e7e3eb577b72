//! Every function against what `terraform console` answered: `fixtures/terraform/functions/record.py` asks it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{json, names};
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::eval::eval;
use crate::collect::terraform::hcl::read;
use crate::collect::terraform::hcl::scope::{EvalError, Scope};
use crate::collect::terraform::hcl::syntax::{Files, Pos, Step};
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};

/// Functions whose answer is unknown by design; the console's would differ from call to call.
const IMPURE: [&str; 7] = ["base64gzip", "bcrypt", "plantimestamp", "rsadecrypt", "timestamp", "uuid", "type"];

#[derive(Deserialize)]
struct Expected {
    terraform: String,
    cases: BTreeMap<String, Case>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Case {
    Value { json: String, kind: String },
    Error { error: bool },
    Unknown { unknown: bool },
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform/functions")
}

fn expected() -> Expected {
    let text = std::fs::read_to_string(folder().join("expected.json")).expect("the recording is there");
    serde_json::from_str(&text).expect("it is what record.py writes")
}

/// The world that record.py gives to Terraform.
struct Console(PathBuf);

impl Scope for Console {
    fn resolve(&self, head: &str, _steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        match head {
            "terraform_data" => Ok((Val::unknown(Why::Computed { address: "terraform_data.u".into(), attribute: "id".into() }), 2)),
            "local" => Ok(("Hi ${name}!".into(), 1)),
            "path" => Ok((".".into(), 1)),
            _ => Err(EvalError::new(at, "there is no such name")),
        }
    }

    fn module_folder(&self) -> &Path {
        &self.0
    }

    fn root_folder(&self) -> &Path {
        &self.0
    }
}

fn evaluate(text: &str) -> Result<Val, String> {
    let parsed = read::expression(&mut Files::default(), text, "cases.txt")?;
    eval(&parsed, &Console(folder())).map_err(|error| error.message.to_string())
}

/// Whether two JSON texts say the same; fractions may differ beyond the fifteenth digit, which Terraform computes to many more.
fn same(ours: &str, theirs: &str) -> bool {
    fn alike(a: &serde_json::Value, b: &serde_json::Value) -> bool {
        use serde_json::Value;
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => {
                let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
                a == b || (a - b).abs() <= 1e-14 * a.abs()
            }
            (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
            (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| alike(a, b))),
            _ => a == b,
        }
    }
    let read = |text| serde_json::from_str(text).ok();
    let has_fraction = |text: &str| text.contains('.');
    ours == theirs
        || has_fraction(ours) && has_fraction(theirs) && matches!((read(ours), read(theirs)), (Some(a), Some(b)) if alike(&a, &b))
}

/// Whether the form of a value is one that Terraform calls so. What is null has no form here.
fn is_of_kind(value: &Val, kind: &str) -> bool {
    match &value.kind {
        ValKind::Null => true,
        ValKind::Bool(_) => kind == "bool",
        ValKind::Number(_) => kind == "number",
        ValKind::String(_) => kind == "string",
        ValKind::List(_) => matches!(kind, "list" | "tuple"),
        ValKind::Set(_) => kind == "set",
        ValKind::Map(_) => matches!(kind, "map" | "object"),
        ValKind::Resource(_) | ValKind::Unknown(_) => false,
    }
}

/// What is wrong with our answer, if anything.
fn difference(text: &str, case: &Case) -> Option<String> {
    let ours = evaluate(text);
    match (&ours, case) {
        (Err(_), Case::Error { error: true }) => None,
        (Ok(value), Case::Unknown { unknown: true }) if convert::first_unknown(value).is_some() => None,
        (Ok(value), Case::Value { json: theirs, kind }) if convert::first_unknown(value).is_none() => {
            let shown = json::encode(value).unwrap_or_else(|stop| format!("{stop:?}"));
            (!same(&shown, theirs) || !is_of_kind(value, kind)).then(|| format!("{shown}, Terraform: {kind} {theirs}"))
        }
        (_, Case::Value { json: theirs, .. }) => Some(format!("{ours:?}, Terraform: {theirs}")),
        (_, Case::Error { .. }) => Some(format!("{ours:?}, Terraform refuses it")),
        (_, Case::Unknown { .. }) => Some(format!("{ours:?}, Terraform does not know it")),
    }
}

#[test]
fn every_answer_is_terraforms() {
    let expected = expected();
    let wrong: Vec<String> = expected
        .cases
        .iter()
        .filter_map(|(text, case)| difference(text, case).map(|difference| format!("{text}\n    ours: {difference}")))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} differ from Terraform {}:\n{}",
        wrong.len(),
        expected.cases.len(),
        expected.terraform,
        wrong.join("\n")
    );
}

#[test]
fn every_case_is_recorded() {
    let expected = expected();
    let cases = std::fs::read_to_string(folder().join("cases.txt")).expect("the cases are there");
    for line in cases.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        assert!(expected.cases.contains_key(line), "run record.py: {line}");
    }
}

#[test]
fn every_function_has_three_cases() {
    let expected = expected();
    for name in names().filter(|name| !IMPURE.contains(name)) {
        let call = format!("{name}(");
        let starts = |text: &str| text.match_indices(&call).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()));
        let count = expected.cases.keys().filter(|text| starts(text)).count();
        assert!(count >= 3, "{name} has {count} cases");
    }
}

#[test]
fn the_registry_is_sorted() {
    let all: Vec<&str> = names().collect();
    assert!(all.is_sorted_by(|a, b| a < b));
    assert!(super::exists("core::upper") && !super::exists("nosuch"));
}

#[test]
fn impure_functions_say_why_they_are_unknown() {
    for text in ["timestamp()", "plantimestamp()", "uuid()", "bcrypt(\"x\")", "base64gzip(\"x\")", "pathexpand(\"~/x\")"] {
        let value = evaluate(text).expect(text);
        assert!(matches!(value.why().map(|unknown| &unknown.why), Some(Why::Function(_))), "{text}");
    }
}

#[test]
fn nothing_is_read_outside_of_the_root_folder() {
    let root = tempfile::tempdir().expect("a folder");
    let inside = root.path().join("inside");
    std::fs::create_dir(&inside).expect("a folder");
    std::fs::write(root.path().join("secret"), "secret").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.path().join("secret"), inside.join("link")).expect("a link");
    let outside = root.path().join("secret");
    let absolute = format!("file({:?})", outside.to_string_lossy());
    for text in [
        "file(\"../secret\")",
        "file(\"link\")",
        "filemd5(\"../secret\")",
        "fileexists(\"../secret\")",
        &absolute,
        "fileset(\"..\", \"*\")",
    ] {
        let parsed = read::expression(&mut Files::default(), text, "x").expect(text);
        let value = eval(&parsed, &Console(inside.clone())).expect(text);
        assert!(matches!(value.why().map(|unknown| &unknown.why), Some(Why::Function(_))), "{text} is {value:?}");
    }
}

#[test]
fn results_are_bounded() {
    for text in [
        "join(\"\", [for x in range(1000) : format(\"%1000000s\", x)])",
        "setproduct(range(1000), range(1000))",
        "indent(2147483647, \"a\\nb\\nc\")",
        "format(\"%99999999999s\", 1)",
        "regex(\"(a{1000}){1000}\", \"a\")",
        "replace(format(\"%1000000s\", \"\"), \" \", format(\"%1000s\", \"\"))",
        "yamldecode(\"a: &a [x,x,x,x,x,x,x,x,x,x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\")",
    ] {
        evaluate(text).expect_err(text);
    }
}
