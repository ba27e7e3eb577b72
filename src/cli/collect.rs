//! `lastro collect PLAN -o evidence.json`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use clap::ValueEnum;

use super::sources::{self, AwsArgs};
use super::{Error, Exit, Session, clock, plan, with_causes};
use crate::collect::evidence;
use crate::estate::{Action, Cause, Gap};
use crate::plan::Gate;
use crate::report::escape::sanitize;
use crate::report::files::write_atomically;
use crate::rules::prelude::count;

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
        let said =
            [(source.resources, "resource"), (source.gaps.len() as u64, "gap"), (calls, "call")].map(|(many, noun)| count(many, noun));
        writeln!(session.err, "{}: {}", args.output.display(), said.join(", "))?;
    }
    for line in grouped(&source.gaps) {
        writeln!(session.err, "gap: {}", sanitize(&line))?;
    }
    Ok(if source.gaps.is_empty() { Exit::Kept } else { Exit::Unknown })
}

/// Permissions that one line names; more are counted.
const PERMISSIONS: usize = 3;

/// Details of one cause and permission that are told; more are counted.
const DETAILS: usize = 3;

/// One line per cause and detail, with the permissions that it kept from use; of many details of one cause and permission,
/// the first few.
fn grouped(gaps: &[Gap]) -> Vec<String> {
    let mut reasons: BTreeMap<(Cause, &str), BTreeSet<&Action>> = BTreeMap::new();
    for gap in gaps {
        reasons.entry((gap.cause, &gap.detail)).or_default().extend(&gap.action);
    }
    let (mut lines, mut alike) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
    for ((cause, detail), actions) in reasons {
        if actions.len() > 1 {
            let named: Vec<_> = actions.iter().take(PERMISSIONS).map(|action| action.as_str()).collect();
            let more = match actions.len() - named.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            lines.push(format!("{cause}: {detail} ({} permissions not used: {}{more})", actions.len(), named.join(", ")));
        } else {
            alike.entry((cause, actions.first().copied())).or_default().push(detail);
        }
    }
    for ((cause, action), details) in alike {
        let action = action.map(|action| format!("{action}: ")).unwrap_or_default();
        lines.extend(details.iter().take(DETAILS).map(|detail| format!("{cause}: {action}{detail}")));
        if details.len() > DETAILS {
            lines.push(format!("{cause}: {action}and {} more like these", details.len() - DETAILS));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reason_is_told_once_whatever_it_kept_from_use() {
        let gap = |detail: &'static str, action: &'static str| Gap::new(Cause::Failed, detail).for_action(Action::of(action));
        let many = ["a:A", "b:B", "c:C", "d:D"].map(|action| gap("unreachable", action));
        assert_eq!(grouped(&many), ["failed: unreachable (4 permissions not used: a:A, b:B, c:C and 1 more)"]);
        assert_eq!(grouped(&many[..2]), ["failed: unreachable (2 permissions not used: a:A, b:B)"]);
        assert_eq!(grouped(&[gap("one", "a:A"), Gap::new(Cause::Denied, "two")]), ["denied: two", "failed: a:A: one"]);
        let buckets: Vec<_> = ["1", "2", "3", "4", "5"].map(|bucket| gap(bucket, "a:A")).into();
        assert_eq!(grouped(&buckets), ["failed: a:A: 1", "failed: a:A: 2", "failed: a:A: 3", "failed: a:A: and 2 more like these"]);
        assert!(grouped(&[]).is_empty());
    }
}
