//! Changes by hand: after each, audit and drift name exactly what was changed, who moved, the line of code and the call.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aws_sdk_eks::types::NodegroupScalingConfig;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch};
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, LifecycleExpiration, PublicAccessBlockConfiguration,
    ReplicationRuleStatus, Tag, Tagging, TransitionStorageClass,
};
use aws_sdk_wafv2::types::{CountAction, NoneAction, OverrideAction, Scope};
use lastro::report::model::Report;

use super::bed::{Quay, REGION, applied, line};
use crate::aws::{built, sent};
use crate::estate::parts;

const REVERTED: &str = "changed by hand; the next apply reverts it";

/// What a change must lead to.
struct Told {
    /// Subject and attribute of every difference.
    differs: &'static [&'static str],
    /// What is said of them.
    blame: &'static str,
    /// The rule and the subject of the promise that turns, and what it is blamed on.
    turns: Option<(&'static str, &'static str, &'static str)>,
    /// Where code says it.
    code: (&'static str, &'static str),
    /// The call that shows it.
    action: &'static str,
}

/// Verdicts by rule and subject.
fn verdicts(report: &Report) -> BTreeMap<(String, String), String> {
    let called = |finding: &lastro::report::model::Finding| finding.subject.label.clone().unwrap_or_else(|| finding.subject.name.clone());
    report.findings.iter().map(|one| ((one.rule.clone(), called(one)), one.verdict.as_str().to_owned())).collect()
}

fn changed(test: &str, change: fn(&Quay), back: fn(&Quay), told: &Told) {
    static SOUND: OnceLock<BTreeMap<(String, String), String>> = OnceLock::new();
    let Some(quay) = applied(test) else { return };
    let sound = SOUND.get_or_init(|| verdicts(&quay.audit("infra")));
    change(&quay);
    let (drift, audit) = (quay.drift("infra"), quay.audit("infra"));
    back(&quay);
    drop(quay);

    let code = line(told.code.0, told.code.1);
    // Ids are the emulator's choice: subjects are named by the beginning of their label.
    let keys: Vec<&str> = drift.keys().map(String::as_str).collect();
    assert_eq!(keys.len(), told.differs.len(), "{drift:#?}");
    for (key, expected) in keys.iter().zip(told.differs) {
        let (subject, attribute) = expected.split_once(' ').expect("a subject and an attribute");
        assert!(key.starts_with(subject) && key.ends_with(&format!(" {attribute}")), "{key} is not {expected}");
    }
    for one in drift.values() {
        assert!(one.blame.starts_with(told.blame), "{one:#?}");
        let own = if one.attribute == "ttl" { line(told.code.0, "ttl ") } else { code.clone() };
        assert!(one.blame != REVERTED || one.at["declared"].contains(&own), "{own}: {one:#?}");
        assert!(told.action.is_empty() || one.at["live"].ends_with(told.action), "{one:#?}");
    }

    let now = verdicts(&audit);
    let turned: Vec<_> = now.iter().filter(|(key, verdict)| sound.get(*key) != Some(verdict)).map(|(key, _)| key).collect();
    assert_eq!(turned.len(), usize::from(told.turns.is_some()), "{turned:#?}");
    assert_eq!(now.len(), sound.len(), "promises come and go");
    let Some((rule, subject, blame)) = told.turns else { return };
    let finding = audit.findings.iter().find(|one| one.verdict.as_str() == "broken").expect("a broken promise");
    assert_eq!(finding.rule, rule, "{}", finding.message);
    assert!(turned[0].1.starts_with(subject), "{turned:#?}");
    let said = finding.blame.as_deref().unwrap_or_default();
    assert!(said.starts_with(blame) && said.contains(&code), "{code}: {said}");
    let live = finding.views["live"].at.as_deref().unwrap_or_default();
    assert!(told.action.is_empty() || live.ends_with(&format!("({})", told.action)), "{live}");
}

macro_rules! changes {
    ($($name:ident: $change:expr, $back:expr => $told:expr;)+) => {
        $(
            #[test]
            fn $name() {
                changed(concat!(module_path!(), "::", stringify!($name)), $change, $back, &$told);
            }
        )+
    };
}

macro_rules! modify {
    ($quay:ident, $setting:ident($value:expr)) => {
        drop(sent!($quay.aws.rds.modify_db_instance().db_instance_identifier("quay-manifests").apply_immediately(true).$setting($value)))
    };
}

const DATABASE: &str = "modules/database/main.tf";
const BUCKET: &str = "modules/bucket/main.tf";

changes! {
    retention: |quay| modify!(quay, backup_retention_period(1)), |quay| modify!(quay, backup_retention_period(21)) => Told {
        differs: &["quay-manifests backup_retention_days"],
        blame: REVERTED,
        turns: Some(("rds-backup-retention", "quay-manifests", "changed by hand; the next apply reverts it to 21 days")),
        // Where the value is written, of all the places it passes through.
        code: ("terraform.tfvars", "retention = 21"),
        action: "rds:DescribeDBInstances",
    };
    standby: |quay| modify!(quay, multi_az(false)), |quay| modify!(quay, multi_az(true)) => Told {
        differs: &["quay-manifests multi_az"],
        blame: REVERTED,
        turns: Some(("rds-multi-az", "quay-manifests", REVERTED)),
        code: (DATABASE, "multi_az"),
        action: "rds:DescribeDBInstances",
    };
    deletion_protection: |quay| modify!(quay, deletion_protection(false)), |quay| modify!(quay, deletion_protection(true)) => Told {
        differs: &["quay-manifests deletion_protection"],
        blame: REVERTED,
        turns: Some(("rds-deletion-protection", "quay-manifests", REVERTED)),
        code: (DATABASE, "deletion_protection"),
        action: "rds:DescribeDBInstances",
    };
    versioning: |quay| parts::set_versioning(&quay.aws, "quay-exports", BucketVersioningStatus::Suspended),
                |quay| parts::set_versioning(&quay.aws, "quay-exports", BucketVersioningStatus::Enabled) => Told {
        differs: &["quay-exports versioning"],
        blame: REVERTED,
        turns: Some(("s3-versioning", "quay-exports", REVERTED)),
        code: ("storage.tf", "versioning_configuration {"),
        action: "s3:GetBucketVersioning",
    };
    lifecycle_days: |quay| archive_after(quay, 90), |quay| archive_after(quay, 45) => Told {
        differs: &["quay-scans lifecycle[\"archive\"].transitions[0].days"],
        blame: REVERTED,
        turns: Some(("s3-lifecycle-archive", "quay-scans", "changed by hand; the next apply reverts it to 45 days")),
        code: (BUCKET, "rule {\n    id     = \"archive\""),
        action: "s3:GetLifecycleConfiguration",
    };
    replication: |quay| replicate(quay, ReplicationRuleStatus::Disabled), |quay| replicate(quay, ReplicationRuleStatus::Enabled) => Told {
        differs: &["quay-scans replication[\"to-recovery\"].enabled"],
        blame: REVERTED,
        turns: Some(("s3-replication", "quay-scans", REVERTED)),
        code: (BUCKET, "rule {\n    id     = \"to-recovery\""),
        action: "s3:GetReplicationConfiguration",
    };
    public_access: |quay| drop(sent!(quay.aws.s3.delete_public_access_block().bucket("quay-scans"))), block_public_access => Told {
        differs: &[
            "quay-scans public_access_block.block_public_acls",
            "quay-scans public_access_block.block_public_policy",
            "quay-scans public_access_block.ignore_public_acls",
            "quay-scans public_access_block.restrict_public_buckets",
        ],
        blame: REVERTED,
        turns: Some(("s3-public-access", "quay-scans", REVERTED)),
        code: (BUCKET, "\"aws_s3_bucket_public_access_block\""),
        action: "s3:GetBucketPublicAccessBlock",
    };
    inline_door: |quay| door(quay, "quay-edge", true), |quay| door(quay, "quay-edge", false) => Told {
        differs: &["quay-edge ingress[tcp 5432 from 0.0.0.0/0]"],
        blame: REVERTED,
        turns: Some(("security-group-exposure", "quay-edge", REVERTED)),
        code: ("network.tf", "content {"),
        action: "ec2:DescribeSecurityGroups",
    };
    // The rules of this group stand beside it: Terraform leaves alone what others add.
    door_that_no_apply_closes: |quay| door(quay, "quay-database", true), |quay| door(quay, "quay-database", false) => Told {
        differs: &["quay-database ingress[tcp 5432 from 0.0.0.0/0]"],
        blame: "changed by hand since the last apply",
        turns: Some(("security-group-exposure", "quay-database", "changed by hand, and no apply reverts it")),
        code: ("network.tf", "\"aws_security_group\" \"database\""),
        action: "ec2:DescribeSecurityGroups",
    };
    counting_rule: |quay| count(quay, true), |quay| count(quay, false) => Told {
        differs: &["quay-web rules[\"AWSManagedRulesCommonRuleSet\"].action"],
        blame: REVERTED,
        turns: Some(("waf-rules", "quay-web", REVERTED)),
        code: ("edge.tf", "content {"),
        action: "wafv2:GetWebACL",
    };
    record_ttl: |quay| keep_answer(quay, 300), |quay| keep_answer(quay, 60) => Told {
        differs: &["app.quay.example CNAME ttl"],
        blame: REVERTED,
        turns: Some(("dns-failover", "app.quay.example", REVERTED)),
        // The record that decides; drift names the very attribute.
        code: ("edge.tf", "failover_routing_policy {"),
        action: "route53:ListResourceRecordSets",
    };
    bucket_deleted: |quay| drop(sent!(quay.aws.s3.delete_bucket().bucket("quay-exports"))), make_exports => Told {
        differs: &["quay-exports resource"],
        blame: "deleted by hand: the Terraform state still has it",
        turns: Some(("s3-versioning", "quay-exports", "deleted by hand: the Terraform state still has it, and the next apply makes it anew")),
        code: ("storage.tf", "versioning_configuration {"),
        action: "",
    };
    owner_tag: |quay| tag(quay, &[("Owner", "nobody")]), |quay| tag(quay, &[]) => Told {
        differs: &["quay-scans tags[\"Owner\"]"],
        blame: REVERTED,
        turns: None,
        code: (BUCKET, "tags   = var.tags"),
        action: "",
    };
    // Another setting of the block is in `ignore_changes`.
    node_group_size: |quay| resize(quay, 20), |quay| resize(quay, 8) => Told {
        differs: &["quay/workers max"],
        blame: REVERTED,
        turns: None,
        code: ("cluster.tf", "scaling_config {"),
        action: "eks:DescribeNodegroup",
    };
}

#[test]
fn what_the_code_ignores_is_no_difference() {
    let Some(quay) = applied("terraform::by_hand::what_the_code_ignores_is_no_difference") else { return };
    tag(&quay, &[("LastScan", "2026-11-20")]);
    let done = quay.lastro("drift", "infra", &["--explain-suppressed"]);
    tag(&quay, &[]);
    assert_eq!(done.code, Some(0), "{}", done.stdout);
    let report: Report = serde_json::from_str(&done.stdout).expect("a report");
    let explained = report.drift_summary.expect("a summary").explained;
    let ignored: Vec<_> = explained.iter().filter(|one| one.reason == "ignore_changes").collect();
    assert!(
        matches!(ignored.as_slice(), [one] if one.attribute == "tags[\"LastScan\"]" && one.subject.name == "quay-scans"),
        "{ignored:#?}"
    );
}

fn archive_after(quay: &Quay, days: i32) {
    let rule = parts::whole_bucket_rule().transitions(parts::transition(days, TransitionStorageClass::Glacier));
    let rule = rule.expiration(LifecycleExpiration::builder().days(400).build());
    parts::set_lifecycle(&quay.aws, "quay-scans", [built!(rule)]);
}

fn replicate(quay: &Quay, status: ReplicationRuleStatus) {
    let now = sent!(quay.aws.s3.get_bucket_replication().bucket("quay-scans")).replication_configuration.expect("a configuration");
    let mut then = now.clone();
    then.rules.iter_mut().for_each(|rule| rule.status = status.clone());
    sent!(quay.aws.s3.put_bucket_replication().bucket("quay-scans").replication_configuration(then));
}

fn block_public_access(quay: &Quay) {
    let all = PublicAccessBlockConfiguration::builder().block_public_acls(true).block_public_policy(true);
    let all = all.ignore_public_acls(true).restrict_public_buckets(true).build();
    sent!(quay.aws.s3.put_public_access_block().bucket("quay-scans").public_access_block_configuration(all));
}

fn door(quay: &Quay, group: &str, open: bool) {
    let named = aws_sdk_ec2::types::Filter::builder().name("group-name").values(group).build();
    let groups = sent!(quay.aws.ec2.describe_security_groups().filters(named));
    let id = groups.security_groups()[0].group_id().expect("an id").to_owned();
    if open {
        parts::open(&quay.aws, &id, "tcp", (5432, 5432), "0.0.0.0/0");
        return;
    }
    let closed = quay.aws.ec2.revoke_security_group_ingress().group_id(id).ip_protocol("tcp").from_port(5432).to_port(5432);
    sent!(closed.cidr_ip("0.0.0.0/0"));
}

fn count(quay: &Quay, counts: bool) {
    let listed = sent!(quay.aws.waf.list_web_acls().scope(Scope::Regional));
    let id = listed.web_acls().iter().find(|acl| acl.name() == Some("quay-web")).and_then(|acl| acl.id()).expect("the ACL").to_owned();
    let got = sent!(quay.aws.waf.get_web_acl().name("quay-web").scope(Scope::Regional).id(&id));
    let (token, acl) = (got.lock_token.expect("a token"), got.web_acl.expect("an ACL"));
    let action = OverrideAction::builder();
    let action = if counts { action.count(CountAction::builder().build()) } else { action.none(NoneAction::builder().build()) }.build();
    let mut rules = acl.rules.unwrap_or_default();
    for rule in rules.iter_mut().filter(|rule| rule.name == parts::COMMON) {
        rule.override_action = Some(action.clone());
    }
    let change = quay.aws.waf.update_web_acl().name("quay-web").scope(Scope::Regional).id(id).lock_token(token);
    let change = change.set_default_action(acl.default_action).set_visibility_config(acl.visibility_config);
    sent!(change.set_rules(Some(rules)));
}

fn keep_answer(quay: &Quay, seconds: i64) {
    let zones = sent!(quay.aws.dns.list_hosted_zones());
    let zone = zones.hosted_zones().iter().find(|zone| zone.name() == "quay.example.").expect("the zone").id().to_owned();
    let records = sent!(quay.aws.dns.list_resource_record_sets().hosted_zone_id(&zone));
    let primary = records.resource_record_sets().iter().find(|record| record.set_identifier() == Some("primary"));
    let mut primary = primary.expect("the record").clone();
    primary.ttl = Some(seconds);
    let change = built!(Change::builder().action(ChangeAction::Upsert).resource_record_set(primary));
    sent!(quay.aws.dns.change_resource_record_sets().hosted_zone_id(zone).change_batch(built!(ChangeBatch::builder().changes(change))));
}

fn make_exports(quay: &Quay) {
    let there = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(REGION)).build();
    sent!(quay.aws.s3.create_bucket().bucket("quay-exports").create_bucket_configuration(there));
    parts::set_versioning(&quay.aws, "quay-exports", BucketVersioningStatus::Enabled);
    tags(quay, "quay-exports", &[("System", "quay"), ("Owner", "logistics")]);
}

/// The tags of a bucket as applied, and others.
fn tag(quay: &Quay, more: &[(&str, &str)]) {
    let mut all = BTreeMap::from([("System", "quay"), ("Owner", "logistics"), ("Content", "documents")]);
    all.extend(more.iter().copied());
    tags(quay, "quay-scans", &all.into_iter().collect::<Vec<_>>());
}

fn tags(quay: &Quay, bucket: &str, all: &[(&str, &str)]) {
    let all = all.iter().map(|(key, value)| built!(Tag::builder().key(*key).value(*value))).collect();
    sent!(quay.aws.s3.put_bucket_tagging().bucket(bucket).tagging(built!(Tagging::builder().set_tag_set(Some(all)))));
}

fn resize(quay: &Quay, max: i32) {
    let sizes = NodegroupScalingConfig::builder().min_size(3).max_size(max).desired_size(3).build();
    sent!(quay.aws.eks.update_nodegroup_config().cluster_name("quay").nodegroup_name("workers").scaling_config(sizes));
}
