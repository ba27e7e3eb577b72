//! Somebody owns a duty: the plan names them, and not a placeholder.

use crate::rules::prelude::*;

/// The rule.
pub static RULE: Rule = Rule {
    id: "owner-named",
    summary: "The plan names an owner for the duty",
    severity: Severity::Medium,
    needs: &[],
    controls: &["nist-800-53r5:CP-2"],
    remediation: Remediation {
        text: "Name the team or the person who answers for {role}, in the document and under `owners` in the plan.",
        terraform: None,
        cli: None,
    },
    evidence: Evidence::Stated,
    quantifier: Quantifier::Every,
    doc: DOC,
    judge: Judge::Whole(judge),
};

const DOC: &str = "\
## What it checks

That the plan names who owns the duty. An empty name or a placeholder (`TBD`, `TODO`, `?`, `-`, `n/a`, `a definir`, `xxx`, `<name>`, \
`[team]`) is nobody.

## Why it matters

A duty that nobody owns is not done: backups are monitored by the one who will be asked about them.

## What counts as evidence

The name in the plan, taken from the document.

## Limits

Whether the team or the person exists, knows of the duty and can be reached is not checked.";

fn judge(whole: &Whole<'_>) -> Ruling {
    let promise = expect_claim::<claim::Owner>(&whole.promise.claim)?;
    Ok(match promise.name.as_deref().map(str::trim) {
        None | Some("") => broken("has no owner in the plan"),
        Some(name) if is_placeholder(name) => broken(format!("has no owner: the plan says \"{name}\"")),
        Some(name) => kept(format!("is owned by {name}")),
    })
}

/// Words that stand where a name is to come, in the languages plans are written in.
const NOBODY: [&str; 22] = [
    "a definir",
    "a designar",
    "changeme",
    "em aberto",
    "n.a.",
    "n/a",
    "na",
    "name",
    "ninguém",
    "nobody",
    "nome",
    "none",
    "null",
    "owner",
    "pendente",
    "pending",
    "por definir",
    "to be announced",
    "to be decided",
    "to be defined",
    "to be determined",
    "unknown",
];

/// Marks that make the whole a placeholder wherever a name starts with them: `TBD (ask HR)`.
const MARKS: [&str; 5] = ["fixme", "t.b.d.", "tba", "tbd", "todo"];

fn is_placeholder(name: &str) -> bool {
    let bare = name.trim_matches(['"', '\'', '`', '*', '_', ' ']).to_lowercase();
    let first = bare.split(|c: char| !c.is_alphanumeric() && c != '.').next().unwrap_or_default();
    let bracketed = [('<', '>'), ('[', ']'), ('{', '}'), ('(', ')')];
    !bare.chars().any(char::is_alphanumeric)
        || NOBODY.contains(&bare.as_str())
        || MARKS.contains(&first)
        || (bare.chars().count() > 1 && bare.chars().all(|c| c == 'x'))
        || bracketed.iter().any(|(open, close)| bare.trim_start_matches('$').starts_with(*open) && bare.ends_with(*close))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::*;

    fn judged(name: Option<&str>) -> (Answer, String) {
        let owner = claim::Owner { role: "backups".to_owned(), name: name.map(str::to_owned) };
        let judgement = judge_whole(&RULE, &plan(owner), &Estate::default()).expect("the plan says it");
        (judgement.answer, judgement.found)
    }

    #[test]
    fn kept_when_somebody_is_named() {
        for name in ["DevOps Team", "Incident Response Team", "Ana", "X", "Todoroki", "Equipe [SRE]", "plataforma@example.com", "Max Xx"] {
            assert_eq!(judged(Some(name)), (Answer::Kept, format!("is owned by {name}")));
        }
    }

    #[test]
    fn broken_when_nobody_is_named() {
        assert_eq!(judged(None), (Answer::Broken, "has no owner in the plan".to_owned()));
        assert_eq!(judged(Some("  ")), (Answer::Broken, "has no owner in the plan".to_owned()));
    }

    #[test]
    fn broken_when_a_placeholder_stands_there() {
        for name in [
            "TBD",
            "tbd",
            "TODO",
            "TODO: ask HR",
            "-",
            "—",
            "?",
            "???",
            "n/a",
            "N/A",
            "a definir",
            "A definir",
            "xxx",
            "XX",
            "<name>",
            "[team]",
            "{{ owner }}",
            "${OWNER}",
            "...",
            "**TBD**",
            "\"\"",
        ] {
            assert_eq!(judged(Some(name)), (Answer::Broken, format!("has no owner: the plan says \"{name}\"")));
        }
    }
}
