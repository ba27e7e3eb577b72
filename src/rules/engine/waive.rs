//! Waivers: accepted exceptions with an owner, a reason and an end.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::finding::{Finding, Grade, Subject, Verdict};
use super::{Request, is_asked_for};
use crate::estate::{Gap, View};
use crate::plan::{Promise, Severity, Waiver, any_matches};

/// The id of the finding that an expired waiver makes.
pub const EXPIRED: &str = "waiver-expired";
/// The id of the finding that a waiver makes which matches nothing.
pub const UNUSED: &str = "waiver-unused";

/// Turns waived findings into [`Verdict::Waived`], and adds findings for waivers that expired or match nothing.
pub(super) fn apply<'a>(request: &Request<'a>, findings: &mut Vec<Finding<'a>>) {
    let today = request.now.to_zoned(TimeZone::UTC).date();
    for waiver in &request.plan.waivers {
        if !is_rule_asked_for(request, waiver) {
            continue;
        }
        let expired = waiver.expires < today;
        let mut matched = false;
        for finding in findings.iter_mut().filter(|finding| covers(waiver, finding)) {
            matched = true;
            if !expired && matches!(finding.verdict, Verdict::Broken | Verdict::Unknown(_)) {
                let covers = std::mem::replace(&mut finding.verdict, Verdict::Kept);
                finding.verdict = Verdict::Waived { waiver, covers: Box::new(covers) };
            }
        }
        if expired {
            findings.push(broken(waiver, EXPIRED, format!("ran out on {} ({})", waiver.expires, waiver.owner)));
        } else if !matched {
            findings.push(match unseen(waiver, findings) {
                Some(gap) => about(waiver, UNUSED, Verdict::Unknown(gap)),
                // Code does not show what people made by hand, which is what waivers are often for.
                None if request.estate.strongest().is_some_and(|estate| estate.view == View::Declared) => {
                    let found = "matches nothing in the code; whether it is needed shows where live or a state is read".to_owned();
                    Finding { grade: Some(Grade::Declared), found: Some(found), ..about(waiver, UNUSED, Verdict::NotApplicable) }
                }
                None => broken(waiver, UNUSED, format!("matches no finding ({}, until {})", waiver.owner, waiver.expires)),
            });
        }
    }
}

/// Whether this audit judges what the waiver speaks of: neither `--only` nor a gate that was not asked for leaves it out.
fn is_rule_asked_for(request: &Request<'_>, waiver: &Waiver) -> bool {
    let mut of_rule = request.plan.promises.iter().filter(|promise| promise.claim.rule() == waiver.rule).peekable();
    let is_judged = |promise: &Promise| is_asked_for(promise, request.only) && (promise.gate.is_none() || promise.gate == request.gate);
    of_rule.peek().is_none() || of_rule.any(is_judged)
}

/// A pattern covers subjects that were seen. What stands for those that were not is covered by its own words only, so that
/// `*` does not hide that nobody could look.
fn covers(waiver: &Waiver, finding: &Finding<'_>) -> bool {
    if finding.subject.is_collective() {
        return finding.rule_id == waiver.rule && finding.subject.name == waiver.subject;
    }
    let subject = std::slice::from_ref(&waiver.subject);
    let Subject { name, arn, address, .. } = &finding.subject;
    finding.rule_id == waiver.rule
        && [Some(name), arn.as_ref(), address.as_ref()].into_iter().flatten().any(|text| any_matches(subject, text))
}

/// Why nobody can say that a waiver matches nothing: subjects of its rule that could not be listed.
fn unseen(waiver: &Waiver, findings: &[Finding<'_>]) -> Option<Gap> {
    findings.iter().filter(|finding| finding.rule_id == waiver.rule && finding.subject.is_collective()).find_map(|finding| {
        match &finding.verdict {
            Verdict::Unknown(gap) => Some(gap.clone()),
            Verdict::Kept | Verdict::Broken | Verdict::NotApplicable | Verdict::Waived { .. } => None,
        }
    })
}

fn broken<'a>(waiver: &'a Waiver, rule: &str, found: String) -> Finding<'a> {
    Finding { grade: Some(Grade::Declared), found: Some(found), ..about(waiver, rule, Verdict::Broken) }
}

fn about<'a>(waiver: &'a Waiver, rule: &str, verdict: Verdict<'a>) -> Finding<'a> {
    Finding {
        id: String::new(),
        rule_id: rule.to_owned(),
        rule: None,
        promise: None,
        severity: Severity::Medium,
        subject: Subject {
            label: Some(format!("the waiver of {} for {}", waiver.rule, waiver.subject)),
            ..Subject::named("waiver", format!("{} of {}", waiver.rule, waiver.subject))
        },
        verdict,
        grade: None,
        found: None,
        views: BTreeMap::new(),
        blame: None,
    }
}
