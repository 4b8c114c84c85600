//! `.counterpart/incoming/<pass>/`: where new entries are made before they get their names.
//!
//! Nothing that ever had a name in the tree lies here, so all of it may be removed. Each pass has a directory of its
//! own, so that what an interrupted one left keeps its place and can still be used.

use crate::at::{self, PRIVATE};
use crate::fault;
use crate::ours::{self, INCOMING};
use crate::stat::{Stat, stat_at};
use crate::{Root, put, root};
use counterpart_model::{Code, Failure, Kind, Timestamp, path};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The incoming directory of the running pass.
pub(crate) struct Incoming {
    all: OwnedFd,
    own: Spot,
    counter: AtomicU64,
    has_leftovers: bool,
}

/// A directory beneath `incoming` in which entries are made.
#[derive(Clone)]
pub(crate) struct Spot {
    pub directory: Arc<OwnedFd>,
    /// Its path beneath `incoming`.
    pub location: Arc<[u8]>,
}

/// What lies beneath `incoming` from an earlier pass, reached through no link.
pub(crate) struct Found {
    pub directory: OwnedFd,
    pub name: CString,
}

impl Spot {
    /// Where an entry in it lies beneath `incoming`.
    pub(crate) fn location_of(&self, name: &[u8]) -> Vec<u8> {
        [&self.location, &b"/"[..], name].concat()
    }

    /// A directory in it that is held already.
    pub(crate) fn inner(&self, name: &[u8], directory: Arc<OwnedFd>) -> Self {
        let location = self.location_of(name).into();
        Self { directory, location }
    }
}

impl Incoming {
    /// Makes the directory of a pass. A second start in the same pass gets another one.
    pub(crate) fn start(root: &Root, pass: &str) -> Result<Self, Failure> {
        let all = ours::make_in(root, INCOMING)?;
        let fail = |errno| fault::failure(Code::Io, "making the directory of incoming files", errno);
        let mut has_leftovers = false;
        at::each_name(&all, |_| {
            has_leftovers = true;
            Ok(())
        })
        .map_err(fail)?;
        let own = make_own(&all, pass).map_err(fail)?;
        let counter = AtomicU64::new(1);
        Ok(Self {
            all,
            own,
            counter,
            has_leftovers,
        })
    }

    /// The directory of all passes.
    pub(crate) fn all(&self) -> BorrowedFd<'_> {
        self.all.as_fd()
    }

    pub(crate) fn spot(&self) -> &Spot {
        &self.own
    }

    /// A name that is free in the pass's directory.
    pub(crate) fn next(&self, letter: char) -> CString {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        // There is no NUL in it.
        CString::new(format!("{letter}-{number}")).unwrap_or_default()
    }

    pub(crate) fn has_leftovers(&self) -> bool {
        self.has_leftovers
    }

    /// A directory in which entries are made as they would be in `parent`: with its group where it hands that on, and
    /// with its default list. `None` where the pass's own directory does as well.
    pub(crate) fn nursery(
        &self,
        parent: &OwnedFd,
        stat: &Stat,
        lists: bool,
        group: bool,
    ) -> Result<Option<Spot>, Errno> {
        let wants_list = lists && put::has_default_list(parent.as_fd());
        let wants_group = group && stat.mode & 0o2000 != 0;
        if !wants_list && !wants_group {
            return Ok(None);
        }
        let name = self.next('d');
        let directory = at::create_directory(&self.own.directory, &name, PRIVATE)?;
        put::be_like(directory.as_fd(), parent.as_fd(), stat)?;
        Ok(Some(self.own.inner(name.as_bytes(), Arc::new(directory))))
    }

    /// Opens the directory that holds a location, which the running pass told of.
    pub(crate) fn directory_of(&self, location: &[u8]) -> Result<OwnedFd, Errno> {
        root::open_directory(self.all.as_fd(), path::split(location).0)
    }

    /// Content of an earlier pass, if what lies at the location is a file of exactly this size and time.
    pub(crate) fn leftover(&self, location: &[u8], size_bytes: u64, mtime: Timestamp) -> Option<Found> {
        let (above, name) = path::split(location);
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = rustix::fs::openat2(&self.all, above, flags, Mode::empty(), resolve).ok()?;
        let name = at::c_name(name).ok()?;
        let stat = stat_at(&directory, &name).ok()?;
        let same = stat.kind == Kind::File && stat.size_bytes == size_bytes && stat.mtime == mtime;
        same.then_some(Found { directory, name })
    }

    /// Removes everything that lies here, of this pass and of earlier ones.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        let removed = at::each_name(&self.all, |name| at::remove_whole(&self.all, name));
        removed
            .map_err(|errno| fault::failure(Code::Io, "removing incoming files that nothing claimed", errno))
    }
}

fn make_own(all: &OwnedFd, pass: &str) -> Result<Spot, Errno> {
    let mut attempt = 1_u32;
    loop {
        let name = if attempt == 1 {
            pass.to_owned()
        } else {
            format!("{pass}-{attempt}")
        };
        match at::create_directory(all, &at::c_name(name.as_bytes())?, PRIVATE) {
            Err(Errno::EXIST) => attempt += 1,
            made => {
                let directory = Arc::new(made?);
                let location = name.into_bytes().into();
                return Ok(Spot { directory, location });
            }
        }
    }
}
