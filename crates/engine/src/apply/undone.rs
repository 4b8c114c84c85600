//! Steps that were counted when they were committed, or with a directory above them, and did not take effect after all:
//! their counts are taken back. What failed is told elsewhere.

use crate::apply::rounds::{Applied, lock};
use crate::plan::Plan;
use crate::plan::draft::path_sorter;
use crate::report::ChangeCounts;
use counterpart_model::{Action, EntryPath, Failure, Step};
use counterpart_store::sort::{PathSorter, SortedPaths};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

/// Collects them while steps are carried out.
pub(super) struct Undone {
    /// With each path, whether its own step was counted.
    paths: Mutex<PathSorter<bool>>,
    /// Renames that were made as creations, because their old name had gone.
    created: Mutex<BTreeSet<EntryPath>>,
}

impl Undone {
    pub(super) fn new(spool_dir: &Path) -> Self {
        Self {
            paths: Mutex::new(path_sorter(spool_dir)),
            created: Mutex::default(),
        }
    }

    /// A step that was counted could not be published.
    pub(super) fn unpublished(&self, path: &EntryPath) -> Result<(), Failure> {
        lock(&self.paths).push(path, &true)
    }

    /// A step failed before it was counted. Where a directory should have gone by it, what lies in it was counted.
    pub(super) fn failed(&self, step: &Step) -> Result<(), Failure> {
        match step.action {
            Action::Remove | Action::Replace => lock(&self.paths).push(&step.path, &false),
            _ => Ok(()),
        }
    }

    /// A rename is made as a creation, and counted as one.
    pub(super) fn made_instead(&self, path: &EntryPath) {
        lock(&self.created).insert(path.clone());
    }

    /// Takes the counts back of all that did not take effect.
    pub(super) fn take_back(self, plan: &Plan, applied: &mut Applied) -> Result<(), Failure> {
        let paths = self
            .paths
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut undone = Head::new(paths.finish()?)?;
        let created = lock(&self.created);
        let mut steps = plan.steps.reader()?;
        let mut step = Step::of(EntryPath::root(), Action::Metadata);
        let mut left: Option<EntryPath> = None;
        while undone.waiting || left.is_some() {
            if !steps.next_into(&mut step)? {
                break;
            }
            left = left.filter(|above| step.path.is_beneath(above));
            if let Some(counted) = undone.of(&step.path)? {
                if counted {
                    let instead = created.contains(&step.path);
                    applied.uncount(&step, if instead { Action::Create } else { step.action });
                }
                left = left.or_else(|| Some(step.path.clone()));
            } else if left.is_some() && step.action == Action::RemovedWithParent {
                applied.uncount(&step, step.action);
            }
        }
        Ok(())
    }
}

impl Applied {
    fn uncount(&mut self, step: &Step, action: Action) {
        let count = count_of(&mut self.counts, action);
        *count = count.saturating_sub(1);
        let drifted = u64::from(sets_aside_drift(step, action));
        self.drifted = self.drifted.saturating_sub(drifted);
    }
}

/// The count that a step of this kind is in.
fn count_of(counts: &mut ChangeCounts, action: Action) -> &mut u64 {
    match action {
        Action::Create => &mut counts.created,
        Action::Modify | Action::Replace => &mut counts.modified,
        Action::Metadata => &mut counts.metadata,
        Action::Rename => &mut counts.renamed,
        Action::Remove | Action::RemovedWithParent => &mut counts.deleted,
    }
}

/// True when a step puts into history what something else wrote at the standby.
pub(super) fn sets_aside_drift(step: &Step, action: Action) -> bool {
    let sets_aside = !matches!(action, Action::Create | Action::Metadata | Action::Rename);
    step.drift && sets_aside
}

/// What was undone, read beside the steps.
struct Head {
    sorted: SortedPaths<bool>,
    path: EntryPath,
    counted: bool,
    waiting: bool,
}

impl Head {
    fn new(sorted: SortedPaths<bool>) -> Result<Self, Failure> {
        let mut head = Self {
            sorted,
            path: EntryPath::root(),
            counted: false,
            waiting: true,
        };
        head.advance()?;
        Ok(head)
    }

    fn advance(&mut self) -> Result<(), Failure> {
        self.waiting = self.sorted.next_into(&mut self.path, &mut self.counted)?;
        Ok(())
    }

    /// Whether the step of this path was counted; `None` where it took effect. Asked in path order.
    fn of(&mut self, path: &EntryPath) -> Result<Option<bool>, Failure> {
        let mut found = None;
        while self.waiting && self.path <= *path {
            if self.path == *path {
                found = Some(found.unwrap_or(false) || self.counted);
            }
            self.advance()?;
        }
        Ok(found)
    }
}
