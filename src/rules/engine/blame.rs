//! Which move made the views differ, said with the line of code where it can be put right.

use std::collections::BTreeMap;

use super::code::{CodeSpot, other_words};
use super::finding::InView;
use crate::estate::View;
use crate::rules::prelude::Answer;

/// What a view says, as far as blame is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Kept,
    Broken,
    Absent,
    /// No source for this view, or a gap in it.
    Nothing,
}

/// How a sentence goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// It is complete.
    Stop,
    /// The place in the code: ` (db.tf:12)`.
    At,
    /// What the code says, and its place: ` to 7 days (db.tf:12)`.
    To,
    /// What to fix: `: fix db.tf:12`.
    Fix,
    /// What to fix, and that it takes an apply: `: fix db.tf:12, then apply`.
    FixAndApply,
}

/// The sentence of blame; `None` when there is nothing to say: the promise is kept everywhere, or too little is known.
pub(super) fn blame(views: &BTreeMap<View, InView>) -> Option<String> {
    let says = |view| match views.get(&view) {
        Some(InView::Judged { answer: Answer::Kept, .. }) => Says::Kept,
        Some(InView::Judged { answer: Answer::Broken, .. }) => Says::Broken,
        Some(InView::Absent) => Says::Absent,
        Some(InView::Judged { answer: Answer::NotApplicable, .. } | InView::Unknown(_)) | None => Says::Nothing,
    };
    let (sentence, then) = sentence(says(View::Declared), says(View::Recorded), says(View::Live))?;
    Some(go_on(sentence, then, views))
}

/// The table of DESIGN.md section 3, and what it leaves open.
fn sentence(code: Says, state: Says, live: Says) -> Option<(&'static str, Then)> {
    use Says::{Absent, Broken, Kept, Nothing};
    Some(match (code, state, live) {
        (Kept, Kept, Kept) | (Kept | Nothing, Kept | Nothing, Nothing) | (Nothing, Nothing, _) => return None,
        (Kept, Nothing, Kept) | (Nothing, Kept, Kept) => return None,
        // Nobody holds the thing, or nobody else could be asked about it.
        (Absent | Nothing, Absent | Nothing, Absent | Nothing) => return None,

        (Kept, Kept, Broken) => ("changed by hand; the next apply reverts it", Then::To),
        (Broken, Broken | Nothing, Broken | Nothing) => (NEVER_PROMISED, Then::Fix),
        (Kept, Broken, Broken | Nothing) => ("code changed, not applied", Then::At),
        (Broken, Broken | Nothing, Kept) => ("right by accident: the next apply breaks it", Then::At),
        (Broken, Kept, Kept | Nothing) => ("code changed, not applied: the next apply breaks it", Then::At),
        (Kept, Broken, Kept) => ("state is stale: refresh", Then::Stop),
        (Absent | Nothing, Absent, Kept) | (Absent, Nothing, Kept) => ("kept, but not managed by code: a rebuild loses it", Then::Stop),

        (Kept, Nothing, Broken) => ("live differs from the code: changed by hand, or the code is not applied", Then::At),
        (Broken, Kept, Broken) => ("broken in code and live, and the state is stale", Then::FixAndApply),
        (Nothing, Kept, Broken) => ("changed by hand since the last apply: the Terraform state still keeps the promise", Then::Stop),
        (Nothing, Broken, Broken) => ("broken as applied: the Terraform state says the same; fix the code", Then::Stop),
        (Nothing, Broken, Nothing) => ("broken as applied: fix the code", Then::Stop),
        (Nothing, Broken, Kept) => (
            "mended by hand since the last apply, or the state is stale: unless the code keeps it too, the next apply breaks it",
            Then::Stop,
        ),

        (Kept, Absent, Kept) => ("in code and live, but not in the state: import it", Then::At),
        (Kept, Absent, Broken) => ("in code and live, but not in the state: import it, then apply", Then::At),
        (Broken, Absent, Kept | Broken) => ("not in the state: import it; the code breaks the promise", Then::Fix),
        (Absent | Nothing, Absent, Broken) | (Absent, Nothing, Broken) => ("not managed by code", Then::Stop),
        (Absent, Kept | Broken, Kept | Broken | Nothing) => ("removed from code, not applied: the next apply deletes it", Then::Stop),

        (Kept, Kept | Broken, Absent) => ("deleted by hand: the Terraform state still has it, and the next apply makes it anew", Then::At),
        (Broken, Kept | Broken, Absent) => ("deleted by hand: the next apply makes it anew, and as it is in code it is broken", Then::Fix),
        (Absent, Kept | Broken, Absent) => ("deleted by hand and removed from code: the Terraform state still has it", Then::Stop),
        (Nothing, Kept | Broken, Absent) => ("deleted by hand: the Terraform state still has it", Then::Stop),
        (Kept, Absent, Absent | Nothing) => ("in code, never applied", Then::At),
        (Broken, Absent, Absent | Nothing) => ("in code, never applied, and broken there", Then::FixAndApply),
        (Kept, Nothing, Absent) => ("in code, but not there: never applied, or deleted by hand", Then::At),
        (Broken, Nothing, Absent) => ("in code, but not there, and broken in code", Then::FixAndApply),
    })
}

/// Said otherwise where code does not mention the attribute at all.
const NEVER_PROMISED: &str = "never promised in code";

fn go_on(sentence: &str, then: Then, views: &BTreeMap<View, InView>) -> String {
    let spot = CodeSpot::declared(views);
    match (then, spot) {
        (Then::Stop, _) | (Then::At, None) => sentence.to_owned(),
        (Then::At, Some(spot)) => format!("{sentence} ({spot})"),
        (Then::To, spot) => {
            let to = other_words(views, View::Declared, View::Live).map(|words| format!(" to {words}")).unwrap_or_default();
            let at = spot.map(|spot| format!(" ({spot})")).unwrap_or_default();
            format!("{sentence}{to}{at}")
        }
        // What nobody wrote cannot have been promised: say what is missing instead of the same thing twice.
        (Then::Fix, Some(spot)) if sentence == NEVER_PROMISED && spot.is_default() => {
            format!("not set in code (provider default): {}", spot.fix())
        }
        (Then::Fix, spot) => format!("{sentence}: {}", fix(spot.as_ref())),
        (Then::FixAndApply, spot) => format!("{sentence}: {}, then apply", fix(spot.as_ref())),
    }
}

fn fix(spot: Option<&CodeSpot<'_>>) -> String {
    spot.map_or_else(|| "fix the code".to_owned(), CodeSpot::fix)
}

#[cfg(test)]
mod tests;
