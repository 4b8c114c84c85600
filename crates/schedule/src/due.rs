//! When the next pass is due, and when it may begin: from the schedule, what ran last, and the present time.

use crate::when::When;
use crate::window::Windows;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// A run that begins so much later than it might have is a missed one.
const PUNCTUAL: SignedDuration = SignedDuration::from_mins(5);
/// Most missed runs that are counted.
const MOST_COUNTED: u64 = 1_000;

/// When a pair runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// When a pass is due.
    pub when: When,
    /// When it may begin.
    pub windows: Windows,
    /// A run that was missed is made up for, once.
    pub catch_up: bool,
}

/// What is known of the runs before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// When the last pass began; `None` before the first.
    pub began: Option<Timestamp>,
    /// Every due time up to this one is dealt with: a pass began, or it was left out. Before the first pass, the time since
    /// which the schedule is in force.
    pub settled: Timestamp,
}

/// The next run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it is due.
    pub at: Timestamp,
    /// When it may begin: not before the present time, and in a window.
    pub begins: Timestamp,
    /// A due time that was missed and is not made up for.
    pub left_out: Option<Timestamp>,
}

impl Schedule {
    /// A schedule without windows, that catches up.
    pub fn of(when: When) -> Self {
        Self {
            when,
            windows: Windows::default(),
            catch_up: true,
        }
    }

    /// The next run. `None` where no time that can be written comes.
    pub fn next(&self, past: &Past, now: Timestamp, zone: &TimeZone) -> Option<Due> {
        let at = self.when.first_after(past.settled, past.began, zone)?;
        if clock_was_ahead(past, at, now) {
            return self.ready(now, now, zone);
        }
        let opens = self.windows.open_from(at, zone)?;
        if opens > now {
            return Some(Due {
                at,
                begins: opens,
                left_out: None,
            });
        }
        if self.catch_up || now.duration_since(opens) <= PUNCTUAL {
            return self.ready(at, now, zone);
        }
        let next = self.when.first_after(now, past.began.or(Some(at)), zone)?;
        Some(Due {
            at: next,
            begins: self.windows.open_from(next, zone)?,
            left_out: Some(at),
        })
    }

    /// How many due times from `at` on have come by now, `at` itself included.
    pub fn come(&self, at: Timestamp, now: Timestamp, zone: &TimeZone) -> u64 {
        let mut time = at;
        for count in 1..MOST_COUNTED {
            match self.when.first_after(time, Some(at), zone) {
                Some(next) if next <= now => time = next,
                _ => return count,
            }
        }
        MOST_COUNTED
    }

    fn ready(&self, at: Timestamp, now: Timestamp, zone: &TimeZone) -> Option<Due> {
        Some(Due {
            at,
            begins: self.windows.open_from(now, zone)?,
            left_out: None,
        })
    }
}

/// True when what ran last lies so far ahead of the clock that the clock must have been wrong then: more than the time from
/// one run to the next. A schedule that waited for it might wait for years.
fn clock_was_ahead(past: &Past, at: Timestamp, now: Timestamp) -> bool {
    let period = at.duration_since(past.settled);
    past.settled.duration_since(now) > period
}
