//! `lastro rules`

use clap::ValueEnum;

use super::{Error, Exit, Session};
use crate::rules::registry::RULES;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  lastro rules\n  lastro rules --format json | jq -r '.[].id'")]
pub(super) struct Args {
    /// How to print the list.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(args: &Args, session: &mut Session<'_>) -> Result<Exit, Error> {
    match args.format {
        Format::Text => {
            let widest = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
            for rule in RULES {
                writeln!(session.out, "{:widest$}  {:8}  {}", rule.id, rule.severity.as_str(), rule.summary)?;
            }
        }
        Format::Json => {
            let list: Vec<_> = RULES
                .iter()
                .map(|rule| {
                    serde_json::json!({
                        "id": rule.id,
                        "summary": rule.summary,
                        "severity": rule.severity.as_str(),
                        "needs": rule.needs.iter().map(|need| format!("{need:?}")).collect::<Vec<_>>(),
                        "controls": rule.controls,
                    })
                })
                .collect();
            writeln!(session.out, "{:#}", serde_json::Value::from(list))?;
        }
    }
    Ok(Exit::Kept)
}
