//! Which passes count for the schedule of a pair: all that came to an end, a refusal or a failure of their own. One that
//! somebody interrupted does not, and is due again.

use crate::clock;
use crate::config::{Pair, schedule_text};
use counterpart_engine::{Ledger, Outcome, RunMemory};
use counterpart_model::{Code, Failure};
use std::time::{Duration, Instant};

/// A pass that may count.
pub(crate) struct Counted {
    schedule: Option<String>,
    began_seconds: i64,
    clock: Instant,
    deadline: Option<Duration>,
}

impl Counted {
    /// A pass of a pair begins.
    pub(super) fn begin(pair: &Pair) -> Self {
        Self {
            schedule: pair.schedule.as_ref().map(schedule_text),
            began_seconds: clock::now().seconds,
            clock: Instant::now(),
            deadline: pair.deadline_seconds.map(Duration::from_secs),
        }
    }

    /// It ended. A pair without a schedule need not remember it.
    ///
    /// # Errors
    /// The state cannot be written.
    pub(super) fn note(self, ledger: &Ledger, outcome: &Result<Outcome, Failure>) -> Result<(), Failure> {
        let late = self
            .deadline
            .is_some_and(|deadline| self.clock.elapsed() >= deadline);
        let (true, Some(schedule)) = (counts(outcome.as_ref().err(), late), self.schedule) else {
            return Ok(());
        };
        ledger.remember_run(&RunMemory {
            schedule,
            began_seconds: Some(self.began_seconds),
            settled_seconds: self.began_seconds,
        })
    }
}

/// True when a pass counts that ended with this failure, or with none; `late` where its deadline was over.
pub(crate) fn counts(failure: Option<&Failure>, late: bool) -> bool {
    match failure.map(|failure| failure.code) {
        Some(Code::Interrupted) => late,
        Some(Code::Locked) => false,
        _ => true,
    }
}
