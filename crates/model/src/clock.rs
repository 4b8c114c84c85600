//! Times as files carry them, and the grain in which a filesystem can hold them.
//!
//! No clock is read here; a time is always passed in.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A point in UTC: whole seconds since 1970 and nanoseconds within the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    pub seconds: i64,
    /// Nanoseconds after `seconds`, below one thousand million.
    pub nanos: u32,
}

/// The finest step in which a filesystem holds times, in nanoseconds; at least 1, at most two seconds (FAT).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Grain(u64);

const NANOS_PER_SECOND: i128 = 1_000_000_000;

impl Timestamp {
    /// A time from its two parts.
    pub const fn new(seconds: i64, nanos: u32) -> Self {
        Self { seconds, nanos }
    }

    /// This time at a coarser grain, rounded down.
    pub fn at_grain(self, grain: Grain) -> Self {
        if grain.0 <= 1 {
            return self;
        }
        Self::from_nanos(self.as_nanos().div_euclid(i128::from(grain.0)) * i128::from(grain.0))
    }

    /// Nanoseconds since 1970.
    pub const fn as_nanos(self) -> i128 {
        self.seconds as i128 * NANOS_PER_SECOND + self.nanos as i128
    }

    /// From nanoseconds since 1970; saturates at what the two fields hold.
    pub fn from_nanos(nanos: i128) -> Self {
        let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).unwrap_or(i64::MAX);
        let rest = u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).unwrap_or(0);
        Self { seconds, nanos: rest }
    }

    /// This time moved by some nanoseconds.
    pub fn plus_nanos(self, nanos: i128) -> Self {
        Self::from_nanos(self.as_nanos() + nanos)
    }

    /// RFC 3339 in UTC to the second, `2026-11-22T02:14:07Z`.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_second(self.seconds)
            .map_or_else(|_| format!("{}s", self.seconds), |time| time.to_string())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{:09}", self.seconds, self.nanos)
    }
}

impl Grain {
    /// One nanosecond: ext4, XFS, btrfs.
    pub const NANOSECOND: Self = Self(1);
    /// Two seconds: FAT, and what is assumed where nothing finer was seen.
    pub const TWO_SECONDS: Self = Self(2_000_000_000);

    /// A grain from its nanoseconds, kept within its bounds.
    pub fn from_nanos(nanos: u64) -> Self {
        Self(nanos.clamp(1, Self::TWO_SECONDS.0))
    }

    /// The grain in nanoseconds.
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// The coarsest usual grain that holds `time` without loss: 1 ns, 100 ns, 1 us, 1 ms, 1 s or 2 s.
    pub fn that_holds(time: Timestamp) -> Self {
        let steps = [2_000_000_000_u64, 1_000_000_000, 1_000_000, 1_000, 100];
        let fits = |step: &&u64| time.as_nanos().rem_euclid(i128::from(**step)) == 0;
        Self(steps.iter().find(fits).copied().unwrap_or(1))
    }
}

impl fmt::Display for Grain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            nanos if nanos % 1_000_000_000 == 0 => write!(out, "{} s", nanos / 1_000_000_000),
            nanos if nanos % 1_000_000 == 0 => write!(out, "{} ms", nanos / 1_000_000),
            nanos if nanos % 1_000 == 0 => write!(out, "{} us", nanos / 1_000),
            nanos => write!(out, "{nanos} ns"),
        }
    }
}
