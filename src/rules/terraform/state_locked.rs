//! Two applies cannot write the Terraform state at once.

use super::{Shows, is_hcp, judge_stores, not_looked_into};
use crate::estate::StateLock;
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "state-locked",
    summary: "The Terraform state is locked while it is written",
    severity: Severity::Medium,
    needs: &[],
    controls: &["nist-800-53r5:CM-3"],
    remediation: Remediation {
        text: "Set `use_lockfile = true` in the S3 backend (Terraform 1.10 and later), or name a DynamoDB table.",
        terraform: Some("terraform {\n  backend \"s3\" {\n    use_lockfile = true\n  }\n}"),
        cli: Some("terraform init -reconfigure"),
    },
    evidence: Evidence::Stated,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That the backend locks the state while it is written: `use_lockfile = true` or a `dynamodb_table` in an S3 backend.

## Why it matters

In an emergency several people apply at once. Without a lock the last one to write loses what the others did.

## What counts as evidence

The backend block of the root module, or the pointer that `terraform init` leaves in `.terraform`. HCP Terraform, `gcs`, `azurerm`, \
`kubernetes` and `pg` lock by themselves (developer.hashicorp.com/terraform/language/backend). A local state is broken: its lock keeps out \
nobody who has another copy.

## Limits

Whether the table exists and may be written is not tried, and an apply with `-lock=false` passes any lock. Other backends are unknown.";

/// Backends that always lock.
const LOCKING: [&str; 4] = ["azurerm", "gcs", "kubernetes", "pg"];

fn judge(whole: &Whole<'_>) -> Ruling {
    expect_claim::<claim::StateLocked>(&whole.promise.claim)?;
    judge_stores(whole, |store| match store.backend.as_str() {
        "s3" => Ok(match store.lock.known()? {
            StateLock::File => Shows::Sound("is locked by an object beside it (use_lockfile)".to_owned()),
            StateLock::Table(table) => Shows::Sound(format!("is locked in the DynamoDB table {table}")),
            StateLock::Missing => Shows::Breach("is not locked: its backend sets neither use_lockfile nor dynamodb_table".to_owned()),
        }),
        "local" => Ok(Shows::Breach("is a local file, whose lock keeps out nobody on another machine".to_owned())),
        backend if LOCKING.contains(&backend) => Ok(Shows::Sound(format!("is locked by the backend {backend}"))),
        _ if is_hcp(store)? => Ok(Shows::Sound("is locked by HCP Terraform".to_owned())),
        _ => Err(not_looked_into(store, "lock")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::estate::StateStore;
    use crate::rules::testing::{seen, unread};

    fn judged_with(lock: Fact<StateLock>) -> Ruling {
        judged(&RULE, claim::StateLocked, Some(StateStore { lock, ..s3("tfstate") }), [])
    }

    #[test]
    fn kept_when_the_backend_locks() {
        assert_eq!(said(judged_with(seen(StateLock::File))).0, Answer::Kept);
        let table = said(judged_with(seen(StateLock::Table("locks".to_owned()))));
        assert_eq!(table, (Answer::Kept, "is locked in the DynamoDB table locks".to_owned()));
        assert_eq!(said(judged(&RULE, claim::StateLocked, Some(other("gcs")), [])).0, Answer::Kept);
    }

    #[test]
    fn broken_when_nothing_locks() {
        assert_eq!(said(judged_with(seen(StateLock::Missing))).0, Answer::Broken);
        assert_eq!(said(judged(&RULE, claim::StateLocked, Some(other("local")), [])).0, Answer::Broken);
    }

    #[test]
    fn unknown_when_the_backend_is_not_told() {
        assert_eq!(judged_with(unread().into()).unwrap_err().cause, Cause::NotRead);
        assert_eq!(judged(&RULE, claim::StateLocked, Some(other("http")), []).unwrap_err().cause, Cause::Unsupported);
        assert_eq!(judged(&RULE, claim::StateLocked, None, []).unwrap_err().cause, Cause::NotRead);
    }
}
