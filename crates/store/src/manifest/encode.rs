//! Writes rows into a block.

use super::row::{
    Before, CTIME_IS_MTIME, ENDS_SEGMENT, EXACT_MTIME, HAS_ACL, HAS_MODE, HAS_MTIME, HAS_OWNER, HAS_SIZE,
    HAS_TARGET, HAS_XATTR, RACY, RawBlock, SAME_AT, SAME_MODE, SAME_OWNER,
};
use crate::varint::{put, put_bytes, put_from};
use counterpart_model::{Content, Fact, How, Kind, Row, Standing, path};

/// Writes rows into a block.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    before: Before,
}

impl Encoder {
    /// Appends a row; the caller has checked that its path lies after the one before.
    pub(super) fn push(&mut self, row: &Row, ends_segment: bool, block: &mut RawBlock) {
        let flags = self.flags(row, ends_segment);
        block.fields.extend_from_slice(&flags);
        self.push_path(row.path.as_bytes(), block);
        push_content(&row.fact, block);
        self.push_metadata(row, flags, block);
        self.push_seen(row, flags, block);
        block.rows += 1;
    }

    /// Begins a new block.
    pub(super) fn restart(&mut self) {
        self.before.reset();
    }

    fn flags(&self, row: &Row, ends_segment: bool) -> [u8; 3] {
        let (fact, seen, metadata) = (&row.fact, &row.seen, &row.fact.metadata);
        let what = kind_number(fact.kind)
            | (standing_number(fact.standing) << 3)
            | (content_number(fact.content) << 5);
        let there = flag(metadata.mode.is_some(), HAS_MODE)
            | flag(metadata.mtime.is_some(), HAS_MTIME)
            | flag(metadata.owner.is_some(), HAS_OWNER)
            | flag(metadata.xattr.is_some(), HAS_XATTR)
            | flag(metadata.acl.is_some(), HAS_ACL)
            | flag(seen.racy, RACY)
            | (how_number(seen.obtained.how) << 6);
        let owner = metadata.owner.as_ref();
        let same = flag(metadata.mode == Some(self.before.mode), SAME_MODE)
            | flag(
                owner.is_some_and(|owner| *owner.0 == *self.before.owner),
                SAME_OWNER,
            )
            | flag(metadata.mtime == Some(seen.mtime), EXACT_MTIME)
            | flag(seen.obtained.at_seconds == self.before.at_seconds, SAME_AT)
            | flag(seen.ctime == seen.mtime, CTIME_IS_MTIME)
            | flag(fact.size_bytes != 0, HAS_SIZE)
            | flag(!fact.target.is_empty(), HAS_TARGET);
        [what | flag(ends_segment, ENDS_SEGMENT), there, same]
    }

    fn push_path(&mut self, path: &[u8], block: &mut RawBlock) {
        let shared = path::common_prefix(&self.before.path, path);
        put(shared as u64, &mut block.fields);
        put_bytes(&path[shared..], &mut block.fields);
        self.before.path.truncate(shared);
        self.before.path.extend_from_slice(&path[shared..]);
    }

    fn push_metadata(&mut self, row: &Row, flags: [u8; 3], block: &mut RawBlock) {
        let metadata = &row.fact.metadata;
        let out = &mut block.fields;
        if let (Some(mode), 0) = (metadata.mode, flags[2] & SAME_MODE) {
            put(u64::from(mode), out);
            self.before.mode = mode;
        }
        if let (Some(owner), 0) = (&metadata.owner, flags[2] & SAME_OWNER) {
            put_bytes(owner.0.as_bytes(), out);
            self.before.owner.replace_range(.., &owner.0);
        }
        if let (Some(mtime), 0) = (metadata.mtime, flags[2] & EXACT_MTIME) {
            put_from(row.seen.mtime.seconds, mtime.seconds, out);
            put(u64::from(mtime.nanos), out);
        }
        for digest in [metadata.xattr, metadata.acl].into_iter().flatten() {
            block.digests.extend_from_slice(&digest.0);
        }
    }

    fn push_seen(&mut self, row: &Row, flags: [u8; 3], block: &mut RawBlock) {
        let (seen, out, before) = (&row.seen, &mut block.fields, &mut self.before);
        put_from(before.inode, seen.inode.cast_signed(), out);
        put_from(before.mtime_seconds, seen.mtime.seconds, out);
        put(u64::from(seen.mtime.nanos), out);
        if flags[2] & CTIME_IS_MTIME == 0 {
            put_from(before.ctime_seconds, seen.ctime.seconds, out);
            put(u64::from(seen.ctime.nanos), out);
        }
        if flags[2] & SAME_AT == 0 {
            put_from(before.at_seconds, seen.obtained.at_seconds, out);
        }
        before.inode = seen.inode.cast_signed();
        before.mtime_seconds = seen.mtime.seconds;
        before.ctime_seconds = seen.ctime.seconds;
        before.at_seconds = seen.obtained.at_seconds;
    }
}

fn push_content(fact: &Fact, block: &mut RawBlock) {
    if fact.size_bytes != 0 {
        put(fact.size_bytes, &mut block.fields);
    }
    if !fact.target.is_empty() {
        put_bytes(&fact.target, &mut block.fields);
    }
    if let Content::Digest(digest) = fact.content {
        block.digests.extend_from_slice(&digest.0);
    }
}

fn flag(set: bool, bit: u8) -> u8 {
    if set { bit } else { 0 }
}

fn kind_number(kind: Kind) -> u8 {
    match kind {
        Kind::File => 0,
        Kind::Directory => 1,
        Kind::Symlink => 2,
        Kind::HardLink => 3,
        Kind::Special => 4,
    }
}

fn standing_number(standing: Standing) -> u8 {
    match standing {
        Standing::Compared => 0,
        Standing::Stub => 1,
        Standing::Special => 2,
    }
}

fn content_number(content: Content) -> u8 {
    match content {
        Content::None => 0,
        Content::Unread => 1,
        Content::Digest(_) => 2,
    }
}

fn how_number(how: How) -> u8 {
    match how {
        How::Unread => 0,
        How::Read => 1,
        How::Written => 2,
        How::Moved => 3,
    }
}
