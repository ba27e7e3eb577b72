//! What `lastro iam-policy` grants is what audits call, no more and no less, and the statistics count every call.

use std::collections::{BTreeMap, BTreeSet};

use lastro::collect::needs::{self, Call};
use lastro::estate::Need;

use crate::audit::{audit, program, run};
use crate::aws::sent;
use crate::estate::{World, parts};
use crate::proxy::{Effect, Entry};

/// From here on, tags of buckets are read in one listing; more than any threshold that would make sense.
const MANY_BUCKETS: usize = 40;

/// A call as the statistics name it. The signature names the tagging service otherwise than IAM does.
fn name(entry: &Entry) -> String {
    let service = if entry.call.service == "tagging" { "tag" } else { &entry.call.service };
    format!("{service}.{}", entry.call.operation)
}

fn counts(journal: &[Entry]) -> BTreeMap<String, u64> {
    journal.iter().fold(BTreeMap::new(), |mut counts, entry| {
        *counts.entry(name(entry)).or_default() += 1;
        counts
    })
}

/// Every call that lastro knows, by its name.
fn table() -> BTreeMap<String, &'static Call> {
    let calls = needs::all_calls(&Need::ALL.iter().copied().collect());
    calls.into_iter().map(|call| (call.name(), call)).collect()
}

/// The permissions that the printed policy grants.
fn granted(world: &World) -> BTreeSet<String> {
    let run = run(program(world).args(["iam-policy", "policies/flowise.yaml"]));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let policy: serde_json::Value = serde_json::from_str(&run.stdout).expect("a policy in JSON");
    let statements = policy["Statement"].as_array().expect("statements");
    assert!(statements.iter().all(|statement| statement["Effect"] == "Allow"), "{policy}");
    let actions = statements.iter().filter_map(|statement| statement["Action"].as_array()).flatten();
    actions.map(|action| action.as_str().expect("an action").to_owned()).collect()
}

/// The permissions that the calls of a journal take.
fn taken(journal: &[Entry]) -> BTreeSet<String> {
    let table = table();
    let call = |entry: &Entry| *table.get(&name(entry)).unwrap_or_else(|| panic!("a call that no table lists: {}", name(entry)));
    journal.iter().filter_map(|entry| call(entry).permission.as_ref()).map(|action| action.as_str().to_owned()).collect()
}

/// The permissions that an audit takes in a world as it is now.
fn audited(world: &World) -> BTreeSet<String> {
    world.proxy.take_journal();
    audit(world).report();
    taken(&world.proxy.take_journal())
}

#[test]
fn every_call_is_counted_and_granted() {
    let Some(world) = World::sound("policy::every_call_is_counted_and_granted") else { return };
    let report = audit(&world).report();
    let journal = world.proxy.take_journal();
    assert_eq!(report.stats.api_calls, counts(&journal), "the statistics and the journal");
    let (granted, taken) = (granted(&world), taken(&journal));
    assert!(taken.is_subset(&granted), "called, and not granted: {:?}", taken.difference(&granted).collect::<Vec<_>>());
    assert!(taken.len() >= 15, "{taken:?}");
}

#[test]
fn attempts_are_counted_too() {
    let Some(world) = World::sound("policy::attempts_are_counted_too") else { return };
    world.proxy.weather(7, vec![(0.2, Effect::Throttle), (0.1, Effect::Fail(500)), (0.05, Effect::Drop)]);
    let report = audit(&world).report();
    let journal = world.proxy.take_journal();
    assert!(journal.iter().any(|entry| entry.status != Some(200)), "no weather at all");
    assert_eq!(report.stats.api_calls, counts(&journal), "the statistics and the journal");
}

/// Most permissions are used by every audit; the rest where the estate or a refusal makes the call worth it.
#[test]
fn every_permission_is_of_use() {
    let Some(world) = World::sound("policy::every_permission_is_of_use") else { return };
    let granted = granted(&world);
    let mut used = audited(&world);

    // Where the listing does not say the region of a bucket, its location is asked, and where that is refused, its head.
    world.proxy.inject_into("ListBuckets", Effect::rewrite(|body| body.replace("BucketRegion", "BucketPlace")));
    used.extend(audited(&world));
    world.proxy.inject_into("GetBucketLocation", Effect::Deny);
    used.extend(audited(&world));
    world.proxy.clear();

    // An open port behind a prefix list.
    parts::open_to_prefix_list(&world.aws, &world.names.database_group, &["203.0.113.0/24"]);
    // So many buckets that one listing of all tags saves calls.
    for number in 0..MANY_BUCKETS {
        sent!(world.aws.s3.create_bucket().bucket(format!("many-{number}-{}", world.account.id)));
    }
    used.extend(audited(&world));

    let idle: BTreeSet<_> = granted.difference(&used).collect();
    assert!(idle.is_empty(), "granted, and never used: {idle:?}");
    assert_eq!(used, granted, "used, and not granted");
}
