//! A directory that the walk is in or about to enter: its handle, and how to get it back when it was let go.
//!
//! A handle is found again by the names from the nearest held directory above, through no link, and only when it
//! leads to the same directory as before.

use crate::{Root, Stat, filesystem, root, stat::stat_of, stub::OfflineMark};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct Folder {
    up: Option<Arc<Folder>>,
    name: CString,
    held: Mutex<Option<Arc<OwnedFd>>>,
    object: (u64, u64),
    mount: (u64, u64),
    pub(super) mark: Option<OfflineMark>,
    pub(super) excluded: bool,
    pub(super) depth: usize,
}

impl Folder {
    /// The root of a walk, with a handle of its own, since a handle has one read position.
    pub(super) fn root(root: &Root, ask_offline: bool) -> Result<Arc<Self>, Errno> {
        let handle = root::open_directory_at(root.fd(), c".")?;
        let stat = stat_of(&handle)?;
        let mark = ask_offline.then(|| mark_of(&handle)).flatten();
        Ok(Arc::new(Self::new(
            None,
            CString::default(),
            handle,
            &stat,
            mark,
            false,
        )))
    }

    /// Opens a directory by its name in another.
    pub(super) fn enter(
        up: &Arc<Self>,
        name: CString,
        excluded: bool,
        ask_offline: bool,
    ) -> Result<Arc<Self>, Errno> {
        let handle = root::open_directory_at(&*up.open()?, &name)?;
        let stat = stat_of(&handle)?;
        // Asked of the handle, not of the name: opening may have mounted something.
        let mark = if mount_of(&stat) == up.mount {
            up.mark
        } else {
            ask_offline.then(|| mark_of(&handle)).flatten()
        };
        Ok(Arc::new(Self::new(
            Some(up.clone()),
            name,
            handle,
            &stat,
            mark,
            excluded,
        )))
    }

    fn new(
        up: Option<Arc<Self>>,
        name: CString,
        handle: OwnedFd,
        stat: &Stat,
        mark: Option<OfflineMark>,
        excluded: bool,
    ) -> Self {
        Self {
            depth: up.as_ref().map_or(0, |up| up.depth + 1),
            up,
            name,
            held: Mutex::new(Some(Arc::new(handle))),
            object: stat.object(),
            mount: mount_of(stat),
            mark,
            excluded,
        }
    }

    /// True where a filesystem is mounted, and for the root.
    pub(super) fn is_mount(&self) -> bool {
        self.up.as_ref().is_none_or(|up| up.mount != self.mount)
    }

    /// The handle; opened again, for this use alone, when it was let go.
    pub(super) fn open(&self) -> Result<Arc<OwnedFd>, Errno> {
        match self.held() {
            Some(handle) => Ok(handle),
            None => self.reopen(),
        }
    }

    /// Lets the handle go. The root's stays.
    pub(super) fn shed(&self) {
        if self.up.is_some() {
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    fn held(&self) -> Option<Arc<OwnedFd>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn reopen(&self) -> Result<Arc<OwnedFd>, Errno> {
        let mut names = vec![self.name.as_c_str()];
        let mut at = self.up.as_ref();
        while let Some(above) = at {
            if let Some(base) = above.held() {
                let handle = root::open_directory(base.as_fd(), &joined(&names))?;
                let same = stat_of(&handle)?.object() == self.object;
                return same.then(|| Arc::new(handle)).ok_or(Errno::NOENT);
            }
            names.push(&above.name);
            at = above.up.as_ref();
        }
        Err(Errno::BADF)
    }
}

fn joined(innermost_first: &[&CStr]) -> Vec<u8> {
    let outermost_first = innermost_first.iter().rev().map(|name| name.to_bytes());
    outermost_first.collect::<Vec<_>>().join(&b'/')
}

/// What tells one mount from another: its number where the kernel gives one, else the device.
const fn mount_of(stat: &Stat) -> (u64, u64) {
    if stat.mount_id == 0 {
        (0, stat.device)
    } else {
        (stat.mount_id, 0)
    }
}

fn mark_of(handle: &OwnedFd) -> Option<OfflineMark> {
    OfflineMark::of(&filesystem::identify(handle).ok()?.kind)
}
