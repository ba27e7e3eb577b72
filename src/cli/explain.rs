//! `lastro explain RULE`

use super::{Error, Exit, Session};
use crate::collect::needs;
use crate::plan::later_rule_ids;
use crate::report::escape::sanitize;
use crate::rules::engine::{EXPIRED, UNUSED};
use crate::rules::prelude::Rule;
use crate::rules::registry::{RULES, find};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  lastro explain rds-backup-retention")]
pub(super) struct Args {
    /// The id of the rule, as reports and `lastro rules` show it.
    rule: String,
}

pub(super) fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Error> {
    let text = match find(&args.rule) {
        Some(rule) => page(rule),
        None => not_a_rule(&args.rule).ok_or_else(|| unknown_rule(&args.rule))?,
    };
    session.out.write_all(text.as_bytes())?;
    Ok(Exit::Kept)
}

/// What a report may name where a rule stands, and that is none.
fn not_a_rule(id: &str) -> Option<String> {
    let text = match id {
        EXPIRED => "A waiver of the plan ran out: the breach it accepted counts again. Renew it with its owner, or mend the breach.",
        UNUSED => {
            "A waiver of the plan matches no finding: its rule or subject is misspelled, or what it accepted is gone. Remove or mend it."
        }
        later if later_rule_ids().contains(&later) => {
            "This version of lastro reads such promises and has no judge for them: they are unknown, and count as such in the coverage."
        }
        _ => return None,
    };
    Some(format!("# {id}\n\n{text}\n"))
}

/// The error for an id that no rule has, with the nearest one that is.
fn unknown_rule(id: &str) -> Error {
    Error::Usage(format!("error: there is no rule `{}`: {}", sanitize(id), did_you_mean(id, std::iter::empty())))
}

/// The nearest rule or other name, or where the rules are listed.
pub(super) fn did_you_mean<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> String {
    let known = RULES.iter().map(|rule| rule.id).chain(others);
    match known.map(|known| (strsim::damerau_levenshtein(known, name), known)).min() {
        // Half of a short name is another name.
        Some((distance, near)) if distance <= 4 && distance * 2 < near.len() => format!("did you mean `{near}`?"),
        _ => "`lastro rules` lists the rules".to_owned(),
    }
}

/// The documentation page of a rule, in Markdown.
pub(super) fn page(rule: &Rule) -> String {
    let mut page = format!("# {}\n\n{}.\n\nSeverity: {}.\n\n{}\n", rule.id, rule.summary, rule.severity.as_str(), rule.doc.trim());
    let permissions = needs::permissions(&rule.needs.iter().copied().collect());
    page.push_str("\n## Permissions\n\n");
    if permissions.is_empty() {
        page.push_str("None: it is judged from the plan itself.\n");
    }
    for action in permissions {
        page.push_str(&format!("- `{action}`\n"));
    }
    page.push_str(&format!("\n## How to mend a breach\n\n{}\n", rule.remediation.text));
    for (language, text) in [("hcl", rule.remediation.terraform), ("sh", rule.remediation.cli)] {
        if let Some(text) = text {
            page.push_str(&format!("\n```{language}\n{}\n```\n", text.trim()));
        }
    }
    if !rule.controls.is_empty() {
        page.push_str("\n## Controls\n\n");
    }
    for text in rule.controls {
        let (framework, version, id) = crate::rules::remedy::control(text);
        page.push_str(&format!("- {framework} {version}: {id}\n"));
    }
    page
}
