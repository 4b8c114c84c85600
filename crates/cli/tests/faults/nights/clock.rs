//! The clock of a simulated world: libfaketime reads by how much it is off from a file, which the test replaces.

use jiff::civil::{Date, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) const ZONE: &str = "Europe/Amsterdam";

/// See the module.
pub(super) struct Clock {
    file: PathBuf,
    zone: TimeZone,
}

impl Clock {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            file: dir.join("clock"),
            zone: TimeZone::get(ZONE).unwrap(),
        }
    }

    /// From now on it shows this time, and goes on from there. The file is replaced whole: one that is read half would put
    /// the clock where it never was.
    pub(super) fn set(&self, time: Timestamp) {
        let ahead = time.duration_since(Timestamp::now()).as_secs();
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{ahead:+}\n")).unwrap();
        std::fs::rename(new, &self.file).unwrap();
    }

    /// A program goes by it. What stamps files and what measures waiting stay as they are.
    pub(super) fn over<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1")
            .env("FAKETIME_TIMESTAMP_FILE", &self.file)
            .env("FAKETIME_NO_CACHE", "1")
            .env("NO_FAKE_STAT", "1")
            .env("DONT_FAKE_MONOTONIC", "1")
            .env("TZ", ZONE)
    }

    /// When the run of a night is due: at half past two, or when clocks were set forward in place of it; and once more where
    /// they show that time again, when nothing is due.
    pub(super) fn due(&self, night: usize) -> (Timestamp, Option<Timestamp>) {
        let day = first_night()
            .checked_add(i64::try_from(night).unwrap().days())
            .unwrap();
        let shown = self.zone.to_ambiguous_timestamp(day.at(2, 30, 0, 0));
        match shown.offset() {
            AmbiguousOffset::Unambiguous { .. } => (shown.compatible().unwrap(), None),
            AmbiguousOffset::Gap { .. } => {
                let later = shown.compatible().unwrap();
                (self.zone.preceding(later).next().unwrap().timestamp(), None)
            }
            AmbiguousOffset::Fold { .. } => {
                let again = shown.later().unwrap();
                (shown.earlier().unwrap(), Some(again))
            }
        }
    }
}

/// A few days before clocks are set forward, so that even few nights see it.
fn first_night() -> Date {
    date(2027, 3, 25)
}
