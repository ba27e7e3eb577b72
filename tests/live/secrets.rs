//! Canary secrets in the state and the environment sing in no output: no format, no log, no error, no evidence.

use serde_json::json;

use crate::audit::{Run, audit_with, program, run};
use crate::estate::{World, state};

/// One for each way that a secret gets into a state.
const CANARIES: [&str; 9] = [
    "canary-Db-Pa55word-1f3a",
    "canary-Secret-5tring-2e4b",
    "canary-Env-Va1ue-3d5c",
    "canary-Param-Va1ue-4c6d",
    "canary-Random-Re5ult-5b7e",
    "canary-Output-Va1ue-6a8f",
    "canary-Url-Pa55word-7990",
    "canary-User-Data-88a1",
    "canary-Process-Env-97b2",
];

const FORMATS: [&str; 6] = ["table", "json", "junit", "html", "sarif", "markdown"];

fn plant(world: &mut World) {
    let [password, secret, env, parameter, random, output, url, user_data, _] = CANARIES;
    let dsn = format!("postgres://flowise:{url}@db.internal/flowise");
    let planted = [
        (
            "aws_secretsmanager_secret_version",
            json!({ "arn": "arn:aws:secretsmanager:us-east-1:1:secret:x", "secret_string": json!({ "password": secret }).to_string() }),
        ),
        (
            "aws_lambda_function",
            json!({ "arn": "arn:aws:lambda:us-east-1:1:function:x", "environment": [{ "variables": { "API_TOKEN": env, "DATABASE_URL": dsn } }] }),
        ),
        ("aws_ssm_parameter", json!({ "arn": "arn:aws:ssm:us-east-1:1:parameter/x", "type": "SecureString", "value": parameter })),
        ("random_password", json!({ "result": random })),
        (
            "aws_instance",
            json!({ "arn": "arn:aws:ec2:us-east-1:1:instance/i-1", "user_data": format!("#!/bin/sh\nexport DB_PASSWORD={user_data}\n") }),
        ),
        // A secret that Terraform does not mark, repeated where nobody looks for one.
        (
            "terraform_data",
            json!({ "input": { "note": format!("the password is {password}") }, "output": { "note": format!("the password is {password}") } }),
        ),
    ];
    let resources = world.state["resources"].as_array_mut().expect("a list");
    for resource in resources.iter_mut() {
        if resource["type"] == "aws_db_instance" {
            let instance = &mut resource["instances"][0];
            instance["attributes"]["password"] = password.into();
            // Where the report does look: the description of the promise's own subject.
            instance["attributes"]["tags"]["Note"] = password.into();
            instance["attributes"]["tags_all"]["Note"] = password.into();
            instance["sensitive_attributes"] = json!([[{ "type": "get_attr", "value": "password" }]]);
        }
    }
    resources.extend(planted.iter().map(|(kind, attributes)| state::resource(kind, "planted", 0, attributes)));
    world.state["outputs"] = json!({ "dsn": { "value": output, "type": "string", "sensitive": true } });
}

fn assert_silent(what: &str, text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{what} sings {canary}");
    }
}

fn assert_run_silent(what: &str, run: &Run) {
    assert_silent(&format!("standard output of {what}"), &run.stdout);
    assert_silent(&format!("standard error of {what}"), &run.stderr);
}

#[test]
fn no_format_tells_a_secret() {
    let Some(mut world) = World::sound("secrets::no_format_tells_a_secret") else { return };
    plant(&mut world);
    for format in FORMATS {
        let run = audit_with(&world, &["--format", format]);
        assert_run_silent(format, &run);
        let must_work = matches!(format, "table" | "json" | "junit");
        assert!(!must_work || matches!(run.code, Some(0..=2)), "{format}: exit {:?}: {}", run.code, run.stderr);
    }
}

#[test]
fn no_report_file_log_or_evidence_tells_a_secret() {
    let Some(mut world) = World::sound("secrets::no_report_file_log_or_evidence_tells_a_secret") else { return };
    plant(&mut world);
    let (state, json, junit, evidence) = (world.state_file(), world.file("r.json"), world.file("r.xml"), world.file("evidence.json"));
    let mut audit = program(&world);
    audit.env("RUST_LOG", "trace").env("DATABASE_PASSWORD", CANARIES[8]).args(["audit", "policies/flowise.yaml", "--live"]);
    audit.args(["--endpoint-url", &world.proxy.url, "--state"]).arg(&state);
    audit.arg("--report").arg(format!("json={}", json.display())).arg("--report").arg(format!("junit={}", junit.display()));
    assert_run_silent("an audit with its log", &run(&mut audit));
    let mut collect = program(&world);
    collect.env("DATABASE_PASSWORD", CANARIES[8]).args(["collect", "policies/flowise.yaml", "--endpoint-url", &world.proxy.url]);
    assert_run_silent("collect", &run(collect.arg("-o").arg(&evidence)));
    for file in [json, junit, evidence] {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert_silent(&file.display().to_string(), &text);
    }
}

#[test]
fn an_error_about_a_cut_state_quotes_no_secret() {
    let Some(mut world) = World::sound("secrets::an_error_about_a_cut_state_quotes_no_secret") else { return };
    plant(&mut world);
    let whole = std::fs::read_to_string(world.state_file()).expect("just written");
    let cut = world.file("cut.tfstate");
    for canary in &CANARIES[..8] {
        let end = whole.find(canary).map_or_else(|| panic!("{canary} is not planted"), |at| at + canary.len());
        std::fs::write(&cut, &whole[..end]).expect("scratch space");
        let mut audit = program(&world);
        audit.args(["audit", "policies/flowise.yaml", "--no-live", "--format", "json", "--state"]);
        assert_run_silent("an audit of a cut state", &run(audit.arg(&cut)));
    }
}
