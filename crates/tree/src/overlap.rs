//! Whether one root lies in another, by what the directories are and not by how they are named.
//!
//! Two ways lead up from a root: by `..`, which sees through links, and by the table of mounts, which tells from where
//! in its filesystem a folder was mounted at a second place. Where the kernel shows no table, the first must do.

use crate::stat::{Stat, stat_of};
use crate::{Root, at, fault, filesystem};
use counterpart_model::{Code, Failure};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

/// Directories above a root, at most; the way up to `/` is never longer on a sound system.
const MAX_LEVELS: usize = 10_000;

/// True when `inner` is `outer` or any directory above `inner` is.
///
/// # Errors
/// A directory above cannot be looked at.
pub fn lies_in(inner: &Root, outer: &Root) -> Result<bool, Failure> {
    if is_mounted_from(inner, outer) {
        return Ok(true);
    }
    let failing = |errno: Errno| fault::failure(Code::Io, "looking above a root", errno);
    let outer = stat_of(outer.fd()).map_err(failing)?;
    let mut below = stat_of(inner.fd()).map_err(failing)?;
    let mut handle = above(inner.fd()).map_err(failing)?;
    for _ in 0..MAX_LEVELS {
        if same(&below, &outer) {
            return Ok(true);
        }
        let here = stat_of(&handle).map_err(failing)?;
        if same(&here, &below) {
            return Ok(false);
        }
        handle = above(&handle).map_err(failing)?;
        below = here;
    }
    Ok(false)
}

/// True when both lie in one filesystem, `inner` beneath `outer`, wherever they are mounted.
fn is_mounted_from(inner: &Root, outer: &Root) -> bool {
    let (Some(inner), Some(outer)) = (place_of(inner), place_of(outer)) else {
        return false;
    };
    inner.device == outer.device && inner.path.starts_with(&outer.path)
}

/// Where a directory lies in its filesystem.
struct FilesystemPlace {
    device: u64,
    path: PathBuf,
}

fn place_of(root: &Root) -> Option<FilesystemPlace> {
    let stat = stat_of(root.fd()).ok()?;
    let mounts = filesystem::mounts().ok()?;
    let mount = mounts.iter().find(|line| line.id == stat.mount_id)?;
    let shown = std::fs::read_link(at::proc_name(root.fd())).ok()?;
    let beneath = shown.strip_prefix(OsStr::from_bytes(&mount.at)).ok()?;
    Some(FilesystemPlace {
        device: mount.device,
        path: Path::new(OsStr::from_bytes(&mount.root)).join(beneath),
    })
}

fn same(left: &Stat, right: &Stat) -> bool {
    left.object() == right.object()
}

fn above(handle: impl AsFd) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    fault::retry(|| openat(handle.as_fd(), c"..", flags, Mode::empty()))
}
