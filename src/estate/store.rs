//! Where a Terraform state is kept: its backend.

use serde::{Deserialize, Serialize};

use super::{Fact, Locus, Region};

/// The backend of a root module, as its code, the pointer that `terraform init` leaves, or the location of a state tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateStore {
    /// `s3`, `local`, `remote`, `cloud`, `gcs`, …
    pub backend: String,
    /// The bucket of an S3 backend.
    pub bucket: Fact<String>,
    /// The key of the state of the default workspace.
    pub key: Fact<String>,
    /// The region of the bucket, as the backend is configured.
    pub region: Fact<Region>,
    /// Whether Terraform asks S3 to encrypt each state that it writes.
    pub encrypt: Fact<bool>,
    /// What keeps two applies apart.
    pub lock: Fact<StateLock>,
    /// The host of `remote` and `cloud`; `None` is HCP Terraform's own.
    pub hostname: Fact<Option<String>>,
    /// Where it was read.
    pub at: Locus,
}

/// The lock of an S3 backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateLock {
    /// None: two applies at once may each lose what the other wrote.
    Missing,
    /// An object beside the state (`use_lockfile`, Terraform 1.10 and later).
    File,
    /// An item in this DynamoDB table.
    Table(String),
}

impl StateStore {
    /// Whether two sources speak of one store: nothing that both know differs.
    pub fn is_same(&self, other: &Self) -> bool {
        let agree = |a: &Fact<String>, b: &Fact<String>| a.ok().zip(b.ok()).is_none_or(|(a, b)| a == b);
        self.backend == other.backend && agree(&self.bucket, &other.bucket) && agree(&self.key, &other.key)
    }

    /// Takes from another source of the same store what is not known here.
    pub fn complete(&mut self, other: Self) {
        fn fill<T>(own: &mut Fact<T>, other: Fact<T>) {
            if own.ok().is_none() && other.ok().is_some() {
                *own = other;
            }
        }
        fill(&mut self.bucket, other.bucket);
        fill(&mut self.key, other.key);
        fill(&mut self.region, other.region);
        fill(&mut self.encrypt, other.encrypt);
        fill(&mut self.lock, other.lock);
        fill(&mut self.hostname, other.hostname);
    }
}
