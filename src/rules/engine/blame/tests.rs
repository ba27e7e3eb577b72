//! The table of DESIGN.md section 3, and every other combination.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::estate::{Action, Cause, Gap, Locus};
use crate::rules::engine::Place;

const ALL: [&str; 4] = ["kept", "broken", "absent", "unknown"];

/// What each combination of code, state and live says; `-` for nothing.
const TABLE: &[(&str, &str, &str, &str)] = &[
    // The rows of DESIGN.md, in its order.
    ("kept", "kept", "broken", "changed by hand; the next apply reverts it to 7 days (db.tf:12)"),
    ("broken", "broken", "broken", "never promised in code: fix db.tf:12"),
    ("kept", "broken", "broken", "code changed, not applied (db.tf:12)"),
    ("broken", "broken", "kept", "right by accident: the next apply breaks it (db.tf:12)"),
    ("broken", "kept", "kept", "code changed, not applied: the next apply breaks it (db.tf:12)"),
    ("kept", "broken", "kept", "state is stale: refresh"),
    ("absent", "absent", "kept", "kept, but not managed by code: a rebuild loses it"),
    // Nothing to say: all agree, or too little is known.
    ("kept", "kept", "kept", "-"),
    ("kept", "kept", "unknown", "-"),
    ("kept", "unknown", "kept", "-"),
    ("unknown", "kept", "kept", "-"),
    ("kept", "unknown", "unknown", "-"),
    ("unknown", "kept", "unknown", "-"),
    ("unknown", "unknown", "kept", "-"),
    ("unknown", "unknown", "broken", "-"),
    ("unknown", "unknown", "absent", "-"),
    ("unknown", "unknown", "unknown", "-"),
    // No view holds the thing: there is no subject.
    ("absent", "absent", "absent", "-"),
    ("absent", "absent", "unknown", "-"),
    ("absent", "unknown", "absent", "-"),
    ("absent", "unknown", "unknown", "-"),
    ("unknown", "absent", "absent", "-"),
    ("unknown", "absent", "unknown", "-"),
    // Live is kept.
    ("kept", "absent", "kept", "in code and live, but not in the state: import it (db.tf:12)"),
    ("broken", "absent", "kept", "not in the state: import it; the code breaks the promise: fix db.tf:12"),
    ("broken", "unknown", "kept", "right by accident: the next apply breaks it (db.tf:12)"),
    ("absent", "kept", "kept", "removed from code, not applied: the next apply deletes it"),
    ("absent", "broken", "kept", "removed from code, not applied: the next apply deletes it"),
    ("absent", "unknown", "kept", "kept, but not managed by code: a rebuild loses it"),
    ("unknown", "absent", "kept", "kept, but not managed by code: a rebuild loses it"),
    (
        "unknown",
        "broken",
        "kept",
        "mended by hand since the last apply, or the state is stale: unless the code keeps it too, the next apply breaks it",
    ),
    // Live is broken.
    ("kept", "absent", "broken", "in code and live, but not in the state: import it, then apply (db.tf:12)"),
    ("kept", "unknown", "broken", "live differs from the code: changed by hand, or the code is not applied (db.tf:12)"),
    ("broken", "kept", "broken", "broken in code and live, and the state is stale: fix db.tf:12, then apply"),
    ("broken", "absent", "broken", "not in the state: import it; the code breaks the promise: fix db.tf:12"),
    ("broken", "unknown", "broken", "never promised in code: fix db.tf:12"),
    ("absent", "kept", "broken", "removed from code, not applied: the next apply deletes it"),
    ("absent", "broken", "broken", "removed from code, not applied: the next apply deletes it"),
    ("absent", "absent", "broken", "not managed by code"),
    ("absent", "unknown", "broken", "not managed by code"),
    ("unknown", "kept", "broken", "changed by hand since the last apply: the Terraform state still keeps the promise"),
    ("unknown", "broken", "broken", "broken as applied: the Terraform state says the same; fix the code"),
    ("unknown", "absent", "broken", "not managed by code"),
    // Live is not there.
    ("kept", "kept", "absent", "deleted by hand: the Terraform state still has it, and the next apply makes it anew (db.tf:12)"),
    ("kept", "broken", "absent", "deleted by hand: the Terraform state still has it, and the next apply makes it anew (db.tf:12)"),
    ("kept", "absent", "absent", "in code, never applied (db.tf:12)"),
    ("kept", "unknown", "absent", "in code, but not there: never applied, or deleted by hand (db.tf:12)"),
    ("broken", "kept", "absent", "deleted by hand: the next apply makes it anew, and as it is in code it is broken: fix db.tf:12"),
    ("broken", "broken", "absent", "deleted by hand: the next apply makes it anew, and as it is in code it is broken: fix db.tf:12"),
    ("broken", "absent", "absent", "in code, never applied, and broken there: fix db.tf:12, then apply"),
    ("broken", "unknown", "absent", "in code, but not there, and broken in code: fix db.tf:12, then apply"),
    ("absent", "kept", "absent", "deleted by hand and removed from code: the Terraform state still has it"),
    ("absent", "broken", "absent", "deleted by hand and removed from code: the Terraform state still has it"),
    ("unknown", "kept", "absent", "deleted by hand: the Terraform state still has it"),
    ("unknown", "broken", "absent", "deleted by hand: the Terraform state still has it"),
    // Live was not read.
    ("kept", "broken", "unknown", "code changed, not applied (db.tf:12)"),
    ("kept", "absent", "unknown", "in code, never applied (db.tf:12)"),
    ("broken", "kept", "unknown", "code changed, not applied: the next apply breaks it (db.tf:12)"),
    ("broken", "broken", "unknown", "never promised in code: fix db.tf:12"),
    ("broken", "absent", "unknown", "in code, never applied, and broken there: fix db.tf:12, then apply"),
    ("broken", "unknown", "unknown", "never promised in code: fix db.tf:12"),
    ("absent", "kept", "unknown", "removed from code, not applied: the next apply deletes it"),
    ("absent", "broken", "unknown", "removed from code, not applied: the next apply deletes it"),
    ("unknown", "broken", "unknown", "broken as applied: fix the code"),
];

fn code(from: Option<&str>) -> Locus {
    Locus::Code { file: Arc::from("db.tf"), line: 12, column: 3, from: from.map(Arc::from) }
}

fn seen(says: &str, locus: Locus) -> InView {
    let (answer, found) = match says {
        "kept" => (Answer::Kept, "keeps backups for 7 days"),
        "broken" => (Answer::Broken, "keeps backups for 1 day"),
        "absent" => return InView::Absent,
        _ => return InView::Unknown(Gap::new(Cause::Denied, "")),
    };
    InView::Judged { answer, found: found.to_owned(), at: Some(Place { resource: "db".to_owned(), locus }), setting: None }
}

fn of(code_says: &str, state: &str, live: &str, locus: Locus) -> Option<String> {
    let in_state = Locus::State { file: Arc::from("prod.tfstate"), address: Arc::from("aws_db_instance.db") };
    blame(&BTreeMap::from([
        (View::Declared, seen(code_says, locus)),
        (View::Recorded, seen(state, in_state)),
        (View::Live, seen(live, Locus::Api(Action::of("rds:DescribeDBInstances")))),
    ]))
}

#[test]
fn every_combination_says_what_the_table_says() {
    let listed: BTreeSet<_> = TABLE.iter().map(|(code, state, live, _)| (*code, *state, *live)).collect();
    assert_eq!((listed.len(), TABLE.len()), (64, 64), "each of the 4 x 4 x 4 once");
    assert!(listed.iter().all(|(code, state, live)| [code, state, live].iter().all(|says| ALL.contains(says))));
    for (code_says, state, live, sentence) in TABLE {
        let said = of(code_says, state, live, code(None));
        assert_eq!(said.as_deref().unwrap_or("-"), *sentence, "{code_says} / {state} / {live}");
    }
}

#[test]
fn a_view_without_a_source_says_as_little_as_one_with_a_gap() {
    for (code_says, state, live, sentence) in TABLE {
        let views = [(View::Declared, *code_says), (View::Recorded, *state), (View::Live, *live)];
        let known = views.into_iter().filter(|(_, says)| *says != "unknown");
        let known: BTreeMap<_, _> = known.map(|(view, says)| (view, seen(says, code(None)))).collect();
        assert_eq!(blame(&known).as_deref().unwrap_or("-"), *sentence, "{code_says} / {state} / {live}");
    }
}

#[test]
fn the_line_to_fix_is_where_the_value_is_written() {
    let broken = |locus| of("broken", "broken", "broken", locus).unwrap_or_default();
    assert_eq!(broken(code(Some("prod.tfvars:3"))), "never promised in code: fix prod.tfvars:3 (used at db.tf:12)");
    assert_eq!(broken(code(Some("var.days"))), "never promised in code: fix db.tf:12 (the value comes from var.days)");
    let planned = Locus::State { file: Arc::from("plan.json"), address: Arc::from("aws_db_instance.db") };
    assert_eq!(broken(planned), "never promised in code: fix aws_db_instance.db (planned in plan.json)");
}

#[test]
fn what_code_does_not_set_is_to_be_set() {
    let default = || code(Some("provider default"));
    let said = |code_says, state, live| of(code_says, state, live, default()).unwrap_or_default();
    assert_eq!(said("broken", "broken", "broken"), "not set in code (provider default): set it in the block at db.tf:12");
    assert_eq!(
        said("broken", "kept", "broken"),
        "broken in code and live, and the state is stale: set it in the block at db.tf:12, then apply"
    );
    assert_eq!(said("broken", "broken", "kept"), "right by accident: the next apply breaks it (provider default, block at db.tf:12)");
    assert_eq!(
        said("kept", "kept", "broken"),
        "changed by hand; the next apply reverts it to 7 days (provider default, block at db.tf:12)"
    );
}

#[test]
fn a_sentence_without_a_place_is_still_a_sentence() {
    let views = |answer| InView::Judged { answer, found: String::new(), at: None, setting: None };
    let all = |code_says, live| {
        BTreeMap::from([(View::Declared, views(code_says)), (View::Recorded, views(code_says)), (View::Live, views(live))])
    };
    assert_eq!(blame(&all(Answer::Broken, Answer::Broken)).as_deref(), Some("never promised in code: fix the code"));
    assert_eq!(blame(&all(Answer::Kept, Answer::Broken)).as_deref(), Some("changed by hand; the next apply reverts it"));
}
