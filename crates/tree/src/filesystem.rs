//! Which filesystem a directory lies on, and by what it is known again after a reboot.
//!
//! It reads the kernel's table of mounts; it mounts nothing and measures nothing.
//!
//! The identity is the first of these that can be had:
//!
//! 1. `uuid:…`, where a link in `/dev/disk/by-uuid` leads to the mounted device;
//! 2. `fsid:…` for ext2, ext3, ext4, btrfs and f2fs, whose `statfs` identity is made from their UUID;
//! 3. the mounted source as text, `nas:/export/archive` or `//nas/archive`, where it names something;
//! 4. `fsid:…` of whatever `statfs` says.
//!
//! A device number is never part of it: it changes with the order in which devices appear. (The kernel can be asked
//! for the UUID directly since 6.9, but not without code that this crate does not allow itself.)

use crate::{fault, stat};
use counterpart_model::{Code, Failure};
use rustix::fd::AsFd;
use rustix::fs::{fstatvfs, major, minor};
use rustix::io::Errno;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A mounted filesystem.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mounted {
    /// Kind of filesystem: `ext4`, `cifs`, `fuse.sshfs`.
    pub kind: String,
    /// Identity that survives a reboot; see the module.
    pub identity: String,
}

/// One line of the kernel's table of mounts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MountLine {
    /// Number of the mount, as [`crate::Stat::mount_id`] has it.
    pub id: u64,
    /// Device, major number in the high 32 bits, as [`crate::Stat::device`] has it.
    pub device: u64,
    /// The folder of the filesystem that is mounted, from the filesystem's own root.
    pub root: Vec<u8>,
    /// Where it is mounted.
    pub at: Vec<u8>,
    /// Kind of filesystem.
    pub kind: String,
    /// What is mounted.
    pub source: Vec<u8>,
}

/// Tells which filesystem a handle lies on.
///
/// # Errors
/// `io` when the handle cannot be asked; a missing table of mounts only makes the identity poorer.
pub fn identify(handle: impl AsFd) -> Result<Mounted, Failure> {
    let asking = |errno: Errno| fault::failure(Code::Io, "asking which filesystem a directory is on", errno);
    let stat = stat::stat_of(handle.as_fd()).map_err(asking)?;
    let fsid = fstatvfs(handle.as_fd()).map_err(asking)?.f_fsid;
    let table = mounts().unwrap_or_default();
    // Where the kernel gives no mount number, the device tells; a later mount covers an earlier one.
    let line = table.iter().rfind(|line| {
        if stat.mount_id == 0 {
            line.device == stat.device
        } else {
            line.id == stat.mount_id
        }
    });
    Ok(line.map_or_else(
        || Mounted {
            kind: "unknown".to_owned(),
            identity: format!("fsid:{fsid:016x}"),
        },
        |line| Mounted {
            kind: line.kind.clone(),
            identity: identity(line, fsid),
        },
    ))
}

/// The kernel's table of mounts, as this process sees it.
///
/// # Errors
/// `io` when there is none.
pub fn mounts() -> Result<Vec<MountLine>, Failure> {
    let text = std::fs::read("/proc/self/mountinfo")
        .map_err(|error| Failure::new(Code::Io, "reading the table of mounts", error))?;
    Ok(text.split(|&byte| byte == b'\n').filter_map(parse_line).collect())
}

/// True for filesystems that another machine serves, where each call costs a round trip: many are made at once.
pub fn is_network(kind: &str) -> bool {
    const SERVED: &[&str] = &[
        "nfs",
        "nfs4",
        "cifs",
        "smb2",
        "smb3",
        "smbfs",
        "9p",
        "ceph",
        "glusterfs",
        "lustre",
        "gpfs",
        "beegfs",
        "afs",
        "virtiofs",
        "fuse",
        "ocfs2",
        "gfs2",
        "orangefs",
        "ncpfs",
        "davfs",
        "panfs",
        "wekafs",
    ];
    SERVED.contains(&kind) || kind.starts_with("fuse.")
}

/// Reads one line: `36 35 98:0 /root /mnt rw,noatime shared:1 - ext4 /dev/sda1 rw`.
pub(crate) fn parse_line(line: &[u8]) -> Option<MountLine> {
    let mut words = line.split(|&byte| byte == b' ');
    let id = number(words.next()?)?;
    let mut device = words.nth(1)?.split(|&byte| byte == b':');
    let device = number(device.next()?)? << 32 | number(device.next()?)?;
    let root = unescape(words.next()?);
    let at = unescape(words.next()?);
    let mut after = words.skip_while(|word| *word != b"-").skip(1);
    let kind = String::from_utf8_lossy(after.next()?).into_owned();
    let source = unescape(after.next().unwrap_or_default());
    Some(MountLine {
        id,
        device,
        root,
        at,
        kind,
        source,
    })
}

fn number(word: &[u8]) -> Option<u64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// The table writes space, tab, newline and backslash as `\040` and so on.
fn unescape(word: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&first, tail)) = rest.split_first() {
        let octal = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok();
        if let Some(byte) = tail.get(..3).filter(|_| first == b'\\').and_then(octal) {
            out.push(byte);
            rest = &tail[3..];
        } else {
            out.push(first);
            rest = tail;
        }
    }
    out
}

fn identity(line: &MountLine, fsid: u64) -> String {
    let source = counterpart_model::escape::shown(&line.source);
    let from_uuid = matches!(line.kind.as_str(), "ext2" | "ext3" | "ext4" | "btrfs" | "f2fs");
    if let Some(uuid) = uuid_of(&line.source) {
        format!("uuid:{uuid}")
    } else if from_uuid && fsid != 0 {
        format!("fsid:{fsid:016x}")
    } else if source.contains('/') {
        source
    } else {
        format!("fsid:{fsid:016x}")
    }
}

/// The UUID whose link leads to the same block device as `source`.
fn uuid_of(source: &[u8]) -> Option<String> {
    use std::os::unix::ffi::OsStrExt;
    let wanted = block_device(Path::new(std::ffi::OsStr::from_bytes(source)))?;
    let links = std::fs::read_dir("/dev/disk/by-uuid").ok()?.flatten();
    links
        .into_iter()
        .find(|link| block_device(&link.path()) == Some(wanted))
        .and_then(|link| link.file_name().into_string().ok())
}

fn block_device(path: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::FileTypeExt;
    let found = std::fs::metadata(path).ok()?;
    let number = found.rdev();
    (path.is_absolute() && found.file_type().is_block_device()).then(|| (major(number), minor(number)))
}
