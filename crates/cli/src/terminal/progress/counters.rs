//! How far a pass is: counted by many threads, read by one.

use crate::units;
use counterpart_engine::StepName;
use counterpart_port::{Progress, Stage};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Instant;

/// The steps in their order, each with the part of the bar at which it begins, in thousandths.
const STEPS: [(StepName, u64); 17] = [
    (StepName::Check, 0),
    (StepName::Lock, 2),
    (StepName::CopyAhead, 4),
    (StepName::Hold, 6),
    (StepName::Observe, 10),
    (StepName::Compare, 250),
    (StepName::Plan, 280),
    (StepName::Judge, 290),
    (StepName::Stop, 295),
    (StepName::Apply, 300),
    (StepName::Release, 796),
    (StepName::Start, 798),
    (StepName::Reread, 800),
    (StepName::ObserveStandby, 940),
    (StepName::Verdict, 950),
    (StepName::Certify, 960),
    (StepName::Tell, 995),
];

/// The whole bar.
pub(super) const WHOLE: u64 = 1_000;

/// A step whose size is not known is taken to be half done after so many entries.
const HALF_WAY_ENTRIES: u64 = 200_000;

/// How far a pass is.
pub(super) struct Counters {
    step: AtomicU8,
    entries: AtomicU64,
    bytes: AtomicU64,
    entries_ahead: AtomicU64,
    bytes_ahead: AtomicU64,
    furthest: AtomicU64,
    began: Mutex<Instant>,
}

impl Counters {
    pub(super) fn new() -> Self {
        Self {
            step: AtomicU8::new(0),
            entries: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            entries_ahead: AtomicU64::new(0),
            bytes_ahead: AtomicU64::new(0),
            furthest: AtomicU64::new(0),
            began: Mutex::new(Instant::now()),
        }
    }

    /// A step begins.
    pub(super) fn begin(&self, step: StepName) {
        let place = STEPS.iter().position(|(name, _)| *name == step).unwrap_or(0);
        for counter in [&self.entries, &self.bytes, &self.entries_ahead, &self.bytes_ahead] {
            counter.store(0, Ordering::Relaxed);
        }
        self.step
            .store(u8::try_from(place).unwrap_or(0), Ordering::Relaxed);
        if let Ok(mut began) = self.began.lock() {
            *began = Instant::now();
        }
    }

    /// So much more work is known to be ahead in this step.
    pub(super) fn ahead(&self, entries: u64, bytes: u64) {
        self.entries_ahead.fetch_add(entries, Ordering::Relaxed);
        self.bytes_ahead.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Something was done. What belongs to another step is not counted in this one.
    pub(super) fn add(&self, progress: Progress) {
        if step_of(progress.stage) == self.step() || progress.stage == Stage::Plan {
            self.entries.fetch_add(progress.entries, Ordering::Relaxed);
            self.bytes.fetch_add(progress.bytes, Ordering::Relaxed);
        }
    }

    /// The present step.
    pub(super) fn step(&self) -> StepName {
        STEPS[usize::from(self.step.load(Ordering::Relaxed)).min(STEPS.len() - 1)].0
    }

    /// How much of the bar is full, in thousandths; never less than before.
    pub(super) fn position(&self) -> u64 {
        let place = usize::from(self.step.load(Ordering::Relaxed));
        let from = STEPS[place.min(STEPS.len() - 1)].1;
        let to = STEPS.get(place + 1).map_or(WHOLE - 1, |(_, next)| *next);
        let now = from + self.share_of(to - from);
        self.furthest.fetch_max(now, Ordering::Relaxed).max(now)
    }

    /// The share of `width` that this step has done.
    fn share_of(&self, width: u64) -> u64 {
        let load = |counter: &AtomicU64| u128::from(counter.load(Ordering::Relaxed));
        let (entries, bytes) = (load(&self.entries), load(&self.bytes));
        let (entries_ahead, bytes_ahead) = (load(&self.entries_ahead), load(&self.bytes_ahead));
        let (done, all) = match (bytes_ahead, entries_ahead) {
            (0, 0) => (entries, entries + u128::from(HALF_WAY_ENTRIES)),
            (0, all) => (entries, all),
            // A small file costs about as much as 64 KiB of a large one.
            (all, files) => (bytes + (entries << 16), all + (files << 16)),
        };
        let part = u128::from(width) * done.min(all) / all.max(1);
        u64::try_from(part).unwrap_or(width)
    }

    /// `apply: 12 s left, 210.0 MB/s, 1 234 of 5 678 entries, 1.2 GB of 3.4 GB`.
    pub(super) fn line(&self) -> String {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (entries, bytes) = (load(&self.entries), load(&self.bytes));
        let (entries_ahead, bytes_ahead) = (load(&self.entries_ahead), load(&self.bytes_ahead));
        // What matters most comes first, since a terminal may be narrow.
        let mut parts = Vec::new();
        parts.extend(self.left(entries, entries_ahead, bytes, bytes_ahead));
        parts.extend(self.rate(entries, bytes));
        if entries > 0 || entries_ahead > 0 {
            parts.push(format!("{} entries", of(entries, entries_ahead, units::count)));
        }
        if bytes > 0 || bytes_ahead > 0 {
            parts.push(of(bytes, bytes_ahead, units::short_bytes));
        }
        if parts.is_empty() {
            self.step().word().to_owned()
        } else {
            format!("{}: {}", self.step().word(), parts.join(", "))
        }
    }

    fn rate(&self, entries: u64, bytes: u64) -> Option<String> {
        let seconds = self.seconds().filter(|seconds| *seconds >= 1.0)?;
        if bytes > 0 {
            return Some(format!("{}/s", units::short_bytes(per(bytes, seconds))));
        }
        (entries > 0).then(|| format!("{} entries/s", units::count(per(entries, seconds))))
    }

    fn left(&self, entries: u64, entries_ahead: u64, bytes: u64, bytes_ahead: u64) -> Option<String> {
        let seconds = self.seconds().filter(|seconds| *seconds >= 2.0)?;
        let by =
            |done: u64, all: u64| (done > 0 && all >= done).then(|| per(all - done, 1.0 / seconds) / done);
        let left = by(bytes, bytes_ahead).max(by(entries, entries_ahead))?;
        Some(format!("{} left", units::duration(left)))
    }

    fn seconds(&self) -> Option<f64> {
        self.began.lock().ok().map(|began| began.elapsed().as_secs_f64())
    }
}

fn of(done: u64, all: u64, shown: impl Fn(u64) -> String) -> String {
    if all == 0 {
        shown(done)
    } else {
        format!("{} of {}", shown(done), shown(all.max(done)))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is shown with three figures")]
fn per(number: u64, seconds: f64) -> u64 {
    units::whole(number as f64 / seconds)
}

const fn step_of(stage: Stage) -> StepName {
    match stage {
        Stage::ScanProduction | Stage::ScanStandby => StepName::Observe,
        Stage::Plan => StepName::Judge,
        Stage::Apply => StepName::Apply,
        Stage::Reread => StepName::Reread,
        Stage::Sync | Stage::Certify => StepName::Certify,
    }
}
