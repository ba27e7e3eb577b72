//! What happens while live evidence is read, for people who wait. Draws on standard error only, and never judges.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Hears of calls as they start and end.
pub trait Progress: Sync {
    /// A part of the work begins: "buckets", "details of 12 buckets".
    fn phase(&self, what: &str);

    /// A call to a service starts.
    fn call_started(&self, service: &str);

    /// A call to a service ended, well or not.
    fn call_done(&self, service: &str);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn phase(&self, _: &str) {}
    fn call_started(&self, _: &str) {}
    fn call_done(&self, _: &str) {}
}

/// One line on a terminal: elapsed time, what is going on, and calls done of calls begun per service.
#[derive(Debug)]
pub struct TerminalProgress {
    bar: ProgressBar,
    counts: Mutex<BTreeMap<String, Count>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    begun: u64,
    done: u64,
}

impl TerminalProgress {
    /// Draws on standard error when that is a terminal, else nowhere.
    pub fn new() -> Self {
        Self::on(ProgressDrawTarget::stderr())
    }

    fn on(target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {prefix} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, counts: Mutex::default() }
    }

    /// Takes the line off the screen.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<String, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, service: &str, change: impl FnOnce(&mut Count)) {
        let mut counts = self.counts();
        change(counts.entry(service.to_owned()).or_default());
        self.bar.set_message(line(&counts));
    }
}

impl Default for TerminalProgress {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TerminalProgress {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress for TerminalProgress {
    fn phase(&self, what: &str) {
        self.bar.set_prefix(what.to_owned());
    }

    fn call_started(&self, service: &str) {
        self.count(service, |count| count.begun += 1);
    }

    fn call_done(&self, service: &str) {
        self.count(service, |count| count.done += 1);
    }
}

fn line(counts: &BTreeMap<String, Count>) -> String {
    counts.iter().map(|(service, count)| format!("{service} {}/{}", count.done, count.begun)).collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_counts_per_service() {
        let progress = TerminalProgress::on(ProgressDrawTarget::hidden());
        progress.phase("reading");
        progress.call_started("s3");
        progress.call_started("rds");
        progress.call_started("s3");
        progress.call_done("s3");
        assert_eq!(line(&progress.counts()), "rds 0/1  s3 1/2");
    }
}
