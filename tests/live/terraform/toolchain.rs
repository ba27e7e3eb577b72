//! Terraform and the provider, where this machine has them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The provider that the tree asks for, below a filesystem mirror.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws/5.100.0";

/// A filesystem mirror with the provider, beside a Terraform that runs.
#[derive(Clone, Debug)]
pub(super) struct Toolchain {
    mirror: PathBuf,
}

impl Toolchain {
    /// What is on this machine; `Err` says what is not.
    pub(super) fn found() -> Result<Self, String> {
        if let Some(reason) = std::env::var_os("LASTRO_NO_TERRAFORM") {
            return Err(reason.to_string_lossy().into_owned());
        }
        let runs = Command::new("terraform").arg("version").output().is_ok_and(|out| out.status.success());
        if !runs {
            return Err("no terraform on the PATH".to_owned());
        }
        let given = std::env::var_os("LASTRO_TF_PLUGINS").map(PathBuf::from);
        let mirror = given.into_iter().chain(usual()).find(|folder| folder.join(PROVIDER).is_dir());
        let mirror = mirror.ok_or_else(|| format!("LASTRO_TF_PLUGINS names no folder with {PROVIDER}, and the usual places have none"))?;
        Ok(Self { mirror })
    }

    /// Runs Terraform in a folder, against an emulator.
    pub(super) fn terraform(&self, folder: &Path, url: &str, arguments: &[&str]) -> String {
        let settings = folder.join("terraformrc");
        let mirror = self.mirror.display();
        std::fs::write(&settings, format!("provider_installation {{ filesystem_mirror {{ path = \"{mirror}\" }} }}\n"))
            .expect("scratch space");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut command = Command::new("terraform");
        command.current_dir(folder).env_clear().env("PATH", path).env("HOME", folder).envs(environment(url));
        command.env("TF_CLI_CONFIG_FILE", &settings).env("CHECKPOINT_DISABLE", "1");
        let done = command.args(arguments).output().expect("terraform was there a moment ago");
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "terraform {arguments:?}: {told}{}", String::from_utf8_lossy(&done.stdout));
        String::from_utf8(done.stdout).expect("UTF-8")
    }
}

/// What the provider needs to speak to the emulator, and the variables that are not in a file.
pub(super) fn environment(url: &str) -> [(&'static str, OsString); 7] {
    [
        ("AWS_ACCESS_KEY_ID", "testing".into()),
        ("AWS_SECRET_ACCESS_KEY", "testing".into()),
        ("AWS_REGION", super::bed::REGION.into()),
        ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ("AWS_ENDPOINT_URL", url.into()),
        ("TF_VAR_emulated", "true".into()),
        ("TF_VAR_database_password", "example-Password-0123456789".into()),
    ]
}

/// Where mirrors usually are: the places that Terraform itself looks in, and folders of /opt.
fn usual() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let mut folders = vec![
        home.join(".terraform.d/plugins"),
        home.join(".terraform.d/plugin-cache"),
        "/usr/local/share/terraform/plugins".into(),
        "/usr/share/terraform/plugins".into(),
    ];
    let opt = std::fs::read_dir("/opt").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut opt: Vec<PathBuf> = opt.collect();
    opt.sort();
    folders.extend(opt);
    folders
}
