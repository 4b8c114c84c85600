//! How new entries get their names: a finished file, link or directory, by one rename or one exchange.
//!
//! What had the name goes to history; nothing is overwritten.

use super::directory::Directory;
use super::shared::{Shared, failing};
use crate::at;
use crate::attributes::Subject;
use crate::history::aside::{About, Named};
use crate::keeper::{Touched, Why};
use crate::put::Held;
use crate::stat::{Stat, stat_at, stat_of};
use counterpart_model::{Code, EntryPath, Fact, Failure, Kind, Metadata, Obtained};
use counterpart_port::{Attributes, HistoryId};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::sync::{Arc, Mutex, PoisonError};

/// Gives what is `ready` in `incoming` its name. Where the name was expected to be free and somebody took it, theirs
/// goes to history like any other.
pub(super) fn publish(
    shared: &Shared,
    ready: Named<'_>,
    place: Named<'_>,
    about: About<'_>,
    expected: bool,
) -> Result<Option<HistoryId>, Failure> {
    if !expected {
        match at::rename_new(ready.directory, ready.name, place.directory, place.name) {
            Err(Errno::EXIST) => {
                let about = About {
                    why: Why::Drifted.word(),
                    ..about
                };
                return shared.aside.replace(place, ready, about);
            }
            result => {
                return result
                    .map(|()| None)
                    .map_err(|errno| failing("publishing", about.path, errno));
            }
        }
    }
    shared.aside.replace(place, ready, about)
}

/// A new directory that is built in `incoming` with all beneath it.
pub(super) struct Unit {
    path: EntryPath,
    place: CString,
    name: CString,
    why: Why,
    present: Option<Fact>,
    deferred: Mutex<Vec<Renaming>>,
}

impl Unit {
    pub(super) fn new(path: &EntryPath, name: &CStr, why: Why, present: Option<Fact>) -> Result<Self, Errno> {
        Ok(Self {
            path: path.clone(),
            place: at::c_name(path.name())?,
            name: name.to_owned(),
            why,
            present,
            deferred: Mutex::default(),
        })
    }

    /// Its name in `incoming`.
    pub(super) fn name(&self) -> &CStr {
        &self.name
    }

    pub(super) fn why(&self, history: Option<&HistoryId>) -> Why {
        match self.why {
            Why::Created if history.is_some() => Why::Drifted,
            why => why,
        }
    }

    pub(super) fn replaces_directory(&self) -> bool {
        self.present
            .as_ref()
            .is_some_and(|present| present.kind == Kind::Directory)
    }

    pub(super) fn defer(&self, renaming: Renaming) {
        self.deferred
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(renaming);
    }

    /// Sets the directory's metadata and renames it to its name. For an account bound by permission bits a directory
    /// cannot move while its own forbid to write in it; those are set right after.
    pub(super) fn publish(
        &self,
        directory: &Directory,
        parent: &Directory,
        metadata: &Metadata,
        attributes: &Attributes,
    ) -> Result<(Stat, Option<HistoryId>), Failure> {
        let shared = &directory.shared;
        let held = Held::Open(directory.handle());
        let fail = |errno| failing("closing directory", &self.path, errno);
        let deferred = std::mem::take(&mut *self.deferred.lock().unwrap_or_else(PoisonError::into_inner));
        let mut first = metadata.clone();
        if at::is_bound_by_modes() || !deferred.is_empty() {
            first.mode = first.mode.map(|mode| mode & 0o700 | 0o700);
        }
        let settled = shared.put.settle(held, &first, attributes).map_err(fail)?;
        let history = self.give_name(shared, parent)?;
        for renaming in deferred {
            // The directory has its name; what could not be renamed into it keeps its old one.
            if let Err(failure) = renaming.take_effect(shared) {
                shared.note_failure(failure);
            }
        }
        let stat = stat_of(directory.handle()).map_err(fail)?;
        let as_wanted = first.mode == metadata.mode && stat.mtime == settled.mtime;
        if as_wanted {
            return Ok((stat, history));
        }
        let mut again = metadata.clone();
        again.mtime = again.mtime.or(Some(settled.mtime));
        let stat = shared.put.settle(held, &again, attributes).map_err(fail)?;
        Ok((stat, history))
    }

    fn give_name(&self, shared: &Shared, parent: &Directory) -> Result<Option<HistoryId>, Failure> {
        let spot = parent
            .spot()
            .map_err(|errno| failing("publishing", &self.path, errno))?;
        let ready = Named {
            directory: spot.directory.as_fd(),
            name: &self.name,
        };
        let place = Named {
            directory: parent.handle(),
            name: &self.place,
        };
        let about = About {
            path: &self.path,
            known: self.present.as_ref(),
            why: self.why.word(),
        };
        publish(shared, ready, place, about, self.why != Why::Created)
    }
}

/// One renaming of an entry within the tree, with all that it needs to take effect later.
pub(super) struct Renaming {
    pub path: EntryPath,
    pub from_path: EntryPath,
    pub from: Arc<Directory>,
    pub from_name: CString,
    /// The new directory, held without its closing action: it may close before the renaming takes effect.
    pub to: Arc<OwnedFd>,
    pub to_name: CString,
    pub present: Option<Fact>,
    pub fact: Option<Fact>,
    pub attributes: Attributes,
}

impl Renaming {
    /// Renames and sets the metadata; the directory that gains the entry keeps its time of modification.
    pub(super) fn take_effect(self, shared: &Shared) -> Result<(), Failure> {
        let fail = |errno| failing("renaming to", &self.path, errno);
        let before = stat_of(&*self.to).map_err(fail)?;
        let touched = self.rename(shared)?;
        at::set_mtime(&*self.to, before.mtime).map_err(fail)?;
        shared.tell(&touched)
    }

    /// Renames and sets the metadata, and says what is to be told.
    pub(super) fn rename(&self, shared: &Shared) -> Result<Touched, Failure> {
        let fail = |errno| failing("renaming to", &self.path, errno);
        let stat = stat_at(self.from.handle(), &self.from_name)
            .map_err(|errno| failing("renaming", &self.from_path, errno))?;
        self.check(&stat)?;
        let place = Named {
            directory: self.to.as_fd(),
            name: &self.to_name,
        };
        let move_it = || {
            at::with_lent_write(self.from.handle(), &self.from_name, &stat, || {
                at::rename_new(self.from.handle(), &self.from_name, place.directory, place.name)
            })
        };
        let mut history = None;
        match move_it() {
            Err(Errno::EXIST) => {
                let about = About {
                    path: &self.path,
                    known: None,
                    why: Why::Drifted.word(),
                };
                history = shared.aside.remove(place, about)?;
                move_it().map_err(fail)?;
            }
            result => result.map_err(fail)?,
        }
        self.from.mark_changed();
        self.settle(shared, place, history, stat.is_directory())
    }

    fn settle(
        &self,
        shared: &Shared,
        place: Named<'_>,
        history: Option<HistoryId>,
        whole: bool,
    ) -> Result<Touched, Failure> {
        let fail = |errno| failing("renaming to", &self.path, errno);
        let mut touched = Touched::of(&self.path, Why::Renamed);
        touched.renamed_from = Some(self.from_path.clone());
        touched.history = history;
        touched.whole = whole;
        let now = if let Some(fact) = &self.fact {
            let stat = settle_named(shared, place, &fact.metadata, &self.attributes).map_err(fail)?;
            shared.put.seen(fact, &stat, Obtained::default())
        } else {
            let stat = stat_at(place.directory, place.name).map_err(fail)?;
            shared
                .put
                .seen_now(Subject::Name(place.directory, place.name), &stat)?
        };
        touched.now = Some(now);
        Ok(touched)
    }

    /// What is renamed must be what the plan saw, for its content is believed from now on.
    fn check(&self, stat: &Stat) -> Result<(), Failure> {
        let Some(present) = &self.present else {
            return Ok(());
        };
        let is_file = stat.kind == Kind::File;
        if present.kind == stat.kind && (!is_file || present.size_bytes == stat.size_bytes) {
            return Ok(());
        }
        let doing = format!("renaming {} to {}", self.from_path, self.path);
        Err(Failure::new(
            Code::Vanished,
            doing,
            "it is not the entry that was planned to be renamed",
        ))
    }
}

/// Sets metadata of an entry by its name in a held directory: whatever has the name is held first, and no link is
/// followed.
pub(super) fn settle_named(
    shared: &Shared,
    named: Named<'_>,
    metadata: &Metadata,
    attributes: &Attributes,
) -> Result<Stat, Errno> {
    let stat = stat_at(named.directory, named.name)?;
    if stat.kind == Kind::Symlink {
        return shared.put.settle(Held::Link(named), metadata, attributes);
    }
    let handle = at::open_path(named.directory, named.name)?;
    if stat_of(&handle)?.object() != stat.object() {
        return Err(Errno::STALE);
    }
    shared
        .put
        .settle(Held::Path(handle.as_fd()), metadata, attributes)
}
