//! The bucket of tokens: pure arithmetic over times that are given.
//!
//! What is taken may go below zero by one taking, for a frame is never split; nothing more is taken before that is made
//! up for. So in any time t no more than `rate * t`, the burst and one frame go by.

use std::time::Duration;

/// What may be saved up while nothing goes by, as the time that it takes to fill.
pub(crate) const BURST: Duration = Duration::from_millis(250);

const NANOS: i128 = 1_000_000_000;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    /// In bytes times nanoseconds, so that nothing is lost to rounding.
    level: i128,
    at: Duration,
    /// The rate when it was last asked for; none before, and where there was no limit.
    rate: Option<u64>,
}

impl Bucket {
    /// How long it takes until something may be taken; `None` when it may be now. Of two rates the lower counts for the
    /// time between two questions.
    pub(crate) fn wait(&mut self, now: Duration, rate: u64) -> Option<Duration> {
        let rate = rate.max(1);
        let passed = now.saturating_sub(self.at);
        self.at = self.at.max(now);
        let counted = self.rate.unwrap_or(rate).min(rate);
        self.rate = Some(rate);
        let most = tokens(rate, BURST);
        self.level = (self.level + tokens(counted, passed)).min(most);
        (self.level <= 0).then(|| until(-self.level, rate))
    }

    /// Takes bytes, whether they are there or not.
    pub(crate) fn take(&mut self, bytes: u64) {
        self.level -= i128::from(bytes) * NANOS;
    }

    /// There is no limit now: nothing is saved up and nothing is owed.
    pub(crate) fn lift(&mut self, now: Duration) {
        *self = Self {
            level: 0,
            at: self.at.max(now),
            rate: None,
        };
    }
}

fn tokens(rate: u64, passed: Duration) -> i128 {
    i128::from(rate) * i128::try_from(passed.as_nanos()).unwrap_or(i128::MAX >> 64)
}

/// The time in which the rate makes up for what is owed, and a nanosecond more, so that something is there.
fn until(owed: i128, rate: u64) -> Duration {
    let nanos = owed / i128::from(rate) + 1;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
