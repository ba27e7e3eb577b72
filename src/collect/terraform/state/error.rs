//! What may be wrong with a state that the user gave: what it is instead, and what to do. No message quotes the content.

use std::path::PathBuf;

/// Why a state could not be found or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is there.
    #[error("{path}: no such file or folder; check the path, or fetch the state with `terraform state pull > state.json`", path = path.display())]
    Missing {
        /// As the user wrote it.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("{path}: permission denied; run lastro as a user who may read it", path = path.display())]
    Denied {
        /// As the user wrote it.
        path: PathBuf,
    },
    /// Neither a file nor a folder.
    #[error("{path}: neither a file nor a folder; name a state file, a folder that holds one, or `-` for standard input", path = path.display())]
    WrongType {
        /// As the user wrote it.
        path: PathBuf,
    },
    /// Reading failed half-way.
    #[error("{path}: reading failed ({source}); try again, or copy the file first", path = path.display())]
    Io {
        /// As the user wrote it.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A folder that holds no state.
    #[error(
        "{path}: a folder without state: no *.tfstate, no terraform.tfstate.d/*/terraform.tfstate, no output of `terraform show -json`; \
         if the state is remote, give its s3://bucket/key or the output of `terraform state pull`",
        path = path.display()
    )]
    NoState {
        /// As the user wrote it.
        path: PathBuf,
    },
    /// A glob that matches nothing.
    #[error("{pattern}: no file matches this pattern; check it, and quote it so that the shell does not expand it")]
    NoMatch {
        /// As the user wrote it.
        pattern: String,
    },
    /// A glob that is none.
    #[error("{pattern}: not a valid pattern; use *, ?, [abc], {{a,b}} and **")]
    BadPattern {
        /// As the user wrote it.
        pattern: String,
    },
    /// An address that is not `s3://bucket/key`.
    #[error("{text}: not a whole S3 address; write s3://bucket/key")]
    BadS3 {
        /// As the user wrote it.
        text: String,
    },
    /// An address of a place that lastro does not read.
    #[error(
        "{scheme}://: states are read from files, folders, globs, standard input and s3://bucket/key; run `terraform state pull` and give its output"
    )]
    Scheme {
        /// The scheme.
        scheme: String,
    },
    /// More bytes than a state ever has.
    #[error("larger than {limit} bytes, which no state is; check what this is")]
    TooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// The JSON ends in the middle.
    #[error(
        "not valid JSON at byte {byte}: it ends too early (truncated?); take the previous version of the object, or the .backup file beside it"
    )]
    Truncated {
        /// Where, from 0.
        byte: usize,
    },
    /// The JSON is broken.
    #[error("not valid JSON at byte {byte}; fetch the state again with `terraform state pull > state.json`")]
    BadJson {
        /// Where, from 0.
        byte: usize,
    },
    /// The JSON is nested deeper than any state.
    #[error("nested too deeply at byte {byte} for a state; check what this is")]
    TooDeep {
        /// Where, from 0.
        byte: usize,
    },
    /// Bytes that are no text.
    #[error("not valid UTF-8 at byte {byte}; fetch the state again with `terraform state pull > state.json`")]
    NotText {
        /// Where, from 0.
        byte: usize,
    },
    /// A web page.
    #[error("an HTML page, not a state: the address needs a login; fetch the state with `terraform state pull > state.json`")]
    Html,
    /// A plan as `terraform plan -out` writes it.
    #[error("a binary plan (or another zip file); run `terraform show -json PLANFILE > plan.json` and give that file")]
    Zip,
    /// A compressed file.
    #[error("compressed with gzip; unpack it with `gunzip` first")]
    Gzip,
    /// The log of a run.
    #[error(
        "the log of `terraform plan -json`, which holds no attributes; run `terraform plan -out=p` and `terraform show -json p > plan.json`"
    )]
    PlanLog,
    /// Some other file.
    #[error(
        "not JSON, so neither a state nor `terraform show -json` output; give a *.tfstate file, or run `terraform state pull > state.json`"
    )]
    NotJson,
    /// JSON of something else.
    #[error(
        "JSON, but neither a Terraform state nor `terraform show -json` output; give a *.tfstate file, or run `terraform state pull > state.json`"
    )]
    NotState,
    /// A state whose parts are not what their names say; `what` is ours, never content.
    #[error("a state whose {what} is not as Terraform writes it; fetch it again with `terraform state pull > state.json`")]
    Malformed {
        /// Which part.
        what: &'static str,
    },
    /// A format of the future.
    #[error(
        "format {version} is newer than this version of lastro knows (written by Terraform {written_by}); update lastro, or give the output of `terraform show -json`"
    )]
    Newer {
        /// The format.
        version: u64,
        /// The Terraform version, or `of unknown version`.
        written_by: String,
    },
    /// A `show -json` format of the future.
    #[error(
        "`terraform show -json` format {version} is newer than this version of lastro knows (written by Terraform {written_by}); update lastro"
    )]
    NewerShow {
        /// The format.
        version: String,
        /// The Terraform version, or `of unknown version`.
        written_by: String,
    },
    /// What `.terraform/terraform.tfstate` holds.
    #[error(
        "the backend pointer of `terraform init`, not a state; the state is in {address}: give that with --state, or run `terraform state pull`"
    )]
    BackendPointer {
        /// `s3://bucket/key`, or the backend's type.
        address: String,
    },
    /// OpenTofu's own encryption.
    #[error(
        "an OpenTofu state that is encrypted (key provider {provider}, serial {serial}, lineage {lineage}); \
         run `tofu state pull > state.json` or `tofu show -json` where the key is configured, and give that file"
    )]
    Encrypted {
        /// `pbkdf2.main`, …
        provider: String,
        /// The serial, which stays in clear.
        serial: String,
        /// The lineage, which stays in clear.
        lineage: String,
    },
    /// A lock, not a state.
    #[error("a lock-info file, not a state (locked by {who} since {created} for {operation}); the state is {path}")]
    LockInfo {
        /// Who holds the lock.
        who: String,
        /// Since when.
        created: String,
        /// What for.
        operation: String,
        /// The state that is locked.
        path: String,
    },
    /// Terraform refuses such a state, too.
    #[error(
        "{address} appears multiple times in one state; two states were merged by hand: fetch it again with `terraform state pull > state.json`"
    )]
    Duplicate {
        /// The address.
        address: String,
    },
}
