//! What the filesystem says of one entry: one `statx`, which follows no link and mounts nothing.
//!
//! No content is touched, so a stat never recalls a stub of hierarchical storage.

use crate::fault;
use counterpart_model::{Kind, Timestamp};
use rustix::fd::AsFd;
use rustix::fs::{AtFlags, FileType, Statx, StatxFlags, statx};
use rustix::io::Errno;
use std::ffi::CStr;

/// What one `statx` said of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stat {
    /// What it is; never [`Kind::HardLink`], which only the order of a walk can tell.
    pub kind: Kind,
    /// True where the filesystem marks the content as lying elsewhere. `statx` has no such mark: only a walk that was
    /// asked to looks for it, see [`crate::stub`].
    pub offline: bool,
    /// Permission bits with set-user-id, set-group-id and sticky: the low twelve.
    pub mode: u32,
    /// Number of the user who owns it.
    pub uid: u32,
    /// Number of the group that owns it.
    pub gid: u32,
    /// How many names it has.
    pub nlink: u32,
    /// Length of its content in bytes, as the filesystem reports it, for a directory too.
    pub size_bytes: u64,
    /// Space that it takes, in units of 512 bytes.
    pub blocks_512: u64,
    /// Inode number.
    pub inode: u64,
    /// Device: major number in the high, minor number in the low 32 bits. Changes with each mount; never a fact.
    pub device: u64,
    /// Number of the mount it was reached through; 0 where the kernel (before 5.8) does not tell.
    pub mount_id: u64,
    /// Time of last modification.
    pub mtime: Timestamp,
    /// Time of last change of the inode.
    pub ctime: Timestamp,
    /// Time of birth, where the filesystem keeps it.
    pub born: Option<Timestamp>,
}

/// Everything that [`Stat`] holds and nothing more, so that a network filesystem is asked for no more than that.
const MASK: StatxFlags = StatxFlags::TYPE
    .union(StatxFlags::MODE)
    .union(StatxFlags::NLINK)
    .union(StatxFlags::UID)
    .union(StatxFlags::GID)
    .union(StatxFlags::MTIME)
    .union(StatxFlags::CTIME)
    .union(StatxFlags::INO)
    .union(StatxFlags::SIZE)
    .union(StatxFlags::BLOCKS)
    .union(StatxFlags::BTIME)
    .union(StatxFlags::MNT_ID);

/// Stats one name in a held directory, following no link.
///
/// # Errors
/// The system's error number.
pub fn stat_at(directory: impl AsFd, name: &CStr) -> Result<Stat, Errno> {
    let flags = AtFlags::SYMLINK_NOFOLLOW.union(AtFlags::NO_AUTOMOUNT);
    let directory = directory.as_fd();
    fault::retry(|| statx(directory, name, flags, MASK)).map(|raw| Stat::from_statx(&raw))
}

/// Stats what a handle leads to.
///
/// # Errors
/// The system's error number.
pub fn stat_of(handle: impl AsFd) -> Result<Stat, Errno> {
    let flags = AtFlags::EMPTY_PATH.union(AtFlags::NO_AUTOMOUNT);
    let handle = handle.as_fd();
    fault::retry(|| statx(handle, c"", flags, MASK)).map(|raw| Stat::from_statx(&raw))
}

/// `STATX_MNT_ID_UNIQUE`, since Linux 6.8: a number of the mount that no other one ever has until the next boot.
const UNIQUE_MOUNT: StatxFlags = StatxFlags::from_bits_retain(0x4000);

/// The number of the mount that a handle lies on. Whoever unmounts and mounts again gets another one; an older kernel may
/// give a number again.
///
/// # Errors
/// The system's error number.
pub fn mount_number(handle: impl AsFd) -> Result<u64, Errno> {
    let flags = AtFlags::EMPTY_PATH.union(AtFlags::NO_AUTOMOUNT);
    let handle = handle.as_fd();
    let asked = |mask| fault::retry(|| statx(handle, c"", flags, mask));
    let unique = asked(UNIQUE_MOUNT)?;
    if unique.stx_mask & UNIQUE_MOUNT.bits() != 0 {
        return Ok(unique.stx_mnt_id);
    }
    asked(StatxFlags::MNT_ID).map(|raw| raw.stx_mnt_id)
}

impl Stat {
    /// A filesystem object's identity while it is mounted: two stats with the same one are of the same object.
    pub const fn object(&self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// True when nothing that a write would move has moved: object, kind, size and both times agree.
    pub fn same_stamp(&self, other: &Self) -> bool {
        let key = |stat: &Self| (stat.object(), stat.kind, stat.size_bytes, stat.mtime, stat.ctime);
        key(self) == key(other)
    }

    /// True for a directory.
    pub const fn is_directory(&self) -> bool {
        matches!(self.kind, Kind::Directory)
    }

    #[inline]
    fn from_statx(raw: &Statx) -> Self {
        let has = |flag: StatxFlags| raw.stx_mask & flag.bits() != 0;
        let time = |time: rustix::fs::StatxTimestamp| Timestamp::new(time.tv_sec, time.tv_nsec);
        Self {
            kind: kind_of(raw.stx_mode),
            offline: false,
            mode: u32::from(raw.stx_mode) & 0o7777,
            uid: raw.stx_uid,
            gid: raw.stx_gid,
            nlink: raw.stx_nlink,
            size_bytes: raw.stx_size,
            blocks_512: raw.stx_blocks,
            inode: raw.stx_ino,
            device: u64::from(raw.stx_dev_major) << 32 | u64::from(raw.stx_dev_minor),
            mount_id: if has(StatxFlags::MNT_ID) {
                raw.stx_mnt_id
            } else {
                0
            },
            mtime: time(raw.stx_mtime),
            ctime: time(raw.stx_ctime),
            born: has(StatxFlags::BTIME).then(|| time(raw.stx_btime)),
        }
    }
}

fn kind_of(mode: u16) -> Kind {
    match FileType::from_raw_mode(u32::from(mode)) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Symlink,
        _ => Kind::Special,
    }
}
