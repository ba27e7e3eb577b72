//! Rules of the domain `s3`: whether buckets keep, archive, copy, encrypt and guard what the plan promises.

pub mod s3_encryption;
pub mod s3_lifecycle_archive;
pub mod s3_object_lock;
pub mod s3_public_access;
pub mod s3_replication;
pub mod s3_versioning;

#[cfg(test)]
mod testing;

use crate::estate::bucket::{ObjectScope, Versioning};

/// The objects of a scope, as a sentence names them: "all objects", "keys under logs/".
fn objects_in(scope: &ObjectScope) -> String {
    let mut limits = Vec::new();
    limits.extend(scope.tags.iter().map(|(key, value)| format!("tagged {key}={value}")));
    limits.extend(scope.larger_than.filter(|bytes| *bytes > 0).map(|bytes| format!("larger than {bytes} bytes")));
    limits.extend(scope.smaller_than.map(|bytes| format!("smaller than {bytes} bytes")));
    let whom = match (scope.prefix.as_str(), limits.is_empty()) {
        ("", true) => return "all objects".to_owned(),
        ("", false) => "objects".to_owned(),
        (prefix, _) => format!("keys under {prefix}"),
    };
    std::iter::once(whom).chain((!limits.is_empty()).then(|| limits.join(" and "))).collect::<Vec<_>>().join(" ")
}

/// A promised prefix in the same words.
fn objects_under(prefix: &str) -> String {
    objects_in(&ObjectScope { prefix: prefix.to_owned(), ..ObjectScope::default() })
}

/// A versioning state, as it follows "versioning".
fn versioning_words(state: Versioning) -> &'static str {
    match state {
        Versioning::Enabled => "is enabled",
        Versioning::Suspended => "is suspended",
        Versioning::Never => "was never enabled",
    }
}
