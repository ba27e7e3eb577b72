//! Why code, values or a manifest could not be read at all, and what to do. No message quotes a value.

use std::path::{Path, PathBuf};

/// Why something that the user named, or that Terraform loads on its own, could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is there.
    #[error("{path}: no such file or folder; check the path", path = path.display())]
    Missing {
        /// As it was given.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("{path}: permission denied; run lastro as a user who may read it", path = path.display())]
    Denied {
        /// As it was given.
        path: PathBuf,
    },
    /// A file where a folder is wanted.
    #[error("{path}: not a folder; name the folder that holds the *.tf files", path = path.display())]
    NotFolder {
        /// As it was given.
        path: PathBuf,
    },
    /// A folder, a pipe or a device where a file is wanted.
    #[error("{path}: not a regular file; name a file", path = path.display())]
    NotFile {
        /// As it was given.
        path: PathBuf,
    },
    /// A folder without code.
    #[error("{path}: no *.tf, *.tofu or *.tf.json file in it; name the folder that holds the code", path = path.display())]
    NoCode {
        /// As it was given.
        path: PathBuf,
    },
    /// More bytes than code ever has.
    #[error("{path}: larger than {limit} bytes; lastro does not read Terraform files of that size: split it", path = path.display())]
    TooLarge {
        /// As it was given.
        path: PathBuf,
        /// The limit, bytes.
        limit: u64,
    },
    /// Reading failed half-way.
    #[error("{path}: reading failed ({source}); try again", path = path.display())]
    Io {
        /// As it was given.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file of values that is not as Terraform wants it.
    #[error("{place}: {message}; every line of a file of values reads `name = value`")]
    Values {
        /// `prod.tfvars:3`
        place: String,
        /// What is wrong.
        message: String,
    },
    /// An argument without `=` or without a name.
    #[error("{shown}: not `name=value`; write for instance -var region=eu-west-1")]
    Given {
        /// What the user gave, up to the `=`.
        shown: String,
    },
    /// `.terraform/modules/modules.json` is not what `terraform init` writes.
    #[error("{path}: not a list of modules as `terraform init` writes it ({message}); run `terraform init -backend=false` again", path = path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl Error {
    /// From what the operating system said of a path.
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            std::io::ErrorKind::NotFound => Self::Missing { path },
            std::io::ErrorKind::PermissionDenied => Self::Denied { path },
            _ => Self::Io { path, source },
        }
    }
}
