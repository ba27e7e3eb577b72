//! Evidence that was collected once is judged offline as live AWS was, to the byte, as often as one likes.

use std::path::Path;

use crate::audit::{Run, program, run};
use crate::estate::World;
use crate::faults::set_element;
use crate::proxy::Effect;

const FORMATS: [&str; 3] = ["json", "junit", "table"];

/// The audit time of live readings; a replay takes it from the evidence.
#[expect(clippy::disallowed_methods, reason = "snapshots are as young as the emulator's clock says")]
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The emulator restores to this very moment; time stands still, so that two readings can be the same.
fn stand_still(world: &World, now: &str) {
    for operation in ["DescribeDBInstances", "DescribeDBInstanceAutomatedBackups"] {
        let now = now.to_owned();
        world.proxy.inject_into(operation, Effect::rewrite(move |body| set_element(body, "LatestRestorableTime", &now)));
    }
}

fn replay(world: &World, evidence: &Path, format: &str) -> Run {
    let state = world.state_file();
    let mut command = program(world);
    // No credentials: a replay asks nobody.
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"] {
        command.env_remove(name);
    }
    command.args(["audit", "policies/flowise.yaml", "--gate", "release", "--format", format, "--evidence"]).arg(evidence);
    run(command.arg("--state").arg(state))
}

#[test]
fn a_replay_says_what_the_live_audit_said() {
    let Some(world) = World::sound("replay::a_replay_says_what_the_live_audit_said") else { return };
    let (now, evidence) = (now(), world.file("evidence.json"));
    stand_still(&world, &now);
    let live = crate::audit::audit_with(&world, &["--format", "json", "--now", &now]);
    let asked = world.proxy.take_journal().len();

    let mut collect = program(&world);
    collect.args(["collect", "policies/flowise.yaml", "--endpoint-url", &world.proxy.url, "--now", &now, "-o"]);
    let collected = run(collect.arg(&evidence));
    assert_eq!(collected.code, Some(0), "{}", collected.stderr);
    assert_eq!(world.proxy.take_journal().len(), asked, "collecting takes the calls of an audit");

    for format in FORMATS {
        let (once, again) = (replay(&world, &evidence, format), replay(&world, &evidence, format));
        assert_eq!(once.code, live.code, "{format}: {}", once.stderr);
        assert!(once.stdout.len() > 1000, "{format}: {}", once.stdout);
        assert!(once.stdout == again.stdout, "{format}: two replays differ");
    }
    assert_eq!(world.proxy.take_journal(), [], "a replay asks nobody");

    let mut report = live.report();
    assert!(!report.stats.seconds.is_empty());
    report.stats.seconds.clear();
    similar(&report, &replay(&world, &evidence, "json").report());
}

/// Compares piece by piece, so that a difference can be read.
fn similar(live: &lastro::report::model::Report, replayed: &lastro::report::model::Report) {
    for (one, other) in live.findings.iter().zip(&replayed.findings) {
        assert_eq!(one, other);
    }
    assert_eq!(live, replayed);
}

#[test]
fn collecting_twice_gives_the_same_bytes() {
    let Some(world) = World::sound("replay::collecting_twice_gives_the_same_bytes") else { return };
    let now = now();
    stand_still(&world, &now);
    let files = ["one.json", "two.json"].map(|name| {
        let file = world.file(name);
        let mut collect = program(&world);
        collect.args(["collect", "policies/flowise.yaml", "--endpoint-url", &world.proxy.url, "--now", &now, "-o"]);
        let collected = run(collect.arg(&file));
        assert_eq!(collected.code, Some(0), "{}", collected.stderr);
        std::fs::read_to_string(file).expect("just written")
    });
    assert!(files[0] == files[1], "the two recordings differ");
}
