//! A directory that is held while steps take effect in it, and closes when the last holder lets go.
//!
//! It says nothing of what happens to its entries; see `publish` for how a new one gets its name.

use super::publish::{self, Finished, Pending, Unit};
use super::shared::{Shared, failing};
use crate::at::{self, PRIVATE};
use crate::attributes::Subject;
use crate::incoming::Spot;
use crate::keeper::{Touched, Why};
use crate::put::Held;
use crate::stat::{Stat, stat_of};
use counterpart_model::{EntryPath, Fact, Failure, Metadata, MetadataClass, Obtained, Step};
use counterpart_port::Attributes;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A held directory.
pub(super) struct Directory {
    pub shared: Arc<Shared>,
    pub path: EntryPath,
    handle: Arc<OwnedFd>,
    origin: Origin,
    parent: Option<Arc<Directory>>,
    wanted: Mutex<Wanted>,
    /// An entry in it changed, so that its time of modification moved.
    changed: AtomicBool,
    /// Its bits were opened for this account, and have to be put back.
    lent: Mutex<bool>,
    /// Something in it is not whole and could not be removed: it must not get its name.
    spoiled: AtomicBool,
    nursery: OnceLock<Option<Spot>>,
    closed: bool,
}

/// Where a directory comes from.
enum Origin {
    /// It was there, as the stat says.
    Existing(Stat),
    /// It is new, and lies at the spot with all beneath it; the topmost new one is renamed to its name at the end.
    New(Spot, Option<Box<Unit>>),
}

/// What a step wants of a directory when it closes.
#[derive(Default)]
struct Wanted {
    fact: Option<Fact>,
    attributes: Attributes,
    committed: bool,
}

impl Directory {
    /// Reaches an existing directory from the root.
    pub(super) fn reach(shared: &Arc<Shared>, path: &EntryPath) -> Result<Arc<Self>, Failure> {
        let handle = shared.root.directory(path)?;
        Self::existing(shared, path.clone(), handle, None).map_err(|errno| failing("entering", path, errno))
    }

    /// Enters an existing directory from the one above it.
    pub(super) fn enter(
        shared: &Arc<Shared>,
        above: &Arc<Self>,
        path: &EntryPath,
    ) -> Result<Arc<Self>, Failure> {
        let open = || {
            let name = at::c_name(path.name())?;
            let handle = match at::open_directory(above.handle(), &name) {
                Err(Errno::ACCESS) if at::is_bound_by_modes() => above.open_unreadable(&name)?,
                opened => opened?,
            };
            Self::existing(shared, path.clone(), handle, Some(above.clone()))
        };
        open().map_err(|errno| failing("entering", path, errno))
    }

    fn existing(
        shared: &Arc<Shared>,
        path: EntryPath,
        handle: OwnedFd,
        parent: Option<Arc<Self>>,
    ) -> Result<Arc<Self>, Errno> {
        let stat = stat_of(&handle)?;
        if let Some(above) = &parent
            && let Origin::Existing(outer) = &above.origin
            && outer.device != stat.device
        {
            return Err(Errno::XDEV);
        }
        Ok(Self::held(shared, path, handle, Origin::Existing(stat), parent))
    }

    /// Opens a directory that its own bits keep closed to its owner: they are lent while it is opened.
    fn open_unreadable(&self, name: &std::ffi::CStr) -> Result<OwnedFd, Errno> {
        let held = at::open_path(self.handle(), name)?;
        let stat = stat_of(&held)?;
        if !stat.is_directory() {
            return Err(Errno::NOTDIR);
        }
        at::set_mode_of_path(&held, stat.mode | PRIVATE)?;
        let opened = at::open_directory(self.handle(), name);
        at::set_mode_of_path(&held, stat.mode)?;
        opened
    }

    /// Makes a directory that is not there: inside a new one at once under its name, else in `incoming`.
    pub(super) fn make(
        shared: &Arc<Shared>,
        parent: &Arc<Self>,
        step: &Step,
        why: Why,
    ) -> Result<Arc<Self>, Failure> {
        let path = &step.path;
        // Closed to others until it is whole; where no mode is carried it gets what the system gives a new one.
        let carried = step
            .wanted
            .as_ref()
            .is_some_and(|fact| fact.metadata.mode.is_some());
        let mode = if carried { PRIVATE } else { 0o777 };
        let make = || {
            let (spot, name, unit) = match &parent.origin {
                Origin::New(spot, _) => (spot.clone(), at::c_name(path.name())?, None),
                Origin::Existing(_) => {
                    let name = shared.incoming.next('u');
                    let unit = Unit::new(path, &name, why, step.present.clone())?;
                    (parent.spot()?, name, Some(Box::new(unit)))
                }
            };
            let handle = at::create_directory(&spot.directory, &name, mode)?;
            let handle = Arc::new(handle);
            let own = spot.inner(name.as_bytes(), handle.clone());
            if unit.is_some() {
                shared.note_unit(path, own.location.clone());
            }
            Ok((handle, Origin::New(own, unit)))
        };
        let (handle, origin) = make().map_err(|errno| failing("making", path, errno))?;
        Ok(Self::shared_held(
            shared,
            path.clone(),
            handle,
            origin,
            Some(parent.clone()),
        ))
    }

    fn held(
        shared: &Arc<Shared>,
        path: EntryPath,
        handle: OwnedFd,
        origin: Origin,
        parent: Option<Arc<Self>>,
    ) -> Arc<Self> {
        Self::shared_held(shared, path, Arc::new(handle), origin, parent)
    }

    fn shared_held(
        shared: &Arc<Shared>,
        path: EntryPath,
        handle: Arc<OwnedFd>,
        origin: Origin,
        parent: Option<Arc<Self>>,
    ) -> Arc<Self> {
        let directory = Arc::new(Self {
            shared: shared.clone(),
            path,
            handle,
            origin,
            parent,
            wanted: Mutex::default(),
            changed: AtomicBool::new(false),
            lent: Mutex::new(false),
            spoiled: AtomicBool::new(false),
            nursery: OnceLock::new(),
            closed: false,
        });
        shared.hold(&directory);
        directory
    }

    pub(super) fn handle(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }

    pub(super) fn shared_handle(&self) -> Arc<OwnedFd> {
        self.handle.clone()
    }

    /// True when it has no name yet, or lies in one that has none.
    pub(super) fn is_new(&self) -> bool {
        matches!(self.origin, Origin::New(..))
    }

    /// Where an entry of it lies beneath `incoming`; `None` where it lies in the tree.
    pub(super) fn location_of(&self, name: &[u8]) -> Option<Vec<u8>> {
        match &self.origin {
            Origin::New(spot, _) => Some(spot.location_of(name)),
            Origin::Existing(_) => None,
        }
    }

    /// Where new entries of this existing directory are made before they are renamed into it.
    pub(super) fn spot(&self) -> Result<Spot, Errno> {
        if let Some(nursery) = self.nursery.get() {
            return Ok(nursery
                .clone()
                .unwrap_or_else(|| self.shared.incoming.spot().clone()));
        }
        let Origin::Existing(stat) = &self.origin else {
            return Ok(self.shared.incoming.spot().clone());
        };
        let put = &self.shared.put;
        let lists = !put.carry.has(MetadataClass::Mode) && put.capabilities.acls;
        let group = !put.carry.has(MetadataClass::Owner);
        let nursery = self.shared.incoming.nursery(&self.handle, stat, lists, group)?;
        // Another thread may have been faster; then its nursery is used, and this one is removed with the rest.
        let nursery = self.nursery.get_or_init(|| nursery);
        Ok(nursery
            .clone()
            .unwrap_or_else(|| self.shared.incoming.spot().clone()))
    }

    /// Lets this account change entries here, where the directory is its own and its bits forbid it.
    pub(super) fn allow_changes(&self) {
        let Origin::Existing(stat) = &self.origin else {
            return;
        };
        let mut lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        if *lent || !at::is_bound_by_modes() || stat.mode & 0o300 == 0o300 {
            return;
        }
        // Where it is not the account's own, the change itself will tell.
        *lent = at::set_mode(self.handle(), stat.mode | PRIVATE).is_ok();
    }

    /// Notes content that was written in this new directory, and is whole.
    pub(super) fn note_content(&self, bytes: u64) {
        if bytes == 0 {
            return;
        }
        self.shared.queue.note_written();
        let mut above = Some(self);
        while let Some(directory) = above {
            if let Origin::New(_, Some(unit)) = &directory.origin {
                return unit.add_bytes(bytes);
            }
            above = directory.parent.as_deref();
        }
    }

    pub(super) fn mark_changed(&self) {
        self.changed.store(true, Ordering::Release);
    }

    /// Keeps the new directory that this lies in from getting its name: something in it is not whole.
    pub(super) fn spoil(&self) {
        self.spoiled.store(true, Ordering::Release);
        if let (Origin::New(_, None), Some(parent)) = (&self.origin, &self.parent) {
            parent.spoil();
        }
    }

    /// Notes what a step will want; it counts once committed.
    pub(super) fn want(&self, fact: Option<Fact>) {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).fact = fact;
    }

    pub(super) fn commit(&self, fact: Option<&Fact>, attributes: &Attributes) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fact) = fact {
            wanted.fact = Some(fact.clone());
        }
        wanted.attributes = attributes.clone();
        wanted.committed = true;
    }

    /// Leaves a renaming into a new directory until that has its name, so that the old name is kept until then.
    pub(super) fn defer(&self, renaming: publish::Renaming) -> Result<(), Failure> {
        match (&self.origin, &self.parent) {
            (Origin::New(_, Some(unit)), _) => {
                unit.defer(renaming);
                self.mark_changed();
                Ok(())
            }
            (Origin::New(_, None), Some(parent)) => {
                self.mark_changed();
                parent.defer(renaming)
            }
            _ => renaming.take_effect(&self.shared),
        }
    }

    /// Closes it, then those above that nobody else holds. A loop, so that depth costs no stack.
    fn close_upwards(&mut self) {
        self.close_and_tell();
        let mut above = self.parent.take();
        while let Some(mut directory) = above.and_then(Arc::into_inner) {
            directory.close_and_tell();
            above = directory.parent.take();
        }
    }

    fn close_and_tell(&mut self) {
        if std::mem::replace(&mut self.closed, true) {
            return;
        }
        let unit = match &mut self.origin {
            Origin::New(_, unit) => unit.take(),
            Origin::Existing(_) => None,
        };
        let failed = match (&self.origin, unit) {
            (_, Some(unit)) => self.close_unit(unit),
            (Origin::Existing(stat), None) => self.close_existing(stat),
            (Origin::New(spot, _), None) => self.close_nested(spot),
        };
        if let Err(failure) = failed {
            self.shared.note_failure(failure);
        }
        self.shared.let_go(&self.path);
    }

    /// Puts an existing directory's bits and times to what a step wants, or back to what they were.
    fn close_existing(&self, before: &Stat) -> Result<(), Failure> {
        let wanted = std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        let changed = self.changed.load(Ordering::Acquire);
        let lent = *self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        if !changed && !lent && !wanted.committed {
            return Ok(());
        }
        let fact = wanted.fact.filter(|_| wanted.committed);
        let mut metadata = fact
            .as_ref()
            .map(|fact| fact.metadata.clone())
            .unwrap_or_default();
        metadata.mtime = metadata.mtime.or(Some(before.mtime));
        let close = || {
            if lent {
                at::set_mode(self.handle(), before.mode)?;
            }
            if fact.is_some() {
                return self
                    .shared
                    .put
                    .settle(Held::Open(self.handle()), &metadata, &wanted.attributes);
            }
            let stat = stat_of(self.handle())?;
            if stat.mtime == before.mtime {
                return Ok(stat);
            }
            at::set_mtime(self.handle(), before.mtime)?;
            stat_of(self.handle())
        };
        let stat = close().map_err(|errno| failing("closing directory", &self.path, errno))?;
        let why = if fact.is_some() {
            Why::Metadata
        } else {
            Why::Directory
        };
        let mut touched = Touched::of(&self.path, why);
        touched.now = Some(match &fact {
            Some(fact) => self.shared.put.seen(fact, &stat, Obtained::default()),
            None => self.shared.put.seen_now(Subject::Handle(self.handle()), &stat)?,
        });
        self.shared.tell(&touched)
    }

    fn close_nested(&self, spot: &Spot) -> Result<(), Failure> {
        if self.is_void() {
            return self.remove_void(None);
        }
        let (fact, metadata, attributes) = self.wanted_of_new();
        let settled = self
            .shared
            .put
            .settle(Held::Open(self.handle()), &metadata, &attributes);
        let stat = settled.map_err(|errno| failing("closing directory", &self.path, errno))?;
        let mut touched = Touched::of(&self.path, Why::Created);
        touched.now = Some(self.shared.put.seen(&fact, &stat, Obtained::default()));
        touched.incoming = Some(spot.location.to_vec());
        if let Some(parent) = &self.parent {
            parent.mark_changed();
        }
        self.shared.tell(&touched)
    }

    /// Queues a new directory that was built whole, to get its name.
    fn close_unit(&self, unit: Box<Unit>) -> Result<(), Failure> {
        let finished = self.finish_unit(unit);
        if let Ok(Some(finished)) = finished {
            self.shared.queue.push(Pending::Directory(Box::new(finished)));
            return Ok(());
        }
        self.shared.forget_unit(&self.path);
        finished.map(drop)
    }

    fn finish_unit(&self, unit: Box<Unit>) -> Result<Option<Finished>, Failure> {
        let Some(parent) = &self.parent else {
            return Ok(None);
        };
        if self.spoiled.load(Ordering::Acquire) {
            return Err(failing("publishing directory", &self.path, Errno::IO));
        }
        if self.is_void() {
            return self.remove_void(Some(&unit)).map(|()| None);
        }
        Finished::new(unit, self, parent, self.wanted_of_new()).map(Some)
    }

    /// True when the step that makes it was given up and nothing arrived in it.
    fn is_void(&self) -> bool {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        !wanted.committed && !self.changed.load(Ordering::Acquire)
    }

    fn remove_void(&self, unit: Option<&Unit>) -> Result<(), Failure> {
        let Some(parent) = &self.parent else {
            return Ok(());
        };
        let (above, name) = match unit {
            Some(unit) => (
                parent.spot().map(|spot| spot.directory),
                Ok(unit.name().to_owned()),
            ),
            None => (Ok(parent.handle.clone()), at::c_name(self.path.name())),
        };
        let remove = || at::remove_whole(&above?, &name?);
        remove().map_err(|errno| failing("removing the unfinished", &self.path, errno))
    }

    /// What a new directory gets. If its own step was given up while entries arrived in it, it gets what the plan said;
    /// and since its list is then not known, nobody but the owner gets in.
    fn wanted_of_new(&self) -> (Fact, Metadata, Attributes) {
        let wanted = std::mem::take(&mut *self.wanted.lock().unwrap_or_else(PoisonError::into_inner));
        let fact = wanted
            .fact
            .unwrap_or_else(|| Fact::of(counterpart_model::Kind::Directory));
        let mut metadata = fact.metadata.clone();
        if !wanted.committed && metadata.acl.is_some() {
            metadata.mode = metadata.mode.map(|mode| mode & PRIVATE);
        }
        (fact, metadata, wanted.attributes)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.close_upwards();
    }
}
