//! The `lastro` binary: parse, run, map the outcome to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    lastro::cli::run(std::env::args_os()).into()
}
