//! How many calls to one service may be under way at once, and how that number follows what the service says.
//!
//! Every throttled attempt halves it, down to a quarter of where it began; every round of calls that came through gives one
//! back. The pauses between the attempts of one call are the SDK's. Its own adaptive mode is not used: that one falls to one
//! call in two seconds when throttling does not depend on the rate, as with a limit that other tenants of an account fill.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limit of one service.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    turns: Arc<Semaphore>,
    pace: Arc<Mutex<Pace>>,
}

#[derive(Debug)]
struct Pace {
    least: usize,
    most: usize,
    limit: usize,
    /// Turns that are under way and will not be given back.
    owed: usize,
    /// Calls that came through since the limit last changed.
    calm: usize,
}

/// A call's leave to be under way.
pub(super) struct Turn {
    permit: Option<OwnedSemaphorePermit>,
    gate: Gate,
}

impl Gate {
    /// At most this many calls at once, and never fewer than a quarter of them.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let pace = Pace { least: most.div_ceil(4), most, limit: most, owed: 0, calm: 0 };
        Self { turns: Arc::new(Semaphore::new(most)), pace: Arc::new(Mutex::new(pace)) }
    }

    /// Waits for a turn.
    pub(super) async fn turn(&self) -> Turn {
        Turn { permit: Arc::clone(&self.turns).acquire_owned().await.ok(), gate: self.clone() }
    }

    /// An attempt was throttled.
    pub(super) fn slow(&self) {
        let mut pace = self.pace();
        let limit = (pace.limit / 2).max(pace.least);
        let fewer = pace.limit - limit;
        pace.owed += fewer - self.turns.forget_permits(fewer);
        pace.limit = limit;
        pace.calm = 0;
    }

    /// A call came through.
    pub(super) fn ease(&self) {
        let mut pace = self.pace();
        pace.calm += 1;
        if pace.limit < pace.most && pace.calm >= pace.limit {
            pace.limit += 1;
            pace.calm = 0;
            match pace.owed.checked_sub(1) {
                Some(owed) => pace.owed = owed,
                None => self.turns.add_permits(1),
            }
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut pace = self.gate.pace();
        if pace.owed > 0
            && let Some(permit) = self.permit.take()
        {
            pace.owed -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(gate: &Gate) -> usize {
        gate.turns.available_permits()
    }

    #[tokio::test]
    async fn throttling_halves_what_may_be_under_way_down_to_a_quarter() {
        let gate = Gate::new(8);
        gate.slow();
        assert_eq!(free(&gate), 4);
        gate.slow();
        gate.slow();
        assert_eq!(free(&gate), 2);
    }

    #[tokio::test]
    async fn turns_under_way_are_taken_back_when_they_end() {
        let gate = Gate::new(4);
        let turns = [gate.turn().await, gate.turn().await, gate.turn().await, gate.turn().await];
        gate.slow();
        assert_eq!(free(&gate), 0);
        drop(turns);
        assert_eq!(free(&gate), 2);
    }

    #[tokio::test]
    async fn calm_gives_turns_back_one_by_one_and_never_more_than_there_were() {
        let gate = Gate::new(4);
        gate.slow();
        gate.ease();
        assert_eq!(free(&gate), 2);
        gate.ease();
        assert_eq!(free(&gate), 3);
        for _ in 0..100 {
            gate.ease();
        }
        assert_eq!(free(&gate), 4);
    }
}
