//! Whose standby a root is: `.counterpart/identity.json`.
//!
//! It says which pair the root was given to; it proves nothing, and locks nothing.

use crate::{Root, at, fault, ours};
use counterpart_model::{Code, Failure, Timestamp};
use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::ffi::CStr;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};

const FILE: &CStr = c"identity.json";
const FILE_NEW: &CStr = c"identity.json.new";
/// Longest identity that is read: a name of a pair and two short fields.
const LIMIT_BYTES: u64 = 65_536;

/// The identity of a standby's root.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// Name of the pair that it was given to.
    pub pair: String,
    /// 128 random bits in hexadecimal: this root and no other.
    pub id: String,
    /// When it was given, in RFC 3339.
    pub made_at: String,
}

impl Identity {
    /// A fresh identity for a pair.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn fresh(pair: &str) -> Result<Self, Failure> {
        let mut bytes = [0; 16];
        let read = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
        read.map_err(|why| Failure::new(Code::Io, "making an identity for the standby", why))?;
        let mut id = String::with_capacity(32);
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        let made_at = Timestamp::new(at::now_seconds(), 0).rfc3339();
        let pair = pair.to_owned();
        Ok(Self { pair, id, made_at })
    }
}

/// Reads the identity; `None` when the root has none.
///
/// # Errors
/// `state-damaged` when it cannot be understood.
pub fn read(root: &Root) -> Result<Option<Identity>, Failure> {
    let Some(ours) = ours::open(root)? else {
        return Ok(None);
    };
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::openat(&ours, FILE, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(failing("reading", errno)),
    };
    let damaged =
        |why: &dyn std::fmt::Display| Failure::new(Code::StateDamaged, "reading the standby's identity", why);
    let mut text = Vec::new();
    file.take(LIMIT_BYTES)
        .read_to_end(&mut text)
        .map_err(|why| damaged(&why))?;
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|why| damaged(&why))
}

/// Writes the identity, whole or not at all, and makes it durable. The root keeps its times.
///
/// # Errors
/// What the system reports.
pub fn write(root: &Root, identity: &Identity) -> Result<(), Failure> {
    let ours = ours::make(root)?;
    let mut text = serde_json::to_vec_pretty(identity)
        .map_err(|why| Failure::new(Code::Io, "writing the standby's identity", why))?;
    text.push(b'\n');
    put(&ours, &text).map_err(|errno| failing("writing", errno))
}

fn put(ours: &OwnedFd, text: &[u8]) -> Result<(), Errno> {
    at::remove_whole(ours, FILE_NEW)?;
    let mut file = File::from(at::create_file(ours, FILE_NEW, 0o600)?);
    let written = file.write_all(text).and_then(|()| file.sync_all());
    written.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    at::rename_over(ours, FILE_NEW, ours, FILE)?;
    rustix::fs::fsync(ours)
}

/// True when the root holds nothing but, perhaps, `.counterpart` and the filesystem's own `lost+found`.
///
/// # Errors
/// The root cannot be listed.
pub fn is_empty(root: &Root) -> Result<bool, Failure> {
    let reserved = ours::reserved();
    let mut others = 0_u64;
    let listed = at::each_name(root.fd(), |name| {
        others += u64::from(name != reserved.as_c_str() && !is_recovery_directory(root, name));
        // One is enough; the rest need not be listed.
        if others > 0 { Err(Errno::EXIST) } else { Ok(()) }
    });
    match listed {
        Ok(()) => Ok(true),
        Err(Errno::EXIST) => Ok(false),
        Err(errno) => Err(fault::failure(
            Code::UnreadableDirectory,
            "listing the standby's root",
            errno,
        )),
    }
}

/// True for the directory that ext filesystems make at their root; its inode is always the first that they give out.
pub fn is_recovery_directory(root: &Root, name: &CStr) -> bool {
    const FIRST_INODE: u64 = 11;
    name == c"lost+found"
        && crate::stat::stat_at(root.fd(), name)
            .is_ok_and(|stat| stat.is_directory() && stat.inode == FIRST_INODE)
}

fn failing(doing: &str, errno: Errno) -> Failure {
    fault::failure(Code::Io, format!("{doing} the standby's identity"), errno)
}
