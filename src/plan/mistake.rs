//! What serde finds wrong with a value, with the place that serde itself does not know.

use std::fmt;

use serde::de;

use super::Span;
use super::error::{Problem, nearest};
use super::tree::{Key, Node, shorten};

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// A mistake, and the value or key that makes it.
#[derive(Debug)]
pub(super) struct Mistake {
    what: What,
    place: Option<Place>,
}

#[derive(Debug)]
enum What {
    Text(String, Option<String>),
    UnknownKey {
        key: String,
        known: Vec<String>,
        map: Option<u32>,
    },
    UnknownWord {
        word: String,
        known: Vec<String>,
    },
    Missing(String),
    /// A mapping that should have one of these keys.
    NoChoice(Vec<String>),
    /// A list that should not be empty.
    EmptyList,
}

#[derive(Debug)]
struct Place {
    id: u32,
    span: Span,
    width: u32,
    mended: Vec<String>,
}

impl What {
    fn follows_from(&self, mended: &[String]) -> bool {
        match self {
            // A misspelled key was reported as unknown.
            Self::Missing(key) => mended.iter().any(|taken| nearest(taken, [key.as_str()]).is_some()),
            Self::NoChoice(_) | Self::EmptyList => !mended.is_empty(),
            Self::Text(..) | Self::UnknownKey { .. } | Self::UnknownWord { .. } => false,
        }
    }
}

impl Mistake {
    fn of(what: What) -> Self {
        Self { what, place: None }
    }

    /// A key that is none of the words.
    pub(super) fn unknown_key(key: &str, known: &[&str]) -> Self {
        Self::of(What::UnknownKey { key: key.to_owned(), known: owned(known), map: None })
    }

    /// A mapping that has none of the words as its key.
    pub(super) fn no_choice(words: &[&str]) -> Self {
        Self::of(What::NoChoice(owned(words)))
    }

    /// Adds keys that an unknown key of this mapping could have been meant as.
    pub(super) fn also_known(&mut self, map: &Node, keys: &[&str]) {
        if let What::UnknownKey { known, map: Some(id), .. } = &mut self.what
            && *id == map.id
        {
            known.extend(owned(keys));
        }
    }

    /// The value or key that makes the mistake.
    pub(super) fn culprit(&self) -> Option<u32> {
        self.place.as_ref().map(|place| place.id)
    }

    /// Whether it is no mistake of its own: what is missing was taken out for another mistake.
    pub(super) fn is_echo(&self) -> bool {
        self.place.as_ref().is_some_and(|place| self.what.follows_from(&place.mended))
    }

    pub(super) fn text(message: impl Into<String>) -> Self {
        Self::of(What::Text(message.into(), None))
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        if let What::Text(_, old) = &mut self.what {
            *old = Some(help.into());
        }
        self
    }

    pub(super) fn or_at(mut self, node: &Node) -> Self {
        if self.place.is_none() {
            self.place = Some(Place { id: node.id, span: node.span, width: node.width, mended: node.mended.clone() });
        }
        self
    }

    pub(super) fn or_at_key(mut self, key: &Key, map: &Node) -> Self {
        if self.place.is_none() {
            self.place = Some(Place { id: key.id, span: key.span, width: key.width, mended: Vec::new() });
        }
        if let What::UnknownKey { map: place @ None, .. } = &mut self.what {
            *place = Some(map.id);
        }
        self
    }

    pub(super) fn problem(&self) -> Problem {
        let (message, help) = match &self.what {
            What::Text(message, help) => (message.clone(), help.clone()),
            What::UnknownKey { key, known, .. } => unknown("key", key, known),
            What::UnknownWord { word, known } => unknown("word", word, known),
            What::NoChoice(known) => ("this entry promises nothing".to_owned(), Some(format!("known here: {}", known.join(", ")))),
            What::EmptyList => ("the list is empty".to_owned(), Some("remove the key, or write what belongs in it".to_owned())),
            What::Missing(key) => (format!("`{key}` is missing here"), Some(format!("add `{key}: …`"))),
        };
        let problem = match &self.place {
            Some(place) => Problem::at(place.span, place.width, message),
            None => Problem::of_file(message),
        };
        Problem { help, ..problem }
    }
}

fn unknown(what: &str, word: &str, known: &[String]) -> (String, Option<String>) {
    const FEW: usize = 30;
    let near = nearest(word, known.iter().map(String::as_str));
    let message = match near {
        Some(near) => format!("unknown {what} `{}`; did you mean `{near}`?", shorten(word)),
        None => format!("unknown {what} `{}`", shorten(word)),
    };
    let help = match known.len() {
        0 => None,
        1..=FEW => Some(format!("known here: {}", known.join(", "))),
        _ => Some("`lastro plan schema` lists what is known here".to_owned()),
    };
    (message, help)
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem().message)
    }
}

impl std::error::Error for Mistake {}

impl de::Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::text(message.to_string())
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown_key(field, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::of(What::UnknownWord { word: variant.to_owned(), known: owned(expected) })
    }

    /// Only [`super::schema::Many`] asks for a length.
    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self::of(What::EmptyList)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::of(What::Missing(field.to_owned()))
    }
}
