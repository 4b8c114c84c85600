//! The three ways to say when a pass is due.

use crate::cron::CronLine;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// When a pass is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// So many seconds after the last one began.
    EverySeconds(u64),
    /// So many minutes after midnight, by the local clock.
    AtMinutes(u16),
    /// At the times that a cron line names, by the local clock.
    Cron(CronLine),
}

impl When {
    /// The first time after `after` at which a pass is due, where the last one began at `began`.
    pub(crate) fn first_after(
        &self,
        after: Timestamp,
        began: Option<Timestamp>,
        zone: &TimeZone,
    ) -> Option<Timestamp> {
        match self {
            Self::EverySeconds(seconds) => match began {
                Some(began) => every(*seconds, began, after),
                // Nothing ever ran: the first pass waits for nothing.
                None => Some(after),
            },
            Self::AtMinutes(minutes) => CronLine::at(*minutes)?.first_after(after, zone),
            Self::Cron(line) => line.first_after(after, zone),
        }
    }
}

/// The first of `began`, and every so many seconds after it, that is later than `after`.
fn every(seconds: u64, began: Timestamp, after: Timestamp) -> Option<Timestamp> {
    let seconds = i64::try_from(seconds.max(1)).ok()?;
    let gone = after.duration_since(began).as_secs().max(0);
    let rounds = gone.checked_div(seconds)?.checked_add(1)?;
    let ahead = SignedDuration::from_secs(rounds.checked_mul(seconds)?);
    began.checked_add(ahead).ok()
}
