//! What `serve` tells and records: one value an event.

use crate::due;
use counterpart_engine::{PassReport, RunRecord};
use counterpart_model::{Failure, Timestamp as Moment};
use counterpart_schedule::Due;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::time::Duration;

/// Why a run waits, is skipped, is interrupted or begins late.
pub(super) const STILL_RUNNING: &str = "still-running";
/// See `STILL_RUNNING`.
pub(super) const OUTSIDE_WINDOW: &str = "outside-window";
/// See `STILL_RUNNING`.
pub(super) const PAUSED: &str = "paused";
/// See `STILL_RUNNING`.
pub(super) const MISSED: &str = "missed";
/// See `STILL_RUNNING`.
pub(super) const STOPPING: &str = "stopping";

/// A time as documents have it.
pub(super) fn shown(time: Timestamp) -> String {
    Moment::new(time.as_second(), 0).rfc3339()
}

/// An event of `serve` as a whole.
pub(super) fn of_serve(event: &str, message: impl Into<String>) -> RunRecord {
    let message = message.into();
    RunRecord {
        at: shown(due::now()),
        event: event.to_owned(),
        message: (!message.is_empty()).then_some(message),
        ..RunRecord::default()
    }
}

/// An event of a pair.
pub(super) fn of_pair(pair: &str, event: &str) -> RunRecord {
    RunRecord {
        pair: Some(pair.to_owned()),
        ..of_serve(event, "")
    }
}

/// A run waits, and will come later.
pub(super) fn waits(
    pair: &str,
    due: &Due,
    reason: &str,
    until: Option<Timestamp>,
    why: Option<String>,
) -> RunRecord {
    RunRecord {
        due: Some(shown(due.at)),
        reason: Some(reason.to_owned()),
        until: until.map(shown),
        message: why,
        ..of_pair(pair, "waits")
    }
}

/// A run will not come.
pub(super) fn skipped(pair: &str, at: Timestamp, reason: &str, runs: u64) -> RunRecord {
    RunRecord {
        due: Some(shown(at)),
        reason: Some(reason.to_owned()),
        runs: (runs > 1).then_some(runs),
        ..of_pair(pair, "skipped")
    }
}

/// A pass begins.
pub(super) fn began(pair: &str, at: Timestamp, late: Option<&str>, runs: u64) -> RunRecord {
    RunRecord {
        due: Some(shown(at)),
        reason: late.map(str::to_owned),
        runs: (runs > 1).then_some(runs),
        ..of_pair(pair, "began")
    }
}

/// A pass came to its end.
pub(super) fn ended(report: &PassReport) -> RunRecord {
    let result = match (&report.refusal, report.congruent) {
        (Some(_), _) => "refused",
        (None, true) => "congruent",
        (None, false) => "not-congruent",
    };
    RunRecord {
        pass: Some(report.pass.clone()),
        result: Some(result.to_owned()),
        as_of: report.as_of.clone(),
        seconds: Some(report.seconds),
        message: told(report),
        ..of_pair(&report.pair, "ended")
    }
}

/// Why a pass was refused or is not congruent: the codes of the guards that refused, and of its failures.
fn told(report: &PassReport) -> Option<String> {
    let guards = report.refusal.iter().flat_map(|refusal| &refusal.guards);
    let guards = guards.map(|guard| guard.code.as_str());
    let failures = report.failures.iter().map(|failure| failure.code.as_str());
    let codes: BTreeSet<&str> = guards.chain(failures).collect();
    (!codes.is_empty()).then(|| codes.into_iter().collect::<Vec<_>>().join(" "))
}

/// A pass did not come to its end.
pub(super) fn failed(pair: &str, failure: &Failure, took: Duration) -> RunRecord {
    RunRecord {
        result: Some(failure.code.word().to_owned()),
        seconds: Some(took.as_secs_f64()),
        message: Some(failure.to_string()),
        ..of_pair(pair, "failed")
    }
}

/// A pass was ended, and is due again.
pub(super) fn interrupted(pair: &str, reason: &str, took: Duration) -> RunRecord {
    RunRecord {
        reason: Some(reason.to_owned()),
        seconds: Some(took.as_secs_f64()),
        ..of_pair(pair, "interrupted")
    }
}
