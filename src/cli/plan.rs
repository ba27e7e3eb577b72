//! `lastro plan lint|schema|show`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Error, Exit, Session};
use crate::plan::{self, Plan};

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
    let document = plan.document.path.as_ref().and_then(|path| {
        let beside = Path::new(&*plan.path).parent().unwrap_or(Path::new(".")).join(&**path);
        std::fs::read_to_string(beside).ok()
    });
    let lints = plan::lint(plan, document.as_deref());
    let text = std::fs::read_to_string(&*plan.path).unwrap_or_default();
    session.out.write_all(plan::render_lints(&plan.path, &text, &lints, session.colour).as_bytes())?;
    let remarks = if lints.len() == 1 { "1 remark".to_owned() } else { format!("{} remarks", lints.len()) };
    writeln!(session.out, "{}: {} promises, {remarks}", plan.path, plan.promises.len())?;
    Ok(Exit::Kept)
}
