//! What a row looks like as bytes: its difference from the row before, with all digests in a stream of their own.
//!
//! Digests do not compress, so they are kept apart from what does. The layout is in docs/FORMAT.md; `encode` writes
//! it and `decode` reads it.

use counterpart_model::{How, Kind, Standing};

/// Longest path or link target in a row, far above what any filesystem holds.
pub(super) const MAX_NAME_BYTES: usize = 1 << 20;

/// Rows as they are before compression.
#[derive(Clone, Debug, Default)]
pub(super) struct RawBlock {
    /// Everything but digests.
    pub(super) fields: Vec<u8>,
    /// The digests, 32 bytes each.
    pub(super) digests: Vec<u8>,
    /// How many rows there are.
    pub(super) rows: u64,
}

/// What a row is written as a difference from; all zero at the beginning of a block.
#[derive(Debug, Default)]
pub(super) struct Before {
    pub(super) path: Vec<u8>,
    pub(super) owner: String,
    pub(super) mode: u32,
    pub(super) inode: i64,
    pub(super) mtime_seconds: i64,
    pub(super) ctime_seconds: i64,
    pub(super) at_seconds: i64,
}

// First byte: kind (3 bits), standing (2), content (2), and this.
pub(super) const ENDS_SEGMENT: u8 = 1 << 7;
// Second byte: what is there, and how the digest was obtained in the upper two bits.
pub(super) const HAS_MODE: u8 = 1;
pub(super) const HAS_MTIME: u8 = 1 << 1;
pub(super) const HAS_OWNER: u8 = 1 << 2;
pub(super) const HAS_XATTR: u8 = 1 << 3;
pub(super) const HAS_ACL: u8 = 1 << 4;
pub(super) const RACY: u8 = 1 << 5;
// Third byte: what need not be written.
pub(super) const SAME_MODE: u8 = 1;
pub(super) const SAME_OWNER: u8 = 1 << 1;
pub(super) const EXACT_MTIME: u8 = 1 << 2;
pub(super) const SAME_AT: u8 = 1 << 3;
pub(super) const CTIME_IS_MTIME: u8 = 1 << 4;
pub(super) const HAS_SIZE: u8 = 1 << 5;
pub(super) const HAS_TARGET: u8 = 1 << 6;

pub(super) const KINDS: [Kind; 5] = [
    Kind::File,
    Kind::Directory,
    Kind::Symlink,
    Kind::HardLink,
    Kind::Special,
];
pub(super) const STANDINGS: [Standing; 3] = [Standing::Compared, Standing::Stub, Standing::Special];
pub(super) const HOWS: [How; 4] = [How::Unread, How::Read, How::Written, How::Moved];

impl RawBlock {
    /// Bytes of rows so far.
    pub(super) fn len_bytes(&self) -> usize {
        self.fields.len() + self.digests.len()
    }

    /// Empties it, keeping its buffers.
    pub(super) fn clear(&mut self) {
        self.fields.clear();
        self.digests.clear();
        self.rows = 0;
    }
}

impl Before {
    /// Begins a new block.
    pub(super) fn reset(&mut self) {
        let (mut path, mut owner) = (std::mem::take(&mut self.path), std::mem::take(&mut self.owner));
        path.clear();
        owner.clear();
        *self = Self {
            path,
            owner,
            ..Self::default()
        };
    }
}
