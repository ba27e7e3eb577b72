//! What all module instances of one expansion share: gaps, limits, and the chain of what is being computed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::super::eval;
use super::super::scope::{EvalError, Scope};
use super::super::syntax::{Expr, Files, Pos};
use super::super::value::{Val, Why};
use super::moves::Moves;
use super::supplied::Supplied;
use super::{Computed, Recorded};

/// The longest chain of values that need each other.
const MAX_CHAIN: usize = 20_000;
/// Instances of one block.
pub(super) const MAX_INSTANCES: usize = 10_000;
/// Resource and module instances of one expansion.
pub(super) const MAX_INSTANCES_OVERALL: usize = 100_000;
/// Blocks that `dynamic` makes in one expansion.
const MAX_DYNAMIC: usize = 500_000;
/// Between two links of a chain lies at most one expression, whose nesting the reader bounds: it fits in here.
const RED_ZONE: usize = 1 << 20;
/// What is added when it no longer does.
const STACK: usize = 16 << 20;

/// Shared by all module instances.
pub(super) struct World {
    pub(super) recorded: Rc<dyn Recorded>,
    pub(super) computed: Rc<Computed>,
    pub(super) workspace: Arc<str>,
    /// The folder of the root module.
    pub(super) root: PathBuf,
    pub(super) supplied: BTreeMap<Arc<str>, Supplied>,
    pub(super) moves: Moves,
    names: Vec<Arc<str>>,
    chain: RefCell<Vec<Frame>>,
    gaps: RefCell<BTreeMap<(Pos, String), Why>>,
    instances: Cell<usize>,
    exhausted: Cell<bool>,
    dynamic: Cell<usize>,
}

/// One link of the chain: what is being computed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// `module.a.`
    pub(super) prefix: Arc<str>,
    /// `local.`
    pub(super) kind: &'static str,
    pub(super) name: Arc<str>,
}

/// Values by name, each computed once.
pub(super) struct Memo<T>(RefCell<BTreeMap<Arc<str>, Option<T>>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T> Memo<T> {
    /// Forgets everything and returns it.
    pub(super) fn take(&self) -> impl Iterator<Item = T> + use<T> {
        self.0.take().into_values().flatten()
    }
}

impl World {
    pub(super) fn new(
        files: &Files,
        recorded: Rc<dyn Recorded>,
        computed: Rc<Computed>,
        workspace: Arc<str>,
        root: PathBuf,
        supplied: BTreeMap<Arc<str>, Supplied>,
        moves: Moves,
    ) -> Self {
        Self {
            recorded,
            computed,
            workspace,
            root,
            supplied,
            moves,
            names: (0..u32::try_from(files.len()).unwrap_or(u32::MAX)).map(|file| files.name(file)).collect(),
            chain: RefCell::default(),
            gaps: RefCell::default(),
            instances: Cell::new(0),
            exhausted: Cell::new(false),
            dynamic: Cell::new(0),
        }
    }

    /// Computes a value once. Its own frame in the chain above it is a cycle.
    pub(super) fn once<T: Clone>(&self, memo: &Memo<T>, frame: Frame, at: Pos, make: impl FnOnce() -> T) -> Result<T, EvalError> {
        match memo.0.borrow().get(&frame.name) {
            Some(Some(value)) => return Ok(value.clone()),
            Some(None) => return Err(self.cycle(&frame, at)),
            None => {}
        }
        if self.chain.borrow().len() >= MAX_CHAIN {
            return Err(EvalError::new(at, format!("{frame} is the end of a chain of more than {MAX_CHAIN} values that need each other")));
        }
        let name = Arc::clone(&frame.name);
        memo.0.borrow_mut().insert(Arc::clone(&name), None);
        self.chain.borrow_mut().push(frame);
        let value = stacker::maybe_grow(RED_ZONE, STACK, || eval::apart(make));
        self.chain.borrow_mut().pop();
        memo.0.borrow_mut().insert(name, Some(value.clone()));
        Ok(value)
    }

    fn cycle(&self, frame: &Frame, at: Pos) -> EvalError {
        const SHOWN: usize = 20;
        let chain = self.chain.borrow();
        let start = chain.iter().rposition(|link| link == frame).unwrap_or(0);
        let mut path: Vec<String> = chain[start..].iter().take(SHOWN).map(ToString::to_string).collect();
        if chain.len() - start > SHOWN {
            path.push("…".to_owned());
        }
        EvalError::new(at, format!("{frame} needs itself: {} → {frame}", path.join(" → ")))
    }

    /// Evaluates; what fails is unknown, and a gap.
    pub(super) fn value(&self, expr: &Expr, scope: &dyn Scope) -> Val {
        eval::eval(expr, scope).unwrap_or_else(|error| self.failed(&error))
    }

    /// The unknown value that stands for an error, which becomes a gap.
    pub(super) fn failed(&self, error: &EvalError) -> Val {
        Val::unknown(self.failure(error))
    }

    /// The reason that stands for an error, which becomes a gap.
    pub(super) fn failure(&self, error: &EvalError) -> Why {
        self.gap(error.at, Why::Failed(Arc::clone(&error.message)));
        Why::Failed(format!("{}: {}", self.line(error.at), error.message).into())
    }

    /// Notes a gap; the same one at the same place is noted once.
    pub(super) fn gap(&self, at: Pos, why: Why) {
        self.gaps.borrow_mut().entry((at, format!("{why:?}"))).or_insert(why);
    }

    /// All gaps, in order of place.
    pub(super) fn take_gaps(&self) -> Vec<(Pos, Why)> {
        self.gaps.take().into_iter().map(|((at, _), why)| (at, why)).collect()
    }

    /// `db.tf:12`
    fn line(&self, at: Pos) -> String {
        format!("{}:{}", self.names.get(at.file as usize).map_or("?", |name| name), at.line)
    }

    /// Allows so many instances more, or not.
    pub(super) fn may_make(&self, instances: usize) -> bool {
        let sum = self.instances.get().saturating_add(instances);
        let allowed = sum <= MAX_INSTANCES_OVERALL;
        if allowed {
            self.instances.set(sum);
        } else {
            self.exhausted.set(true);
        }
        allowed
    }

    /// Whether more instances were asked for than are made.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    /// Allows so many `dynamic` blocks more, or not.
    pub(super) fn may_repeat(&self, blocks: usize) -> bool {
        let sum = self.dynamic.get().saturating_add(blocks);
        let allowed = sum <= MAX_DYNAMIC;
        if allowed {
            self.dynamic.set(sum);
        }
        allowed
    }
}

impl std::fmt::Display for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}", self.prefix, self.kind, self.name)
    }
}
