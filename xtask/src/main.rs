//! `cargo xtask`: the chores of this repository. Standard library only, so that it builds in seconds.

mod bench;
mod emulator;
mod steps;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
The chores of this repository.

usage: cargo xtask COMMAND

commands:
  test [ARGS…]          what CI runs: format, lints, every test; sets up the AWS emulator of the live tests.
                        ARGS go to `cargo test`: `cargo xtask test --test live denied`
  bless                 write every generated file anew (schemas, pages, snapshots), and say which changed
  emulator [--port P]   run the AWS emulator in the foreground (port 5555 unless told), to try things by hand:
                        lastro audit PLAN --live --endpoint-url http://127.0.0.1:5555
                        with AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing
  bench [BUCKETS…]      what an audit costs beside the bare calls, on a second emulator (50 200 1000 buckets unless told):
                        API calls, CPU seconds, peak memory, wall. `cargo bench` measures what needs no network
  bench files           what an audit of 50,000 lines of Terraform costs beside Checkov, and of large states beside a bare JSON pass
  help                  this text

environment:
  LASTRO_EMULATOR_PYTHON   a Python that has the emulator already; nothing is installed then
  CARGO_TARGET_DIR         where the build and the emulator are kept";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", "--help" | "-h"]
        | ["bless", "--help" | "-h"]
        | ["emulator", "--help" | "-h"]
        | ["bench", "--help" | "-h"]
        | ["help" | "--help" | "-h"]
        | [] => {
            println!("{HELP}");
            Ok(())
        }
        ["test", rest @ ..] => steps::test(rest),
        ["bless"] => steps::bless(),
        ["emulator"] => emulator::serve("5555"),
        ["emulator", "--port", port] => emulator::serve(port),
        ["bench", "files"] => bench::files(),
        ["bench", sizes @ ..] => bench::run(sizes),
        _ => Err(format!("unknown command `{}`\n\n{HELP}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The folder that Cargo builds into: the one this program was built into.
fn target() -> PathBuf {
    let built = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.to_owned()));
    built.unwrap_or_else(|| root().join("target"))
}
