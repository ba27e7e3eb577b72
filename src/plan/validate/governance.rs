//! Objectives, drills, owners, reviews, contacts, and what is only planned.

use super::{Builder, Group, listed, sentence};
use crate::plan::claim::{Owner, Review};
use crate::plan::error::nearest;
use crate::plan::later::LaterRule;
use crate::plan::schema::{Bound, ObjectivePart, OwnerPart, PersonPart, PlanFile, Promised, ScenarioWord, Short, TargetPart, Word as _};
use crate::plan::{Period, Section};

/// Reads the objectives.
pub(super) fn objectives(build: &mut Builder, file: &PlanFile) {
    let group = build.group(Section::Objectives, "objectives", None);
    for Promised { head, says: it } in &file.objectives.0 {
        if let Some(dataset) = &it.dataset
            && !file.datasets.contains_key(&dataset.value.0)
        {
            let known: Vec<&str> = file.datasets.keys().map(String::as_str).collect();
            let known = if known.is_empty() { "the plan has no datasets".to_owned() } else { format!("known here: {}", known.join(", ")) };
            let near = nearest(&dataset.value.0, file.datasets.keys().map(String::as_str)).map(|near| format!("; did you mean `{near}`?"));
            let message = format!("unknown dataset `{}`{}", crate::plan::tree::shorten(&dataset.value.0), near.unwrap_or_default());
            build.problem(dataset.span, dataset.width, message, known);
        }
        if it.rto.is_none() && it.rpo.is_none() && it.mttr.is_none() && it.recovery.is_none() && it.detection.is_none() {
            build.absent(head, "this objective promises nothing", "add `rto`, `rpo`, `mttr`, `detection` or `recovery`");
            continue;
        }
        build.later(&group, head, LaterRule::Objective, objective_text(it));
    }
}

fn objective_text(it: &ObjectivePart) -> String {
    let disaster = match (it.scenario, it.lose.0.is_empty()) {
        (Some(scenario), true) => Some(disaster(scenario).to_owned()),
        (Some(scenario), false) => Some(format!("{} of {}", disaster(scenario), listed(&it.lose))),
        (None, false) => Some(format!("loss of {}", listed(&it.lose))),
        (None, true) => None,
    };
    let about = match (disaster, &it.dataset) {
        (Some(disaster), Some(dataset)) => format!("{disaster}, {}", dataset.value),
        (Some(disaster), None) => disaster,
        (None, Some(dataset)) => dataset.value.to_string(),
        (None, None) => "any disaster".to_owned(),
    };
    let parts = sentence([
        it.rto.as_ref().map(|target| target_text("RTO", target)),
        it.rpo.as_ref().map(|target| target_text("RPO", target)),
        it.mttr.as_ref().map(|target| target_text("MTTR", target)),
        it.detection.as_ref().and_then(|it| it.0.within).map(|within| format!("noticed within {within}")),
        it.detection.as_ref().filter(|it| !it.0.alert.0.is_empty()).map(|it| format!("noticed by {}", listed(&it.0.alert))),
        it.recovery.map(|word| format!("recovery: {}", word.text().replace('-', " "))),
    ]);
    format!("{about}: {parts}")
}

/// What a document calls a scenario.
fn disaster(scenario: ScenarioWord) -> &'static str {
    match scenario {
        ScenarioWord::Component => "component loss",
        ScenarioWord::Service => "service loss",
        ScenarioWord::Database => "database loss",
        ScenarioWord::Zone => "zone loss",
        ScenarioWord::Cluster => "cluster loss",
        ScenarioWord::Region => "region loss",
        ScenarioWord::Corruption => "data corruption",
        ScenarioWord::Deletion => "accidental deletion",
        ScenarioWord::Ransomware => "ransomware",
        ScenarioWord::Total => "total loss",
    }
}

fn target_text(what: &str, target: &Short<TargetPart>) -> String {
    let say = |Bound(period): Bound| if period.count == 0 { "0".to_owned() } else { period.to_string() };
    let critical = target.0.critical.map(|critical| format!(" (critical {})", say(critical))).unwrap_or_default();
    format!("{what} {}{critical}", say(target.0.target))
}

/// Reads the drills.
pub(super) fn drills(build: &mut Builder, file: &PlanFile) {
    let group = build.group(Section::Drills, "drills", None);
    for Promised { head, says: it } in &file.drills.0 {
        let how_often = it.every.map_or_else(|| "regularly".to_owned(), |every| format!("every {every}"));
        let parts = sentence([
            it.scenario.map(|scenario| format!("for {}", disaster(scenario))),
            it.at_most.map(|time| format!("in at most {time}")),
            it.place.as_ref().map(|place| format!("at {place}")),
            it.automatic.map(|_| "by itself".to_owned()),
            it.restored_for.map(|time| format!("restored for {time}")),
            it.last.map(|day| format!("last on {}", day.0)),
            it.next.map(|day| format!("next on {}", day.0)),
        ]);
        let of = if it.of.0.is_empty() { String::new() } else { format!(" of {}", listed(&it.of)) };
        let parts = if parts.is_empty() { String::new() } else { format!(", {parts}") };
        let text = format!("the drill {}{of} is done {how_often}{parts}", it.drill);
        if let (Some(last), Some(next)) = (it.last, it.next)
            && next.0 < last.0
        {
            build.problem(head.span, head.width, "the next drill lies before the last one", "exchange the two dates");
        }
        build.later(&group, head, LaterRule::DrillCadence, text);
    }
}

/// Reads owners, reviews, contacts and runbooks, and the review of the document itself.
pub(super) fn governance(build: &mut Builder, file: &PlanFile) {
    owners(build, file);
    review(build, file);
    let group = build.group(Section::Governance, "reviews", None);
    for it in &file.governance.reviews.0 {
        let parts = sentence([it.says.last.map(|day| format!("last on {}", day.0)), it.says.next.map(|day| format!("next on {}", day.0))]);
        let text = format!(
            "{}: done {}{}",
            it.says.review,
            often(it.says.every),
            if parts.is_empty() { String::new() } else { format!(", {parts}") }
        );
        build.later(&group, &it.head, LaterRule::ReviewRecord, text);
    }
    let group = build.group(Section::Governance, "contacts", None);
    for it in &file.governance.contacts.0 {
        let roles: Vec<String> = it.says.people.iter().map(called).collect();
        if roles.is_empty() {
            build.absent(&it.head, "this promise names nobody", "add `people: [{ role: …, email: … }]`");
            continue;
        }
        let reached = it.says.people.iter().filter(|person| can_be_reached(person)).count();
        let text = format!("{} can be reached ({reached} of {} with an address)", roles.join(", "), roles.len());
        build.later(&group, &it.head, LaterRule::ContactReachable, text);
    }
    let group = build.group(Section::Governance, "runbooks", None);
    for it in &file.governance.runbooks.0 {
        build.later(&group, &it.head, LaterRule::FileExists, format!("the linked documents {} exist", listed(&it.says.0.file)));
    }
}

fn called(person: &PersonPart) -> String {
    match person.name.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => format!("{} ({name})", person.role),
        _ => person.role.to_string(),
    }
}

/// Whether any way to reach someone is written down; a dash or a placeholder in brackets is none.
fn can_be_reached(person: &PersonPart) -> bool {
    [&person.phone, &person.email, &person.other]
        .into_iter()
        .flatten()
        .any(|text| !matches!(text.trim(), "" | "-" | "?" | "TBD" | "tbd") && !text.trim().starts_with(['[', '<']))
}

fn often(every: Option<Period>) -> String {
    every.map_or_else(|| "regularly".to_owned(), |every| format!("every {every}"))
}

fn owners(build: &mut Builder, file: &PlanFile) {
    let group = build.group(Section::Governance, "owners", None);
    for (role, it) in &file.owners {
        owner(build, &group, role, it);
    }
    for (role, it) in &file.governance.owners {
        if file.owners.contains_key(role) {
            build.problem(
                it.head.span,
                it.head.width,
                format!("`{role}` has an owner already, at the top of the plan"),
                "keep one of the two",
            );
        }
        owner(build, &group, role, it);
    }
}

fn owner(build: &mut Builder, group: &Group<'_>, role: &str, it: &Promised<Short<OwnerPart>>) {
    let name = it.says.0.name.trim();
    let duty = role.replace('_', " ");
    let text = if name.is_empty() {
        format!("{duty}: owned by nobody")
    } else {
        format!("{name} owns {}", if role == "plan" { "the plan" } else { &duty })
    };
    build.promise(group, &it.head, text, Owner { role: duty, name: (!name.is_empty()).then(|| name.to_owned()) });
}

/// The document's own review, or its date where the document promises no review and the date has a line.
fn review(build: &mut Builder, file: &PlanFile) {
    let Some(document) = &file.document else { return };
    let group = build.group(Section::Governance, "document", None);
    let updated = document.updated.as_ref().map(|it| it.says.0.date.0);
    if let Some(review) = &document.review {
        let claim = Review { every: review.says.every, updated };
        build.promise(&group, &review.head, format!("the document is reviewed {}", often(review.says.every)), claim);
        if let Some(next) = review.says.next {
            build.later(&group, &review.head, LaterRule::ReviewRecord, format!("the document is reviewed next on {}", next.0));
        }
    }
    if let Some(it) = &document.updated
        && it.head.common.line.is_some()
        && document.review.as_ref().is_none_or(|review| line_of(&review.head) != line_of(&it.head))
    {
        let every = document.review.as_ref().and_then(|review| review.says.every);
        build.promise(&group, &it.head, format!("the document was last updated on {}", it.says.0.date.0), Review { every, updated });
    }
}

fn line_of(head: &crate::plan::schema::Head) -> Option<u32> {
    head.common.line.as_ref().map(|line| line.value)
}

/// Reads what is only planned.
pub(super) fn planned(build: &mut Builder, file: &PlanFile) {
    let group = build.group(Section::Planned, "planned", None);
    for it in &file.planned.0 {
        build.later(&group, &it.head, LaterRule::Planned, format!("planned: {}", it.says.0.what));
    }
}
