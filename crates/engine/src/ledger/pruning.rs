//! What of a pair's own files has had its time: itemised logs and reports of passes, outputs of probes, records of the
//! schedule. Certificates, journal, keys and imports never go.

use crate::ledger::Ledger;
use crate::ledger::schedule::RECORDS;
use counterpart_model::Failure;
use counterpart_port::is_pass_name;
use counterpart_store::files::{bytes_of, names_in, remove_all};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What is kept for a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Itemised logs and reports of passes.
    Logs,
    /// Outputs of probes.
    Probes,
    /// Records of the schedule.
    Runs,
}

/// What has had its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// What it is.
    pub kind: Kept,
    /// Passes, or months of records, oldest first.
    pub names: Vec<String>,
    /// How large it is.
    pub bytes: u64,
    paths: Vec<PathBuf>,
}

impl Ledger {
    /// What of a kind is older than so many seconds. The last pass stays, and so does the log of one whose certificate
    /// promises its history still.
    ///
    /// # Errors
    /// Something cannot be listed.
    pub fn remains(&self, kind: Kept, keep_seconds: u64, now: Timestamp) -> Result<Remains, Failure> {
        let keep = SignedDuration::from_secs(i64::try_from(keep_seconds).unwrap_or(i64::MAX));
        let before = now.checked_sub(keep).unwrap_or(Timestamp::MIN);
        match kind {
            Kept::Logs => self.old_passes(kind, &self.dir().logs_dir()?, before, now),
            Kept::Probes => self.old_passes(kind, &self.path().join("probes"), before, now),
            Kept::Runs => self.old_months(before),
        }
    }

    /// Removes it for good.
    ///
    /// # Errors
    /// Something cannot be removed; what stands before it is gone.
    pub fn end_remains(&self, remains: &Remains) -> Result<(), Failure> {
        remains.paths.iter().try_for_each(|path| remove_all(path))
    }

    fn old_passes(
        &self,
        kind: Kept,
        folder: &Path,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<Remains, Failure> {
        let files = names_in(folder)?;
        let last = files
            .iter()
            .filter_map(|name| pass_in(name))
            .max()
            .map(str::to_owned);
        let (mut names, mut paths) = (BTreeSet::new(), Vec::new());
        for name in files {
            let Some(pass) = pass_in(&name).filter(|pass| Some(*pass) != last.as_deref()) else {
                continue;
            };
            if began(pass).is_none_or(|began| began >= before) || self.is_promised(pass, now)? {
                continue;
            }
            names.insert(pass.to_owned());
            paths.push(folder.join(&name));
        }
        Remains::of(kind, names.into_iter().collect(), paths)
    }

    /// True when the certificate of a pass says that its history is still kept: its log tells what that is.
    fn is_promised(&self, pass: &str, now: Timestamp) -> Result<bool, Failure> {
        let until = self.kept_until(pass)?;
        Ok(until.is_some_and(|until| until > now.as_second()))
    }

    fn old_months(&self, before: Timestamp) -> Result<Remains, Failure> {
        let folder = self.dir().schedule_dir()?;
        let (mut names, mut paths) = (Vec::new(), Vec::new());
        for name in names_in(&folder)? {
            let month = name
                .strip_prefix(RECORDS)
                .and_then(|rest| rest.strip_suffix(".ndjson"));
            if let Some(month) = month.filter(|month| ended(month).is_some_and(|ended| ended <= before)) {
                names.push(month.to_owned());
                paths.push(folder.join(&name));
            }
        }
        Remains::of(Kept::Runs, names, paths)
    }
}

impl Remains {
    fn of(kind: Kept, names: Vec<String>, paths: Vec<PathBuf>) -> Result<Self, Failure> {
        let sizes: Result<Vec<u64>, Failure> = paths.iter().map(|path| bytes_of(path)).collect();
        Ok(Self {
            kind,
            names,
            bytes: sizes?.into_iter().sum(),
            paths,
        })
    }
}

/// The pass to which a file belongs, by its name.
fn pass_in(name: &str) -> Option<&str> {
    let pass = name.split('.').next()?;
    (is_pass_name(pass) && began(pass).is_some()).then_some(pass)
}

/// When a pass began: its name says it.
fn began(pass: &str) -> Option<Timestamp> {
    let time = DateTime::strptime("%Y%m%dT%H%M%S", pass.get(..15)?).ok()?;
    Offset::UTC.to_timestamp(time).ok()
}

/// When a month was over.
fn ended(month: &str) -> Option<Timestamp> {
    let first: Date = format!("{month}-01").parse().ok()?;
    let next = first.checked_add(1.month()).ok()?;
    Offset::UTC
        .to_timestamp(next.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}
