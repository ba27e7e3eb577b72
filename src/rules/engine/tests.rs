//! DESIGN section 3, "Verdicts and honesty", point by point.

use std::collections::BTreeSet;

use super::*;
use crate::estate::bucket::{Bucket, Versioning};
use crate::estate::database::DbInstance;
use crate::estate::{Fact, Kind, Locus, Meta, Region, Scope, ViewEstate};
use crate::plan::claim::{BackupRetention, ManualSnapshot, Owner, Versions};
use crate::plan::{Select, Waiver};
use crate::rules::testing::{NOW, denied, denied_gap, live, meta, plan, seen, time, unread};

fn bucket(name: &str, versioning: Fact<Versioning>) -> Bucket {
    Bucket { versioning, ..Bucket::unread(meta(name), &unread()) }
}

fn recorded(resources: impl IntoIterator<Item = Bucket>) -> ViewEstate {
    let mut view = ViewEstate::new(View::Recorded);
    for kind in Kind::ALL {
        view.listed(*kind, Scope::Whole, None);
    }
    for (index, mut bucket) in resources.into_iter().enumerate() {
        bucket.meta.address = Some(format!("aws_s3_bucket.data[{index}]"));
        view.add(bucket);
    }
    view
}

fn estate(views: impl IntoIterator<Item = ViewEstate>) -> Estate {
    let mut estate = Estate::default();
    views.into_iter().for_each(|view| estate.add(view));
    estate
}

fn judge_with<'a>(plan: &'a Plan, estate: &'a Estate, only: &'a BTreeSet<String>) -> Vec<Finding<'a>> {
    judge(&Request { plan, estate, now: time(NOW), gate: None, only })
}

fn verdicts(plan: &Plan, estate: &Estate) -> Vec<(String, String)> {
    judge_with(plan, estate, &BTreeSet::new()).into_iter().map(|finding| (finding.subject.name.clone(), word(&finding.verdict))).collect()
}

fn word(verdict: &Verdict<'_>) -> String {
    match verdict {
        Verdict::Kept => "kept".to_owned(),
        Verdict::Broken => "broken".to_owned(),
        Verdict::Unknown(gap) => format!("unknown {}", gap.cause),
        Verdict::NotApplicable => "not applicable".to_owned(),
        Verdict::Waived { covers, .. } => format!("waived {}", word(covers)),
    }
}

fn one(name: &str, verdict: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), verdict.to_owned())]
}

#[test]
fn point_1_a_gap_is_unknown_and_names_the_permission() {
    let estate = estate([live([bucket("a", denied("s3:GetBucketVersioning")).into()])]);
    let plan = plan(Versions);
    let only = BTreeSet::new();
    let findings = judge_with(&plan, &estate, &only);
    let Verdict::Unknown(gap) = &findings[0].verdict else { panic!("{:?}", findings[0].verdict) };
    assert_eq!(gap.action.as_ref().map(|action| action.as_str()), Some("s3:GetBucketVersioning"));
    assert_eq!(findings[0].grade, None);
}

#[test]
fn point_2_a_promise_that_selects_nothing_is_broken() {
    let other = Bucket {
        meta: Meta { tags: seen(std::collections::BTreeMap::new()), ..meta("other") },
        ..bucket("other", seen(Versioning::Enabled))
    };
    assert_eq!(verdicts(&plan(Versions), &estate([live([other.into()])])), one("(S3 buckets)", "broken"));
    assert_eq!(verdicts(&plan(Versions), &estate([live([])])), one("(S3 buckets)", "broken"));
}

#[test]
fn point_2_unless_its_source_could_not_be_read() {
    let mut view = ViewEstate::new(View::Live);
    view.listed(Kind::Bucket, Scope::Whole, Some(denied_gap("s3:ListAllMyBuckets")));
    assert_eq!(verdicts(&plan(Versions), &estate([view])), one("(S3 buckets)", "unknown denied"));
    assert_eq!(verdicts(&plan(Versions), &estate([])), one("(S3 buckets)", "unknown not read"));
}

#[test]
fn a_listing_that_ended_early_leaves_an_unknown_beside_what_was_seen() {
    let mut view = live([bucket("a", seen(Versioning::Enabled)).into()]);
    view.listed(Kind::Bucket, Scope::Region("us-west-2".into()), Some(Gap::new(Cause::Incomplete, "page 2 failed")));
    assert_eq!(verdicts(&plan(Versions), &estate([view])), [one("(S3 buckets)", "unknown incomplete"), one("a", "kept")].concat());
}

#[test]
fn point_3_null_is_unknown_and_a_tainted_resource_is_no_evidence() {
    let null = bucket("a", Gap::new(Cause::Null, "recorded as null").into());
    assert_eq!(verdicts(&plan(Versions), &estate([recorded([null])])), one("a", "unknown null in state"));
    let mut tainted = bucket("a", seen(Versioning::Enabled));
    tainted.meta.tainted = true;
    assert_eq!(verdicts(&plan(Versions), &estate([recorded([tainted])])), one("a", "unknown tainted"));
}

#[test]
fn point_4_the_strongest_view_decides_and_the_others_are_shown() {
    let estate = estate([recorded([bucket("a", seen(Versioning::Enabled))]), live([bucket("a", seen(Versioning::Suspended)).into()])]);
    let (plan, only) = (plan(Versions), BTreeSet::new());
    let findings = judge_with(&plan, &estate, &only);
    assert_eq!(findings.len(), 1);
    assert_eq!(word(&findings[0].verdict), "broken");
    assert_eq!(findings[0].views.len(), 2);
    assert!(findings[0].blame.as_ref().is_some_and(|blame| blame.starts_with("changed by hand")));
    assert_eq!(findings[0].subject.address.as_deref(), Some("aws_s3_bucket.data[0]"));
    assert_eq!(findings[0].grade, Some(Grade::Configured));
}

#[test]
fn point_4_a_denied_live_view_is_not_replaced_by_the_state() {
    let estate = estate([recorded([bucket("a", seen(Versioning::Enabled))]), live([bucket("a", denied("s3:GetBucketVersioning")).into()])]);
    assert_eq!(verdicts(&plan(Versions), &estate), one("a", "unknown denied"));
}

#[test]
fn what_the_state_records_and_live_lacks_is_broken_unless_live_was_not_read_whole() {
    let state = || recorded([bucket("a", seen(Versioning::Enabled))]);
    assert_eq!(verdicts(&plan(Versions), &estate([state(), live([])])), one("a", "broken"));
    let mut blind = ViewEstate::new(View::Live);
    blind.listed(Kind::Bucket, Scope::Whole, Some(denied_gap("s3:ListAllMyBuckets")));
    let found = verdicts(&plan(Versions), &estate([state(), blind]));
    assert!(found.iter().all(|(_, verdict)| verdict == "unknown denied"), "{found:?}");
}

#[test]
fn what_lives_in_a_region_nobody_read_is_unknown_not_gone() {
    let mut elsewhere = bucket("a", seen(Versioning::Enabled));
    elsewhere.meta.region = seen(Region::from("eu-west-1"));
    let mut plan = plan(Versions);
    plan.promises[0].select.regions = crate::plan::SelectIn::Anywhere;
    assert_eq!(verdicts(&plan, &estate([recorded([elsewhere]), live([])])), one("a", "unknown not read"));
}

#[test]
fn a_tag_taken_off_by_hand_does_not_hide_the_resource() {
    let mut untagged = bucket("a", seen(Versioning::Suspended));
    untagged.meta.tags = seen(std::collections::BTreeMap::new());
    let estate = estate([recorded([bucket("a", seen(Versioning::Enabled))]), live([untagged.into()])]);
    assert_eq!(verdicts(&plan(Versions), &estate), one("a", "broken"));
}

#[test]
fn views_join_by_name_when_one_has_no_arn_and_select_by_address_reaches_live() {
    let mut state = bucket("A", seen(Versioning::Enabled));
    state.meta.arn = unread().into();
    let estate = estate([recorded([state]), live([bucket("a", seen(Versioning::Enabled)).into()])]);
    let mut plan = plan(Versions);
    plan.promises[0].select = Select { addresses: vec!["aws_s3_bucket.data".to_owned()], ..Select::default() };
    assert_eq!(verdicts(&plan, &estate), one("a", "kept"));
}

#[test]
fn things_of_one_name_in_two_accounts_stay_two() {
    let other = |name| {
        let mut twin = bucket(name, seen(Versioning::Suspended));
        twin.meta.arn = seen("arn:aws:test:us-east-1:999999999999:a".into());
        twin.meta.account = seen("999999999999".into());
        twin
    };
    let estate = estate([recorded([other("a")]), live([bucket("a", seen(Versioning::Enabled)).into()])]);
    let found = verdicts(&plan(Versions), &estate);
    let verdicts: BTreeSet<_> = found.iter().map(|(_, verdict)| verdict.as_str()).collect();
    assert_eq!(verdicts, BTreeSet::from(["kept", "unknown not read"]), "the other account was not read, so nothing is gone");
}

fn database(days: u32) -> DbInstance {
    DbInstance { backup_retention_days: seen(days), cluster: seen(None), ..DbInstance::unread(meta("db"), &unread()) }
}

#[test]
fn point_5_another_mechanism_may_keep_the_promise() {
    let keep = "30d".parse().expect("period");
    let estate = estate([live([database(7).into()])]);
    let any = BackupRetention { keep, or_by: vec!["dumps".to_owned()] };
    assert_eq!(verdicts(&plan(any), &estate), one("db", "unknown not judged yet"));
    let named = BackupRetention { keep, or_by: Vec::new() };
    assert_eq!(verdicts(&plan(named), &estate), one("db", "broken"));
}

#[test]
fn a_cluster_is_selected_by_its_members_and_judged_in_their_place() {
    use crate::estate::database::DbCluster;
    let mut cluster = DbCluster { backup_retention_days: seen(7), ..DbCluster::unread(meta("ledger"), &unread()) };
    cluster.meta.tags = seen(std::collections::BTreeMap::new());
    let member = DbInstance { cluster: seen(Some("ledger".to_owned())), backup_retention_days: seen(1), ..database(1) };
    let estate = estate([live([cluster.into(), member.into()])]);
    let promise = BackupRetention { keep: "7d".parse().expect("period"), or_by: Vec::new() };
    assert_eq!(verdicts(&plan(promise), &estate), one("ledger", "kept"));
}

fn waiver(subject: &str, expires: &str) -> Waiver {
    Waiver {
        rule: "s3-versioning".to_owned(),
        subject: subject.to_owned(),
        owner: "Ana".to_owned(),
        reason: "rebuilt nightly".to_owned(),
        expires: expires.parse().expect("date"),
        at: crate::plan::Span { line: 40, column: 5 },
    }
}

#[test]
fn point_6_a_waiver_covers_until_its_last_day_and_the_finding_stays() {
    let estate = estate([live([bucket("a", seen(Versioning::Never)).into(), bucket("b", seen(Versioning::Enabled)).into()])]);
    let mut plan = plan(Versions);
    plan.waivers = vec![waiver("a", "2026-11-20")];
    assert_eq!(verdicts(&plan, &estate), [one("a", "waived broken"), one("b", "kept")].concat());
}

#[test]
fn point_6_a_waiver_that_ran_out_or_matches_nothing_is_a_finding() {
    let estate = estate([live([bucket("a", seen(Versioning::Never)).into()])]);
    let mut plan = plan(Versions);
    plan.waivers = vec![waiver("a", "2026-11-19"), waiver("no-such-*", "2027-01-01")];
    let only = BTreeSet::new();
    let found: Vec<_> = judge_with(&plan, &estate, &only).iter().map(|f| (f.rule_id.clone(), word(&f.verdict))).collect();
    let expected = [("s3-versioning", "broken"), ("waiver-expired", "broken"), ("waiver-unused", "broken")];
    assert_eq!(found, expected.map(|(rule, verdict)| (rule.to_owned(), verdict.to_owned())));
}

#[test]
fn point_6_a_waiver_whose_subject_may_be_unseen_is_no_breach() {
    let mut view = live([bucket("a", seen(Versioning::Enabled)).into()]);
    view.listed(Kind::Bucket, Scope::Whole, Some(Gap::new(Cause::Denied, "no")));
    let mut plan = plan(Versions);
    plan.waivers = vec![waiver("b", "2027-01-01")];
    let only = BTreeSet::new();
    let estate = estate([view]);
    let found: Vec<_> = judge_with(&plan, &estate, &only).iter().map(|f| (f.rule_id.clone(), word(&f.verdict))).collect();
    assert_eq!(found.last(), Some(&("waiver-unused".to_owned(), "unknown denied".to_owned())));
}

#[test]
fn point_6_a_waiver_of_a_gate_is_not_judged_outside_it() {
    let estate = estate([live([bucket("a", seen(Versioning::Never)).into()])]);
    let mut plan = plan(Versions);
    plan.promises[0].gate = Some(Gate::Release);
    plan.waivers = vec![waiver("a", "2027-01-01")];
    let only = BTreeSet::new();
    let found: Vec<_> = judge_with(&plan, &estate, &only).iter().map(|f| f.rule_id.clone()).collect();
    assert_eq!(found, ["s3-versioning"], "and no waiver-unused");
}

#[test]
fn point_7_ids_are_stable_and_order_does_not_depend_on_the_input() {
    let buckets = || ["c", "a", "b"].map(|name| bucket(name, seen(Versioning::Enabled)));
    let forward = estate([live(buckets().map(Into::into))]);
    let mut reversed = buckets();
    reversed.reverse();
    let backward = estate([live(reversed.map(Into::into))]);
    let (mut plan, only) = (plan(Versions), BTreeSet::new());
    let ids = |plan: &Plan, estate: &Estate| -> Vec<_> {
        judge_with(plan, estate, &only).iter().map(|f| (f.id.clone(), f.subject.name.clone())).collect()
    };
    let before = ids(&plan, &forward);
    assert_eq!(before, ids(&plan, &backward));
    assert_eq!(before.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(), 3);
    plan.promises[0].at.line += 10;
    plan.promises[0].document_line = Some(99);
    assert_eq!(before, ids(&plan, &forward), "an edit elsewhere in the plan or the document does not make old findings new");
}

#[test]
fn two_promises_in_the_same_words_have_two_ids() {
    let estate = estate([live([bucket("a", seen(Versioning::Enabled)).into()])]);
    let mut plan = plan(Versions);
    plan.promises.push(plan.promises[0].clone());
    let only = BTreeSet::new();
    let ids: BTreeSet<_> = judge_with(&plan, &estate, &only).into_iter().map(|finding| finding.id).collect();
    assert_eq!(ids.len(), 2);
}

#[test]
fn observed_rules_do_not_take_the_state_for_an_answer() {
    let promise = ManualSnapshot { at_most_old: "24h".parse().expect("period") };
    let mut state = ViewEstate::new(View::Recorded);
    state.listed(Kind::DbInstance, Scope::Whole, None);
    state.add(database(7));
    let found = verdicts(&plan(promise), &estate([state]));
    assert!(found.iter().all(|(_, verdict)| verdict == "unknown not read"), "{found:?}");
}

#[test]
fn a_gate_nobody_asked_for_is_not_applicable() {
    let mut plan = plan(Versions);
    plan.promises[0].gate = Some(Gate::Release);
    assert_eq!(verdicts(&plan, &estate([])), one("as promised", "not applicable"));
}

#[test]
fn a_promise_without_a_judge_is_unknown() {
    let later =
        crate::plan::claim::Later { rule: "drill-cadence", what: "restore tested monthly".to_owned(), settled_by: "the drill ledger" };
    assert_eq!(verdicts(&plan(Claim::Later(later)), &estate([])), one("restore tested monthly", "unknown not judged yet"));
}

#[test]
fn an_intention_is_no_promise() {
    let later = crate::plan::claim::Later { rule: "planned", what: "incremental backups".to_owned(), settled_by: "" };
    let mut plan = plan(Claim::Later(later));
    plan.promises[0].section = Section::Planned;
    assert_eq!(verdicts(&plan, &estate([])), one("incremental backups", "not applicable"));
}

#[test]
fn only_narrows_by_section_and_by_rule() {
    let mut plan = plan(Versions);
    plan.promises.push(Promise {
        claim: Owner { role: "backup".to_owned(), name: Some("Ana".to_owned()) }.into(),
        section: Section::Governance,
        ..plan.promises[0].clone()
    });
    let estate = estate([live([bucket("a", seen(Versioning::Enabled)).into()])]);
    for (name, rules) in [("governance", "owner-named"), ("s3-versioning", "s3-versioning")] {
        let only = BTreeSet::from([name.to_owned()]);
        let found: Vec<_> = judge_with(&plan, &estate, &only).iter().map(|finding| finding.rule_id.clone()).collect();
        assert_eq!(found, [rules]);
    }
}

#[test]
fn a_place_says_arn_and_call_live_and_file_and_address_in_state() {
    let api = Place { resource: "arn:aws:s3:::a".to_owned(), locus: Locus::Api(crate::estate::Action::of("s3:GetBucketVersioning")) };
    assert_eq!(api.to_string(), "arn:aws:s3:::a (s3:GetBucketVersioning)");
    let state = Locus::State { file: "prod.tfstate".into(), address: "aws_s3_bucket.a".into() };
    assert_eq!(Place { resource: "a".to_owned(), locus: state }.to_string(), "prod.tfstate aws_s3_bucket.a");
}

#[test]
fn code_that_may_be_of_any_region_is_not_taken_for_the_one_that_is_meant() {
    let declared = |cause: Cause| {
        let mut view = ViewEstate::new(View::Declared);
        view.listed(Kind::Bucket, Scope::Whole, None);
        let region = Gap::new(cause, "provider dr is not configured").into();
        view.add(Bucket { meta: Meta { region, ..meta("a") }, ..bucket("a", seen(Versioning::Enabled)) });
        verdicts(&plan(Versions), &estate([view]))
    };
    assert_eq!(declared(Cause::NotRead), one("(S3 buckets)", "unknown not read"));
    assert_eq!(declared(Cause::NotStated), one("a", "kept"), "the region of the environment");
}

#[test]
fn a_tag_that_is_a_secret_is_not_a_tag_with_another_value() {
    let tagged = |value: &str| {
        let tags = seen(std::collections::BTreeMap::from([("System".to_owned(), value.to_owned())]));
        Bucket { meta: Meta { tags, ..meta("a") }, ..bucket("a", seen(Versioning::Enabled)) }
    };
    let sealed = estate([live([tagged(crate::estate::REDACTED).into()])]);
    assert_eq!(verdicts(&plan(Versions), &sealed), one("(S3 buckets)", "unknown unreadable"));
    let other = estate([live([tagged("another").into()])]);
    assert_eq!(verdicts(&plan(Versions), &other), one("(S3 buckets)", "broken"));
}

#[test]
fn tags_that_nobody_saw_are_not_a_promise_that_selects_nothing() {
    let hidden = |name: &str| {
        let unseen = Meta { tags: denied("s3:GetBucketTagging"), ..meta(name) };
        Bucket { meta: unseen, ..bucket(name, seen(Versioning::Enabled)) }
    };
    assert_eq!(verdicts(&plan(Versions), &estate([live([hidden("a").into()])])), one("(S3 buckets)", "unknown denied"));
    let beside = estate([live([hidden("a").into(), bucket("b", seen(Versioning::Enabled)).into()])]);
    assert_eq!(verdicts(&plan(Versions), &beside), [one("(S3 buckets)", "unknown denied"), one("b", "kept")].concat());
    let mut named = plan(Versions);
    named.promises[0].select.names = vec!["b".to_owned()];
    assert_eq!(verdicts(&named, &beside), one("b", "kept"), "a name that was seen rules it out");
    let recorded_too = estate([recorded([bucket("a", seen(Versioning::Enabled))]), live([hidden("a").into()])]);
    assert_eq!(verdicts(&plan(Versions), &recorded_too), one("a", "kept"), "the state says that it is meant");
}

#[test]
fn a_region_of_the_promise_that_was_not_read_is_unknown_not_empty() {
    let estate = estate([live([bucket("a", seen(Versioning::Enabled)).into()])]);
    let mut elsewhere = plan(Versions);
    elsewhere.promises[0].select.regions = crate::plan::SelectIn::Recovery;
    assert_eq!(verdicts(&elsewhere, &estate), one("(S3 buckets)", "unknown not read"));
    elsewhere.regions.recovery.clear();
    assert_eq!(verdicts(&elsewhere, &estate), one("(S3 buckets)", "unknown not stated"));
    let mut both = plan(Versions);
    both.regions.primary.push("eu-west-1".into());
    assert_eq!(verdicts(&both, &estate), [one("(S3 buckets)", "unknown not read"), one("a", "kept")].concat());
}

#[test]
fn the_web_acls_of_cloudfront_do_not_stand_for_those_of_a_region() {
    let mut view = ViewEstate::new(View::Live);
    view.listed(Kind::WebAcl, Scope::Whole, None);
    view.listed(Kind::WebAcl, Scope::Region("us-east-1".into()), None);
    view.listed(Kind::Bucket, Scope::Whole, None);
    assert!(view.looked_in(Kind::WebAcl, Some(&Region::global())));
    assert!(view.looked_in(Kind::WebAcl, Some(&"us-east-1".into())));
    assert!(!view.looked_in(Kind::WebAcl, Some(&"eu-west-1".into())));
    assert!(view.looked_in(Kind::Bucket, Some(&"eu-west-1".into())));
    assert!(!view.looked_in(Kind::Subnet, None));
}

#[test]
fn a_waiver_hides_neither_what_nobody_saw_nor_is_blamed_for_it() {
    let mut view = ViewEstate::new(View::Live);
    view.listed(Kind::Bucket, Scope::Whole, Some(denied_gap("s3:ListAllMyBuckets")));
    let mut plan = plan(Versions);
    plan.waivers = vec![waiver("*", "2027-01-01")];
    let found = verdicts(&plan, &estate([view]));
    assert!(found.iter().all(|(_, verdict)| verdict == "unknown denied"), "{found:?}");
    assert_eq!(found.len(), 2, "the promise and the waiver");
}

#[test]
fn one_arn_under_two_addresses_is_one_thing() {
    let twice = recorded([bucket("a", seen(Versioning::Enabled)), bucket("a", seen(Versioning::Enabled))]);
    let estate = estate([twice, live([bucket("a", seen(Versioning::Enabled)).into()])]);
    assert_eq!(verdicts(&plan(Versions), &estate), one("a", "kept"), "the second address is not a bucket that is gone");
}

/// A database that code, state and live see with these many days of backups; `from` says where code has its number from.
fn three_views(days: [u32; 3], from: Option<&str>) -> Estate {
    let at = |view: View| match view {
        View::Declared => Locus::Code { file: "db.tf".into(), line: 12, column: 3, from: from.map(Into::into) },
        View::Recorded => Locus::State { file: "prod.tfstate".into(), address: "aws_db_instance.orders".into() },
        View::Live => Locus::Api(crate::estate::Action::of("rds:DescribeDBInstances")),
    };
    let views = [View::Declared, View::Recorded, View::Live].into_iter().zip(days).map(|(view, days)| {
        let mut estate = ViewEstate::new(view);
        let scope = if view == View::Live { Scope::Region("us-east-1".into()) } else { Scope::Whole };
        Kind::ALL.iter().for_each(|kind| estate.listed(*kind, scope.clone(), None));
        let mut db = DbInstance::unread(meta("orders"), &unread());
        db.cluster = seen(None);
        db.replica_of = seen(None);
        db.backup_retention_days = Fact::known_at(days, at(view));
        estate.add(db);
        estate
    });
    estate(views.collect::<Vec<_>>())
}

fn seven_days() -> crate::plan::Plan {
    plan(BackupRetention { keep: "7d".parse().expect("a period"), or_by: Vec::new() })
}

#[test]
fn a_breach_in_code_names_the_line_and_how_it_should_read() {
    let (plan, only) = (seven_days(), BTreeSet::new());
    let of = |days, from| {
        let estate = three_views(days, from);
        let findings = judge_with(&plan, &estate, &only);
        assert_eq!(findings.len(), 1);
        (findings[0].blame.clone().unwrap_or_default(), crate::rules::remedy::remedy(&findings[0]))
    };
    let (blame, remedy) = of([1, 1, 1], None);
    assert_eq!(blame, "never promised in code: fix db.tf:12");
    assert_eq!(remedy.at, Some(("db.tf".to_owned(), 12)));
    let change = remedy.change.expect("one attribute decides");
    assert_eq!((change.attribute.as_str(), change.now.as_deref(), change.should.as_str()), ("backup_retention_period", Some("1"), "7"));
    assert!(remedy.text.ends_with(" In code: fix db.tf:12, where backup_retention_period should read 7, not 1."), "{}", remedy.text);

    let (blame, remedy) = of([0, 0, 0], Some("provider default"));
    assert_eq!(blame, "not set in code (provider default): set it in the block at db.tf:12");
    assert_eq!(remedy.change.expect("one attribute decides").now, None, "what nobody wrote does not read anything");
    assert!(
        remedy.text.ends_with(" In code: set it in the block at db.tf:12, where backup_retention_period should read 7."),
        "{}",
        remedy.text
    );

    let (_, remedy) = of([1, 1, 1], Some("prod.tfvars:3"));
    assert_eq!(remedy.at, Some(("prod.tfvars".to_owned(), 3)), "where the value is written");
}

#[test]
fn a_breach_that_only_live_has_asks_for_an_apply_and_for_no_change_of_code() {
    let (plan, only, estate) = (seven_days(), BTreeSet::new(), three_views([7, 7, 1], None));
    let findings = judge_with(&plan, &estate, &only);
    assert_eq!(findings[0].blame.as_deref(), Some("changed by hand; the next apply reverts it to 7 days (db.tf:12)"));
    let remedy = crate::rules::remedy::remedy(&findings[0]);
    assert_eq!((remedy.at, remedy.change), (None, None));
    assert!(remedy.text.ends_with(" The code keeps the promise (db.tf:12): apply it again."), "{}", remedy.text);
}

#[test]
fn what_is_right_by_accident_says_what_to_change_before_the_next_apply() {
    let (plan, only, estate) = (seven_days(), BTreeSet::new(), three_views([1, 1, 7], None));
    let findings = judge_with(&plan, &estate, &only);
    assert_eq!(word(&findings[0].verdict), "kept");
    assert_eq!(findings[0].blame.as_deref(), Some("right by accident: the next apply breaks it (db.tf:12)"));
    assert_eq!(crate::rules::remedy::remedy(&findings[0]).at, Some(("db.tf".to_owned(), 12)));
}
