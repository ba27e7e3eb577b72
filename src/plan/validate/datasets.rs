//! Datasets: each copy and each protection becomes the claim that its mechanism and its kind of data mean.

use std::collections::{BTreeMap, BTreeSet};

use super::{Builder, Group, also_in, listed, places_text, sentence};
use crate::estate::Region;
use crate::plan::claim::{
    Archive, BackupRetention, BucketEncryption, DatabaseEncryption, DeletionProtection, ManualSnapshot, MultiAz, ObjectLocked,
    PublicAccessBlocked, Replica, Replication, Restorable, Versions,
};
use crate::plan::error::nearest;
use crate::plan::later::LaterRule;
use crate::plan::schema::{
    ArchivePart, BackupsPart, BucketPart, CopyPart, DatasetPart, DumpPart, EncryptionWord, EngineWord, FailoverPart, Head, KindWord,
    LockWord, MechanismWord, ProtectionPart, ReplicaPart, ReplicationPart, RestorablePart, StandbyPart, StandbyWord, SyncPart, WalPart,
    Word as _, Words,
};
use crate::plan::{Claim, Section};

/// What a promise reads like, and what it claims.
type Said = (String, Claim);

/// Reads the datasets.
pub(super) fn datasets(build: &mut Builder, datasets: &BTreeMap<String, DatasetPart>) {
    for (name, part) in datasets {
        let group = build.group(Section::Datasets, name, part.select.as_ref());
        for promised in &part.copies.0 {
            copy(build, &group, part, &promised.head, &promised.says);
        }
        for promised in &part.protection.0 {
            if let Some((text, claim)) = protection(build, name, part, &promised.head, &promised.says) {
                build.promise(&group, &promised.head, text, claim);
            }
        }
    }
}

/// Whether RDS or Aurora runs the database.
fn is_managed(part: &DatasetPart) -> bool {
    match part.engine {
        Some(EngineWord::Rds | EngineWord::Aurora) => true,
        Some(EngineWord::SelfManaged) => false,
        None => is_sql(part.kind),
    }
}

fn is_sql(kind: KindWord) -> bool {
    match kind {
        KindWord::Postgres | KindWord::Mysql | KindWord::Mariadb | KindWord::Oracle | KindWord::Sqlserver => true,
        KindWord::Mongodb
        | KindWord::Redis
        | KindWord::Objects
        | KindWord::Files
        | KindWord::Logs
        | KindWord::Configuration
        | KindWord::Images => false,
    }
}

fn copy(build: &mut Builder, group: &Group<'_>, part: &DatasetPart, head: &Head, says: &CopyPart) {
    let name = group.name;
    let said: Option<Said> = match says {
        CopyPart::Backups(it) => Some(backups(name, it)),
        CopyPart::AutomatedBackups(it) => {
            let claim = BackupRetention { keep: it.keep, or_by: Vec::new() };
            Some((format!("automated backups of {name} are kept {}", it.keep), claim.into()))
        }
        CopyPart::ManualSnapshot(it) => {
            let claim = ManualSnapshot { at_most_old: it.at_most };
            Some((format!("a manual snapshot of {name} is at most {} old", it.at_most), claim.into()))
        }
        CopyPart::Restorable(it) => Some(restorable(name, &it.0)),
        CopyPart::PointInTime(it) => Some(point_in_time(name, part, &it.0)),
        CopyPart::MultiAz(_) => Some((format!("{name} has a synchronous standby in another zone"), MultiAz.into())),
        CopyPart::Standby(it) => Some(standby(name, part, &it.0)),
        CopyPart::Replica(it) => {
            replica(build, group, head, &it.0);
            None
        }
        CopyPart::Versions(it) => {
            versions(build, group, head, it.0.keep);
            None
        }
        CopyPart::Archive(it) => archive(build, name, head, it),
        CopyPart::Replication(it) => replication(build, name, head, &it.0),
        CopyPart::Snapshot(it) => dump(build, name, head, "snapshots", LaterRule::SnapshotCadence, it),
        CopyPart::Dump(it) => dump(build, name, head, "backups", LaterRule::DumpCadence, it),
        CopyPart::AwsBackup(it) => dump(build, name, head, "AWS Backup recovery points", LaterRule::AwsBackupPlan, it),
        CopyPart::LogArchive(it) => dump(build, name, head, "archived logs", LaterRule::LogArchive, it),
        CopyPart::Failover(it) => Some(failover(name, &it.0)),
        CopyPart::Nodes(it) => {
            let how = it.failover.map(|word| format!(" with {} failover", word.text())).unwrap_or_default();
            Some(later(LaterRule::ClusterNodes, format!("{name} runs on at least {} nodes{how}", it.at_least)))
        }
        CopyPart::Wal(it) => Some(wal(name, &it.0)),
        CopyPart::Job(it) => {
            let job = it.name.as_ref().map(|job| format!(" {job}")).unwrap_or_default();
            let every = it.every.map(|every| format!(" every {every}")).unwrap_or_default();
            Some(later(LaterRule::BackupJob, format!("{} runs the backup{job} of {name}{every}", it.by)))
        }
        CopyPart::Lifecycle(_) => Some(later(LaterRule::LifecycleExists, format!("the buckets of {name} have lifecycle rules"))),
        CopyPart::Sync(it) => Some(sync(name, it)),
        CopyPart::Git(it) => {
            let remote = it.0.remote.as_ref().map(|remote| format!(" at {remote}")).unwrap_or_default();
            let paths = if it.0.paths.0.is_empty() { name.to_owned() } else { format!("{name} ({})", listed(&it.0.paths)) };
            Some(later(LaterRule::GitTracked, format!("{paths}: versioned in Git{remote}")))
        }
        CopyPart::Registry(it) => {
            let registry = it.0.registry.as_ref().map_or_else(|| "a registry".to_owned(), ToString::to_string);
            let text = with_parts(&format!("the images of {name} are in {registry}"), &sentence([also_in(&it.0.also_in)]));
            Some(later(LaterRule::ImageRegistry, text))
        }
        CopyPart::Bucket(it) => Some(bucket(name, it)),
    };
    if let Some((text, claim)) = said {
        build.promise(group, head, text, claim);
    }
}

fn later(rule: LaterRule, text: String) -> Said {
    let claim = rule.claim(text.clone());
    (text, claim.into())
}

fn failover(name: &str, it: &FailoverPart) -> Said {
    let what = it.cluster.as_ref().map_or_else(|| name.to_owned(), |cluster| format!("the database cluster {cluster}"));
    let how = it.failover.map(|word| format!(" ({})", word.text())).unwrap_or_default();
    let within = it.within.map(|within| format!(" within {within}")).unwrap_or_default();
    later(LaterRule::DatabaseFailover, format!("{what} exists and can fail over{how}{within}"))
}

fn wal(name: &str, it: &WalPart) -> Said {
    let parts = sentence([
        it.keep.map(|keep| format!("kept {keep}")),
        it.to.as_ref().map(|to| format!("in {to}")),
        it.newest_within.map(|age| format!("the newest segment at most {age} old")),
        also_in(&it.also_in),
    ]);
    later(LaterRule::WalArchive, with_parts(&format!("the write-ahead log of {name} is archived without holes"), &parts))
}

fn bucket(name: &str, it: &BucketPart) -> Said {
    let parts = sentence([
        (!it.place.0.is_empty()).then(|| format!("in {}", places_text(&it.place))),
        it.endpoint.as_ref().map(|endpoint| format!("at {endpoint}")),
        it.storage_class.as_ref().map(|class| format!("in storage class {class}")),
    ]);
    later(LaterRule::BucketExists, with_parts(&format!("{} exists and holds {name}", it.at), &parts))
}

fn with_parts(start: &str, parts: &str) -> String {
    if parts.is_empty() { start.to_owned() } else { format!("{start}, {parts}") }
}

fn backups(name: &str, it: &BackupsPart) -> Said {
    let counts = [MechanismWord::AwsBackup, MechanismWord::Dumps].into_iter().filter(|word| !it.not.0.contains(word));
    let claim = BackupRetention { keep: it.keep, or_by: counts.map(|word| word.text().to_owned()).collect() };
    (format!("backups of {name} are kept {}", it.keep), claim.into())
}

fn restorable_text(name: &str, it: &RestorablePart) -> String {
    let newest = match it.latest_within {
        Some(within) => format!("{name} can be restored to a point at most {within} old"),
        None => format!("there is a backup to restore {name} from"),
    };
    with_parts(&newest, &sentence([it.reaches_back.map(|back| format!("reaching back {back}"))]))
}

fn restorable(name: &str, it: &RestorablePart) -> Said {
    let claim = Restorable { latest_within: it.latest_within, reaches_back: it.reaches_back };
    (restorable_text(name, it), claim.into())
}

fn point_in_time(name: &str, part: &DatasetPart, it: &RestorablePart) -> Said {
    let back = it.reaches_back.map(|back| format!(", reaching back {back}")).unwrap_or_default();
    let text = format!("{name} can be recovered to a point in time{back}");
    if is_managed(part) {
        // RDS keeps log for point-in-time recovery exactly when it keeps automated backups.
        let claim = Restorable { latest_within: it.latest_within, reaches_back: it.reaches_back };
        return (text, claim.into());
    }
    later(LaterRule::PointInTime, text)
}

fn standby(name: &str, part: &DatasetPart, it: &StandbyPart) -> Said {
    let mode = it.mode.map_or("a", |mode| match mode {
        StandbyWord::Synchronous => "a synchronous",
        StandbyWord::Asynchronous => "an asynchronous",
    });
    let parts =
        sentence([it.failover.map(|word| format!("{} failover", word.text())), it.by.as_ref().map(|by| format!("managed by {by}"))]);
    let text = with_parts(&format!("{name} has {mode} standby"), &parts);
    // A standby that something other than RDS manages is not a Multi-AZ deployment.
    if is_managed(part) && it.by.is_none() && it.mode != Some(StandbyWord::Asynchronous) {
        return (text, MultiAz.into());
    }
    later(LaterRule::Standby, text)
}

fn replica(build: &mut Builder, group: &Group<'_>, head: &Head, it: &ReplicaPart) {
    let name = group.name;
    if let Some(replica) = &it.name {
        let place = if it.place.0.is_empty() { String::new() } else { format!(" in {}", places_text(&it.place)) };
        let (text, claim) = later(LaterRule::ReplicaExists, format!("the read replica {replica} of {name} exists{place} and is available"));
        build.promise(group, head, text, claim);
        return;
    }
    let at_least = it.at_least.unwrap_or(1);
    let other_zone = it.place.0.iter().any(|word| word.0 == "another-zone");
    if at_least == 0 || (other_zone && it.place.0.len() > 1) {
        build.problem(
            head.span,
            head.width,
            "this promise of replicas can be read in two ways",
            "give at_least 1 or more, and either another-zone or regions",
        );
        return;
    }
    let in_regions: Vec<Region> = if other_zone { Vec::new() } else { build.places(head.span, head.width, &it.place.0) };
    let place = if in_regions.is_empty() { "another zone".to_owned() } else { places_text(&it.place) };
    let count = if at_least == 1 { "a read replica".to_owned() } else { format!("at least {at_least} read replicas") };
    build.promise(group, head, format!("{name} has {count} in {place}"), Replica { at_least, in_regions });
    if let Some(lag) = it.lag_at_most {
        let (text, claim) = later(LaterRule::ReplicaLag, format!("replicas of {name} lag at most {lag} behind"));
        build.promise(group, head, text, claim);
    }
}

fn versions(build: &mut Builder, group: &Group<'_>, head: &Head, keep: Option<crate::plan::Period>) {
    let name = group.name;
    build.promise(group, head, format!("the buckets of {name} keep old versions of objects"), Versions);
    if let Some(keep) = keep {
        let (text, claim) = later(LaterRule::VersionRetention, format!("old versions of {name} are kept {keep}"));
        build.promise(group, head, text, claim);
    }
}

/// What the document calls a class, and the classes of the API that are meant.
const CLASSES: &[(&str, &[&str])] = &[
    ("glacier", &["GLACIER", "GLACIER_IR"]),
    ("deep-archive", &["DEEP_ARCHIVE"]),
    ("intelligent-tiering", &["INTELLIGENT_TIERING"]),
    ("GLACIER", &["GLACIER"]),
    ("GLACIER_IR", &["GLACIER_IR"]),
    ("DEEP_ARCHIVE", &["DEEP_ARCHIVE"]),
    ("INTELLIGENT_TIERING", &["INTELLIGENT_TIERING"]),
    ("STANDARD_IA", &["STANDARD_IA"]),
    ("ONEZONE_IA", &["ONEZONE_IA"]),
];

fn archive(build: &mut Builder, name: &str, head: &Head, it: &ArchivePart) -> Option<Said> {
    let mut classes = BTreeSet::new();
    let mut names = Vec::new();
    for class in &it.class.0 {
        names.push(class.value.clone());
        match CLASSES.iter().find(|(name, _)| *name == class.value.0) {
            Some((_, api)) => classes.extend(api.iter().map(|&class| class.to_owned())),
            None => {
                let near = nearest(&class.value.0, CLASSES.iter().map(|(name, _)| *name)).map(|near| format!("; did you mean `{near}`?"));
                let message = format!("unknown storage class `{}`{}", crate::plan::tree::shorten(&class.value.0), near.unwrap_or_default());
                let known: Vec<&str> = CLASSES.iter().map(|(name, _)| *name).collect();
                build.problem(class.span, class.width, message, format!("known here: {}", known.join(", ")));
            }
        }
    }
    if it.class.0.is_empty() {
        names.push(Words("Glacier".to_owned()));
        classes.extend(["GLACIER", "GLACIER_IR"].map(str::to_owned));
    }
    let (after, or_earlier) = match (it.after, it.within) {
        (Some(after), None) => (after, false),
        (None, Some(within)) => (within, true),
        _ => {
            build.absent(
                head,
                "when the objects move is not clear",
                "give `after: 30d` for exactly 30 days, or `within: 30d` for 30 days or earlier",
            );
            return None;
        }
    };
    let what = if it.prefix.is_empty() { format!("objects of {name}") } else { format!("objects of {name} under {}", it.prefix) };
    let when = if or_earlier { "within" } else { "after" };
    let text = format!("{what} move to {} {when} {after}", names.iter().map(|name| name.0.as_str()).collect::<Vec<_>>().join(" or "));
    Some((text, Archive { classes, after, or_earlier, prefix: it.prefix.clone() }.into()))
}

fn replication(build: &mut Builder, name: &str, head: &Head, it: &ReplicationPart) -> Option<Said> {
    let to_regions = if it.to.0.is_empty() { build.regions.recovery.clone() } else { build.places(head.span, head.width, &it.to.0) };
    if to_regions.is_empty() && it.to.0.is_empty() {
        build.absent(head, "this replication has no destination", "add `to: REGION` here, or `recovery: REGION` under `regions`");
        return None;
    }
    let to = if it.to.0.is_empty() { "the recovery region".to_owned() } else { places_text(&it.to) };
    let parts =
        sentence([it.to_bucket.as_ref().map(|bucket| format!("bucket {bucket}")), it.within.map(|within| format!("within {within}"))]);
    let what = if it.prefix.is_empty() { format!("objects of {name}") } else { format!("objects of {name} under {}", it.prefix) };
    let claim = Replication {
        to_regions,
        to_account: it.to_account.as_ref().map(|account| account.0.clone()),
        to_bucket: it.to_bucket.as_ref().map(ToString::to_string),
        prefix: it.prefix.clone(),
        delete_markers: it.delete_markers,
        within: it.within,
    };
    Some((with_parts(&format!("{what} are replicated to {to}"), &parts), claim.into()))
}

fn dump(build: &mut Builder, name: &str, head: &Head, noun: &str, rule: LaterRule, it: &DumpPart) -> Option<Said> {
    let parts = sentence([
        it.every.map(|every| format!("made every {every}")),
        it.at.as_ref().map(|at| format!("at {} UTC", at.0)),
        it.keep.map(|keep| format!("kept {keep}")),
        it.removed_within.map(|grace| format!("removed within {} after that", grace.0)),
        it.to.as_ref().map(|to| format!("stored in {to}")),
        also_in(&it.also_in),
        it.storage_class.as_ref().map(|class| format!("in storage class {class}")),
        it.key.as_ref().map(|key| format!("laid out as {key}")),
        it.name.as_ref().map(|name| format!("named {name}")),
        (!it.contains.0.is_empty()).then(|| format!("consisting of {}", listed(&it.contains))),
        it.compressed.as_ref().map(|how| if how.0 == "any" { "compressed".to_owned() } else { format!("compressed with {how}") }),
        it.encrypted.as_ref().map(|how| if how.0 == "any" { "encrypted".to_owned() } else { format!("encrypted with {how}") }),
        it.newest_within.map(|age| format!("the newest at most {age} old")),
        it.takes_at_most.map(|time| format!("each made in at most {time}")),
        it.size_deviates_at_most.as_ref().map(|percent| format!("sizes deviating at most {}", percent.0)),
        it.success_rate.as_ref().map(|percent| format!("{} successful", percent.0)),
    ]);
    if parts.is_empty() {
        build.absent(
            head,
            "this copy promises nothing",
            "say how often it is made (`every`), how long it is kept (`keep`), where it goes (`to`), …",
        );
        return None;
    }
    let mode = it.mode.map(|mode| format!("{} ", mode.text())).unwrap_or_default();
    Some(later(rule, format!("{mode}{noun} of {name}: {parts}")))
}

fn sync(name: &str, it: &SyncPart) -> Said {
    let every = it.every.map(|every| if every.0.count == 0 { "continuously".to_owned() } else { format!("every {}", every.0) });
    let parts = sentence([
        every,
        it.keep.map(|keep| format!("kept {keep}")),
        it.deletes.then(|| "deleting what is gone".to_owned()),
        it.newest_within.map(|age| format!("the newest copy at most {age} old")),
    ]);
    let from = it.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
    let to = it.to.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
    later(LaterRule::FileSync, with_parts(&format!("{name} is copied{from}{to}"), &parts))
}

fn protection(build: &mut Builder, name: &str, part: &DatasetPart, head: &Head, says: &ProtectionPart) -> Option<Said> {
    Some(match says {
        ProtectionPart::Encryption(word) => encryption(name, part, *word),
        ProtectionPart::PublicAccessBlocked(_) => (format!("the buckets of {name} refuse public access"), PublicAccessBlocked.into()),
        ProtectionPart::ObjectLock(it) => {
            let compliance = it.0.mode == Some(LockWord::Compliance);
            let keep = it.0.keep.map(|keep| format!(" for {keep}")).unwrap_or_default();
            let mode = if compliance { " in compliance mode" } else { "" };
            (format!("objects of {name} are locked{mode}{keep}"), ObjectLocked { compliance, keep: it.0.keep }.into())
        }
        ProtectionPart::DeletionProtection(_) if is_managed(part) => (format!("{name} refuses deletion"), DeletionProtection.into()),
        ProtectionPart::DeletionProtection(_) => {
            build.problem(
                head.span,
                head.width,
                "`deletion_protection` is a setting of RDS and Aurora",
                "give the dataset `engine: rds` or `engine: aurora`, or use `object_lock` or `versions` for buckets",
            );
            return None;
        }
        ProtectionPart::Answers(_) => later(LaterRule::DatabaseAnswers, format!("{name} answers")),
        ProtectionPart::Version(it) => later(LaterRule::DatabaseVersion, format!("{name} runs version {} or later", it.at_least)),
        ProtectionPart::Setting(it) => {
            let place = it.place.as_ref().map(|place| format!(" in {place}")).unwrap_or_default();
            later(LaterRule::BackupSetting, format!("the backup of {name} runs with {}={}{place}", it.name, it.value))
        }
    })
}

fn encryption(name: &str, part: &DatasetPart, word: EncryptionWord) -> Said {
    let kms = word == EncryptionWord::Kms;
    let with = if kms { " with a KMS key" } else { "" };
    match part.kind {
        _ if is_managed(part) => (format!("the storage of {name} is encrypted"), DatabaseEncryption.into()),
        KindWord::Objects | KindWord::Logs => (format!("the buckets of {name} are encrypted{with}"), BucketEncryption { kms }.into()),
        _ => later(LaterRule::FileEncryption, format!("{name} is encrypted at rest{with}")),
    }
}
