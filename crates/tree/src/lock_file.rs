//! The file beneath a standby's root that a pass locks: `.counterpart/lock`.
//!
//! It is found here and opened; who locks it, and says so in it, is the site's affair. State directories differ from host
//! to host and from pair to pair, the root is one.

use crate::{Root, fault, ours};
use counterpart_model::path::RESERVED_NAME;
use counterpart_model::{Code, Failure};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

const FILE: &CStr = c"lock";

/// How the file is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opening {
    /// For reading; one that is not there, or may not be opened, is none.
    ToRead,
    /// For writing; one that is not there is none.
    Present,
    /// For writing; made where it is not there.
    Make,
}

/// Opens the file.
///
/// # Errors
/// What the system reports.
pub fn open(root: &Root, opening: Opening) -> Result<Option<File>, Failure> {
    let directory = match opening {
        Opening::Make => Some(ours::make(root)?),
        Opening::ToRead | Opening::Present => ours::open(root)?,
    };
    let Some(directory) = directory else {
        return Ok(None);
    };
    let access = match opening {
        Opening::ToRead => OFlags::RDONLY,
        Opening::Present => OFlags::RDWR,
        Opening::Make => OFlags::RDWR | OFlags::CREATE,
    };
    let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match fault::retry(|| rustix::fs::openat(&directory, FILE, flags, Mode::from_raw_mode(0o600))) {
        Ok(file) => Ok(Some(File::from(file))),
        Err(Errno::NOENT) if opening != Opening::Make => Ok(None),
        Err(Errno::ACCESS | Errno::PERM) if opening == Opening::ToRead => Ok(None),
        Err(errno) => Err(fault::failure(
            Code::Io,
            format!("opening {}", path(root).display()),
            errno,
        )),
    }
}

/// Where it is, for messages.
pub fn path(root: &Root) -> PathBuf {
    let reserved = OsStr::from_bytes(RESERVED_NAME);
    root.path().join(reserved).join("lock")
}
