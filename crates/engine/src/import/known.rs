//! What was imported before: logs and runs by their digests, and files that a killed import left.

use crate::ledger::Ledger;
use crate::ledger::imported::SUFFIX;
use counterpart_model::{Digest, Failure};
use counterpart_store::files::remove;
use std::collections::{BTreeMap, BTreeSet};

/// What was imported before.
#[derive(Default)]
pub(super) struct Known {
    /// For each log, how many of its runs are recorded from it and how many it has.
    logs: BTreeMap<Digest, (u64, u64)>,
    /// The names of runs.
    runs: BTreeMap<Digest, String>,
    /// Runs of which the log had only the beginning, by the digest of their first line.
    unfinished: BTreeMap<Digest, String>,
    files: BTreeSet<String>,
}

impl Known {
    /// Reads the journal.
    pub(super) fn of(ledger: &Ledger) -> Result<Self, Failure> {
        let mut known = Self::default();
        ledger.each_imported(|run| {
            let (recorded, all) = known.logs.entry(run.source.sha256).or_default();
            *recorded += 1;
            *all = run.of;
            known.runs.insert(run.sha256, run.run.clone());
            known.files.insert(run.log.name);
            if run.finished {
                known.unfinished.remove(&run.head_sha256);
            } else {
                known.unfinished.insert(run.head_sha256, run.run);
            }
        })?;
        Ok(known)
    }

    /// How many runs a log has that was imported whole.
    pub(super) fn whole_log(&self, sha256: &Digest) -> Option<u64> {
        let (recorded, all) = self.logs.get(sha256)?;
        (recorded >= all).then_some(*all)
    }

    /// The name of a run that is recorded, from whatever log.
    pub(super) fn run(&self, sha256: &Digest) -> Option<&str> {
        self.runs.get(sha256).map(String::as_str)
    }

    /// A name that no run has: the one given, or the same with a number.
    pub(super) fn free_name(&self, name: String) -> String {
        let is_taken = |name: &str| self.files.contains(&format!("{name}{SUFFIX}"));
        if !is_taken(&name) {
            return name;
        }
        let numbered = (2..u32::MAX).map(|number| format!("{name}-{number}"));
        numbered.into_iter().find(|name| !is_taken(name)).unwrap_or(name)
    }

    /// The recorded beginning of a run.
    pub(super) fn beginning_of(&self, head_sha256: &Digest) -> Option<&str> {
        self.unfinished.get(head_sha256).map(String::as_str)
    }

    /// Removes what a killed import left: files that the journal does not name.
    pub(super) fn remove_strays(&self, ledger: &Ledger) -> Result<(), Failure> {
        let dir = ledger.dir().imports_dir()?;
        for stem in ledger.import_files()? {
            let name = format!("{stem}{SUFFIX}");
            if !self.files.contains(&name) {
                remove(&dir.join(name))?;
            }
        }
        Ok(())
    }
}
