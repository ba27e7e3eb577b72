//! Fills the remediation of a rule with the names of the subject, and splits control ids.

use super::engine::code::CodeSpot;
use super::engine::{Finding, InView, Subject, Verdict};
use super::prelude::{Answer, Setting};
use crate::estate::View;

/// How to mend one finding, ready to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// One or two sentences.
    pub text: String,
    /// Terraform.
    pub terraform: Option<String>,
    /// AWS CLI.
    pub cli: Option<String>,
    /// The line of code to change: where the code breaks the promise.
    pub at: Option<(String, u32)>,
    /// How the attribute should read there.
    pub change: Option<Change>,
}

/// One attribute in the code, as it reads and as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path inside of the block: `backup_retention_period`.
    pub attribute: String,
    /// What it evaluates to, as Terraform writes it; `None` where the code does not set it.
    pub now: Option<String>,
    /// What keeps the promise, as Terraform writes it.
    pub should: String,
}

/// The remediation of a finding with the subject's own names, and the line of code it is about where the code breaks the promise.
pub fn remedy(finding: &Finding<'_>) -> Remedy {
    let Some(rule) = finding.rule else {
        return Remedy { text: without_rule(&finding.rule_id).to_owned(), terraform: None, cli: None, at: None, change: None };
    };
    let values = values(finding);
    let fill = |template: &str| fill(template, &values);
    let mut remedy = Remedy {
        text: fill(rule.remediation.text),
        terraform: rule.remediation.terraform.map(fill),
        cli: rule.remediation.cli.map(fill),
        at: None,
        change: None,
    };
    in_code(finding, &mut remedy);
    remedy
}

/// Adds the line of code to change, or that the code is right and has to be applied.
fn in_code(finding: &Finding<'_>, remedy: &mut Remedy) {
    let spot = CodeSpot::declared(&finding.views);
    match (finding.views.get(&View::Declared), spot) {
        (Some(InView::Judged { answer: Answer::Broken, setting, .. }), Some(spot)) => {
            remedy.at = spot.line_to_change().map(|(file, line)| (file.to_owned(), line));
            remedy.change = setting.as_ref().and_then(|setting| change(setting, &spot, remedy.terraform.as_deref()?));
            let (fix, reads) = (spot.fix(), remedy.change.as_ref().map(reads).unwrap_or_default());
            remedy.text.push_str(&format!(" In code: {fix}{reads}."));
        }
        (Some(InView::Judged { answer: Answer::Kept, .. }), spot) if is_breach(&finding.verdict) => {
            let at = spot.map(|spot| format!(" ({spot})")).unwrap_or_default();
            remedy.text.push_str(&format!(" The code keeps the promise{at}: apply it again."));
        }
        (Some(InView::Absent), _) if is_breach(&finding.verdict) => {
            remedy.text.push_str(" No code declares it: add it there, or import it, so that a rebuild brings it back.");
        }
        (Some(InView::Judged { .. } | InView::Unknown(_) | InView::Absent) | None, _) => {}
    }
}

fn is_breach(verdict: &Verdict<'_>) -> bool {
    match verdict {
        Verdict::Broken => true,
        Verdict::Waived { covers, .. } => is_breach(covers),
        Verdict::Kept | Verdict::Unknown(_) | Verdict::NotApplicable => false,
    }
}

/// How the attribute that decided should read, by the rule's own Terraform; `None` where that does not set it to a plain value.
fn change(setting: &Setting, spot: &CodeSpot<'_>, terraform: &str) -> Option<Change> {
    let name = setting.attribute.rsplit('.').next()?;
    let mut assigned = terraform.lines().filter_map(|line| line.split_once('='));
    let (_, should) = assigned.find(|(key, _)| key.trim() == name)?;
    let should = should.trim().to_owned();
    let now = (!spot.is_default()).then(|| setting.value.clone());
    (now.as_ref() != Some(&should)).then(|| Change { attribute: setting.attribute.to_owned(), now, should })
}

fn reads(change: &Change) -> String {
    let Change { attribute, now, should } = change;
    let now = now.as_ref().map(|now| format!(", not {now}")).unwrap_or_default();
    format!(", where {attribute} should read {should}{now}")
}

/// One line that says what a finding was judged by: the rule's summary, or the promise's own words where no rule judges it.
pub fn summary<'a>(finding: &'a Finding<'_>) -> &'a str {
    match (finding.rule, finding.promise, finding.rule_id.as_str()) {
        (Some(rule), _, _) => rule.summary,
        (None, Some(promise), _) => &promise.text,
        (None, None, "waiver-expired") => "Every waiver is in force",
        (None, None, "waiver-unused") => "Every waiver covers a finding",
        (None, None, id) => id,
    }
}

/// What to do about a finding that no rule made.
fn without_rule(id: &str) -> &'static str {
    match id {
        "waiver-expired" => "Mend what the waiver accepted and remove it from the plan, or renew it there with a reason and a new date.",
        "waiver-unused" => "Remove the waiver from the plan, or correct its rule or subject.",
        _ => "No rule of this version judges it.",
    }
}

fn values(finding: &Finding<'_>) -> Vec<(&'static str, String)> {
    let Subject { name, region, arn, account, address, .. } = &finding.subject;
    let or = |value: &Option<String>, placeholder: &str| value.clone().unwrap_or_else(|| placeholder.to_owned());
    let mut values = vec![
        ("name", name.clone()),
        ("region", or(region, "REGION")),
        ("account", or(account, "ACCOUNT")),
        ("arn", or(arn, "ARN")),
        ("address", or(address, "ADDRESS")),
    ];
    if let Some((cluster, group)) = name.split_once('/') {
        values.push(("cluster", cluster.to_owned()));
        values.push(("group", group.to_owned()));
    }
    values.extend(finding.promise.into_iter().flat_map(|promise| promise.claim.values()));
    values
}

/// Replaces `{key}` by its value in one pass; braces around anything else stay, since Terraform is full of them.
fn fill(template: &str, values: &[(&'static str, String)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let known = values.iter().find(|(key, _)| rest[1..].strip_prefix(key).is_some_and(|tail| tail.starts_with('}')));
        match known {
            Some((key, value)) => {
                filled.push_str(value);
                rest = &rest[key.len() + 2..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

/// A control as rules name it, `nist-800-53r5:CP-9`, taken apart: framework, version, id.
pub fn control(text: &str) -> (String, String, String) {
    let (standard, id) = text.split_once(':').unwrap_or((text, ""));
    let (framework, version) = match standard {
        "nist-800-53r5" => ("NIST SP 800-53", "r5"),
        "aws-wa-reliability" => ("AWS Well-Architected Reliability", "2023"),
        other => other.rsplit_once('-').unwrap_or((other, "")),
    };
    (framework.to_owned(), version.to_owned(), id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_known_keys_and_leaves_other_braces() {
        let values = [("name", "{days} b".to_owned()), ("days", "7".to_owned())];
        assert_eq!(fill("rule { x = {days} } # {name} {other}", &values), "rule { x = 7 } # {days} b {other}");
        assert_eq!(fill("{", &values), "{");
    }

    #[test]
    fn takes_controls_apart() {
        assert_eq!(control("nist-800-53r5:CP-9"), ("NIST SP 800-53".into(), "r5".into(), "CP-9".into()));
        assert_eq!(control("iso-27001-2022:A.8.13"), ("iso-27001".into(), "2022".into(), "A.8.13".into()));
    }
}
