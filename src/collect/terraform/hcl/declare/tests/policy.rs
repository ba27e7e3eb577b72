//! Policy documents against what Terraform 1.11.4 with hashicorp/aws 5.100.0 makes of the same code.

use std::collections::BTreeMap;

use crate::collect::terraform::hcl::declare::policy_document;
use crate::collect::terraform::hcl::instance::Evaluated;
use crate::collect::terraform::hcl::syntax::Pos;
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};

fn list(items: &[&str]) -> Val {
    items.iter().map(|item| Val::from(*item)).collect::<Vec<_>>().into()
}

fn body(attributes: Vec<(&str, Val)>, blocks: Vec<(&str, Vec<Evaluated>)>) -> Evaluated {
    Evaluated {
        attributes: attributes.into_iter().map(|(name, val)| (name.into(), (Pos::default(), val))).collect(),
        blocks: blocks.into_iter().map(|(name, blocks)| (name.into(), blocks)).collect(),
        ..Evaluated::default()
    }
}

fn condition(test: &str, variable: &str, values: &[&str]) -> Evaluated {
    body(vec![("test", test.into()), ("variable", variable.into()), ("values", list(values))], Vec::new())
}

fn principals(of: &str, identifiers: &[&str]) -> Evaluated {
    body(vec![("type", of.into()), ("identifiers", list(identifiers))], Vec::new())
}

fn base() -> Evaluated {
    let read = body(
        vec![
            ("sid", "Read".into()),
            ("actions", list(&["s3:GetObject", "s3:ListBucket", "s3:GetObjectVersion"])),
            ("resources", list(&["arn:aws:s3:::a/&{aws:username}/*", "arn:aws:s3:::a"])),
        ],
        vec![
            ("principals", vec![principals("AWS", &["arn:aws:iam::123456789012:root", "arn:aws:iam::210987654321:root"])]),
            (
                "condition",
                vec![condition("StringEquals", "aws:PrincipalTag/x", &["b", "a"]), condition("Bool", "aws:SecureTransport", &["true"])],
            ),
        ],
    );
    let deny = body(
        vec![("effect", "Deny".into()), ("not_actions", list(&["s3:*"])), ("not_resources", list(&["*"]))],
        vec![("principals", vec![principals("*", &["*"])])],
    );
    body(vec![("policy_id", "base".into())], vec![("statement", vec![read, deny])])
}

fn json(body: &Evaluated) -> String {
    let val = policy_document(body, false).unwrap();
    let ValKind::String(text) = &val.kind else { panic!("{val:?}") };
    text.to_string()
}

#[test]
fn statements_are_spelt_as_the_provider_spells_them() {
    assert_eq!(json(&base()), include_str!("policy_base.json"));
}

#[test]
fn documents_are_merged_by_sid() {
    let other = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a<b>&c","Resource":"*"}]}"#;
    let new = r#"{"Statement":[{"Sid":"New","Effect":"Allow","Action":["x:Y"],"Resource":"*","Condition":{"StringLike":{"a":["b"]}},"Principal":{"AWS":"*"}}]}"#;
    let read = body(vec![("sid", "Read".into()), ("actions", list(&["s3:GetObject"])), ("resources", list(&["*"]))], Vec::new());
    let merged = body(
        vec![("source_policy_documents", list(&[json(&base()).as_str(), other])), ("override_policy_documents", list(&[new]))],
        vec![("statement", vec![read])],
    );
    assert_eq!(json(&merged), include_str!("policy_merged.json"));
}

#[test]
fn what_is_not_known_makes_the_document_unknown() {
    let why = Why::Variable("bucket".into());
    let statement = body(vec![("resources", vec![Val::unknown(why.clone())].into())], Vec::new());
    let document = body(Vec::new(), vec![("statement", vec![statement])]);
    assert_eq!(policy_document(&document, false).unwrap_err(), why);
    let uncertain = BTreeMap::from([("statement".into(), (Pos::default(), why.clone()))]);
    let document = Evaluated { uncertain_blocks: uncertain, ..Evaluated::default() };
    assert_eq!(policy_document(&document, false).unwrap_err(), why);
}

#[test]
fn a_policy_that_is_no_policy_is_an_error_and_no_panic() {
    for text in ["[1]", "{", "\u{0}", r#"{"Statement": {}}"#, r#"{"Statement": [1]}"#, &"[".repeat(10_000)] {
        let document = body(vec![("source_policy_documents", list(&[text]))], Vec::new());
        assert!(policy_document(&document, false).is_err(), "{text:.20}");
    }
}
