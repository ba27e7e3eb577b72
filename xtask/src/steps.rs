//! What `test` and `bless` run, step by step, with a summary at the end.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{emulator, root, target};

/// Formats nothing, lints everything, runs every test. Every step is run, so that one failure does not hide another.
pub(crate) fn test(args: &[&str]) -> Result<(), String> {
    let emulator = emulator::python();
    let skip_log = target().join("skipped-tests.log");
    fs::remove_file(&skip_log)
        .or_else(|e| if e.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(e) })
        .map_err(|e| e.to_string())?;

    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    tests.args(args).env("LASTRO_SKIP_LOG", &skip_log);
    match &emulator {
        Ok(python) => tests.env("LASTRO_EMULATOR_PYTHON", python),
        Err(reason) => tests.env_remove("LASTRO_EMULATOR_PYTHON").env("LASTRO_NO_EMULATOR", reason),
    };
    let steps = [
        step("format", &mut cargo(&["fmt", "--all", "--check"])),
        step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
        step("tests", &mut tests),
    ];

    println!("\nsummary");
    for step in &steps {
        println!("  {:<7} {:<6} {:.0} s", step.name, if step.passed { "passed" } else { "FAILED" }, step.seconds);
    }
    match &emulator {
        Ok(python) => println!("  AWS emulator: {}", python.display()),
        Err(reason) => println!("  AWS emulator: none, live tests were skipped: {reason}"),
    }
    report_skipped(&skip_log);
    let failed: Vec<_> = steps.iter().filter(|step| !step.passed).map(|step| step.name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// Writes every generated file anew and names those that changed.
pub(crate) fn bless() -> Result<(), String> {
    let before = changed();
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    // Live tests generate nothing, and take minutes.
    tests.env("LASTRO_BLESS", "1").env("INSTA_UPDATE", "always").env("INSTA_FORCE_PASS", "1");
    tests.env_remove("LASTRO_EMULATOR_PYTHON").env("LASTRO_NO_EMULATOR", "not needed for bless");
    // Some rooms keep their writing in ignored tests of this name.
    let mut writers = cargo(&["test", "--workspace", "--no-fail-fast", "bless_", "--", "--ignored"]);
    writers.env("LASTRO_BLESS", "1");
    let steps = [step("writers", &mut writers), step("bless", &mut tests)];
    let after = changed();
    println!("\nsummary");
    for file in after.difference(&before) {
        println!("  changed: {file}");
    }
    if after == before {
        println!("  no generated file newly differs from the last commit");
    }
    if steps.iter().all(|step| step.passed) { Ok(()) } else { Err("some tests failed for other reasons than stale files".to_owned()) }
}

struct Step {
    name: &'static str,
    passed: bool,
    seconds: f64,
}

fn step(name: &'static str, command: &mut Command) -> Step {
    let words: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
    println!("\n== {name}: cargo {}", words.join(" "));
    let began = Instant::now();
    let passed = match command.stdin(Stdio::null()).status() {
        Ok(status) => status.success(),
        Err(e) => {
            eprintln!("xtask: cargo does not start: {e}");
            false
        }
    };
    Step { name, passed, seconds: began.elapsed().as_secs_f64() }
}

fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(args);
    cargo
}

fn report_skipped(log: &Path) {
    let lines = fs::read_to_string(log).unwrap_or_default();
    let count = lines.lines().count();
    if count == 0 {
        println!("  no test was skipped");
        return;
    }
    println!("  {count} skipped:");
    for line in lines.lines() {
        println!("    {line}");
    }
}

/// What differs from the last commit; empty where there is no git.
fn changed() -> BTreeSet<String> {
    let Ok(out) = Command::new("git").current_dir(root()).args(["status", "--porcelain"]).output() else { return BTreeSet::new() };
    String::from_utf8_lossy(&out.stdout).lines().map(|line| line.get(3..).unwrap_or(line).to_owned()).collect()
}
