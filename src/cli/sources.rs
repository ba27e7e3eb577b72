//! Where evidence comes from: the plan's sources, overridden by the command line, read in order.

mod terraform;
mod variables;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use variables::VariableArgs;

use super::{Error, Session};
use crate::collect::aws::Settings;
use crate::collect::progress::{Silent, TerminalProgress};
use crate::collect::redact::Redactor;
use crate::collect::terraform::asked::Asked;
use crate::collect::terraform::state::{Loaded, Loader, Location};
use crate::collect::{Demand, Reading, evidence, run};
use crate::drift::Care;
use crate::estate::{Region, ViewEstate};
use crate::plan::{AwsSource, Claim, Gate, Plan, parse_region};
use crate::report::escape::sanitize;
use crate::rules::engine::is_asked_for;
use crate::rules::registry;

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Sources")]
pub(super) struct SourceArgs {
    /// Terraform folder, a root module: its code is evaluated offline, and the local state in it is read.
    #[arg(long, value_name = "DIR")]
    terraform: Vec<PathBuf>,
    #[command(flatten)]
    variables: VariableArgs,
    /// Terraform state or `show -json` document: file, folder, glob, s3://bucket/key, or - for standard input.
    #[arg(long, value_name = "FILE|DIR|GLOB|s3://…|-")]
    state: Vec<String>,
    /// Read live AWS. The default where the plan names an account, an AWS option is given, or the environment holds AWS settings
    /// (`AWS_PROFILE`, `AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …), unless recorded evidence is given.
    #[arg(long, conflicts_with = "no_live")]
    live: bool,
    /// Do not read live AWS.
    #[arg(long)]
    no_live: bool,
    #[command(flatten)]
    aws: AwsArgs,
}

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "AWS")]
pub(super) struct AwsArgs {
    /// Regions to read instead of the plan's; the first one is primary, the others are recovery.
    #[arg(long, value_name = "REGION")]
    region: Vec<String>,
    /// Another endpoint for every service, as `AWS_ENDPOINT_URL` does.
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    endpoint_url: Option<String>,
    /// A named profile of the AWS configuration.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Seconds that one call may take, retries included.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

impl SourceArgs {
    /// `--region` replaces the regions of the plan.
    pub(super) fn override_regions(&self, plan: &mut Plan) -> Result<(), Error> {
        self.aws.override_regions(plan)
    }
}

impl AwsArgs {
    /// `--region` replaces the regions of the plan.
    pub(super) fn override_regions(&self, plan: &mut Plan) -> Result<(), Error> {
        let regions: Result<Vec<Region>, String> = self.region.iter().map(|text| parse_region(text)).collect();
        let regions = regions.map_err(|wrong| Error::Usage(format!("error: --region: {}", sanitize(&wrong))))?;
        if let Some((primary, recovery)) = regions.split_first() {
            plan.regions.primary = vec![primary.clone()];
            plan.regions.recovery = recovery.to_vec();
        }
        Ok(())
    }

    /// How to reach AWS: the command line first, then the plan.
    fn settings(&self, plan: &Plan, account: &AwsSource) -> Settings {
        Settings {
            regions: plan.regions.all().cloned().collect(),
            endpoint_url: self.endpoint_url.clone(),
            assume_role: account.assume_role.clone(),
            profile: self.profile.clone().or_else(|| account.profile.clone()),
            expected_account: account.account.clone(),
            operation_timeout: Duration::from_secs(self.timeout),
            ..Settings::default()
        }
    }
}

/// Refuses what cannot be an endpoint, before anything waits for it.
fn endpoint(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.starts_with('/') && !text.contains(char::is_whitespace) => Ok(text.to_owned()),
        _ => Err("an endpoint starts with http:// or https:// and names a host, like http://127.0.0.1:5000".to_owned()),
    }
}

/// The evidence that the promises asked for cannot be judged without, and of which resources.
pub(super) fn demands(plan: &Plan, gate: Option<Gate>, only: &BTreeSet<String>) -> Vec<Demand> {
    let asked = plan.promises.iter().filter(|promise| is_asked_for(promise, only) && (promise.gate.is_none() || promise.gate == gate));
    let mut demands: Vec<Demand> = Vec::new();
    for promise in asked {
        let needs = registry::find(promise.claim.rule()).into_iter().flat_map(|rule| rule.needs);
        for need in needs.filter(|need| promise.claim.takes(**need)) {
            let demand = Demand { need: *need, select: promise.select.clone(), also_in: promise.claim.also_in() };
            if !demands.contains(&demand) {
                demands.push(demand);
            }
        }
    }
    demands
}

/// What the promises asked for need of Terraform sources.
pub(super) fn asked(cares: &[Care<'_>]) -> Asked {
    let addresses = cares.iter().any(|care| matches!(care.promise.claim, Claim::AddressExists(_)));
    Asked::of(cares.iter().flat_map(|care| care.subjects.iter().chain(&care.evidence)).copied(), addresses)
}

/// What an audit reads, and from where.
pub(super) struct Wanted<'a> {
    pub(super) args: &'a SourceArgs,
    pub(super) evidence: Option<&'a Path>,
    pub(super) plan: &'a Plan,
    pub(super) demands: &'a [Demand],
    /// What Terraform sources are read for.
    pub(super) asked: Arc<Asked>,
    pub(super) now: Timestamp,
}

/// What the sources gave.
pub(super) struct Gathered {
    pub(super) readings: Vec<Reading>,
    /// Knows the secrets of the states, for what the live side may repeat.
    pub(super) redactor: Redactor,
    /// What Terraform plans say of objects that had changed outside of Terraform: as recorded before, and as they were live.
    pub(super) refreshed: Option<(ViewEstate, ViewEstate)>,
    /// AWS was asked, now.
    pub(super) live: bool,
}

/// Reads every source. What cannot be read is a gap in its reading, and a line on standard error.
pub(super) fn read(wanted: &Wanted<'_>, session: &mut Session<'_>) -> Result<Gathered, Error> {
    let terraform = terraform::read(wanted)?;
    let mut gathered = Gathered { readings: terraform.readings, redactor: terraform.redactor, refreshed: terraform.refreshed, live: false };
    if let Some(reading) = recorded(wanted) {
        gathered.readings.push(reading);
    } else if wants_live(wanted, session) {
        gathered.readings.push(read_live(&wanted.args.aws, wanted.plan, wanted.demands, wanted.now, session)?);
        gathered.live = true;
    }
    if gathered.readings.is_empty() {
        writeln!(
            session.err,
            "warning: no source was given: add --live, --evidence FILE, --state FILE or --terraform DIR, or name sources in the plan"
        )?;
    }
    for Reading { source, .. } in &gathered.readings {
        let (uri, gaps) = (sanitize(&source.uri), source.gaps.len());
        tracing::info!("read {uri} ({}, {} view): {} resources, {gaps} gaps", source.kind, source.view, source.resources);
        if let (0, Some(first)) = (source.resources, source.gaps.first()) {
            // Not the action: it is that of whatever comes first in the alphabet, and the obstacle is the same for all.
            let others = match source.gaps.iter().filter(|gap| (gap.cause, &gap.detail) != (first.cause, &first.detail)).count() {
                0 => String::new(),
                others => format!(" (and {others} other gaps)"),
            };
            let warning = format!("warning: nothing was read from {}: {}: {}{others}", source.uri, first.cause, first.detail);
            writeln!(session.err, "{}", sanitize(&warning))?;
        }
    }
    Ok(gathered)
}

fn wants_live(wanted: &Wanted<'_>, session: &Session<'_>) -> bool {
    let SourceArgs { live, no_live, aws, .. } = wanted.args;
    let asked = aws.endpoint_url.is_some() || aws.profile.is_some() || !aws.region.is_empty();
    *live || (!no_live && (asked || !wanted.plan.sources.aws.is_empty() || session.aws))
}

/// Reads live AWS, with progress on a terminal.
pub(super) fn read_live(aws: &AwsArgs, plan: &Plan, demands: &[Demand], now: Timestamp, session: &Session<'_>) -> Result<Reading, Error> {
    let accounts = &plan.sources.aws;
    if accounts.len() > 1 {
        return Err(Error::Usage(format!(
            "error: {} names {} AWS accounts; this version reads one: keep one `sources.aws` entry per plan",
            plan.path,
            accounts.len()
        )));
    }
    let settings = aws.settings(plan, accounts.first().unwrap_or(&AwsSource::default()));
    let reading = if session.chatty {
        let progress = TerminalProgress::new();
        let reading = run::live(&settings, demands, &plan.regions, now, &progress);
        progress.finish();
        reading
    } else {
        run::live(&settings, demands, &plan.regions, now, &Silent)
    };
    Ok(reading?)
}

/// Recorded evidence: that of the command line, else that of the plan unless live AWS is asked for.
fn recorded(wanted: &Wanted<'_>) -> Option<Reading> {
    let path = match (wanted.evidence, &wanted.plan.sources.evidence) {
        (Some(path), _) => path.to_owned(),
        (None, Some(path)) if !wanted.args.live && !wanted.args.no_live => beside(wanted.plan, path),
        (None, _) => return None,
    };
    let (mut reading, recorded) = evidence::load(&path);
    reading.source.notes.extend(recorded.iter().flat_map(|recorded| recorded.remarks(wanted.plan)));
    Some(reading)
}

/// Fetches a state from S3.
fn fetch(wanted: &Wanted<'_>, loader: &Loader, location: &Location, (bucket, key): (&str, &str)) -> Loaded {
    let account = wanted.plan.sources.aws.first().cloned().unwrap_or_default();
    let settings = wanted.args.aws.settings(wanted.plan, &account);
    match run::object(&settings, bucket, key) {
        Ok(bytes) => loader.bytes(&location.to_string(), bytes),
        Err(gap) => Loaded::unreachable(&location.to_string(), gap),
    }
}

fn folder_of(plan: &Plan) -> PathBuf {
    Path::new(&*plan.path).parent().unwrap_or(Path::new("")).to_owned()
}

/// A path of the plan, as short as it can be said: `policies/../fixtures` is `fixtures`.
fn beside(plan: &Plan, path: &str) -> PathBuf {
    use std::path::Component;
    let mut short = PathBuf::new();
    for part in folder_of(plan).join(path).components() {
        match (part, short.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(short.pop()),
            _ => short.push(part),
        }
    }
    short
}
