//! Values of the Terraform language, some of which are not known before an apply.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::syntax::Pos;

/// A value with its marks.
#[derive(Clone, Debug)]
pub struct Val {
    /// The value.
    pub kind: ValKind,
    /// Never to be printed.
    pub sensitive: bool,
    /// Where it was written or recorded, where that is worth telling; what is computed from others has none.
    pub origin: Origin,
}

/// The forms of values.
///
/// Lists, tuples and sets of Terraform are told apart only as far as their behaviour differs: a tuple is a `List`, an object a `Map`.
#[derive(Clone, Debug)]
pub enum ValKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Arc<str>),
    /// A list or tuple.
    List(Rc<Vec<Val>>),
    /// A set: sorted, each once.
    Set(Rc<Vec<Val>>),
    /// A map or object.
    Map(Rc<BTreeMap<Arc<str>, Val>>),
    /// A resource or data source as a whole, whose attributes are computed when they are asked for.
    Resource(Rc<dyn Attributes>),
    /// Not known.
    Unknown(Rc<Unknown>),
}

/// The attributes of a resource instance, evaluated on demand.
pub trait Attributes: fmt::Debug {
    /// The full address, as Terraform writes it.
    fn address(&self) -> &str;

    /// One attribute or block list; what code does not set and no state records is unknown.
    fn get(&self, name: &str) -> Val;

    /// What is set in code or recorded, for functions that need the object as a whole.
    fn all(&self) -> BTreeMap<Arc<str>, Val>;
}

/// Why something is not known.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// The reason.
    pub why: Why,
    /// What it can only be, where both branches of an undecided condition are known.
    pub choice: Option<Choice>,
}

/// The reasons why a value is not known offline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// An attribute that the provider computes at apply.
    Computed {
        /// The resource.
        address: Arc<str>,
        /// The attribute.
        attribute: Arc<str>,
    },
    /// A data source, which only a plan with credentials reads.
    DataSource {
        /// The data source.
        address: Arc<str>,
        /// The attribute.
        attribute: Arc<str>,
    },
    /// A variable without default for which nothing was given.
    Variable(Arc<str>),
    /// A module whose code is not there.
    Module(Arc<str>),
    /// A function that depends on time, chance or the machine, or that lastro does not have.
    Function(Arc<str>),
    /// The expression does not evaluate; the message of the error.
    Failed(Arc<str>),
    /// The block could not be parsed.
    Unread(Arc<str>),
}

/// The alternatives of a value that hangs on an undecided condition.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The condition as people read it: `var.is_primary`.
    pub condition: Arc<str>,
    /// Where the condition stands.
    pub at: Pos,
    /// The module instance and the condition: what has the same one is decided together, wherever it stands. `None` where nobody can
    /// tell one decision from another.
    pub decision: Option<Arc<str>>,
    /// The values when it holds and when it does not.
    pub of: Rc<[Val; 2]>,
}

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Computed from others, or not worth telling.
    #[default]
    None,
    /// Written there: a default of a variable, a line of a tfvars file, a local value.
    Code(Pos),
    /// Recorded in a state.
    State {
        /// The state as the user named it.
        file: Arc<str>,
        /// The address.
        address: Arc<str>,
    },
    /// Given on the command line or in the environment.
    Given(Arc<str>),
}

/// As many decimal digits survive the way into a float and back.
const EXACT_DIGITS: usize = f64::DIGITS as usize;

/// A number: whole as long as it can be.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Int(i128),
    /// Anything else; finite.
    Float(f64),
}

impl Number {
    /// From a float: whole numbers become `Int`. `None` for what is not finite.
    pub fn of(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let whole = value.fract() == 0.0 && value.abs() < 1e30;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and smaller than i128::MAX")]
        Some(if whole { Self::Int(value as i128) } else { Self::Float(value) })
    }

    /// As a float.
    pub fn as_f64(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "asked for as a float")]
            Self::Int(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    /// Whether its digits are all there is: Terraform computes with 512 bits, and `1 / 3` has more digits than a float keeps.
    pub fn is_exact(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(value) => {
                let digits: String = value.to_string().chars().filter(char::is_ascii_digit).collect();
                digits.trim_matches('0').len() <= EXACT_DIGITS
            }
        }
    }

    /// As a whole number, if it is one.
    pub fn as_int(self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(value),
            Self::Float(_) => None,
        }
    }

    /// Reads a decimal number, as Terraform's string to number conversion does.
    pub fn parse(text: &str) -> Option<Self> {
        let shape = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
        if text.is_empty() || !text.chars().all(shape) {
            return None;
        }
        text.parse().map(Self::Int).ok().or_else(|| Self::of(text.parse().ok()?))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            _ => self.as_f64() == other.as_f64(),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.partial_cmp(b),
            _ => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
        }
    }
}

impl From<ValKind> for Val {
    fn from(kind: ValKind) -> Self {
        Self { kind, sensitive: false, origin: Origin::None }
    }
}

impl From<bool> for Val {
    fn from(value: bool) -> Self {
        ValKind::Bool(value).into()
    }
}

impl From<&str> for Val {
    fn from(value: &str) -> Self {
        ValKind::String(value.into()).into()
    }
}

impl From<String> for Val {
    fn from(value: String) -> Self {
        ValKind::String(value.into()).into()
    }
}

impl From<i128> for Val {
    fn from(value: i128) -> Self {
        ValKind::Number(Number::Int(value)).into()
    }
}

impl From<Vec<Val>> for Val {
    fn from(items: Vec<Val>) -> Self {
        ValKind::List(Rc::new(items)).into()
    }
}

impl From<BTreeMap<Arc<str>, Val>> for Val {
    fn from(entries: BTreeMap<Arc<str>, Val>) -> Self {
        ValKind::Map(Rc::new(entries)).into()
    }
}

impl Val {
    /// `null`
    pub fn null() -> Self {
        ValKind::Null.into()
    }

    /// A value that is not known.
    pub fn unknown(why: Why) -> Self {
        ValKind::Unknown(Rc::new(Unknown { why, choice: None })).into()
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, ValKind::Null)
    }

    /// Why it is not known as a whole; parts of it may still be unknown when this is `None`.
    pub fn why(&self) -> Option<&Rc<Unknown>> {
        if let ValKind::Unknown(unknown) = &self.kind { Some(unknown) } else { None }
    }

    /// Whether it, and every part of it, is known.
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            ValKind::Unknown(_) | ValKind::Resource(_) => false,
            ValKind::List(items) | ValKind::Set(items) => items.iter().all(Self::is_wholly_known),
            ValKind::Map(entries) => entries.values().all(Self::is_wholly_known),
            ValKind::Null | ValKind::Bool(_) | ValKind::Number(_) | ValKind::String(_) => true,
        }
    }

    /// The same value, sensitive if `sensitive` or if it is already.
    #[must_use]
    pub fn marked(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// The same value with a place; a value that has one keeps it.
    #[must_use]
    pub fn from_origin(mut self, origin: Origin) -> Self {
        if self.origin == Origin::None {
            self.origin = origin;
        }
        self
    }
}
