//! `lastro drift PLAN`

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::sources::{self, SourceArgs};
use super::{Error, Exit, Session, assemble, audit, clock, compare, plan};
use crate::collect::Demand;
use crate::collect::terraform::asked::Asked;
use crate::drift;
use crate::estate::{Estate, Need};
use crate::plan::{Gate, Select, SelectIn};
use crate::report::Format;
use crate::report::model::{Report, Verdict};

const EXAMPLES: &str = "\
Examples:
  lastro drift policies/example.yaml
  lastro drift plan.yaml --live --state s3://acme-tfstate/prod.tfstate
  lastro drift plan.yaml --evidence evidence.json --all --format json
  lastro drift plan.yaml --live --explain-suppressed --report junit=drift.xml
  terraform plan -refresh-only -out p && terraform show -json p | lastro drift plan.yaml --state -

Accepted differences are written in the plan, each with an end:
  drift: { ignore: [{ subject: web-*, attribute: max, owner: Platform team, reason: sale days, expires: 2027-01-31 }] }

Exit codes:
  0  code, state and live agree
  1  something differs that the plan does not accept, or an accepted difference ran out or is not needed
  2  no difference found, but something could not be read or compared
  3  the plan or the command line is wrong
  4  lastro itself failed";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The plan.
    plan: PathBuf,
    #[command(flatten)]
    sources: SourceArgs,
    /// Recorded live evidence, as `lastro collect` writes it, instead of live AWS.
    #[arg(long, value_name = "FILE", conflicts_with = "live", help_heading = "Sources")]
    evidence: Option<PathBuf>,
    /// Compare every kind that can be read, and list everything that no code manages, whether or not a promise speaks of it.
    #[arg(long)]
    all: bool,
    /// List what looks different and is not, and why; and what is never compared.
    #[arg(long)]
    explain_suppressed: bool,
    /// How to print the report.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: String,
    /// Write the report to a file too; may be given more than once: `json=drift.json`, `junit=drift.xml`.
    #[arg(long, value_name = "FORMAT=PATH")]
    report: Vec<String>,
    /// The time that decides which accepted differences ran out; else when the live evidence was collected, else now.
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    now: Option<Timestamp>,
}

pub(super) fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Error> {
    let format: Format = args.format.parse().map_err(|error| Error::Usage(format!("error: {error}")))?;
    let targets = audit::targets(&args.report)?;
    let mut plan = plan::read(&args.plan, session)?;
    args.sources.override_regions(&mut plan)?;
    let (gate, only) = (Some(Gate::Release), BTreeSet::new());
    let asked_at = args.now.unwrap_or_else(clock::now);

    let started = Instant::now();
    let demands = if args.all { everything() } else { sources::demands(&plan, gate, &only) };
    let cares = compare::cares(&plan, gate, &only);
    let asked = Arc::new(if args.all { Asked::default() } else { sources::asked(&cares) });
    let wanted =
        sources::Wanted { args: &args.sources, evidence: args.evidence.as_deref(), plan: &plan, demands: &demands, asked, now: asked_at };
    let gathered = sources::read(&wanted, session)?;
    let read = BTreeMap::from([("read".to_owned(), audit::round(started.elapsed().as_secs_f64()))]);
    let seconds = if gathered.live { read } else { BTreeMap::new() };

    let now = args.now.or_else(|| audit::live_time(&gathered.readings)).unwrap_or(asked_at);
    let (mut estate, mut notes) = (Estate::default(), Vec::new());
    for reading in gathered.readings {
        notes.push((reading.source, reading.calls));
        estate.add(reading.estate);
    }
    let refreshed = gathered.refreshed.as_ref().map(|(before, after)| drift::Refreshed { before, after });
    let outcome = drift::compare(&compare::request(&plan, (&estate, refreshed), &cares, now, args.all));
    let views: Vec<_> = estate.views.iter().map(|view| view.view).collect();

    let mut report = assemble::report(assemble::Parts { plan: &plan, now, sources: &notes, findings: &[], seconds });
    assemble::add(&mut report, compare::complaints(&plan, &outcome));
    let shown = compare::Shown { outcome: &outcome, views: &views, decides: true, explain: args.explain_suppressed };
    compare::fill(&mut report, &shown);
    let report = assemble::without_secrets(report, &gathered.redactor)?;
    audit::write(&report, format, &targets, session)?;
    Ok(exit(&report))
}

/// Everything that can be read, of everything.
fn everything() -> Vec<Demand> {
    let select = Select { names: vec!["*".to_owned()], regions: SelectIn::Anywhere, ..Select::default() };
    Need::ALL.iter().map(|need| Demand { need: *need, select: select.clone(), also_in: Vec::new() }).collect()
}

/// A value that only the apply will know is nothing that could have been checked; a source that could not be read is.
fn exit(report: &Report) -> Exit {
    let Some(summary) = &report.drift_summary else { return Exit::Unknown };
    let any = |verdict| report.findings.iter().any(|finding| finding.verdict == verdict);
    if summary.differences > 0 || any(Verdict::Broken) {
        Exit::Broken
    } else if summary.views.len() < 2 && report.drift.is_empty()
        || !summary.unread.is_empty()
        || any(Verdict::Unknown)
        || report.sources.iter().any(|source| source.resources == 0 && !source.gaps.is_empty())
    {
        Exit::Unknown
    } else {
        Exit::Kept
    }
}
