//! How new entries get their names, and old ones their number in history: by one rename or one exchange, once their
//! group is on the disk.
//!
//! What had the name goes to history; nothing is overwritten.

use super::directory::Directory;
use super::links;
use super::shared::{Shared, Site, failing};
use crate::at;
use crate::attributes::Subject;
use crate::history::aside::{About, Named, Slot};
use crate::incoming::Spot;
use crate::keeper::{Touched, Why};
use crate::put::Held;
use crate::stat::{Stat, stat_at, stat_of};
use counterpart_model::{Action, Code, EntryPath, Fact, Failure, Kind, Metadata, Obtained};
use counterpart_port::{Attributes, HistoryId};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What waits to be published. It holds the directories that it concerns, which close only after it.
pub(super) enum Pending {
    Entry(Box<Entry>),
    Directory(Box<Finished>),
    Removal(Box<Removal>),
}

/// A file or link that is whole in `incoming`.
pub(super) struct Entry {
    pub site: Arc<Site>,
    pub ready: Ready,
    pub fact: Fact,
    pub obtained: Obtained,
}

/// Where an entry waits, and the number in history of what has its name.
pub(super) struct Ready {
    pub spot: Spot,
    pub name: CString,
    pub stat: Stat,
    pub slot: Option<Slot>,
}

/// A directory that was built whole in `incoming`, with what is still to be set once it has its name.
pub(super) struct Finished {
    unit: Box<Unit>,
    parent: Arc<Directory>,
    fact: Fact,
    metadata: Metadata,
    attributes: Attributes,
    first_mode: Option<u32>,
    ready: Ready,
}

/// An entry that goes to history.
pub(super) struct Removal {
    pub site: Arc<Site>,
    pub slot: Slot,
    pub why: Why,
}

impl Pending {
    pub(super) fn path(&self) -> &EntryPath {
        match self {
            Self::Entry(entry) => entry.site.path(),
            Self::Directory(finished) => &finished.unit.path,
            Self::Removal(removal) => removal.site.path(),
        }
    }

    /// Bytes of content that wait with it.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::Entry(entry) => entry.fact.size_bytes,
            Self::Directory(finished) => finished.unit.bytes.load(Ordering::Relaxed),
            Self::Removal(_) => 0,
        }
    }

    /// Publishes it, and tells of it. A failure is noted: of an entry with its path; of a directory as one that ends the
    /// round, for all that it holds was told already.
    pub(super) fn publish(self, shared: &Shared) {
        let path = self.path().clone();
        let done = match self {
            Self::Entry(mut entry) => entry.publish(),
            Self::Removal(removal) => removal.publish(),
            Self::Directory(finished) => {
                return finished
                    .publish(shared)
                    .unwrap_or_else(|failure| shared.note_failure(failure));
            }
        };
        if let Err(failure) = done {
            shared.note_unpublished(path, failure);
        }
    }
}

impl Ready {
    fn named(&self) -> Named<'_> {
        Named {
            directory: self.spot.directory.as_fd(),
            name: &self.name,
        }
    }

    /// Gives it its name. Where the name was expected to be free and somebody took it, theirs goes to history like any
    /// other.
    fn give_name(
        &mut self,
        shared: &Shared,
        place: Named<'_>,
        about: About<'_>,
        expected: bool,
    ) -> Result<Option<HistoryId>, Failure> {
        let reserved = self.slot.take();
        let ready = self.named();
        if expected {
            return shared.aside.replace(place, ready, reserved, about);
        }
        match at::rename_new(ready.directory, ready.name, place.directory, place.name) {
            Err(Errno::EXIST) => {
                let why = Why::Drifted.word();
                shared.aside.replace(place, ready, None, About { why, ..about })
            }
            result => result
                .map(|()| None)
                .map_err(|errno| failing("publishing", about.path, errno)),
        }
    }
}

impl Entry {
    fn publish(&mut self) -> Result<(), Failure> {
        let site = &*self.site;
        let shared = &site.shared;
        let expected = site.step.action != Action::Create;
        let about = site.about(site.why());
        let history = self.ready.give_name(shared, site.named(), about, expected)?;
        let named = site.named();
        let stat = stat_at(named.directory, named.name).map_err(|errno| site.failing("looking at", errno))?;
        // Not the inode: some filesystems give a new number to what was not used for a while.
        let stamp = |stat: &Stat| (stat.kind, stat.size_bytes, stat.mtime);
        if stamp(&stat) != stamp(&self.ready.stat) {
            return Err(site.failing("looking at", Errno::STALE));
        }
        let mut touched = self.touched(&stat);
        if touched.why == Why::Created && history.is_some() {
            touched.why = Why::Drifted;
        }
        touched.history = history;
        site.tell(touched)?;
        if self.fact.kind == Kind::HardLink {
            links::tell_leader(site, &self.fact)?;
        }
        Ok(())
    }

    /// Tells that it is whole, and where it waits.
    pub(super) fn tell_waiting(&self) -> Result<(), Failure> {
        let mut touched = self.touched(&self.ready.stat);
        touched.incoming = Some(self.ready.spot.location_of(self.ready.name.to_bytes()));
        touched.waits = true;
        self.site.shared.tell(&touched)
    }

    fn touched(&self, stat: &Stat) -> Touched {
        let site = &*self.site;
        let mut touched = Touched::of(site.path(), site.why());
        touched.now = Some(site.shared.put.seen(&self.fact, stat, self.obtained));
        touched.whole = site.replaces_directory();
        touched
    }
}

impl Removal {
    fn publish(self) -> Result<(), Failure> {
        let site = &*self.site;
        let about = site.about(self.why);
        let history = site.shared.aside.remove(site.named(), self.slot, about)?;
        let mut touched = Touched::of(site.path(), self.why);
        touched.whole = site.step.kind() == Some(Kind::Directory);
        touched.history = history;
        site.tell(touched)
    }
}

/// A new directory that is built in `incoming` with all beneath it.
pub(super) struct Unit {
    path: EntryPath,
    place: CString,
    name: CString,
    why: Why,
    present: Option<Fact>,
    /// Of all content in it.
    bytes: AtomicU64,
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
            bytes: AtomicU64::new(0),
            deferred: Mutex::default(),
        })
    }

    /// Its name in `incoming`.
    pub(super) fn name(&self) -> &CStr {
        &self.name
    }

    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn defer(&self, renaming: Renaming) {
        self.deferred
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(renaming);
    }

    fn about(&self) -> About<'_> {
        About {
            path: &self.path,
            known: self.present.as_ref(),
            why: self.why.word(),
        }
    }
}

impl Finished {
    /// Sets the directory's metadata, as far as it still can be moved and renamed into, and reserves the number of what
    /// has its name. For an account bound by permission bits a directory cannot move while its own forbid to write in it.
    pub(super) fn new(
        unit: Box<Unit>,
        directory: &Directory,
        parent: &Arc<Directory>,
        (fact, metadata, attributes): (Fact, Metadata, Attributes),
    ) -> Result<Self, Failure> {
        let shared = &directory.shared;
        let fail = |errno| failing("closing directory", &unit.path, errno);
        let has_deferred = !unit
            .deferred
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty();
        let mut first = metadata.clone();
        if at::is_bound_by_modes() || has_deferred {
            first.mode = first.mode.map(|mode| mode & 0o700 | 0o700);
        }
        let held = Held::Open(directory.handle());
        let stat = shared.put.settle(held, &first, &attributes).map_err(fail)?;
        let spot = parent.spot().map_err(fail)?;
        let mut reserved = None;
        if unit.why != Why::Created {
            let place = Named {
                directory: parent.handle(),
                name: &unit.place,
            };
            reserved = shared.reserve(place, unit.about(), Some(stat.inode))?;
        }
        let name = unit.name.clone();
        Ok(Self {
            unit,
            parent: parent.clone(),
            fact,
            metadata,
            attributes,
            first_mode: first.mode,
            ready: Ready {
                spot,
                name,
                stat,
                slot: reserved,
            },
        })
    }

    fn publish(mut self: Box<Self>, shared: &Shared) -> Result<(), Failure> {
        let path = self.unit.path.clone();
        let fail = |errno| failing("closing directory", &path, errno);
        let ready = self.ready.named();
        let handle = at::open_path(ready.directory, ready.name).map_err(fail)?;
        let place = Named {
            directory: self.parent.handle(),
            name: &self.unit.place,
        };
        let expected = self.unit.why != Why::Created;
        let named = self.ready.give_name(shared, place, self.unit.about(), expected);
        shared.forget_unit(&path);
        let history = named?;
        self.parent.mark_changed();
        let stat = self.settle(shared, &handle).map_err(fail)?;
        let why = match self.unit.why {
            Why::Created if history.is_some() => Why::Drifted,
            why => why,
        };
        let mut touched = Touched::of(&self.unit.path, why);
        touched.now = Some(shared.put.seen(&self.fact, &stat, Obtained::default()));
        let present = self.unit.present.as_ref();
        touched.whole = present.is_some_and(|present| present.kind == Kind::Directory);
        touched.history = history;
        touched.published = true;
        shared.tell(&touched)
    }

    /// What could be done only now that it has its name: renamings into it, and bits that forbid to move it.
    fn settle(&self, shared: &Shared, handle: &OwnedFd) -> Result<Stat, Errno> {
        let deferred =
            std::mem::take(&mut *self.unit.deferred.lock().unwrap_or_else(PoisonError::into_inner));
        for renaming in deferred {
            // The directory has its name; what could not be renamed into it keeps its old one.
            if let Err(failure) = renaming.take_effect(shared) {
                shared.note_failure(failure);
            }
        }
        let stat = stat_of(handle)?;
        let settled = &self.ready.stat;
        if self.first_mode == self.metadata.mode && stat.mtime == settled.mtime {
            return Ok(stat);
        }
        let mut again = self.metadata.clone();
        again.mtime = again.mtime.or(Some(settled.mtime));
        shared
            .put
            .settle(Held::Path(handle.as_fd()), &again, &self.attributes)
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
                if let Some(slot) = shared.aside.reserve(place, about, None)? {
                    history = shared.aside.remove(place, slot, about)?;
                }
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
