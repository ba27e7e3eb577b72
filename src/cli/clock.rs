//! The only place that asks the machine for the time, the environment and the terminal.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The machine's time, in whole seconds: finer ones would only make reports harder to read.
#[expect(clippy::disallowed_methods, reason = "this is the one place that asks the clock; everything else takes `now`")]
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// A time on the command line.
///
/// # Errors
/// When it is no RFC 3339 time; the message says how one looks.
pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "this is no RFC 3339 time: write it like 2026-11-20T12:00:00Z".to_owned())
}

/// What the environment says of colours and width.
#[derive(Clone, Debug, Default)]
pub(super) struct Environment {
    no_color: bool,
    force_color: bool,
    dumb: bool,
    columns: Option<usize>,
    aws: bool,
}

/// Variables that say how to reach AWS. One of them in the environment means that the caller is set up for it.
const AWS: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_ENDPOINT_URL",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

impl Environment {
    /// Reads `NO_COLOR`, `CLICOLOR_FORCE`, `TERM`, `COLUMNS`, and whether any of [`AWS`] is set.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment; everything else takes values")]
    pub(super) fn read() -> Self {
        let set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
        Self {
            no_color: set("NO_COLOR"),
            force_color: std::env::var("CLICOLOR_FORCE").is_ok_and(|value| !value.is_empty() && value != "0"),
            dumb: std::env::var("TERM").is_ok_and(|term| term == "dumb"),
            columns: std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()),
            aws: AWS.iter().any(|name| set(name)),
        }
    }

    /// The variables of a root module that the environment sets: `TF_VAR_name`, by their names there.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment; everything else takes values")]
    pub(super) fn terraform() -> BTreeMap<String, String> {
        let ours = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        ours.filter(|(name, _)| name.starts_with("TF_VAR_")).collect()
    }

    /// Whether a stream takes colours.
    pub(super) fn colour(&self, terminal: bool) -> bool {
        !self.no_color && (self.force_color || (terminal && !self.dumb))
    }

    /// Whether the environment is set up to reach AWS.
    pub(super) fn aws(&self) -> bool {
        self.aws
    }

    /// Columns of the terminal; where there is none, `COLUMNS`, or 100 so that a log reads well.
    pub(super) fn width(&self, terminal: bool) -> usize {
        let seen = if terminal { terminal_size() } else { None };
        seen.or(self.columns).unwrap_or(100).clamp(40, 400)
    }
}

fn terminal_size() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}
