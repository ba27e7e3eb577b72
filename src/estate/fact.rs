//! A value that was seen, with its place; or the reason why it was not seen.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One attribute: what was seen and where, or why it could not be seen.
///
/// There is no third state: a value that nobody looked at is a [`Cause::NotRead`] gap, and a setting that the API says is
/// not there is a known `None`, an empty list, or a variant of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// The value and the place where it was seen.
    Known {
        /// What was seen.
        value: T,
        /// Where it was seen.
        at: Locus,
    },
    /// Why nothing was seen.
    Gap(Gap),
}

impl<T> Fact<T> {
    /// A value seen at a place.
    pub fn known_at(value: T, at: Locus) -> Self {
        Self::Known { value, at }
    }

    /// Nobody asked for this attribute.
    pub fn not_read() -> Self {
        Self::Gap(Gap::new(Cause::NotRead, "not read"))
    }

    /// The value, or the gap that ends the judgement of this subject as `unknown`.
    ///
    /// # Errors
    /// The gap, when the value was not seen.
    pub fn known(&self) -> Result<&T, Gap> {
        match self {
            Self::Known { value, .. } => Ok(value),
            Self::Gap(gap) => Err(gap.clone()),
        }
    }

    /// The value where it was seen. For selection and display only: a judgement uses [`Fact::known`].
    pub fn ok(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Gap(_) => None,
        }
    }

    /// The place where the value was seen.
    pub fn at(&self) -> Option<&Locus> {
        match self {
            Self::Known { at, .. } => Some(at),
            Self::Gap(_) => None,
        }
    }

    /// The same fact about another form of the value.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known { value, at } => Fact::Known { value: form(value), at },
            Self::Gap(gap) => Fact::Gap(gap),
        }
    }
}

impl<T> From<Gap> for Fact<T> {
    fn from(gap: Gap) -> Self {
        Self::Gap(gap)
    }
}

/// Why something was not seen, and what would settle it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The kind of obstacle.
    pub cause: Cause,
    /// The permission that the missing call takes, as IAM spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// One sentence fragment for people: what was tried, and what to do.
    pub detail: Arc<str>,
}

impl Gap {
    /// A gap that no AWS permission would close.
    pub fn new(cause: Cause, detail: impl Into<Arc<str>>) -> Self {
        Self { cause, action: None, detail: detail.into() }
    }

    /// The same gap, naming the permission that the missing call takes.
    #[must_use]
    pub fn for_action(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.action {
            Some(action) => write!(f, "{}: {action}: {}", self.cause, self.detail),
            None => write!(f, "{}: {}", self.cause, self.detail),
        }
    }
}

/// The kinds of obstacle between lastro and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The caller lacks the permission.
    Denied,
    /// The service asked us to slow down until we gave up.
    Throttled,
    /// No whole answer arrived in time.
    TimedOut,
    /// The call failed, or its answer could not be trusted.
    Failed,
    /// The endpoint does not offer the call.
    Unsupported,
    /// The credentials themselves were refused (missing, wrong, expired, or the clock is off).
    Unauthenticated,
    /// No source was given that holds it, or the source was not asked.
    NotRead,
    /// A listing ended early: there may be more than was seen.
    Incomplete,
    /// Terraform records `null`: not known, never zero.
    Null,
    /// The recorded object is tainted: what it says is not evidence.
    Tainted,
    /// The value is computed when Terraform applies.
    ComputedAtApply,
    /// The value hangs on a condition that is not known: `var.is_primary`.
    Undecided,
    /// The source holds it in a form that cannot be understood.
    Unreadable,
    /// The plan does not say what would be needed to judge it.
    NotStated,
    /// This kind of promise has no judge in this version of lastro.
    NotJudgedYet,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::TimedOut => "timed out",
            Self::Failed => "failed",
            Self::Unsupported => "unsupported",
            Self::Unauthenticated => "unauthenticated",
            Self::NotRead => "not read",
            Self::Incomplete => "incomplete",
            Self::Null => "null in state",
            Self::Tainted => "tainted",
            Self::ComputedAtApply => "computed at apply",
            Self::Undecided => "undecided",
            Self::Unreadable => "unreadable",
            Self::NotStated => "not stated",
            Self::NotJudgedYet => "not judged yet",
        })
    }
}

/// A permission as IAM spells it: `s3:GetBucketVersioning`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Action(Cow<'static, str>);

impl Action {
    /// An action that the code names.
    pub const fn of(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// As IAM spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// What [`Locus::Code`] says in `from` where code sets nothing and the provider's own default counts.
pub const PROVIDER_DEFAULT: &str = "provider default";

/// How `from` of [`Locus::Code`] begins where code sets nothing and Terraform keeps what there is: the state that records it follows.
/// No apply puts such a value right.
pub const LEFT_OPEN: &str = "left open in code, recorded in ";

/// Where a value was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locus {
    /// In the answer to an API call, named by the permission it takes.
    Api(Action),
    /// In a Terraform state: the file, and the resource address in it.
    State {
        /// The state as the user named it.
        file: Arc<str>,
        /// The full resource address.
        address: Arc<str>,
    },
    /// In Terraform code.
    Code {
        /// The file as the user named it.
        file: Arc<str>,
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
        /// Where the value comes from when it is not written there: `prod.tfvars:3`, `provider default`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Arc<str>>,
    },
}

impl Locus {
    /// Whether code leaves the value open, so that no apply would put it right; see [`LEFT_OPEN`].
    pub fn is_left_open(&self) -> bool {
        matches!(self, Self::Code { from: Some(from), .. } if from.starts_with(LEFT_OPEN))
    }
}

impl fmt::Display for Locus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(action) => write!(f, "{action}"),
            Self::State { file, address } => write!(f, "{file} {address}"),
            Self::Code { file, line, column, from: None } => write!(f, "{file}:{line}:{column}"),
            Self::Code { file, line, column, from: Some(from) } if from.starts_with(LEFT_OPEN) => {
                write!(f, "{file}:{line}:{column} ({from})")
            }
            Self::Code { file, line, column, from: Some(from) } => write!(f, "{file}:{line}:{column} (from {from})"),
        }
    }
}
