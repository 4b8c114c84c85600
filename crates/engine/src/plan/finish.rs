//! The finished plan: renames put in, directories that go whole settled, everything counted.

use crate::plan::draft::Draft;
use crate::plan::renames::{Half, Renames};
use counterpart_model::{Action, Code, Content, EntryPath, Failure, Finding, Kind, SiteRole, Step, Verdict};
use counterpart_port::{ExcludedEntry, Stream};
use counterpart_store::sort::SortedPaths;
use counterpart_store::spool::{Spool, SpoolReader, SpoolWriter};
use std::path::Path;

/// Every change that a pass would make.
pub(crate) struct Plan {
    /// The steps, in path order.
    pub steps: Spool<Step>,
    /// What they add up to.
    pub totals: Totals,
}

/// What a plan adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// New entries.
    pub created: u64,
    /// New files.
    pub created_files: u64,
    /// Files whose content may change, and entries that are replaced.
    pub modified: u64,
    /// Entries moved to history, those that go with their directory included.
    pub deleted: u64,
    /// Renames.
    pub renamed: u64,
    /// Entries whose metadata alone changes.
    pub metadata: u64,
    /// Hard links to make.
    pub hardlinks: u64,
    /// Bytes that may have to move, at most.
    pub bytes: u64,
    /// Entries whose difference the configuration declares.
    pub declared: u64,
    /// Entries whose content would be read before anything is said.
    pub doubtful: u64,
    /// New files of which a vanished one has the size.
    pub rename_candidates: u64,
}

/// Finishes a draft.
///
/// # Errors
/// A spool failed.
pub(crate) fn finish(
    draft: &Draft,
    renames: Renames,
    excluded: Box<dyn Stream<ExcludedEntry> + '_>,
    dir: &Path,
    found: &mut dyn FnMut(Finding),
) -> Result<Plan, Failure> {
    let mut totals = Totals {
        declared: draft.declared,
        doubtful: draft.doubtful,
        rename_candidates: renames.candidates,
        ..Totals::default()
    };
    let mut halves = Halves::new(renames.halves.finish()?);
    let mut keepers = Keepers::new(draft.kept.reader()?, excluded);
    let mut steps = draft.steps.reader()?;
    let mut writer = SpoolWriter::temporary(dir)?;
    let mut step = Step::of(EntryPath::root(), Action::Metadata);
    let mut leaving: Option<EntryPath> = None;
    while steps.next_into(&mut step)? {
        if halves.renamed_away(&mut step)? {
            continue;
        }
        match settle(&mut step, &mut leaving, &mut keepers)? {
            Settled::Step => {
                totals.add(&step);
                writer.push(&step)?;
            }
            Settled::Left(finding) => {
                totals.declared += 1;
                found(finding);
            }
        }
    }
    Ok(Plan {
        steps: writer.finish()?,
        totals,
    })
}

enum Settled {
    Step,
    Left(Finding),
}

/// Settles whether a directory goes whole, and marks what goes with it.
fn settle(
    step: &mut Step,
    leaving: &mut Option<EntryPath>,
    keepers: &mut Keepers<'_>,
) -> Result<Settled, Failure> {
    if step.action == Action::Remove && leaving.as_ref().is_some_and(|above| step.path.is_beneath(above)) {
        step.action = Action::RemovedWithParent;
        return Ok(Settled::Step);
    }
    let goes = matches!(step.action, Action::Remove | Action::Replace);
    let directory = step
        .present
        .as_ref()
        .is_some_and(|fact| fact.kind == Kind::Directory);
    if !(goes && directory) {
        return Ok(Settled::Step);
    }
    if keepers.any_beneath(&step.path)? {
        return Ok(Settled::Left(left(step)));
    }
    *leaving = Some(step.path.clone());
    Ok(Settled::Step)
}

/// A directory that is kept for what lies in it. Where production has another entry in its place, that entry is missing
/// at the standby, and no declaration covers it.
fn left(step: &Step) -> Finding {
    let finding =
        |verdict, why| Finding::new(&step.path, Code::ExcludedBeneath, SiteRole::Standby, verdict, why);
    if step.action == Action::Replace {
        let why =
            "production has another entry here, but the standby's directory holds entries that are kept";
        return finding(Verdict::Different, why);
    }
    let why = "production's directory is gone, but the standby's holds entries that are kept; it is left";
    finding(Verdict::NotCompared, why).declared()
}

impl Totals {
    fn add(&mut self, step: &Step) {
        self.bytes += step.moved_bytes();
        match step.action {
            Action::Create => {
                self.created += 1;
                let kind = step.kind();
                self.created_files += u64::from(kind == Some(Kind::File));
                self.hardlinks += u64::from(kind == Some(Kind::HardLink));
            }
            Action::Modify => self.modified += 1,
            Action::Replace => {
                self.modified += 1;
                self.hardlinks += u64::from(step.kind() == Some(Kind::HardLink));
            }
            Action::Metadata => {
                self.metadata += 1;
                self.hardlinks += u64::from(step.kind() == Some(Kind::HardLink));
            }
            Action::Rename => self.renamed += 1,
            Action::Remove | Action::RemovedWithParent => self.deleted += 1,
        }
    }

    /// Steps in all.
    pub(crate) fn steps(&self) -> u64 {
        self.created + self.modified + self.deleted + self.renamed + self.metadata
    }
}

/// The halves of renames, read beside the steps.
struct Halves {
    sorted: SortedPaths<Half>,
    next: Option<(EntryPath, Half)>,
}

impl Halves {
    fn new(sorted: SortedPaths<Half>) -> Self {
        Self { sorted, next: None }
    }

    /// Turns a creation into its rename; true for a removal that is another path's rename.
    fn renamed_away(&mut self, step: &mut Step) -> Result<bool, Failure> {
        loop {
            if self.next.is_none() {
                let (mut path, mut half) = (EntryPath::root(), Half::From);
                self.next = self
                    .sorted
                    .next_into(&mut path, &mut half)?
                    .then_some((path, half));
            }
            match &self.next {
                Some((path, _)) if *path < step.path => self.next = None,
                Some((path, _)) if *path == step.path => break,
                _ => return Ok(false),
            }
        }
        let Some((_, half)) = self.next.take() else {
            return Ok(false);
        };
        if let Half::To { from, digest } = half {
            step.action = Action::Rename;
            step.from = Some(from);
            if let Some(wanted) = &mut step.wanted {
                wanted.content = Content::Digest(digest);
            }
            return Ok(false);
        }
        Ok(true)
    }
}

/// Entries that stay at the standby, from two sorted streams.
struct Keepers<'a> {
    kept: SpoolReader<EntryPath>,
    excluded: Box<dyn Stream<ExcludedEntry> + 'a>,
    next_kept: Option<EntryPath>,
    next_excluded: Option<EntryPath>,
}

impl<'a> Keepers<'a> {
    fn new(kept: SpoolReader<EntryPath>, excluded: Box<dyn Stream<ExcludedEntry> + 'a>) -> Self {
        Self {
            kept,
            excluded,
            next_kept: Some(EntryPath::root()),
            next_excluded: Some(EntryPath::root()),
        }
    }

    /// True when something beneath the directory stays. Asked in path order.
    fn any_beneath(&mut self, directory: &EntryPath) -> Result<bool, Failure> {
        while self.next_kept.as_ref().is_some_and(|path| path <= directory) {
            let mut path = EntryPath::root();
            self.next_kept = self.kept.next_into(&mut path)?.then_some(path);
        }
        while self.next_excluded.as_ref().is_some_and(|path| path <= directory) {
            let mut entry = ExcludedEntry::default();
            self.next_excluded = self.excluded.next_into(&mut entry)?.then_some(entry.path);
        }
        let beneath = |path: &Option<EntryPath>| path.as_ref().is_some_and(|path| path.is_beneath(directory));
        Ok(beneath(&self.next_kept) || beneath(&self.next_excluded))
    }
}
