//! Where evidence comes from: the plan's sources, overridden by the command line, read in order.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::{Error, Session};
use crate::collect::aws::{self, Settings};
use crate::collect::progress::{Progress, Silent, TerminalProgress};
use crate::collect::terraform::state;
use crate::collect::{Demand, Reading, evidence};
use crate::estate::Region;
use crate::plan::{AwsSource, Gate, Plan};
use crate::rules::engine::is_asked_for;
use crate::rules::registry;

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Sources")]
pub(super) struct SourceArgs {
    /// Terraform folder: the local state in it is read (the code itself comes with a later version).
    #[arg(long, value_name = "DIR")]
    terraform: Vec<PathBuf>,
    /// Terraform state or `show -json` document: file, folder, glob, s3://bucket/key, or - for standard input.
    #[arg(long, value_name = "FILE|DIR|GLOB|s3://…|-")]
    state: Vec<String>,
    /// Read live AWS, also where the plan names no account.
    #[arg(long, conflicts_with = "no_live")]
    live: bool,
    /// Do not read live AWS, even where the plan names an account.
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
    #[arg(long, value_name = "URL")]
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
        if let Some(wrong) = self.region.iter().find(|region| !crate::plan::is_region(region)) {
            return Err(Error::Usage(format!("error: --region {wrong}: a region looks like us-east-1")));
        }
        if let Some((primary, recovery)) = self.region.split_first() {
            plan.regions.primary = vec![Region::from(primary.as_str())];
            plan.regions.recovery = recovery.iter().map(|region| Region::from(region.as_str())).collect();
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

/// The evidence that the promises asked for cannot be judged without, and of which resources.
pub(super) fn demands(plan: &Plan, gate: Option<Gate>, only: &BTreeSet<String>) -> Vec<Demand> {
    let asked = plan.promises.iter().filter(|promise| is_asked_for(promise, only) && (promise.gate.is_none() || promise.gate == gate));
    let mut demands: Vec<Demand> = Vec::new();
    for promise in asked {
        let needs = registry::find(promise.claim.rule()).into_iter().flat_map(|rule| rule.needs);
        for need in needs.filter(|need| promise.claim.takes(**need)) {
            let demand = Demand { need: *need, select: promise.select.clone() };
            if !demands.contains(&demand) {
                demands.push(demand);
            }
        }
    }
    demands
}
