//! What is not known, and what hangs on it.

use super::{Val, table, value};
use crate::collect::terraform::hcl::value::{ValKind, Why};

#[test]
fn unknown_operands_make_unknown_results_with_their_reason() {
    table(&[
        ("var.u + 1", "<u>"),
        ("1 == var.u", "<u>"),
        ("var.u == null", "<u>"),
        ("var.u == var.u", "<u>"),
        ("!var.u", "<u>"),
        ("var.u.a.b", "<u>"),
        ("var.u[0]", "<u>"),
        ("[1][var.u]", "<u>"),
        ("var.u[*].a", "<u>"),
        ("\"a${var.u}\"", "<u>"),
        ("[for x in var.u : x]", "<u>"),
        ("[for x in [1] : x if var.u]", "<u>"),
        ("{for x in [1] : var.u => x}", "<u>"),
        ("{(var.u) = 1}", "<u>"),
        ("res.one.arn", "<.arn>"),
        ("res.one[*].arn", "[<.arn>]"),
        ("provider::x::y(1)", "<provider::x::y()>"),
        ("try(var.u...)", "<u>"),
    ]);
}

#[test]
fn what_is_known_all_the_same_stays_known() {
    table(&[
        ("false && var.u", "false"),
        ("var.u && false", "false"),
        ("true || var.u", "true"),
        ("true && var.u", "<u>"),
        ("[var.u, 1][1]", "1"),
        ("{a = var.u, b = 2}.b", "2"),
        ("[1, var.u] == [2, var.u]", "false"),
        ("[1, var.u] == [1, var.u]", "<u>"),
        ("[for x in var.part : x]", "[1,<part>]"),
        ("var.u ? 7 : 7", "7"),
        ("var.u ? 1 : 2 == 2 ? 1 : 3", "1"),
    ]);
}

#[test]
fn try_does_not_answer_for_what_is_unknown() {
    table(&[
        ("try(var.u.a, 1)", "<u>"),
        ("try([][0], var.u, 1)", "<u>"),
        ("can(var.u.a)", "<u>"),
        ("try(var.part, 1)", "[1,<part>]"),
        ("can(var.u ? 1 : 2)", "true"),
        ("try(var.u ? {a=1} : {a=2}, 3).a", "<var.u ? 1 : 2>"),
    ]);
}

#[test]
fn both_alternatives_survive() {
    table(&[
        ("var.u ? 7 : 35", "<var.u ? 7 : 35>"),
        ("(var.u ? 7 : 35) * 2", "<var.u ? 14 : 70>"),
        ("var.u ? 7 : \"a\"", "<var.u ? \"7\" : \"a\">"),
        ("\"${var.u ? 7 : 35} days\"", "<var.u ? \"7 days\" : \"35 days\">"),
        ("\"%{ if var.u }a%{ else }b%{ endif }\"", "<var.u ? \"a\" : \"b\">"),
        ("(var.u ? [1] : [2])[0]", "<var.u ? 1 : 2>"),
        ("(var.u ? {a=1} : {a=2}).a", "<var.u ? 1 : 2>"),
        ("[for x in var.u ? [1] : [2, 3] : x * 2]", "<var.u ? [2] : [4,6]>"),
        ("(var.u ? [{a=1}] : [])[*].a", "<var.u ? [1] : []>"),
        ("(var.u ? true : false) ? 1 : 2", "<var.u ? 1 : 2>"),
        ("!(var.u ? true : false)", "<var.u ? false : true>"),
        ("var.u == \"prod\" ? 35 : 1", "<var.u == \"prod\" ? 35 : 1>"),
        ("var.u ? 1 : var.v ? 2 : 3", "<var.u ? 1 : <var.v ? 2 : 3>>"),
        ("(var.u ? 7 : 7.5) > 6", "true"),
    ]);
}

#[test]
fn alternatives_that_say_nothing_are_not_kept() {
    table(&[
        ("var.u ? 1 : [][0]", "<u>"),
        ("var.u ? 1 : res.one.arn", "<u>"),
        ("(var.u ? [1] : [])[0]", "<u>"),
        ("var.u ? 1 : true", "<u>"),
        ("(var.u ? 1 : 2) + (var.v ? 1 : 2)", "<u>"),
        ("(var.u ? 1 : 2) + var.v", "<u>"),
    ]);
}

#[test]
fn one_decision_is_taken_once() {
    table(&[
        ("[for x in [var.u ? 1 : 2] : x + x][0]", "<var.u ? 2 : 4>"),
        ("[for x in [var.u ? 1 : 2] : \"${x}-${x}\"][0]", "<var.u ? \"1-1\" : \"2-2\">"),
        ("[for x in [var.u ? 1 : 2] : x == x][0]", "true"),
    ]);
}

#[test]
fn unknown_secrets_stay_secret() {
    let secret = |text: &str| value(text).sensitive;
    assert!(secret("[for s in [var.secret == \"x\"] : var.u && !s][0]"));
    assert!(secret("\"${var.u}${var.secret}\""));
    assert!(secret("var.u ? var.secret : \"x\""));
}

#[test]
fn nested_decisions_are_bounded() {
    let mut text = "1".to_owned();
    for step in 0..14 {
        text = format!("[for x in [{text}] : var.u == {step} ? x : x + {step}][0]");
    }
    fn depth(value: &Val) -> usize {
        let choice = value.why().and_then(|unknown| unknown.choice.as_ref());
        choice.map_or(0, |choice| 1 + choice.of.iter().map(depth).max().unwrap_or(0))
    }
    assert!(depth(&value(&text)) <= 4);
}

#[test]
fn a_choice_tells_its_reason() {
    let value = value("var.u ? 1 : 2");
    let ValKind::Unknown(unknown) = &value.kind else { panic!("{value:?}") };
    assert_eq!(unknown.why, Why::Variable("u".into()));
}
