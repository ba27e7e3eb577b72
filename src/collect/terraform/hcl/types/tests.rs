//! Types applied to values. The conversions are what Terraform made of variables of these types; the wording of errors is our own.

use std::path::Path;

use super::{Type, apply, parse};
use crate::collect::terraform::hcl::convert;
use crate::collect::terraform::hcl::eval::eval;
use crate::collect::terraform::hcl::read;
use crate::collect::terraform::hcl::scope::{EvalError, Scope};
use crate::collect::terraform::hcl::syntax::{Expr, Files, Pos, Step};
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};

/// Whatever is referred to is unknown.
struct Unknown;

impl Scope for Unknown {
    fn resolve(&self, head: &str, _steps: &[Step], _at: Pos) -> Result<(Val, usize), EvalError> {
        Ok((Val::unknown(Why::Variable(head.into())), 0))
    }

    fn module_folder(&self) -> &Path {
        Path::new(".")
    }

    fn root_folder(&self) -> &Path {
        Path::new(".")
    }
}

fn expr(text: &str) -> Expr {
    read::expression(&mut Files::default(), text, "test").unwrap_or_else(|message| panic!("{text}: {message}"))
}

fn value(text: &str) -> Val {
    eval(&expr(text), &Unknown).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn applied(ty: &str, given: &str) -> Result<Val, String> {
    let ty: Type = parse(&expr(ty)).unwrap_or_else(|error| panic!("{ty}: {error}"));
    apply(value(given), &ty)
}

#[track_caller]
fn makes(ty: &str, given: &str, expected: &str) {
    let got = applied(ty, given).unwrap_or_else(|message| panic!("{ty} of {given}: {message}"));
    assert_eq!(convert::equal(&got, &value(expected)), Some(true), "{ty} of {given} gives {got:?}");
}

#[test]
fn primitives_convert() {
    makes("string", "7", "\"7\"");
    makes("number", "\"7\"", "7");
    makes("bool", "\"true\"", "true");
    makes("any", "[1, \"a\"]", "[1, \"a\"]");
    makes("list(string)", "[1, true]", "[\"1\", \"true\"]");
    makes("list(any)", "[1, \"a\"]", "[\"1\", \"a\"]");
    makes("map(any)", "{a = 1, b = \"x\"}", "{a = \"1\", b = \"x\"}");
    makes("tuple([string, number])", "[1, \"2\"]", "[\"1\", 2]");
    makes("string", "null", "null");
    makes("\"map\"", "{a = 1}", "{a = \"1\"}");
}

#[test]
fn objects_drop_and_fill() {
    let ty = "object({a = string, b = optional(number, 5), c = optional(object({d = optional(bool, true)}), {})})";
    makes(ty, "{a = 1, x = 2}", "{a = \"1\", b = 5, c = {d = true}}");
    makes(ty, "{a = 1, b = null, c = {d = false}}", "{a = \"1\", b = 5, c = {d = false}}");
    makes("map(object({n = optional(number)}))", "{x = {}}", "{x = {n = null}}");
    makes("list(object({n = optional(string, 3)}))", "[{}, {n = 4}]", "[{n = \"3\"}, {n = \"4\"}]");
}

#[test]
fn sets_are_sorted_and_unique() {
    let set = applied("set(string)", "[\"b\", \"a\", \"b\", 1]").expect("a set");
    let ValKind::Set(items) = &set.kind else { panic!("{set:?}") };
    let items: Vec<Val> = items.to_vec();
    assert_eq!(convert::equal(&items.into(), &value("[\"1\", \"a\", \"b\"]")), Some(true));
}

#[test]
fn misfits_name_their_path() {
    let message = |ty: &str, given: &str| applied(ty, given).expect_err("it does not fit");
    assert!(message("list(object({p = number}))", "[{p = 1}, {p = []}]").starts_with("[1].p: a number is required"));
    assert!(message("object({a = string})", "{}").starts_with(".a: this attribute is required"));
    assert!(message("map(number)", "{a = \"x\"}").starts_with("[\"a\"]: a number"));
    assert!(message("list(string)", "{}").starts_with("a list is required"));
    assert!(message("tuple([string])", "[]").contains("1 elements"));
    assert!(message("object({})", "1").starts_with("an object is required"));
}

#[test]
fn what_is_unknown_stays_unknown_and_alternatives_convert() {
    assert!(applied("object({a = string})", "u").expect("unknown").why().is_some());
    makes("object({a = optional(string, \"x\")})", "{}", "{a = \"x\"}");
    let part = applied("object({a = string, b = number})", "{a = u, b = \"1\"}").expect("partly known");
    let ValKind::Map(entries) = &part.kind else { panic!("{part:?}") };
    assert!(entries["a"].why().is_some() && entries["b"].why().is_none());
    let choice = applied("number", "u ? \"7\" : \"35\"").expect("either");
    let sides = choice.why().and_then(|unknown| unknown.choice.as_ref()).expect("a choice").of.clone();
    assert_eq!(sides.iter().map(|side| convert::equal(side, &value("7"))).collect::<Vec<_>>(), [Some(true), Some(false)]);
}

#[test]
fn what_is_no_type_is_refused() {
    for text in ["strin", "list(string, string)", "object([])", "tuple({})", "1", "optional(string)", "object({a = optional(number, x)})"] {
        let result = parse(&expr(text));
        // A default that refers to something is refused; the scope above knows everything, that of defaults nothing.
        assert!(result.is_err(), "{text}");
    }
}
