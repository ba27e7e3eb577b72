//! `drift.ignore` of the plan: differences that are accepted, each with an owner, a reason and an end.

use jiff::tz::TimeZone;

use super::{Difference, Outcome, Request};
use crate::estate::Gap;
use crate::plan::{DriftIgnore, any_matches};

/// An exception of the plan that is not as it should be.
#[derive(Clone, Debug)]
pub struct Complaint<'a> {
    /// The exception.
    pub ignore: &'a DriftIgnore,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Its last day is over; it covers nothing any more.
    Expired,
    /// It covers no difference.
    Unused,
    /// It covers no difference that was seen, and not everything could be read.
    Unseen(Gap),
}

/// Marks what is accepted, and complains about exceptions that ran out or cover nothing.
pub(super) fn apply<'a>(request: &Request<'a>, outcome: &mut Outcome<'a>) {
    let today = request.now.to_zoned(TimeZone::UTC).date();
    for ignore in &request.plan.drift_ignores {
        if ignore.expires < today {
            outcome.complaints.push(Complaint { ignore, problem: Problem::Expired });
            continue;
        }
        let mut used = false;
        for difference in outcome.differences.iter_mut().filter(|difference| covers(ignore, difference)) {
            used = true;
            difference.ignored.get_or_insert(ignore);
        }
        // With one view there is nothing that could differ.
        if !used && request.estate.views.len() > 1 {
            let problem = outcome.unread.first().cloned().map_or(Problem::Unused, Problem::Unseen);
            outcome.complaints.push(Complaint { ignore, problem });
        }
    }
}

/// An attribute is meant with everything in it: `tags` covers `tags["Owner"]`.
fn covers(ignore: &DriftIgnore, difference: &Difference<'_>) -> bool {
    let matches = |pattern: &String, text: Option<&str>| text.is_some_and(|text| any_matches(std::slice::from_ref(pattern), text));
    let subject = &difference.subject;
    let by_subject = ignore
        .subject
        .as_ref()
        .is_none_or(|pattern| [Some(subject.name.as_str()), subject.arn.as_deref()].into_iter().any(|text| matches(pattern, text)));
    let by_address = ignore.address.as_ref().is_none_or(|pattern| {
        let address = subject.address.as_deref();
        matches(pattern, address)
            || address.is_some_and(|address| address.strip_prefix(pattern.as_str()).is_some_and(|rest| rest.starts_with('[')))
    });
    let attribute = difference.attribute.as_str();
    let wholes = attribute.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| &attribute[..at]);
    let by_attribute = wholes.chain([attribute]).any(|text| matches(&ignore.attribute, Some(text)));
    by_subject && by_address && by_attribute
}
