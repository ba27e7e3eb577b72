//! The door to AWS: settings, credentials, and clients that share a connection pool, a watch and their limits.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_s3::config::retry::{RetryPartition, TokenBucket};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_types::service_config::ServiceConfigKey;

use super::gate::Gate;
use super::watch::{Doubt, Watch};
use crate::estate::{AccountId, Cause, Gap, Region};

/// How AWS is reached, and how patiently.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Regions to read; empty means those of the plan.
    pub regions: Vec<Region>,
    /// One endpoint for every service; S3 is then asked path-style. The SDK's own environment variables work without it.
    pub endpoint_url: Option<String>,
    /// A role to assume before anything is read, by ARN.
    pub assume_role: Option<String>,
    /// A named profile of the shared configuration.
    pub profile: Option<String>,
    /// The account that the plan expects; another one is refused.
    pub expected_account: Option<AccountId>,
    /// Credentials from elsewhere than the SDK's own chain.
    pub credentials: Option<SharedCredentialsProvider>,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long the first byte of an answer may take.
    pub read_timeout: Duration,
    /// How long one attempt may take in all, its body included.
    pub attempt_timeout: Duration,
    /// How long one call may take in all, its retries and pauses included.
    pub operation_timeout: Duration,
    /// Attempts per call, the first included.
    pub max_attempts: u32,
    /// The longest first pause between two attempts; each next one may be twice as long.
    pub first_backoff: Duration,
    /// The longest pause between two attempts.
    pub max_backoff: Duration,
    /// Calls under way at once per service, fewer while it throttles; services that are not named share [`Settings::DEFAULT_CONCURRENCY`] each.
    pub concurrency: BTreeMap<&'static str, usize>,
}

impl Settings {
    /// Calls under way at once for a service that is not named in [`Settings::concurrency`].
    pub const DEFAULT_CONCURRENCY: usize = 8;
    /// Calls under way at once to S3, which takes thousands of requests a second.
    pub const S3_CONCURRENCY: usize = 32;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            regions: Vec::new(),
            endpoint_url: None,
            assume_role: None,
            profile: None,
            expected_account: None,
            credentials: None,
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(20),
            attempt_timeout: Duration::from_secs(30),
            operation_timeout: Duration::from_secs(120),
            max_attempts: 7,
            first_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(10),
            // S3 takes thousands of requests a second. Route 53 allows an account five, and WAF's reads are among the slowest
            // buckets to refill (AWS general reference, service quotas; Route 53 developer guide, API quotas).
            concurrency: BTreeMap::from([("s3", Self::S3_CONCURRENCY), ("route53", 4), ("wafv2", 4), ("tag", 4)]),
        }
    }
}

const SERVICES: &[&str] =
    &["autoscaling", "cloudfront", "ec2", "eks", "elasticloadbalancing", "rds", "route53", "s3", "sts", "tag", "wafv2"];

/// Clients of one account.
pub(super) struct Session {
    base: SdkConfig,
    watch: Watch,
    gates: BTreeMap<&'static str, Gate>,
    path_style: bool,
    partition: u64,
}

macro_rules! clients {
    ($($(#[$doc:meta])* $name:ident: $sdk:ident as $service:literal;)+) => {
        impl Session {
            $(
                $(#[$doc])*
                pub(super) fn $name(&self, region: &Region) -> $sdk::Client {
                    let builder = $sdk::config::Builder::from(&self.base)
                        .region($sdk::config::Region::new(region.as_str().to_owned()))
                        .retry_partition(self.partition($service, region))
                        .retry_classifier(self.doubt($service))
                        .interceptor(self.watch.clone());
                    $sdk::Client::from_conf(builder.build())
                }
            )+
        }
    };
}

clients! {
    /// Auto-scaling groups of a region.
    autoscaling: aws_sdk_autoscaling as "autoscaling";
    /// CloudFront; the region only picks the partition.
    cloudfront: aws_sdk_cloudfront as "cloudfront";
    /// Networks of a region.
    ec2: aws_sdk_ec2 as "ec2";
    /// Kubernetes clusters of a region.
    eks: aws_sdk_eks as "eks";
    /// Load balancers of a region.
    elbv2: aws_sdk_elasticloadbalancingv2 as "elasticloadbalancing";
    /// Databases of a region.
    rds: aws_sdk_rds as "rds";
    /// DNS; the region only picks the partition.
    route53: aws_sdk_route53 as "route53";
    /// Who we are.
    sts: aws_sdk_sts as "sts";
    /// Tags of a region.
    tagging: aws_sdk_resourcegroupstagging as "tag";
    /// Web ACLs of a region.
    wafv2: aws_sdk_wafv2 as "wafv2";
}

impl Session {
    /// Reads the SDK's own configuration chain and finds credentials.
    ///
    /// # Errors
    /// The gap that everything then has, when there are no credentials.
    pub(super) async fn open(settings: &Settings, home: &Region) -> Result<Self, Gap> {
        let base = config(settings, home).await;
        let provider = base.credentials_provider().ok_or_else(|| no_credentials(None))?;
        let found = tokio::time::timeout(settings.operation_timeout, provider.provide_credentials()).await;
        found.map_err(|_| no_credentials_in_time())?.map_err(|error| no_credentials(Some(&error)))?;
        let s3_endpoint = base.service_config().and_then(|service| service.load_config(s3_endpoint_key()?));
        let gates = SERVICES.iter().map(|service| {
            let limit = settings.concurrency.get(service).copied().unwrap_or(Settings::DEFAULT_CONCURRENCY);
            (*service, Gate::new(limit))
        });
        Ok(Self {
            path_style: base.endpoint_url().is_some() || s3_endpoint.is_some(),
            watch: Watch::default(),
            gates: gates.collect(),
            partition: next_partition(),
            base,
        })
    }

    /// Buckets of a region.
    pub(super) fn s3(&self, region: &Region) -> aws_sdk_s3::Client {
        let builder = aws_sdk_s3::config::Builder::from(&self.base)
            .region(aws_sdk_s3::config::Region::new(region.as_str().to_owned()))
            .retry_partition(self.partition("s3", region))
            .retry_classifier(self.doubt("s3"))
            .interceptor(self.watch.clone())
            .force_path_style(self.path_style);
        aws_sdk_s3::Client::from_conf(builder.build())
    }

    /// The limit on calls under way to a service.
    pub(super) fn gate(&self, service: &str) -> Option<&Gate> {
        self.gates.get(service)
    }

    /// Attempts so far.
    pub(super) fn calls(&self) -> BTreeMap<String, u64> {
        self.watch.calls()
    }

    /// Whether one endpoint stands in for all of AWS.
    pub(super) fn has_own_endpoint(&self) -> bool {
        self.base.endpoint_url().is_some()
    }

    fn doubt(&self, service: &str) -> Doubt {
        Doubt::new(self.gate(service).cloned())
    }

    /// Retries of one service in one region slow each other down and nobody else. Attempts are bounded per call
    /// ([`Settings::max_attempts`]), so no bucket of retries is shared by the whole run.
    fn partition(&self, service: &str, region: &Region) -> RetryPartition {
        RetryPartition::custom(format!("lastro-{}-{service}-{region}", self.partition)).token_bucket(TokenBucket::unlimited()).build()
    }
}

/// Every session slows down on its own.
fn next_partition() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn s3_endpoint_key() -> Option<ServiceConfigKey<'static>> {
    ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok()
}

/// One pool of connections for all services; `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are honoured, as CI often needs.
fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_with_connector_fn(|settings, components| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        if let Some(settings) = settings {
            builder = builder.connector_settings(settings.clone());
        }
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
    })
}

async fn config(settings: &Settings, home: &Region) -> SdkConfig {
    let http = http_client();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .operation_attempt_timeout(settings.attempt_timeout)
        .operation_timeout(settings.operation_timeout)
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(settings.max_attempts.max(1))
        .with_initial_backoff(settings.first_backoff)
        .with_max_backoff(settings.max_backoff);
    let region = aws_config::Region::new(home.as_str().to_owned());
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region.clone())
        .http_client(http.clone())
        .timeout_config(timeouts)
        .retry_config(retries)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(profile) = &settings.profile {
        // The SDK's chain asks the environment first: a profile that was named would be passed over for keys that happen to be set.
        let door = ProviderConfig::default()
            .with_region(Some(region.clone()))
            .with_http_client(http.clone())
            .with_behavior_version(Some(BehaviorVersion::latest()));
        let provider = ProfileFileCredentialsProvider::builder().configure(&door).profile_name(profile).build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    if let Some(credentials) = &settings.credentials {
        loader = loader.credentials_provider(credentials.clone());
    }
    let base = loader.load().await;
    let Some(role) = &settings.assume_role else { return base };
    let provider = AssumeRoleProvider::builder(role).session_name("lastro").region(region).configure(&base).build().await;
    base.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

fn no_credentials(error: Option<&CredentialsError>) -> Gap {
    let detail = match error {
        None | Some(CredentialsError::CredentialsNotLoaded(_)) => {
            "no AWS credentials were found: sign in (`aws sso login`), name a profile that exists, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        }
        Some(CredentialsError::ProviderTimedOut(_)) => return no_credentials_in_time(),
        Some(CredentialsError::InvalidConfiguration(_)) => {
            "the AWS configuration cannot be understood: check the profile in ~/.aws/config and ~/.aws/credentials"
        }
        Some(_) => {
            "no AWS credentials could be obtained: sign in (`aws sso login`), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or check the profile, and the role to assume and its trust policy"
        }
    };
    Gap::new(Cause::Unauthenticated, detail)
}

fn no_credentials_in_time() -> Gap {
    let detail = "the credentials provider did not answer in time: sign in again, or set AWS_EC2_METADATA_DISABLED=true outside EC2";
    Gap::new(Cause::Unauthenticated, detail)
}
