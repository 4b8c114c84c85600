//! Copies kept versions out of history.
//!
//! Nothing in history changes, and no existing name at the target is overwritten: a copy is made beside its name and
//! takes it when it is whole.

use super::aside::Named;
use super::{failing, index, list, pass_name};
use crate::attributes::{ACL_ACCESS, ACL_DEFAULT, Subject, read_attributes};
use crate::ours::{self, HISTORY};
use crate::put::lists::mode_without_list;
use crate::stat::{Stat, stat_at, stat_of};
use crate::{Root, at};
use counterpart_model::{Carry, Code, EntryPath, Failure, Kind, MetadataClass, escape};
use counterpart_port::{Attributes, Export, NotHeld};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, XattrFlags};
use rustix::io::Errno;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::path::Path;

/// Most attributes that are named which a target cannot hold; all are counted.
const MAX_NAMED: usize = 100;

/// Copies one kept version into a directory, under the name that it had. An existing name is never overwritten. Tells
/// which attributes and lists the directory's filesystem cannot hold.
///
/// # Errors
/// `not-found`, a name in the way, or what the system reports.
pub fn export(root: &Root, request: &Export) -> Result<NotHeld, Failure> {
    let doing = format!("bringing back {}", request.id.0);
    let (pass, line) = find(root, request)?;
    let number = at::c_name(line.n.to_string().as_bytes()).map_err(|errno| failing(&doing, errno))?;
    let wanted = if request.beneath.is_root() {
        line.path.clone()
    } else {
        line.path.join(request.beneath.as_bytes())
    };
    let name = at::c_name(wanted.name()).map_err(|errno| failing(&doing, errno))?;
    let target = Root::open(&request.to)?;
    let (directory, inner) = reach(pass, number, &request.beneath).map_err(|errno| failing(&doing, errno))?;
    let kept = Named {
        directory: directory.as_fd(),
        name: &inner,
    };
    export_to(kept, target.fd(), &name, &wanted).map_err(|errno| not_exported(doing, &request.to, errno))
}

/// Copies an entry that the tree holds now into a directory, under its own name. An existing name is never overwritten.
///
/// # Errors
/// A name in the way, or what the system reports.
pub fn export_present(root: &Root, path: &EntryPath, to: &Path) -> Result<NotHeld, Failure> {
    let (directory, name) = root.parent(path)?;
    let kept = Named {
        directory: directory.as_fd(),
        name: &name,
    };
    let copied = export_to(kept, Root::open(to)?.fd(), &name, path);
    copied.map_err(|errno| not_exported(format!("exporting {path}"), to, errno))
}

fn not_exported(doing: String, to: &Path, errno: Errno) -> Failure {
    if errno != Errno::EXIST {
        return failing(doing, errno);
    }
    let why = format!("{} has an entry of that name already", to.display());
    Failure::new(Code::Usage, doing, why).hint("Name another directory; nothing is overwritten.")
}

fn find(root: &Root, request: &Export) -> Result<(OwnedFd, index::Line), Failure> {
    let missing = || {
        Failure::new(
            Code::NotFound,
            "bringing a version back",
            format!("there is no {}", request.id.0),
        )
    };
    let (pass, n) = request.id.0.split_once('/').ok_or_else(missing)?;
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

fn export_to(
    kept: Named<'_>,
    target: BorrowedFd<'_>,
    name: &CStr,
    path: &EntryPath,
) -> Result<NotHeld, Errno> {
    if stat_at(target, name).is_ok() {
        return Err(Errno::EXIST);
    }
    let partial = partial_name(target, name)?;
    let mut copying = Copying::of(path);
    let copied = copying
        .entry(kept, target, &partial)
        .and_then(|()| move_in(target, &partial, name));
    if copied.is_err() {
        // Made by us a moment ago; a second failure here adds nothing to the first.
        let _ = at::remove_whole(target, &partial);
    }
    copied.map(|()| copying.not_held)
}

fn move_in(target: BorrowedFd<'_>, partial: &CStr, name: &CStr) -> Result<(), Errno> {
    let stat = stat_at(target, partial)?;
    at::with_lent_write(target, partial, &stat, || {
        at::rename_new(target, partial, target, name)
    })
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

/// Copies one entry of any kind, a directory with all beneath it, to a name that must be free: content, attributes,
/// lists, mode, times, and the owner where this account may give it.
pub(super) fn copy_entry(kept: Named<'_>, target: impl AsFd, name: &CStr) -> Result<(), Errno> {
    Copying::of(&EntryPath::root()).entry(kept, target.as_fd(), name)
}

/// A copy on its way.
struct Copying {
    /// What is being copied, as it is told.
    path: EntryPath,
    not_held: NotHeld,
}

impl Copying {
    fn of(path: &EntryPath) -> Self {
        Self {
            path: path.clone(),
            not_held: NotHeld::default(),
        }
    }

    fn entry(&mut self, kept: Named<'_>, target: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
        let stat = stat_at(kept.directory, kept.name)?;
        match stat.kind {
            Kind::File | Kind::HardLink => self.file(kept, target, name),
            Kind::Directory => self.directory(kept, &stat, target, name),
            Kind::Symlink => copy_link(kept, &stat, target, name),
            Kind::Special => Err(Errno::OPNOTSUPP),
        }
    }

    fn file(&mut self, kept: Named<'_>, target: BorrowedFd<'_>, name: &CStr) -> Result<(), Errno> {
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
        self.finish(from.as_fd(), to.as_fd(), &stat)
    }

    fn directory(
        &mut self,
        kept: Named<'_>,
        stat: &Stat,
        target: BorrowedFd<'_>,
        name: &CStr,
    ) -> Result<(), Errno> {
        let from = at::open_directory(kept.directory, kept.name)?;
        let to = at::create_directory(target, name, at::PRIVATE)?;
        let path = self.path.clone();
        at::each_name(&from, |inner| {
            let kept = Named {
                directory: from.as_fd(),
                name: inner,
            };
            self.path = path.join(inner.to_bytes());
            match self.entry(kept, to.as_fd(), inner) {
                // Devices, sockets and FIFOs are never compared, and not brought back.
                Err(Errno::OPNOTSUPP) => Ok(()),
                result => result,
            }
        })?;
        self.path = path;
        self.finish(from.as_fd(), to.as_fd(), stat)
    }

    /// Owner, attributes, lists, mode and times, in the order in which none undoes another.
    fn finish(&mut self, from: BorrowedFd<'_>, to: BorrowedFd<'_>, stat: &Stat) -> Result<(), Errno> {
        let (user, group) = (
            rustix::fs::Uid::from_raw(stat.uid),
            rustix::fs::Gid::from_raw(stat.gid),
        );
        // Only a privileged account may give files away; for others the copy is its own.
        let given = rustix::fs::fchown(to, Some(user), Some(group)).is_ok();
        let mode = if given { stat.mode } else { stat.mode & 0o777 };
        let mode = self.attributes(from, to, stat.kind, mode)?;
        at::set_mode(to, mode)?;
        at::set_mtime(to, stat.mtime)
    }

    /// Brings attributes and lists; gives the mode that goes with what the target holds of them.
    fn attributes(
        &mut self,
        from: BorrowedFd<'_>,
        to: BorrowedFd<'_>,
        kind: Kind,
        mode: u32,
    ) -> Result<u32, Errno> {
        let carry = Carry::of(&[MetadataClass::Xattr, MetadataClass::Acl]);
        let found = read_attributes(Subject::Handle(from), kind, carry).map_err(|_| Errno::IO)?;
        let Attributes {
            xattrs,
            acl_access,
            acl_default,
        } = found.attributes;
        for (name, value) in &xattrs {
            self.set(to, &at::c_name(name)?, value)?;
        }
        if let Some(list) = &acl_default {
            self.set(to, ACL_DEFAULT, list)?;
        }
        match &acl_access {
            // Without it nobody gets more by the bits than the list gave.
            Some(list) if !self.set(to, ACL_ACCESS, list)? => Ok(mode_without_list(mode, list)),
            _ => Ok(mode),
        }
    }

    /// Sets one attribute; where the target cannot hold it, that is told.
    fn set(&mut self, to: BorrowedFd<'_>, name: &CStr, value: &[u8]) -> Result<bool, Errno> {
        match rustix::fs::fsetxattr(to, name, value, XattrFlags::empty()) {
            Ok(()) => Ok(true),
            Err(errno @ (Errno::IO | Errno::ROFS)) => Err(errno),
            Err(_) => {
                self.not_held.count += 1;
                if self.not_held.first.len() < MAX_NAMED {
                    let name = escape::shown(name.to_bytes());
                    self.not_held.first.push((self.path.to_string(), name));
                }
                Ok(false)
            }
        }
    }
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
