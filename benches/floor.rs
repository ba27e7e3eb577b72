//! The floor of `cargo xtask bench`: the calls that an audit of `benches/plan.yaml` makes, sent with the SDK at the same
//! concurrency, their answers dropped. What an audit costs above this is lastro's own.
//!
//! `floor ENDPOINT KEY=VALUE…` reads the buckets with these tags and prints how many calls that took. `floor --json FILE` passes
//! over a JSON file and keeps nothing: the least that reading a state can cost.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use futures::future::FutureExt as _;
use futures::stream::{self, StreamExt as _};

/// As `lastro::collect::aws::Settings` has it for S3.
const CONCURRENCY: usize = 32;
const PRIMARY: &str = "us-east-1";
const RECOVERY: &str = "us-west-2";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, path] = arguments.as_slice()
        && flag == "--json"
    {
        let file = std::io::BufReader::with_capacity(1 << 20, std::fs::File::open(path)?);
        let _: serde::de::IgnoredAny = serde_json::from_reader(file)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some((endpoint, tags)) = arguments.split_first() else {
        writeln!(std::io::stderr(), "floor: needs an emulator; `cargo xtask bench` runs it")?;
        return Ok(ExitCode::SUCCESS);
    };
    let tags: BTreeMap<&str, &str> = tags.iter().filter_map(|tag| tag.split_once('=')).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let calls = runtime.block_on(read(endpoint, &tags))?;
    writeln!(std::io::stdout(), "{calls}")?;
    Ok(ExitCode::SUCCESS)
}

async fn config(endpoint: &str) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    aws_config::defaults(BehaviorVersion::latest()).region(Region::new(PRIMARY)).http_client(http).endpoint_url(endpoint).load().await
}

async fn read(endpoint: &str, tags: &BTreeMap<&str, &str>) -> anyhow::Result<usize> {
    let config = config(endpoint).await;
    aws_sdk_sts::Client::new(&config).get_caller_identity().send().boxed().await?;
    let (buckets, home, away) = futures::join!(buckets(&config, tags), databases(&config, PRIMARY), databases(&config, RECOVERY));
    Ok(1 + buckets? + home? + away?)
}

/// The list, the tags, then versioning, lifecycle, replication and encryption of every bucket that has the tags.
async fn buckets(config: &SdkConfig, tags: &BTreeMap<&str, &str>) -> anyhow::Result<usize> {
    let s3 = aws_sdk_s3::config::Builder::from(config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    let listed = s3.list_buckets().max_buckets(10_000).send().boxed().await?;
    let (selected, pages) = tagged(config, tags).await?;
    let calls = selected.iter().flat_map(|bucket| SETTINGS.map(|setting| (bucket, setting)));
    let sent = stream::iter(calls).map(|(bucket, setting)| setting_of(&s3, bucket, setting));
    sent.buffer_unordered(CONCURRENCY).collect::<()>().await;
    // Replicas live elsewhere, and must keep versions too.
    let replicas = listed.buckets().iter().filter(|bucket| bucket.bucket_region().is_some_and(|region| region != PRIMARY));
    let replicas: Vec<&str> = replicas.filter_map(|bucket| bucket.name()).collect();
    let abroad = aws_sdk_s3::config::Builder::from(config).force_path_style(true).region(Region::new(RECOVERY)).build();
    let abroad = aws_sdk_s3::Client::from_conf(abroad);
    for bucket in &replicas {
        setting_of(&abroad, bucket, Setting::Versioning).await;
    }
    Ok(1 + pages + SETTINGS.len() * selected.len() + replicas.len())
}

#[derive(Clone, Copy)]
enum Setting {
    Versioning,
    Lifecycle,
    Replication,
    /// Replication must take objects along that are encrypted with KMS.
    Encryption,
}

const SETTINGS: [Setting; 4] = [Setting::Versioning, Setting::Lifecycle, Setting::Replication, Setting::Encryption];

/// One call. A setting that is not there is an error to the SDK, and an answer to us.
async fn setting_of(s3: &aws_sdk_s3::Client, bucket: &str, setting: Setting) {
    match setting {
        Setting::Versioning => drop(Box::pin(s3.get_bucket_versioning().bucket(bucket).send()).await),
        Setting::Lifecycle => drop(Box::pin(s3.get_bucket_lifecycle_configuration().bucket(bucket).send()).await),
        Setting::Replication => drop(Box::pin(s3.get_bucket_replication().bucket(bucket).send()).await),
        Setting::Encryption => drop(Box::pin(s3.get_bucket_encryption().bucket(bucket).send()).await),
    }
}

/// Names of the buckets that have the tags, and the pages it took.
async fn tagged(config: &SdkConfig, tags: &BTreeMap<&str, &str>) -> anyhow::Result<(Vec<String>, usize)> {
    let client = aws_sdk_resourcegroupstagging::Client::new(config);
    let (mut names, mut pages, mut next) = (Vec::new(), 0, None);
    loop {
        let page = client.get_resources().resource_type_filters("s3").resources_per_page(100).set_pagination_token(next);
        let page = page.send().boxed().await?;
        pages += 1;
        for found in page.resource_tag_mapping_list() {
            let has = |(key, value): (&&str, &&str)| found.tags().iter().any(|tag| tag.key() == *key && tag.value() == *value);
            if tags.iter().all(has) {
                let arn = found.resource_arn().context("a resource without ARN")?;
                names.push(arn.trim_start_matches("arn:aws:s3:::").to_owned());
            }
        }
        next = page.pagination_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok((names, pages));
        }
    }
}

/// Every DB instance and every DB cluster of a region.
async fn databases(config: &SdkConfig, region: &'static str) -> anyhow::Result<usize> {
    let client = aws_sdk_rds::Client::from_conf(aws_sdk_rds::config::Builder::from(config).region(Region::new(region)).build());
    let instances = async {
        let (mut pages, mut next) = (0, None);
        loop {
            let page = client.describe_db_instances().max_records(100).set_marker(next).send().boxed().await?;
            pages += 1;
            next = page.marker.filter(|marker| !marker.is_empty());
            if next.is_none() {
                return anyhow::Ok(pages);
            }
        }
    };
    let (pages, clusters) = futures::join!(instances, client.describe_db_clusters().max_records(100).send().boxed());
    clusters?;
    Ok(pages? + 1)
}
