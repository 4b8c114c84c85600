//! What all places and directories of an applier share, and the site of one step.
//!
//! It holds no directory open by itself.

use super::ApplyOptions;
use super::directory::Directory;
use crate::history::aside::{About, Aside, Named};
use crate::incoming::{Incoming, Spot};
use crate::keeper::{Touched, Why};
use crate::put::Put;
use crate::{Root, fault};
use counterpart_model::{Action, Code, EntryPath, Failure, Kind, Step};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::CString;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

/// Failures of closing directories that are kept; of more, only the number.
const FAILURES_KEPT: usize = 16;

pub(super) struct Shared {
    pub root: Root,
    pub options: ApplyOptions,
    pub incoming: Incoming,
    pub aside: Aside,
    pub put: Put,
    /// Existing directories that are held, by path: nobody opens one while another closes it.
    held: Mutex<HashMap<EntryPath, Weak<Directory>>>,
    closed: Condvar,
    /// Directories that were built and have no name yet, with where they lie.
    units: Mutex<HashMap<EntryPath, Spot>>,
    failures: Mutex<(Vec<Failure>, u64)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(root: &Root, options: ApplyOptions, incoming: Incoming) -> Result<Self, Failure> {
        let aside = Aside::new(root, &options.pass, options.capabilities.exchange)?;
        let put = Put::new(options.carry, options.capabilities.clone(), options.owner_by);
        Ok(Self {
            root: root.clone(),
            options,
            incoming,
            aside,
            put,
            held: Mutex::default(),
            closed: Condvar::new(),
            units: Mutex::default(),
            failures: Mutex::default(),
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

    /// Waits until no directory is held any more: places may still be closing theirs.
    pub(super) fn wait_for_closing(&self) {
        let mut held = lock(&self.held);
        while !held.is_empty() {
            held = self.closed.wait(held).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn note_unit(&self, path: &EntryPath, spot: Spot) {
        lock(&self.units).insert(path.clone(), spot);
    }

    pub(super) fn forget_unit(&self, path: &EntryPath) {
        lock(&self.units).remove(path);
    }

    /// The unpublished directory that holds a path, with the way from it.
    pub(super) fn unit_above(&self, path: &EntryPath) -> Option<(Spot, EntryPath)> {
        let units = lock(&self.units);
        let mut above = path.parent();
        while let Some(directory) = above {
            if let Some(spot) = units.get(&directory) {
                let rest = &path.as_bytes()[directory.as_bytes().len() + 1..];
                return Some((spot.clone(), EntryPath::trusted(rest)));
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

    pub(super) fn why_replaced(&self) -> Why {
        why_replaced(&self.step)
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
