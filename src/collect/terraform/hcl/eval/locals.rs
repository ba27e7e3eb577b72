//! Names that the evaluator binds itself: variables of `for`, of templates and of `dynamic` blocks.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::collect::terraform::hcl::value::Val;

/// Bound names, the innermost first. Cheap to clone and to extend.
#[derive(Clone, Debug, Default)]
pub struct Locals(Option<Rc<Frame>>);

#[derive(Debug)]
struct Frame {
    names: Names,
    outer: Locals,
}

#[derive(Debug)]
enum Names {
    One(Arc<str>, Val),
    Many(BTreeMap<Arc<str>, Val>),
}

impl Locals {
    /// These names, and no others.
    pub fn of(names: BTreeMap<Arc<str>, Val>) -> Self {
        Self(Some(Rc::new(Frame { names: Names::Many(names), outer: Self::default() })))
    }

    /// The same with one more name, which shadows an outer one.
    #[must_use]
    pub fn with(&self, name: Arc<str>, value: Val) -> Self {
        Self(Some(Rc::new(Frame { names: Names::One(name, value), outer: self.clone() })))
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Val> {
        let mut next = self.0.as_deref();
        while let Some(frame) = next {
            let found = match &frame.names {
                Names::One(bound, value) => (&**bound == name).then_some(value),
                Names::Many(names) => names.get(name),
            };
            if found.is_some() {
                return found;
            }
            next = frame.outer.0.as_deref();
        }
        None
    }
}
