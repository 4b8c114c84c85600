//! When the next pass of a pair is due: its schedule, asked with the clock and the time zone of this host.

use crate::clock;
use crate::config::Pair;
use counterpart_schedule::{Due, Past};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// When the next pass may begin after one that began at `last`, in seconds since 1970. One that is overdue tells since when;
/// without a schedule there is none.
pub(crate) fn after(pair: &Pair, last: Option<i64>) -> Option<i64> {
    let now = now();
    let began = last.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let past = Past {
        began,
        settled: began.unwrap_or(now),
    };
    next(pair, &past, now).map(|due| told(&due, now).as_second())
}

/// The next run of a pair.
fn next(pair: &Pair, past: &Past, now: Timestamp) -> Option<Due> {
    pair.schedule.as_ref()?.next(past, now, &TimeZone::system())
}

/// The time to tell of a run: since when it is due where it could begin now, else when it may begin.
fn told(due: &Due, now: Timestamp) -> Timestamp {
    if due.begins > now { due.begins } else { due.at }
}

/// The clock of this host, to the second.
fn now() -> Timestamp {
    Timestamp::from_second(clock::now().seconds).unwrap_or_default()
}
