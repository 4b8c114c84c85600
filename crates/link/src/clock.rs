//! How far two clocks are apart: asked a few times, believed where the answer came fastest.
//!
//! Nothing is decided by it here: it is recorded.

use counterpart_model::{Failure, Timestamp};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often the other clock is asked.
const QUESTIONS: usize = 5;

/// The other clock minus this one, and by how much that may be wrong, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Offset {
    pub ahead_ms: i64,
    pub uncertainty_ms: u64,
}

/// This host's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    Timestamp::new(seconds, since.subsec_nanos())
}

/// Asks the other clock.
pub(crate) fn measure(mut ask: impl FnMut() -> Result<Timestamp, Failure>) -> Result<Offset, Failure> {
    let mut best = None;
    for _ in 0..QUESTIONS {
        let (before, began) = (now(), Instant::now());
        let theirs = ask()?;
        let sample = offset(before, theirs, began.elapsed());
        if best.is_none_or(|best: Offset| sample.uncertainty_ms < best.uncertainty_ms) {
            best = Some(sample);
        }
    }
    Ok(best.unwrap_or(Offset {
        ahead_ms: 0,
        uncertainty_ms: u64::MAX,
    }))
}

/// The other clock was read at some time of the round trip, and most likely in its middle.
fn offset(before: Timestamp, theirs: Timestamp, round_trip: Duration) -> Offset {
    let half = round_trip / 2;
    let millis = |time: Timestamp| i128::from(time.seconds) * 1000 + i128::from(time.nanos / 1_000_000);
    let half_ms = i128::try_from(half.as_millis()).unwrap_or(i128::MAX);
    let ahead = millis(theirs) - millis(before) - half_ms;
    Offset {
        ahead_ms: i64::try_from(ahead).unwrap_or(if ahead < 0 { i64::MIN } else { i64::MAX }),
        uncertainty_ms: u64::try_from(half.as_millis())
            .unwrap_or(u64::MAX)
            .saturating_add(1),
    }
}

#[cfg(test)]
mod tests;
