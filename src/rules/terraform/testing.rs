//! Small states for the tests of this domain.

use super::*;
use crate::estate::bucket::{DestinationBucket, ObjectScope};
use crate::estate::{Estate, Locus, StateLock};
use crate::plan::Claim;
use crate::rules::testing::*;

/// A complete S3 store in us-east-1.
pub(super) fn s3(name: &str) -> StateStore {
    StateStore {
        backend: "s3".to_owned(),
        bucket: seen(name.to_owned()),
        key: seen("prod.tfstate".to_owned()),
        region: seen("us-east-1".into()),
        encrypt: seen(true),
        lock: seen(StateLock::File),
        hostname: seen(None),
        at: Locus::Code { file: "main.tf".into(), line: 3, column: 1, from: None },
    }
}

/// A store of another backend.
pub(super) fn other(backend: &str) -> StateStore {
    StateStore { backend: backend.to_owned(), bucket: unread().into(), key: unread().into(), ..s3("") }
}

/// The bucket of the state, live, in us-east-1, versioned.
pub(super) fn state_bucket(change: impl FnOnce(&mut Bucket)) -> Bucket {
    let mut bucket = Bucket::unread(meta("tfstate"), &unread());
    bucket.versioning = seen(Versioning::Enabled);
    bucket.encryption = seen(None);
    bucket.replication = seen(Vec::new());
    change(&mut bucket);
    bucket
}

/// An enabled rule for everything to a region.
pub(super) fn copies_to(region: &str) -> ReplicationRule {
    ReplicationRule {
        id: "dr".to_owned(),
        enabled: true,
        scope: ObjectScope::default(),
        destination: Arn::from("arn:aws:s3:::tfstate-copy"),
        destination_account: None,
        destination_bucket: seen(DestinationBucket { region: seen(region.into()), versioning: seen(Versioning::Enabled) }),
        kms_objects: false,
        delete_markers: false,
        time_control_minutes: None,
    }
}

/// Judges a state that code names, with these live buckets.
pub(super) fn judged(rule: &Rule, claim: impl Into<Claim>, store: Option<StateStore>, buckets: impl IntoIterator<Item = Bucket>) -> Ruling {
    let mut declared = ViewEstate::new(View::Declared);
    declared.stores.extend(store);
    let mut estate = Estate::default();
    estate.add(declared);
    estate.add(live(buckets.into_iter().map(Into::into)));
    judge_whole(rule, &plan(claim), &estate)
}

/// The answer and the words of a ruling.
#[track_caller]
pub(super) fn said(ruling: Ruling) -> (Answer, String) {
    let judgement = ruling.expect("judged");
    (judgement.answer, judgement.found)
}
