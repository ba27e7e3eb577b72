//! Values that the user gives to variables of the root module, in Terraform's order of precedence.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::super::read;
use super::super::syntax::{Attribute, Expr, ExprKind, Files};
use super::super::value::{Origin, Val, ValKind};
use super::code::Code;
use super::{Error, Given, Inputs};

/// How deep literals are given places of their own.
const MAX_PLACED: usize = 64;

/// A value of a variable, before it is evaluated and converted.
#[derive(Debug)]
pub(super) enum Supplied {
    /// From a file.
    Code(Expr),
    /// Text that is the value.
    Text {
        text: Arc<str>,
        /// `-var name`, `TF_VAR_name`
        from: Arc<str>,
    },
    /// Text that is an expression.
    Expr { expr: Expr, from: Arc<str> },
    /// Text that should be an expression and is none.
    Broken(Arc<str>),
}

/// Gathers what is given: the environment, the files that Terraform loads by itself, the command line. Later ones win.
pub(super) fn gather(files: &mut Files, inputs: &Inputs<'_>, code: &Code) -> Result<BTreeMap<Arc<str>, Supplied>, Error> {
    let mut supplied = BTreeMap::new();
    for (name, text) in inputs.environment.iter().flatten() {
        let name = name.strip_prefix("TF_VAR_").unwrap_or(name);
        if code.variables.contains_key(name) {
            supplied.insert(name.into(), typed(files, code, name, text, &format!("TF_VAR_{name}")));
        }
    }
    take(&mut supplied, read::auto_values(files, inputs.folder, inputs.shown)?);
    for given in &inputs.given {
        match given {
            Given::File(path) => take(&mut supplied, read::read_values(files, path)?),
            Given::Variable { name, text } => {
                if !code.variables.contains_key(name.as_str()) && code.unread("variable", &[name]).is_none() {
                    return Err(undeclared(inputs, code, name));
                }
                supplied.insert(name.as_str().into(), typed(files, code, name, text, &format!("-var {name}")));
            }
        }
    }
    Ok(supplied)
}

fn take(supplied: &mut BTreeMap<Arc<str>, Supplied>, values: Vec<Attribute>) {
    supplied.extend(values.into_iter().map(|attribute| (attribute.name, Supplied::Code(attribute.value))));
}

/// Text is the value of a variable without type or of a primitive one; for others it is an expression.
fn typed(files: &mut Files, code: &Code, name: &str, text: &str, from: &str) -> Supplied {
    if code.variables.get(name).is_none_or(|declared| declared.literal) {
        return Supplied::Text { text: text.into(), from: from.into() };
    }
    match read::given(files, name, text, from).expr {
        Ok(expr) => Supplied::Expr { expr, from: from.into() },
        Err(message) => Supplied::Broken(message),
    }
}

fn undeclared(inputs: &Inputs<'_>, code: &Code, name: &str) -> Error {
    let near =
        code.variables.keys().map(|known| (strsim::damerau_levenshtein(known, name), known)).filter(|(distance, _)| *distance <= 3).min();
    let hint = near.map(|(_, known)| format!("; did you mean {known}?")).unwrap_or_default();
    Error::Undeclared { name: name.to_owned(), shown: inputs.shown.to_owned(), hint }
}

/// The value with the place where it, and each part that is written out, stands.
pub(super) fn placed(value: Val, expr: &Expr) -> Val {
    place(value, expr, MAX_PLACED)
}

fn place(value: Val, expr: &Expr, depth: usize) -> Val {
    if depth == 0 {
        return value;
    }
    let value = value.from_origin(Origin::Code(expr.at));
    let kind = match (&value.kind, &expr.kind) {
        (_, ExprKind::Paren(inner)) => return place(value, inner, depth - 1),
        (ValKind::List(items), ExprKind::Tuple(exprs)) if items.len() == exprs.len() => {
            let items = items.iter().zip(exprs).map(|(item, expr)| place(item.clone(), expr, depth - 1));
            ValKind::List(Rc::new(items.collect()))
        }
        (ValKind::Map(entries), ExprKind::Object(exprs)) => {
            let mut entries = entries.as_ref().clone();
            for (key, expr) in exprs {
                let (ExprKind::String(key) | ExprKind::Variable(key)) = &key.kind else { continue };
                if let Some(entry) = entries.get_mut(key) {
                    *entry = place(std::mem::replace(entry, Val::null()), expr, depth - 1);
                }
            }
            ValKind::Map(Rc::new(entries))
        }
        _ => return value,
    };
    Val { kind, ..value }
}
