//! Runs the rules over every view: selects and joins subjects, asks the rule once per view, and turns the answers into one
//! verdict with its blame, grade and waiver. Knows no rule by name.

mod blame;
pub(super) mod code;
mod finding;
mod label;
mod subjects;
mod waive;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use waive::{EXPIRED, UNUSED};

pub use finding::{Finding, Grade, InView, Place, Subject, Verdict, fingerprint};

use super::prelude::{Answer, Evidence, Judge, Judgement, Quantifier, Rule, Ruling, Whole};
use super::registry;
use crate::estate::{Cause, Estate, Gap, View};
use crate::plan::{Claim, Gate, Plan, Promise, Section, Severity};

/// What an audit is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The evidence.
    pub estate: &'a Estate,
    /// The audit time.
    pub now: Timestamp,
    /// The gate whose promises are judged too.
    pub gate: Option<Gate>,
    /// Sections and rule ids to judge; empty = all.
    pub only: &'a BTreeSet<String>,
}

impl<'a> Request<'a> {
    /// The promises that are asked for.
    pub fn promises(&self) -> impl Iterator<Item = &'a Promise> {
        let only = self.only;
        self.plan.promises.iter().filter(move |promise| is_asked_for(promise, only))
    }
}

/// Whether `--only` lets a promise through.
pub fn is_asked_for(promise: &Promise, only: &BTreeSet<String>) -> bool {
    only.is_empty() || only.contains(promise.section.as_str()) || only.contains(promise.claim.rule())
}

/// Judges every promise that is asked for. Sorted by section, place in the plan, rule and subject.
pub fn judge<'a>(request: &Request<'a>) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> = request.promises().flat_map(|promise| judge_promise(request, promise)).collect();
    waive::apply(request, &mut findings);
    findings.sort_by_cached_key(|finding| {
        let at = finding.promise.map(|promise| (promise.section, promise.at));
        (
            at.unwrap_or((Section::Governance, crate::plan::Span { line: u32::MAX, column: 0 })),
            finding.rule_id.clone(),
            finding.subject.clone(),
        )
    });
    number_twins(request.plan, &mut findings);
    findings
}

/// Two promises with the same words about one subject still need two ids.
fn number_twins(plan: &Plan, findings: &mut [Finding<'_>]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for finding in findings {
        let words = finding.promise.map(|promise| format!("{}/{}", promise.group, promise.claim)).unwrap_or_default();
        let mut id = fingerprint(&plan.name, &finding.rule_id, &words, &finding.subject);
        let twins = seen.entry(id.clone()).and_modify(|count| *count += 1).or_insert(1);
        if *twins > 1 {
            id = fingerprint(&plan.name, &finding.rule_id, &format!("{words}#{twins}"), &finding.subject);
        }
        finding.id = id;
    }
}

fn judge_promise<'a>(request: &Request<'a>, promise: &'a Promise) -> Vec<Finding<'a>> {
    let draft = Draft { promise, rule: registry::find(promise.claim.rule()) };
    if promise.gate.is_some() && promise.gate != request.gate {
        return vec![draft.not_asked_for()];
    }
    let Some(rule) = draft.rule else {
        let planned = promise.section == Section::Planned;
        let ruling = if planned { Ok(super::prelude::not_applicable(PLANNED)) } else { Err(no_judge_yet(&promise.claim)) };
        return vec![draft.of_the_plan(ruling, None)];
    };
    match rule.judge {
        Judge::Whole(run) => {
            let ruling = run(&Whole { estate: request.estate, plan: request.plan, promise, now: request.now });
            let grade = if rule.evidence == Evidence::Stated { Grade::Declared } else { Grade::Configured };
            vec![draft.of_the_plan(ruling, Some(grade))]
        }
        Judge::Each { .. } if promise.select.is_empty() => {
            vec![draft.of_the_plan(
                Ok(super::prelude::broken("nothing matches: the promise has no `select`: say in the plan which resources it is about")),
                Some(Grade::Declared),
            )]
        }
        Judge::Each { .. } => {
            let findings = subjects::judge(request, &draft);
            match rule.quantifier {
                Quantifier::Every => findings,
                Quantifier::Any => best_of(findings),
            }
        }
    }
}

/// Why an intention is not judged.
const PLANNED: &str = "written down as intended, not promised";

fn no_judge_yet(claim: &Claim) -> Gap {
    let detail = match claim {
        Claim::Later(later) if !later.settled_by.is_empty() => {
            format!("this version of lastro has no judge for it; it will need {}", later.settled_by)
        }
        _ => "this version of lastro has no judge for it".to_owned(),
    };
    Gap::new(Cause::NotJudgedYet, detail)
}

/// One subject is enough: the best verdict stands for all; a breach says that no other subject keeps the promise either.
fn best_of(findings: Vec<Finding<'_>>) -> Vec<Finding<'_>> {
    let rank = |finding: &Finding<'_>| match finding.verdict {
        Verdict::Kept => 0,
        Verdict::Unknown(_) => 1,
        Verdict::Broken => 2,
        Verdict::NotApplicable | Verdict::Waived { .. } => 3,
    };
    let others = findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Broken)).count();
    let Some(mut best) = findings.into_iter().min_by_key(rank) else { return Vec::new() };
    if let (Verdict::Broken, Some(found), 2..) = (&best.verdict, &mut best.found, others) {
        found.push_str(&format!(" (and none of the {} others keeps the promise)", others - 1));
    }
    vec![best]
}

/// A promise with its rule, about to become findings.
struct Draft<'a> {
    promise: &'a Promise,
    rule: Option<&'static Rule>,
}

impl<'a> Draft<'a> {
    fn finding(&self, subject: Subject, verdict: Verdict<'a>) -> Finding<'a> {
        Finding {
            id: String::new(),
            rule_id: self.promise.claim.rule().to_owned(),
            rule: self.rule,
            promise: Some(self.promise),
            severity: self.promise.severity.or(self.rule.map(|rule| rule.severity)).unwrap_or(Severity::Medium),
            subject,
            verdict,
            grade: None,
            found: None,
            views: BTreeMap::new(),
            blame: None,
        }
    }

    /// A finding about the plan itself, or about no resource in particular.
    fn of_the_plan(&self, ruling: Ruling, grade: Option<Grade>) -> Finding<'a> {
        let (kind, name) = self.promise.claim.whole_subject();
        let label = matches!(self.promise.claim, Claim::Review(_)).then(|| "the document".to_owned());
        let subject = Subject { label, ..Subject::named(kind, name) };
        match ruling {
            Err(gap) => self.finding(subject, Verdict::Unknown(gap)),
            Ok(Judgement { answer, found, .. }) => Finding { grade, found: Some(found), ..self.finding(subject, verdict_of(answer)) },
        }
    }

    fn not_asked_for(&self) -> Finding<'a> {
        let mut finding = self.of_the_plan(Ok(super::prelude::not_applicable("judged with --gate release only")), None);
        finding.subject = Subject::named("promise", self.promise.text.clone());
        finding
    }
}

fn verdict_of<'a>(answer: Answer) -> Verdict<'a> {
    match answer {
        Answer::Kept => Verdict::Kept,
        Answer::Broken => Verdict::Broken,
        Answer::NotApplicable => Verdict::NotApplicable,
    }
}

/// How strong the evidence of a view is under a rule.
fn grade(view: View, evidence: Evidence) -> Grade {
    match (view, evidence) {
        (View::Declared, _) | (_, Evidence::Stated) => Grade::Declared,
        (View::Recorded, _) | (View::Live, Evidence::Configured) => Grade::Configured,
        (View::Live, Evidence::Observed) => Grade::Observed,
    }
}

#[cfg(test)]
mod tests;
