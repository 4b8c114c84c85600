//! Brings kept versions, and what the tree holds now, out of a standby: entry by entry, to whoever takes them.
//!
//! Nothing is changed here, and nothing is written: that is [`super::Receiver`]'s, at this host or at another.

use super::aside::Named;
use super::{failing, index, list, pass_name};
use crate::attributes::{Subject, read_attributes};
use crate::ours::{self, HISTORY};
use crate::root::open_file_at;
use crate::stat::{Stat, stat_at, stat_of};
use crate::{FileReader, OwnerNames, Root, at, fault};
use counterpart_model::policy::OwnerBy;
use counterpart_model::{Carry, Code, EntryPath, Failure, Kind, MetadataClass};
use counterpart_port::{Attributes, Export, ExportSink, ExportedEntry, HistoryId, Piece};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use std::ffi::CString;
use std::sync::Arc;

const BUFFER_BYTES: usize = 256 << 10;

/// Brings one version, or what has a path now, to a sink: a directory with all beneath it. Devices, sockets and FIFOs
/// are never compared, and not brought.
///
/// # Errors
/// `not-found`, what the system reports, or the sink's own failure.
pub fn export(root: &Root, what: &Export, sink: &mut dyn ExportSink) -> Result<(), Failure> {
    match what {
        Export::Present(path) => {
            let (directory, name) = root.parent(path)?;
            Sending::new(root, path, sink).entry(
                Named {
                    directory: directory.as_fd(),
                    name: &name,
                },
                b"",
            )
        }
        Export::Kept { id, beneath } => {
            let doing = |errno| failing(format!("bringing back {}", id.0), errno);
            let (pass, line) = find(root, id)?;
            let number = at::c_name(line.n.to_string().as_bytes()).map_err(doing)?;
            let (directory, name) = reach(pass, number, beneath).map_err(doing)?;
            let kept = Named {
                directory: directory.as_fd(),
                name: &name,
            };
            let path = if beneath.is_root() {
                line.path
            } else {
                line.path.join(beneath.as_bytes())
            };
            Sending::new(root, &path, sink).entry(kept, b"")
        }
    }
}

fn find(root: &Root, id: &HistoryId) -> Result<(OwnedFd, index::Line), Failure> {
    let missing = || {
        Failure::new(
            Code::NotFound,
            "bringing a version back",
            format!("there is no {}", id.0),
        )
    };
    let (pass, n) = id.0.split_once('/').ok_or_else(missing)?;
    let n: u64 = n.parse().map_err(|_| missing())?;
    let history = ours::open_in(root, HISTORY)?.ok_or_else(missing)?;
    let pass = match at::open_directory(history, &pass_name(pass)?) {
        Err(Errno::NOENT) => return Err(missing()),
        opened => opened.map_err(|errno| failing("bringing a version back", errno))?,
    };
    let mut found = None;
    index::each_line(&pass, |line| {
        if line.n == n && list::lies_there(&pass, &line).is_some() {
            found = Some(line);
        }
        Ok(())
    })
    .map_err(|errno| failing("reading the index of history", errno))?;
    found.map(|line| (pass, line)).ok_or_else(missing)
}

/// The directory that holds the wanted part of a kept entry, and its name there; no link is followed.
fn reach(pass: OwnedFd, number: CString, beneath: &EntryPath) -> Result<(OwnedFd, CString), Errno> {
    let mut at = (pass, number);
    for name in beneath.components() {
        let directory = at::open_directory(&at.0, &at.1)?;
        at = (directory, at::c_name(name)?);
    }
    Ok(at)
}

/// What is on its way.
struct Sending<'a> {
    /// What is sent, as it is told.
    path: EntryPath,
    owners: OwnerNames,
    reader: FileReader,
    buffer: Vec<u8>,
    sink: &'a mut dyn ExportSink,
}

impl<'a> Sending<'a> {
    fn new(root: &Root, path: &EntryPath, sink: &'a mut dyn ExportSink) -> Self {
        Self {
            path: path.clone(),
            owners: OwnerNames::new(OwnerBy::Name),
            reader: FileReader::new(root.clone()),
            buffer: vec![0; BUFFER_BYTES],
            sink,
        }
    }

    fn failing(&self, errno: Errno) -> Failure {
        fault::failure(Code::Unreadable, format!("reading {}", self.path), errno)
    }

    /// Sends an entry that has `told` as its name there.
    fn entry(&mut self, kept: Named<'_>, told: &[u8]) -> Result<(), Failure> {
        let stat = stat_at(kept.directory, kept.name).map_err(|errno| self.failing(errno))?;
        match stat.kind {
            Kind::File | Kind::HardLink => self.file(kept, told),
            Kind::Directory => self.directory(kept, told),
            Kind::Symlink => self.link(kept, &stat, told),
            Kind::Special if told.is_empty() => Err(self.failing(Errno::OPNOTSUPP)),
            Kind::Special => Ok(()),
        }
    }

    fn file(&mut self, kept: Named<'_>, told: &[u8]) -> Result<(), Failure> {
        let opened = open_file_at(kept.directory, kept.name);
        let (handle, stat) = opened.map_err(|not| not.failure(&self.path))?;
        let attributes = self.attributes(handle.as_fd(), stat.kind)?;
        let parent = kept.directory.try_clone_to_owned();
        let parent =
            parent.map_err(|error| Failure::new(Code::Io, format!("reading {}", self.path), error))?;
        self.sink.begin(&self.told(told, &stat, attributes))?;
        self.reader
            .take_over(&self.path, (Arc::new(parent), kept.name.into()), (handle, stat));
        loop {
            match self.reader.read(&mut self.buffer)? {
                Piece::Data(len) => self.sink.data(&self.buffer[..len])?,
                Piece::Hole(len) => self.sink.hole(len)?,
                Piece::End => break,
                // Only of a reader that was asked for the digest alone.
                Piece::Digested(_) => return Err(self.failing(Errno::INVAL)),
            }
        }
        if !self.reader.restat()?.same_stamp(&stat) {
            let doing = format!("reading {}", self.path);
            return Err(Failure::new(Code::Torn, doing, "it changed while it was read").hint("Run it again."));
        }
        self.reader.close();
        self.sink.end()
    }

    fn directory(&mut self, kept: Named<'_>, told: &[u8]) -> Result<(), Failure> {
        let opened = at::open_directory(kept.directory, kept.name);
        let from = opened.map_err(|errno| self.failing(errno))?;
        let stat = stat_of(&from).map_err(|errno| self.failing(errno))?;
        let attributes = self.attributes(from.as_fd(), stat.kind)?;
        self.sink.begin(&self.told(told, &stat, attributes))?;
        let path = self.path.clone();
        // What went wrong in the directory, told apart from what went wrong with its listing.
        let mut failed = None;
        let listed = at::each_name(&from, |inner| {
            let kept = Named {
                directory: from.as_fd(),
                name: inner,
            };
            self.path = path.join(inner.to_bytes());
            self.entry(kept, inner.to_bytes()).map_err(|failure| {
                failed = Some(failure);
                Errno::CANCELED
            })
        });
        self.path = path;
        match (failed, listed) {
            (Some(failure), _) => Err(failure),
            (None, Err(errno)) => Err(self.failing(errno)),
            (None, Ok(())) => self.sink.end(),
        }
    }

    fn link(&mut self, kept: Named<'_>, stat: &Stat, told: &[u8]) -> Result<(), Failure> {
        let target = rustix::fs::readlinkat(kept.directory, kept.name, Vec::new());
        let target = target.map_err(|errno| self.failing(errno))?;
        let mut entry = self.told(told, stat, Attributes::default());
        entry.target = target.into_bytes();
        self.sink.begin(&entry)?;
        self.sink.end()
    }

    fn told(&self, name: &[u8], stat: &Stat, attributes: Attributes) -> ExportedEntry {
        let is_file = stat.kind == Kind::File;
        ExportedEntry {
            name: name.to_vec(),
            kind: stat.kind,
            size_bytes: if is_file { stat.size_bytes } else { 0 },
            target: Vec::new(),
            mode: stat.mode,
            mtime: stat.mtime,
            owner: self.owners.owner(stat.uid, stat.gid),
            attributes,
        }
    }

    fn attributes(&self, of: BorrowedFd<'_>, kind: Kind) -> Result<Attributes, Failure> {
        let carry = Carry::of(&[MetadataClass::Xattr, MetadataClass::Acl]);
        let found = read_attributes(Subject::Handle(of), kind, carry);
        found.map(|found| found.attributes).map_err(|failure| Failure {
            doing: format!("{} of {}", failure.doing, self.path),
            ..failure
        })
    }
}
