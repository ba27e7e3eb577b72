//! A sound estate in the shape of the Flowise document, all of it tagged `System=flowise`, and others' things beside it.

mod build;
mod noise;
pub(crate) mod parts;
pub(crate) mod state;

use std::path::PathBuf;

use tempfile::TempDir;

use crate::aws::{Account, Clients};
use crate::emulator::{self, Emulator};
use crate::proxy::Proxy;

/// What was made, by the ids that AWS gave.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// Two buckets.
    pub(crate) buckets: [String; 2],
    /// The DB instance.
    pub(crate) database: String,
    pub(crate) vpc: String,
    /// Three subnets, each in its own zone.
    pub(crate) subnets: [String; 3],
    /// The security group of the load balancer: HTTPS for everyone.
    pub(crate) balancer_group: String,
    /// The security group of the nodes: everything from the balancer's.
    pub(crate) node_group: String,
    /// The security group of the database: PostgreSQL from the nodes'.
    pub(crate) database_group: String,
    /// The EKS cluster and its node group.
    pub(crate) cluster: String,
    pub(crate) workers: String,
    /// The auto-scaling group of the node group.
    pub(crate) scaling_group: String,
    pub(crate) balancer_arn: String,
    pub(crate) acl_id: String,
    pub(crate) acl_arn: String,
}

/// An account with the estate in it, the proxy through which the program looks, and the Terraform state that it reads.
pub(crate) struct World {
    pub(crate) account: Account,
    pub(crate) aws: Clients,
    pub(crate) proxy: Proxy,
    pub(crate) names: Names,
    /// The state, as it will be written when the program runs.
    pub(crate) state: serde_json::Value,
    /// Scratch space of the test.
    folder: TempDir,
}

impl World {
    /// The sound estate in the account of a test; `None`, after saying so, where there is no emulator.
    pub(crate) fn sound(test: &str) -> Option<Self> {
        match emulator::shared() {
            Ok(emulator) => Some(Self::on(emulator, test)),
            Err(reason) => {
                emulator::skipped(test, reason);
                None
            }
        }
    }

    /// The sound estate in an emulator.
    pub(crate) fn on(emulator: &Emulator, test: &str) -> Self {
        let account = Account::of(emulator, test);
        let aws = Clients::new(&emulator.url(), &account);
        let names = build::sound(&aws, &account);
        noise::make(&aws, &account, &names);
        let state = state::of(&account, &names);
        let folder = tempfile::tempdir().expect("scratch space");
        Self { account, aws, proxy: Proxy::before(emulator.port), names, state, folder }
    }

    /// Writes the state and says where.
    pub(crate) fn state_file(&self) -> PathBuf {
        let path = self.file("terraform.tfstate");
        let text = serde_json::to_string_pretty(&self.state).expect("JSON");
        std::fs::write(&path, text).expect("scratch space is writable");
        path
    }

    /// A path in the scratch space of the test.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
