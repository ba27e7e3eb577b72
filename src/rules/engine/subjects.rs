//! Finds the subjects of a promise, asks the rule about each in every view, and draws the verdict from the strongest one.

use std::collections::BTreeMap;

use super::blame::blame;
use super::finding::{Finding, InView, Place, Subject, Verdict};
use super::{Draft, Request, grade, verdict_of};
use crate::estate::{Arn, Cause, Gap, Joined, Kind, Resource, View, ViewEstate, join, unread_region};
use crate::plan::SelectIn;
use crate::rules::prelude::{Evidence, Judge, Judgement, Rule, Ruling, Scene};

/// One finding per subject, and one more for each listing that may hold subjects nobody saw.
pub(super) fn judge<'a>(request: &Request<'a>, draft: &Draft<'a>) -> Vec<Finding<'a>> {
    let Some(rule) = draft.rule else { return Vec::new() };
    let Judge::Each { kinds, admits, selects, .. } = rule.judge else { return Vec::new() };
    let Some(strongest) = deciding_view(request, rule) else {
        return vec![draft.finding(Subject::collective(kinds), Verdict::Unknown(no_source(rule)))];
    };
    let admitted = |view: View, resource: &Resource| request.estate.view(view).is_some_and(|estate| admits(resource, estate));
    let subjects = join(request.estate, kinds, admitted).into_iter().filter(|thing| {
        thing.views.iter().any(|(view, resource)| scene(request, draft, *view).is_some_and(|scene| selects(resource, &scene)))
    });
    let subjects: Vec<_> = subjects.collect();
    let mut findings: Vec<_> = subjects.iter().map(|thing| judge_thing(request, draft, rule, strongest, thing)).collect();
    let deciding = Scene { view: strongest, plan: request.plan, promise: draft.promise, now: request.now };
    let gap = unseen(&deciding, kinds, |resource| admits(resource, strongest), &subjects)
        .or_else(|| findings.is_empty().then(|| no_region(&deciding)).flatten());
    match gap {
        Some(gap) => findings.push(draft.finding(Subject::collective(kinds), Verdict::Unknown(gap))),
        None if findings.is_empty() => findings.push(nothing_matches(draft, kinds, strongest.view, rule.evidence)),
        None => {}
    }
    findings
}

/// The strongest view that a source was given for, among those that can show this kind of evidence.
fn deciding_view<'a>(request: &Request<'a>, rule: &Rule) -> Option<&'a ViewEstate> {
    match rule.evidence {
        Evidence::Observed => request.estate.view(View::Live),
        Evidence::Configured | Evidence::Stated => request.estate.strongest(),
    }
}

fn scene<'a>(request: &Request<'a>, draft: &Draft<'a>, view: View) -> Option<Scene<'a>> {
    let view = request.estate.view(view)?;
    Some(Scene { view, plan: request.plan, promise: draft.promise, now: request.now })
}

fn no_source(rule: &Rule) -> Gap {
    Gap::new(
        Cause::NotRead,
        match rule.evidence {
            Evidence::Observed => "only the live view can show it: give --live or --evidence FILE",
            Evidence::Configured | Evidence::Stated => "no source was given: add --live, --evidence FILE or --state FILE",
        },
    )
}

fn nothing_matches<'a>(draft: &Draft<'a>, kinds: &[Kind], view: View, evidence: Evidence) -> Finding<'a> {
    let found = format!("nothing matches {}", draft.promise.select);
    Finding { found: Some(found), grade: Some(grade(view, evidence)), ..draft.finding(Subject::collective(kinds), Verdict::Broken) }
}

fn judge_thing<'a>(
    request: &Request<'a>,
    draft: &Draft<'a>,
    rule: &'static Rule,
    strongest: &ViewEstate,
    thing: &Joined<'a>,
) -> Finding<'a> {
    let Judge::Each { run, .. } = rule.judge else { return draft.finding(Subject::collective(&[]), Verdict::NotApplicable) };
    let mut views = BTreeMap::new();
    for estate in request.estate.views.iter().filter(|estate| rule.evidence != Evidence::Observed || estate.view == View::Live) {
        let said = match (thing.views.get(&estate.view), scene(request, draft, estate.view)) {
            (Some(resource), Some(scene)) => in_view(resource, run(resource, &scene)),
            _ => absent(estate, thing),
        };
        views.insert(estate.view, said);
    }
    let collective = || Subject::collective(&[]);
    let subject = thing.kind().map_or_else(collective, |kind| Subject { label: thing.label(), ..Subject::of(kind, &thing.headers()) });
    let (verdict, found) = match views.get(&strongest.view) {
        Some(InView::Judged { answer, found, .. }) => (verdict_of(*answer), Some(found.clone())),
        Some(InView::Unknown(gap)) => (Verdict::Unknown(gap.clone()), None),
        Some(InView::Absent) => (Verdict::Broken, Some(gone(strongest.view, thing))),
        None => (Verdict::Unknown(no_source(rule)), None),
    };
    let grade = found.as_ref().map(|_| grade(strongest.view, rule.evidence));
    // Nobody is blamed for what could not be judged, or need not hold: the views say what they saw.
    let blamed = rule.evidence == Evidence::Configured && matches!(verdict, Verdict::Kept | Verdict::Broken);
    let blame = if blamed { blame(&views) } else { None };
    Finding { grade, found, views, blame, ..draft.finding(subject, verdict) }
}

fn in_view(resource: &Resource, ruling: Ruling) -> InView {
    let meta = resource.meta();
    if meta.tainted {
        let detail = "Terraform marked the object as tainted and will replace it: what it says is not evidence";
        return InView::Unknown(Gap::new(Cause::Tainted, detail));
    }
    match ruling {
        Err(gap) => InView::Unknown(gap),
        Ok(Judgement { answer, found, at, setting }) => {
            let name = meta.arn.ok().map_or_else(|| meta.display_name(), Arn::as_str);
            let locus = at.or_else(|| meta.name.at().or(meta.arn.at()).cloned());
            InView::Judged { answer, found, at: locus.map(|locus| Place { resource: name.to_owned(), locus }), setting }
        }
    }
}

/// A view that does not hold the thing: absent if it would have seen it, unknown otherwise.
fn absent(estate: &ViewEstate, thing: &Joined<'_>) -> InView {
    thing.is_absent_from(estate).map_or_else(InView::Unknown, |()| InView::Absent)
}

/// Why the promise may speak of something that nobody saw: a listing that did not come to its end, a region that was not
/// read, or a resource of which nobody can say whether it is meant.
fn unseen(scene: &Scene<'_>, kinds: &[Kind], admitted: impl Fn(&Resource) -> bool, judged: &[Joined<'_>]) -> Option<Gap> {
    let view = scene.view;
    let listing = kinds.iter().find_map(|kind| view.listing_gap(*kind));
    let region = || {
        let regions = scene.promise.select.regions.of(&scene.plan.regions);
        let unread = regions.iter().find(|region| kinds.iter().any(|kind| !view.looked_in(*kind, Some(region))));
        unread.map(unread_region)
    };
    let undecided = || {
        let is_judged = |resource: &Resource| judged.iter().any(|thing| thing.views.values().any(|seen| std::ptr::eq(*seen, resource)));
        let candidates = kinds.iter().flat_map(|kind| view.of_kind(*kind)).filter(|resource| admitted(resource));
        candidates.filter_map(|resource| Some((resource, scene.undecided(resource.meta())?))).find(|(resource, _)| !is_judged(resource))
    };
    listing.or_else(region).or_else(|| undecided().map(|(_, gap)| gap))
}

/// A promise about regions of which the plan names none speaks of nothing that could be looked for.
fn no_region(scene: &Scene<'_>) -> Option<Gap> {
    let select = &scene.promise.select;
    let nowhere = select.regions != SelectIn::Anywhere && select.regions.of(&scene.plan.regions).is_empty();
    nowhere.then(|| {
        Gap::new(Cause::NotStated, format!("it speaks of {select}, and no such region is named: name it in the plan, or in --region"))
    })
}

fn gone(view: View, thing: &Joined<'_>) -> String {
    let address = thing.headers().iter().find_map(|meta| meta.address.clone()).unwrap_or_default();
    match view {
        View::Live => format!("is not there, though Terraform has it as {address}"),
        View::Recorded => format!("is not in the Terraform state, though the code has it as {address}"),
        View::Declared => "is not in the code".to_owned(),
    }
}
