//! Clients of the emulator, each test in an account of its own.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};

use crate::emulator::Emulator;
use crate::runtime::block_on;

/// The region that the estate lives in.
pub(crate) const REGION: &str = "us-east-1";

/// Credentials of an account, as the program gets them through its environment.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Twelve digits.
    pub(crate) id: String,
    /// `AWS_ACCESS_KEY_ID`.
    pub(crate) key: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub(crate) secret: String,
    /// `AWS_SESSION_TOKEN`; users have none.
    pub(crate) token: Option<String>,
}

impl Account {
    /// The account that belongs to a test: the same in every run, and no other test's.
    pub(crate) fn of(emulator: &Emulator, test: &str) -> Self {
        let hash = test.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let id = format!("{:012}", 100_000_000_000 + hash % 900_000_000_000);
        let root = config(&emulator.url(), Credentials::new("testing", "testing", None, None, "test"), REGION);
        let role = format!("arn:aws:iam::{id}:role/audit");
        let assumed = aws_sdk_sts::Client::new(&root).assume_role().role_arn(role).role_session_name("test").send();
        let assumed = block_on(assumed).expect("the emulator lets anyone assume a role");
        let credentials = assumed.credentials.expect("credentials");
        Self { id, key: credentials.access_key_id, secret: credentials.secret_access_key, token: Some(credentials.session_token) }
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(&self.key, &self.secret, self.token.clone(), None, "test")
    }
}

fn config(url: &str, credentials: Credentials, region: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// Clients of every service that the estate is made with.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) autoscaling: aws_sdk_autoscaling::Client,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) dns: aws_sdk_route53::Client,
    pub(crate) eks: aws_sdk_eks::Client,
    pub(crate) elb: aws_sdk_elasticloadbalancingv2::Client,
    pub(crate) rds: aws_sdk_rds::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) waf: aws_sdk_wafv2::Client,
}

impl Clients {
    /// Clients in the account and [`REGION`], of the emulator or of a proxy before it.
    pub(crate) fn new(url: &str, account: &Account) -> Self {
        Self::in_region(url, account, REGION)
    }

    /// Clients in the account and another region.
    pub(crate) fn in_region(url: &str, account: &Account, region: &str) -> Self {
        let config = config(url, account.credentials(), region);
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        Self {
            autoscaling: aws_sdk_autoscaling::Client::new(&config),
            ec2: aws_sdk_ec2::Client::new(&config),
            dns: aws_sdk_route53::Client::new(&config),
            eks: aws_sdk_eks::Client::new(&config),
            elb: aws_sdk_elasticloadbalancingv2::Client::new(&config),
            rds: aws_sdk_rds::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            waf: aws_sdk_wafv2::Client::new(&config),
        }
    }
}

/// Sends a request that the emulator must accept, and waits for the answer.
macro_rules! sent {
    ($request:expr) => {
        $crate::runtime::block_on($request.send()).unwrap_or_else(|e| panic!("the emulator refused: {:?}", e.into_source()))
    };
}
pub(crate) use sent;

/// Builds a part of a request whose required fields are all given.
macro_rules! built {
    ($builder:expr) => {
        $builder.build().expect("every required field is given")
    };
}
pub(crate) use built;
