//! The AWS emulator: one for the whole run of the live tests. Tests keep apart by account, which moto isolates.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;

/// Importing moto takes a few seconds, more on a busy machine.
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// A running emulator.
#[derive(Debug)]
pub(crate) struct Emulator {
    /// Where it listens on 127.0.0.1.
    pub(crate) port: u16,
    child: Child,
    /// The emulator ends when this closes: by our drop, or by the end of the test process, however that comes about.
    _lifeline: ChildStdin,
}

impl Emulator {
    /// Where clients find it.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // A process that ended by itself cannot be killed, and need not be.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The emulator of this run, started at the first call; `Err` says why there is none.
pub(crate) fn shared() -> Result<&'static Emulator, &'static str> {
    static SHARED: OnceLock<Result<Emulator, String>> = OnceLock::new();
    SHARED.get_or_init(start).as_ref().map_err(String::as_str)
}

/// Another emulator, for a test that changes the whole of it; `Err` says why there is none.
pub(crate) fn own() -> Result<Emulator, String> {
    start()
}

fn start() -> Result<Emulator, String> {
    let Some(python) = std::env::var_os("LASTRO_EMULATOR_PYTHON").map(PathBuf::from) else {
        let told = std::env::var_os("LASTRO_NO_EMULATOR").map(|reason| reason.to_string_lossy().into_owned());
        return Err(told.unwrap_or_else(|| "no AWS emulator: run `cargo xtask test`, which sets it up".to_owned()));
    };
    // From here on a failure is not a reason to skip: the emulator was promised.
    Ok(launch(&python).unwrap_or_else(|e| panic!("the AWS emulator does not start with {}: {e}", python.display())))
}

fn launch(python: &Path) -> Result<Emulator, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/emulator.py");
    let mut child = Command::new(python)
        .arg(script)
        .arg("--with-parent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let lifeline = child.stdin.take().ok_or("no standard input")?;
    let stdout = child.stdout.take().ok_or("no standard output")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        // The receiver is gone when the wait was given up.
        let _ = sender.send(read.map(|_| line));
    });
    let mut emulator = Emulator { port: 0, child, _lifeline: lifeline };
    let line = receiver.recv_timeout(STARTS_WITHIN).map_err(|_| "it does not answer in time".to_owned())?.map_err(|e| e.to_string())?;
    let port = line.trim().strip_prefix("listening ").and_then(|port| port.parse().ok());
    emulator.port = port.ok_or_else(|| format!("it said `{}`", line.trim()))?;
    Ok(emulator)
}

/// Says on standard error, past the capture of passing tests, that a test was skipped; and in the log of `cargo xtask test`.
pub(crate) fn skipped(test: &str, reason: &str) {
    let line = format!("skipped: {test} ({reason})\n");
    // Nothing can be done about a closed standard error.
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(log) = std::env::var_os("LASTRO_SKIP_LOG") {
        let mut log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("the log of skipped tests can be opened");
        log.write_all(line.as_bytes()).expect("the log of skipped tests can be written");
    }
}
