//! The applied tree: an emulator that holds it, and a folder with its code, its state and its plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock};

use lastro::report::model::{Drift, Report};

use super::toolchain::{Toolchain, environment};
use crate::audit::{Run, run};
use crate::aws::{Account, Clients};
use crate::emulator::{self, Emulator};

/// The primary region of the tree.
pub(super) const REGION: &str = "eu-west-1";

const FIXTURE: &str = "fixtures/estates/quay";

/// The applied tree.
pub(super) struct Quay {
    emulator: Emulator,
    pub(super) aws: Clients,
    /// Holds `plan.yaml` and `infra/` with the state.
    pub(super) folder: PathBuf,
}

/// The tree as Terraform applied it, or as its recording was replayed: once a run. Whoever changes it puts it back before letting go.
/// `None`, after saying so, where there is no emulator.
pub(super) fn applied(test: &str) -> Option<MutexGuard<'static, Quay>> {
    static APPLIED: OnceLock<Result<Mutex<Quay>, String>> = OnceLock::new();
    let make = || {
        let emulator = emulator::own()?;
        Ok(Mutex::new(match Toolchain::found() {
            Ok(toolchain) => Quay::really(emulator, &toolchain),
            Err(reason) => {
                emulator::skipped("terraform: the real apply", &format!("{reason}; its recording stands in"));
                Quay::replayed(emulator, "applied")
            }
        }))
    };
    match APPLIED.get_or_init(make) {
        Ok(quay) => Some(quay.lock().unwrap_or_else(|_| panic!("another test may have left the estate changed"))),
        Err(reason) => {
            emulator::skipped(test, reason);
            None
        }
    }
}

/// A tree of one's own, from the recording.
pub(super) fn replayed(test: &str, name: &str) -> Option<Quay> {
    match emulator::own() {
        Ok(emulator) => Some(Quay::replayed(emulator, name)),
        Err(reason) => {
            emulator::skipped(test, &reason);
            None
        }
    }
}

impl Quay {
    fn really(emulator: Emulator, toolchain: &Toolchain) -> Self {
        let quay = Self::around(emulator, "applied");
        let infra = quay.folder.join("infra");
        toolchain.terraform(&infra, &quay.emulator.url(), &["init", "-input=false"]);
        toolchain.terraform(&infra, &quay.emulator.url(), &["apply", "-auto-approve", "-input=false", "-no-color"]);
        quay
    }

    fn replayed(emulator: Emulator, name: &str) -> Self {
        let quay = Self::around(emulator, name);
        quay.python("replay.py", &[&quay.emulator.url()]);
        std::fs::copy(fixture("terraform.tfstate"), quay.folder.join("infra/terraform.tfstate")).expect("the recorded state");
        quay
    }

    fn around(emulator: Emulator, name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("quay").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("scratch space of an earlier run");
        }
        copy(&fixture("infra"), &folder.join("infra"));
        std::fs::copy(fixture("plan.yaml"), folder.join("plan.yaml")).expect("the plan");
        let account = Account { id: "123456789012".to_owned(), key: "testing".to_owned(), secret: "testing".to_owned(), token: None };
        let aws = Clients::in_region(&emulator.url(), &account, REGION);
        Self { emulator, aws, folder }
    }

    /// Where the emulator is.
    pub(super) fn url(&self) -> String {
        self.emulator.url()
    }

    /// Runs a script of the fixture with the Python of the emulator.
    pub(super) fn python(&self, script: &str, arguments: &[&str]) {
        let python = std::env::var_os("LASTRO_EMULATOR_PYTHON").expect("the emulator runs with it");
        let done = Command::new(python)
            .arg(fixture(script))
            .args(arguments)
            .envs(environment(&self.url()))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .expect("it runs");
        assert!(done.status.success(), "{script}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// A copy of the code and the state beside `infra`, changed: the folder's name.
    pub(super) fn copied(&self, name: &str, change: impl FnOnce(&Path)) -> String {
        let folder = self.folder.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("scratch space");
        }
        copy(&self.folder.join("infra"), &folder);
        change(&folder);
        name.to_owned()
    }

    /// Runs the program on the tree, all three views: `command` is `drift` or `audit`, `code` the folder of the code.
    pub(super) fn lastro(&self, command: &str, code: &str, extra: &[&str]) -> Run {
        let mut program = self.program();
        program.args([command, "plan.yaml", "--live", "--terraform", code, "--format", "json"]).args(extra);
        run(&mut program)
    }

    /// The program in the folder, in a clean environment.
    pub(super) fn program(&self) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_lastro"));
        program.current_dir(&self.folder).env_clear().env("HOME", &self.folder).env("NO_COLOR", "1");
        program.envs(environment(&self.url()).into_iter().filter(|(name, _)| name.starts_with("AWS_")));
        program
    }

    /// What differs.
    pub(super) fn drift(&self, code: &str) -> Differences {
        differences(&self.lastro("drift", code, &[]))
    }

    /// What is promised.
    pub(super) fn audit(&self, code: &str) -> Report {
        self.lastro("audit", code, &[]).report()
    }
}

/// Differences by subject and attribute.
pub(super) type Differences = BTreeMap<String, Drift>;

/// What a run found to differ.
pub(super) fn differences(done: &Run) -> Differences {
    let report: Report = serde_json::from_str(&done.stdout).unwrap_or_else(|e| panic!("no report ({e}): {}", done.stderr));
    let expected = if report.drift.is_empty() { [Some(0), Some(2)] } else { [Some(1), Some(1)] };
    assert!(expected.contains(&done.code), "exit {:?} beside {} differences: {}", done.code, report.drift.len(), done.stderr);
    let called = |one: &Drift| one.subject.label.clone().unwrap_or_else(|| one.subject.name.clone());
    report.drift.into_iter().map(|one| (format!("{} {}", called(&one), one.attribute), one)).collect()
}

/// A file of the fixture.
pub(super) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(FIXTURE).join(name)
}

/// Where the code of the fixture says something: `infra/database.tf:12`.
pub(super) fn line(file: &str, words: &str) -> String {
    let text = std::fs::read_to_string(fixture(&format!("infra/{file}"))).expect("a file of the tree");
    let at = text.find(words).unwrap_or_else(|| panic!("{file} does not say {words}"));
    format!("infra/{file}:{}", text[..at].matches('\n').count() + 1)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("scratch space");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).expect("an entry");
        match path.is_dir() {
            // The provider, which nobody but Terraform needs.
            true if name == ".terraform" => {}
            true => copy(&path, &to.join(name)),
            false => drop(std::fs::copy(&path, to.join(name)).expect("a file")),
        }
    }
}
