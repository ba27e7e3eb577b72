//! `cargo xtask bench`: what an audit costs beside the bare calls. It prints figures and asserts none.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{emulator, root, target};

/// Each program runs this often per estate; medians are shown.
const RUNS: &str = "5";
const SIZES: [&str; 3] = ["50", "200", "1000"];

/// Builds both programs, fills the emulator step by step, and measures.
pub(crate) fn run(sizes: &[&str]) -> Result<(), String> {
    let sizes = if sizes.is_empty() { &SIZES } else { sizes };
    if let Some(wrong) = sizes.iter().find(|size| size.parse::<u32>().is_err()) {
        return Err(format!("`{wrong}` is no number of buckets"));
    }
    let python = emulator::installed("bench-venv", "benches/requirements.txt", "import ministack, boto3")?;
    let lastro = build(&["--bin", "lastro"])?;
    let floor = build(&["--bench", "floor"])?;
    let mut measure = Command::new(&python);
    measure.arg(root().join("benches/measure.py")).args([&lastro, &floor, &python]).args([&free_port()?, RUNS]).args(sizes);
    emulator::run(&mut measure)
}

/// Builds both programs, and measures what needs files only: Terraform code beside Checkov, states beside a bare JSON pass.
pub(crate) fn files() -> Result<(), String> {
    let checkov = emulator::installed("checkov-venv", "benches/requirements-code.txt", "import checkov");
    if let Err(reason) = &checkov {
        println!("without Checkov: {reason}");
    }
    let python = emulator::base_python()?;
    let lastro = build(&["--bin", "lastro"])?;
    let floor = build(&["--bench", "floor"])?;
    let mut measure = Command::new(python);
    measure.arg(root().join("benches/measure_files.py")).args([&lastro, &floor]).arg(RUNS).args(checkov.ok());
    emulator::run(&mut measure)
}

/// Builds one program optimised, and says where it is.
fn build(what: &[&str]) -> Result<PathBuf, String> {
    println!("building {}", what.join(" "));
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(["build", "--release", "--message-format", "json-render-diagnostics"]).args(what);
    cargo.env("CARGO_TARGET_DIR", target()).stderr(Stdio::inherit());
    let built = cargo.output().map_err(|e| format!("cargo: {e}"))?;
    if !built.status.success() {
        return Err(format!("cargo build {} failed ({})", what.join(" "), built.status));
    }
    let messages = String::from_utf8_lossy(&built.stdout);
    // The last message with an executable is that of the program asked for.
    let found = messages.lines().rev().find_map(|line| line.split_once(r#""executable":""#)?.1.split_once('"'));
    found.map(|(path, _)| Path::new(path).to_owned()).ok_or_else(|| format!("cargo does not say where {} is", what.join(" ")))
}

/// A port that nobody listens on now.
fn free_port() -> Result<String, String> {
    let bound = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.map(|address| address.port().to_string()).map_err(|e| format!("no free port: {e}"))
}
