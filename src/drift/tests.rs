//! Whole comparisons over small estates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::estate::bucket::{Bucket, Versioning};
use crate::estate::cluster::AutoScalingGroup;
use crate::estate::database::DbInstance;
use crate::estate::{Action, Fact, Locus, Meta, Resource, Scope};
use crate::plan::{Claim, Document, Regions, Section, Select, Sources, Span, claim};

fn locus(view: View) -> Locus {
    match view {
        View::Declared => Locus::Code { file: "db.tf".into(), line: 12, column: 3, from: None },
        View::Recorded => Locus::State { file: "terraform.tfstate".into(), address: "aws_x.y".into() },
        View::Live => Locus::Api(Action::of("test:Read")),
    }
}

fn unread() -> Gap {
    Gap::new(Cause::NotRead, "not part of this test")
}

fn meta(view: View, name: &str) -> Meta {
    let seen = |text: &str| Fact::known_at(text.to_owned(), locus(view));
    Meta {
        name: seen(name),
        region: seen("us-east-1").map(Region::from),
        tags: Fact::known_at(BTreeMap::from([("System".to_owned(), "test".to_owned())]), locus(view)),
        address: (view != View::Live).then(|| format!("aws_x.{name}")),
        ..Meta::unseen(&unread())
    }
}

fn database(view: View, days: Fact<u32>) -> Resource {
    let mut db = DbInstance::unread(meta(view, "orders"), &unread());
    db.cluster = Fact::known_at(None, locus(view));
    db.backup_retention_days = days;
    db.into()
}

fn days(view: View, days: u32) -> Resource {
    database(view, Fact::known_at(days, locus(view)))
}

fn view(view: View, resources: impl IntoIterator<Item = Resource>) -> ViewEstate {
    let mut estate = ViewEstate::new(view);
    for kind in Kind::ALL {
        estate.listed(*kind, Scope::Whole, None);
    }
    resources.into_iter().for_each(|resource| estate.add(resource));
    estate
}

fn plan(ignores: Vec<DriftIgnore>) -> Plan {
    let promise = Promise {
        text: "kept".to_owned(),
        section: Section::Datasets,
        group: "test".to_owned(),
        document_line: Some(19),
        at: Span { line: 14, column: 7 },
        claim: Claim::from(claim::Owner { role: "backups".to_owned(), name: None }),
        select: Select { tags: BTreeMap::from([("System".to_owned(), "test".to_owned())]), ..Select::default() },
        gate: None,
        severity: None,
    };
    Plan {
        name: "test".to_owned(),
        title: "Test".to_owned(),
        path: Arc::from("policies/test.yaml"),
        sha256: String::new(),
        document: Document::default(),
        regions: Regions { primary: vec!["us-east-1".into()], recovery: Vec::new() },
        sources: Sources::default(),
        promises: vec![promise],
        waivers: Vec::new(),
        drift_ignores: ignores,
    }
}

fn ignore(subject: &str, attribute: &str, expires: &str) -> DriftIgnore {
    DriftIgnore {
        subject: Some(subject.to_owned()),
        address: None,
        attribute: attribute.to_owned(),
        owner: "team".to_owned(),
        reason: "on purpose".to_owned(),
        expires: expires.parse().expect("a date"),
        document_line: None,
        at: Span { line: 90, column: 5 },
    }
}

/// What comparing said, as lines: `subject attribute = blame`, suppressed ones with their reason.
fn lines(plan: &Plan, views: Vec<ViewEstate>, all: bool) -> (Vec<String>, Vec<String>, usize) {
    let mut estate = Estate::default();
    views.into_iter().for_each(|view| estate.add(view));
    const KINDS: &[Kind] = &[Kind::AutoScalingGroup, Kind::Bucket, Kind::DbInstance];
    let cares = [Care { promise: &plan.promises[0], subjects: KINDS, evidence: BTreeSet::new() }];
    let now = "2026-11-20T12:00:00Z".parse().expect("a time");
    let outcome = compare(&Request { plan, estate: &estate, refreshed: None, now, cares: &cares, all });
    let accepted = |one: &Difference<'_>| if one.ignored.is_some() { " (accepted)" } else { "" };
    let said = outcome.differences.iter().map(|one| format!("{} {} = {}{}", one.subject.name, one.attribute, one.blame, accepted(one)));
    let suppressed = outcome.suppressed.iter().map(|one| format!("{} {} {}", one.subject.name, one.attribute, one.reason));
    let complaints = outcome.complaints.iter().map(|one| format!("{:?}", one.problem));
    (said.collect(), suppressed.chain(complaints).collect(), outcome.unread.len())
}

fn said(views: Vec<ViewEstate>) -> Vec<String> {
    lines(&plan(Vec::new()), views, false).0
}

#[test]
fn three_views_that_agree_are_clean() {
    let views = [View::Declared, View::Recorded, View::Live].map(|side| view(side, [days(side, 7)]));
    assert_eq!(said(views.to_vec()), Vec::<String>::new());
}

#[test]
fn who_moved_is_said_of_the_attribute() {
    let three = |code: u32, state: u32, live: u32| {
        let sides = [(View::Declared, code), (View::Recorded, state), (View::Live, live)];
        said(sides.map(|(side, value)| view(side, [days(side, value)])).to_vec())
    };
    assert_eq!(three(7, 7, 1), ["orders backup_retention_days = changed by hand; the next apply reverts it"]);
    assert_eq!(three(7, 1, 1), ["orders backup_retention_days = code changed, not applied"]);
    assert_eq!(three(7, 1, 7), ["orders backup_retention_days = state is stale: refresh"]);
    assert_eq!(three(7, 3, 1).len(), 1);
}

#[test]
fn things_that_are_gone_or_nobodys_are_said_as_a_whole() {
    let gone = said(vec![view(View::Recorded, [days(View::Recorded, 7)]), view(View::Live, [])]);
    assert_eq!(gone, ["orders resource = deleted by hand: the Terraform state still has it"]);
    let unmanaged = said(vec![view(View::Recorded, []), view(View::Live, [days(View::Live, 7)])]);
    assert_eq!(unmanaged, ["orders resource = not managed by code: a rebuild loses it"]);
    let unapplied = said(vec![view(View::Declared, [days(View::Declared, 7)]), view(View::Recorded, []), view(View::Live, [])]);
    assert_eq!(unapplied, ["orders resource = in code, never applied"]);
}

#[test]
fn a_gap_is_never_a_difference() {
    let denied = Gap::new(Cause::Denied, "not authorized");
    let views = vec![view(View::Recorded, [days(View::Recorded, 7)]), view(View::Live, [database(View::Live, denied.clone().into())])];
    let (differences, _, unread) = lines(&plan(Vec::new()), views, false);
    assert_eq!((differences, unread), (Vec::new(), 1));

    let mut unlisted = ViewEstate::new(View::Live);
    unlisted.listed(Kind::DbInstance, Scope::Region("us-east-1".into()), Some(denied));
    let (differences, _, unread) = lines(&plan(Vec::new()), vec![view(View::Recorded, [days(View::Recorded, 7)]), unlisted], false);
    assert_eq!((differences, unread), (Vec::new(), 1), "what could not be listed is not gone");

    let computed = Gap::new(Cause::ComputedAtApply, "known after apply");
    let views = vec![view(View::Declared, [database(View::Declared, computed.into())]), view(View::Recorded, [days(View::Recorded, 7)])];
    assert_eq!(lines(&plan(Vec::new()), views, false), (Vec::new(), Vec::new(), 0), "what the apply will know is no obstacle");
}

#[test]
fn what_nobody_promised_is_listed_only_when_all_is() {
    let mut other = meta(View::Live, "of-others");
    other.tags = Fact::known_at(BTreeMap::new(), locus(View::Live));
    let bucket: Resource = Bucket::unread(other, &unread()).into();
    let views = vec![view(View::Recorded, []), view(View::Live, [bucket])];
    assert_eq!(lines(&plan(Vec::new()), views.clone(), false).0, Vec::<String>::new());
    assert_eq!(lines(&plan(Vec::new()), views, true).0, ["of-others resource = not managed by code: a rebuild loses it"]);
}

#[test]
fn groups_that_eks_makes_are_nobodys_drift() {
    let mut made = meta(View::Live, "eks-workers-1");
    let tags = [("System", "test"), ("eks:nodegroup-name", "workers")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    made.tags = Fact::known_at(BTreeMap::from(tags), locus(View::Live));
    let views = vec![view(View::Recorded, []), view(View::Live, [AutoScalingGroup::unread(made, &unread()).into()])];
    let (differences, suppressed, _) = lines(&plan(Vec::new()), views, false);
    assert_eq!((differences, suppressed), (Vec::new(), vec!["eks-workers-1 resource service_made".to_owned()]));
}

#[test]
fn ignore_changes_makes_a_difference_none() {
    let of = |ignored: &str| {
        let mut declared = days(View::Declared, 7);
        declared.meta_mut().ignored = Some(vec![ignored.to_owned()]);
        lines(&plan(Vec::new()), vec![view(View::Declared, [declared]), view(View::Live, [days(View::Live, 1)])], false)
    };
    for ignored in ["backup_retention_period", "all"] {
        assert_eq!(of(ignored), (Vec::new(), vec!["orders backup_retention_days ignore_changes".to_owned()], 0));
    }
    assert_eq!(of("multi_az").0.len(), 1);
}

#[test]
fn ignore_changes_of_one_tag_leaves_the_others() {
    let bucket = |side: View, tags: [(&str, &str); 3]| -> Resource {
        let mut meta = meta(side, "data");
        meta.tags = Fact::known_at(tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into(), locus(side));
        meta.ignored = (side == View::Declared).then(|| vec!["tags[\"Cost\"]".to_owned()]);
        Bucket::unread(meta, &unread()).into()
    };
    let code = bucket(View::Declared, [("System", "test"), ("Cost", "1"), ("Owner", "a")]);
    let live = bucket(View::Live, [("System", "test"), ("Cost", "2"), ("Owner", "b")]);
    let (differences, suppressed, _) = lines(&plan(Vec::new()), vec![view(View::Declared, [code]), view(View::Live, [live])], false);
    assert!(matches!(differences.as_slice(), [one] if one.starts_with("data tags[\"Owner\"] = ")), "{differences:?}");
    assert_eq!(suppressed, ["data tags[\"Cost\"] ignore_changes"]);
}

#[test]
fn accepted_differences_have_an_end_and_a_use() {
    let run = |entry: DriftIgnore| {
        let views = vec![view(View::Recorded, [days(View::Recorded, 7)]), view(View::Live, [days(View::Live, 1)])];
        let (differences, complaints, _) = lines(&plan(vec![entry]), views, false);
        (differences.len() == 1 && differences[0].ends_with("(accepted)"), complaints)
    };
    assert_eq!(run(ignore("ord*", "backup_*", "2027-01-01")), (true, Vec::new()));
    assert_eq!(run(ignore("orders", "backup_retention_days", "2026-11-20")), (true, Vec::new()), "the last day counts");
    assert_eq!(run(ignore("orders", "*", "2026-11-19")), (false, vec!["Expired".to_owned()]));
    assert_eq!(run(ignore("orders", "multi_az", "2027-01-01")), (false, vec!["Unused".to_owned()]));
}

#[test]
fn a_placeholder_in_code_stands_for_its_instances() {
    let bucket = |side: View, name: Option<&str>, address: &str| -> Resource {
        let mut meta = meta(side, name.unwrap_or_default());
        if name.is_none() {
            meta.name = unread().into();
        }
        meta.address = (side != View::Live).then(|| address.to_owned());
        Bucket { versioning: Fact::known_at(Versioning::Enabled, locus(side)), ..Bucket::unread(meta, &unread()) }.into()
    };
    let code = bucket(View::Declared, None, "aws_s3_bucket.data");
    let state = ["a", "b"].map(|key| bucket(View::Recorded, Some(key), &format!("aws_s3_bucket.data[\"{key}\"]")));
    let live = ["a", "b"].map(|key| bucket(View::Live, Some(key), ""));
    assert_eq!(said(vec![view(View::Declared, [code]), view(View::Recorded, state), view(View::Live, live)]), Vec::<String>::new());
}
