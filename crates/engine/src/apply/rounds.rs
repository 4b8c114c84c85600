//! The rounds of an application: which steps each takes, in which order, on which threads.

use crate::apply::mover::Mover;
use crate::apply::pipeline::Pipelines;
use crate::apply::undone::Undone;
use crate::event::{Event, Listener};
use crate::findings::Findings;
use crate::ledger::log::LogSink;
use crate::pass::Sites;
use crate::plan::Plan;
use crate::report::ChangeCounts;
use counterpart_model::{Action, Algorithm, Code, EntryPath, Failure, Kind, Step};
use counterpart_port::{Apply, Place};
use crossbeam_channel::Sender;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Batches that wait for a mover, at most: enough to keep all busy, few enough to stop soon.
const QUEUE: usize = 8;
/// Steps that are handed to a mover at once: waking it costs more than a small file.
const BATCH_STEPS: usize = 16;
/// Bytes after which a batch is handed over, however few steps it has.
const BATCH_BYTES: u64 = 1 << 20;
/// How often a file that changed while it was read is tried again.
const RETRIES: usize = 3;

/// What an application needs.
pub(crate) struct Applying<'a> {
    /// Both sites.
    pub sites: &'a Sites<'a>,
    /// Where findings go.
    pub findings: &'a Findings<'a>,
    /// Where outcomes go.
    pub log: &'a LogSink,
    /// Who is told.
    pub listener: &'a dyn Listener,
    /// Algorithm of digests.
    pub algorithm: Algorithm,
    /// Whether attributes beyond a fact are carried.
    pub attributes: bool,
    /// Threads that move content.
    pub movers: usize,
    /// Large files that are copied by two threads each.
    pub pipelines: Pipelines,
    /// When an interrupted pass began whose arrivals are used.
    pub recovered_since_seconds: Option<i64>,
    /// Where lists are spooled that may grow.
    pub spool_dir: PathBuf,
}

/// What an application did.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    /// Entries changed.
    pub counts: ChangeCounts,
    /// Entries among them that something else had written at the standby, and that went to history.
    pub drifted: u64,
    /// Bytes read at production.
    pub bytes_read: u64,
    /// Bytes brought to the standby.
    pub bytes_sent: u64,
}

impl Applied {
    /// Both together.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        let counts = &mut self.counts;
        counts.created += other.counts.created;
        counts.modified += other.counts.modified;
        counts.deleted += other.counts.deleted;
        counts.renamed += other.counts.renamed;
        counts.metadata += other.counts.metadata;
        self.drifted += other.drifted;
        self.bytes_read += other.bytes_read;
        self.bytes_sent += other.bytes_sent;
        self
    }
}

/// Sums that several threads add to.
pub(super) struct Sums {
    pub created: AtomicU64,
    pub modified: AtomicU64,
    pub deleted: AtomicU64,
    pub renamed: AtomicU64,
    pub metadata: AtomicU64,
    pub drifted: AtomicU64,
    pub bytes_read: AtomicU64,
    pub bytes_sent: AtomicU64,
    /// Set when the rest of the round must not begin.
    pub stop: AtomicBool,
    /// The failure that stopped it.
    pub fatal: Mutex<Option<Failure>>,
    /// Steps to try once more at the end.
    pub again: Mutex<Vec<Step>>,
    /// What was counted and did not take effect.
    pub undone: Undone,
}

/// Applies a plan.
///
/// # Errors
/// What ends a pass: no space, a lost site, an interruption, a failing disk. Everything that took effect is in the
/// standby's apply log.
pub(crate) fn apply(applying: &Applying<'_>, plan: &Plan, target: &dyn Apply) -> Result<Applied, Failure> {
    let sums = Sums::new(&applying.spool_dir);
    let rounds = Rounds {
        applying,
        plan,
        target,
        sums: &sums,
    };
    rounds.round(is_made)?;
    if plan.totals.renamed > 0 {
        rounds.round(|step| step.action == Action::Rename)?;
    }
    rounds.retry()?;
    if plan.totals.hardlinks > 0 {
        rounds.round(is_linked)?;
    }
    if plan.totals.deleted > 0 {
        applying.sites.production.same_tree().map_err(source_lost)?;
        rounds.round(is_removed)?;
    }
    sums.applied(plan)
}

fn source_lost(failure: Failure) -> Failure {
    Failure {
        code: Code::SiteLost,
        ..failure
    }
    .hint("Nothing was removed. Bring production back and run again.")
}

fn is_made(step: &Step) -> bool {
    match step.action {
        Action::Create | Action::Replace | Action::Metadata => step.kind() != Some(Kind::HardLink),
        Action::Modify => true,
        Action::Rename | Action::Remove | Action::RemovedWithParent => false,
    }
}

fn is_linked(step: &Step) -> bool {
    matches!(step.action, Action::Create | Action::Replace | Action::Metadata)
        && step.kind() == Some(Kind::HardLink)
}

/// A further name's metadata is its file's, which its first name's step brought; where that step brought a new file,
/// the further name still leads to the old one. So it is linked anew, which does nothing where it leads there already.
fn as_placed(step: &Step) -> Cow<'_, Step> {
    if step.action == Action::Metadata && step.kind() == Some(Kind::HardLink) {
        return Cow::Owned(Step {
            action: Action::Replace,
            ..step.clone()
        });
    }
    Cow::Borrowed(step)
}

fn is_removed(step: &Step) -> bool {
    matches!(step.action, Action::Remove | Action::RemovedWithParent)
}

struct Rounds<'a> {
    applying: &'a Applying<'a>,
    plan: &'a Plan,
    target: &'a dyn Apply,
    sums: &'a Sums,
}

/// Placed steps that one mover takes at once.
#[derive(Default)]
pub(super) struct Batch<'a> {
    pub(super) steps: Vec<(Step, Box<dyn Place + 'a>)>,
    bytes: u64,
}

impl<'a> Batch<'a> {
    fn push(&mut self, step: Step, place: Box<dyn Place + 'a>) {
        self.bytes += step.moved_bytes();
        self.steps.push((step, place));
    }

    /// Hands the batch over when it is large enough, or `last` says so.
    fn hand_over(&mut self, sender: &Sender<Self>, last: bool) {
        let full = self.steps.len() >= BATCH_STEPS || self.bytes >= BATCH_BYTES;
        if full || last && !self.steps.is_empty() {
            // A send only fails when every mover is gone, which `stop` then tells.
            drop(sender.send(std::mem::take(self)));
        }
    }
}

impl Rounds<'_> {
    /// One walk over the plan, taking the steps that belong to this round.
    fn round(&self, belongs: impl Fn(&Step) -> bool) -> Result<(), Failure> {
        let mut steps = self.plan.steps.reader()?;
        let mut step = Step::of(EntryPath::root(), Action::Metadata);
        self.on_movers(|| {
            while steps.next_into(&mut step)? {
                if belongs(&step) {
                    return Ok(Some(step.clone()));
                }
            }
            Ok(None)
        })
    }

    /// Tries once more what changed while it was read, and what could not be renamed after all.
    fn retry(&self) -> Result<(), Failure> {
        for last in (0..RETRIES).rev() {
            let mut again = std::mem::take(&mut *lock(&self.sums.again));
            if again.is_empty() {
                return Ok(());
            }
            again.sort_by(|left, right| left.path.cmp(&right.path));
            std::thread::sleep(std::time::Duration::from_millis(50));
            let mut steps = again.into_iter();
            self.on_movers(|| Ok(steps.next()))?;
            if last == 0 {
                self.give_up();
            }
        }
        Ok(())
    }

    fn give_up(&self) {
        for step in std::mem::take(&mut *lock(&self.sums.again)) {
            let failure = Failure::new(Code::Torn, "reading", "it changed each time it was read");
            self.applying
                .findings
                .add_failure(&step.path, counterpart_model::SiteRole::Production, &failure);
            self.sums.note_failed(&step);
        }
    }

    /// Places steps in order on this thread and lets movers carry them out.
    fn on_movers(&self, mut next: impl FnMut() -> Result<Option<Step>, Failure>) -> Result<(), Failure> {
        let (sender, receiver) = crossbeam_channel::bounded::<Batch<'_>>(QUEUE);
        let placed = std::thread::scope(|scope| {
            // It goes with this closure, however that ends: a rest waits for every place to be let go.
            let mut batch = Batch::default();
            for _ in 0..self.applying.movers.max(1) {
                let receiver = receiver.clone();
                scope.spawn(move || Mover::new(self.applying, self.target, self.sums).run(&receiver));
            }
            drop(receiver);
            while let Some(step) = next()? {
                if self.sums.stop.load(Relaxed) || self.applying.listener.interrupted() {
                    break;
                }
                if let Some(place) = self.place(&step)? {
                    batch.push(step, place);
                    batch.hand_over(&sender, false);
                }
                self.note_failures();
            }
            batch.hand_over(&sender, true);
            drop(sender);
            Ok::<(), Failure>(())
        });
        // Whatever ended the round, what was committed gets its name.
        let rested = self.target.rest();
        self.note_failures();
        placed?;
        match lock(&self.sums.fatal).take() {
            Some(failure) => return Err(failure),
            None if self.applying.listener.interrupted() => return Err(interrupted()),
            None => {}
        }
        rested
    }

    /// Notes committed steps that did not get their names.
    fn note_failures(&self) {
        for (path, failure) in self.target.failures() {
            if super::is_fatal(&failure) {
                lock(&self.sums.fatal).get_or_insert(failure);
                self.sums.stop.store(true, Relaxed);
            } else {
                let site = counterpart_model::SiteRole::Standby;
                self.applying.findings.add_failure(&path, site, &failure);
                self.sums.or_stop(self.sums.undone.unpublished(&path));
            }
        }
    }

    fn place(&self, step: &Step) -> Result<Option<Box<dyn Place + '_>>, Failure> {
        match self.target.place(&as_placed(step)) {
            Ok(place) => Ok(Some(place)),
            Err(failure) if super::is_fatal(&failure) => Err(failure),
            Err(failure) if step.action == Action::Rename && failure.code == Code::Vanished => {
                // What it was called went away with a directory that another entry replaced.
                self.sums.undone.made_instead(&step.path);
                lock(&self.sums.again).push(instead_of_rename(step.clone()));
                Ok(None)
            }
            Err(failure) => {
                let site = counterpart_model::SiteRole::Standby;
                self.applying.findings.add_failure(&step.path, site, &failure);
                self.sums.note_failed(step);
                Ok(None)
            }
        }
    }
}

/// A rename whose old name is gone: the new one is brought like any other.
pub(crate) fn instead_of_rename(step: Step) -> Step {
    Step {
        action: Action::Create,
        from: None,
        ..step
    }
}

/// The failure of a pass that was asked to stop.
pub(crate) fn interrupted() -> Failure {
    Failure::new(Code::Interrupted, "running the pass", "it was interrupted")
}

impl Sums {
    fn new(spool_dir: &Path) -> Self {
        Self {
            created: AtomicU64::new(0),
            modified: AtomicU64::new(0),
            deleted: AtomicU64::new(0),
            renamed: AtomicU64::new(0),
            metadata: AtomicU64::new(0),
            drifted: AtomicU64::new(0),
            bytes_read: AtomicU64::new(0),
            bytes_sent: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            fatal: Mutex::default(),
            again: Mutex::default(),
            undone: Undone::new(spool_dir),
        }
    }

    /// Notes that a step failed for good before it was counted.
    pub(super) fn note_failed(&self, step: &Step) {
        self.or_stop(self.undone.failed(step));
    }

    /// Ends the application where something failed.
    pub(super) fn or_stop(&self, result: Result<(), Failure>) {
        if let Err(failure) = result {
            lock(&self.fatal).get_or_insert(failure);
            self.stop.store(true, Relaxed);
        }
    }

    fn applied(self, plan: &Plan) -> Result<Applied, Failure> {
        let mut applied = Applied {
            counts: ChangeCounts {
                created: self.created.load(Relaxed),
                modified: self.modified.load(Relaxed),
                deleted: self.deleted.load(Relaxed),
                renamed: self.renamed.load(Relaxed),
                metadata: self.metadata.load(Relaxed),
            },
            drifted: self.drifted.load(Relaxed),
            bytes_read: self.bytes_read.load(Relaxed),
            bytes_sent: self.bytes_sent.load(Relaxed),
        };
        self.undone.take_back(plan, &mut applied)?;
        Ok(applied)
    }
}

/// Locks a list that stays sound whatever a panicking holder did.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Tells that a step took effect.
pub(super) fn tell(applying: &Applying<'_>, step: &Step, history: Option<&counterpart_port::HistoryId>) {
    applying.log.changed(step, history);
    applying.listener.event(&Event::Changed { step, history });
}
