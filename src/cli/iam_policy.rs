//! `lastro iam-policy PLAN [--terraform]`

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::{Error, Exit, Session, plan, sources};
use crate::collect::needs::{self, StateObject};
use crate::estate::Need;
use crate::plan::Gate;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lastro iam-policy plan.yaml > policy.json
  lastro iam-policy plan.yaml --terraform > lastro.tf
  lastro iam-policy plan.yaml --state s3://acme-tfstate/prod.tfstate")]
pub(super) struct Args {
    /// The plan.
    plan: PathBuf,
    /// Terraform (`aws_iam_policy_document`) instead of JSON.
    #[arg(long)]
    terraform: bool,
    /// A state in S3 that audits will read, besides those the plan names.
    #[arg(long, value_name = "s3://BUCKET/KEY")]
    state: Vec<String>,
}

pub(super) fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Error> {
    let plan = plan::read(&args.plan, session)?;
    let needs: BTreeSet<Need> =
        sources::demands(&plan, Some(Gate::Release), &BTreeSet::new()).into_iter().map(|demand| demand.need).collect();
    let named = plan.sources.terraform.iter().filter_map(|source| source.state.as_deref());
    let states: Vec<StateObject> = named.chain(args.state.iter().map(String::as_str)).filter_map(StateObject::parse).collect();
    let policy = if args.terraform { needs::iam_policy_terraform(&needs, &states) } else { needs::iam_policy_json(&needs, &states) };
    session.out.write_all(policy.as_bytes())?;
    Ok(Exit::Kept)
}
