//! Pythons with AWS emulators, moto for the live tests and ministack for speed: found or made, and kept beside the build.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{root, target};

/// What moto 5.2 needs.
const USABLE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
/// Everything that `tests/live/emulator.py` imports.
const ANSWERS: &str = "import moto.rds.models, moto.moto_server.werkzeug_app, werkzeug.serving";

/// A Python that can run the emulator, or why there is none.
pub(crate) fn python() -> Result<PathBuf, String> {
    if let Some(given) = std::env::var_os("LASTRO_EMULATOR_PYTHON") {
        let given = PathBuf::from(given);
        return if runs(&given, ANSWERS) {
            Ok(given)
        } else {
            Err(format!("LASTRO_EMULATOR_PYTHON is {}, which cannot import moto", given.display()))
        };
    }
    installed("emulator-venv", "tests/live/requirements.txt", ANSWERS)
}

/// A Python in an environment of that name, made when it is not there or its requirements changed.
pub(crate) fn installed(name: &str, requirements: &str, answers: &str) -> Result<PathBuf, String> {
    let venv = target().join(name);
    let python = venv.join("bin/python");
    let wanted = fs::read_to_string(root().join(requirements)).map_err(|e| format!("{requirements}: {e}"))?;
    let stamp = venv.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) && runs(&python, answers) {
        return Ok(python);
    }
    make(&venv, &python, requirements)?;
    if !runs(&python, answers) {
        return Err(format!("{} was installed but does not start", wanted.trim()));
    }
    fs::write(&stamp, wanted).map_err(|e| format!("{}: {e}", stamp.display()))?;
    Ok(python)
}

/// Runs the emulator until it is interrupted.
pub(crate) fn serve(port: &str) -> Result<(), String> {
    let python = python()?;
    println!("AWS emulator on http://127.0.0.1:{port}, until interrupted");
    run(Command::new(python).arg(root().join("tests/live/emulator.py")).args(["--port", port]))
}

fn make(venv: &Path, python: &Path, requirements: &str) -> Result<(), String> {
    let base = base_python()?;
    println!("setting up {requirements} in {} (once, about a minute)", venv.display());
    if venv.exists() {
        fs::remove_dir_all(venv).map_err(|e| format!("{}: {e}", venv.display()))?;
    }
    run(Command::new(base).args(["-m", "venv"]).arg(venv))?;
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    run(pip.arg(root().join(requirements)))
}

/// A system Python that can make environments; installed with apt-get when we may.
pub(crate) fn base_python() -> Result<PathBuf, String> {
    if let Some(found) = usable_python() {
        return Ok(found);
    }
    let advice = "no Python 3.10 or newer with the venv module: install the packages python3 and python3-venv";
    if !is_root() || !Path::new("/usr/bin/apt-get").exists() {
        return Err(advice.to_owned());
    }
    println!("installing python3-venv");
    let apt = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").stdout(Stdio::null());
        apt
    };
    run(apt().arg("update"))?;
    run(apt().args(["install", "-y", "python3", "python3-venv"]))?;
    usable_python().ok_or_else(|| advice.to_owned())
}

fn usable_python() -> Option<PathBuf> {
    let names = ["python3", "/usr/bin/python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
    names.into_iter().map(PathBuf::from).find(|python| runs(python, USABLE))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.trim_ascii() == b"0")
}

fn runs(python: &Path, code: &str) -> bool {
    let quiet = Command::new(python).args(["-c", code]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{shown} failed ({status})")),
        Err(e) => Err(format!("{shown}: {e}")),
    }
}
