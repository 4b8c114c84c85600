//! The pace of a pair's link: its limits by hour, read off the clock of this host at each moment.
//!
//! Once the pass is to end there is no limit, so that nothing holds up its end.

use crate::clock;
use crate::config::Bandwidth;
use crate::terminal::Stop;
use counterpart_link::Pace;
use std::sync::OnceLock;

/// See the module.
pub(crate) struct ByHour {
    bandwidth: Bandwidth,
    stop: OnceLock<Stop>,
}

impl ByHour {
    /// By these limits.
    pub(crate) const fn new(bandwidth: Bandwidth) -> Self {
        Self {
            bandwidth,
            stop: OnceLock::new(),
        }
    }

    /// Lifts the limit when this pass is to end.
    pub(crate) fn until(&self, stop: &Stop) {
        // A second pass over one link would keep the first one's word: signals stay what they are.
        drop(self.stop.set(stop.clone()));
    }
}

impl Pace for ByHour {
    fn bytes_per_second(&self) -> Option<u64> {
        if self.stop.get().is_some_and(Stop::is_due) {
            return None;
        }
        self.bandwidth.at(clock::minute_of_day())
    }
}
