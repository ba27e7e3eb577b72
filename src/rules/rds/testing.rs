//! Databases and snapshots for rule tests.

use crate::estate::database::{ClusterMember, DbCluster, DbInstance, DbSnapshot, RestoreWindow};
use crate::estate::{Action, Fact, Kind, Meta, Region, Resource, Scope, ViewEstate};
use crate::rules::prelude::{Claim, Rule, Ruling, Scene};
use crate::rules::testing::{NOW, live, meta, plan, seen, time, unread};

/// A standalone primary instance in us-east-1 of which only what the test sets has been read.
pub(super) fn instance(name: &str, fill: impl FnOnce(&mut DbInstance)) -> Resource {
    let mut db = DbInstance::unread(meta(name), &unread());
    db.cluster = seen(None);
    db.replica_of = seen(None);
    fill(&mut db);
    db.into()
}

/// A cluster in us-east-1 of which only what the test sets has been read.
pub(super) fn cluster(name: &str, fill: impl FnOnce(&mut DbCluster)) -> Resource {
    let mut db = DbCluster::unread(meta(name), &unread());
    db.replica_of = seen(None);
    fill(&mut db);
    db.into()
}

/// Members of a cluster, the first of which takes writes.
pub(super) fn members(names: &[&str]) -> Fact<Vec<ClusterMember>> {
    seen(names.iter().enumerate().map(|(index, name)| ClusterMember { instance: (*name).to_owned(), writer: index == 0 }).collect())
}

/// A member of the cluster `ledger` in a zone.
pub(super) fn member(name: &str, zone: &str) -> Resource {
    instance(name, |db| {
        db.cluster = seen(Some("ledger".to_owned()));
        db.zone = seen(Some(zone.to_owned()));
        db.status = seen("available".to_owned());
    })
}

/// An available manual snapshot of the instance `orders`, taken an hour before the audit.
pub(super) fn snapshot(name: &str, fill: impl FnOnce(&mut DbSnapshot)) -> Resource {
    let mut snapshot = DbSnapshot {
        meta: meta(name),
        database: seen("orders".to_owned()),
        of_cluster: false,
        database_resource_id: seen(None),
        manual: seen(true),
        status: seen("available".to_owned()),
        taken: seen(time("2026-11-20T11:00:00Z")),
        encrypted: seen(true),
    };
    fill(&mut snapshot);
    snapshot.into()
}

/// What a point-in-time restore reaches.
pub(super) fn window(earliest: &str, latest: &str) -> Fact<Option<RestoreWindow>> {
    seen(Some(RestoreWindow { earliest: seen(time(earliest)), latest: seen(time(latest)) }))
}

/// Moves a header to another region.
pub(super) fn move_to(meta: &mut Meta, region: &str) {
    meta.region = seen(Region::from(region));
}

/// A live view in which every kind was listed in us-east-1 and us-west-2.
pub(super) fn two_regions(resources: impl IntoIterator<Item = Resource>) -> ViewEstate {
    let mut view = live(resources);
    for kind in Kind::ALL {
        view.listed(*kind, Scope::Region("us-west-2".into()), None);
    }
    view
}

/// The same view, in which one listing was denied.
pub(super) fn denied_listing(mut view: ViewEstate, kind: Kind, region: &str, action: &'static str) -> ViewEstate {
    for listing in view.listings.iter_mut().filter(|listing| listing.kind == kind && listing.scope == Scope::Region(region.into())) {
        listing.gap = Some(crate::estate::Gap::new(crate::estate::Cause::Denied, "not authorized").for_action(Action::of(action)));
    }
    view
}

/// The ruling on the subject of this name, whether the promise selects it or another view did.
pub(super) fn judge_named(rule: &Rule, claim: impl Into<Claim>, view: &ViewEstate, name: &str) -> Ruling {
    let crate::rules::prelude::Judge::Each { kinds, admits, run, .. } = rule.judge else { unreachable!("{} judges the whole", rule.id) };
    let mut subjects = kinds.iter().flat_map(|kind| view.of_kind(*kind)).filter(|resource| admits(resource, view));
    let subject = subjects.find(|resource| resource.meta().display_name() == name).expect("a subject");
    let plan = plan(claim);
    run(subject, &Scene { view, plan: &plan, promise: &plan.promises[0], now: time(NOW) })
}
