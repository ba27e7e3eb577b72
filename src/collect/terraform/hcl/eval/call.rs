//! Function calls. `try` and `can` live here because they decide whether their arguments are evaluated at all.

use std::sync::Arc;

use super::choice::{decision, lift_all};
use super::{Evaluator, Locals, limits};
use crate::collect::terraform::hcl::functions::{self, Host};
use crate::collect::terraform::hcl::scope::EvalError;
use crate::collect::terraform::hcl::syntax::{Expr, Pos};
use crate::collect::terraform::hcl::value::{Val, ValKind, Why};

/// How like a function's name must be to be named in a message, 0 to 1.
const LIKENESS: f64 = 0.6;

impl Evaluator<'_> {
    pub(super) fn call(self, name: &Arc<str>, arguments: &[Expr], expand: bool, at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        // `core::` names Terraform's own functions.
        let name = name.strip_prefix("core::").unwrap_or(name);
        match name {
            "try" => self.try_each(arguments, expand, at, locals),
            "can" => self.can(arguments, at, locals),
            _ => self.ordinary(name, arguments, expand, at, locals),
        }
    }

    fn ordinary(self, name: &str, arguments: &[Expr], expand: bool, at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let of_provider = name.starts_with("provider::");
        if !of_provider && !functions::exists(name) {
            return Err(EvalError::new(at, no_such_function(name)));
        }
        let mut values = arguments.iter().map(|argument| self.eval(argument, locals)).collect::<Result<Vec<Val>, EvalError>>()?;
        if expand && let Some(last) = values.pop() {
            let sensitive = last.sensitive;
            match spread(&last, at)? {
                Ok(items) => values.extend(items.iter().map(|item| item.clone().marked(sensitive))),
                Err(unknown) => return Ok(unknown),
            }
        }
        if of_provider {
            return Ok(Val::unknown(Why::Function(name.into())).marked(values.iter().any(|value| value.sensitive)));
        }
        let render = |text: &str, variables: &_, at| self.render(text, variables, at);
        let host = Host { module_folder: self.scope.module_folder(), root_folder: self.scope.root_folder(), render: &render };
        let compute = |values: &[Val]| functions::call(name, values, at, &host);
        let result = if decision(&values).is_some() { lift_all(&values, &compute)? } else { compute(&values)? };
        limits::weigh(&result, at)?;
        Ok(result)
    }

    /// The first argument that evaluates. One that is unknown may still fail at apply: then nobody can say which it will be.
    fn try_each(self, arguments: &[Expr], expand: bool, at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let mut message: Option<Arc<str>> = None;
        for (number, argument) in arguments.iter().enumerate() {
            match self.eval(argument, locals) {
                Ok(value) if expand && number + 1 == arguments.len() => match spread(&value, at)? {
                    Ok(items) => {
                        if let Some(first) = items.first() {
                            return Ok(first.clone().marked(value.sensitive));
                        }
                    }
                    Err(unknown) => return Ok(unknown),
                },
                Ok(value) => return Ok(value),
                Err(error) if limits::is_exceeded() => return Err(error),
                Err(error) => message = message.or(Some(error.message)),
            }
        }
        Err(match message {
            Some(message) => EvalError::new(at, format!("no argument of try succeeds; the first: {message}")),
            None => EvalError::new(at, "try needs an argument"),
        })
    }

    fn can(self, arguments: &[Expr], at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let [argument] = arguments else { return Err(EvalError::new(at, "can takes one argument")) };
        match self.eval(argument, locals) {
            Ok(value) => match value.why() {
                Some(unknown) if unknown.choice.is_none() => Ok(Val::unknown(unknown.why.clone())),
                _ => Ok(true.into()),
            },
            Err(error) if limits::is_exceeded() => Err(error),
            Err(_) => Ok(false.into()),
        }
    }
}

/// The elements of an argument followed by `...`, or the unknown that stands for the result.
fn spread(value: &Val, at: Pos) -> Result<Result<&[Val], Val>, EvalError> {
    match &value.kind {
        ValKind::List(items) | ValKind::Set(items) => Ok(Ok(items)),
        ValKind::Unknown(unknown) => Ok(Err(Val::unknown(unknown.why.clone()).marked(value.sensitive))),
        _ => Err(EvalError::new(at, "what stands before `...` must be a list or set")),
    }
}

fn no_such_function(name: &str) -> String {
    let likeness = |other: &str| strsim::jaro_winkler(name, other);
    let nearest = functions::names().chain(["try", "can"]).map(|other| (likeness(other), other));
    let nearest = nearest.max_by(|(a, first), (b, second)| a.total_cmp(b).then_with(|| second.cmp(first)));
    match nearest {
        Some((likeness, other)) if likeness >= LIKENESS => format!("there is no function \"{name}\"; did you mean \"{other}\"?"),
        _ => format!("there is no function \"{name}\""),
    }
}
