//! One pair in `serve`: what its schedule goes by, whether a pass of it runs, and what was told of its next run.

use super::events;
use crate::config::{Pair, schedule_text};
use crate::due;
use counterpart_engine::{Ledger, RunMemory, RunRecord};
use counterpart_model::{Code, Failure};
use counterpart_schedule::{Due, Past, Schedule, When};
use counterpart_store::files::StateDir;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One pair.
pub(super) struct Place {
    pub(super) pair: Pair,
    pub(super) ledger: Ledger,
    /// What the schedule goes by: of the state, or later than that where the state could not be written.
    past: Option<Past>,
    /// What the state had when it was read or written last.
    seen: Option<RunMemory>,
    pub(super) running: Option<Running>,
    /// Its next run, as of the last look.
    pub(super) due: Option<Due>,
    /// Of which due time it was recorded that it waits, and why.
    told: Option<(Timestamp, &'static str)>,
}

/// A pass that runs.
pub(super) struct Running {
    pub(super) began: Timestamp,
    pub(super) stop: Arc<AtomicBool>,
    /// Why `serve` ends it; `None` while it does not.
    pub(super) why: Option<&'static str>,
    /// The last due time that came meanwhile.
    skipped: Option<Timestamp>,
}

impl Place {
    /// A pair that nothing is known of yet.
    pub(super) fn new(pair: Pair, state: &StateDir) -> Result<Self, Failure> {
        let ledger = Ledger::open(state.pair(&pair.name)?)?;
        Ok(Self {
            pair,
            ledger,
            past: None,
            seen: None,
            running: None,
            due: None,
            told: None,
        })
    }

    /// Goes by new settings from now on; a pass that runs goes on with the old ones.
    pub(super) fn change(&mut self, pair: Pair) {
        if self.pair.schedule != pair.schedule {
            self.past = None;
        }
        self.pair = pair;
    }

    fn schedule(&self) -> Option<Schedule> {
        self.pair.schedule.clone()
    }

    /// Looks when the next pass is due; what is to be recorded of runs that are left out.
    ///
    /// # Errors
    /// The state cannot be read.
    pub(super) fn look(&mut self, now: Timestamp, zone: &TimeZone) -> Result<Option<RunRecord>, Failure> {
        let (Some(schedule), past) = (self.schedule(), self.past(now)?) else {
            self.due = None;
            return Ok(None);
        };
        self.due = schedule.next(&past, now, zone);
        let Some(left_out) = self.due.and_then(|due| due.left_out) else {
            return Ok(None);
        };
        let reason = self.waited_for(left_out).unwrap_or(events::MISSED);
        let runs = schedule.come(left_out, now, zone);
        self.settle(now);
        Ok(Some(events::skipped(&self.pair.name, left_out, reason, runs)))
    }

    /// Notes that the next run waits; what is to be recorded of it, where that is new.
    pub(super) fn waits(
        &mut self,
        reason: &'static str,
        record: impl FnOnce(&str, &Due) -> RunRecord,
    ) -> Option<RunRecord> {
        let due = self.due.filter(|due| self.told != Some((due.at, reason)))?;
        self.told = Some((due.at, reason));
        Some(record(&self.pair.name, &due))
    }

    /// For what the run that is due at a time was recorded to wait.
    pub(super) fn waited_for(&self, at: Timestamp) -> Option<&'static str> {
        self.told
            .filter(|(told, _)| *told == at)
            .map(|(_, reason)| reason)
    }

    /// A pass begins.
    pub(super) fn begin(&mut self, now: Timestamp) -> Arc<AtomicBool> {
        let stop = Arc::new(AtomicBool::new(false));
        self.running = Some(Running {
            began: now,
            stop: Arc::clone(&stop),
            why: None,
            skipped: None,
        });
        stop
    }

    /// Looks whether another pass is due while one runs; what is to be recorded of the first such.
    pub(super) fn look_while_running(&mut self, now: Timestamp, zone: &TimeZone) -> Option<RunRecord> {
        let schedule = self.schedule()?;
        let running = self.running.as_mut()?;
        let past = Past {
            began: Some(running.began),
            settled: running.skipped.unwrap_or(running.began),
        };
        let due = schedule.next(&past, now, zone).filter(|due| due.begins <= now)?;
        let is_first = running.skipped.is_none();
        running.skipped = Some(due.at);
        is_first.then(|| events::skipped(&self.pair.name, due.at, events::STILL_RUNNING, 1))
    }

    /// Ends the pass that runs, for a reason.
    pub(super) fn stop(&mut self, why: &'static str) {
        if let Some(running) = &mut self.running {
            running.why.get_or_insert(why);
            running.stop.store(true, Ordering::Relaxed);
        }
    }

    /// The pass ended. One that counts settles what came until then; the others are due again.
    pub(super) fn ended(&mut self, counts: bool) -> Option<Running> {
        let running = self.running.take()?;
        if counts {
            self.past = Some(Past {
                began: Some(running.began),
                settled: running.began,
            });
            if let Some(skipped) = running.skipped {
                self.settle(skipped);
            }
        }
        Some(running)
    }

    /// Every due time up to this one is dealt with. Where the state cannot be written, this program knows it all the same.
    pub(super) fn settle(&mut self, settled: Timestamp) {
        let began = self.past.and_then(|past| past.began);
        self.past = Some(Past { began, settled });
        let memory = RunMemory {
            schedule: self.words(),
            began_seconds: began.map(Timestamp::as_second),
            settled_seconds: settled.as_second(),
        };
        if self.ledger.remember_run(&memory).is_ok() {
            self.seen = Some(memory);
        }
    }

    /// The schedule in words.
    pub(super) fn words(&self) -> String {
        self.pair.schedule.as_ref().map(schedule_text).unwrap_or_default()
    }

    fn past(&mut self, now: Timestamp) -> Result<Past, Failure> {
        let memory = match self.ledger.run_memory() {
            // It is no evidence, and is made again.
            Err(failure) if failure.code == Code::StateDamaged => None,
            other => other?,
        };
        match self.past {
            Some(past) if memory == self.seen => Ok(past),
            _ => self.take(memory, now),
        }
    }

    /// Takes over what the state has, which a `run` by hand may have written. A schedule that is new counts from now on.
    fn take(&mut self, memory: Option<RunMemory>, now: Timestamp) -> Result<Past, Failure> {
        let words = self.words();
        let began = match &memory {
            Some(memory) => memory.began_seconds,
            None => due::last_as_of(&self.ledger)?,
        };
        let began = began.and_then(|seconds| Timestamp::from_second(seconds).ok());
        if let Some(memory) = memory.filter(|memory| memory.schedule == words) {
            let settled = Timestamp::from_second(memory.settled_seconds).unwrap_or(now);
            self.past = Some(Past { began, settled });
            self.seen = Some(memory);
        } else {
            let is_interval = matches!(
                self.pair.schedule.as_ref().map(|schedule| &schedule.when),
                Some(When::EverySeconds(_))
            );
            self.past = Some(Past { began, settled: now });
            self.settle(began.filter(|_| is_interval).unwrap_or(now));
        }
        Ok(self.past.unwrap_or(Past { began, settled: now }))
    }
}
