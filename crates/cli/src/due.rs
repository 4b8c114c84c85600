//! When the next pass of a pair is due: its schedule, asked with the clock and the time zone of this host.

use crate::clock;
use crate::config::{Pair, schedule_text};
use counterpart_engine::Ledger;
use counterpart_model::Failure;
use counterpart_schedule::{Due, Past};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// When the next pass may begin, in seconds since 1970. Of one that is overdue: since when. Without a schedule there is none.
///
/// # Errors
/// What is kept of the pair cannot be read.
pub(crate) fn next(pair: &Pair, ledger: &Ledger) -> Result<Option<i64>, Failure> {
    let Some(schedule) = &pair.schedule else {
        return Ok(None);
    };
    let now = now();
    let memory = ledger.run_memory()?;
    let known = memory.filter(|memory| memory.schedule == schedule_text(schedule));
    let time = |seconds: i64| Timestamp::from_second(seconds).ok();
    let past = if let Some(memory) = known {
        Past {
            began: memory.began_seconds.and_then(time),
            settled: time(memory.settled_seconds).unwrap_or(now),
        }
    } else {
        let began = last_as_of(ledger)?.and_then(time);
        Past {
            began,
            settled: began.unwrap_or(now),
        }
    };
    let due = schedule.next(&past, now, &TimeZone::system());
    Ok(due.map(|due| told(&due, now).as_second()))
}

/// When the last pass that ended with a report looked at production, in seconds since 1970.
///
/// # Errors
/// It cannot be read.
pub(crate) fn last_as_of(ledger: &Ledger) -> Result<Option<i64>, Failure> {
    let last = ledger.last()?;
    Ok(last
        .and_then(|report| report.as_of)
        .as_deref()
        .and_then(clock::parse))
}

/// When the runs after one that begins at `from` may begin, each as if the one before had begun when it was due; so many at most.
pub(crate) fn ahead(pair: &Pair, from: i64, most: usize) -> Vec<i64> {
    let mut last = Timestamp::from_second(from).ok();
    let runs = std::iter::from_fn(|| {
        let began = last?;
        let past = Past {
            began: Some(began),
            settled: began,
        };
        last = pair
            .schedule
            .as_ref()?
            .next(&past, began, &TimeZone::system())
            .map(|due| due.begins);
        last.map(Timestamp::as_second)
    });
    runs.take(most).collect()
}

/// The time to tell of a run: since when it is due where it could begin now, else when it may begin.
fn told(due: &Due, now: Timestamp) -> Timestamp {
    if due.begins > now { due.begins } else { due.at }
}

/// The clock of this host, to the second.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(clock::now().seconds).unwrap_or_default()
}
