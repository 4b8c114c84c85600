//! Reads extended attributes and access control lists, and digests them for facts.
//!
//! The class `xattr` is the name space `user.`. `trusted.` is left out: it belongs to the filesystem's own machinery
//! (overlays, tiering), only root sees it, and two sites would seldom agree on it; so are `security.` and `system.`.
//! The class `acl` is the raw value of `system.posix_acl_access` and `system.posix_acl_default`. An access list that says
//! nothing beyond the permission bits counts as none. Symbolic links and special files carry neither class.
//!
//! The bytes that are digested, with SHA-256 whatever the pair's algorithm: for each attribute, sorted by name, the
//! length of its name (4 bytes, lowest first), the name, the length of its value (likewise), the value. Lists of access
//! control are written in the same way under their own names. Nothing to write means no digest.

use crate::fault;
use counterpart_model::{Algorithm, Carry, Code, Digest, Failure, Kind, MetadataClass};
use counterpart_port::Attributes;
use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::fs::{fgetxattr, flistxattr, lgetxattr, llistxattr};
use rustix::io::Errno;
use std::ffi::{CStr, CString};

/// The largest list of names, and the largest value, that the kernel hands out.
const LARGEST_BYTES: usize = 65_536;
/// Enough for nearly all.
const USUAL_BYTES: usize = 4_096;
/// Name of the access list among extended attributes.
pub const ACL_ACCESS: &CStr = c"system.posix_acl_access";
/// Name of the default list of a directory among extended attributes.
pub const ACL_DEFAULT: &CStr = c"system.posix_acl_default";

/// The entry whose attributes are read.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// What an open handle leads to; it must not be an `O_PATH` handle.
    Handle(BorrowedFd<'a>),
    /// A name in a held directory; a link is not followed. Needs `/proc`.
    Name(BorrowedFd<'a>, &'a CStr),
}

/// What was read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The attributes of the classes that were asked for.
    pub attributes: Attributes,
    /// The filesystem has no extended attributes here.
    pub xattrs_unsupported: bool,
    /// The filesystem has no access control lists here.
    pub acls_unsupported: bool,
}

/// Names with their values.
type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

enum Place<'a> {
    Handle(BorrowedFd<'a>),
    Path(CString),
}

/// Reads the carried attributes of an entry of this kind. What the filesystem does not support is none, and said so.
///
/// # Errors
/// `vanished`, or `unreadable` with the system's reason.
pub fn read_attributes(subject: Subject<'_>, kind: Kind, carry: Carry) -> Result<Found, Failure> {
    let reading = |errno| fault::failure(Code::Unreadable, "reading extended attributes", errno);
    let mut found = Found::default();
    if matches!(kind, Kind::Symlink | Kind::Special) {
        return Ok(found);
    }
    let place = Place::of(subject).map_err(reading)?;
    if carry.has(MetadataClass::Xattr) {
        let xattrs = supported(place.xattrs(), &mut found.xattrs_unsupported).map_err(reading)?;
        found.attributes.xattrs = xattrs.unwrap_or_default();
    }
    if carry.has(MetadataClass::Acl) {
        let access = supported(place.value(ACL_ACCESS), &mut found.acls_unsupported).map_err(reading)?;
        found.attributes.acl_access = access.flatten().filter(|list| !is_minimal(list));
    }
    if carry.has(MetadataClass::Acl) && kind == Kind::Directory {
        let default = supported(place.value(ACL_DEFAULT), &mut found.acls_unsupported).map_err(reading)?;
        found.attributes.acl_default = default.flatten();
    }
    Ok(found)
}

/// The bits of a mode whose access control list is not carried with it: nobody gets more by them than the list gave.
pub fn mode_without_list(mode: u32, attributes: &Attributes) -> u32 {
    let list = attributes.acl_access.as_deref();
    list.map_or(mode, |list| crate::put::lists::mode_without_list(mode, list))
}

/// The digests of the classes `xattr` and `acl`; `None` for a class of which there is nothing.
pub fn digests(attributes: &Attributes) -> (Option<Digest>, Option<Digest>) {
    let mut xattr = Vec::new();
    for (name, value) in &attributes.xattrs {
        write_one(&mut xattr, name, value);
    }
    let mut acl = Vec::new();
    for (name, value) in [
        (ACL_ACCESS, &attributes.acl_access),
        (ACL_DEFAULT, &attributes.acl_default),
    ] {
        if let Some(value) = value {
            write_one(&mut acl, name.to_bytes(), value);
        }
    }
    let digest = |bytes: &[u8]| (!bytes.is_empty()).then(|| Algorithm::Sha256.of(bytes));
    (digest(&xattr), digest(&acl))
}

fn write_one(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    for part in [name, value] {
        // The kernel's own limit is far below.
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(part);
    }
}

/// True for an access list of nothing but owner, group and others: the permission bits say the same.
pub(crate) fn is_minimal(list: &[u8]) -> bool {
    const OWNER_GROUP_OTHER: [u16; 3] = [0x01, 0x04, 0x20];
    let tag = |entry: &[u8]| u16::from_le_bytes([entry[0], entry[1]]);
    let entries = list.get(4..).unwrap_or_default();
    entries.len() % 8 == 0 && entries.chunks_exact(8).map(tag).eq(OWNER_GROUP_OTHER)
}

/// Turns "not supported" into none, and notes it.
fn supported<T>(result: Result<T, Errno>, unsupported: &mut bool) -> Result<Option<T>, Errno> {
    match result {
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
            *unsupported = true;
            Ok(None)
        }
        other => other.map(Some),
    }
}

impl<'a> Place<'a> {
    fn of(subject: Subject<'a>) -> Result<Self, Errno> {
        let (directory, name) = match subject {
            Subject::Handle(handle) => return Ok(Self::Handle(handle)),
            Subject::Name(directory, name) => (directory, name),
        };
        let mut path = format!("/proc/self/fd/{}/", directory.as_raw_fd()).into_bytes();
        path.extend_from_slice(name.to_bytes());
        CString::new(path).map(Self::Path).map_err(|_| Errno::INVAL)
    }

    fn xattrs(&self) -> Result<Pairs, Errno> {
        let names = sized(|buffer| match self {
            Self::Handle(handle) => flistxattr(handle, buffer),
            Self::Path(path) => llistxattr(path, buffer),
        })?;
        let mut found = Vec::new();
        for name in names.split_inclusive(|&byte| byte == 0) {
            let Ok(name) = CStr::from_bytes_with_nul(name) else {
                continue;
            };
            if !name.to_bytes().starts_with(b"user.") {
                continue;
            }
            // One that was removed since it was listed is none.
            if let Some(value) = self.value(name)? {
                found.push((name.to_bytes().to_vec(), value));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn value(&self, name: &CStr) -> Result<Option<Vec<u8>>, Errno> {
        let value = sized(|buffer| match self {
            Self::Handle(handle) => fgetxattr(handle, name, buffer),
            Self::Path(path) => lgetxattr(path, name, buffer),
        });
        match value {
            Err(Errno::NODATA) => Ok(None),
            other => other.map(Some),
        }
    }
}

/// Calls with a usual buffer, and once more with the largest when that was too small.
fn sized(mut call: impl FnMut(&mut [u8]) -> Result<usize, Errno>) -> Result<Vec<u8>, Errno> {
    let mut usual = [0; USUAL_BYTES];
    match fault::retry(|| call(&mut usual)) {
        Err(Errno::RANGE) => {
            let mut largest = vec![0; LARGEST_BYTES];
            let len = fault::retry(|| call(&mut largest))?;
            largest.truncate(len);
            Ok(largest)
        }
        other => other.map(|len| usual[..len].to_vec()),
    }
}
