//! Current objects move to a promised archive class, at the promised age, all of them.

use std::cmp::Reverse;

use super::{objects_in, objects_under};
use crate::estate::bucket::{Bucket, LifecycleRule, ObjectScope, Transition, TransitionTime};
use crate::plan::claim::Archive;
use crate::rules::prelude::*;

/// The rule `s3-lifecycle-archive`.
pub static RULE: Rule = Rule {
    id: "s3-lifecycle-archive",
    summary: "S3 lifecycle rules archive objects when and where the plan promises",
    severity: Severity::Medium,
    needs: &[Need::BucketLifecycle, Need::Buckets],
    controls: &["aws-security-hub-2023:S3.13", "nist-800-53r5:CP-6(2)", "nist-800-53r5:CP-9", "nist-800-53r5:CP-10"],
    remediation: Remediation {
        text: "Give {name} one enabled lifecycle rule that moves the promised objects to {class} after {days} days, and take away rules that \
               move or expire them sooner. A bucket has one lifecycle configuration: writing it replaces every rule that is there.",
        terraform: Some(
            r#"resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = "{name}"
  rule {
    id     = "archive"
    status = "Enabled"
    filter {
      prefix = "{prefix}"
    }
    transition {
      days          = {days}
      storage_class = "{class}"
    }
  }
}"#,
        ),
        cli: Some(
            r#"aws s3api put-bucket-lifecycle-configuration --bucket {name} --region {region} --lifecycle-configuration '{"Rules":[{"ID":"archive","Status":"Enabled","Filter":{"Prefix":"{prefix}"},"Transitions":[{"Days":{days},"StorageClass":"{class}"}]}]}'"#,
        ),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: "\
## What it checks

An enabled lifecycle rule that covers every promised object (the whole bucket, or the promised prefix) moves current versions to a
promised class at exactly the promised age, or at most at it where the plan says `or earlier`. What other enabled rules do to the same
objects is followed too: a rule that moves any of them to a class from which the promised one cannot be reached, archives them at
another age, or expires them at or before the archive day breaks the promise. An earlier move to a warmer class, such as `STANDARD_IA`,
and a later move to a colder one do not.

## Why it matters

A plan that counts on an archive counts on its price, its retrieval time and its minimum storage. Objects that are not moved cost more;
objects that are moved sooner, or to a colder class, take hours to come back when the plan says minutes; objects that expire are gone.

## What counts as evidence

The lifecycle rules as `GetBucketLifecycleConfiguration` answers them, or as Terraform records them. Disabled rules, rules for noncurrent
versions, and moves on a date instead of an age never keep the promise. Rules with a tag or size filter, and several prefixes that
together might cover the bucket, are a part of it.

## Limits

Lifecycle runs once a day, rounds up to midnight UTC and may be delayed, so objects move some hours after the promised age. Objects
smaller than 128 KB may stay where they are by AWS's default. Whether objects have really moved is not looked at.
",
    judge: judge_each!(Archive, &Bucket, judge),
};

fn judge(promise: &Archive, bucket: &Bucket, _scene: &Scene<'_>) -> Ruling {
    let rules = bucket.lifecycle.known()?;
    let (whole, partial) = acting_on(&promise.prefix, rules);
    let all = objects_under(&promise.prefix);
    let fate = fate(promise, &whole)?;
    let mut deviation = match fate {
        Fate::Stays => Some(nearest_miss(promise, rules)),
        _ => fate.deviation(promise, &all),
    };
    for part in partial {
        if deviation.is_none() {
            let together: Vec<_> = whole.iter().copied().chain([part]).collect();
            deviation = self::fate(promise, &together)?.deviation(promise, &objects_in(&part.scope));
        }
    }
    let judgement = match deviation {
        Some(found) => broken(found),
        None => kept(fate.words(&all)),
    };
    let judgement = match (fate, rules.as_slice()) {
        // One move is one line of code, which its day can be told of.
        (Fate::Archived { day, .. }, [LifecycleRule { transitions, .. }]) if transitions.len() == 1 => {
            judgement.set_by("rule.transition.days", day)
        }
        _ => judgement,
    };
    Ok(judgement.seen_in(&bucket.lifecycle))
}

/// The enabled rules that act on every promised object, and those that act on some.
fn acting_on<'a>(prefix: &str, rules: &'a [LifecycleRule]) -> (Vec<&'a LifecycleRule>, Vec<&'a LifecycleRule>) {
    rules.iter().filter(|rule| rule.enabled && overlaps(&rule.scope, prefix)).partition(|rule| rule.scope.covers_prefix(prefix))
}

/// Whether some key under the prefix may be in the scope; a filter by tag or size may match any of them.
fn overlaps(scope: &ObjectScope, prefix: &str) -> bool {
    scope.prefix.starts_with(prefix) || prefix.starts_with(&scope.prefix)
}

/// What becomes of an object that a set of rules acts on.
#[derive(Clone, Copy)]
enum Fate<'a> {
    /// Reaches a promised class at an age.
    Archived { day: u32, class: &'a str },
    /// Reaches a promised class on a date, whatever its age.
    OnDate { date: &'a str, class: &'a str },
    /// Reaches a class from which no promised one can be reached.
    Elsewhere { when: &'a TransitionTime, class: &'a str },
    /// Expires at or before the day on which it would be archived.
    Expired { day: u32, archive_day: u32 },
    /// Stays out of the archive.
    Stays,
}

impl Fate<'_> {
    /// What is wrong with it; `None` when it is what is promised.
    fn deviation(self, promise: &Archive, whom: &str) -> Option<String> {
        let promised = promise.after.days();
        let on_time = |day| day == promised || (promise.or_earlier && day < promised);
        match self {
            Self::Archived { day, .. } if on_time(day) => None,
            Self::Archived { .. } => Some(format!("{}, not {}", self.words(whom), count(promised, "day"))),
            Self::OnDate { .. } => Some(format!("{}, not by age", self.words(whom))),
            Self::Elsewhere { .. } => Some(format!("{}, not to {}", self.words(whom), classes(promise))),
            Self::Expired { archive_day, .. } => {
                Some(format!("{}, which leaves nothing to archive after {}", self.words(whom), count(archive_day, "day")))
            }
            Self::Stays => Some(self.words(whom)),
        }
    }

    fn words(self, whom: &str) -> String {
        match self {
            Self::Archived { day, class } => format!("moves {whom} to {class} after {}", count(day, "day")),
            Self::OnDate { date, class } => format!("moves {whom} to {class} on {date}"),
            Self::Elsewhere { when: TransitionTime::Days(day), class } => format!("moves {whom} to {class} after {}", count(*day, "day")),
            Self::Elsewhere { when: TransitionTime::Date(date), class } => format!("moves {whom} to {class} on {date}"),
            Self::Expired { day, .. } => format!("expires {whom} after {}", count(day, "day")),
            Self::Stays => format!("does not archive {whom}"),
        }
    }
}

/// Follows an object through the moves of all rules that act on it.
///
/// # Errors
/// A gap when a move to a class that nobody knows comes before the archive.
fn fate<'a>(promise: &Archive, rules: &[&'a LifecycleRule]) -> Result<Fate<'a>, Gap> {
    let mut moves: Vec<&Transition> = rules.iter().flat_map(|rule| &rule.transitions).collect();
    // Of two moves on one day, S3 makes the one to the cheaper class:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
    moves.sort_by_key(|step| (age(step), Reverse(coldness(&step.class))));
    let mut class = "STANDARD";
    for step in moves {
        if !may_follow(class, &step.class) {
            continue;
        }
        let promised = promise.classes.contains(&step.class);
        match &step.when {
            TransitionTime::Days(day) if promised => return Ok(archived_or_expired(*day, &step.class, rules)),
            TransitionTime::Date(_) if promised && promise.or_earlier => continue,
            TransitionTime::Date(date) if promised => return Ok(Fate::OnDate { date, class: &step.class }),
            TransitionTime::Days(_) | TransitionTime::Date(_) => {}
        }
        if coldness(&step.class).is_none() {
            return Err(Gap::new(Cause::Unreadable, format!("`{}` is not a storage class that this version knows", step.class)));
        }
        if !promise.classes.iter().any(|promised| may_follow(&step.class, promised)) {
            return Ok(Fate::Elsewhere { when: &step.when, class: &step.class });
        }
        class = &step.class;
    }
    Ok(Fate::Stays)
}

fn archived_or_expired<'a>(archive_day: u32, class: &'a str, rules: &[&'a LifecycleRule]) -> Fate<'a> {
    match rules.iter().filter_map(|rule| rule.expiration_days).min() {
        Some(day) if day <= archive_day => Fate::Expired { day, archive_day },
        _ => Fate::Archived { day: archive_day, class },
    }
}

/// The age of the youngest object that a move takes; a date takes objects of any age.
fn age(step: &Transition) -> u32 {
    match step.when {
        TransitionTime::Days(days) => days,
        TransitionTime::Date(_) => 0,
    }
}

/// The place of a class in the order in which lifecycle rules can move objects.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>
fn coldness(class: &str) -> Option<u8> {
    let waterfall = ["STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];
    (0..).zip(waterfall).find(|(_, known)| *known == class).map(|(place, _)| place)
}

/// Whether a lifecycle rule can move an object from one class to another; a class that nobody knows may follow any.
fn may_follow(from: &str, to: &str) -> bool {
    let colder = coldness(to).is_none_or(|to| coldness(from).is_some_and(|from| from < to));
    colder && (from, to) != ("ONEZONE_IA", "GLACIER_IR")
}

/// What comes nearest to the promise in a bucket that archives nothing.
fn nearest_miss(promise: &Archive, rules: &[LifecycleRule]) -> String {
    let archives = |moves: &[Transition]| moves.iter().any(|step| promise.classes.contains(&step.class));
    let covers = |rule: &&LifecycleRule| rule.scope.covers_prefix(&promise.prefix);
    let classes = classes(promise);
    if rules.is_empty() {
        return "has no lifecycle rules".to_owned();
    }
    if let Some(off) = rules.iter().filter(covers).find(|rule| !rule.enabled && archives(&rule.transitions)) {
        return format!("has its rule {} that moves objects to {classes} disabled", named(off));
    }
    let (whole, partial) = acting_on(&promise.prefix, rules);
    let mut archiving = whole.iter().flat_map(|rule| &rule.transitions).filter(|step| promise.classes.contains(&step.class));
    if let Some(Transition { when: TransitionTime::Date(date), class }) = archiving.next() {
        return format!("moves {} to {class} on {date}, not by age", objects_under(&promise.prefix));
    }
    let parts: Vec<_> = partial.iter().filter(|rule| archives(&rule.transitions)).map(|rule| objects_in(&rule.scope)).collect();
    if !parts.is_empty() {
        return format!("moves only a part to {classes}: {}", parts.join(", "));
    }
    if whole.iter().any(|rule| archives(&rule.noncurrent_transitions)) {
        return format!("moves noncurrent versions only to {classes}");
    }
    format!("has no lifecycle rule that moves {} to {classes}", objects_under(&promise.prefix))
}

fn classes(promise: &Archive) -> String {
    promise.classes.iter().map(String::as_str).collect::<Vec<_>>().join(" or ")
}

fn named(rule: &LifecycleRule) -> &str {
    if rule.id.is_empty() { "without an id" } else { &rule.id }
}

#[cfg(test)]
mod tests;
