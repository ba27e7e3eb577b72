//! Older versions of the Terraform state are kept.

use super::{Shows, bucket, is_hcp, judge_stores, not_looked_into};
use crate::estate::bucket::Versioning;
use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "state-versioned",
    summary: "Older versions of the Terraform state are kept",
    severity: Severity::High,
    needs: &[Need::BucketVersioning],
    controls: &["nist-800-53r5:CP-9", "nist-800-53r5:CM-2"],
    remediation: Remediation {
        text: "Switch on versioning of the bucket that holds the state, or move a local state to a backend that keeps versions.",
        terraform: Some(
            "resource \"aws_s3_bucket_versioning\" \"state\" {\n  bucket = \"STATE-BUCKET\"\n  versioning_configuration {\n    status = \"Enabled\"\n  }\n}",
        ),
        cli: Some("aws s3api put-bucket-versioning --bucket STATE-BUCKET --versioning-configuration Status=Enabled"),
    },
    evidence: Evidence::Configured,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That the place where the Terraform state is kept keeps older versions of it: versioning of the S3 bucket is enabled.

## Why it matters

A state that is overwritten by a broken apply or deleted by hand is the map of everything that exists. Without an older version, every \
resource must be imported again by hand before anything can be rebuilt.

## What counts as evidence

The backend block of the root module, or the `s3://` location of the state; and the bucket's versioning, live or recorded. HCP Terraform \
keeps every version itself (developer.hashicorp.com/terraform/cloud-docs/workspaces/state). A local state is broken: nothing keeps its versions.

## Limits

Other backends are unknown. Lifecycle rules that remove older versions early are not looked at; neither is whether a version was ever restored.";

fn judge(whole: &Whole<'_>) -> Ruling {
    expect_claim::<claim::StateVersioned>(&whole.promise.claim)?;
    judge_stores(whole, |store| match store.backend.as_str() {
        "s3" => {
            let bucket = bucket(whole, store)?;
            let name = bucket.meta.display_name();
            Ok(match bucket.versioning.known()? {
                Versioning::Enabled => Shows::Sound(format!("is in the bucket {name}, which keeps versions")),
                Versioning::Suspended => Shows::Breach(format!("is in the bucket {name}, whose versioning is suspended")),
                Versioning::Never => Shows::Breach(format!("is in the bucket {name}, whose versioning was never enabled")),
            })
        }
        "local" => Ok(Shows::Breach("is a local file, of which nothing keeps older versions".to_owned())),
        _ if is_hcp(store)? => Ok(Shows::Sound("is in HCP Terraform, which keeps every version".to_owned())),
        _ => Err(not_looked_into(store, "versioning")),
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::*;
    use super::*;
    use crate::estate::StateStore;
    use crate::rules::testing::{denied, seen};

    fn judged_in(store: Option<StateStore>, versioning: Fact<Versioning>) -> Ruling {
        judged(&RULE, claim::StateVersioned, store, [state_bucket(|bucket| bucket.versioning = versioning)])
    }

    #[test]
    fn kept_when_the_bucket_or_the_service_keeps_versions() {
        let (answer, words) = said(judged_in(Some(s3("tfstate")), seen(Versioning::Enabled)));
        assert_eq!((answer, words.as_str()), (Answer::Kept, "is in the bucket tfstate, which keeps versions"));
        assert_eq!(said(judged_in(Some(other("cloud")), seen(Versioning::Never))).0, Answer::Kept);
    }

    #[test]
    fn broken_when_versions_are_lost() {
        for versioning in [Versioning::Suspended, Versioning::Never] {
            assert_eq!(said(judged_in(Some(s3("tfstate")), seen(versioning))).0, Answer::Broken);
        }
        assert_eq!(said(judged_in(Some(other("local")), seen(Versioning::Enabled))).0, Answer::Broken);
    }

    #[test]
    fn unknown_when_denied_unread_or_elsewhere() {
        assert_eq!(judged_in(Some(s3("tfstate")), denied("s3:GetBucketVersioning")).unwrap_err().cause, Cause::Denied);
        assert!(judged_in(Some(s3("another")), seen(Versioning::Enabled)).unwrap_err().detail.contains("bucket: another"));
        assert!(judged_in(None, seen(Versioning::Enabled)).unwrap_err().detail.contains("--terraform"));
        assert_eq!(judged_in(Some(other("gcs")), seen(Versioning::Enabled)).unwrap_err().cause, Cause::Unsupported);
        let own = StateStore { hostname: seen(Some("tfe.example.com".to_owned())), ..other("remote") };
        assert_eq!(judged_in(Some(own), seen(Versioning::Enabled)).unwrap_err().cause, Cause::Unsupported);
    }
}
