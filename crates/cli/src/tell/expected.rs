//! When the next pass of a pair is due, and the one after it: what a message may promise, and what a watchdog expects.

use crate::config::Pair;
use crate::{clock, due};
use counterpart_engine::Ledger;
use counterpart_model::Failure;
use counterpart_notice::Expected;

/// Passes ahead that are looked at: a cron line may leave out days.
const LOOKED_AT: usize = 14;

/// By the pair's schedule, after the pass that was noted last.
///
/// # Errors
/// What is kept of the pair cannot be read.
pub(crate) fn of(pair: &Pair, ledger: &Ledger) -> Result<Expected, Failure> {
    let now = clock::now().seconds;
    let next = due::next(pair, ledger)?.map(|due| due.max(now));
    let second = next.and_then(|next| due::ahead(pair, next, 1).pop());
    let period = second.zip(next).map(|(second, next)| second.abs_diff(next));
    Ok(Expected {
        next_pass_seconds: next,
        period_seconds: period.unwrap_or_default(),
        deadline_seconds: pair.deadline_seconds,
    })
}

/// The longest time between two of the next passes; `None` where the pair has no schedule.
pub(crate) fn longest_period_seconds(pair: &Pair) -> Option<u64> {
    let runs = due::ahead(pair, clock::now().seconds, LOOKED_AT);
    let gaps = runs
        .iter()
        .zip(runs.iter().skip(1))
        .map(|(one, next)| next.abs_diff(*one));
    gaps.max()
}
