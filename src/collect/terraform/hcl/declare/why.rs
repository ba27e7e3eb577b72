//! What is not known, said so that people know what would settle it.

use crate::collect::terraform::hcl::value::{Choice, Origin, Unknown, Val, ValKind, Why};
use crate::estate::{Cause, Gap};

/// Most alternatives that a sentence lists.
const MOST: usize = 6;

/// Most characters of one alternative.
const LONGEST: usize = 60;

/// The gap of a value that is not known: `what` names the attribute and its place.
pub(super) fn unknown(what: &str, unknown: &Unknown) -> Gap {
    match &unknown.choice {
        Some(choice) => Gap::new(Cause::Undecided, format!("{what} {}{}", undecided(choice), settle(&unknown.why))),
        None => why(what, &unknown.why),
    }
}

/// The gap of a reason.
pub(super) fn why(what: &str, why: &Why) -> Gap {
    let (cause, detail) = reason(why);
    Gap::new(cause, format!("{what} {detail}"))
}

/// Cause and sentence fragment of a reason.
fn reason(why: &Why) -> (Cause, String) {
    match why {
        Why::Computed { address, attribute } => {
            (Cause::ComputedAtApply, format!("is {address}.{attribute}, known after apply: give the state that records it (--state FILE)"))
        }
        Why::DataSource { address, attribute } => {
            let what = if attribute.is_empty() { address.to_string() } else { format!("{address}.{attribute}") };
            (Cause::NotRead, format!("hangs on {what}, which only Terraform reads: give the state that records it (--state FILE)"))
        }
        Why::Variable(name) => {
            (Cause::NotRead, format!("hangs on var.{name}, which has no value: give --var {name}=VALUE or --var-file FILE"))
        }
        Why::Module(name) => (Cause::NotRead, format!("hangs on {name}, whose code is not there: run `terraform init`, which installs it")),
        Why::Function(name) => {
            (Cause::Unreadable, format!("hangs on {name}(), which depends on time, chance or the machine, or which lastro does not have"))
        }
        Why::Failed(message) => (Cause::Unreadable, format!("does not evaluate: {message}")),
        Why::Unread(message) => (Cause::Unreadable, format!("could not be read: {message}")),
    }
}

/// What would decide a condition.
fn settle(why: &Why) -> String {
    match why {
        Why::Variable(name) => format!(" (give --var {name}=VALUE or --var-file FILE)"),
        Why::Computed { .. } | Why::DataSource { .. } => " (give the state that decides it)".to_owned(),
        Why::Module(_) | Why::Function(_) | Why::Failed(_) | Why::Unread(_) => String::new(),
    }
}

/// `depends on var.is_primary: 35 or 1`
fn undecided(choice: &Choice) -> String {
    let mut said = Vec::new();
    let all = alternatives(choice, &mut said);
    let condition = clip(&choice.condition);
    if all && said.len() <= MOST { format!("depends on {condition}: {}", said.join(" or ")) } else { format!("depends on {condition}") }
}

/// Every alternative as text; `false` when one has no short text.
fn alternatives(choice: &Choice, said: &mut Vec<String>) -> bool {
    choice.of.iter().all(|val| {
        if said.len() > MOST {
            return false;
        }
        if let ValKind::Unknown(unknown) = &val.kind {
            return !val.sensitive && unknown.choice.as_ref().is_some_and(|inner| alternatives(inner, said));
        }
        let text = shown(val);
        if let Some(text) = &text
            && !said.contains(text)
        {
            said.push(text.clone());
        }
        text.is_some()
    })
}

/// A value as a sentence has it.
fn shown(val: &Val) -> Option<String> {
    if val.sensitive {
        return None;
    }
    match &val.kind {
        ValKind::Null => Some("unset".to_owned()),
        ValKind::Bool(bool) => Some(bool.to_string()),
        ValKind::Number(number) => Some(number.to_string()),
        ValKind::String(text) => Some(format!("\"{}\"", clip(text))),
        ValKind::List(items) | ValKind::Set(items) if items.is_empty() => Some("none".to_owned()),
        ValKind::List(_) | ValKind::Set(_) | ValKind::Map(_) | ValKind::Resource(_) | ValKind::Unknown(_) => None,
    }
}

fn clip(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Whether a value says where it comes from.
pub(super) fn has_origin(val: &Val) -> bool {
    val.origin != Origin::None
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::collect::terraform::hcl::syntax::Pos;

    fn choice(of: [Val; 2]) -> Unknown {
        let choice = Choice { condition: "var.is_primary".into(), at: Pos::default(), of: Rc::new(of) };
        Unknown { why: Why::Variable("is_primary".into()), choice: Some(choice) }
    }

    #[test]
    fn a_choice_lists_what_it_can_be() {
        let gap = unknown("`backup_retention_period` (db.tf:12)", &choice([Val::from(35_i128), Val::from(1_i128)]));
        assert_eq!(gap.cause, Cause::Undecided);
        assert!(gap.detail.contains("depends on var.is_primary: 35 or 1"), "{gap}");
        assert!(gap.detail.contains("--var is_primary=VALUE"), "{gap}");
    }

    #[test]
    fn a_secret_is_no_alternative_to_print() {
        let gap = unknown("x", &choice([Val::from("hunter2").marked(true), Val::from("b")]));
        assert!(!gap.detail.contains("hunter2"), "{gap}");
        assert!(gap.detail.contains("depends on var.is_primary"), "{gap}");
    }

    #[test]
    fn every_reason_says_what_settles_it() {
        let gap = why("x", &Why::Computed { address: "aws_vpc.a".into(), attribute: "id".into() });
        assert_eq!(gap.cause, Cause::ComputedAtApply);
        let gap = why("x", &Why::Variable("retention".into()));
        assert_eq!((gap.cause, gap.detail.contains("--var-file")), (Cause::NotRead, true));
        assert_eq!(why("x", &Why::Module("module.vpc".into())).cause, Cause::NotRead);
    }
}
