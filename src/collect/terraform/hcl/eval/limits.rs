//! Bounds on what one evaluation may cost, because the code that is read may be hostile.
//!
//! An evaluation enters others through the scope (an attribute of a resource, an input of a module), so nesting and work are counted
//! for the thread, from the outermost evaluation on, but for what is computed [`apart`].

use std::cell::Cell;

use crate::collect::terraform::hcl::scope::EvalError;
use crate::collect::terraform::hcl::syntax::Pos;
use crate::collect::terraform::hcl::value::{Val, ValKind};

/// How deep expressions may nest, those that they refer to included.
pub(super) const NESTING: usize = 200;
/// How many expressions one outermost evaluation may compute.
const STEPS: usize = 4_000_000;
/// How many elements a value may have, those of its parts included.
const ELEMENTS: usize = 100_000;
/// How many bytes of text a value may hold.
pub(super) const BYTES: usize = 10 * 1024 * 1024;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static WORK: Cell<usize> = const { Cell::new(0) };
    static EXCEEDED: Cell<bool> = const { Cell::new(false) };
}

/// One level of nesting, left when dropped.
pub(super) struct Level(());

impl Level {
    pub(super) fn enter(at: Pos) -> Result<Self, EvalError> {
        let depth = DEPTH.get();
        if depth == 0 {
            WORK.set(0);
            EXCEEDED.set(false);
        }
        if depth >= NESTING {
            return Err(exceeded(at, &format!("it nests deeper than {NESTING} levels, what it refers to included")));
        }
        spend(1, at)?;
        DEPTH.set(depth + 1);
        Ok(Self(()))
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

/// Computes something that stands on its own and is computed only once, such as a local value: what it costs does not count for the
/// expression that happens to ask first. Who calls this bounds how deep such things may need each other.
pub fn apart<T>(compute: impl FnOnce() -> T) -> T {
    let (depth, work, exceeded) = (DEPTH.replace(0), WORK.get(), EXCEEDED.get());
    let result = compute();
    DEPTH.set(depth);
    WORK.set(work);
    EXCEEDED.set(exceeded);
    result
}

/// Counts work.
pub(super) fn spend(steps: usize, at: Pos) -> Result<(), EvalError> {
    let work = WORK.get().saturating_add(steps);
    WORK.set(work);
    if work > STEPS { Err(exceeded(at, &format!("it takes more than {STEPS} steps to evaluate"))) } else { Ok(()) }
}

/// Whether the evaluation under way has met a limit: then `try` and `can` must not answer.
pub(super) fn is_exceeded() -> bool {
    EXCEEDED.get()
}

fn exceeded(at: Pos, message: &str) -> EvalError {
    EXCEEDED.set(true);
    EvalError::new(at, message)
}

/// What values weigh that are put together.
#[derive(Default)]
pub(super) struct Scale {
    elements: usize,
    bytes: usize,
}

impl Scale {
    /// Adds a value, which stops as soon as the limit is met: values share parts, and a small file can describe a huge one.
    pub(super) fn add(&mut self, value: &Val, at: Pos) -> Result<(), EvalError> {
        self.walk(value, 1, at)
    }

    /// Adds text.
    pub(super) fn add_text(&mut self, text: &str, at: Pos) -> Result<(), EvalError> {
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > BYTES { Err(exceeded(at, &format!("its value holds more than {BYTES} bytes of text"))) } else { Ok(()) }
    }

    fn walk(&mut self, value: &Val, depth: usize, at: Pos) -> Result<(), EvalError> {
        self.elements += 1;
        if self.elements > ELEMENTS {
            return Err(exceeded(at, &format!("its value has more than {ELEMENTS} elements")));
        }
        if depth > NESTING {
            return Err(exceeded(at, &format!("its value nests deeper than {NESTING} levels")));
        }
        match &value.kind {
            ValKind::String(text) => self.add_text(text, at),
            ValKind::List(items) | ValKind::Set(items) => items.iter().try_for_each(|item| self.walk(item, depth + 1, at)),
            ValKind::Map(entries) => entries.iter().try_for_each(|(key, item)| {
                self.add_text(key, at)?;
                self.walk(item, depth + 1, at)
            }),
            ValKind::Unknown(unknown) => {
                let sides = unknown.choice.iter().flat_map(|choice| choice.of.iter());
                sides.into_iter().try_for_each(|side| self.walk(side, depth + 1, at))
            }
            ValKind::Null | ValKind::Bool(_) | ValKind::Number(_) | ValKind::Resource(_) => Ok(()),
        }
    }
}

/// Checks a value that was put together elsewhere.
pub(super) fn weigh(value: &Val, at: Pos) -> Result<(), EvalError> {
    Scale::default().add(value, at)
}
