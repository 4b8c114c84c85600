//! Extended attributes and access control lists, set and removed on a held entry.
//!
//! Which of them a fact speaks of is said where they are read; here the same ones are written.

use super::{Held, attribute_name};
use crate::at::proc_name;
use crate::attributes::{ACL_ACCESS, is_minimal};
use rustix::io::Errno;
use std::ffi::CStr;

/// Longest value that is read; the system's own limit.
const LIMIT_BYTES: usize = 65_536;

/// Sets the wanted attributes and removes carried ones that are not wanted.
pub(super) fn put_xattrs(held: Held<'_>, wanted: &[(Vec<u8>, Vec<u8>)], mode: u32) -> Result<bool, Errno> {
    // They may come from another machine: what the kernel or another program trusts is never set.
    if !wanted.iter().all(|(name, _)| is_carried(name)) {
        return Err(Errno::PERM);
    }
    let present = names(held)?;
    let is_wanted = |name: &[u8]| wanted.iter().any(|(other, _)| other == name);
    let unwanted: Vec<&[u8]> = present
        .split(|&byte| byte == 0)
        .filter(|name| is_carried(name) && !is_wanted(name))
        .collect();
    let mut missing = Vec::new();
    for (name, value) in wanted {
        if get(held, &attribute_name(name)?)?.as_deref() != Some(value) {
            missing.push((name, value));
        }
    }
    if unwanted.is_empty() && missing.is_empty() {
        return Ok(false);
    }
    // The owner needs the write bit for attributes in `user.`; the bits are set once more after this.
    let lend = crate::at::is_bound_by_modes() && mode & 0o200 == 0;
    if lend {
        held.set_mode(mode | 0o200)?;
    }
    let written = write(held, &unwanted, &missing);
    if lend {
        held.set_mode(mode)?;
    }
    written.map(|()| true)
}

fn write(held: Held<'_>, unwanted: &[&[u8]], missing: &[(&Vec<u8>, &Vec<u8>)]) -> Result<(), Errno> {
    for name in unwanted {
        held.remove_attribute(&attribute_name(name)?)?;
    }
    for (name, value) in missing {
        held.set_attribute(&attribute_name(name)?, value)?;
    }
    Ok(())
}

/// Sets a list, or removes it where none is wanted.
pub(super) fn put_list(held: Held<'_>, name: &CStr, wanted: Option<&[u8]>) -> Result<bool, Errno> {
    // A list that says no more than the bits counts as none, here as where lists are read.
    let present = get(held, name)?.filter(|list| name != ACL_ACCESS || !is_minimal(list));
    if present.as_deref() == wanted {
        return Ok(false);
    }
    match wanted {
        Some(list) => held.set_attribute(name, list)?,
        None => held.remove_attribute(name)?,
    }
    Ok(true)
}

/// The value of an attribute; `None` when the entry, or the filesystem, has none.
pub(super) fn get(held: Held<'_>, name: &CStr) -> Result<Option<Vec<u8>>, Errno> {
    let mut value = vec![0_u8; LIMIT_BYTES];
    let read = match held {
        Held::Open(handle) => rustix::fs::fgetxattr(handle, name, &mut value),
        Held::Path(handle) => rustix::fs::getxattr(proc_name(handle), name, &mut value),
        Held::Link(_) => return Ok(None),
    };
    match read {
        Ok(len) => {
            value.truncate(len);
            Ok(Some(value))
        }
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
        Err(errno) => Err(errno),
    }
}

fn names(held: Held<'_>) -> Result<Vec<u8>, Errno> {
    let mut names = vec![0_u8; LIMIT_BYTES];
    let read = match held {
        Held::Open(handle) => rustix::fs::flistxattr(handle, &mut names),
        Held::Path(handle) => rustix::fs::listxattr(proc_name(handle), &mut names),
        Held::Link(_) => Ok(0),
    };
    match read {
        Ok(len) => {
            names.truncate(len);
            Ok(names)
        }
        Err(Errno::OPNOTSUPP) => Ok(Vec::new()),
        Err(errno) => Err(errno),
    }
}

fn is_carried(name: &[u8]) -> bool {
    name.starts_with(b"user.")
}

/// One entry of a list, as the system writes it: `tag`, `perm`, `id`.
struct Entry {
    tag: u16,
    bits: u32,
}

const NAMED_USER: u16 = 0x02;
const OWNING_GROUP: u16 = 0x04;
const NAMED_GROUP: u16 = 0x08;

/// The bits of a mode whose access control list is not set with it, so that nobody gets more than the list gave.
///
/// The group class of the mode shows the list's mask, so the owning group's own entry bounds it. Somebody whom the list
/// names falls back to the owning group or to all others; what the list gave them bounds those.
pub(crate) fn mode_without_list(mode: u32, list: &[u8]) -> u32 {
    let mask = mode >> 3 & 0o7;
    // A list without an owning group is damaged; then the group gets nothing.
    let owning_group = entries(list)
        .find(|entry| entry.tag == OWNING_GROUP)
        .map_or(0, |entry| entry.bits);
    let bound = |tags: &[u16]| {
        let named = entries(list).filter(|entry| tags.contains(&entry.tag));
        named.fold(0o7, |bits, entry| bits & entry.bits & mask)
    };
    let group = mask & owning_group & bound(&[NAMED_USER]);
    let others = mode & 0o7 & bound(&[NAMED_USER, NAMED_GROUP]);
    mode & !0o077 | group << 3 | others
}

fn entries(list: &[u8]) -> impl Iterator<Item = Entry> {
    let body = list.get(4..).unwrap_or_default();
    body.chunks_exact(8).map(|entry| Entry {
        tag: u16::from_le_bytes([entry[0], entry[1]]),
        bits: u32::from(u16::from_le_bytes([entry[2], entry[3]]) & 0o7),
    })
}

/// A list that names one user beside the owner; whether it sticks tells whether lists are supported.
pub(super) fn example(uid: u32) -> Vec<u8> {
    const NOBODY: u32 = u32::MAX;
    let entries: [(u16, u16, u32); 5] = [
        (0x01, 0o6, NOBODY),
        (NAMED_USER, 0o4, uid),
        (OWNING_GROUP, 0, NOBODY),
        (0x10, 0o4, NOBODY),
        (0x20, 0, NOBODY),
    ];
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, bits, id) in entries {
        list.extend_from_slice(&tag.to_le_bytes());
        list.extend_from_slice(&bits.to_le_bytes());
        list.extend_from_slice(&id.to_le_bytes());
    }
    list
}
