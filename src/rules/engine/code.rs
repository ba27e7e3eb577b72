//! Where the code says it: the line to name, and the line to fix, which differ where the value is written elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use super::finding::{InView, Place};
use crate::estate::{Locus, View};

/// What `from` says where no code sets the attribute.
const PROVIDER_DEFAULT: &str = "provider default";

/// Longest value that a sentence takes in, in characters.
const LONGEST_VALUE: usize = 60;

/// The place of the declared view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) enum CodeSpot<'a> {
    /// The value is written here.
    Written { file: &'a str, line: u32 },
    /// The value is used here and written in another place: `prod.tfvars:3`.
    Elsewhere { file: &'a str, line: u32, from: &'a str },
    /// The value is used here and comes from something that is no line of a file.
    Given { file: &'a str, line: u32, from: &'a str },
    /// Nothing sets it; this is the block.
    Default { file: &'a str, line: u32 },
    /// Only a plan was read, which has no lines.
    Planned { file: &'a str, address: &'a str },
}

impl<'a> CodeSpot<'a> {
    /// The place of the declared view, where it judged and says where.
    pub(in crate::rules) fn declared(views: &'a BTreeMap<View, InView>) -> Option<Self> {
        let Some(InView::Judged { at: Some(place), .. }) = views.get(&View::Declared) else { return None };
        Self::of(place)
    }

    fn of(place: &'a Place) -> Option<Self> {
        match &place.locus {
            Locus::Code { file, line, from, .. } => {
                let (file, line) = (&**file, *line);
                Some(match from.as_deref() {
                    None => Self::Written { file, line },
                    Some(PROVIDER_DEFAULT) => Self::Default { file, line },
                    Some(from) if is_line(from) => Self::Elsewhere { file, line, from },
                    Some(from) => Self::Given { file, line, from },
                })
            }
            Locus::State { file, address } => Some(Self::Planned { file, address }),
            Locus::Api(_) => None,
        }
    }

    /// Whether code does not set it.
    pub(in crate::rules) fn is_default(&self) -> bool {
        matches!(self, Self::Default { .. })
    }

    /// What to do, to follow a colon: `fix db.tf:12`.
    pub(in crate::rules) fn fix(&self) -> String {
        match self {
            Self::Written { file, line } => format!("fix {file}:{line}"),
            Self::Elsewhere { file, line, from } => format!("fix {from} (used at {file}:{line})"),
            Self::Given { file, line, from } => format!("fix {file}:{line} (the value comes from {from})"),
            Self::Default { file, line } => format!("set it in the block at {file}:{line}"),
            Self::Planned { file, address } => format!("fix {address} (planned in {file})"),
        }
    }

    /// The file and line to change; `None` for a plan.
    pub(in crate::rules) fn line_to_change(&self) -> Option<(&'a str, u32)> {
        match self {
            Self::Written { file, line } | Self::Default { file, line } | Self::Given { file, line, .. } => Some((*file, *line)),
            Self::Elsewhere { file, line, from } => Some(split_line(from).unwrap_or((*file, *line))),
            Self::Planned { .. } => None,
        }
    }
}

impl fmt::Display for CodeSpot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written { file, line } => write!(f, "{file}:{line}"),
            Self::Elsewhere { file, line, from } => write!(f, "{from}, used at {file}:{line}"),
            Self::Given { file, line, from } => write!(f, "{file}:{line}, from {from}"),
            Self::Default { file, line } => write!(f, "provider default, block at {file}:{line}"),
            Self::Planned { file, address } => write!(f, "{address} in {file}"),
        }
    }
}

fn is_line(text: &str) -> bool {
    split_line(text).is_some()
}

/// `prod.tfvars:3` and `prod.tfvars:3:7` taken apart: file and line.
fn split_line(text: &str) -> Option<(&str, u32)> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number > 0);
    let (file, last) = text.rsplit_once(':')?;
    let last = number(last)?;
    match file.rsplit_once(':').and_then(|(file, line)| Some((file, number(line)?))) {
        Some((file, line)) if !file.is_empty() => Some((file, line)),
        Some(_) | None => Some((file, last)).filter(|(file, _)| !file.is_empty() && !file.contains(char::is_whitespace)),
    }
}

/// What one view says where another says something else, without the words they share: "7 days" of "keeps backups for 7
/// days", where the other keeps them "for 1 day". `None` where the sentences share no beginning.
pub(in crate::rules) fn other_words(views: &BTreeMap<View, InView>, of: View, against: View) -> Option<&str> {
    let found = |view| match views.get(&view) {
        Some(InView::Judged { found, .. }) => Some(found.as_str()),
        Some(InView::Unknown(_) | InView::Absent) | None => None,
    };
    let (said, other) = (found(of)?, found(against)?);
    let words = said.split_inclusive(' ').zip(other.split(' '));
    let shared: usize = words.take_while(|(a, b)| a.trim_end() == *b).map(|(a, _)| a.len()).sum();
    let rest = said[shared..].trim();
    (shared > 0 && !rest.is_empty() && rest.chars().count() <= LONGEST_VALUE).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::prelude::Answer;

    #[test]
    fn only_a_line_of_a_file_is_a_place_to_fix() {
        assert_eq!(split_line("prod.tfvars:3"), Some(("prod.tfvars", 3)));
        assert_eq!(split_line("env/prod.tfvars:3:7"), Some(("env/prod.tfvars", 3)));
        assert_eq!(split_line("C:\\x.tfvars:3"), Some(("C:\\x.tfvars", 3)));
        for text in ["provider default", "prod.tfvars", ":3", "a:0", "var.days default, line:3 x", "state: 3", ""] {
            assert_eq!(split_line(text), None, "{text}");
        }
    }

    #[test]
    fn what_differs_is_said_without_what_is_shared() {
        let says = |found: &str| InView::Judged { answer: Answer::Kept, found: found.to_owned(), at: None, setting: None };
        let differs = |code: &str, live: &str| {
            let views = BTreeMap::from([(View::Declared, says(code)), (View::Live, says(live))]);
            other_words(&views, View::Declared, View::Live).map(str::to_owned)
        };
        assert_eq!(differs("keeps backups for 7 days", "keeps backups for 1 day").as_deref(), Some("7 days"));
        assert_eq!(differs("keeps backups for 7 days", "has backups off"), None);
        assert_eq!(differs("has versioning", "has versioning off"), None, "nothing is left to say");
        assert_eq!(differs(&format!("is {}", "x".repeat(61)), "is y"), None, "too long for a sentence");
        assert_eq!(differs("é à", "é b").as_deref(), Some("à"));
    }
}
