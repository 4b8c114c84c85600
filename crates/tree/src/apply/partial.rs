//! What is here already of content that comes from far: the file under the name, and what arrived of it before a
//! transfer broke off, which stays in `incoming` under a name made of its path.
//!
//! What is in common is not looked for here.

use super::shared::Site;
use crate::fault;
use crate::incoming::Incoming;
use crate::stat::stat_of;
use counterpart_model::{Action, Algorithm, Code, EntryPath, Failure, Kind};
use counterpart_port::Basis;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::{Errno, pread};
use std::ffi::{CStr, CString};

/// What arrived is kept from this length on; less is sent again sooner than looked for.
pub(super) const KEPT_FROM_BYTES: u64 = 1 << 20;

/// Files one after the other, as if they were one.
struct Joined {
    path: EntryPath,
    files: Vec<(OwnedFd, u64)>,
}

/// What there is for a place.
pub(super) fn basis(site: &Site) -> Option<Box<dyn Basis>> {
    let mut files = Vec::new();
    files.extend(open(site.shared.incoming.all(), &name_of(site.path())));
    if site.step.action != Action::Create {
        files.extend(open(site.parent.handle().as_fd(), &site.name));
    }
    let path = site.path().clone();
    (!files.is_empty()).then(|| Box::new(Joined { path, files }) as Box<dyn Basis>)
}

/// Keeps what was written of an incoming file for the next attempt, unless more is kept already. False where it could
/// not be, so that it is still to be removed.
pub(super) fn keep(
    incoming: &Incoming,
    path: &EntryPath,
    from: BorrowedFd<'_>,
    name: &CStr,
    len_bytes: u64,
) -> bool {
    let kept = name_of(path);
    let longer = open(incoming.all(), &kept).is_some_and(|(_, kept_bytes)| kept_bytes > len_bytes);
    !longer && rustix::fs::renameat(from, name, incoming.all(), &kept).is_ok()
}

/// A name that only this path has.
fn name_of(path: &EntryPath) -> CString {
    let mut hasher = Algorithm::Blake3.hasher();
    hasher.update(path.as_bytes());
    // There is no NUL in it.
    CString::new(format!("p-{}", hasher.finish())).unwrap_or_default()
}

/// A regular file that has bytes, through no link.
fn open(directory: BorrowedFd<'_>, name: &CStr) -> Option<(OwnedFd, u64)> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = rustix::fs::openat(directory, name, flags, Mode::empty()).ok()?;
    let stat = stat_of(&file).ok()?;
    (stat.kind == Kind::File && stat.size_bytes > 0).then_some((file, stat.size_bytes))
}

impl Basis for Joined {
    fn len_bytes(&self) -> u64 {
        self.files.iter().map(|(_, len_bytes)| len_bytes).sum()
    }

    fn read_at(&mut self, buffer: &mut [u8], at: u64) -> Result<usize, Failure> {
        let mut start = 0;
        for (file, len_bytes) in &self.files {
            let end = start + len_bytes;
            if at < end {
                let left = usize::try_from(end - at).unwrap_or(usize::MAX);
                let wanted = left.min(buffer.len());
                let read = fault::retry(|| pread(file, &mut buffer[..wanted], at - start));
                return read.map_err(|errno| self.failing(errno));
            }
            start = end;
        }
        Ok(0)
    }
}

impl Joined {
    fn failing(&self, errno: Errno) -> Failure {
        let doing = format!("reading the old content of {}", self.path);
        fault::failure(Code::Unreadable, doing, errno)
    }
}
