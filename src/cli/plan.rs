//! `lastro plan lint|schema|show`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Error, Exit, Session};
use crate::plan::{self, Plan};
use crate::report::escape::sanitize;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a plan: its structure, its spelling, and what it forgets.
    #[command(after_help = "Example:\n  lastro plan lint policies/example.yaml")]
    Lint {
        /// The plan file.
        plan: PathBuf,
    },
    /// Print the JSON Schema of the plan language, for editors.
    #[command(after_help = "Example:\n  lastro plan schema > plan.v1.json")]
    Schema,
    /// List every promise of a plan: where it stands, which rule judges it, what it selects.
    #[command(after_help = "Example:\n  lastro plan show policies/example.yaml")]
    Show {
        /// The plan file.
        plan: PathBuf,
    },
}

pub(super) fn run(command: &Command, session: &mut Session<'_>) -> Result<Exit, Error> {
    match command {
        Command::Schema => session.out.write_all(plan::schema_json().as_bytes())?,
        Command::Show { plan } => session.out.write_all(plan::show(&read(plan, session)?).as_bytes())?,
        Command::Lint { plan } => return lint(&read(plan, session)?, session),
    }
    Ok(Exit::Kept)
}

/// Reads a plan, or says what is wrong with it.
pub(super) fn read(path: &Path, session: &Session<'_>) -> Result<Plan, Error> {
    Plan::read(path).map_err(|error| Error::Usage(error.render(session.colour_errors)))
}

fn lint(plan: &Plan, session: &mut Session<'_>) -> Result<Exit, Error> {
    let (document, unread) = match document(plan) {
        None => (None, None),
        Some(Ok(text)) => (Some(text), None),
        Some(Err(path)) => (None, Some(path)),
    };
    let lints = plan::lint(plan, document.as_deref());
    let mut remarks = lints.len();
    if let Some(path) = unread {
        let path = sanitize(&path).into_owned();
        writeln!(session.out, "{}: the document {path} cannot be read: the lines that promises name were not looked up", plan.path)?;
        remarks += 1;
    }
    let text = std::fs::read_to_string(&*plan.path).unwrap_or_default();
    session.out.write_all(plan::render_lints(&plan.path, &text, &lints, session.colour).as_bytes())?;
    let promises = plan.promises.len();
    writeln!(session.out, "{}: {promises} promises, {remarks} remark{}", plan.path, if remarks == 1 { "" } else { "s" })?;
    Ok(Exit::Kept)
}

/// The text of the human document, or where it should have been; `None` when the plan names none.
fn document(plan: &Plan) -> Option<Result<String, String>> {
    let path = plan.document.path.as_ref()?;
    let beside = Path::new(&*plan.path).parent().unwrap_or(Path::new(".")).join(&**path);
    Some(std::fs::read_to_string(&beside).map_err(|_| beside.display().to_string()))
}
