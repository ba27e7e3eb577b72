//! Secrets that a state holds sing in no output: no format, no log, no error.

use std::fs;

use serde_json::{Value, json};

use crate::program::{Desk, Run, root, run, run_with, text};

/// One for each way that a secret gets into a state.
const CANARIES: [&str; 8] = [
    "canary-Db-Pa55word-0a1b",
    "canary-Secret-5tring-1b2c",
    "canary-Env-Va1ue-2c3d",
    "canary-Param-Va1ue-3d4e",
    "canary-Random-Re5ult-4e5f",
    "canary-Output-Va1ue-5f60",
    "canary-Url-Pa55word-6071",
    "canary-User-Data-7182",
];

fn state() -> Value {
    let text = fs::read_to_string(root().join("fixtures/estates/example/terraform.tfstate")).expect("the state");
    let mut state: Value = serde_json::from_str(&text).expect("JSON");
    let [password, secret, env, parameter, random, output, url, user_data] = CANARIES;
    let dsn = format!("postgres://harbour:{url}@db.internal/harbour");
    let planted = [
        ("aws_secretsmanager_secret_version", json!({ "secret_string": json!({ "password": secret }).to_string() })),
        ("aws_lambda_function", json!({ "environment": [{ "variables": { "API_TOKEN": env, "DATABASE_URL": dsn } }] })),
        ("aws_ssm_parameter", json!({ "type": "SecureString", "value": parameter })),
        ("random_password", json!({ "result": random })),
        ("aws_instance", json!({ "user_data": format!("#!/bin/sh\nexport DB_PASSWORD={user_data}\n") })),
        ("terraform_data", json!({ "input": format!("the password is {password}"), "output": format!("the password is {password}") })),
    ];
    let resources = state["resources"].as_array_mut().expect("resources");
    for resource in resources.iter_mut() {
        let kind = resource["type"].clone();
        let instance = &mut resource["instances"][0];
        if kind == "aws_db_instance" {
            instance["attributes"]["password"] = password.into();
            instance["sensitive_attributes"] = json!([[{ "type": "get_attr", "value": "password" }]]);
        }
        if ["aws_db_instance", "aws_s3_bucket"].iter().any(|known| kind == *known) {
            // Where reports do look: the names and tags of the promises' own subjects.
            instance["attributes"]["tags"]["Note"] = random.into();
            instance["attributes"]["tags_all"]["Note"] = random.into();
        }
    }
    resources.extend(planted.into_iter().map(|(kind, attributes)| {
        json!({ "mode": "managed", "type": kind, "name": "planted", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{ "schema_version": 0, "attributes": attributes, "sensitive_attributes": [] }] })
    }));
    state["outputs"] = json!({ "dsn": { "value": output, "type": "string", "sensitive": true } });
    state
}

#[track_caller]
fn assert_silent(what: &str, said: &str) {
    for canary in CANARIES {
        assert!(!said.contains(canary), "{what} says {canary}");
    }
}

fn audit(desk: &Desk, format: &str, state: &str) -> Run {
    let mut command = desk.lastro();
    run(command.args(["-vv", "audit", "policies/example.yaml", "--format", format, "--state", state]))
}

#[test]
fn no_format_and_no_log_says_one() {
    let desk = Desk::new();
    let path = desk.file("planted.tfstate", state().to_string());
    for format in ["table", "json", "junit", "html", "sarif", "markdown"] {
        let done = audit(&desk, format, text(&path));
        assert!([1, 3].contains(&done.code), "{format}: {}", done.stderr);
        assert_silent(format, &done.said());
    }
    let files = ["table", "json", "junit"].map(|format| (format, desk.path(format)));
    let mut command = desk.lastro();
    command.args(["audit", "policies/example.yaml", "--no-live", "--state", text(&path)]);
    for (format, file) in &files {
        command.args(["--report", &format!("{format}={}", text(file))]);
    }
    assert_silent("an audit with reports", &run(&mut command).said());
    for (format, file) in &files {
        assert_silent(format, &fs::read_to_string(file).expect("written"));
    }
}

#[test]
fn a_name_that_repeats_a_secret_is_covered() {
    let desk = Desk::new();
    let mut state = state();
    for resource in state["resources"].as_array_mut().expect("resources") {
        if resource["type"] == "aws_s3_bucket" {
            resource["instances"][0]["attributes"]["tags"]["Name"] = CANARIES[0].into();
            resource["instances"][0]["index_key"] = CANARIES[4].into();
        }
    }
    let path = desk.file("named.tfstate", state.to_string());
    assert_silent("a report", &audit(&desk, "json", text(&path)).said());
}

#[test]
fn no_error_about_a_broken_state_quotes_one() {
    let desk = Desk::new();
    let whole = serde_json::to_string_pretty(&state()).expect("JSON");
    for canary in CANARIES {
        let end = whole.find(canary).unwrap_or_else(|| panic!("{canary} is not planted")) + canary.len();
        let cut = desk.file("cut.tfstate", &whole[..end]);
        assert_silent("a cut state", &audit(&desk, "json", text(&cut)).said());
        let spoilt = desk.file("spoilt.tfstate", format!("{}\u{1}{}", &whole[..end], &whole[end..]));
        assert_silent("a spoilt state", &audit(&desk, "json", text(&spoilt)).said());
        let twice = desk.file("twice.tfstate", format!("{whole}{whole}"));
        assert_silent("two states in one file", &audit(&desk, "json", text(&twice)).said());
    }
}

#[test]
fn standard_input_and_files_given_for_another_kind_quote_none() {
    let desk = Desk::new();
    let whole = state().to_string();
    let mut piped = desk.lastro();
    piped.args(["-vv", "audit", "policies/example.yaml", "--no-live", "--format", "json", "--state", "-"]);
    assert_silent("standard input", &run_with(&mut piped, whole.clone().into_bytes()).said());
    let path = desk.file("planted.tfstate", &whole);
    assert_silent("a state as evidence", &desk.audit_example(&["-vv", "--evidence", text(&path)]).said());
}
