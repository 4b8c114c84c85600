//! `.counterpart` beneath a standby's root: the one directory there that is never part of the tree.
//!
//! It is private: mode 0700, and none of the root's default access control lists.

use crate::at::{self, PRIVATE};
use crate::{Root, fault, stat};
use counterpart_model::path::RESERVED_NAME;
use counterpart_model::{Code, Failure};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use std::ffi::{CStr, CString};

/// The directory of incoming files.
pub(crate) const INCOMING: &CStr = c"incoming";
/// The directory of what passes set aside.
pub(crate) const HISTORY: &CStr = c"history";

/// Opens `.counterpart`; `None` when there is none.
pub(crate) fn open(root: &Root) -> Result<Option<OwnedFd>, Failure> {
    optional(at::open_directory(root.fd(), &reserved())).map_err(|errno| failing("opening", errno))
}

/// Opens a directory in `.counterpart`; `None` when it or `.counterpart` is not there.
pub(crate) fn open_in(root: &Root, name: &CStr) -> Result<Option<OwnedFd>, Failure> {
    let Some(ours) = open(root)? else { return Ok(None) };
    optional(at::open_directory(ours, name)).map_err(|errno| failing("opening", errno))
}

/// Opens `.counterpart`, and makes it when there is none. The root keeps its time of modification.
pub(crate) fn make(root: &Root) -> Result<OwnedFd, Failure> {
    if let Some(ours) = open(root)? {
        return Ok(ours);
    }
    make_first(root).map_err(|errno| failing("making", errno))
}

/// Opens a directory in `.counterpart`, and makes both where they are not there.
pub(crate) fn make_in(root: &Root, name: &CStr) -> Result<OwnedFd, Failure> {
    make_beneath(make(root)?, name).map_err(|errno| failing("making", errno))
}

/// Opens a private directory, and makes it when it is not there.
pub(crate) fn make_beneath(parent: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    match at::create_directory(parent.as_fd(), name, PRIVATE) {
        Err(Errno::EXIST) => at::open_directory(parent, name),
        result => result,
    }
}

fn make_first(root: &Root) -> Result<OwnedFd, Errno> {
    let before = stat::stat_of(root.fd())?;
    let lend = at::is_bound_by_modes() && before.mode & 0o300 != 0o300;
    if lend {
        at::set_mode(root.fd(), before.mode | PRIVATE)?;
    }
    let made = make_beneath(root.fd(), &reserved()).and_then(|ours| close_to_others(&ours).map(|()| ours));
    if lend {
        at::set_mode(root.fd(), before.mode)?;
    }
    at::set_mtime(root.fd(), before.mtime)?;
    made
}

/// Takes away what the root's default lists gave, and the group that a set-group-id root gave stays without rights.
fn close_to_others(ours: &OwnedFd) -> Result<(), Errno> {
    for name in [c"system.posix_acl_default", c"system.posix_acl_access"] {
        match rustix::fs::fremovexattr(ours, name) {
            Ok(()) | Err(Errno::NODATA | Errno::OPNOTSUPP | Errno::PERM | Errno::INVAL) => {}
            Err(errno) => return Err(errno),
        }
    }
    at::set_mode(ours, PRIVATE)
}

fn optional(opened: Result<OwnedFd, Errno>) -> Result<Option<OwnedFd>, Errno> {
    match opened {
        Ok(handle) => Ok(Some(handle)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

pub(crate) fn reserved() -> CString {
    CString::new(RESERVED_NAME).unwrap_or_default()
}

fn failing(doing: &str, errno: Errno) -> Failure {
    // A link or a file of that name was put there by somebody else; it is not the standby's own state.
    if matches!(errno, Errno::LOOP | Errno::NOTDIR) {
        return Failure::new(
            Code::StateDamaged,
            format!("{doing} .counterpart"),
            "it is not a directory",
        );
    }
    fault::failure(Code::Io, format!("{doing} .counterpart"), errno)
}
