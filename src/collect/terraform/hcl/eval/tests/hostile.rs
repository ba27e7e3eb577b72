//! Input that is meant to hurt.

use std::sync::Arc;

use proptest::prelude::*;

use super::{World, run};
use crate::collect::terraform::hcl::eval::{Locals, eval, eval_in};
use crate::collect::terraform::hcl::syntax::{BinaryOp, Expr, ExprKind, For, Part, Pos, Step, UnaryOp};
use crate::collect::terraform::hcl::value::{Number, Val};

fn expr(kind: ExprKind) -> Expr {
    Expr { at: Pos::default(), kind }
}

#[test]
fn nesting_is_bounded_and_fits_the_stack_of_a_thread() {
    let wrappers: [fn(Expr) -> ExprKind; 5] = [
        |inner| ExprKind::Paren(Box::new(inner)),
        |inner| ExprKind::Tuple(vec![inner]),
        |inner| ExprKind::Unary(UnaryOp::Negate, Box::new(inner)),
        |inner| ExprKind::Template(vec![Part::Literal("a".into()), Part::Interpolation(inner)]),
        |inner| ExprKind::Call { name: "try".into(), arguments: vec![inner], expand: false },
    ];
    for wrap in wrappers {
        let mut nested = expr(ExprKind::Number(Number::Int(1)));
        for _ in 0..190 / 2 {
            nested = expr(wrap(nested));
        }
        assert!(eval(&nested, &World).is_ok());
        for _ in 0..200 {
            nested = expr(wrap(nested));
        }
        assert!(eval(&nested, &World).is_err());
    }
}

#[test]
fn a_limit_is_not_caught_by_try() {
    let mut nested = expr(ExprKind::Null);
    for _ in 0..300 {
        nested = expr(ExprKind::Tuple(vec![nested]));
    }
    let caught = ExprKind::Call { name: "try".into(), arguments: vec![nested, expr(ExprKind::Bool(true))], expand: false };
    assert!(eval(&expr(caught), &World).is_err());
}

#[test]
fn values_that_double_are_stopped() {
    let mut value = Val::from("some text that is not so short");
    let double = expr(ExprKind::Tuple(vec![expr(ExprKind::Variable("x".into())), expr(ExprKind::Variable("x".into()))]));
    let stopped = (0..40).any(|_| match eval_in(&double, &World, &Locals::default().with("x".into(), value.clone())) {
        Ok(doubled) => {
            value = doubled;
            false
        }
        Err(_) => true,
    });
    assert!(stopped);
}

#[test]
fn loops_in_loops_are_stopped() {
    let digits = "[0,1,2,3,4,5,6,7,8,9]";
    let mut text = "0".to_owned();
    for level in 0..9 {
        text = format!("[for x{level} in {digits} : {text}]");
    }
    let error = run(&text).expect_err("a thousand million elements");
    assert!(error.message.contains("more than"), "{error}");
}

fn leaf() -> impl Strategy<Value = ExprKind> {
    let name = prop_oneof![Just("u"), Just("set"), Just("secret"), Just("part"), Just("none")];
    prop_oneof![
        Just(ExprKind::Null),
        any::<bool>().prop_map(ExprKind::Bool),
        any::<i64>().prop_map(|number| ExprKind::Number(Number::Int(number.into()))),
        any::<f64>().prop_filter_map("finite", |number| Number::of(number).map(ExprKind::Number)),
        "[a-z0-9.-]{0,4}".prop_map(|text| ExprKind::String(text.into())),
        Just(ExprKind::Variable("x".into())),
        name.prop_map(|name| { ExprKind::Traversal(Box::new(expr(ExprKind::Variable("var".into()))), vec![Step::Attribute(name.into())]) }),
    ]
}

fn op() -> impl Strategy<Value = BinaryOp> {
    use BinaryOp::{Add, And, Divide, Equal, Greater, Less, Modulo, Multiply, NotEqual, Or, Subtract};
    prop::sample::select(vec![Add, And, Divide, Equal, Greater, Less, Modulo, Multiply, NotEqual, Or, Subtract])
}

fn step(inner: impl Strategy<Value = Expr> + 'static) -> impl Strategy<Value = Step> {
    prop_oneof![
        "[a-c]".prop_map(|name| Step::Attribute(name.into())),
        inner.prop_map(Step::Index),
        Just(Step::Splat),
        Just(Step::AttributeSplat)
    ]
}

fn anything() -> impl Strategy<Value = Expr> {
    let x: Arc<str> = "x".into();
    leaf().prop_map(expr).prop_recursive(6, 64, 4, move |inner| {
        let (list, x) = (prop::collection::vec(inner.clone(), 0..4), x.clone());
        let y = x.clone();
        prop_oneof![
            list.clone().prop_map(ExprKind::Tuple),
            prop::collection::vec((inner.clone(), inner.clone()), 0..3).prop_map(ExprKind::Object),
            (inner.clone(), prop::collection::vec(step(inner.clone()), 0..4))
                .prop_map(|(base, steps)| ExprKind::Traversal(Box::new(base), steps)),
            ("try|can|merge|tostring|jsonencode|length", list.clone(), any::<bool>())
                .prop_map(|(name, arguments, expand)| ExprKind::Call { name: name.into(), arguments, expand }),
            [inner.clone(), inner.clone(), inner.clone()].prop_map(|parts| ExprKind::Conditional(Box::new(parts))),
            (op(), [inner.clone(), inner.clone()]).prop_map(|(op, both)| ExprKind::Binary(op, Box::new(both))),
            inner.clone().prop_map(|inner| ExprKind::Unary(UnaryOp::Not, Box::new(inner))),
            (inner.clone(), list).prop_map(move |(collection, items)| ExprKind::Template(vec![
                Part::For { key: None, value: x.clone(), collection, body: items.into_iter().map(Part::Interpolation).collect() },
                Part::Literal("a".into()),
            ])),
            (inner.clone(), inner.clone(), prop::option::of(inner.clone()), prop::option::of(inner.clone()), any::<bool>()).prop_map(
                move |(collection, value_expr, key_expr, condition, grouping)| {
                    let value = y.clone();
                    ExprKind::For(Box::new(For { key: None, value, collection, key_expr, value_expr, grouping, condition }))
                }
            ),
        ]
        .prop_map(expr)
    })
}

proptest! {
    #[test]
    fn any_expression_ends(expr in anything()) {
        let first = eval(&expr, &World).map(|value| super::show(&value));
        prop_assert_eq!(first, eval(&expr, &World).map(|value| super::show(&value)));
    }
}
