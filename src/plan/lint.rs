//! What looks wrong in a plan that can be read: structure only; contradictions come with the recovery model.

use std::collections::BTreeMap;

use super::error::{Problem, render_problem};
use super::{Plan, Span};

/// How much a lint matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LintSeverity {
    /// Worth a look.
    Warning,
}

impl LintSeverity {
    /// As it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
        }
    }
}

/// Something that looks wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lint {
    /// How much it matters.
    pub severity: LintSeverity,
    /// Where it stands in the plan file.
    pub span: Span,
    /// What looks wrong, and what to do.
    pub message: String,
}

/// Looks a plan over; `document` is the text of the human document, where it is at hand. In the order of the file.
pub fn lint(plan: &Plan, document: Option<&str>) -> Vec<Lint> {
    let mut lints = Vec::new();
    lines(plan, document, &mut lints);
    twice(plan, &mut lints);
    waivers(plan, &mut lints);
    same_regions(plan, &mut lints);
    lints.sort_by_key(|lint| lint.span);
    lints
}

/// The lints with their source lines, ready to print; `text` is the plan file. Ends with a line break, or is empty.
pub fn render_lints(path: &str, text: &str, lints: &[Lint], colour: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    for lint in lints {
        let line = lines.get((lint.span.line as usize).saturating_sub(1)).copied();
        let problem = Problem::at(lint.span, 1, lint.message.as_str());
        render_problem(&mut out, lint.severity.as_str(), path, line, &problem, colour);
    }
    out
}

fn warn(lints: &mut Vec<Lint>, span: Span, message: String) {
    lints.push(Lint { severity: LintSeverity::Warning, span, message });
}

fn lines(plan: &Plan, document: Option<&str>, lints: &mut Vec<Lint>) {
    let Some(path) = &plan.document.path else { return };
    let text: Option<Vec<&str>> = document.map(|text| text.lines().collect());
    for promise in &plan.promises {
        match (promise.document_line, &text) {
            (None, _) => warn(lints, promise.at, format!("\"{}\" names no line of {path}: add `line`", promise.text)),
            (Some(line), Some(text)) => match text.get(line as usize - 1) {
                None => warn(lints, promise.at, format!("line {line} lies behind the end of {path}, which has {} lines", text.len())),
                Some(said) if said.trim().is_empty() => warn(lints, promise.at, format!("line {line} of {path} is empty")),
                Some(_) => {}
            },
            (Some(_), None) => {}
        }
    }
}

fn twice(plan: &Plan, lints: &mut Vec<Lint>) {
    let mut seen = BTreeMap::new();
    for promise in &plan.promises {
        let same = format!("{:?} {:?} {:?}", promise.claim, promise.select, promise.gate);
        match seen.get(&same) {
            Some(first) => warn(lints, promise.at, format!("\"{}\" is promised twice; first on line {first} of the plan", promise.text)),
            None => {
                seen.insert(same, promise.at.line);
            }
        }
    }
}

fn waivers(plan: &Plan, lints: &mut Vec<Lint>) {
    let mut seen = BTreeMap::new();
    for waiver in &plan.waivers {
        if !plan.promises.iter().any(|promise| promise.claim.rule() == waiver.rule) {
            warn(lints, waiver.at, format!("no promise of the plan is judged by {}: the waiver matches nothing", waiver.rule));
        }
        if let Some(first) = seen.insert((&waiver.rule, &waiver.subject), waiver.at.line) {
            warn(lints, waiver.at, format!("{} is waived for {} twice; first on line {first} of the plan", waiver.rule, waiver.subject));
        }
    }
}

fn same_regions(plan: &Plan, lints: &mut Vec<Lint>) {
    for region in plan.regions.recovery.iter().filter(|region| plan.regions.primary.contains(region)) {
        warn(lints, Span { line: 1, column: 1 }, format!("{region} is both primary and recovery region: losing it loses both"));
    }
}
