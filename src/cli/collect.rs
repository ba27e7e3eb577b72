//! `lastro collect PLAN -o evidence.json`

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::ValueEnum;

use super::sources::{self, AwsArgs};
use super::{Error, Exit, Session, clock, plan, with_causes};
use crate::collect::evidence;
use crate::plan::Gate;
use crate::report::escape::sanitize;
use crate::report::files::write_atomically;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lastro collect plan.yaml -o evidence.json
  lastro audit plan.yaml --evidence evidence.json

The file holds settings, names and tags, no contents and no secrets. Exit code 2 says that something could not be read:
the gaps are in the file, and an audit of it will show them.")]
pub(super) struct Args {
    /// The plan.
    plan: PathBuf,
    /// Where to write the evidence.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    aws: AwsArgs,
    /// The time the evidence is taken to be of; else now.
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    now: Option<jiff::Timestamp>,
    /// Read for these gates too.
    #[arg(long, value_enum, default_value_t = GateChoice::All)]
    gate: GateChoice,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GateChoice {
    /// Every gate of the plan.
    All,
    /// No gate.
    None,
}

pub(super) fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Error> {
    let mut plan = plan::read(&args.plan, session)?;
    args.aws.override_regions(&mut plan)?;
    let now = args.now.unwrap_or_else(clock::now);
    let gate = match args.gate {
        GateChoice::All => Some(Gate::Release),
        GateChoice::None => None,
    };
    let demands = sources::demands(&plan, gate, &BTreeSet::new());
    let reading = sources::read_live(&args.aws, &plan, &demands, now, session)?;
    let regions: Vec<_> = plan.regions.all().cloned().collect();
    let file = evidence::write(&reading, &plan.name, &regions).map_err(anyhow::Error::from)?;
    write_atomically(&args.output, &file).map_err(|error| Error::Usage(format!("error: {}", with_causes(&error))))?;
    let calls: u64 = reading.calls.values().sum();
    let source = &reading.source;
    if session.chatty {
        writeln!(session.err, "{}: {} resources, {} gaps, {calls} calls", args.output.display(), source.resources, source.gaps.len())?;
    }
    for gap in &source.gaps {
        writeln!(session.err, "gap: {}", sanitize(&gap.to_string()))?;
    }
    Ok(if source.gaps.is_empty() { Exit::Kept } else { Exit::Unknown })
}
