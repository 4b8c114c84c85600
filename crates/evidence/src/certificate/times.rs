//! Point 4: when, by which clock, and in which grain. Clocks of two hosts are never compared; their offset is recorded.

use super::{Certificate, Moment, SiteManifest};
use serde::{Deserialize, Serialize};

/// When the pass was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// When production's last scan began, by production's clock: the time that the verdict is of.
    pub as_of: Moment,
    /// When the standby's manifest was true, by the standby's clock: it was observed and synced then; `null` when the
    /// pass ended before.
    pub standby_as_of: Option<Moment>,
    /// When the pass began, by the clock of the host that ran it.
    pub began: Moment,
    /// When the pass ended, by the same clock.
    pub ended: Moment,
    /// Production's last scan, by its own clock.
    pub production_scan: Span,
    /// The standby's scan, by its own clock; `null` when it was not scanned.
    pub standby_scan: Option<Span>,
    /// The standby's clock against production's; `null` when both are one host.
    pub clock_offset: Option<ClockOffset>,
    /// The grains of time.
    pub grains: Grains,
}

/// A stretch of time at one site.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Its beginning.
    pub began: Moment,
    /// Its end.
    pub ended: Moment,
}

/// A measured difference of two clocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockOffset {
    /// The standby's clock minus production's, in milliseconds.
    pub standby_ahead_ms: i64,
    /// The measurement may be wrong by so many milliseconds either way: half the round trip.
    pub uncertainty_ms: u64,
}

/// Grains of time in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grains {
    /// Production's, inferred.
    pub production_ns: u64,
    /// The standby's, measured.
    pub standby_ns: u64,
    /// The grain at which times were compared.
    pub compared_ns: u64,
}

impl Certificate {
    /// The age in seconds of the oldest read at either site, each by its own clock at the time of its verdict; `None`
    /// where nothing was read.
    pub fn oldest_read_age(&self) -> Option<i64> {
        let sites = [
            (Some(self.times.as_of), &self.production),
            (self.times.standby_as_of, &self.standby),
        ];
        let age = |(now, site): &(Option<Moment>, &Option<SiteManifest>)| {
            Some((*now)?.seconds_since(site.as_ref()?.oldest_read?))
        };
        sites.iter().filter_map(age).max()
    }
}
