//! Generated files that need more than one room to be made; those of a single room are compared beside their code.

#![expect(clippy::panic, reason = "a stale file fails the test with the command that mends it")]

#[path = "support/generated.rs"]
mod generated;

use std::path::Path;
use std::process::Command;

use generated::assert_generated;

#[test]
fn a_file_that_is_as_generated_passes_and_is_left_alone() {
    assert_generated("tests/live/requirements.txt", include_str!("live/requirements.txt"));
}

/// The example as the program reports it, offline, for whoever wants to see a format before running anything.
#[test]
fn the_specimens_of_the_example_are_current() {
    for (format, file) in [("sarif", "example.sarif"), ("markdown", "example.md")] {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("lastro"));
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).env_clear();
        let done = command.args(["audit", "policies/example.yaml", "--format", format]).output().expect("the program starts");
        let said = String::from_utf8(done.stdout).expect("UTF-8");
        assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
        assert_generated(&format!("reports/specimen/{file}"), &said);
    }
}
