//! What is whole in `incoming` and waits for its name, or for its way into history: published in groups, in order of
//! arrival, after one sync of the filesystem for all of a group.
//!
//! A filesystem may make a rename durable before the content that it names, so that a power loss leaves a name empty or
//! half. Here a content, and a line of history's index, is on the disk before any name shows it. Nothing is decided
//! here, and what is published how is not known.

use super::durable::Durable;
use super::publish::Pending;
use super::shared::{Shared, lock};
use counterpart_model::{EntryPath, Failure};
use rustix::fd::OwnedFd;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// When a group is published although no round ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupLimits {
    /// Entries that wait, at most about.
    pub entries: usize,
    /// Bytes of content that wait, at most about.
    pub bytes: u64,
    /// Directories that are held open, at most about: they stay open until all that waits for a name in them has it.
    pub directories: usize,
}

impl Default for GroupLimits {
    /// Few enough to fit in memory, and to leave half of the files that this process may open to others.
    fn default() -> Self {
        const ENTRIES: usize = 8192;
        const FEWEST: usize = 64;
        let open_files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let half = open_files.map_or(ENTRIES, |files| usize::try_from(files / 2).unwrap_or(ENTRIES));
        Self {
            entries: ENTRIES,
            bytes: 4 << 30,
            directories: half.clamp(FEWEST, ENTRIES),
        }
    }
}

pub(super) struct Queue {
    durable: Durable,
    /// Something was written that a name will show, and not synced since.
    dirty: AtomicBool,
    limits: GroupLimits,
    waiting: Mutex<Waiting>,
    /// Held while a group is published, so that groups keep their order.
    publishing: Mutex<()>,
}

#[derive(Default)]
struct Waiting {
    group: Vec<Pending>,
    bytes: u64,
    /// Names that wait, those of the group that is being published included.
    names: HashSet<EntryPath>,
}

impl Queue {
    pub(super) fn new(synced: OwnedFd, limits: GroupLimits) -> Self {
        Self {
            durable: Durable::new(synced),
            dirty: AtomicBool::new(false),
            limits,
            waiting: Mutex::default(),
            publishing: Mutex::default(),
        }
    }

    /// Notes that something was written that must be on the disk before a name shows it. To be called after the last
    /// write, and before what was written is queued.
    pub(super) fn note_written(&self) {
        self.dirty.store(true, Ordering::Release);
    }

    /// Puts something in the queue; what is published keeps the order of these calls.
    pub(super) fn push(&self, pending: Pending) {
        let mut waiting = lock(&self.waiting);
        waiting.bytes = waiting.bytes.saturating_add(pending.bytes());
        waiting.names.insert(pending.path().clone());
        waiting.group.push(pending);
    }

    /// True when nothing waits for the end of the present group.
    pub(super) fn is_empty(&self) -> bool {
        lock(&self.waiting).group.is_empty()
    }

    /// True when something of any name waits or is being published.
    pub(super) fn has_names(&self) -> bool {
        !lock(&self.waiting).names.is_empty()
    }

    /// True when what will have this name waits, or is being published.
    pub(super) fn waits(&self, path: &EntryPath) -> bool {
        lock(&self.waiting).names.contains(path)
    }

    /// True when what will have this name, or that of a directory above, waits.
    pub(super) fn waits_at_or_above(&self, path: &EntryPath) -> bool {
        let waiting = lock(&self.waiting);
        let mut at = (!waiting.names.is_empty()).then(|| path.clone());
        while let Some(path) = at {
            if waiting.names.contains(&path) {
                return true;
            }
            at = path.parent();
        }
        false
    }

    /// Publishes the group if it is large enough. Not to be called while a directory closes.
    pub(super) fn publish_if_full(&self, shared: &Shared) -> Result<(), Failure> {
        let full = {
            let waiting = lock(&self.waiting);
            waiting.group.len() >= self.limits.entries || waiting.bytes >= self.limits.bytes
        };
        if full || shared.held_count() > self.limits.directories {
            return self.publish(shared);
        }
        self.durable.broken()
    }

    /// Publishes all that waits, after a sync where anything was written since the last one. What cannot be published is
    /// noted with its path; it stays in `incoming`, and its name holds what it held. Not to be called while a
    /// directory closes.
    pub(super) fn publish(&self, shared: &Shared) -> Result<(), Failure> {
        let _one = lock(&self.publishing);
        let group = {
            let mut waiting = lock(&self.waiting);
            waiting.bytes = 0;
            std::mem::take(&mut waiting.group)
        };
        if !group.is_empty()
            && let Err(failure) = self.sync_written(shared)
        {
            lock(&self.waiting).names.clear();
            return Err(failure);
        }
        for pending in group {
            let path = pending.path().clone();
            pending.publish(shared);
            lock(&self.waiting).names.remove(&path);
        }
        Ok(())
    }

    fn sync_written(&self, shared: &Shared) -> Result<(), Failure> {
        if !self.dirty.swap(false, Ordering::AcqRel) {
            return self.durable.broken();
        }
        self.sync()?;
        shared
            .aside
            .sync()
            .inspect_err(|failure| self.durable.note_broken(failure))
    }

    /// Makes everything durable that was done until now. Once that failed, it fails for ever.
    pub(super) fn sync(&self) -> Result<(), Failure> {
        self.durable.sync()
    }

    /// Notes how much content was written, wherever it waits.
    pub(super) fn note_content(&self, bytes: u64) {
        self.durable.note_written(bytes);
    }

    /// Forgets all that waits; it stays in `incoming`.
    pub(super) fn abandon(&self) {
        let group = std::mem::take(&mut lock(&self.waiting).group);
        drop(group);
    }
}
