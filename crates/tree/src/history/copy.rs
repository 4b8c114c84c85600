//! Copies an entry within a standby's own filesystem, where it can be neither exchanged nor linked.

use super::aside::Named;
use super::metadata::Metadata;
use crate::at;
use crate::attributes::{Subject, read_attributes};
use crate::stat::{Stat, stat_at, stat_of};
use counterpart_model::{Carry, Kind, MetadataClass};
use rustix::fd::{AsFd, BorrowedFd};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::CStr;
use std::fs::File;

/// Copies one entry of any kind, a directory with all beneath it, to a name that must be free: content, attributes,
/// lists, mode, times, and the owner where this account may give it.
pub(super) fn copy_entry(kept: Named<'_>, target: impl AsFd, name: &CStr) -> Result<(), Errno> {
    let target = target.as_fd();
    let stat = stat_at(kept.directory, kept.name)?;
    match stat.kind {
        Kind::File | Kind::HardLink => copy_file(kept, target, name),
        Kind::Directory => copy_directory(kept, &stat, target, name),
        Kind::Symlink => copy_link(kept, &stat, target, name),
        Kind::Special => Err(Errno::OPNOTSUPP),
    }
}

fn copy_file(kept: Named<'_>, target: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let from = rustix::fs::openat(kept.directory, kept.name, flags, Mode::empty())?;
    let stat = stat_of(&from)?;
    if stat.kind != Kind::File {
        return Err(Errno::STALE);
    }
    let to = at::create_file(target, name, 0o600)?;
    let (mut from, mut to) = (File::from(from), File::from(to));
    let copied = std::io::copy(&mut from, &mut to)
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    if copied != stat.size_bytes {
        return Err(Errno::IO);
    }
    finish(from.as_fd(), to.as_fd(), &stat)
}

fn copy_directory(kept: Named<'_>, stat: &Stat, target: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
    let from = at::open_directory(kept.directory, kept.name)?;
    let to = at::create_directory(target, name, at::PRIVATE)?;
    at::each_name(&from, |inner| {
        let kept = Named {
            directory: from.as_fd(),
            name: inner,
        };
        match copy_entry(kept, &to, inner) {
            // Devices, sockets and FIFOs are never compared, and not kept.
            Err(Errno::OPNOTSUPP) => Ok(()),
            result => result,
        }
    })?;
    finish(from.as_fd(), to.as_fd(), stat)
}

fn copy_link(kept: Named<'_>, stat: &Stat, target: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
    let to = rustix::fs::readlinkat(kept.directory, kept.name, Vec::new())?;
    rustix::fs::symlinkat(&*to, target, name)?;
    rustix::fs::utimensat(
        target,
        name,
        &at::modified_at(stat.mtime),
        AtFlags::SYMLINK_NOFOLLOW,
    )
}

fn finish(from: BorrowedFd<'_>, to: BorrowedFd<'_>, stat: &Stat) -> Result<(), Errno> {
    let carry = Carry::of(&[MetadataClass::Xattr, MetadataClass::Acl]);
    let found = read_attributes(Subject::Handle(from), stat.kind, carry).map_err(|_| Errno::IO)?;
    let metadata = Metadata {
        owner: Some((stat.uid, stat.gid)),
        mode: stat.mode,
        mtime: stat.mtime,
        attributes: &found.attributes,
    };
    // What lies on the same filesystem holds the same; what does not is lost to history alone.
    metadata.put(to, &mut |_| {})
}
