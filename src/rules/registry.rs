//! Every rule, sorted by id. The one list that must know every member by hand; a test guards it.

use super::prelude::Rule;
use super::{dns, eks, governance, network, rds, s3, terraform, waf};

/// Every rule, sorted by id.
pub static RULES: &[&Rule] = &[
    &terraform::address_exists::RULE,
    &dns::dns_failover::RULE,
    &governance::document_review::RULE,
    &eks::eks_multi_az::RULE,
    &eks::eks_node_replacement::RULE,
    &network::network_acl::RULE,
    &governance::owner_named::RULE,
    &rds::rds_backup_retention::RULE,
    &rds::rds_deletion_protection::RULE,
    &rds::rds_encryption::RULE,
    &rds::rds_manual_snapshot::RULE,
    &rds::rds_multi_az::RULE,
    &rds::rds_replica::RULE,
    &rds::rds_restorable::RULE,
    &s3::s3_encryption::RULE,
    &s3::s3_lifecycle_archive::RULE,
    &s3::s3_object_lock::RULE,
    &s3::s3_public_access::RULE,
    &s3::s3_replication::RULE,
    &s3::s3_versioning::RULE,
    &network::security_group_exposure::RULE,
    &terraform::state_elsewhere::RULE,
    &terraform::state_encrypted::RULE,
    &terraform::state_locked::RULE,
    &terraform::state_replicated::RULE,
    &terraform::state_versioned::RULE,
    &waf::waf_address::RULE,
    &waf::waf_association::RULE,
    &waf::waf_rules::RULE,
];

/// The rule of an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.binary_search_by(|rule| rule.id.cmp(id)).ok().map(|index| RULES[index])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn sorted_and_unique() {
        let ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "sort the registry by id: {ids:?}");
    }

    #[test]
    fn every_rule_file_is_registered() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let mut files = BTreeSet::new();
        for domain in std::fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
            for file in std::fs::read_dir(domain.path()).unwrap().map(Result::unwrap) {
                let text = std::fs::read_to_string(file.path()).unwrap_or_default();
                if text.contains("pub static RULE: Rule") {
                    files.insert(file.path().file_stem().unwrap().to_str().unwrap().replace('_', "-"));
                }
            }
        }
        let registered: BTreeSet<_> = RULES.iter().map(|rule| rule.id.to_owned()).collect();
        assert_eq!(files, registered, "a rule file is named after its id and stands in the registry");
    }

    #[test]
    fn every_doc_has_its_sections_in_order() {
        for rule in RULES {
            let sections: Vec<_> = rule.doc.lines().filter_map(|line| line.trim().strip_prefix("## ")).collect();
            assert_eq!(sections, ["What it checks", "Why it matters", "What counts as evidence", "Limits"], "{}", rule.id);
            assert!(!rule.summary.ends_with('.'), "{}", rule.id);
            assert!(rule.controls.iter().all(|control| control.contains(':')), "{}", rule.id);
        }
    }

    #[test]
    fn a_rule_that_judges_resources_says_what_it_needs() {
        for rule in RULES {
            let stated = rule.evidence == crate::rules::prelude::Evidence::Stated;
            assert_eq!(rule.needs.is_empty(), stated, "{} needs evidence, or rests on the plan itself", rule.id);
        }
    }

    /// A kind that no need lists has no listing, and every promise about it would stay unknown.
    #[test]
    fn every_kind_that_a_rule_judges_is_listed_by_its_needs() {
        for rule in RULES {
            let crate::rules::prelude::Judge::Each { kinds, .. } = rule.judge else { continue };
            let needs = crate::collect::needs::closure(&rule.needs.iter().copied().collect());
            let listed: BTreeSet<_> = needs.iter().flat_map(|need| crate::collect::needs::kinds(*need).0).collect();
            let unlisted: Vec<_> = kinds.iter().filter(|kind| !listed.contains(kind)).collect();
            assert!(unlisted.is_empty(), "{} judges {unlisted:?}, which none of its needs lists", rule.id);
        }
    }

    /// The nouns that a judge looks at beside its subject are listed by its needs too: read off the source, where each is named
    /// as `view.all::<Noun>()`, `named::<Noun>(…)` or `Kind::Noun`.
    #[test]
    fn every_kind_that_a_rule_looks_at_is_listed_by_its_needs() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        for rule in RULES {
            let needs = crate::collect::needs::closure(&rule.needs.iter().copied().collect());
            let listed: BTreeSet<_> = needs.iter().flat_map(|need| crate::collect::needs::kinds(*need).0).copied().collect();
            let file = format!("{}.rs", rule.id.replace('-', "_"));
            let domains = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path().join(&file));
            let text = std::fs::read_to_string(domains.into_iter().find(|path| path.is_file()).unwrap()).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for kind in crate::estate::Kind::ALL
                .iter()
                .filter(|kind| code.contains(&format!("Kind::{kind:?}")) || code.contains(&format!("::<{kind:?}>")))
            {
                assert!(listed.contains(kind), "{} looks at {kind:?}, which none of its needs lists", rule.id);
            }
        }
    }

    #[test]
    fn found_by_id() {
        for rule in RULES {
            assert_eq!(find(rule.id).map(|found| found.id), Some(rule.id));
        }
        assert!(find("no-such-rule").is_none());
    }
}
