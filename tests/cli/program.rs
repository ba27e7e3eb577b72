//! Runs the binary in a scrubbed environment, with a watchdog, and checks what holds of every run.

use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lastro::report::model::{Finding, Report, Verdict};
use tempfile::TempDir;

/// No run of these tests may take longer: far above what any needs on a busy machine, far below for ever.
const ENDS_WITHIN: Duration = Duration::from_secs(120);

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a run left behind.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Run {
    /// The report on standard output, which must be there.
    pub(crate) fn report(&self) -> Report {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("no report ({e}); exit {}; {}", self.code, self.stderr))
    }

    /// Everything that was said.
    pub(crate) fn said(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// Asserts the exit code and the words on standard error.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, code, "standard error: {}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in: {}", self.stderr);
        }
        self
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "standard error: {}\nstandard output: {:.2000}", self.stderr, self.stdout);
        self
    }
}

/// A folder to work in, and a home without anybody's settings.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("scratch space");
        fs::create_dir(folder.path().join("home")).expect("scratch space");
        Self { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and says where it is.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("in the desk's folder")).expect("scratch space");
        fs::write(&path, bytes).expect("scratch space");
        path
    }

    /// The program, in the root of the repository, with nothing of the caller's environment.
    pub(crate) fn lastro(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("lastro"));
        command.current_dir(root()).env_clear().env("HOME", self.path("home")).env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Runs the program with these arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(self.lastro().args(arguments))
    }

    /// Audits the example with more arguments, as JSON.
    pub(crate) fn audit_example(&self, arguments: &[&str]) -> Run {
        run(self.lastro().args(["audit", "policies/example.yaml", "--format", "json"]).args(arguments))
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Run {
    run_with(command, Vec::new())
}

/// Runs a command that is given something on standard input.
pub(crate) fn run_with(command: &mut Command, input: Vec<u8>) -> Run {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A program that does not care for its input closes it early.
    let feeder = thread::spawn(move || drop(stdin.write_all(&input)));
    let (stdout, stderr) = (drain(child.stdout.take().expect("piped")), drain(child.stderr.take().expect("piped")));
    let status = wait(&mut child, began);
    feeder.join().expect("input is fed");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    let (stdout, stderr) = (text(stdout.join().expect("output")), text(stderr.join().expect("output")));
    let code = status.code().unwrap_or_else(|| panic!("ended by a signal; standard error: {stderr}"));
    let done = Run { code, stdout, stderr, took: began.elapsed() };
    check(&done);
    done
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("the pipe is whole");
        bytes
    })
}

fn wait(child: &mut Child, began: Instant) -> ExitStatus {
    loop {
        if let Some(status) = child.try_wait().expect("the child is ours") {
            return status;
        }
        if began.elapsed() > ENDS_WITHIN {
            child.kill().expect("the child is ours");
            panic!("the program did not end within {ENDS_WITHIN:?}");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// What holds of every run: no panic, no words of the language it is written in, and an exit code that fits the report.
fn check(run: &Run) {
    for sign in ["panicked at", "RUST_BACKTRACE", "Some(", "None)", "Error {", "Os {", "Ok(", "DispatchFailure", "\u{1b}["] {
        assert!(!run.stderr.contains(sign), "{sign:?} on standard error: {}", run.stderr);
    }
    assert!((0..=3).contains(&run.code), "exit {}: {}", run.code, run.stderr);
    if let Ok(report) = serde_json::from_str::<Report>(&run.stdout) {
        let has = |verdict| report.findings.iter().any(|finding| finding.verdict == verdict);
        let drift = report.drift_summary.as_ref().filter(|summary| summary.decides);
        let broken = has(Verdict::Broken) || drift.is_some_and(|summary| summary.differences > 0);
        match run.code {
            2 if drift.is_some() => assert!(!broken, "exit 2 with a difference"),
            0 => assert!(!has(Verdict::Unknown), "exit 0 with something unknown"),
            1 => assert!(broken, "exit 1 without a breach"),
            2 => assert!(has(Verdict::Unknown), "exit 2 with nothing unknown"),
            _ => {}
        }
        for finding in &report.findings {
            for sign in ["Some(", "Error {", "Known {"] {
                assert!(!finding.message.contains(sign), "{sign:?} in {}", finding.message);
            }
            assert_eq!(finding.verdict == Verdict::Unknown, finding.gap.is_some() && finding.waiver.is_none(), "{}", finding.message);
        }
    }
}

/// The finding of a rule about a subject.
#[track_caller]
pub(crate) fn finding<'a>(report: &'a Report, rule: &str, subject: &str) -> &'a Finding {
    let found = report.findings.iter().find(|finding| finding.rule == rule && finding.subject.name == subject);
    found.unwrap_or_else(|| panic!("no finding of {rule} about {subject}"))
}

/// The text of a path, for arguments.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are UTF-8")
}
