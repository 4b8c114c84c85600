//! What all places and directories of an applier share, and the site of one step.
//!
//! It holds no directory open by itself.

use super::ApplyOptions;
use super::directory::Directory;
use super::publish::{Entry, Pending, Ready};
use super::queue::Queue;
use crate::history::aside::{About, Aside, Named, Slot};
use crate::incoming::{Incoming, Spot};
use crate::keeper::{Touched, Why};
use crate::put::Put;
use crate::stat::Stat;
use crate::{Root, fault};
use counterpart_model::{Action, Code, EntryPath, Failure, Kind, Step};
use counterpart_port::Committed;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

/// Failures of closing directories that are kept; of more, only the number.
const FAILURES_KEPT: usize = 16;

pub(super) struct Shared {
    pub root: Root,
    pub options: ApplyOptions,
    pub incoming: Incoming,
    pub aside: Aside,
    pub put: Put,
    pub queue: Queue,
    /// Each file, and history's index, is synced by itself: the kernel does not pass a sync of the whole filesystem on to a FUSE server.
    pub syncs_each: bool,
    /// Existing directories that are held, by path: nobody opens one while another closes it.
    held: Mutex<HashMap<EntryPath, Weak<Directory>>>,
    closed: Condvar,
    /// Directories that were built and have no name yet, with where they lie beneath `incoming`.
    units: Mutex<HashMap<EntryPath, Arc<[u8]>>>,
    failures: Mutex<(Vec<Failure>, u64)>,
    /// Committed entries that did not get their names.
    unpublished: Mutex<Vec<(EntryPath, Failure)>>,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(
        root: &Root,
        options: ApplyOptions,
        incoming: Incoming,
        synced: OwnedFd,
    ) -> Result<Self, Failure> {
        let put = Put::new(options.carry, options.capabilities.clone(), options.owner_by);
        let queue = Queue::new(synced, options.group);
        let syncs_each = crate::filesystem::identify(root.fd())?.kind.starts_with("fuse");
        let aside = Aside::new(root, &options.pass, options.capabilities.exchange, syncs_each)?;
        Ok(Self {
            root: root.clone(),
            options,
            incoming,
            aside,
            put,
            queue,
            syncs_each,
            held: Mutex::default(),
            closed: Condvar::new(),
            units: Mutex::default(),
            failures: Mutex::default(),
            unpublished: Mutex::default(),
        })
    }

    pub(super) fn tell(&self, touched: &Touched) -> Result<(), Failure> {
        self.options.keeper.touched(touched)
    }

    /// The held directory of a path, after waiting for one that is just closing.
    pub(super) fn held(&self, path: &EntryPath) -> Option<Arc<Directory>> {
        let mut held = lock(&self.held);
        loop {
            let found = held.get(path)?.upgrade();
            if found.is_some() {
                return found;
            }
            held = self.closed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn hold(&self, directory: &Arc<Directory>) {
        lock(&self.held).insert(directory.path.clone(), Arc::downgrade(directory));
    }

    pub(super) fn let_go(&self, path: &EntryPath) {
        lock(&self.held).remove(path);
        self.closed.notify_all();
    }

    /// Waits until no directory is held any more: places may still be closing theirs. False when something was queued
    /// meanwhile, which has to be published first.
    pub(super) fn wait_for_closing(&self) -> bool {
        let mut held = lock(&self.held);
        while !held.is_empty() {
            if !self.queue.is_empty() {
                return false;
            }
            held = self.closed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }

    pub(super) fn held_count(&self) -> usize {
        lock(&self.held).len()
    }

    /// Reserves a number in history for what has a name, which a queued change will put there.
    pub(super) fn reserve(
        &self,
        old: Named<'_>,
        about: About<'_>,
        replacement: Option<u64>,
    ) -> Result<Option<Slot>, Failure> {
        let slot = self.aside.reserve(old, about, replacement)?;
        if slot.is_some() {
            self.queue.note_written();
        }
        Ok(slot)
    }

    pub(super) fn note_unit(&self, path: &EntryPath, location: Arc<[u8]>) {
        lock(&self.units).insert(path.clone(), location);
    }

    pub(super) fn forget_unit(&self, path: &EntryPath) {
        lock(&self.units).remove(path);
    }

    /// Where a path lies beneath `incoming`, if an unpublished directory holds it.
    pub(super) fn location_in_unit(&self, path: &EntryPath) -> Option<Vec<u8>> {
        let units = lock(&self.units);
        let mut above = path.parent();
        while let Some(directory) = above {
            if let Some(location) = units.get(&directory) {
                let rest = &path.as_bytes()[directory.as_bytes().len()..];
                return Some([&**location, rest].concat());
            }
            above = directory.parent();
        }
        None
    }

    pub(super) fn note_failure(&self, failure: Failure) {
        let mut failures = lock(&self.failures);
        failures.1 += 1;
        if failures.0.len() < FAILURES_KEPT {
            failures.0.push(failure);
        }
    }

    pub(super) fn note_unpublished(&self, path: EntryPath, failure: Failure) {
        lock(&self.unpublished).push((path, failure));
    }

    pub(super) fn take_unpublished(&self) -> Vec<(EntryPath, Failure)> {
        std::mem::take(&mut *lock(&self.unpublished))
    }

    /// The first failure of closing directories since the last call; the others are named in its reason.
    pub(super) fn first_failure(&self) -> Result<(), Failure> {
        let (kept, count) = std::mem::take(&mut *lock(&self.failures));
        let mut kept = kept.into_iter();
        let Some(mut first) = kept.next() else {
            return Ok(());
        };
        if count > 1 {
            let others: Vec<String> = kept.map(|failure| failure.to_string()).collect();
            first.why = format!("{}; and {} more: {}", first.why, count - 1, others.join("; "));
        }
        Err(first)
    }
}

/// Where one step takes effect: its directory, held, and its name in it.
pub(super) struct Site {
    pub shared: Arc<Shared>,
    pub step: Step,
    pub parent: Arc<Directory>,
    pub name: CString,
}

impl Site {
    pub(super) fn path(&self) -> &EntryPath {
        &self.step.path
    }

    /// The entry's name in its held directory.
    pub(super) fn named(&self) -> Named<'_> {
        Named {
            directory: self.parent.handle(),
            name: &self.name,
        }
    }

    /// Why the entry is touched when something is made under its name.
    pub(super) fn why(&self) -> Why {
        if self.step.action == Action::Create {
            Why::Created
        } else {
            why_replaced(&self.step)
        }
    }

    /// True where all that was beneath the path goes with the old entry.
    pub(super) fn replaces_directory(&self) -> bool {
        self.step
            .present
            .as_ref()
            .is_some_and(|present| present.kind == Kind::Directory)
    }

    /// What the index of history says of the entry that is set aside.
    pub(super) fn about(&self, why: Why) -> About<'_> {
        About {
            path: &self.step.path,
            known: self.step.present.as_ref(),
            why: why.word(),
        }
    }

    /// What lies whole in `incoming`, with the number in history that what has its name will have.
    pub(super) fn ready(&self, spot: &Spot, name: &CStr, stat: Stat) -> Result<Ready, Failure> {
        let mut reserved = None;
        if self.step.action != Action::Create {
            reserved = self
                .shared
                .reserve(self.named(), self.about(self.why()), Some(stat.inode))?;
        }
        Ok(Ready {
            spot: spot.clone(),
            name: name.to_owned(),
            stat,
            slot: reserved,
        })
    }

    /// Queues what is ready.
    pub(super) fn queue(&self, entry: Entry) -> Result<Committed, Failure> {
        let history = entry.ready.slot.as_ref().map(|slot| slot.id().clone());
        let queue = &self.shared.queue;
        if entry.fact.size_bytes > 0 {
            queue.note_written();
        }
        queue.push(Pending::Entry(Box::new(entry)));
        queue.publish_if_full(&self.shared)?;
        Ok(Committed { history })
    }

    pub(super) fn failing(&self, doing: &str, errno: Errno) -> Failure {
        failing(doing, &self.step.path, errno)
    }

    /// Tells of a change of this entry, which lies in a new directory or in the tree.
    pub(super) fn tell(&self, mut touched: Touched) -> Result<(), Failure> {
        touched.incoming = self.parent.location_of(self.step.path.name());
        self.parent.mark_changed();
        self.shared.tell(&touched)
    }
}

pub(super) fn why_replaced(step: &Step) -> Why {
    if step.drift { Why::Drifted } else { Why::Replaced }
}

pub(super) fn failing(doing: &str, path: &EntryPath, errno: Errno) -> Failure {
    let failure = fault::failure(Code::Io, format!("{doing} {path}"), errno);
    match errno {
        Errno::XDEV => {
            failure.hint("A standby's root is one filesystem: unmount what is mounted beneath it.")
        }
        Errno::MLINK => {
            failure.hint("The filesystem holds no more links to one file: leave `hardlink` out of carry.")
        }
        _ => failure,
    }
}

/// A step that cannot be one.
pub(super) fn refused(step: &Step, why: &str) -> Failure {
    let action = match step.action {
        Action::Create => "creating",
        Action::Rename => "renaming",
        _ => "changing",
    };
    Failure::new(Code::Io, format!("{action} {}", step.path), why)
        .hint("This is a fault in Counterpart: please report it.")
}
