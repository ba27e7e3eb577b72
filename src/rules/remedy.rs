//! Fills the remediation of a rule with the names of the subject, and splits control ids.

use super::engine::{Finding, Subject};

/// How to mend one finding, ready to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// One or two sentences.
    pub text: String,
    /// Terraform.
    pub terraform: Option<String>,
    /// AWS CLI.
    pub cli: Option<String>,
}

/// The remediation of a finding with the subject's own names.
pub fn remedy(finding: &Finding<'_>) -> Remedy {
    let Some(rule) = finding.rule else {
        return Remedy { text: without_rule(&finding.rule_id).to_owned(), terraform: None, cli: None };
    };
    let values = values(finding);
    let fill = |template: &str| fill(template, &values);
    Remedy { text: fill(rule.remediation.text), terraform: rule.remediation.terraform.map(fill), cli: rule.remediation.cli.map(fill) }
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
