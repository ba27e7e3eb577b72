//! Runs the asynchronous collectors for callers that are not: the runtime stays in this room.

use std::future::Future;

use jiff::Timestamp;

use super::aws::{self, Settings};
use super::progress::Progress;
use super::{Demand, Reading};
use crate::estate::{Action, Cause, Gap};
use crate::plan::Regions;

/// Reads live AWS; see [`aws::read`].
///
/// # Errors
/// When the operating system gives no event loop.
pub fn live(
    settings: &Settings,
    demands: &[Demand],
    regions: &Regions,
    now: Timestamp,
    progress: &dyn Progress,
) -> std::io::Result<Reading> {
    block_on(aws::read(settings, demands, regions, now, progress))
}

/// Reads one object of a bucket; see [`aws::get_object`].
///
/// # Errors
/// The gap that names the permission or the obstacle.
pub fn object(settings: &Settings, bucket: &str, key: &str) -> Result<Vec<u8>, Gap> {
    let failed = |error: std::io::Error| Gap::new(Cause::Failed, error.to_string()).for_action(Action::of("s3:GetObject"));
    block_on(aws::get_object(settings, bucket, key)).map_err(failed)?
}

/// One thread is enough: the work is waiting, and one thread costs the least memory.
fn block_on<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work))
}
