//! What an audit costs without a network: loading states, evaluating code, judging estates, writing reports.
//!
//! Throughput is per element, so that a cost that grows faster than its input shows at a glance. Nothing here asserts a time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use jiff::Timestamp;
use lastro::collect::redact::Redactor;
use lastro::collect::terraform::asked::Asked;
use lastro::collect::terraform::hcl::declare::{self, Root};
use lastro::collect::terraform::hcl::expand::{Inputs, expand};
use lastro::collect::terraform::hcl::syntax::Files;
use lastro::collect::terraform::state::lookup::Lookup;
use lastro::collect::terraform::state::{Loader, assemble};
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
    code(&mut criterion)?;
    estates(&mut criterion)?;
    reports(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// Loading a Terraform state: one resource in ten is a bucket, the others are only skipped over and searched for secrets. Then the
/// same when nothing asks for buckets.
fn states(criterion: &mut Criterion) {
    for (name, asked) in [("load a state", Asked::default()), ("skip over a state", Asked::of([Kind::DbInstance], false))] {
        let loader = Loader::new(Arc::new(asked));
        let mut group = criterion.benchmark_group(name);
        for resources in [1_000, 10_000, 100_000] {
            let text = state(resources);
            group.throughput(Throughput::Elements(resources));
            group.bench_with_input(BenchmarkId::from_parameter(resources), &text, |bencher, text| {
                let load = |bytes| assemble(vec![loader.bytes("bench.tfstate", bytes)]);
                bencher.iter_batched(|| text.clone().into_bytes(), |bytes| black_box(load(bytes)), BatchSize::PerIteration);
            });
        }
        group.finish();
    }
}

/// One service of many: names from variables, a bucket with its parts, a database that hangs on a condition.
const SERVICE: &str = r#"
locals {
  name_N = join("-", compact([var.prefix, "svcN", var.stage]))
  tags_N = merge(var.tags, { Service = local.name_N, Tier = var.stage == "prod" ? "1" : "2" })
}
resource "aws_s3_bucket" "svcN" {
  for_each = toset(["data", "logs"])
  bucket   = "${local.name_N}-${each.key}"
  tags     = merge(local.tags_N, { Purpose = title(each.value) })
}
resource "aws_s3_bucket_versioning" "svcN" {
  for_each = aws_s3_bucket.svcN
  bucket   = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}
resource "aws_db_instance" "svcN" {
  identifier              = lower("${local.name_N}-db")
  engine                  = "postgres"
  backup_retention_period = var.stage == "prod" ? 35 : try(var.retention[var.stage], 7)
  multi_az                = var.stage == "prod"
  tags                    = local.tags_N
}
"#;

const VARIABLES: &str = r#"
provider "aws" {
  region = "us-east-1"
}
variable "prefix" { default = "acme" }
variable "stage" { default = "prod" }
variable "tags" { default = { System = "flowise" } }
variable "retention" { default = { prod = 14 } }
"#;

/// Evaluating code: reading it, expanding it and mapping it, by the block.
fn code(criterion: &mut Criterion) -> anyhow::Result<()> {
    let mut group = criterion.benchmark_group("evaluate code");
    for blocks in [1_000_u64, 10_000] {
        let folder = tempfile::tempdir()?;
        let services: String = (0..blocks / 4).map(|at| SERVICE.replace('N', &at.to_string())).collect();
        std::fs::write(folder.path().join("main.tf"), VARIABLES.to_owned() + &services)?;
        group.throughput(Throughput::Elements(blocks));
        group.bench_function(BenchmarkId::from_parameter(blocks), |bencher| bencher.iter(|| evaluate(folder.path())));
    }
    group.finish();
    Ok(())
}

fn evaluate(folder: &Path) -> anyhow::Result<usize> {
    let recorded = Rc::new(Lookup::new(folder, Vec::new(), Vec::new()));
    let asked = Asked::default();
    let mut files = Files::default();
    let inputs = Inputs {
        folder,
        shown: "bench",
        given: Vec::new(),
        environment: None,
        workspace: None,
        wanted: &|resource_type| asked.evaluates(resource_type),
        recorded: recorded.clone(),
        computed: declare::computed(),
    };
    let expansion = expand(&mut files, &inputs)?;
    let root = Root { shown: "bench", files: &files, expansion: &expansion, recorded: &*recorded, asked: &asked };
    let declared = declare::declared(&[root], &Redactor::default(), &BTreeSet::new());
    Ok(declared.readings.iter().map(|reading| reading.estate.len()).sum())
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
    for buckets in [1_000, 10_000, 100_000] {
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
