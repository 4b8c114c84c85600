//! Sets entries aside: the way from a visible name into the history of the running pass.
//!
//! A number is reserved, and noted in the index, before anything moves. A replacement then waits under that number, and
//! one exchange puts both where they belong, so that the old one is never anywhere but under its name or in history.
//! Nothing is removed here.

use super::{index, index::Line, open_mark, pass_name};
use crate::at;
use crate::ours::{self, HISTORY};
use crate::stat::{Stat, stat_at};
use crate::{Root, history::failing};
use counterpart_model::{EntryPath, Fact, Failure};
use counterpart_port::HistoryId;
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

/// The history of the running pass.
pub(crate) struct Aside {
    root: Root,
    pass: String,
    can_exchange: bool,
    /// The index is synced by itself: a sync of the whole filesystem does not reach it.
    syncs_index: bool,
    open: Mutex<Option<Open>>,
}

/// A pass's directory; opened at its first entry, so that a pass without any leaves no trace.
struct Open {
    directory: Arc<OwnedFd>,
    index: File,
    next: u64,
}

/// One name in a held directory.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub directory: BorrowedFd<'a>,
    pub name: &'a CStr,
}

/// What is said in the index of an entry that is set aside.
#[derive(Clone, Copy)]
pub(crate) struct About<'a> {
    pub path: &'a EntryPath,
    pub known: Option<&'a Fact>,
    pub why: &'a str,
}

/// A number in history that an entry is on its way to. Its line is in the index already, so that whoever makes the disk
/// sync between the two never finds an entry without its line.
pub(crate) struct Slot {
    directory: Arc<OwnedFd>,
    n: u64,
    name: CString,
    /// The entry that the line tells of.
    expected: Stat,
    id: HistoryId,
}

impl Slot {
    /// Under which the entry will be kept.
    pub(crate) fn id(&self) -> &HistoryId {
        &self.id
    }
}

impl Aside {
    pub(crate) fn new(
        root: &Root,
        pass: &str,
        can_exchange: bool,
        syncs_index: bool,
    ) -> Result<Self, Failure> {
        pass_name(pass)?;
        Ok(Self {
            root: root.clone(),
            pass: pass.to_owned(),
            can_exchange,
            syncs_index,
            open: Mutex::new(None),
        })
    }

    /// Reserves a number for what has a name, and notes it in the index; `None` when nothing has the name. `replacement`
    /// is the inode of what will take it.
    pub(crate) fn reserve(
        &self,
        old: Named<'_>,
        about: About<'_>,
        replacement: Option<u64>,
    ) -> Result<Option<Slot>, Failure> {
        let doing = |errno| failing(format!("noting {} in history", about.path), errno);
        let Some(stat) = present(old).map_err(doing)? else {
            return Ok(None);
        };
        let replacement = replacement.filter(|_| self.can_exchange);
        self.reserve_for(&stat, about, replacement)
            .map(Some)
            .map_err(doing)
    }

    /// Moves what has a name into history; `None` when nothing has it any more.
    pub(crate) fn remove(
        &self,
        old: Named<'_>,
        slot: Slot,
        about: About<'_>,
    ) -> Result<Option<HistoryId>, Failure> {
        let doing = |errno| failing(format!("moving {} to history", about.path), errno);
        let Some(stat) = present(old).map_err(doing)? else {
            return Ok(None);
        };
        let moved = at::with_lent_write(old.directory, old.name, &stat, || {
            at::rename_new(old.directory, old.name, &*slot.directory, &slot.name)
        });
        match moved {
            Ok(()) => self.confirm(slot, about).map(Some),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(doing(errno)),
        }
    }

    /// Puts what is `ready` under the name, and what has that name into history; `None` when nothing had it. Without a
    /// slot, one is reserved where something has the name after all.
    pub(crate) fn replace(
        &self,
        old: Named<'_>,
        ready: Named<'_>,
        slot: Option<Slot>,
        about: About<'_>,
    ) -> Result<Option<HistoryId>, Failure> {
        let doing = |errno| failing(format!("replacing {}", about.path), errno);
        let replacement = stat_at(ready.directory, ready.name).map_err(doing)?;
        let slot = match slot {
            Some(slot) => Some(slot),
            None => self.reserve(old, about, Some(replacement.inode))?,
        };
        let there = slot.zip(present(old).map_err(doing)?);
        let Some((slot, stat)) = there else {
            at::rename_new(ready.directory, ready.name, old.directory, old.name).map_err(doing)?;
            return Ok(None);
        };
        let exchanged = if self.can_exchange {
            exchange(old, ready, &stat, &slot)
        } else {
            replace_without_exchange(old, ready, [&stat, &replacement], &slot)
        };
        match exchanged {
            Ok(true) => self.confirm(slot, about).map(Some),
            Ok(false) => Ok(None),
            Err(errno) => Err(doing(errno)),
        }
    }

    /// Makes the lines of the index durable, where a sync of the whole filesystem does not.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = open.as_ref().filter(|_| self.syncs_index) else {
            return Ok(());
        };
        crate::fault::retry(|| rustix::fs::fsync(&open.index))
            .map_err(|errno| failing("making the history of the pass durable", errno))
    }

    /// Ends the pass's history: from now on its index is believed as it stands.
    pub(crate) fn close(&self) -> Result<(), Failure> {
        self.sync()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.take().is_none() {
            return Ok(());
        }
        let history = ours::make_in(&self.root, HISTORY)?;
        let doing = |errno| failing("closing the history of the pass", errno);
        let mark = open_mark(&self.pass).map_err(doing)?;
        at::remove_whole(&history, &mark).map_err(doing)
    }

    /// Checks that what arrived is what the line says; where somebody replaced it in between, a better line follows.
    fn confirm(&self, slot: Slot, about: About<'_>) -> Result<HistoryId, Failure> {
        let doing = |errno| failing(format!("noting {} in history", about.path), errno);
        let stat = stat_at(&*slot.directory, &slot.name).map_err(doing)?;
        if stat.object() != slot.expected.object() || stat.size_bytes != slot.expected.size_bytes {
            let unknown = About { known: None, ..about };
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(open) = open.as_mut() {
                append(open, slot.n, &stat, unknown, None).map_err(doing)?;
            }
        }
        Ok(slot.id)
    }

    fn reserve_for(&self, stat: &Stat, about: About<'_>, replacement: Option<u64>) -> Result<Slot, Errno> {
        let mut guard = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match guard.as_mut() {
            Some(open) => open,
            None => guard.insert(Open::new(&self.root, &self.pass)?),
        };
        let n = open.next;
        open.next += 1;
        append(open, n, stat, about, replacement)?;
        Ok(Slot {
            directory: open.directory.clone(),
            n,
            name: CString::new(n.to_string()).map_err(|_| Errno::INVAL)?,
            expected: *stat,
            id: HistoryId(format!("{}/{n}", self.pass)),
        })
    }
}

/// True when the two were exchanged; false when the old one was taken away meanwhile, not by us.
fn exchange(old: Named<'_>, ready: Named<'_>, stat: &Stat, slot: &Slot) -> Result<bool, Errno> {
    at::rename_new(ready.directory, ready.name, &*slot.directory, &slot.name)?;
    let exchanged = at::with_lent_write(old.directory, old.name, stat, || {
        at::exchange(&*slot.directory, &slot.name, old.directory, old.name)
    });
    match exchanged {
        Ok(()) => Ok(true),
        Err(Errno::NOENT) => {
            at::rename_new(&*slot.directory, &slot.name, old.directory, old.name).map(|()| false)
        }
        Err(errno) => {
            at::rename_new(&*slot.directory, &slot.name, ready.directory, ready.name)?;
            Err(errno)
        }
    }
}

/// Where two names cannot be exchanged: the old file gets a second name in history, or where the filesystem has no
/// links a copy there that is flushed, and the new one is renamed over it, so that the name is never absent. A directory
/// can only be moved away first; for that moment its name is absent.
fn replace_without_exchange(
    old: Named<'_>,
    ready: Named<'_>,
    [stat, ready_stat]: [&Stat; 2],
    slot: &Slot,
) -> Result<bool, Errno> {
    let move_in = || at::rename_new(ready.directory, ready.name, old.directory, old.name);
    if stat.is_directory() || ready_stat.is_directory() {
        let moved = at::with_lent_write(old.directory, old.name, stat, || {
            at::rename_new(old.directory, old.name, &*slot.directory, &slot.name)
        });
        return match moved {
            Err(Errno::NOENT) => move_in().map(|()| false),
            moved => moved.and_then(|()| move_in()).map(|()| true),
        };
    }
    match at::link(old.directory, old.name, &*slot.directory, &slot.name) {
        Ok(()) => {}
        Err(Errno::NOENT) => return move_in().map(|()| false),
        Err(_) => {
            super::copy::copy_entry(old, &slot.directory, &slot.name)?;
            at::flush(&slot.directory, &slot.name)?;
        }
    }
    at::rename_over(ready.directory, ready.name, old.directory, old.name).map(|()| true)
}

fn append(
    open: &mut Open,
    n: u64,
    stat: &Stat,
    about: About<'_>,
    replacement: Option<u64>,
) -> Result<(), Errno> {
    index::append(&mut open.index, &Line::of(n, stat, about, replacement))
}

fn present(old: Named<'_>) -> Result<Option<Stat>, Errno> {
    match stat_at(old.directory, old.name) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

impl Open {
    fn new(root: &Root, pass: &str) -> Result<Self, Errno> {
        // The reason of a failure here is told by whoever reports the errno; the place is Counterpart's own.
        let history = ours::make_in(root, HISTORY).map_err(|failure| match failure.code {
            counterpart_model::Code::NoSpace => Errno::NOSPC,
            _ => Errno::IO,
        })?;
        let mark = open_mark(pass)?;
        match at::create_file(&history, &mark, 0o600) {
            Ok(_) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno),
        }
        let name = CString::new(pass).map_err(|_| Errno::INVAL)?;
        let directory = ours::make_beneath(&history, &name)?;
        let mut next = 1;
        index::each_line(&directory, |line| {
            next = next.max(line.n + 1);
            Ok(())
        })?;
        let index = index::open_to_append(&directory)?;
        let directory = Arc::new(directory);
        Ok(Self {
            directory,
            index,
            next,
        })
    }
}
