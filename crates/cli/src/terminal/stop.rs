//! Whether a pass should end: somebody asked for it, or its time is over. Who ends it is not known here.

use super::interrupted_flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    asked: Arc<AtomicBool>,
    also: Option<Arc<AtomicBool>>,
    end: Option<Instant>,
}

impl Stop {
    /// From now on signals ask for it, and so do the end of this time and whoever sets `also`.
    pub(super) fn new(deadline_seconds: Option<u64>, also: Option<Arc<AtomicBool>>) -> Self {
        let end =
            deadline_seconds.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
        Self {
            asked: interrupted_flag(),
            also,
            end,
        }
    }

    /// True when the time is over.
    pub(crate) fn ran_out_of_time(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// True when the pass should end.
    pub(crate) fn is_due(&self) -> bool {
        let also = self
            .also
            .as_ref()
            .is_some_and(|also| also.load(Ordering::Relaxed));
        also || self.asked.load(Ordering::Relaxed) || self.ran_out_of_time()
    }
}
