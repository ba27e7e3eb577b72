//! Canaries in every place where a state can hold a secret.

use super::*;

const CANARY: &str = "c4nary-Pa55word-9f3a";

fn nowhere(assembled: &Assembled) {
    let text = shown(assembled);
    assert!(!text.contains("c4nary"), "{text}");
    assert_eq!(assembled.redactor.text(CANARY), "[redacted]", "the live side must be cleaned of it, too");
}

/// A database that repeats a secret wherever users have repeated one.
fn repeater() -> String {
    format!(
        r#"{{"mode": "managed", "type": "aws_db_instance", "name": "db[{CANARY}", "instances": [{{"attributes": {{
            "identifier": "orders", "engine": "postgres", "tags_all": {{"note": "pw {CANARY}", "{CANARY}": "key"}}, "kms_key_id": "{CANARY}"}}}}]}}"#
    )
}

#[test]
fn a_password_in_a_state_reaches_nothing() {
    for source in [
        resource("aws_db_instance", "own", &format!(r#"{{"identifier": "own", "password": "{CANARY}"}}"#)),
        resource("random_password", "r", &format!(r#"{{"result": "{CANARY}"}}"#)),
        resource("aws_secretsmanager_secret_version", "s", &format!(r#"{{"secret_string": "{{\"password\":\"{CANARY}\"}}"}}"#)),
        resource("aws_lambda_function", "f", &format!(r#"{{"environment": [{{"variables": {{"DB_PASSWORD": "{CANARY}"}}}}]}}"#)),
        format!(
            r#"{{"mode": "data", "type": "aws_ssm_parameter", "name": "d", "instances": [{{"attributes": {{"value": "{CANARY}"}}}}]}}"#
        ),
        format!(
            r#"{{"mode": "managed", "type": "aws_mq_broker", "name": "old", "instances": [{{"attributes": {{"user": [{{"password": "{CANARY}"}}]}}}}]}}"#
        ),
        format!(
            r#"{{"mode": "managed", "type": "terraform_data", "name": "t", "instances": [{{"attributes": {{"input": {{"value": {{"p": "{CANARY}"}}}}}},
                "sensitive_attributes": [[{{"type": "get_attr", "value": "input"}}, {{"type": "get_attr", "value": "value"}}, {{"type": "index", "value": {{"value": "p", "type": "string"}}}}]]}}]}}"#
        ),
    ] {
        nowhere(&assemble(vec![text("x", &state(1, "l", &[source, repeater()].join(",")))]));
    }
}

#[test]
fn a_sensitive_output_reaches_nothing() {
    let json = state(1, "l", &repeater());
    for output in [
        format!(r#""outputs": {{"o": {{"value": "{CANARY}", "type": "string", "sensitive": true}}}}"#),
        format!(r#""outputs": {{"db_password": {{"value": ["{CANARY}"], "type": ["list", "string"]}}}}"#),
        format!(r#""outputs": {{"all": {{"value": "{{\"password\": \"{CANARY}\"}}", "type": "string"}}}}"#),
    ] {
        nowhere(&assemble(vec![text("x", &json.replace(r#""outputs": {}"#, &output))]));
    }
}

#[test]
fn a_secret_of_one_state_is_removed_from_another() {
    let secret = text("a", &state(1, "l", &resource("random_password", "r", &format!(r#"{{"result": "{CANARY}"}}"#))));
    nowhere(&assemble(vec![text("b", &state(1, "m", &repeater().replace(&format!("\"kms_key_id\": \"{CANARY}\""), "\"x\": 1"))), secret]));
}

#[test]
fn shapes_and_variables_of_plans_are_secrets_too() {
    let json = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "variables": {{"db_password": {{"value": "{CANARY}"}}}}, "planned_values": {{"root_module": {{"resources": [
            {{"address": "aws_db_instance.a", "mode": "managed", "type": "aws_db_instance", "name": "a", "values": {{"identifier": "a", "tags_all": {{"x": "{CANARY}"}}}}}}]}}}},
            "prior_state": {{"values": {{"root_module": {{"resources": [{{"address": "aws_db_instance.a", "mode": "managed", "type": "aws_db_instance", "name": "a",
            "values": {{"identifier": "{CANARY}"}}, "sensitive_values": {{"identifier": true}}}}]}}}}}}}}"#
    );
    nowhere(&assemble(vec![text("p.json", &json)]));
}

#[test]
fn an_attribute_marked_sensitive_is_a_gap_and_no_value() {
    let json = r#"{"mode": "managed", "type": "aws_db_instance", "name": "db", "instances": [{"attributes": {"identifier": "db", "multi_az": true},
        "sensitive_attributes": [[{"type": "get_attr", "value": "multi_az"}]]}]}"#;
    let reading = read(&state(1, "l", json));
    let db = reading.estate.all::<crate::estate::database::DbInstance>().next().unwrap();
    let gap = db.multi_az.known().unwrap_err();
    assert_eq!(gap.cause, Cause::Unreadable);
    assert!(gap.detail.contains("marked sensitive"), "{gap}");
}

#[test]
fn errors_and_names_quote_no_secret() {
    for json in [
        format!(r#"{{"version": 4, "resources": "{CANARY}"}}"#),
        format!(r#"{{"version": 4, "resources": [{{"mode": {{"{CANARY}": 1}}}}]}}"#),
        format!(r#"{{"version": "{CANARY}"}}"#),
        format!(r#"{{"version": 4, "serial": "{CANARY}", "resources": [1, "{CANARY}"]}}"#),
        format!(r#"{{"format_version": "1.0", "values": "{CANARY}"}}"#),
        format!(r#"{{"version": 4 "{CANARY}""#),
    ] {
        let assembled = assemble(vec![text("postgres://app:c4nary-x@host/x", &json)]);
        let text = shown(&assembled);
        assert!(!text.contains("c4nary"), "{text}");
    }
}
