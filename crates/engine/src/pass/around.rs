//! What a certificate and a report say of all that was done around the tree.

use super::refused::now;
use super::{Observation, Pass};
use crate::apply::lock;
use crate::event::StepName;
use crate::report::{ReadinessReport, StepReport};
use counterpart_evidence::certificate as evidence;
use counterpart_evidence::certificate::Moment;
use counterpart_model::{SiteRole, Timestamp};
use std::time::{Duration, Instant};

impl Pass<'_> {
    pub(super) fn production_state(&self, observation: &Observation) -> evidence::ProductionState {
        let hooks = &self.settings.hooks;
        let held = self.stage.held();
        let still = held.from.is_some() || hooks.snapshot.is_some();
        let scan = observation.production.began;
        let from = self
            .probes_began(SiteRole::Production)
            .map_or(scan, |probes| probes.min(scan));
        // What was asked before production stood still was asked of one that could change.
        let until = if still && self.request.kind == crate::request::PassKind::Run {
            held.from.unwrap_or(scan)
        } else {
            now()
        };
        let moving = until.seconds.saturating_sub(from.seconds).max(0);
        // A verification holds nothing.
        let ran = self.request.kind == crate::request::PassKind::Run;
        let method = |hold: &crate::hooks::Hold| {
            if ran {
                hold.method
            } else {
                evidence::HoldMethod::None
            }
        };
        evidence::ProductionState {
            hold: method(&hooks.production_hold),
            moving_seconds: u64::try_from(moving).unwrap_or(0),
            after_cut_off: observation.production.after_cut_off,
            settling: observation.production.settling,
            database_position: None,
            held: held.from.zip(held.until).map(|(from, until)| evidence::HeldSpan {
                from: self.moment_of(from),
                until: self.moment_of(until),
                held_ms: millis(Duration::from_secs_f64(held.seconds)),
            }),
            snapshot: ran && hooks.snapshot.is_some(),
            copied_ahead: ran && hooks.copies_ahead() && self.request.repair.is_none(),
            standby_hold: method(&hooks.standby_hold),
        }
    }

    fn moment_of(&self, at: Timestamp) -> Moment {
        Moment::new(at, self.request.tool.utc_offset_seconds)
    }

    pub(super) fn readiness_found(&self) -> Vec<evidence::Readiness> {
        let found = lock(&self.readiness);
        let one = |check: &crate::hooks::Checked| evidence::Readiness {
            name: check.name.clone(),
            ready: check.ready,
            why: check.why.clone(),
            at: self.moment_of(check.at),
            since: self.moment_of(check.since),
        };
        found.iter().map(one).collect()
    }

    /// The steps so far; the one that is under way is left out.
    pub(super) fn steps_taken(&self) -> Vec<evidence::StepTaken> {
        let mut steps = self.timed();
        steps.pop();
        let one = |(step, took): (StepName, Duration)| evidence::StepTaken {
            step: step.word().to_owned(),
            took_ms: millis(took),
        };
        steps.into_iter().map(one).collect()
    }

    pub(super) fn steps_report(&self) -> Vec<StepReport> {
        let one = |(step, took): (StepName, Duration)| StepReport {
            step: step.word().to_owned(),
            seconds: took.as_secs_f64(),
        };
        self.timed().into_iter().map(one).collect()
    }

    pub(super) fn readiness_report(&self) -> Vec<ReadinessReport> {
        let found = lock(&self.readiness);
        found.iter().map(ReadinessReport::of).collect()
    }

    /// Each step that was begun, with how long it took: until the next began, or until now.
    fn timed(&self) -> Vec<(StepName, Duration)> {
        let taken = lock(&self.taken);
        let ends = taken.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()]);
        let both = taken.iter().zip(ends);
        both.map(|((step, began), end)| (*step, end.duration_since(*began)))
            .collect()
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
