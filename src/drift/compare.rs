//! Walks over everything that the views hold, and collects what differs.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes::{self, Offer, Says as Known};
use super::blame::{Says, There, of_attribute, of_thing};
use super::shape::{Side, Spot, spots};
use super::thing::{self, Scene, VIEWS, is_obstacle, made_by_others, promises, rank, without_keys};
use super::{Difference, Outcome, Reason, Request, Said, Subject, Suppressed, WHOLE, ignore};
use crate::estate::{Arn, Cause, Joined, Kind, Locus, Resource, View, join};
use crate::plan::Promise;

/// Compares the views. Linear in the number of resources, but for the promises that each is matched with.
pub fn compare<'a>(request: &Request<'a>) -> Outcome<'a> {
    let cared: BTreeSet<Kind> = request.cares.iter().flat_map(|care| care.subjects.iter().chain(&care.evidence)).copied().collect();
    let kinds: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| request.all || cared.contains(kind)).collect();
    let mut things = join(request.estate, &kinds, |_, _| true);
    things.extend(thing::lost(request, &kinds, &things));
    let scene = Scene::of(request, &things);
    let recorded: BTreeSet<String> =
        things.iter().filter_map(|thing| thing.views.get(&View::Recorded)?.meta().address.as_deref()).map(without_keys).collect();
    let mut outcome = Outcome::default();
    for thing in things.iter().filter(|thing| !scene.is_placeholder(thing, &recorded)) {
        let Some(kind) = thing.kind() else { continue };
        let look = Look { request, scene: &scene, thing, kind, promises: promises(request, kind, thing) };
        look.at_thing(&mut outcome);
    }
    unlisted(request, &cared, &mut outcome);
    let by_rank = |kind: Kind, subject: &Subject, attribute: &str| {
        (rank(kind), kind, subject.name.clone(), subject.region.clone(), subject.arn.clone(), attribute.to_owned())
    };
    outcome.differences.sort_by_cached_key(|one| (one.promises.is_empty(), by_rank(one.subject.kind, &one.subject, &one.attribute)));
    outcome.suppressed.sort_by_cached_key(|one| by_rank(one.subject.kind, &one.subject, &one.attribute));
    ignore::apply(request, &mut outcome);
    outcome
}

/// Live listings of what the plan cares about that did not come to their end: something unmanaged, or gone, may hide there.
fn unlisted(request: &Request<'_>, cared: &BTreeSet<Kind>, outcome: &mut Outcome<'_>) {
    for estate in &request.estate.views {
        let broken = estate.listings.iter().filter(|listing| cared.contains(&listing.kind)).filter_map(|listing| listing.gap.as_ref());
        outcome.unread.extend(broken.filter(|gap| is_obstacle(gap.cause)).cloned());
    }
}

/// One thing, looked at in all views.
struct Look<'l, 'a> {
    request: &'l Request<'a>,
    scene: &'l Scene<'a>,
    thing: &'l Joined<'a>,
    kind: Kind,
    promises: Vec<&'a Promise>,
}

impl<'a> Look<'_, 'a> {
    fn matters(&self) -> bool {
        self.request.all || !self.promises.is_empty()
    }

    fn at_thing(&self, outcome: &mut Outcome<'a>) {
        let there = VIEWS.map(|view| self.scene.there(self.request, self.thing, view));
        if self.matters() {
            outcome.unread.extend(there.iter().filter_map(|(_, gap)| gap.clone()));
        }
        let there = there.map(|(there, _)| there);
        let held = there.iter().filter(|there| **there == There::Yes).count();
        outcome.things += u64::from(held > 1);
        if let Some(blame) = of_thing(there[0], there[1], there[2]) {
            self.whole(there, blame, outcome);
        }
        // What is gone has no settings that could differ; that the code changed too will show when it is back.
        if held > 1 && there[2] != There::No {
            self.attributes(there, outcome);
        }
    }

    /// The thing itself is in one view and not in another.
    fn whole(&self, there: [There; 3], blame: &'static str, outcome: &mut Outcome<'a>) {
        let sides = VIEWS.into_iter().zip(there).filter_map(|(view, there)| Some((view, self.presence(view, there)?))).collect();
        let unmanaged = there[2] == There::Yes && there[..2].iter().all(|there| *there != There::Yes);
        let made = if unmanaged { self.thing.views.get(&View::Live).and_then(|resource| made_by_others(resource)) } else { None };
        if let Some(reason) = made {
            outcome.suppressed.push(Suppressed { subject: self.subject(), attribute: WHOLE.to_owned(), reason, sides });
        } else if unmanaged && !self.matters() {
            outcome.unmanaged_elsewhere += 1;
        } else {
            let confirmed = there[2] == There::No && self.scene.refreshed(self.thing).is_some_and(|(_, after)| after.is_none());
            outcome.differences.push(self.difference(WHOLE.to_owned(), sides, blame, confirmed));
        }
    }

    fn presence(&self, view: View, there: There) -> Option<Said> {
        let held = self.thing.views.get(&view);
        match there {
            There::Unknown => None,
            There::No => Some(Said { value: "absent".to_owned(), at: None }),
            There::Yes => {
                let at = held.and_then(|resource| Some(self.place(view, resource.meta().name.at().or(resource.meta().arn.at())?)));
                Some(Said { value: "present".to_owned(), at })
            }
        }
    }

    /// The resource that speaks for a view. What Terraform saw while refreshing says what the state held before, and stands
    /// for live where nobody looked.
    fn in_view(&self, view: View) -> Option<&'a Resource> {
        let refreshed = self.scene.refreshed(self.thing);
        let held = self.thing.views.get(&view).copied();
        match view {
            View::Declared => held,
            View::Recorded => refreshed.map(|(before, _)| before).or(held),
            View::Live => {
                held.or_else(|| refreshed.filter(|_| self.request.estate.view(View::Live).is_none()).and_then(|(_, after)| after))
            }
        }
    }

    fn attributes(&self, there: [There; 3], outcome: &mut Outcome<'a>) {
        let resources = VIEWS.map(|view| self.in_view(view));
        let offers = resources.map(|resource| resource.map(attributes::of).unwrap_or_default());
        let refreshed = self.scene.refreshed(self.thing).and_then(|(_, after)| after).map(attributes::of).unwrap_or_default();
        let many = offers.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..many {
            let row = Row {
                offers: [0, 1, 2].map(|side: usize| offers[side].get(at)),
                tainted: resources.map(|resource| resource.is_some_and(|resource| resource.meta().tainted)),
                there,
                refreshed: refreshed.get(at),
            };
            self.attribute(&row, outcome);
        }
    }

    fn attribute(&self, row: &Row<'_>, outcome: &mut Outcome<'a>) {
        let Some(offer) = row.offers.iter().flatten().next() else { return };
        let never = row.offers.iter().flatten().find_map(|offer| if let Known::Never(why) = offer.says { Some(why) } else { None });
        if let Some(why) = never {
            outcome.never.insert((self.kind, offer.name, why));
            return;
        }
        let sides = [0, 1, 2].map(|side: usize| row.side(side));
        let known = sides.iter().filter(|side| matches!(side, Side::Is(_))).count();
        if known > 0 {
            self.count_gaps(row, outcome);
        }
        outcome.attributes += u64::from(known > 1);
        for mut spot in spots(sides) {
            if row.is_left_open() {
                spot.leave_open();
            }
            self.spot(offer, row, &spot, outcome);
        }
    }

    fn count_gaps(&self, row: &Row<'_>, outcome: &mut Outcome<'a>) {
        for (side, offer) in row.offers.iter().enumerate() {
            let Some(Offer { says, .. }) = offer else { continue };
            match says {
                Known::Gap(gap) => {
                    *outcome.not_compared.entry(gap.cause).or_default() += 1;
                    if is_obstacle(gap.cause) && self.matters() {
                        outcome.unread.insert(gap.clone());
                    }
                }
                Known::Known(..) if row.tainted[side] => *outcome.not_compared.entry(Cause::Tainted).or_default() += 1,
                Known::Known(..) | Known::Never(_) => {}
            }
        }
    }

    fn spot(&self, offer: &Offer, row: &Row<'_>, spot: &Spot<'_>, outcome: &mut Outcome<'a>) {
        let attribute = format!("{}{}", offer.name, spot.path.concat());
        let shown = VIEWS.into_iter().zip(spot.sides).zip(row.offers).filter_map(|((view, side), offer)| {
            let at = if let Some(Offer { says: Known::Known(_, at), .. }) = offer { Some(self.place(view, at)) } else { None };
            Some((view, Said { value: side.shown()?, at }))
        });
        let sides: BTreeMap<View, Said> = shown.collect();
        let ignored = self.thing.views.get(&View::Declared).and_then(|resource| resource.meta().ignored.as_deref()).unwrap_or_default();
        let reason = spot.suppressed.or_else(|| is_ignored(ignored, offer, &spot.path).then_some(Reason::IgnoreChanges));
        if let Some(reason) = reason {
            outcome.suppressed.push(Suppressed { subject: self.subject(), attribute, reason, sides });
            return;
        }
        let says = row.says(&spot.sides);
        let Some(blame) = of_attribute(says[0], says[1], says[2]) else { return };
        let moved = matches!((says[1], says[2]), (Says::Value(state), Says::Value(live)) if state != live);
        let confirmed = moved
            && row.refreshed.is_some_and(|offer| match &offer.says {
                Known::Known(shape, _) => Side::Is(shape.at(&spot.path)).same(spot.sides[2]),
                Known::Gap(_) | Known::Never(_) => false,
            });
        outcome.differences.push(self.difference(attribute, sides, blame, confirmed));
    }

    fn difference(&self, attribute: String, sides: BTreeMap<View, Said>, blame: &'static str, confirmed: bool) -> Difference<'a> {
        Difference { subject: self.subject(), attribute, sides, blame, promises: self.promises.clone(), confirmed, ignored: None }
    }

    fn subject(&self) -> Subject {
        Subject::of(self.kind, self.thing)
    }

    /// Where a view says it: code and state name their place themselves, an API answer is about an ARN.
    fn place(&self, view: View, at: &Locus) -> String {
        match at {
            Locus::Api(action) => {
                let meta = self.thing.views.get(&view).map(|resource| resource.meta());
                let name = meta.map(|meta| meta.arn.ok().map_or_else(|| meta.display_name(), Arn::as_str)).unwrap_or_default();
                format!("{name}, {action}")
            }
            Locus::State { .. } | Locus::Code { .. } => at.to_string(),
        }
    }
}

/// One attribute in all views.
struct Row<'o> {
    offers: [Option<&'o Offer>; 3],
    tainted: [bool; 3],
    there: [There; 3],
    refreshed: Option<&'o Offer>,
}

impl<'o> Row<'o> {
    /// What Terraform will replace is no evidence.
    fn side(&self, side: usize) -> Side<'o> {
        match self.offers[side] {
            Some(Offer { says: Known::Known(shape, _), .. }) if !self.tainted[side] => Side::Is(Some(shape)),
            Some(_) | None => Side::Unknown,
        }
    }

    /// Whether the code says nothing of its own, and repeats what the state records.
    fn is_left_open(&self) -> bool {
        matches!(self.offers[0], Some(Offer { says: Known::Known(_, at), .. }) if at.is_left_open())
    }

    /// Equal values get equal numbers.
    fn says(&self, sides: &[Side<'_>; 3]) -> [Says; 3] {
        [0, 1, 2].map(|at: usize| match sides[at] {
            Side::Unknown if self.there[at] == There::No => Says::Absent,
            Side::Unknown => Says::Unknown,
            Side::Is(_) => {
                let first = (0..at).find(|other| matches!(sides[*other], Side::Is(_)) && sides[*other].same(sides[at]));
                Says::Value(first.unwrap_or(at))
            }
        })
    }
}

/// Whether `ignore_changes` names the attribute: all of them, the attribute, a part of it, the block it stands in, or the very key.
fn is_ignored(ignored: &[String], offer: &Offer, path: &[String]) -> bool {
    let own: Vec<&str> = offer.terraform.split('.').collect();
    ignored.iter().any(|entry| {
        let entry = entry.replace(' ', "");
        let base = entry.split(['.', '[']).next().unwrap_or_default();
        let key = entry.strip_prefix(base).filter(|rest| rest.starts_with("[\""));
        if let Some(key) = key {
            return (base == offer.terraform || (offer.terraform == "tags" && base == "tags_all"))
                && path.first().is_some_and(|first| first == key);
        }
        let base = if base == "tags_all" { "tags" } else { base };
        // `scaling_config[0].desired_size` is another setting than `scaling_config.max_size`.
        let inner = entry.split('.').skip(1).map(|part| part.split('[').next().unwrap_or_default());
        entry == "all" || std::iter::once(base).chain(inner).zip(&own).all(|(named, own)| named == *own)
    })
}
