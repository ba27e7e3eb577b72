//! What an expression may refer to.

use std::path::Path;
use std::sync::Arc;

use super::syntax::{Pos, Step};
use super::value::Val;

/// Why an expression has no value. `try` and `can` catch it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvalError {
    /// Where.
    pub at: Pos,
    /// What is wrong, as a lowercase fragment.
    pub message: Arc<str>,
}

impl EvalError {
    /// An error at a place.
    pub fn new(at: Pos, message: impl Into<Arc<str>>) -> Self {
        Self { at, message: message.into() }
    }
}

/// What Terraform tells apart and values here do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A list or map: all elements are of one type.
    Collection,
    /// A tuple or object: each element has a type of its own.
    Structure,
}

/// The names around an expression. `for` variables and `dynamic` iterators are the evaluator's own and shadow these.
pub trait Scope {
    /// Resolves a reference: its head (`var`, `local`, `module`, `data`, `each`, `count`, `path`, `terraform`, `self`, or a resource
    /// type) and the steps that follow. Returns the value and how many of the steps it has consumed: `var.a.b` consumes one,
    /// `data.aws_ami.x` two, `aws_s3_bucket.x` one. The evaluator applies the others, so an index of `count` or
    /// `for_each` is left to it: a resource with several instances is a list or a map of [`super::value::ValKind::Resource`].
    ///
    /// # Errors
    /// When there is no such thing, or it refers to itself.
    fn resolve(&self, head: &str, steps: &[Step], at: Pos) -> Result<(Val, usize), EvalError>;

    /// Whether what a reference names is declared as a list or map, or as a tuple or object; `None` when nobody says so.
    fn form(&self, _head: &str, _steps: &[Step]) -> Option<Form> {
        None
    }

    /// The folder of the module, for `file` and `templatefile`.
    fn module_folder(&self) -> &Path;

    /// The module instance that names are resolved in, and with `repeated` the instance of the block too, which `each` and `count` hang
    /// on. `None` where names do not mean the same throughout.
    fn place(&self, _repeated: bool) -> Option<Arc<str>> {
        None
    }

    /// The folder above which nothing is read.
    fn root_folder(&self) -> &Path;
}
