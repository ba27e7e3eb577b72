//! Strings with interpolations and directives.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::choice::{condition, decide, lift_marked, moved};
use super::collections::{bind, entries};
use super::{Evaluator, Locals, limits};
use crate::collect::terraform::hcl::convert::{self, lift};
use crate::collect::terraform::hcl::read;
use crate::collect::terraform::hcl::scope::{EvalError, Scope};
use crate::collect::terraform::hcl::syntax::{Expr, Files, Part, Pos, Step};
use crate::collect::terraform::hcl::value::{Val, ValKind};

impl Evaluator<'_> {
    /// A template; of one interpolation it is that value, of whatever type.
    pub(super) fn template(self, parts: &[Part], at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        match parts {
            [Part::Interpolation(expr)] => self.eval(expr, locals),
            _ => self.text(parts, at, locals),
        }
    }

    fn text(self, parts: &[Part], at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        let _level = limits::Level::enter(at)?;
        let pieces = parts.iter().map(|part| self.part(part, at, locals)).collect::<Result<Vec<Val>, EvalError>>()?;
        join(&pieces, at)
    }

    fn part(self, part: &Part, at: Pos, locals: &Locals) -> Result<Val, EvalError> {
        match part {
            Part::Literal(text) => Ok(ValKind::String(text.clone()).into()),
            Part::Interpolation(expr) => piece(&self.eval(expr, locals)?, expr),
            Part::If { test, then, otherwise } => {
                let value = self.eval(test, locals)?;
                if value.why().is_some() {
                    let (then, otherwise) = (self.text(then, at, locals), self.text(otherwise, at, locals));
                    return decide(&value, test, &then, &otherwise);
                }
                let taken = if condition(&value, test)? { then } else { otherwise };
                Ok(self.text(taken, at, locals)?.marked(value.sensitive))
            }
            Part::For { key, value, collection, body } => {
                let walked = self.eval(collection, locals)?;
                let text = lift(&walked, &|walked| {
                    let entries = entries(walked, collection.at)?;
                    limits::spend(entries.len(), at)?;
                    let mut scale = limits::Scale::default();
                    let mut pieces = Vec::with_capacity(entries.len());
                    for (k, v) in entries {
                        let piece = self.text(body, at, &bind(key.as_ref(), value, k, v, locals))?;
                        scale.add(&piece, at)?;
                        pieces.push(piece);
                    }
                    join(&pieces, at)
                })?;
                Ok(text.marked(walked.sensitive))
            }
        }
    }

    pub(super) fn render(self, text: &str, variables: &BTreeMap<Arc<str>, Val>, at: Pos) -> Result<Val, EvalError> {
        // What fails inside is told at the call: a template file is none of the files of the code.
        let template = read::template(&mut Files::default(), text, "template").map_err(|message| EvalError::new(at, message))?;
        let scope = Nothing { module: self.scope.module_folder(), root: self.scope.root_folder() };
        match (Evaluator { scope: &scope }).eval(&template, &Locals::of(variables.clone())) {
            Ok(value) => Ok(moved(value, at)),
            Err(error) => Err(EvalError::new(at, format!("line {} of the template: {}", error.at.line, error.message))),
        }
    }
}

/// A value as a piece of text.
fn piece(value: &Val, written: &Expr) -> Result<Val, EvalError> {
    lift(value, &|value| {
        if value.is_null() {
            return Err(EvalError::new(written.at, "null cannot stand in a string"));
        }
        convert::to_string(value).map_err(|message| EvalError::new(written.at, format!("the value cannot stand in a string: {message}")))
    })
}

/// Puts pieces of text together.
fn join(pieces: &[Val], at: Pos) -> Result<Val, EvalError> {
    lift_marked(pieces, &|pieces| {
        let mut scale = limits::Scale::default();
        let mut result = String::new();
        for piece in pieces {
            if let ValKind::String(text) = &piece.kind {
                scale.add_text(text, at)?;
                result.push_str(text);
            }
        }
        Ok(result.into())
    })
}

/// The surroundings of a template file: it sees what it is given and nothing else.
struct Nothing<'a> {
    module: &'a Path,
    root: &'a Path,
}

impl Scope for Nothing<'_> {
    fn resolve(&self, head: &str, _steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError> {
        Err(EvalError::new(at, format!("the template uses \"{head}\", which it is not given")))
    }

    fn module_folder(&self) -> &Path {
        self.module
    }

    fn root_folder(&self) -> &Path {
        self.root
    }
}
