//! On a terminal, where progress is drawn.

use std::process::Command;

/// Progress is drawn from a thread of its own: whatever the main thread holds meanwhile must not stop it, or the run.
#[test]
fn a_live_audit_on_a_terminal_shows_progress_and_ends() {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("skipped: a_live_audit_on_a_terminal_shows_progress_and_ends (no `script` of util-linux to make a terminal)");
        return;
    }
    let audit = format!(
        "{} audit {}/policies/flowise.yaml --live --endpoint-url http://127.0.0.1:9 --timeout 3",
        env!("CARGO_BIN_EXE_lastro"),
        env!("CARGO_MANIFEST_DIR")
    );
    let home = tempfile::tempdir().expect("a folder");
    let mut terminal = Command::new("timeout");
    terminal.args(["90", "script", "--quiet", "--return", "--command", &audit, "/dev/null"]).env_clear();
    terminal.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", home.path()).env("TERM", "xterm");
    terminal.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing").env("AWS_EC2_METADATA_DISABLED", "true");
    let ended = terminal.output().expect("script runs");
    let shown = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(2), "124 means that it did not end; shown: {shown}");
    assert!(shown.contains("credentials") && shown.contains("Evidence coverage"), "{shown}");
}
