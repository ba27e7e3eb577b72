//! Which move made the views differ.

use std::collections::BTreeMap;

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

/// The sentence of blame; `None` when there is nothing to say: the promise is kept everywhere, or too little is known.
pub(super) fn blame(views: &BTreeMap<View, InView>) -> Option<&'static str> {
    let says = |view| match views.get(&view) {
        Some(InView::Judged { answer: Answer::Kept, .. }) => Says::Kept,
        Some(InView::Judged { answer: Answer::Broken, .. }) => Says::Broken,
        Some(InView::Absent) => Says::Absent,
        Some(InView::Judged { answer: Answer::NotApplicable, .. } | InView::Unknown(_)) | None => Says::Nothing,
    };
    use Says::{Absent, Broken, Kept, Nothing};
    match (says(View::Declared), says(View::Recorded), says(View::Live)) {
        (Kept, Kept, Kept) | (Kept | Nothing, Kept | Nothing, Nothing) | (Nothing, Nothing, _) => None,

        (Kept, Kept, Broken) => Some("changed by hand; the next apply reverts it"),
        (Broken, Broken, Broken) => Some("never promised in code: fix the code"),
        (Kept, Broken, Broken) | (Kept, Broken | Absent, Nothing) | (Kept, Absent, Broken) => Some("code changed, not applied"),
        (Broken, Broken, Kept) => Some("right by accident: the next apply breaks it"),
        (Broken, Kept, Kept) | (Broken, Kept, Nothing) => Some("code changed, not applied: the next apply breaks it"),
        (Kept, Broken, Kept) => Some("state is stale: refresh"),
        (Broken, Kept, Broken) => Some("broken in code and live, and the state is stale: fix the code, apply it and refresh the state"),

        (Nothing, Kept, Broken) => Some("changed by hand since the last apply: the Terraform state still keeps the promise"),
        (Nothing, Broken, Broken) => Some("broken as applied: the Terraform state says the same; fix the code"),
        (Nothing, Broken, Kept) => {
            Some("mended by hand since the last apply, or the state is stale: unless the code keeps it too, the next apply breaks it")
        }
        (Nothing, Kept, Kept) => None,

        (Absent | Nothing, Absent, Kept) => Some("kept, but not managed by code: a rebuild loses it"),
        (Absent | Nothing, Absent, Broken) => Some("not managed by code"),
        (Absent, Kept | Broken, Kept | Broken | Nothing) => Some("removed from code, not applied: the next apply deletes it"),
        (Kept, Absent, Kept) => Some("in code and live, but not in the state: import it"),
        (Broken, Absent, Kept | Broken) => Some("not in the state: import it; the code breaks the promise"),

        (_, Kept | Broken, Absent) => Some("deleted by hand: the Terraform state still has it"),
        (Kept | Broken, Absent, Absent) => Some("in code, never applied"),
        (Kept | Broken, Nothing, Absent) => Some("in code, but not there: never applied, or deleted by hand"),
        (Absent, Absent | Nothing, _) => Some("not managed by code"),

        (Kept, Nothing, Broken) => Some("live differs from the code: changed by hand, or the code is not applied"),
        (Broken, Nothing, Broken) => Some("never promised in code: fix the code"),
        (Broken, Nothing, Kept) => Some("right by accident: the next apply breaks it"),
        (Kept, Nothing, Kept) => None,
        (Broken, Broken | Absent, Nothing) | (Broken, Nothing, Nothing) => Some("never promised in code: fix the code"),
        (Nothing, Broken, Nothing) => Some("broken as applied: fix the code"),
        (Nothing, Absent, Nothing | Absent) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::{Cause, Gap};

    fn judged(answer: Answer) -> InView {
        InView::Judged { answer, found: String::new(), at: None }
    }

    fn of(code: Option<InView>, state: Option<InView>, live: Option<InView>) -> Option<&'static str> {
        let views = [(View::Declared, code), (View::Recorded, state), (View::Live, live)];
        blame(&views.into_iter().filter_map(|(view, says)| Some((view, says?))).collect())
    }

    #[test]
    fn the_table_of_the_design() {
        let (kept, broken) = (|| Some(judged(Answer::Kept)), || Some(judged(Answer::Broken)));
        let absent = || Some(InView::Absent);
        assert_eq!(of(kept(), kept(), broken()), Some("changed by hand; the next apply reverts it"));
        assert_eq!(of(broken(), broken(), broken()), Some("never promised in code: fix the code"));
        assert_eq!(of(kept(), broken(), broken()), Some("code changed, not applied"));
        assert_eq!(of(broken(), broken(), kept()), Some("right by accident: the next apply breaks it"));
        assert_eq!(of(broken(), kept(), kept()), Some("code changed, not applied: the next apply breaks it"));
        assert_eq!(of(kept(), broken(), kept()), Some("state is stale: refresh"));
        assert_eq!(of(absent(), absent(), kept()), Some("kept, but not managed by code: a rebuild loses it"));
        assert_eq!(of(kept(), kept(), kept()), None);
    }

    #[test]
    fn state_against_live_without_code() {
        let (kept, broken) = (|| Some(judged(Answer::Kept)), || Some(judged(Answer::Broken)));
        assert!(of(None, kept(), broken()).is_some_and(|text| text.starts_with("changed by hand")));
        assert!(of(None, broken(), broken()).is_some_and(|text| text.contains("fix the code")));
        assert!(of(None, broken(), kept()).is_some_and(|text| text.contains("stale")));
        assert!(of(None, Some(InView::Absent), kept()).is_some_and(|text| text.contains("not managed")));
        assert!(of(None, kept(), Some(InView::Absent)).is_some_and(|text| text.contains("deleted by hand")));
        assert_eq!(of(None, kept(), kept()), None);
    }

    #[test]
    fn a_gap_blames_nobody() {
        let gap = || Some(InView::Unknown(Gap::new(Cause::Denied, "")));
        let (kept, broken) = (|| Some(judged(Answer::Kept)), || Some(judged(Answer::Broken)));
        assert_eq!(of(None, gap(), broken()), None);
        assert_eq!(of(None, kept(), gap()), None);
        assert_eq!(of(None, None, broken()), None);
    }
}
