//! Rules of the domain `terraform`: whether what a rebuild starts from, the state and the addresses in it, is there and survives.

pub mod address_exists;
pub mod state_elsewhere;
pub mod state_encrypted;
pub mod state_locked;
pub mod state_replicated;
pub mod state_versioned;

#[cfg(test)]
mod testing;

use crate::estate::StateStore;
use crate::estate::bucket::{Bucket, ReplicationRule, Versioning};
use crate::estate::{Arn, Region};
use crate::rules::prelude::*;

/// What one store shows: sound or a breach, each in words that follow "the Terraform state".
enum Shows {
    Sound(String),
    Breach(String),
}

/// Judges every store that is known of, and settles what they show.
///
/// # Errors
/// A gap when nothing tells where the state is kept, or when a store cannot be judged and none is broken.
fn judge_stores(whole: &Whole<'_>, judge: impl Fn(&StateStore) -> Result<Shows, Gap>) -> Ruling {
    let stores = stores(whole);
    if stores.is_empty() {
        let detail = "nothing tells where the Terraform state is kept: give the code with its backend block (--terraform DIR), or name \
                      the state as s3://BUCKET/KEY";
        return Err(Gap::new(Cause::NotRead, detail));
    }
    let (mut sound, mut breaches, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
    for store in &stores {
        match judge(store) {
            Ok(Shows::Sound(words)) => sound.push(words),
            Ok(Shows::Breach(words)) => breaches.push(words),
            Err(gap) => gaps.push(gap),
        }
    }
    let mut judgement = settle(breaches, gaps, || sound.join("; "))?;
    judgement.at = stores.first().map(|store| store.at.clone());
    Ok(judgement)
}

/// The stores of all views, each once: what code tells comes before what the location of a state does.
fn stores(whole: &Whole<'_>) -> Vec<StateStore> {
    let mut stores: Vec<StateStore> = Vec::new();
    for store in whole.estate.views.iter().flat_map(|view| &view.stores) {
        match stores.iter_mut().find(|seen| seen.is_same(store)) {
            Some(seen) => seen.complete(store.clone()),
            None => stores.push(store.clone()),
        }
    }
    stores
}

/// The bucket of an S3 store in the strongest view that holds it.
fn bucket<'a>(whole: &Whole<'a>, store: &StateStore) -> Result<&'a Bucket, Gap> {
    let name = store.bucket.known()?;
    let strongest_first = || whole.estate.views.iter().rev();
    let Some(bucket) = strongest_first().find_map(|view| view.named::<Bucket>(name, None)) else {
        if let Some(gap) = whole.estate.view(View::Live).and_then(|live| live.listing_gap(Kind::Bucket)) {
            return Err(gap);
        }
        let detail = format!(
            "the state bucket {name} is among no buckets that were read: read its account live (--live), with `bucket: {name}` beside the \
             promise where the plan's sources do not name it"
        );
        return Err(Gap::new(Cause::NotRead, detail));
    };
    untainted(Kind::Bucket, &bucket.meta)?;
    Ok(bucket)
}

/// Whether HCP Terraform keeps the state, and not a Terraform Enterprise of somebody's own.
///
/// # Errors
/// The gap of the host, where nothing tells it.
fn is_hcp(store: &StateStore) -> Result<bool, Gap> {
    if !matches!(store.backend.as_str(), "remote" | "cloud") {
        return Ok(false);
    }
    Ok(store.hostname.known()?.as_deref().is_none_or(|host| host == "app.terraform.io"))
}

/// The gap of a backend that is not looked into.
fn not_looked_into(store: &StateStore, what: &str) -> Gap {
    Gap::new(Cause::Unsupported, format!("the state is kept by the backend \"{}\", whose {what} lastro does not read", store.backend))
}

/// The region that an enabled rule copies the state to; `None` when none does.
///
/// # Errors
/// What hides the rules or where they copy to, when no rule is seen to copy it.
fn copied_to(whole: &Whole<'_>, bucket: &Bucket, store: &StateStore, to: &[Region]) -> Result<Option<Region>, Gap> {
    // Other workspaces lie under `env:/`, so a key that is not known asks for the whole bucket.
    let key = store.key.ok().map_or("", String::as_str);
    let mut gap = None;
    for rule in bucket.replication.known()?.iter().filter(|rule| rule.enabled && rule.scope.covers_prefix(key)) {
        match target(whole, bucket, rule) {
            Ok(Some(region)) if to.is_empty() || to.contains(&region) => return Ok(Some(region)),
            Ok(_) => {}
            Err(unseen) => gap = gap.or(Some(unseen)),
        }
    }
    gap.map_or(Ok(None), Err)
}

/// Where a rule copies to, if that is another region, and if it copies what is there.
fn target(whole: &Whole<'_>, bucket: &Bucket, rule: &ReplicationRule) -> Result<Option<Region>, Gap> {
    if *bucket.versioning.known()? != Versioning::Enabled {
        return Ok(None);
    }
    let encrypts = bucket.encryption.known()?.as_ref().is_some_and(crate::estate::bucket::Encryption::is_kms);
    if encrypts && !rule.kms_objects {
        return Ok(None);
    }
    let name = Arn::resource(&rule.destination).unwrap_or(rule.destination.as_str());
    let listed = || whole.estate.views.iter().rev().find_map(|view| view.named::<Bucket>(name, None));
    let read = rule.destination_bucket.known().and_then(|destination| destination.region.known());
    let region = read.or_else(|gap| listed().and_then(|bucket| bucket.meta.region.ok()).ok_or(gap))?;
    Ok((region != bucket.meta.region.known()?).then(|| region.clone()))
}
