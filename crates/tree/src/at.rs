//! The few calls that change a filesystem: each on a held directory and one name in it, following no link.
//!
//! No decision is made here, and no path is resolved.

use crate::fault::retry;
use crate::stat::{Stat, stat_at, stat_of};
use counterpart_model::{Kind, Timestamp};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, RenameFlags, Timespec, Timestamps};
use rustix::io::Errno;
use std::ffi::{CStr, CString};

const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Mode of everything that belongs to Counterpart alone.
pub(crate) const PRIVATE: u32 = 0o700;

/// A name as the system takes it.
pub(crate) fn c_name(name: &[u8]) -> Result<CString, Errno> {
    CString::new(name).map_err(|_| Errno::INVAL)
}

/// Seconds since 1970 by this host's clock.
pub(crate) fn now_seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Opens a directory by its name in a held one.
pub(crate) fn open_directory(parent: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    retry(|| rustix::fs::openat(parent.as_fd(), name, DIRECTORY, Mode::empty()))
}

/// A handle that leads to an entry of any kind, a link itself included, and can neither read nor write it.
pub(crate) fn open_path(parent: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    retry(|| rustix::fs::openat(parent.as_fd(), name, flags, Mode::empty()))
}

/// Makes a file that is not there yet, open for writing.
pub(crate) fn create_file(parent: impl AsFd, name: &CStr, mode: u32) -> Result<OwnedFd, Errno> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    retry(|| rustix::fs::openat(parent.as_fd(), name, flags, Mode::from_raw_mode(mode)))
}

/// Makes a directory that is not there yet and opens it.
pub(crate) fn create_directory(parent: impl AsFd, name: &CStr, mode: u32) -> Result<OwnedFd, Errno> {
    retry(|| rustix::fs::mkdirat(parent.as_fd(), name, Mode::from_raw_mode(mode)))?;
    open_directory(parent, name)
}

/// Renames to a name that must be free; `EEXIST` when it is not.
///
/// Where the filesystem does not know such a rename (NFS), the name is looked at first. Between look and rename another
/// program could take the name, and its file would be lost; only there.
pub(crate) fn rename_new(from: impl AsFd, name: &CStr, to: impl AsFd, new: &CStr) -> Result<(), Errno> {
    let (from, to) = (from.as_fd(), to.as_fd());
    let flags = RenameFlags::NOREPLACE;
    match retry(|| rustix::fs::renameat_with(from, name, to, new, flags)) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => match stat_at(to, new) {
            Ok(_) => Err(Errno::EXIST),
            Err(Errno::NOENT) => rename_over(from, name, to, new),
            Err(errno) => Err(errno),
        },
        result => result,
    }
}

/// Renames over what has the name; only for fallbacks that kept the old one elsewhere, and for our own state.
pub(crate) fn rename_over(from: impl AsFd, name: &CStr, to: impl AsFd, new: &CStr) -> Result<(), Errno> {
    retry(|| rustix::fs::renameat(from.as_fd(), name, to.as_fd(), new))
}

/// Exchanges two names in one step.
pub(crate) fn exchange(left: impl AsFd, name: &CStr, right: impl AsFd, other: &CStr) -> Result<(), Errno> {
    let (left, right) = (left.as_fd(), right.as_fd());
    retry(|| rustix::fs::renameat_with(left, name, right, other, RenameFlags::EXCHANGE))
}

/// Gives a file a further name, which must be free.
pub(crate) fn link(from: impl AsFd, name: &CStr, to: impl AsFd, new: &CStr) -> Result<(), Errno> {
    retry(|| rustix::fs::linkat(from.as_fd(), name, to.as_fd(), new, AtFlags::empty()))
}

/// Makes a file that was written under a name durable; anything else has no content of its own.
pub(crate) fn flush(directory: impl AsFd, name: &CStr) -> Result<(), Errno> {
    let directory = directory.as_fd();
    if stat_at(directory, name)?.kind != Kind::File {
        return Ok(());
    }
    // An owner may not read every file of his own; the system flushes through any handle.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let open = |access| retry(|| rustix::fs::openat(directory, name, flags | access, Mode::empty()));
    let handle = match open(OFlags::RDONLY) {
        Err(Errno::ACCESS) => open(OFlags::WRONLY)?,
        opened => opened?,
    };
    retry(|| rustix::fs::fsync(&handle))
}

/// Times as `utimensat` takes them: only that of modification is set.
pub(crate) fn modified_at(mtime: Timestamp) -> Timestamps {
    let omit = Timespec {
        tv_sec: 0,
        tv_nsec: rustix::fs::UTIME_OMIT,
    };
    let tv_nsec = i64::from(mtime.nanos);
    let last_modification = Timespec {
        tv_sec: mtime.seconds,
        tv_nsec,
    };
    Timestamps {
        last_access: omit,
        last_modification,
    }
}

/// Sets the time of modification of what a handle leads to, where it is another one.
pub(crate) fn set_mtime(handle: impl AsFd, mtime: Timestamp) -> Result<(), Errno> {
    retry(|| rustix::fs::futimens(handle.as_fd(), &modified_at(mtime)))
}

/// Sets permission bits of what a handle leads to.
pub(crate) fn set_mode(handle: impl AsFd, mode: u32) -> Result<(), Errno> {
    retry(|| rustix::fs::fchmod(handle.as_fd(), Mode::from_raw_mode(mode)))
}

/// Sets permission bits through a handle that can neither read nor write.
pub(crate) fn set_mode_of_path(handle: impl AsFd, mode: u32) -> Result<(), Errno> {
    retry(|| rustix::fs::chmod(&*proc_name(handle.as_fd()), Mode::from_raw_mode(mode)))
}

/// The name of a handle that the system resolves to exactly what it leads to.
pub(crate) fn proc_name(handle: BorrowedFd<'_>) -> String {
    format!("/proc/self/fd/{}", handle.as_raw_fd())
}

/// True when this process is bound by the permission bits of what it owns.
pub(crate) fn is_bound_by_modes() -> bool {
    !rustix::process::geteuid().is_root()
}

/// Calls `each` for every name in a directory but `.` and `..`. Nothing is collected, so that size does not matter.
pub(crate) fn each_name(
    directory: impl AsFd,
    mut each: impl FnMut(&CStr) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let mut listing = Dir::read_from(directory.as_fd())?;
    while let Some(entry) = listing.read() {
        let entry = entry?;
        let name = entry.file_name();
        if name != c"." && name != c".." {
            each(name)?;
        }
    }
    Ok(())
}

/// Removes an entry of Counterpart's own, a directory with all beneath it. Absent is fine.
pub(crate) fn remove_whole(parent: impl AsFd, name: &CStr) -> Result<(), Errno> {
    let parent = parent.as_fd();
    match retry(|| rustix::fs::unlinkat(parent, name, AtFlags::empty())) {
        Err(Errno::ISDIR | Errno::PERM) => {}
        Err(Errno::NOENT) => return Ok(()),
        result => return result,
    }
    let handle = open_to_empty(parent, name)?;
    // A listing may miss names when entries go away beneath it; an empty one ends the loop.
    loop {
        let mut removed = false;
        each_name(&handle, |inner| {
            removed = true;
            remove_whole(&handle, inner)
        })?;
        if !removed {
            break;
        }
    }
    retry(|| rustix::fs::unlinkat(parent, name, AtFlags::REMOVEDIR))
}

fn open_to_empty(parent: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Errno> {
    if is_bound_by_modes() {
        let handle = open_path(parent, name)?;
        if stat_of(&handle)?.mode & PRIVATE != PRIVATE {
            set_mode_of_path(&handle, PRIVATE)?;
        }
    }
    open_directory(parent, name)
}

/// Renames a directory or anything else with `rename`, lending a directory of our own the write permission that the
/// system asks for when its parent changes. `name` is where the directory is, `after` where it then is.
pub(crate) fn with_lent_write(
    parent: impl AsFd,
    name: &CStr,
    stat: &Stat,
    mut rename: impl FnMut() -> Result<(), Errno>,
) -> Result<(), Errno> {
    match rename() {
        Err(Errno::ACCESS) if stat.is_directory() && stat.mode & 0o200 == 0 => {}
        result => return result,
    }
    let handle = open_path(parent, name)?;
    if stat_of(&handle)?.object() != stat.object() {
        return Err(Errno::STALE);
    }
    set_mode_of_path(&handle, stat.mode | 0o200)?;
    let result = rename();
    let restored = set_mode_of_path(&handle, stat.mode);
    result.and(restored)
}
