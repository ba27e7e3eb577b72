//! `lastro audit PLAN`

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::ValueEnum;
use jiff::Timestamp;

use super::sources::{self, SourceArgs};
use super::{Error, Exit, Session, assemble, clock, compare, explain, plan, with_causes};
use crate::collect::Reading;
use crate::drift;
use crate::estate::{Estate, View};
use crate::plan::{Gate, Section, Severity};
use crate::report::escape::sanitize;
use crate::report::files::{ReportTarget, TargetError, check_targets, write_targets};
use crate::report::model::{Report, Verdict};
use crate::report::{self, Format, Style};
use crate::rules::engine::{Request, judge};
use crate::rules::registry;

const EXAMPLES: &str = "\
Examples:
  lastro audit policies/example.yaml
  lastro audit plan.yaml --live --state s3://acme-tfstate/prod.tfstate
  lastro audit plan.yaml --state 'states/*.tfstate' --no-live --format json
  lastro audit plan.yaml --live --gate release --report junit=dr.xml --report json=dr.json
  lastro audit plan.yaml --terraform infra/ --var-file prod.tfvars --no-live
  lastro audit plan.yaml --evidence evidence.json --only datasets --fail-on high
  lastro audit plan.yaml --terraform infra --no-live --report sarif=dr.sarif --report markdown=dr.md

Exit codes:
  0  every promise kept
  1  a promise broken at or above --fail-on
  2  nothing broken, but something could not be judged
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
    /// Judge only this section or rule; may be given more than once.
    #[arg(long, value_name = "SECTION|RULE")]
    only: Vec<String>,
    /// Judge too what must hold at this moment.
    #[arg(long, value_enum)]
    gate: Option<GateArg>,
    /// Exit with 1 only for breaches of at least this severity.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = SeverityArg::Low)]
    fail_on: SeverityArg,
    /// How to print the report: table, json, junit, sarif or markdown.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: String,
    /// Write the report to a file too; may be given more than once: `json=dr.json`, `junit=dr.xml`, `sarif=dr.sarif`,
    /// `markdown=dr.md`, `table=dr.txt`.
    #[arg(long, value_name = "FORMAT=PATH")]
    report: Vec<String>,
    /// The audit time; else when the live evidence was collected, else now.
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    now: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GateArg {
    /// Just before a release: a manual snapshot exists, say.
    Release,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SeverityArg {
    Low,
    Medium,
    High,
    Critical,
}

impl From<SeverityArg> for Severity {
    fn from(severity: SeverityArg) -> Self {
        match severity {
            SeverityArg::Low => Self::Low,
            SeverityArg::Medium => Self::Medium,
            SeverityArg::High => Self::High,
            SeverityArg::Critical => Self::Critical,
        }
    }
}

pub(super) fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Error> {
    let format: Format = args.format.parse().map_err(|error| Error::Usage(format!("error: {error}")))?;
    let targets = targets(&args.report)?;
    let only = only(&args.only)?;
    let mut plan = plan::read(&args.plan, session)?;
    args.sources.override_regions(&mut plan)?;
    let gate = args.gate.map(|GateArg::Release| Gate::Release);
    let asked_at = args.now.unwrap_or_else(clock::now);

    let started = Instant::now();
    let demands = sources::demands(&plan, gate, &only);
    let cares = compare::cares(&plan, gate, &only);
    let asked = Arc::new(sources::asked(&cares));
    let wanted =
        sources::Wanted { args: &args.sources, evidence: args.evidence.as_deref(), plan: &plan, demands: &demands, asked, now: asked_at };
    let gathered = sources::read(&wanted, session)?;
    let mut seconds = BTreeMap::from([("read".to_owned(), round(started.elapsed().as_secs_f64()))]);

    let now = args.now.or_else(|| live_time(&gathered.readings)).unwrap_or(asked_at);
    let judging = Instant::now();
    let (mut estate, mut notes) = (Estate::default(), Vec::new());
    for reading in gathered.readings {
        notes.push((reading.source, reading.calls));
        estate.add(reading.estate);
    }
    let findings = judge(&Request { plan: &plan, estate: &estate, now, gate, only: &only });
    let refreshed = gathered.refreshed.as_ref().map(|(before, after)| drift::Refreshed { before, after });
    let drift = drift::compare(&compare::request(&plan, (&estate, refreshed), &cares, now, false));
    seconds.insert("judge".to_owned(), round(judging.elapsed().as_secs_f64()));
    if !gathered.live {
        seconds.clear();
    }

    let parts = assemble::Parts { plan: &plan, now, sources: &notes, findings: &findings, seconds };
    let mut report = assemble::report(parts);
    if only.is_empty() {
        // A part of the plan cannot say that an accepted difference is not needed.
        assemble::add(&mut report, compare::complaints(&plan, &drift));
    }
    let views: Vec<_> = estate.views.iter().map(|view| view.view).collect();
    compare::fill(&mut report, &compare::Shown { outcome: &drift, views: &views, decides: false, explain: false });
    // A large estate is no longer needed, and a copy of the report is about to be made.
    drop(drift);
    drop(findings);
    drop(estate);
    let report = assemble::without_secrets(report, &gathered.redactor)?;
    write(&report, format, &targets, session)?;
    Ok(exit(&report, args.fail_on.into()))
}

/// Milliseconds are plenty.
pub(super) fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

pub(super) fn live_time(readings: &[Reading]) -> Option<Timestamp> {
    readings.iter().filter(|reading| reading.estate.view == View::Live).filter_map(|reading| reading.source.read_at).max()
}

pub(super) fn targets(reports: &[String]) -> Result<Vec<ReportTarget>, Error> {
    let usage = |error: TargetError| Error::Usage(format!("error: --report: {error}"));
    let targets = reports.iter().map(|text| text.parse()).collect::<Result<Vec<_>, _>>().map_err(usage)?;
    check_targets(&targets).map_err(usage)?;
    Ok(targets)
}

/// Checks every name of `--only` against the sections and the rules.
fn only(names: &[String]) -> Result<BTreeSet<String>, Error> {
    for name in names {
        let sections = Section::ALL.iter().map(|section| section.as_str());
        if sections.clone().all(|section| section != name) && registry::find(name).is_none() {
            let hint = explain::did_you_mean(name, sections.clone());
            let sections: Vec<_> = sections.collect();
            return Err(Error::Usage(format!(
                "error: --only: there is no section or rule `{}`: {hint}\nsections: {}",
                sanitize(name),
                sections.join(", ")
            )));
        }
    }
    Ok(names.iter().cloned().collect())
}

/// Writes the files first: a reader who closes the pipe early must not cost a report, nor the verdict in the exit code.
pub(super) fn write(report: &Report, format: Format, targets: &[ReportTarget], session: &mut Session<'_>) -> Result<(), Error> {
    let failures = write_targets(report, targets, &Style { width: 120, colour: false });
    let style = Style { width: session.width, colour: session.colour };
    match report::write(format, report, &style, &mut session.out).and_then(|()| session.out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(Error::Usage(failures.iter().map(|error| format!("error: {}", with_causes(error))).collect::<Vec<_>>().join("\n")))
}

fn exit(report: &Report, fail_on: Severity) -> Exit {
    let at_or_above = |severity: &str| Severity::ALL.iter().any(|known| known.as_str() == severity && *known >= fail_on);
    if report.findings.iter().any(|finding| finding.verdict == Verdict::Broken && at_or_above(&finding.severity)) {
        Exit::Broken
    } else if report.findings.iter().any(|finding| finding.verdict == Verdict::Unknown) {
        Exit::Unknown
    } else {
        Exit::Kept
    }
}
