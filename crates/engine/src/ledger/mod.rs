//! What a pair as a whole keeps between passes: journal, certificates, logs, approvals, and a small memory.
//!
//! Both sites keep their own manifests; nothing of them is here.

pub mod approvals;
pub mod certificates;
pub mod claims;
mod exceptions;
mod extends;
mod head;
mod hold;
pub mod imported;
mod keeping;
mod keys;
pub mod log;
pub mod memory;
mod pages;
mod pause;
mod probes;
mod pruning;
mod readiness;
mod roll;
mod schedule;
mod timestamps;
mod verify;
mod youngest;

pub use approvals::Offence;
pub use certificates::CertificateEntry;
pub use claims::{Claim, Claims};
pub use imported::{ImportedLine, ImportedLines, ImportedRun};
pub use keys::{Acting, KeyPlace, Revoked, Rotated};
pub use log::{LogItem, LogReader, LogSink};
pub use memory::Memory;
pub use pause::Pause;
pub use pruning::{Kept, Remains};
pub use schedule::{RunMemory, RunRecord};
pub use timestamps::{Requested, StampRecord, Taken};
pub use verify::{SeenStamp, Verified};
pub use youngest::{Youngest, youngest};

use crate::hooks::HoldBook;
use crate::report::PassReport;
use counterpart_model::{Code, Failure};
use counterpart_port::is_pass_name;
use counterpart_store::files::{names_with, read_json, write_json_atomic};
use counterpart_store::{Journal, PairDir};
use roll::Roll;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How the names of itemised logs end.
const LOG_SUFFIX: &str = ".ndjson.zst";

/// The ledger of a pair.
pub struct Ledger {
    dir: PairDir,
    key_place: KeyPlace,
    /// Who holds its production.
    holds: Option<HoldBook>,
    /// What the journal said of keys when it was read last.
    roll: Mutex<Option<Arc<Roll>>>,
}

impl Ledger {
    /// Opens the ledger of a pair, and makes it at the first time.
    ///
    /// # Errors
    /// The state directory cannot be made or read.
    pub fn open(dir: PairDir) -> Result<Self, Failure> {
        dir.logs_dir()?;
        dir.certificates_dir()?;
        Ok(Self {
            dir,
            key_place: KeyPlace::default(),
            holds: None,
            roll: Mutex::default(),
        })
    }

    /// The same where the key that signs may be elsewhere than in its file.
    #[must_use]
    pub fn with_key_at(mut self, place: KeyPlace) -> Self {
        self.key_place = place;
        self
    }

    /// The same where holds of production are counted across its pairs.
    #[must_use]
    pub fn with_holds(mut self, holds: HoldBook) -> Self {
        self.holds = Some(holds);
        self
    }

    /// Who holds production, where that is counted.
    pub fn holds(&self) -> Option<&HoldBook> {
        self.holds.as_ref()
    }

    /// Where large intermediate lists are spooled.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn spool_dir(&self) -> Result<PathBuf, Failure> {
        self.dir.spool_dir()
    }

    /// The pair's journal, open for appending.
    ///
    /// # Errors
    /// It cannot be read, or is damaged.
    pub fn journal(&self) -> Result<Journal, Failure> {
        Journal::open(&self.dir.journal_dir()?)
    }

    /// What the pair remembers.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn memory(&self) -> Result<Memory, Failure> {
        Ok(read_json(&self.memory_path())?.unwrap_or_default())
    }

    /// Keeps what the pair remembers.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn remember(&self, memory: &Memory) -> Result<(), Failure> {
        write_json_atomic(&self.memory_path(), memory)
    }

    /// Starts the log of a pass.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn start_log(&self, pass: &str) -> Result<LogSink, Failure> {
        self.log_path(pass).map(LogSink::new)
    }

    /// Reads the log of a pass.
    ///
    /// # Errors
    /// `not-found`, or it cannot be read.
    pub fn log(&self, pass: &str) -> Result<LogReader, Failure> {
        LogReader::open(&self.log_path(pass)?)
    }

    /// The names of all passes that ended with a report, oldest first.
    ///
    /// # Errors
    /// The directory cannot be listed.
    pub fn passes(&self) -> Result<Vec<String>, Failure> {
        names_with(&self.dir.logs_dir()?, ".report.json")
    }

    /// The names of all passes that left a report or a log, oldest first: also those that ended early.
    ///
    /// # Errors
    /// The directory cannot be listed.
    pub fn logged(&self) -> Result<Vec<String>, Failure> {
        let mut names = self.passes()?;
        names.extend(names_with(&self.dir.logs_dir()?, LOG_SUFFIX)?);
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// The report of a pass.
    ///
    /// # Errors
    /// `not-found`, or it cannot be read.
    pub fn report(&self, pass: &str) -> Result<PassReport, Failure> {
        let missing = || {
            Failure::new(
                Code::NotFound,
                format!("looking for pass {pass}"),
                "the pair has no such pass",
            )
            .hint("`counterpart log` without --pass shows the last one.")
        };
        read_json(&self.report_path(pass)?)?.ok_or_else(missing)
    }

    /// The report of the last pass; `None` before the first.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn last(&self) -> Result<Option<PassReport>, Failure> {
        self.passes()?.last().map(|pass| self.report(pass)).transpose()
    }

    /// Keeps the report of a pass.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep_report(&self, report: &PassReport) -> Result<(), Failure> {
        write_json_atomic(&self.report_path(&report.pass)?, report)
    }

    /// The directory of the pair's state.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn dir(&self) -> &PairDir {
        &self.dir
    }

    fn memory_path(&self) -> PathBuf {
        self.dir.path().join("memory.json")
    }

    /// The file of the itemised log of a pass.
    ///
    /// # Errors
    /// The name is none of a pass.
    pub fn log_path(&self, pass: &str) -> Result<PathBuf, Failure> {
        Ok(self.dir.logs_dir()?.join(format!("{}{LOG_SUFFIX}", safe(pass)?)))
    }

    /// Copies the journal, record by record, to the first that is not `wanted`.
    ///
    /// # Errors
    /// It cannot be read or written, or a record does not hold.
    pub fn copy_journal(
        &self,
        out: &mut dyn std::io::Write,
        mut wanted: impl FnMut(&counterpart_store::Record) -> bool,
    ) -> Result<(), Failure> {
        for record in counterpart_store::Walk::of(&self.dir.journal_dir()?)? {
            let record = record?;
            if !wanted(&record) {
                return Ok(());
            }
            let mut line = counterpart_evidence::canonical::to_vec(&record)?;
            line.push(b'\n');
            out.write_all(&line)
                .map_err(|error| Failure::new(Code::Io, "copying the journal", error))?;
        }
        Ok(())
    }

    fn report_path(&self, pass: &str) -> Result<PathBuf, Failure> {
        Ok(self.dir.logs_dir()?.join(format!("{}.report.json", safe(pass)?)))
    }
}

/// A pass's name as part of a file's name; it may come from a command line.
pub(crate) fn safe(pass: &str) -> Result<&str, Failure> {
    is_pass_name(pass).then_some(pass).ok_or_else(|| {
        Failure::new(
            Code::Usage,
            format!("reading the pass name {pass:?}"),
            "it is not the name of a pass",
        )
    })
}
