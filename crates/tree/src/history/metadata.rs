//! Puts what an entry had on a copy of it: owner, attributes, lists, mode and times, in the order in which none undoes
//! another.

use crate::at;
use crate::attributes::{ACL_ACCESS, ACL_DEFAULT};
use crate::put::lists::mode_without_list;
use counterpart_model::Timestamp;
use counterpart_port::Attributes;
use rustix::fd::BorrowedFd;
use rustix::fs::{Gid, Uid, XattrFlags};
use rustix::io::Errno;
use std::ffi::CStr;

/// What the entry had.
pub(super) struct Metadata<'a> {
    /// Numbers of its user and group, where they are known here.
    pub(super) owner: Option<(u32, u32)>,
    pub(super) mode: u32,
    pub(super) mtime: Timestamp,
    pub(super) attributes: &'a Attributes,
}

impl Metadata<'_> {
    /// Puts all of it on; `not_held` is told the names of attributes that the place cannot hold.
    pub(super) fn put(&self, to: BorrowedFd<'_>, not_held: &mut dyn FnMut(&[u8])) -> Result<(), Errno> {
        // Only a privileged account may give files away; for others the copy is its own.
        let given = self.owner.is_some_and(|(user, group)| {
            rustix::fs::fchown(to, Some(Uid::from_raw(user)), Some(Gid::from_raw(group))).is_ok()
        });
        let mode = if given { self.mode } else { self.mode & 0o777 };
        let mode = self.attributes(to, mode, not_held)?;
        at::set_mode(to, mode)?;
        at::set_mtime(to, self.mtime)
    }

    /// Puts attributes and lists on; gives the mode that goes with what the target holds of them.
    fn attributes(
        &self,
        to: BorrowedFd<'_>,
        mode: u32,
        not_held: &mut dyn FnMut(&[u8]),
    ) -> Result<u32, Errno> {
        let mut put = |name: &CStr, value: &[u8]| {
            let held = set(to, name, value)?;
            if !held {
                not_held(name.to_bytes());
            }
            Ok::<bool, Errno>(held)
        };
        for (name, value) in &self.attributes.xattrs {
            // They may come from another machine: what the kernel or another program trusts is never set.
            if !name.starts_with(b"user.") {
                return Err(Errno::PERM);
            }
            put(&at::c_name(name)?, value)?;
        }
        if let Some(list) = &self.attributes.acl_default {
            put(ACL_DEFAULT, list)?;
        }
        match &self.attributes.acl_access {
            // Without it nobody gets more by the bits than the list gave.
            Some(list) if !put(ACL_ACCESS, list)? => Ok(mode_without_list(mode, list)),
            _ => Ok(mode),
        }
    }
}

/// Sets one attribute; false where the target cannot hold it.
fn set(to: BorrowedFd<'_>, name: &CStr, value: &[u8]) -> Result<bool, Errno> {
    match rustix::fs::fsetxattr(to, name, value, XattrFlags::empty()) {
        Ok(()) => Ok(true),
        Err(errno @ (Errno::IO | Errno::ROFS)) => Err(errno),
        Err(_) => Ok(false),
    }
}
