//! Live AWS: what the APIs answer, as facts; what they would not, as gaps.
//!
//! One file per service. Only the calls that the demanded evidence needs are made, everything that can overlap does, and
//! nothing that fails ends the reading: it becomes a gap on exactly the facts it would have filled.

mod autoscaling;
mod cloudfront;
mod ec2;
mod eks;
mod elbv2;
mod errand;
mod error;
mod gate;
mod pages;
mod rds;
mod route53;
mod s3;
mod s3_rules;
mod session;
#[cfg(test)]
mod tests;
mod waf;
mod watch;
mod xml;

use std::collections::BTreeSet;

use futures::future::{BoxFuture, FutureExt as _, join_all};
use jiff::Timestamp;

use crate::collect::progress::Progress;
use crate::collect::redact::redact_text;
use crate::collect::{Demand, Reading, SourceNote, needs};
use crate::estate::{AccountId, Cause, Fact, Gap, Need, Region, Resource, Scope, View, ViewEstate};
use crate::plan::{Regions, SelectIn};

use errand::{Errand, Haul, Wanted};
use session::Session;
pub use session::Settings;

/// Reads everything that is demanded, as of `now`. Whatever goes wrong is a gap in the reading.
pub async fn read(settings: &Settings, demands: &[Demand], regions: &Regions, now: Timestamp, progress: &dyn Progress) -> Reading {
    let wanted = Wanted::new(demands, regions);
    let read_in = regions_to_read(settings, demands, regions);
    let Some(home) = read_in.first() else {
        let gap = Gap::new(Cause::NotRead, "no region to read: name one in the plan (`regions`) or with `--region`");
        return nothing_read(&wanted, &read_in, gap, now);
    };
    progress.phase("credentials");
    let session = match Session::open(settings, home).await {
        Ok(session) => session,
        Err(gap) => return nothing_read(&wanted, &read_in, gap, now),
    };
    let account = match who_are_we(&session, settings, &read_in, progress).await {
        Ok(account) => account,
        Err(gap) => {
            let mut reading = nothing_read(&wanted, &read_in, gap, now);
            reading.calls = session.calls();
            return reading;
        }
    };
    let errand = Errand { session: &session, account, wanted: &wanted, regions: &read_in, progress };
    progress.phase("reading");
    let mut haul = gather(&errand).await;
    haul.gaps.extend(errand.account.known().err());
    let mut reading = reading_of(haul, &read_in, errand.account.ok(), now);
    reading.calls = session.calls();
    reading
}

/// Reads one object, for a Terraform state that lies in a bucket.
///
/// # Errors
/// The gap, when there are no credentials, the bucket or key is not there or not ours to read, or the body breaks off.
pub async fn get_object(settings: &Settings, bucket: &str, key: &str) -> Result<Vec<u8>, Gap> {
    let home = settings.regions.first().cloned().unwrap_or_else(|| Region::from("us-east-1"));
    let session = Session::open(settings, &home).await.map_err(|gap| gap.for_action(permission(needs::GET_OBJECT)))?;
    s3::get_object(&session, &home, bucket, key).await
}

fn permission(call: &needs::Call) -> crate::estate::Action {
    call.permission.clone().unwrap_or(crate::estate::Action::of("sts:GetCallerIdentity"))
}

/// Text from AWS, with whatever looks like a secret taken out.
fn clean(text: &str) -> String {
    redact_text(text).into_owned()
}

/// The regions of the command line, else those of the plan, and those that demands name; each once, the primary ones first.
fn regions_to_read(settings: &Settings, demands: &[Demand], regions: &Regions) -> Vec<Region> {
    let named = demands.iter().flat_map(|demand| match &demand.select.regions {
        SelectIn::These(these) => these.iter().chain(&demand.also_in),
        SelectIn::Primary | SelectIn::Recovery | SelectIn::Anywhere => [].iter().chain(&demand.also_in),
    });
    let given: Vec<&Region> = if settings.regions.is_empty() { regions.all().collect() } else { settings.regions.iter().collect() };
    let all = given.into_iter().chain(named);
    let mut seen = BTreeSet::new();
    all.filter(|region| **region != Region::global() && seen.insert(*region)).cloned().collect()
}

/// The account of the caller. Regions are tried in turn, so that one that does not exist does not stop the others.
///
/// # Errors
/// The gap, when the credentials are refused, belong to another account than the plan expects, or nothing can be reached.
async fn who_are_we(session: &Session, settings: &Settings, regions: &[Region], progress: &dyn Progress) -> Result<Fact<AccountId>, Gap> {
    let call = needs::GET_CALLER_IDENTITY;
    let mut last = Gap::new(Cause::NotRead, "the account was not asked for");
    let mut reached = false;
    for region in regions {
        progress.call_started(call.service);
        let answer = session.sts(region).get_caller_identity().send().boxed().await;
        progress.call_done(call.service);
        let refusal = match answer {
            Ok(identity) => match identity.account() {
                Some(account) => return expected(settings, AccountId::from(clean(account))),
                None => return Ok(Gap::new(Cause::Failed, "sts.GetCallerIdentity names no account").into()),
            },
            Err(error) => error::refusal(call, region, &error),
        };
        if refusal.gap.cause == Cause::Unauthenticated {
            return Err(refusal.gap);
        }
        reached |= !refusal.unreachable;
        last = refusal.gap;
        if session.has_own_endpoint() {
            break;
        }
    }
    if reached { Ok(last.for_action(permission(call)).into()) } else { Err(last) }
}

fn expected(settings: &Settings, account: AccountId) -> Result<Fact<AccountId>, Gap> {
    match &settings.expected_account {
        Some(expected) if *expected != account => {
            let detail = format!("the credentials are of account {account}, the plan expects {expected}: use another profile or role");
            Err(Gap::new(Cause::Unauthenticated, detail))
        }
        _ => Ok(errand::seen(needs::GET_CALLER_IDENTITY, account)),
    }
}

/// All services and regions at once.
async fn gather(errand: &Errand<'_>) -> Haul {
    let wants = |needs: &[Need]| needs.iter().any(|need| errand.wanted.asks(*need));
    let mut parts: Vec<BoxFuture<'_, Haul>> = Vec::new();
    if wants(&[Need::Buckets]) {
        parts.push(s3::read(errand).boxed());
    }
    if wants(&[Need::Distributions]) {
        parts.push(cloudfront::read(errand).boxed());
    }
    if wants(&[Need::RecordSets, Need::HealthChecks]) {
        parts.push(route53::read(errand).boxed());
    }
    if wants(&[Need::WebAcls]) {
        parts.push(waf::read_global(errand).boxed());
    }
    for region in errand.regions {
        let wants_here = |needs: &[Need]| errand.wanted.asks_in(region, needs);
        if wants_here(&[Need::AutoScalingGroups]) {
            parts.push(autoscaling::read(errand, region).boxed());
        }
        if wants_here(&[Need::Subnets, Need::SecurityGroups, Need::NetworkAcls]) {
            parts.push(ec2::read(errand, region).boxed());
        }
        if wants_here(&[Need::EksClusters]) {
            parts.push(eks::read(errand, region).boxed());
        }
        if wants_here(&[Need::LoadBalancers]) {
            parts.push(elbv2::read(errand, region).boxed());
        }
        if wants_here(&[Need::DbInstances, Need::DbClusters, Need::DbSnapshots]) {
            parts.push(rds::read(errand, region).boxed());
        }
        if wants_here(&[Need::WebAcls]) {
            parts.push(waf::read_regional(errand, region).boxed());
        }
    }
    let mut haul = Haul::default();
    for part in join_all(parts).await {
        haul.merge(part);
    }
    haul
}

fn reading_of(haul: Haul, regions: &[Region], account: Option<&AccountId>, now: Timestamp) -> Reading {
    let mut estate = ViewEstate::new(View::Live);
    estate.read_at = Some(now);
    for listing in haul.listings {
        estate.listed(listing.kind, listing.scope, listing.gap);
    }
    let mut seen = BTreeSet::new();
    for resource in haul.resources {
        if seen.insert(identity(&resource)) {
            estate.add(resource);
        }
    }
    estate.sort();
    let mut gaps: BTreeSet<Gap> = haul.gaps;
    gaps.extend(estate.listings.iter().filter_map(|listing| listing.gap.clone()));
    let source = SourceNote {
        kind: "aws".to_owned(),
        uri: uri(account, regions),
        view: View::Live,
        read_at: Some(now),
        resources: estate.len() as u64,
        gaps: gaps.into_iter().collect(),
        notes: haul.notes.into_iter().collect(),
    };
    Reading { estate, source, calls: std::collections::BTreeMap::new() }
}

/// What makes a resource one, so that a page that came twice adds nothing.
fn identity(resource: &Resource) -> String {
    let meta = resource.meta();
    let region = meta.region.ok().map(Region::as_str).unwrap_or_default();
    format!("{}\n{region}\n{}\n{}", resource.kind(), meta.display_name(), meta.arn.ok().map(crate::estate::Arn::as_str).unwrap_or_default())
}

fn uri(account: Option<&AccountId>, regions: &[Region]) -> String {
    let account = account.map_or("unknown account", AccountId::as_str);
    let regions: Vec<&str> = regions.iter().map(Region::as_str).collect();
    if regions.is_empty() { account.to_owned() } else { format!("{account} ({})", regions.join(", ")) }
}

/// The reading of someone who was not let in: every listing that was asked for has the gap.
fn nothing_read(wanted: &Wanted<'_>, regions: &[Region], gap: Gap, now: Timestamp) -> Reading {
    let mut haul = Haul::default();
    haul.notes.insert(format!("nothing was read from AWS: {}", gap.detail));
    for need in wanted.asked() {
        let (kinds, regional) = needs::kinds(need);
        let action = needs::calls(need).first().map(|call| permission(call));
        let gap = action.map_or_else(|| gap.clone(), |action| gap.clone().for_action(action));
        for kind in kinds {
            if regional && !regions.is_empty() {
                for region in regions {
                    haul.listed(*kind, Scope::Region(region.clone()), Some(gap.clone()));
                }
            } else {
                haul.listed(*kind, Scope::Whole, Some(gap.clone()));
            }
        }
    }
    reading_of(haul, regions, None, now)
}
