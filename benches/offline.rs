//! What an audit costs without a network: loading states, judging estates, writing reports.
//!
//! Throughput is per element, so that a cost that grows faster than its input shows at a glance. Nothing here asserts a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use anyhow::Context as _;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use jiff::Timestamp;
use lastro::collect::terraform::state::{assemble, load_bytes};
use lastro::estate::bucket::{
    Bucket, DestinationBucket, Encryption, LifecycleRule, ObjectScope, ReplicationRule, Transition, TransitionTime, Versioning,
};
use lastro::estate::{Action, Arn, Cause, Estate, Fact, Gap, Kind, Locus, Meta, Region, Scope, View, ViewEstate};
use lastro::plan::Plan;
use lastro::report::model::Report;
use lastro::report::{Format, Style, write};
use lastro::rules::engine::{Request, judge};

const PLAN: &str = include_str!("plan.yaml");
const SPECIMEN: &str = include_str!("../reports/specimen/report.v1.json");

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    states(&mut criterion);
    estates(&mut criterion)?;
    reports(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// Loading a Terraform state: one resource in ten is a bucket, the others are only skipped over and searched for secrets.
fn states(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load a state");
    for resources in [1_000, 10_000, 100_000] {
        let text = state(resources);
        group.throughput(Throughput::Elements(resources));
        group.bench_with_input(BenchmarkId::from_parameter(resources), &text, |bencher, text| {
            let load = |bytes| assemble(vec![load_bytes("bench.tfstate", bytes)]);
            bencher.iter_batched(|| text.clone().into_bytes(), |bytes| black_box(load(bytes)), BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn state(resources: u64) -> String {
    let mut text = r#"{"version":4,"terraform_version":"1.9.0","serial":1,"lineage":"bench","outputs":{},"resources":["#.to_owned();
    let padding = "x".repeat(1_500);
    for at in 0..resources {
        let kind = if at % 10 == 0 { "aws_s3_bucket" } else { "aws_cloudwatch_metric_alarm" };
        let comma = if at == 0 { "" } else { "," };
        let provider = r#"provider[\"registry.terraform.io/hashicorp/aws\"]"#;
        let written = write!(
            text,
            r#"{comma}{{"mode":"managed","type":"{kind}","name":"r{at}","provider":"{provider}","instances":[{{"schema_version":0,
            "attributes":{{"id":"bench-{at}","bucket":"bench-{at}","arn":"arn:aws:s3:::bench-{at}","region":"us-east-1",
            "tags_all":{{"System":"flowise"}},"description":"{padding}","dimensions":{{"a":"one","b":"two","c":"three"}}}},
            "sensitive_attributes":[]}}]}}"#
        );
        debug_assert!(written.is_ok(), "text takes everything");
    }
    text + "]}"
}

/// Judging: three promises about every bucket, in one view.
fn estates(criterion: &mut Criterion) -> anyhow::Result<()> {
    let plan = Plan::parse("benches/plan.yaml", PLAN.as_bytes())?;
    let now: Timestamp = "2026-11-20T12:00:00Z".parse()?;
    let only = BTreeSet::from(["s3-versioning", "s3-lifecycle-archive", "s3-replication"].map(str::to_owned));
    let mut group = criterion.benchmark_group("judge an estate");
    for buckets in [1_000, 10_000] {
        let mut estate = Estate::default();
        estate.add(live(buckets));
        group.throughput(Throughput::Elements(buckets));
        group.bench_with_input(BenchmarkId::from_parameter(buckets), &estate, |bencher, estate| {
            bencher.iter(|| judge(&Request { plan: &plan, estate, now, gate: None, only: &only }));
        });
    }
    group.finish();
    Ok(())
}

fn live(buckets: u64) -> ViewEstate {
    let mut view = ViewEstate::new(View::Live);
    view.listed(Kind::Bucket, Scope::Whole, None);
    (0..buckets).for_each(|at| view.add(bucket(at)));
    view.sort();
    view
}

fn seen<T>(value: T) -> Fact<T> {
    Fact::known_at(value, Locus::Api(Action::of("s3:GetBucketVersioning")))
}

fn bucket(at: u64) -> Bucket {
    let name = format!("bench-{at:05}");
    let meta = Meta {
        arn: seen(Arn::from(format!("arn:aws:s3:::{name}"))),
        name: seen(name),
        region: seen(Region::from("us-east-1")),
        account: seen("123456789012".into()),
        tags: seen(BTreeMap::from([("System".to_owned(), "flowise".to_owned())])),
        address: None,
        tainted: false,
        handles: Vec::new(),
        ignored: None,
    };
    let archive = LifecycleRule {
        id: "archive".to_owned(),
        enabled: true,
        scope: ObjectScope::default(),
        transitions: vec![Transition { when: TransitionTime::Days(30), class: "GLACIER".to_owned() }],
        noncurrent_transitions: Vec::new(),
        expiration_days: None,
        noncurrent_expiration_days: None,
    };
    let copy = ReplicationRule {
        id: "dr".to_owned(),
        enabled: true,
        scope: ObjectScope::default(),
        destination: Arn::from("arn:aws:s3:::bench-replica".to_owned()),
        destination_account: None,
        destination_bucket: seen(DestinationBucket { region: seen("us-west-2".into()), versioning: seen(Versioning::Enabled) }),
        kms_objects: false,
        delete_markers: false,
        time_control_minutes: None,
    };
    Bucket {
        versioning: seen(Versioning::Enabled),
        lifecycle: seen(vec![archive]),
        replication: seen(vec![copy]),
        encryption: seen(Some(Encryption { algorithm: "AES256".to_owned(), key: None })),
        ..Bucket::unread(meta, &Gap::new(Cause::NotRead, "not part of this"))
    }
}

/// Writing: the committed specimen, its findings repeated.
fn reports(criterion: &mut Criterion) -> anyhow::Result<()> {
    let mut report: Report = serde_json::from_str(SPECIMEN).context("reports/specimen/report.v1.json")?;
    let findings = std::mem::take(&mut report.findings);
    report.findings = findings.iter().cycle().take(1_000).cloned().collect();
    let mut group = criterion.benchmark_group("write 1,000 findings");
    group.throughput(Throughput::Elements(1_000));
    for format in Format::ALL {
        group.bench_function(format.as_str(), |bencher| {
            bencher.iter(|| {
                let mut out = Vec::new();
                write(format, &report, &Style::PLAIN, &mut out).map(|()| out)
            });
        });
    }
    group.finish();
    Ok(())
}
