//! Changes the tree of a standby: every name holds the old entry or the new one, whole, at every moment.
//!
//! What should change, and whether it may, was decided before; here it is only done. Nothing is compared, and no path
//! is resolved: each change is made from held directories, with one name in each.
//!
//! - A new file, link or directory is made in `.counterpart/incoming` and renamed to its name. A directory that is new
//!   is built there whole, with all beneath it under final names, and renamed once, when it closes.
//! - What is whole waits for its name in a queue: one sync of the filesystem for a group of them, then their names. So a
//!   power loss never leaves a name whose content did not reach the disk. Removals wait there, too, for the line in
//!   history's index that tells of them.
//! - A replacement goes to a number in history and is exchanged with the old entry, which so is in history.
//! - A directory closes when steps have passed it and its places are done: its times and bits are set then.

mod change;
mod directory;
mod durable;
mod file;
mod links;
mod partial;
mod publish;
mod queue;
mod shared;
mod stack;

use crate::{Root, fault, history, incoming::Incoming, keeper::Keeper};
use counterpart_model::policy::OwnerBy;
use counterpart_model::{Action, Carry, Code, EntryPath, Failure, Kind, Step};
use counterpart_port::{Apply, Capabilities, Place};
pub use queue::GroupLimits;
use rustix::fs::{Mode, OFlags};
use shared::Shared;
use stack::Stack;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a tree is changed.
#[derive(Clone)]
pub struct ApplyOptions {
    /// Name of the pass: of its directory in history, and in `incoming`.
    pub pass: String,
    /// Metadata classes that are set.
    pub carry: Carry,
    /// How owners are written in facts.
    pub owner_by: OwnerBy,
    /// What the filesystem can hold, as [`crate::probe::measure`] found; its grain is better the pair's, for the facts
    /// that are told carry times at it.
    pub capabilities: Capabilities,
    /// When what waits for its name gets it although no round ends.
    pub group: GroupLimits,
    /// Who is told of finished changes.
    pub keeper: Arc<dyn Keeper>,
}

/// A tree that is being changed.
pub struct Applier {
    stack: Mutex<Stack>,
    shared: Arc<Shared>,
}

impl Applier {
    /// Starts: opens the descriptor that will be synced before anything is written, makes `.counterpart`, `incoming`
    /// and the pass's own directory in it, and settles the history of a pass that was killed.
    ///
    /// # Errors
    /// What the system reports.
    pub fn start(root: &Root, options: ApplyOptions) -> Result<Self, Failure> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(root.fd(), c".", flags, Mode::empty());
        let synced = opened.map_err(|errno| fault::failure(Code::Io, "opening the standby's root", errno))?;
        let incoming = Incoming::start(root, &options.pass)?;
        history::settle::settle_killed(root, &options.pass, &*incoming.spot().directory)?;
        let shared = Arc::new(Shared::new(root, options, incoming, synced)?);
        let stack = Mutex::new(Stack::default());
        Ok(Self { stack, shared })
    }

    /// Ends for good: rests, closes the history of the pass, and removes incoming files that nothing claimed, which
    /// never had a name in the tree. Not to be called for an interrupted pass: the next one takes its leftovers.
    ///
    /// # Errors
    /// A directory could not be closed, an entry not be published that [`Apply::failures`] was not asked about, or what
    /// the system reports.
    pub fn finish(&self) -> Result<(), Failure> {
        self.rest()?;
        if let Some((_, failure)) = self.failures().into_iter().next() {
            return Err(failure);
        }
        self.shared.aside.close()?;
        self.shared.incoming.clear()
    }

    fn stack(&self) -> MutexGuard<'_, Stack> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Apply for Applier {
    fn place(&self, step: &Step) -> Result<Box<dyn Place + '_>, Failure> {
        if step.action == Action::RemovedWithParent {
            return Ok(Box::new(change::Nothing));
        }
        let queue = &self.shared.queue;
        // A rename takes its entry from anywhere.
        if queue.waits(&step.path) || step.action == Action::Rename && queue.has_names() {
            queue.publish(&self.shared)?;
        }
        let mut stack = self.stack();
        if step.kind() == Some(Kind::Directory) && !matches!(step.action, Action::Remove | Action::Rename) {
            return Ok(Box::new(stack.directory_step(&self.shared, step)?));
        }
        let site = stack.site(&self.shared, step)?;
        Ok(match (step.action, step.kind()) {
            (Action::Remove, _) => Box::new(change::Remove::new(site)),
            (Action::Rename, _) => Box::new(change::Rename::new(site, stack::left_by(&self.shared, step)?)),
            (Action::Metadata, _) => Box::new(change::Metadata::new(site)),
            (_, Some(Kind::File)) => Box::new(file::FilePlace::new(site)),
            (_, Some(Kind::Symlink | Kind::HardLink)) => Box::new(links::LinkPlace::new(site)),
            _ => return Err(shared::refused(step, "an entry of this kind cannot be made")),
        })
    }

    fn rest(&self) -> Result<(), Failure> {
        self.stack().clear();
        loop {
            self.shared.queue.publish(&self.shared)?;
            if self.shared.wait_for_closing() {
                return self.shared.first_failure();
            }
        }
    }

    fn failures(&self) -> Vec<(EntryPath, Failure)> {
        self.shared.take_unpublished()
    }

    fn sync(&self) -> Result<(), Failure> {
        self.shared.queue.sync()
    }
}

impl Drop for Applier {
    /// What has no name yet keeps none: the next pass takes it from `incoming`. Directories close all the same.
    fn drop(&mut self) {
        self.stack().clear();
        self.shared.queue.abandon();
    }
}
