//! The functions of the Terraform language, each answering as `terraform console` does.
//!
//! What depends on time, chance or the machine answers unknown and never a guess. Nothing here reads outside the root folder, and
//! nothing evaluates expressions: `try` and `can`, which must not evaluate their arguments, are the evaluator's.

mod args;
mod collections;
mod csv;
mod encoding;
mod files;
mod format;
mod hash;
mod json;
mod lookups;
mod network;
mod numbers;
mod patterns;
mod registry;
mod sets;
mod strings;
#[cfg(test)]
mod tests;
mod time;
mod types;
mod yaml;
mod yaml_write;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use self::args::{Call, Stop};
use self::registry::{Function, REGISTRY, Style};
use super::convert;
use super::scope::EvalError;
use super::syntax::Pos;
use super::value::{Val, ValKind, Why};

/// Renders a template with these variables.
pub type Render<'a> = dyn Fn(&str, &BTreeMap<Arc<str>, Val>, Pos) -> Result<Val, EvalError> + 'a;

/// What functions need of the world around them.
pub struct Host<'a> {
    /// The folder of the module whose expression this is.
    pub module_folder: &'a Path,
    /// The folder above which nothing is read.
    pub root_folder: &'a Path,
    /// Renders a template with these variables, for `templatefile` and `templatestring`.
    pub render: &'a Render<'a>,
}

/// Whether there is a function of this name; `core::` may stand before it.
pub fn exists(name: &str) -> bool {
    find(name).is_some()
}

/// The names of all functions, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    REGISTRY.iter().map(|function| function.name)
}

fn find(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    let at = REGISTRY.binary_search_by(|function| function.name.cmp(name)).ok()?;
    REGISTRY.get(at)
}

/// Calls a function. A name that is not known here, a provider's function or one of a newer release, answers unknown: ask [`exists`]
/// to tell that apart.
///
/// # Errors
/// When Terraform would refuse the call: wrong number or type of arguments, a null where none may be, an index that is not there, …
pub fn call(name: &str, arguments: &[Val], at: Pos, host: &Host<'_>) -> Result<Val, EvalError> {
    let Some(function) = find(name) else {
        return Ok(Val::unknown(Why::Function(name.into())));
    };
    if let Some(problem) = function.wrong_count(arguments.len()) {
        return Err(EvalError::new(at, problem));
    }
    let call = Call { arguments, at, host };
    let answer = function.run(&call);
    let sensitive = match function.style {
        Style::Plain | Style::Lazy => arguments.iter().any(convert::is_sensitive),
        Style::Parts => arguments.iter().any(|argument| argument.sensitive),
        Style::Marks => false,
    };
    match answer {
        Ok(value) => args::within_bounds(value).map_err(|stop| failure(function, at, stop)).map(|value| value.marked(sensitive)),
        Err(stop @ Stop::Error(_)) => Err(failure(function, at, stop)),
        Err(Stop::Failed(error)) => Err(error),
        Err(Stop::Unknown(unknown)) => Ok(Val::from(ValKind::Unknown(unknown)).marked(sensitive)),
    }
}

fn failure(function: &Function, at: Pos, stop: Stop) -> EvalError {
    match stop {
        Stop::Error(message) => EvalError::new(at, format!("`{}` fails: {message}", function.name)),
        Stop::Failed(error) => error,
        Stop::Unknown(_) => EvalError::new(at, format!("`{}` fails", function.name)),
    }
}
