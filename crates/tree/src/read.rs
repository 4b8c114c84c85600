//! Reads the content of files, one after the other, without following links and without reading holes.
//!
//! It says whether a file changed while it was read; what that means is for the caller. No digest is made here.

use crate::attributes::{self, Found, Subject};
use crate::root::{Root, open_file_at, split_name};
use crate::stat::{Stat, stat_at};
use crate::{fault, root::NotOpened};
use counterpart_model::{Carry, Code, EntryPath, Failure};
use counterpart_port::Piece;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Advice, SeekFrom, fadvise, seek};
use rustix::io::{Errno, pread};
use std::ffi::CString;
use std::sync::Arc;

/// Below this size a file's holes are read like everything else: asking for them would cost more.
const HOLES_FROM_BYTES: u64 = 64 << 10;
/// From this size on the kernel is told that the file will be read from front to end.
const SEQUENTIAL_FROM_BYTES: u64 = 1 << 20;

/// Reads one file after the other.
#[derive(Debug)]
pub struct FileReader {
    root: Root,
    parent: Option<Parent>,
    open: Option<Open>,
}

/// The directory of the last file, held because the next file is mostly in it too.
#[derive(Debug)]
struct Parent {
    path: Vec<u8>,
    handle: Arc<OwnedFd>,
}

#[derive(Debug)]
struct Open {
    path: EntryPath,
    parent: Arc<OwnedFd>,
    name: CString,
    handle: OwnedFd,
    stat: Stat,
    at: u64,
    /// Where the data that `at` lies in ends; `None` where there are no holes to look for.
    data_until: Option<u64>,
}

impl FileReader {
    /// A reader of files beneath a root.
    pub const fn new(root: Root) -> Self {
        Self {
            root,
            parent: None,
            open: None,
        }
    }

    /// Opens a regular file and tells what it is, by the handle that is then read. Ends the one before.
    ///
    /// # Errors
    /// `vanished` when it is gone or is no regular file any more, else `unreadable` with the system's reason.
    pub fn open(&mut self, path: &EntryPath) -> Result<Stat, Failure> {
        self.open = None;
        let (name, (parent, handle, stat)) =
            self.at(path, |parent, name| match open_file_at(parent, name) {
                Ok((handle, stat)) => Ok((parent.clone(), handle, stat)),
                Err(NotOpened::System(errno)) if fault::is_gone(errno) => Err(Missed::Gone(errno)),
                Err(other) => Err(Missed::Other(other.failure(path))),
            })?;
        self.take_over(path, (parent, name), (handle, stat));
        Ok(stat)
    }

    /// Reads a file that somebody else opened, by its name in a held directory.
    pub(crate) fn take_over(
        &mut self,
        path: &EntryPath,
        (parent, name): (Arc<OwnedFd>, CString),
        (handle, stat): (OwnedFd, Stat),
    ) {
        if stat.size_bytes >= SEQUENTIAL_FROM_BYTES {
            // Only advice: a filesystem that takes none reads as well.
            let _ = fadvise(&handle, 0, None, Advice::Sequential);
        }
        let hollow =
            stat.size_bytes >= HOLES_FROM_BYTES && stat.blocks_512.saturating_mul(512) < stat.size_bytes;
        let data_until = hollow.then_some(0);
        self.open = Some(Open {
            path: path.clone(),
            parent,
            name,
            handle,
            stat,
            at: 0,
            data_until,
        });
    }

    /// The next piece of the open file. A hole comes without being read.
    ///
    /// # Errors
    /// `unreadable` with the system's reason.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure> {
        let open = self.open.as_mut().ok_or_else(nothing_open)?;
        open.piece(buffer).map_err(|errno| {
            let doing = format!("reading {} at byte {}", open.path, open.at);
            fault::failure(Code::Unreadable, doing, errno)
        })
    }

    /// What the open file's name leads to now. When that is not the stamp that `open` told ([`Stat::same_stamp`]), the
    /// file changed or was replaced while it was read, and what was read is worth nothing.
    ///
    /// # Errors
    /// `vanished` when the name is gone, else `unreadable`.
    pub fn restat(&mut self) -> Result<Stat, Failure> {
        let open = self.open.as_ref().ok_or_else(nothing_open)?;
        // By the name, not by the handle: so the kernel asks a file server again, and a file that was replaced by
        // another one is seen as well.
        stat_at(&*open.parent, &open.name).map_err(|errno| {
            fault::failure(Code::Unreadable, format!("looking again at {}", open.path), errno)
        })
    }

    /// Ends the open file.
    pub fn close(&mut self) {
        self.open = None;
    }

    /// The carried attributes of any entry; of the open file by its handle.
    ///
    /// # Errors
    /// `vanished`, or `unreadable` with the system's reason.
    pub fn attributes(&mut self, path: &EntryPath, carry: Carry) -> Result<Found, Failure> {
        let named = |mut failure: Failure| {
            failure.doing = format!("{} of {path}", failure.doing);
            failure
        };
        if let Some(open) = self.open.as_ref().filter(|open| open.path == *path) {
            let subject = Subject::Handle(open.handle.as_fd());
            return attributes::read_attributes(subject, open.stat.kind, carry).map_err(named);
        }
        let (_, found) = self.at(path, |parent, name| {
            let kind = stat_at(&**parent, name)
                .map_err(|errno| Missed::of(errno, path))?
                .kind;
            let subject = Subject::Name(parent.as_fd(), name);
            attributes::read_attributes(subject, kind, carry).map_err(|failure| Missed::Other(named(failure)))
        })?;
        Ok(found)
    }

    /// Does something with a name in its directory. A held directory that lacks the name may itself have been moved
    /// away, so then it is looked for once more from the root.
    fn at<T>(
        &mut self,
        path: &EntryPath,
        act: impl Fn(&Arc<OwnedFd>, &CString) -> Result<T, Missed>,
    ) -> Result<(CString, T), Failure> {
        let (above, name) = split_name(path)?;
        if let Some(parent) = self.parent.as_ref().filter(|parent| parent.path == above) {
            match act(&parent.handle, &name) {
                Ok(done) => return Ok((name, done)),
                Err(Missed::Other(failure)) => return Err(failure),
                Err(Missed::Gone(_)) => {}
            }
        }
        let reaching = |failure| Failure {
            doing: format!("reaching {path}"),
            ..failure
        };
        let handle = Arc::new(
            self.root
                .directory(&EntryPath::trusted(above))
                .map_err(reaching)?,
        );
        let done = act(&handle, &name).map_err(|missed| missed.failure(path));
        self.parent = Some(Parent {
            path: above.to_vec(),
            handle,
        });
        done.map(|done| (name, done))
    }
}

/// Why something could not be done with a name.
enum Missed {
    Gone(Errno),
    Other(Failure),
}

impl Missed {
    fn of(errno: Errno, path: &EntryPath) -> Self {
        if fault::is_gone(errno) {
            return Self::Gone(errno);
        }
        Self::Other(fault::failure(
            Code::Unreadable,
            format!("looking at {path}"),
            errno,
        ))
    }

    fn failure(self, path: &EntryPath) -> Failure {
        match self {
            Self::Gone(errno) => fault::failure(Code::Vanished, format!("opening {path}"), errno),
            Self::Other(failure) => failure,
        }
    }
}

impl Open {
    fn piece(&mut self, buffer: &mut [u8]) -> Result<Piece, Errno> {
        if let Some(hole) = self.hole()? {
            self.at += hole;
            return Ok(Piece::Hole(hole));
        }
        // At the end that it had when it was opened, the file ends: one that has grown shows it in its stat.
        if self.at >= self.stat.size_bytes {
            return Ok(Piece::End);
        }
        let until = self.data_until.unwrap_or(self.stat.size_bytes);
        let left = until.saturating_sub(self.at);
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let len = fault::retry(|| pread(&self.handle, &mut buffer[..wanted], self.at))?;
        self.at += len as u64;
        Ok(if len == 0 { Piece::End } else { Piece::Data(len) })
    }

    /// The length of the hole that begins here, if one does; else `data_until` says where the data ends.
    fn hole(&mut self) -> Result<Option<u64>, Errno> {
        let end = self.stat.size_bytes;
        let Some(until) = self.data_until else {
            return Ok(None);
        };
        if self.at < until || self.at >= end {
            return Ok(None);
        }
        let data = match seek(&self.handle, SeekFrom::Data(self.at)) {
            Ok(data) => data.min(end),
            // Nothing but a hole up to the end.
            Err(Errno::NXIO) => end,
            // The filesystem cannot tell holes.
            Err(Errno::INVAL | Errno::OPNOTSUPP) => {
                self.data_until = None;
                return Ok(None);
            }
            Err(errno) => return Err(errno),
        };
        if data > self.at {
            return Ok(Some(data - self.at));
        }
        self.data_until = Some(seek(&self.handle, SeekFrom::Hole(self.at))?.max(self.at + 1));
        Ok(None)
    }
}

fn nothing_open() -> Failure {
    Failure::new(Code::Io, "reading content", "no file is open")
}
