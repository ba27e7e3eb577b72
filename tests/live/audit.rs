//! Runs the program as a user would, and reads what it says.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use lastro::report::model::{Finding, Report, Verdict};

use crate::aws::REGION;
use crate::estate::World;

/// Lines of the Flowise document that live AWS and the state can show.
pub(crate) const SHOWN: [u32; 10] = [19, 20, 23, 48, 49, 70, 71, 102, 103, 110];

/// No run may take longer, whatever the weather.
const ENDS_WITHIN: Duration = Duration::from_secs(120);

/// What a run left behind.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The report on standard output.
    pub(crate) fn report(&self) -> Report {
        self.try_report().unwrap_or_else(|e| panic!("{e}"))
    }

    fn try_report(&self) -> Result<Report, String> {
        let report: Report = serde_json::from_str(&self.stdout)
            .map_err(|e| format!("no report on standard output ({e}); exit {:?}; standard error: {}", self.code, self.stderr))?;
        let broken = report.findings.iter().any(|finding| finding.verdict == Verdict::Broken);
        let expected = if broken { [1, 2].as_slice() } else { [0, 2].as_slice() };
        if self.code.is_some_and(|code| expected.contains(&code)) {
            Ok(report)
        } else {
            Err(format!("exit {:?} beside a report with broken = {broken}", self.code))
        }
    }
}

/// The worst verdict of each line of the document.
pub(crate) type Lines = BTreeMap<u32, Verdict>;

/// The worst verdict of each line.
pub(crate) fn lines(report: &Report) -> Lines {
    let mut lines = Lines::new();
    for finding in &report.findings {
        if let Some(line) = finding.document.line {
            let worst = lines.entry(line).or_insert(finding.verdict);
            *worst = finding.verdict.min(*worst);
        }
    }
    lines
}

/// The findings of a line, for the message of a failed test.
pub(crate) fn explain(report: &Report, line: u32) -> String {
    let of_line = |finding: &&Finding| finding.document.line == Some(line);
    let said = report.findings.iter().filter(of_line).map(|f| format!("    {}: {} ({:?})", f.verdict.as_str(), f.message, f.gap));
    said.collect::<Vec<_>>().join("\n")
}

/// Audits a world against the Flowise plan through its proxy.
pub(crate) fn audit(world: &World) -> Run {
    audit_with(world, &["--format", "json"])
}

/// The same with other arguments at the end.
pub(crate) fn audit_with(world: &World, extra: &[&str]) -> Run {
    let state = world.state_file();
    let mut command = program(world);
    command.args(["audit", "policies/flowise.yaml", "--live", "--gate", "release", "--endpoint-url", &world.proxy.url, "--state"]);
    run(command.arg(state).args(extra))
}

/// The program in a clean environment with the credentials of a world.
pub(crate) fn program(world: &World) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastro"));
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env_clear()
        .env("HOME", world.file("home"))
        .env("NO_COLOR", "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", &world.account.key)
        .env("AWS_SECRET_ACCESS_KEY", &world.account.secret)
        .envs(world.account.token.as_ref().map(|token| ("AWS_SESSION_TOKEN", token)));
    command
}

/// Runs a command to its end; a run that does not end is killed and fails the test.
pub(crate) fn run(command: &mut Command) -> Run {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program was built for this test");
    let stdout = reader(child.stdout.take().expect("piped"));
    let stderr = reader(child.stderr.take().expect("piped"));
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            break status;
        }
        if began.elapsed() > ENDS_WITHIN {
            child.kill().expect("a child of ours");
            child.wait().expect("a child of ours");
            panic!("the program did not end within {ENDS_WITHIN:?}; it said: {}", stderr.join().expect("read"));
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    Run { code: status.code(), stdout: stdout.join().expect("read"), stderr: stderr.join().expect("read") }
}

/// Reads a pipe while the program runs, so that a full pipe does not stop it.
fn reader(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe of ours");
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// What the sound estate is judged; audited once a run. `None` without an emulator.
pub(crate) fn sound_lines() -> Option<&'static Lines> {
    static SOUND: OnceLock<Option<Result<Lines, String>>> = OnceLock::new();
    let judge = || World::sound("audit::sound_lines").map(|world| audit(&world).try_report().map(|report| lines(&report)));
    let sound = SOUND.get_or_init(judge).as_ref()?;
    Some(sound.as_ref().unwrap_or_else(|e| panic!("the sound estate cannot be audited: {e}")))
}

/// Fails unless every line is judged as in the sound estate or is unknown.
pub(crate) fn assert_same_or_unknown(sound: &Lines, report: &Report, weather: &str) {
    let now = lines(report);
    assert_eq!(now.keys().collect::<Vec<_>>(), sound.keys().collect::<Vec<_>>(), "{weather}: a promise got lost");
    for (line, verdict) in &now {
        let honest = *verdict == sound[line] || *verdict == Verdict::Unknown;
        assert!(honest, "{weather}: line {line} was {}, is now\n{}", sound[line].as_str(), explain(report, *line));
    }
    for finding in report.findings.iter().filter(|finding| finding.verdict == Verdict::Unknown) {
        assert!(finding.gap.is_some(), "{weather}: unknown without a gap: {}", finding.message);
    }
}
