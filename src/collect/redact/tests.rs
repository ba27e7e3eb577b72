//! What must not pass the door, and what must.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;

fn tree(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn text_of(value: &Value) -> String {
    to_json(value).to_string()
}

const CANARY: &str = "c4nary-Pa55word!";

#[test]
fn marked_attributes_are_blanked_and_learnt() {
    let mut redactor = Redactor::default();
    let mut value = tree(r#"{"input": {"p": "c4nary-Pa55word!", "u": "admin"}, "set": [{"x": "other-c4nary-1"}]}"#);
    let path = vec![Step::Key("input".into()), Step::Key("p".into())];
    redactor.seal(&mut value, "terraform_data", &Marks::Paths(vec![path, vec![Step::Key("set".into()), Step::All]]));
    assert_eq!(value, tree(r#"{"input": {"p": "[redacted]", "u": "admin"}, "set": [{"x": "[redacted]"}]}"#));
    assert_eq!(redactor.text(&format!("it is {CANARY} twice {CANARY}")), "it is [redacted] twice [redacted]");
    assert_eq!(redactor.text("other-c4nary-1"), PLACEHOLDER);
}

#[test]
fn shapes_of_show_json_mark_too() {
    let mut redactor = Redactor::default();
    let mut value = tree(r#"{"a": "c4nary-Pa55word!", "l": ["x", "y-c4nary-22"], "b": 7}"#);
    redactor.seal(&mut value, "t", &Marks::Shape(tree(r#"{"a": true, "l": [false, true], "b": false}"#)));
    assert_eq!(value, tree(r#"{"a": "[redacted]", "l": ["x", "[redacted]"], "b": 7}"#));
}

#[test]
fn a_database_password_goes_wherever_it_is_repeated() {
    let mut redactor = Redactor::default();
    let mut db = tree(r#"{"password": "c4nary-Pa55word!", "engine": "postgres", "password_wo_version": 1}"#);
    redactor.seal(&mut db, "aws_db_instance", &Marks::None);
    assert_eq!(db, tree(r#"{"password": "[redacted]", "engine": "postgres", "password_wo_version": 1}"#));
    let mut other = tree(r#"{"tags": {"note": "pw=c4nary-Pa55word!;", "c4nary-Pa55word!": "key"}, "list": ["c4nary-Pa55word!"]}"#);
    redactor.cleanse(&mut other);
    assert!(!text_of(&other).contains(CANARY), "{other:?}");
    assert!(!format!("{redactor:?}").contains(CANARY));
}

#[test]
fn known_attributes_of_single_types_are_secrets() {
    for (resource_type, json) in [
        ("random_password", r#"{"result": "c4nary-Pa55word!"}"#),
        ("aws_ssm_parameter", r#"{"value": "c4nary-Pa55word!"}"#),
        ("aws_secretsmanager_secret_version", r#"{"secret_string": "{\"u\":\"c4nary-Pa55word!\"}"}"#),
        ("kubernetes_secret", r#"{"data": {"x": "c4nary-Pa55word!"}}"#),
    ] {
        let mut redactor = Redactor::default();
        let mut value = tree(json);
        redactor.seal(&mut value, resource_type, &Marks::None);
        assert!(!text_of(&value).contains(CANARY), "{resource_type}");
        assert_eq!(redactor.text(CANARY), PLACEHOLDER, "{resource_type}: repetitions go too");
    }
}

#[test]
fn json_in_strings_and_environments_are_descended_into() {
    let mut redactor = Redactor::default();
    let mut value = tree(
        r#"{"container_definitions": "[{\"environment\":[{\"name\":\"DB_PASSWORD\",\"value\":\"c4nary-Pa55word!\"}]}]",
            "environment": [{"variables": {"API_TOKEN": "c4nary-t0ken-xyz", "REGION": "us-east-1"}}]}"#,
    );
    redactor.seal(&mut value, "aws_ecs_task_definition", &Marks::None);
    let text = text_of(&value);
    assert!(!text.contains("c4nary") && text.contains("us-east-1"), "{text}");
    assert_eq!(redactor.text("x c4nary-t0ken-xyz"), "x [redacted]");
}

#[test]
fn a_plain_word_as_password_blanks_nothing_else() {
    let mut redactor = Redactor::default();
    redactor.learn("postgres");
    let mut value = tree(r#"{"engine": "postgres", "identifier": "postgres"}"#);
    redactor.cleanse(&mut value);
    assert_eq!(value, tree(r#"{"engine": "postgres", "identifier": "postgres"}"#));
    redactor.learn("aurora-postgresql");
    let mut value = tree(r#"{"engine": "aurora-postgresql", "name": "aurora-postgresql"}"#);
    redactor.cleanse(&mut value);
    assert_eq!(value, tree(r#"{"engine": "aurora-postgresql", "name": "[redacted]"}"#));
    let mut value = tree(r#"{"tags_all": {"engine": "aurora-postgresql"}, "tag": [{"value": "aurora-postgresql"}]}"#);
    redactor.cleanse(&mut value);
    assert_eq!(value, tree(r#"{"tags_all": {"engine": "[redacted]"}, "tag": [{"value": "[redacted]"}]}"#));
}

#[test]
fn a_short_mixed_password_goes_only_as_a_whole_value() {
    let mut redactor = Redactor::default();
    redactor.learn("Adm1n-pw");
    assert_eq!(redactor.text("Adm1n-pw"), PLACEHOLDER);
    assert_eq!(redactor.text("x Adm1n-pw y"), "x Adm1n-pw y");
    let mut value = tree(r#"{"a": "Adm1n-pw"}"#);
    redactor.cleanse(&mut value);
    assert_eq!(value, tree(r#"{"a": "[redacted]"}"#));
}

#[test]
fn the_longer_of_two_secrets_wins() {
    let mut redactor = Redactor::default();
    redactor.learn("c4nary-Pa55");
    redactor.learn(CANARY);
    assert_eq!(redactor.text(CANARY), PLACEHOLDER);
    let mut both = Redactor::default();
    both.absorb(&redactor);
    assert_eq!(both.text("é c4nary-Pa55 ü"), "é [redacted] ü");
}

#[test]
fn credentials_are_known_by_their_looks() {
    for (text, clean) in [
        ("key AKIAIOSFODNN7EXAMPLE end", "key [redacted] end"),
        ("ASIAIOSFODNN7EXAMPLE", "[redacted]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest", "[redacted]\nrest"),
        ("-----BEGIN PRIVATE KEY-----\ncut", "[redacted]"),
        ("t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1 u", "t [redacted] u"),
        ("ghp_0123456789abcdefghij0123456789abcdef", "[redacted]"),
        ("sk-proj-0123456789abcdef", "[redacted]"),
        ("postgres://app:hunter2@db:5432/x?y=1", "postgres://app:[redacted]@db:5432/x?y=1"),
        ("redis://:p/w@cache:6379", "redis://:[redacted]@cache:6379"),
    ] {
        assert_eq!(redact_text(text), clean);
    }
}

#[test]
fn harmless_text_is_left_alone() {
    for text in [
        "https://host:8080/path?mail=a@b.example",
        "https://example.com/a:b",
        "task-0123456789abcdefgh",
        "arn:aws:eks:us-east-1:1:cluster/sk-prod-cluster-0001-eu",
        "BAKIAIOSFODNN7EXAMPLE",
        "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
        "high ghost eyJ. sk- ://",
    ] {
        assert!(matches!(redact_text(text), Cow::Borrowed(_)), "{text}");
    }
}

proptest! {
    #[test]
    fn hostile_text_is_no_reason_to_panic(text in "(AKIA|eyJ|gh[op]_|sk-|://|:|@|-----BEGIN |PRIVATE KEY-----|[a-zA-Z0-9é/]|\\PC){0,40}", secret in ".{0,24}") {
        let mut redactor = Redactor::default();
        redactor.learn(&secret);
        let clean = redactor.text(&text);
        prop_assert!(clean.len() <= text.len() + PLACEHOLDER.len() * text.len());
    }

    #[test]
    fn a_strong_secret_is_found_wherever_it_stands(before in "[ -~é]{0,20}", after in "[ -~é]{0,20}", secret in "[A-Za-z0-9!$]{9,30}1a") {
        let mut redactor = Redactor::default();
        redactor.learn(&secret);
        let text = format!("{before}{secret}{after}");
        prop_assert!(!redactor.text(&text).contains(&secret));
    }
}
