//! Right after an apply nothing differs, and every promise is kept in all three views.

use std::collections::BTreeSet;

use lastro::report::model::Report;

use super::bed::{Quay, applied, differences, replayed};

#[test]
fn right_after_an_apply_nothing_differs() {
    let Some(quay) = applied("terraform::zero::right_after_an_apply_nothing_differs") else { return };
    nothing_differs(&quay);
}

/// So that the recording does not rot where Terraform is there.
#[test]
fn right_after_the_recorded_apply_nothing_differs() {
    let Some(quay) = replayed("terraform::zero::right_after_the_recorded_apply_nothing_differs", "recorded") else { return };
    nothing_differs(&quay);
}

fn nothing_differs(quay: &Quay) {
    for extra in [["--explain-suppressed"].as_slice(), &["--explain-suppressed", "--all"]] {
        let done = quay.lastro("drift", "infra", extra);
        let found = differences(&done);
        assert_eq!(found.into_keys().collect::<Vec<_>>(), Vec::<String>::new(), "{extra:?}");
        assert_eq!(done.code, Some(0), "{extra:?}: {}", done.stderr);
        let report: Report = serde_json::from_str(&done.stdout).expect("a report");
        let summary = report.drift_summary.expect("a summary");
        assert_eq!((summary.views.len(), summary.unread.len()), (3, 0), "{extra:?}");
        assert!(summary.things >= 20 && summary.attributes >= 100, "{} attributes of {} things", summary.attributes, summary.things);
        // What every account has before anything is applied: the default VPC of each region, and the records of every zone.
        let reasons: BTreeSet<_> = summary.explained.iter().map(|one| (one.attribute.as_str(), one.reason.as_str())).collect();
        assert_eq!(reasons, BTreeSet::from([("resource", "service_made")]), "{:#?}", summary.explained);
    }
}

#[test]
fn right_after_an_apply_every_promise_is_kept_in_three_views() {
    let Some(quay) = applied("terraform::zero::right_after_an_apply_every_promise_is_kept_in_three_views") else { return };
    let done = quay.lastro("audit", "infra", &[]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let report = done.report();
    assert!(report.findings.len() >= 25, "{}", report.findings.len());
    assert!(report.drift.is_empty(), "{:#?}", report.drift);
    // An address is judged over all views at once.
    for finding in report.findings.iter().filter(|finding| finding.rule != "waf-address") {
        assert_eq!(finding.verdict.as_str(), "kept", "{}", finding.message);
        assert_eq!(finding.blame, None, "{}", finding.message);
        let said: Vec<_> = finding.views.iter().map(|(view, said)| (view.as_str(), said.verdict.as_str())).collect();
        assert_eq!(said, [("declared", "kept"), ("live", "kept"), ("recorded", "kept")], "{}", finding.message);
        let places = finding.views.iter().filter_map(|(view, said)| Some((view.as_str(), said.at.as_deref()?)));
        for (view, at) in places {
            let expected = match view {
                "declared" => "infra/",
                "recorded" => "infra/terraform.tfstate ",
                _ => "",
            };
            assert!(at.starts_with(expected), "{view}: {at}");
            assert_eq!(view == "declared", at.contains(".tf:"), "{view}: {at}");
        }
    }
}
