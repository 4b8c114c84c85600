//! Whether one root lies in another, by what the directories are and not by how they are named.

use crate::stat::{Stat, stat_of};
use crate::{Root, fault};
use counterpart_model::{Code, Failure};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

/// Directories above a root, at most; the way up to `/` is never longer on a sound system.
const MAX_LEVELS: usize = 10_000;

/// True when `inner` is `outer` or any directory above `inner` is.
///
/// # Errors
/// A directory above cannot be looked at.
pub fn lies_in(inner: &Root, outer: &Root) -> Result<bool, Failure> {
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

fn same(left: &Stat, right: &Stat) -> bool {
    left.object() == right.object()
}

fn above(handle: impl AsFd) -> Result<OwnedFd, Errno> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    fault::retry(|| openat(handle.as_fd(), c"..", flags, Mode::empty()))
}
