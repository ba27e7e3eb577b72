//! The page about CI says only what works: its YAML is YAML, and every `lastro` line in it is run.

use std::fs;

use serde_json::Value;

use crate::program::{Desk, root, run};
use crate::server::{Manners, Server};

fn page() -> String {
    fs::read_to_string(root().join("docs/ci.md")).expect("docs/ci.md")
}

/// The fenced blocks of one language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|block| block.split("\n```").next().expect("a block ends").to_owned()).collect()
}

/// Every text below a key that holds commands.
fn scripts(value: &Value, below: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if below => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| scripts(item, below, found)),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| scripts(field, ["run", "script"].contains(&key.as_str()), found));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The arguments of each `lastro` line, up to where the shell takes over.
fn invocations(page: &str) -> Vec<Vec<String>> {
    let mut shell = blocks(page, "sh");
    for block in blocks(page, "yaml") {
        let value: Value = serde_saphyr::from_str(&block).unwrap_or_else(|error| panic!("{error}\n{block}"));
        scripts(&value, false, &mut shell);
    }
    let lines = shell.iter().flat_map(|text| text.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>());
    let ours = lines.filter_map(|line| line.trim().strip_prefix("lastro ").map(str::to_owned));
    ours.map(|line| {
        assert!(!line.contains(['"', '\'', '$']) || line.contains(" || "), "quotes are not understood here: {line}");
        line.split_whitespace().take_while(|word| !["||", "|", ">", "&&"].contains(word)).map(str::to_owned).collect()
    })
    .collect()
}

/// The repository that the page speaks of, made of the bundled example.
fn repository() -> Desk {
    let desk = Desk::new();
    let read = |path: &str| fs::read(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let plan = String::from_utf8(read("policies/example.yaml")).expect("UTF-8");
    desk.file("dr/plan.yaml", plan.replace("../fixtures/estates/example/", "../"));
    for name in ["cluster.tf", "database.tf", "edge.tf", "network.tf", "providers.tf", "storage.tf"] {
        desk.file(&format!("infra/{name}"), read(&format!("fixtures/estates/example/infra/{name}")));
    }
    desk.file("infra/terraform.tfstate", read("fixtures/estates/example/terraform.tfstate"));
    desk.file("evidence.json", read("fixtures/estates/example/evidence.json"));
    desk
}

#[test]
fn every_command_of_the_page_about_ci_runs() {
    let invocations = invocations(&page());
    assert!(invocations.len() >= 8, "{invocations:?}");
    let desk = repository();
    // Whoever asks AWS is hung up on: nothing leaves the machine.
    let nowhere = Server::start(Manners::Hangup);
    for arguments in &invocations {
        let mut command = desk.lastro();
        command.current_dir(desk.path("")).env("AWS_ENDPOINT_URL", &nowhere.url).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "x").env("AWS_SECRET_ACCESS_KEY", "y").env("AWS_MAX_ATTEMPTS", "1");
        let done = run(command.args(arguments));
        assert!((0..=2).contains(&done.code), "lastro {}: exit {}: {}", arguments.join(" "), done.code, done.stderr);
        for target in arguments.iter().filter_map(|argument| argument.split_once('=')) {
            assert!(desk.path(target.1).is_file(), "lastro {}: no {}", arguments.join(" "), target.1);
        }
    }
}

#[test]
fn the_page_names_every_exit_code_and_every_format_that_ci_takes() {
    let page = page();
    assert!((0..=4).all(|code| page.contains(&format!("\n| {code} | "))), "exit codes");
    assert!(["sarif=", "markdown=", "junit=", "json=", "table="].iter().all(|format| page.contains(format)), "formats");
}
