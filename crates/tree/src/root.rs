//! The held root of a tree: every entry is reached from it, beneath it, and through no link.
//!
//! Nothing here lists, reads content or changes anything; it only leads to a handle.

use crate::{
    fault,
    stat::{self, Stat},
};
use counterpart_model::{Code, EntryPath, Failure, Kind, path};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat};
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest relative path that is given to the kernel at once. Its own limit is 4,096 bytes with the closing NUL.
const CHUNK_BYTES: usize = 3_500;

/// How a directory is opened on the way: never through a link.
const DIRECTORY: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// How a file is opened to be read: without waiting for a FIFO's writer, and without becoming a terminal's process.
const FILE: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

/// The root of a tree, held open. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Root {
    held: Arc<Held>,
}

#[derive(Debug)]
struct Held {
    path: PathBuf,
    handle: OwnedFd,
}

impl Root {
    /// Opens a root. The way to it may lead through links; beneath it none is followed.
    ///
    /// # Errors
    /// `source-missing` when there is no such directory, `unreadable-directory` when it may not be opened.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let handle = fault::retry(|| openat(CWD, path, flags, Mode::empty()));
        Self::hold(path, handle)
    }

    /// Opens a root by an absolute path on which there is no link: where one is planted meanwhile, it is not followed.
    ///
    /// # Errors
    /// As [`Root::open`].
    pub fn open_through_no_link(path: &Path) -> Result<Self, Failure> {
        let beneath = path.strip_prefix("/").unwrap_or(path).as_os_str().as_bytes();
        let top = openat(CWD, c"/", DIRECTORY, Mode::empty());
        Self::hold(path, top.and_then(|top| open_directory(top.as_fd(), beneath)))
    }

    fn hold(path: &Path, handle: Result<OwnedFd, Errno>) -> Result<Self, Failure> {
        let handle = handle.map_err(|errno| {
            let code = match errno {
                Errno::NOENT | Errno::NOTDIR | Errno::STALE | Errno::LOOP => Code::SourceMissing,
                _ => Code::UnreadableDirectory,
            };
            let why = match errno {
                Errno::NOTDIR => "it is not a directory".to_owned(),
                other => fault::words(other),
            };
            Failure::new(code, format!("opening the root {}", path.display()), why)
        })?;
        Ok(Self {
            held: Arc::new(Held {
                path: path.to_path_buf(),
                handle,
            }),
        })
    }

    /// The path that it was opened by, for messages.
    pub fn path(&self) -> &Path {
        &self.held.path
    }

    /// The held handle.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.held.handle.as_fd()
    }

    /// Opens a directory beneath the root, through no link. The handle has a read position of its own.
    ///
    /// # Errors
    /// `vanished` when it is gone, or is no longer a directory, or a link stands in its way; else
    /// `unreadable-directory`.
    pub fn directory(&self, path: &EntryPath) -> Result<OwnedFd, Failure> {
        open_directory(self.fd(), path.as_bytes())
            .map_err(|errno| failing(Code::UnreadableDirectory, "opening directory", path, errno))
    }

    /// Makes a directory, of which the parent must be there, and holds it.
    ///
    /// # Errors
    /// `target-missing` when it cannot be made there, `io` when the disk fails, which says nothing of what is there.
    pub fn make(path: &Path) -> Result<Self, Failure> {
        match rustix::fs::mkdir(path, rustix::fs::Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => Self::open(path),
            Err(errno) => {
                let doing = format!("making the root {}", path.display());
                Err(fault::failure(Code::TargetMissing, doing, errno))
            }
        }
    }

    /// As [`Root::make`], by an absolute path on which there is no link.
    ///
    /// # Errors
    /// As [`Root::make`]; where its parent cannot be opened, as [`Root::open`].
    pub fn make_through_no_link(path: &Path) -> Result<Self, Failure> {
        let (Some(above), Some(name)) = (path.parent(), path.file_name()) else {
            return Self::open_through_no_link(path);
        };
        let parent = Self::open_through_no_link(above)?;
        match rustix::fs::mkdirat(parent.fd(), name, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => Self::open_through_no_link(path),
            Err(errno) => {
                let doing = format!("making the root {}", path.display());
                Err(fault::failure(Code::TargetMissing, doing, errno))
            }
        }
    }

    /// Opens the directory that holds an entry, and gives the entry's own name in it (`.` for the root).
    ///
    /// # Errors
    /// As [`Root::directory`].
    pub fn parent(&self, path: &EntryPath) -> Result<(OwnedFd, CString), Failure> {
        let (above, name) = split_name(path)?;
        let parent = open_directory(self.fd(), above)
            .map_err(|errno| failing(Code::UnreadableDirectory, "reaching", path, errno))?;
        Ok((parent, name))
    }

    /// Opens a regular file to be read, through no link, without touching its time of access where that is allowed.
    ///
    /// # Errors
    /// `vanished`, or `unreadable` with the system's reason.
    pub fn open_file(&self, path: &EntryPath) -> Result<(OwnedFd, Stat), Failure> {
        let (parent, name) = self.parent(path)?;
        open_file_at(&parent, &name).map_err(|trouble| trouble.failure(path))
    }

    /// Stats an entry.
    ///
    /// # Errors
    /// `vanished` when it is gone, else `unreadable`.
    pub fn stat(&self, path: &EntryPath) -> Result<Stat, Failure> {
        let (parent, name) = self.parent(path)?;
        stat::stat_at(&parent, &name).map_err(|errno| failing(Code::Unreadable, "looking at", path, errno))
    }

    /// Reads where a symbolic link leads, byte for byte.
    ///
    /// # Errors
    /// `vanished` when it is gone or no link any more, else `unreadable`.
    pub fn read_link(&self, path: &EntryPath) -> Result<Vec<u8>, Failure> {
        let (parent, name) = self.parent(path)?;
        match fault::retry(|| readlinkat(&parent, &name, Vec::new())) {
            Ok(target) => Ok(target.into_bytes()),
            Err(Errno::INVAL) => Err(Failure::new(
                Code::Vanished,
                format!("reading the link {path}"),
                "it is not a symbolic link any more",
            )),
            Err(errno) => Err(failing(Code::Unreadable, "reading the link", path, errno)),
        }
    }
}

/// Why a name could not be opened as a regular file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotOpened {
    /// The system's error number; `ELOOP` when the name became a symbolic link.
    System(Errno),
    /// It is something else, and was not opened: opening a device can move a tape or start a timer.
    Kind(Kind),
}

/// Opens one name in a held directory to be read, if it is a regular file, and stats the handle.
///
/// # Errors
/// See [`NotOpened`].
pub fn open_file_at(parent: impl AsFd, name: &CStr) -> Result<(OwnedFd, Stat), NotOpened> {
    let parent = parent.as_fd();
    let only_files = |stat: Stat| match stat.kind {
        Kind::File => Ok(stat),
        other => Err(NotOpened::Kind(other)),
    };
    only_files(stat::stat_at(parent, name).map_err(NotOpened::System)?)?;
    let open = |flags| fault::retry(|| openat(parent, name, flags, Mode::empty()));
    let handle = match open(FILE.union(OFlags::NOATIME)) {
        // Only the owner, or an account that may act as one, may leave the time of access alone.
        Err(Errno::PERM) => open(FILE),
        other => other,
    };
    let handle = handle.map_err(NotOpened::System)?;
    let stat = only_files(stat::stat_of(&handle).map_err(NotOpened::System)?)?;
    Ok((handle, stat))
}

impl NotOpened {
    /// The failure of opening this entry.
    pub(crate) fn failure(self, path: &EntryPath) -> Failure {
        match self {
            Self::System(errno) => failing(Code::Unreadable, "opening", path, errno),
            Self::Kind(kind) => {
                let why = format!("it is no regular file any more, but a {}", kind.word());
                Failure::new(Code::Vanished, format!("opening {path}"), why)
            }
        }
    }
}

/// Opens one name in a held directory as a directory.
///
/// # Errors
/// The system's error number.
pub fn open_directory_at(parent: impl AsFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let parent = parent.as_fd();
    fault::retry(|| openat(parent, name, DIRECTORY, Mode::empty()))
}

/// Opens a directory beneath a held one, in as many steps as the kernel's limit on paths asks for.
pub(crate) fn open_directory(base: BorrowedFd<'_>, path: &[u8]) -> Result<OwnedFd, Errno> {
    let mut rest = path;
    let mut at: Option<OwnedFd> = None;
    while !rest.is_empty() {
        let (step, after) = first_step(rest);
        at = Some(open_step(at.as_ref().map_or(base, AsFd::as_fd), step)?);
        rest = after;
    }
    at.map_or_else(|| open_directory_at(base, c"."), Ok)
}

/// Splits off as many whole components as the kernel takes at once, and at least one.
fn first_step(path: &[u8]) -> (&[u8], &[u8]) {
    if path.len() <= CHUNK_BYTES {
        return (path, &[]);
    }
    let slash = |bytes: &[u8]| bytes.iter().rposition(|&byte| byte == b'/');
    let cut = slash(&path[..CHUNK_BYTES]).or_else(|| path.iter().position(|&byte| byte == b'/'));
    cut.map_or((path, &[][..]), |at| (&path[..at], &path[at + 1..]))
}

fn open_step(base: BorrowedFd<'_>, step: &[u8]) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH
        .union(ResolveFlags::NO_SYMLINKS)
        .union(ResolveFlags::NO_MAGICLINKS);
    match fault::retry(|| openat2(base, step, DIRECTORY, Mode::empty(), resolve)) {
        // Linux before 5.6, a container's filter that does not know the call, or a rename that the kernel could not
        // rule out: one component at a time always works.
        Err(Errno::NOSYS | Errno::PERM | Errno::AGAIN) => open_components(base, step),
        other => other,
    }
}

/// The same without `openat2`: one component after the other, none of them a link.
fn open_components(base: BorrowedFd<'_>, path: &[u8]) -> Result<OwnedFd, Errno> {
    let mut at: Option<OwnedFd> = None;
    for name in path.split(|&byte| byte == b'/') {
        if name == b".." {
            return Err(Errno::XDEV);
        }
        let name = CString::new(name).map_err(|_| Errno::INVAL)?;
        at = Some(open_directory_at(at.as_ref().map_or(base, AsFd::as_fd), &name)?);
    }
    at.ok_or(Errno::INVAL)
}

/// The directory of an entry and its name in it, which leads nowhere else (`.` for the root).
pub(crate) fn split_name(path: &EntryPath) -> Result<(&[u8], CString), Failure> {
    let (above, name) = path::split(path.as_bytes());
    if path.is_root() {
        return Ok((above, c".".to_owned()));
    }
    let refuse =
        |why: &dyn std::fmt::Display| Failure::new(Code::Unreadable, format!("reaching {path}"), why);
    path::check_name(name).map_err(|error| refuse(&error))?;
    let name = CString::new(name).map_err(|error| refuse(&error))?;
    Ok((above, name))
}

fn failing(code: Code, doing: &str, path: &EntryPath, errno: Errno) -> Failure {
    fault::failure(code, format_args!("{doing} {path}"), errno)
}
