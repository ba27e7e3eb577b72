//! The contract of the functions; their own branch replaces this file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::scope::EvalError;
use super::syntax::Pos;
use super::value::Val;

/// What functions need from around them.
pub struct Host<'a> {
    /// The folder of the module.
    pub module_folder: &'a Path,
    /// The folder above which nothing is read.
    pub root_folder: &'a Path,
    /// Evaluates a template with the given variables.
    pub render: &'a dyn Fn(&str, &BTreeMap<Arc<str>, Val>, Pos) -> Result<Val, EvalError>,
}

/// Calls a function.
///
/// # Errors
/// When there is no such function.
pub fn call(name: &str, _arguments: &[Val], at: Pos, _host: &Host<'_>) -> Result<Val, EvalError> {
    Err(EvalError::new(at, format!("there is no function \"{name}\"")))
}

/// Whether there is such a function.
pub fn exists(_name: &str) -> bool {
    false
}

/// The names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}
