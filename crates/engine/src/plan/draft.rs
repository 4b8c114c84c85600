//! The draft of a plan: every difference decided by itself, spooled, with what the later rounds need to know.

use crate::compare::{Difference, Merge, Rules, decide};
use crate::plan::names::NameCheck;
use counterpart_model::{Action, EntryPath, Failure, Finding, Kind, Step};
use counterpart_store::sort::{PathSorter, Sorted, Sorter};
use counterpart_store::spool::{Spool, SpoolWriter};
use std::path::Path;

/// Memory for one sorter of the planner, in bytes.
pub(crate) const SORT_MEMORY_BYTES: usize = 4 << 20;

/// A decided list of steps, not yet a plan.
pub(crate) struct Draft {
    /// The steps, in path order.
    pub steps: Spool<Step>,
    /// Entries that the standby keeps although production lacks them, in path order.
    pub kept: Spool<EntryPath>,
    /// New and removed files by size: what renames are found in.
    pub by_size: Sorted,
    /// New files that have a vanished path as a hint, or a removed file of the same size.
    pub created_files: u64,
    /// Removed files.
    pub removed_files: u64,
    /// Entries whose content would have to be read before anything can be said.
    pub doubtful: u64,
    /// Entries whose difference the configuration declares.
    pub declared: u64,
}

/// Decides every difference.
///
/// # Errors
/// A stream or spool failed.
pub(crate) fn draft(
    mut merge: Merge<'_>,
    rules: &Rules<'_>,
    names: &NameCheck,
    spool_dir: &Path,
    found: &mut dyn FnMut(Finding),
) -> Result<Draft, Failure> {
    let mut writer = DraftWriter::new(spool_dir)?;
    let mut difference = Difference::default();
    while merge.next_into(&mut difference)? {
        let mut decision = decide(&difference, rules);
        if let Some(finding) = decision.step.as_ref().and_then(|step| names.refuses(step)) {
            decision.step = None;
            decision.kept = difference.standby.now.is_some();
            found(finding);
        }
        writer.doubtful += u64::from(decision.doubtful);
        writer.declared += u64::from(decision.declared);
        if decision.kept {
            writer.kept.push(&difference.path)?;
        }
        if let Some(finding) = decision.finding {
            found(finding);
        }
        if let Some(step) = decision
            .step
            .take_if(|step| rules.repair.is_some_and(|path| path != step.path.as_bytes()))
        {
            // Another entry than the one to be repaired: told, and left.
            super::told::differences(&step).into_iter().for_each(&mut *found);
        }
        if let Some(step) = decision.step {
            writer.push(&step, difference.moved_from.as_ref())?;
        }
    }
    writer.finish()
}

struct DraftWriter {
    steps: SpoolWriter<Step>,
    kept: SpoolWriter<EntryPath>,
    by_size: Sorter,
    created_files: u64,
    removed_files: u64,
    doubtful: u64,
    declared: u64,
}

impl DraftWriter {
    fn new(dir: &Path) -> Result<Self, Failure> {
        Ok(Self {
            steps: SpoolWriter::temporary(dir)?,
            kept: SpoolWriter::temporary(dir)?,
            by_size: Sorter::new(dir, SORT_MEMORY_BYTES, Ord::cmp),
            created_files: 0,
            removed_files: 0,
            doubtful: 0,
            declared: 0,
        })
    }

    fn push(&mut self, step: &Step, moved_from: Option<&EntryPath>) -> Result<(), Failure> {
        self.steps.push(step)?;
        match (step.action, &step.wanted, &step.present) {
            (Action::Create, Some(fact), _) if is_renamable(fact.kind, fact.size_bytes) => {
                self.created_files += 1;
                let key = super::renames::key(fact.size_bytes, true, &step.path);
                self.by_size
                    .push(&key, moved_from.map_or(b"", |path| path.as_bytes()))
            }
            (Action::Remove, _, Some(fact)) if is_renamable(fact.kind, fact.size_bytes) => {
                let Some(digest) = fact.digest() else {
                    return Ok(());
                };
                self.removed_files += 1;
                let key = super::renames::key(fact.size_bytes, false, &step.path);
                self.by_size.push(&key, &digest.0)
            }
            _ => Ok(()),
        }
    }

    fn finish(self) -> Result<Draft, Failure> {
        Ok(Draft {
            steps: self.steps.finish()?,
            kept: self.kept.finish()?,
            by_size: self.by_size.finish()?,
            created_files: self.created_files,
            removed_files: self.removed_files,
            doubtful: self.doubtful,
            declared: self.declared,
        })
    }
}

/// Empty files are all alike: making one anew costs nothing and claims nothing.
fn is_renamable(kind: Kind, size_bytes: u64) -> bool {
    kind == Kind::File && size_bytes > 0
}

/// A sorter of paths for the planner.
///
/// # Errors
/// None today; the directory is only touched when memory is full.
pub(crate) fn path_sorter<T: serde::Serialize + serde::de::DeserializeOwned>(dir: &Path) -> PathSorter<T> {
    PathSorter::new(dir, SORT_MEMORY_BYTES)
}
