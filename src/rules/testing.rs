//! Small worlds for rule tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::estate::{Action, Arn, Cause, Estate, Fact, Gap, Locus, Meta, Region, Resource, View, ViewEstate};
use crate::plan::{Claim, Document, Plan, Promise, Regions, Section, Select, Sources, Span};
use crate::rules::prelude::{Judge, Rule, Ruling, Scene, Whole};

/// The audit time of every rule test.
pub(crate) const NOW: &str = "2026-11-20T12:00:00Z";

/// A point in time.
pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().expect("RFC 3339")
}

/// A fact seen live.
pub(crate) fn seen<T>(value: T) -> Fact<T> {
    Fact::known_at(value, Locus::Api(Action::of("test:Read")))
}

/// A fact that the caller may not read.
pub(crate) fn denied<T>(action: &'static str) -> Fact<T> {
    Fact::Gap(denied_gap(action))
}

/// The gap of [`denied`].
pub(crate) fn denied_gap(action: &'static str) -> Gap {
    Gap::new(Cause::Denied, "not authorized").for_action(Action::of(action))
}

/// A gap for the attributes that a test does not speak of.
pub(crate) fn unread() -> Gap {
    Gap::new(Cause::NotRead, "not part of this test")
}

/// A header in us-east-1, tagged `System=test`.
pub(crate) fn meta(name: &str) -> Meta {
    Meta {
        name: seen(name.to_owned()),
        arn: seen(Arn::from(format!("arn:aws:test:us-east-1:123456789012:{name}"))),
        region: seen(Region::from("us-east-1")),
        account: seen("123456789012".into()),
        tags: seen(BTreeMap::from([("System".to_owned(), "test".to_owned())])),
        address: None,
        tainted: false,
        handles: Vec::new(),
        ignored: None,
    }
}

/// A plan in us-east-1 that recovers in us-west-2, with one promise about everything tagged `System=test`.
pub(crate) fn plan(claim: impl Into<Claim>) -> Plan {
    let promise = Promise {
        text: "as promised".to_owned(),
        section: Section::Datasets,
        group: "test".to_owned(),
        document_line: Some(19),
        at: Span { line: 14, column: 7 },
        claim: claim.into(),
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
        regions: Regions { primary: vec!["us-east-1".into()], recovery: vec!["us-west-2".into()] },
        sources: Sources::default(),
        promises: vec![promise],
        waivers: Vec::new(),
        drift_ignores: Vec::new(),
    }
}

/// A live view with these resources, every kind of which was listed to its end.
pub(crate) fn live(resources: impl IntoIterator<Item = Resource>) -> ViewEstate {
    let mut view = ViewEstate::new(View::Live);
    for kind in crate::estate::Kind::ALL {
        view.listed(*kind, crate::estate::Scope::Region("us-east-1".into()), None);
    }
    for resource in resources {
        view.add(resource);
    }
    view.sort();
    view
}

/// Judges every selected subject of a view: one ruling per subject, in the order of the view.
pub(crate) fn judge_view(rule: &Rule, plan: &Plan, view: &ViewEstate) -> Vec<Ruling> {
    let Judge::Each { kinds, admits, selects, run } = rule.judge else { unreachable!("{} judges the whole", rule.id) };
    let scene = Scene { view, plan, promise: &plan.promises[0], now: time(NOW) };
    let subjects = kinds.iter().flat_map(|kind| view.of_kind(*kind)).filter(|resource| admits(resource, view) && selects(resource, &scene));
    subjects.map(|resource| run(resource, &scene)).collect()
}

/// Judges the one subject of a live view.
pub(crate) fn judge_one(rule: &Rule, claim: impl Into<Claim>, resources: impl IntoIterator<Item = Resource>) -> Ruling {
    let mut rulings = judge_view(rule, &plan(claim), &live(resources));
    assert_eq!(rulings.len(), 1, "one subject expected");
    rulings.remove(0)
}

/// Judges the plan or several views together.
pub(crate) fn judge_whole(rule: &Rule, plan: &Plan, estate: &Estate) -> Ruling {
    let Judge::Whole(run) = rule.judge else { unreachable!("{} judges each", rule.id) };
    run(&Whole { estate, plan, promise: &plan.promises[0], now: time(NOW) })
}
