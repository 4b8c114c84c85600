//! Where bytes wait for their turn: a bucket, a clock, and who says how fast.

use super::Pace;
use super::bucket::Bucket;
use crate::connection::lock;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longest wait before the rate is asked for again: an interrupted pass must not be held up.
const SLICE: Duration = Duration::from_millis(50);

/// A clock that goes forward, and can be waited on.
pub(crate) trait Ticks: Send + Sync {
    fn now(&self) -> Duration;
    fn wait(&self, time: Duration);
}

/// See the module.
pub(crate) struct Gate {
    pace: Arc<dyn Pace>,
    clock: Arc<dyn Ticks>,
    bucket: Mutex<Bucket>,
}

impl Gate {
    pub(crate) fn new(pace: Arc<dyn Pace>) -> Self {
        Self::by(pace, Arc::new(Monotonic(Instant::now())))
    }

    pub(crate) fn by(pace: Arc<dyn Pace>, clock: Arc<dyn Ticks>) -> Self {
        Self {
            pace,
            clock,
            bucket: Mutex::default(),
        }
    }

    /// Waits for the turn of so many bytes, and takes them. Ends at once when the link has ended.
    pub(crate) fn pass(&self, bytes: usize, has_ended: impl Fn() -> bool) {
        while let Some(wait) = self.try_pass(bytes) {
            if has_ended() {
                return;
            }
            self.clock.wait(wait.min(SLICE));
        }
    }

    /// Takes bytes that cannot wait; what comes after them pays.
    pub(crate) fn charge(&self, bytes: usize) {
        lock(&self.bucket).take(bytes as u64);
    }

    /// How long to wait; `None` when the bytes were taken.
    fn try_pass(&self, bytes: usize) -> Option<Duration> {
        let rate = self.pace.bytes_per_second();
        let mut bucket = lock(&self.bucket);
        let now = self.clock.now();
        let Some(rate) = rate else {
            bucket.lift(now);
            return None;
        };
        let wait = bucket.wait(now, rate);
        if wait.is_none() {
            bucket.take(bytes as u64);
        }
        wait
    }
}

/// The clock of this host that nobody sets.
struct Monotonic(Instant);

impl Ticks for Monotonic {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}
