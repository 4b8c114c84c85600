//! Writes metadata: times, owner, extended attributes, access control lists and permission bits, in the order in which
//! no moment leaves an entry more open than it will be.
//!
//! It says nothing of content, and never reaches an entry by a path.

use crate::OwnerNames;
use crate::at::{self, proc_name};
use crate::attributes::{ACL_ACCESS, ACL_DEFAULT, Subject, digests, read_attributes};
use crate::history::aside::Named;
use crate::stat::{Stat, stat_at, stat_of};
use counterpart_model::{
    Carry, Fact, Failure, Metadata, MetadataClass, Observation, Obtained, Timestamp, policy::OwnerBy,
};
use counterpart_port::{Attributes, Capabilities};
use rustix::fd::BorrowedFd;
use rustix::fs::{AtFlags, CWD, Gid, Uid, XattrFlags};
use rustix::io::Errno;
use std::ffi::CString;

pub(crate) mod lists;

/// How an entry is held while its metadata is written.
#[derive(Clone, Copy)]
pub(crate) enum Held<'a> {
    /// An open file or directory.
    Open(BorrowedFd<'a>),
    /// A handle that can neither read nor write: of an entry whose own bits may forbid to open it.
    Path(BorrowedFd<'a>),
    /// A symbolic link, by its name in a held directory.
    Link(Named<'a>),
}

/// Writes the metadata that a pair carries and the filesystem holds.
pub(crate) struct Put {
    pub carry: Carry,
    pub capabilities: Capabilities,
    pub owners: OwnerNames,
    /// What a new file of this process has.
    own: (u32, u32),
}

impl Put {
    pub(crate) fn new(carry: Carry, capabilities: Capabilities, owner_by: OwnerBy) -> Self {
        Self {
            carry,
            capabilities,
            owners: OwnerNames::new(owner_by),
            own: (
                rustix::process::geteuid().as_raw(),
                rustix::process::getegid().as_raw(),
            ),
        }
    }

    /// Writes what is wanted and differs, and tells what the entry is then. Times first, for nothing after them moves
    /// them; the owner before the bits, for the system takes set-user-id away with it; lists before the bits too, for
    /// they change them.
    pub(crate) fn settle(
        &self,
        held: Held<'_>,
        wanted: &Metadata,
        attributes: &Attributes,
    ) -> Result<Stat, Errno> {
        let before = held.stat()?;
        let mut changed = false;
        if let Some(mtime) = wanted.mtime.filter(|mtime| *mtime != before.mtime) {
            held.set_mtime(mtime)?;
            changed = true;
        }
        let owner = self.put_owner(held, wanted, &before)?;
        changed |= owner;
        if !matches!(held, Held::Link(_)) {
            let lists = self.put_attributes(held, attributes, &before)?;
            changed |= lists | self.put_mode(held, wanted, attributes, &before, owner || lists)?;
        }
        if changed { held.stat() } else { Ok(before) }
    }

    /// The bits that an entry gets. Where its access control list is known but not set here, the group gets no more
    /// than the list gave the owning group: the bits alone would show what the list's mask allows to anybody in it.
    pub(crate) fn mode(&self, mode: u32, attributes: &Attributes) -> u32 {
        match &attributes.acl_access {
            Some(list) if !self.sets_lists() => lists::mode_without_list(mode, list),
            _ => mode,
        }
    }

    /// True when carried metadata cannot be given by the mode at open alone.
    pub(crate) fn needs_more_than_mode(&self, wanted: &Metadata) -> bool {
        let owner = wanted.owner.as_ref().and_then(|owner| self.owners.numbers(owner));
        let is_own = owner.is_none_or(|owner| owner == self.own);
        !is_own || wanted.xattr.is_some() || wanted.acl.is_some()
    }

    /// What a fact says of an entry as it is now, and what was seen of it. Where the filesystem did not take a value,
    /// the fact tells the one that it has, so that the difference shows.
    pub(crate) fn seen(&self, fact: &Fact, stat: &Stat, obtained: Obtained) -> (Fact, Observation) {
        let mut fact = fact.clone();
        let metadata = &mut fact.metadata;
        metadata.mode = metadata.mode.map(|_| stat.mode);
        metadata.mtime = metadata.mtime.map(|wanted| self.mtime(wanted, stat));
        if let Some(owner) = metadata.owner.as_mut()
            && self.owners.numbers(owner) != Some((stat.uid, stat.gid))
        {
            *owner = self.owners.owner(stat.uid, stat.gid);
        }
        metadata.xattr = metadata.xattr.filter(|_| self.capabilities.xattrs);
        metadata.acl = metadata.acl.filter(|_| self.capabilities.acls);
        (fact, observation(stat, obtained))
    }

    fn mtime(&self, wanted: Timestamp, stat: &Stat) -> Timestamp {
        if wanted == stat.mtime {
            wanted
        } else {
            stat.mtime.at_grain(self.capabilities.grain)
        }
    }

    /// What is seen of a file or directory of which no step says anything; its content is what was known before.
    pub(crate) fn seen_now(&self, subject: Subject<'_>, stat: &Stat) -> Result<(Fact, Observation), Failure> {
        let mut fact = Fact::of(stat.kind);
        fact.size_bytes = if stat.is_directory() { 0 } else { stat.size_bytes };
        let carries = |class| self.carry.has(class);
        let metadata = &mut fact.metadata;
        metadata.mode = carries(MetadataClass::Mode).then_some(stat.mode);
        metadata.mtime = carries(MetadataClass::Mtime).then(|| stat.mtime.at_grain(self.capabilities.grain));
        metadata.owner = carries(MetadataClass::Owner).then(|| self.owners.owner(stat.uid, stat.gid));
        if carries(MetadataClass::Xattr) || carries(MetadataClass::Acl) {
            let found = read_attributes(subject, stat.kind, self.carry)?;
            (metadata.xattr, metadata.acl) = digests(&found.attributes);
        }
        Ok((fact, observation(stat, Obtained::default())))
    }

    /// Gives a replacement what it does not carry from the entry that it replaces: bits, list and owner. As far as
    /// this account may; what it may not give stays its own.
    pub(crate) fn inherit(&self, new: BorrowedFd<'_>, old: Named<'_>) -> Result<(), Errno> {
        let Ok(before) = stat_at(old.directory, old.name) else {
            return Ok(());
        };
        if before.kind != counterpart_model::Kind::File {
            return Ok(());
        }
        if !self.carry.has(MetadataClass::Owner) {
            let own = stat_of(new)?;
            if (own.uid, own.gid) != (before.uid, before.gid) {
                // Refused to an account without privileges; then the copy is its own.
                let _ = change_owner(Held::Open(new), before.uid, before.gid);
            }
        }
        if !self.carry.has(MetadataClass::Mode) {
            self.inherit_list(new, old)?;
            at::set_mode(new, before.mode)?;
        }
        Ok(())
    }

    fn inherit_list(&self, new: BorrowedFd<'_>, old: Named<'_>) -> Result<(), Errno> {
        if self.sets_lists() || !self.capabilities.acls {
            return Ok(());
        }
        let handle = at::open_path(old.directory, old.name)?;
        match Held::Path(rustix::fd::AsFd::as_fd(&handle)).get_list(ACL_ACCESS)? {
            Some(list) => Held::Open(new).set_attribute(ACL_ACCESS, &list),
            None => Ok(()),
        }
    }

    fn sets_lists(&self) -> bool {
        self.carry.has(MetadataClass::Acl) && self.capabilities.acls
    }

    fn put_owner(&self, held: Held<'_>, wanted: &Metadata, before: &Stat) -> Result<bool, Errno> {
        let Some(owner) = wanted.owner.as_ref().filter(|_| self.capabilities.owners) else {
            return Ok(false);
        };
        // A name that this host does not know cannot be given; the fact is compared and shows it.
        let Some((uid, gid)) = self.owners.numbers(owner) else {
            return Ok(false);
        };
        if (uid, gid) == (before.uid, before.gid) {
            return Ok(false);
        }
        change_owner(held, uid, gid).map(|()| true)
    }

    fn put_attributes(&self, held: Held<'_>, wanted: &Attributes, before: &Stat) -> Result<bool, Errno> {
        let mut changed = false;
        if self.carry.has(MetadataClass::Xattr) && self.capabilities.xattrs {
            changed |= lists::put_xattrs(held, &wanted.xattrs, before.mode)?;
        }
        if self.sets_lists() {
            changed |= lists::put_list(held, ACL_ACCESS, wanted.acl_access.as_deref())?;
            if before.is_directory() {
                changed |= lists::put_list(held, ACL_DEFAULT, wanted.acl_default.as_deref())?;
            }
        }
        Ok(changed)
    }

    fn put_mode(
        &self,
        held: Held<'_>,
        wanted: &Metadata,
        attributes: &Attributes,
        before: &Stat,
        disturbed: bool,
    ) -> Result<bool, Errno> {
        let Some(mode) = wanted.mode.filter(|_| self.capabilities.modes) else {
            return Ok(false);
        };
        let mode = self.mode(mode, attributes);
        if mode == before.mode && !disturbed {
            return Ok(false);
        }
        held.set_mode(mode).map(|()| true)
    }
}

fn observation(stat: &Stat, obtained: Obtained) -> Observation {
    Observation {
        inode: stat.inode,
        mtime: stat.mtime,
        ctime: stat.ctime,
        obtained,
        racy: false,
    }
}

fn change_owner(held: Held<'_>, uid: u32, gid: u32) -> Result<(), Errno> {
    let (user, group) = (Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)));
    match held {
        Held::Open(handle) => rustix::fs::fchown(handle, user, group),
        Held::Path(handle) => rustix::fs::chownat(handle, c"", user, group, AtFlags::EMPTY_PATH),
        Held::Link(named) => rustix::fs::chownat(
            named.directory,
            named.name,
            user,
            group,
            AtFlags::SYMLINK_NOFOLLOW,
        ),
    }
}

impl Held<'_> {
    pub(crate) fn stat(self) -> Result<Stat, Errno> {
        match self {
            Held::Open(handle) | Held::Path(handle) => stat_of(handle),
            Held::Link(named) => stat_at(named.directory, named.name),
        }
    }

    fn set_mtime(self, mtime: Timestamp) -> Result<(), Errno> {
        let times = at::modified_at(mtime);
        match self {
            Held::Open(handle) => rustix::fs::futimens(handle, &times),
            Held::Path(handle) => rustix::fs::utimensat(CWD, proc_name(handle), &times, AtFlags::empty()),
            Held::Link(named) => {
                rustix::fs::utimensat(named.directory, named.name, &times, AtFlags::SYMLINK_NOFOLLOW)
            }
        }
    }

    pub(crate) fn set_mode(self, mode: u32) -> Result<(), Errno> {
        match self {
            Held::Open(handle) => at::set_mode(handle, mode),
            Held::Path(handle) => at::set_mode_of_path(handle, mode),
            Held::Link(_) => Ok(()),
        }
    }

    fn set_attribute(self, name: &std::ffi::CStr, value: &[u8]) -> Result<(), Errno> {
        match self {
            Held::Open(handle) => rustix::fs::fsetxattr(handle, name, value, XattrFlags::empty()),
            Held::Path(handle) => rustix::fs::setxattr(proc_name(handle), name, value, XattrFlags::empty()),
            Held::Link(_) => Ok(()),
        }
    }

    fn remove_attribute(self, name: &std::ffi::CStr) -> Result<(), Errno> {
        match self {
            Held::Open(handle) => rustix::fs::fremovexattr(handle, name),
            Held::Path(handle) => rustix::fs::removexattr(proc_name(handle), name),
            Held::Link(_) => Ok(()),
        }
    }

    fn get_list(self, name: &std::ffi::CStr) -> Result<Option<Vec<u8>>, Errno> {
        lists::get(self, name)
    }
}

/// Gives an incoming directory the group and default list of the directory that its entries will move to, so that
/// they are made as they would be there.
pub(crate) fn be_like(
    nursery: BorrowedFd<'_>,
    parent: BorrowedFd<'_>,
    parent_stat: &Stat,
) -> Result<(), Errno> {
    let sets_group = parent_stat.mode & 0o2000 != 0;
    if sets_group {
        // An account may only give its own groups; without the right, entries get its own.
        let _ = rustix::fs::fchown(nursery, None, Some(Gid::from_raw(parent_stat.gid)));
    }
    at::set_mode(nursery, if sets_group { 0o2700 } else { 0o700 })?;
    match Held::Open(parent).get_list(ACL_DEFAULT)? {
        Some(list) => Held::Open(nursery).set_attribute(ACL_DEFAULT, &list),
        None => Ok(()),
    }
}

/// True where entries made in a directory get a list from it.
pub(crate) fn has_default_list(directory: BorrowedFd<'_>) -> bool {
    matches!(Held::Open(directory).get_list(ACL_DEFAULT), Ok(Some(_)))
}

fn attribute_name(name: &[u8]) -> Result<CString, Errno> {
    CString::new(name).map_err(|_| Errno::INVAL)
}

/// True where an attribute in `user.` can be set on a file and read back.
pub(crate) fn has_xattr_after(file: BorrowedFd<'_>) -> Result<bool, Errno> {
    let held = Held::Open(file);
    sticks(held, c"user.counterpart-probe", b"\x00probe\xff")
}

/// True where an access control list with a named user can be set on a file and read back.
pub(crate) fn has_list_after(file: BorrowedFd<'_>, uid: u32) -> Result<bool, Errno> {
    sticks(Held::Open(file), ACL_ACCESS, &lists::example(uid))
}

fn sticks(held: Held<'_>, name: &std::ffi::CStr, value: &[u8]) -> Result<bool, Errno> {
    match held.set_attribute(name, value) {
        Ok(()) => Ok(held.get_list(name)?.as_deref() == Some(value)),
        Err(errno @ (Errno::NOSPC | Errno::DQUOT | Errno::IO | Errno::ROFS)) => Err(errno),
        Err(_) => Ok(false),
    }
}
