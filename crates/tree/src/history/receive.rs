//! Takes what is brought out of a standby, and puts it into a directory of this host.
//!
//! What comes may come from another host: a name is one plain name, a file no longer than was said, and no attribute is
//! set that a program would trust. No existing name at the target is overwritten: a copy is made beside its name and
//! takes it when it is whole.

use super::failing;
use super::metadata::Metadata;
use crate::stat::stat_at;
use crate::{OwnerNames, Root, at, fault};
use counterpart_model::policy::OwnerBy;
use counterpart_model::{Code, EntryPath, Failure, Kind, escape, path};
use counterpart_port::{ExportSink, ExportedEntry, NotHeld};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::AtFlags;
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::path::{Path, PathBuf};

/// Most attributes that are named which a target cannot hold; all are counted.
const MAX_NAMED: usize = 100;

/// See the module. Dropped before [`Receiver::finish`], it takes away what it made.
pub struct Receiver {
    to: PathBuf,
    target: Root,
    name: CString,
    partial: CString,
    owners: OwnerNames,
    /// Entries that began and did not end, from the outermost on.
    open: Vec<Begun>,
    whole: bool,
    finished: bool,
    /// The path of what began last, as it is told.
    path: EntryPath,
    not_held: NotHeld,
}

/// An entry that began.
struct Begun {
    entry: ExportedEntry,
    /// None for a link.
    handle: Option<OwnedFd>,
    /// Where the next bytes go.
    at: u64,
}

impl Receiver {
    /// Puts what had `path` into a directory, under the name that it had.
    ///
    /// # Errors
    /// The directory is not there, or has an entry of that name.
    pub fn new(to: &Path, path: &EntryPath) -> Result<Self, Failure> {
        let doing = || format!("bringing back {path}");
        let target = Root::open(to)?;
        let fail = |errno| failing(doing(), errno);
        let name = at::c_name(path.name()).map_err(fail)?;
        if stat_at(target.fd(), &name).is_ok() {
            return Err(taken(doing(), to));
        }
        let partial = partial_name(target.fd(), &name).map_err(fail)?;
        Ok(Self {
            to: to.to_owned(),
            target,
            name,
            partial,
            owners: OwnerNames::new(OwnerBy::Name),
            open: Vec::new(),
            whole: false,
            finished: false,
            path: path.clone(),
            not_held: NotHeld::default(),
        })
    }

    /// Gives what came its name; tells which attributes and lists the directory's filesystem cannot hold.
    ///
    /// # Errors
    /// It did not come whole, or the name was taken meanwhile.
    pub fn finish(mut self) -> Result<NotHeld, Failure> {
        let doing = format!("bringing back {}", self.path);
        if !self.whole {
            return Err(Failure::new(Code::Io, doing, "it ended before it was whole"));
        }
        match self.move_in() {
            Ok(()) => {}
            Err(Errno::EXIST) => return Err(taken(doing, &self.to)),
            Err(errno) => return Err(failing(doing, errno)),
        }
        self.finished = true;
        Ok(std::mem::take(&mut self.not_held))
    }

    fn move_in(&self) -> Result<(), Errno> {
        let (target, partial) = (self.target.fd(), &self.partial);
        let stat = stat_at(target, partial)?;
        at::with_lent_write(target, partial, &stat, || {
            at::rename_new(target, partial, target, &self.name)
        })
    }

    fn failing(&self, errno: Errno) -> Failure {
        fault::failure(
            Code::Io,
            format!("writing {} to {}", self.path, self.to.display()),
            errno,
        )
    }

    /// What came makes no sense; an honest site does not send it.
    fn refused(&self, why: &str) -> Failure {
        Failure::new(Code::Io, format!("bringing back {}", self.path), why)
            .hint("Run it again. If it happens again, do not trust the standby's host.")
    }

    /// Where the next entry goes: the directory and its name there.
    fn place(&self, entry: &ExportedEntry) -> Result<(BorrowedFd<'_>, CString), Failure> {
        let Some(above) = self.open.last() else {
            return if self.whole || !entry.name.is_empty() {
                Err(self.refused("more came than was asked for"))
            } else {
                Ok((self.target.fd(), self.partial.clone()))
            };
        };
        path::check_name(&entry.name).map_err(|error| self.refused(&error.to_string()))?;
        let name = at::c_name(&entry.name).map_err(|errno| self.failing(errno))?;
        match &above.handle {
            Some(handle) if above.entry.kind == Kind::Directory => Ok((handle.as_fd(), name)),
            _ => Err(self.refused("something lies in what is no directory")),
        }
    }

    fn make(&self, entry: &ExportedEntry) -> Result<Option<OwnedFd>, Failure> {
        let (directory, name) = self.place(entry)?;
        let made = match entry.kind {
            Kind::File => at::create_file(directory, &name, 0o600).map(Some),
            Kind::Directory => at::create_directory(directory, &name, at::PRIVATE).map(Some),
            Kind::Symlink => make_link(directory, &name, entry).map(|()| None),
            Kind::HardLink | Kind::Special => Err(Errno::OPNOTSUPP),
        };
        made.map_err(|errno| self.failing(errno))
    }

    /// The file that takes content now, with room for so much more.
    fn file(&mut self, len_bytes: u64) -> Result<&mut Begun, Failure> {
        let refused = self.refused("more content came than the file has");
        let open = self.open.last_mut().filter(|open| open.entry.kind == Kind::File);
        open.filter(|open| len_bytes <= open.entry.size_bytes.saturating_sub(open.at))
            .ok_or(refused)
    }

    fn settle(&mut self, begun: &Begun) -> Result<(), Errno> {
        let Some(handle) = &begun.handle else {
            return Ok(());
        };
        if begun.entry.kind == Kind::File {
            // A hole at the end has no bytes that would make the file so long.
            rustix::fs::ftruncate(handle, begun.entry.size_bytes)?;
        }
        let metadata = Metadata {
            owner: self.owners.numbers(&begun.entry.owner),
            mode: begun.entry.mode & 0o7777,
            mtime: begun.entry.mtime,
            attributes: &begun.entry.attributes,
        };
        let (path, not_held) = (&self.path, &mut self.not_held);
        metadata.put(handle.as_fd(), &mut |name| {
            not_held.count += 1;
            if not_held.first.len() < MAX_NAMED {
                not_held.first.push((path.to_string(), escape::shown(name)));
            }
        })
    }
}

impl ExportSink for Receiver {
    fn begin(&mut self, entry: &ExportedEntry) -> Result<(), Failure> {
        let handle = self.make(entry)?;
        if !self.open.is_empty() {
            self.path.push(&entry.name);
        }
        self.open.push(Begun {
            entry: entry.clone(),
            handle,
            at: 0,
        });
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let begun = self.file(bytes.len() as u64)?;
        let written = begun
            .handle
            .as_ref()
            .map_or(Err(Errno::BADF), |handle| write_at(handle, bytes, begun.at));
        begun.at += bytes.len() as u64;
        written.map_err(|errno| self.failing(errno))
    }

    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure> {
        self.file(len_bytes)?.at += len_bytes;
        Ok(())
    }

    fn end(&mut self) -> Result<(), Failure> {
        let Some(begun) = self.open.pop() else {
            return Err(self.refused("what never began has ended"));
        };
        if begun.entry.kind == Kind::File && begun.at != begun.entry.size_bytes {
            return Err(self.refused("less content came than the file has"));
        }
        self.settle(&begun).map_err(|errno| self.failing(errno))?;
        match self.path.parent() {
            Some(above) if !self.open.is_empty() => self.path = above,
            _ => self.whole = true,
        }
        Ok(())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if !self.finished {
            // Made by us a moment ago; a second failure here adds nothing to the first.
            let _ = at::remove_whole(self.target.fd(), &self.partial);
        }
    }
}

fn write_at(handle: &OwnedFd, mut bytes: &[u8], mut at: u64) -> Result<(), Errno> {
    while !bytes.is_empty() {
        let len = fault::retry(|| rustix::io::pwrite(handle, bytes, at))?;
        if len == 0 {
            return Err(Errno::IO);
        }
        bytes = &bytes[len..];
        at += len as u64;
    }
    Ok(())
}

fn make_link(directory: BorrowedFd<'_>, name: &CStr, entry: &ExportedEntry) -> Result<(), Errno> {
    let target = at::c_name(&entry.target)?;
    rustix::fs::symlinkat(&*target, directory, name)?;
    let times = at::modified_at(entry.mtime);
    rustix::fs::utimensat(directory, name, &times, AtFlags::SYMLINK_NOFOLLOW)
}

fn taken(doing: String, to: &Path) -> Failure {
    let why = format!("{} has an entry of that name already", to.display());
    Failure::new(Code::Usage, doing, why).hint("Name another directory; nothing is overwritten.")
}

/// A free name for a copy that is not whole yet; short, so that it fits whatever the final name is.
fn partial_name(target: BorrowedFd<'_>, name: &CStr) -> Result<CString, Errno> {
    for attempt in 0..1000_u32 {
        let candidate = CString::new(format!(".counterpart-partial-{attempt}")).map_err(|_| Errno::INVAL)?;
        if candidate.as_c_str() != name && stat_at(target, &candidate) == Err(Errno::NOENT) {
            return Ok(candidate);
        }
    }
    Err(Errno::EXIST)
}
