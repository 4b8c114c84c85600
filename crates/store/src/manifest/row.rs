//! One row as bytes: its difference from the row before, with all 32-byte digests in a stream of their own.
//!
//! Digests do not compress, so they are kept apart from what does. The layout is in docs/FORMAT.md.

use crate::varint::{Broken, Input, put, put_bytes, put_from};
use counterpart_model::{Content, Digest, Fact, How, Kind, Metadata, Obtained, Owner, Row, Standing, Timestamp, path};
use std::cmp::Ordering;

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
struct Before {
    path: Vec<u8>,
    owner: String,
    mode: u32,
    inode: i64,
    mtime_seconds: i64,
    ctime_seconds: i64,
    at_seconds: i64,
}

/// Writes rows into a block.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    before: Before,
}

/// Reads rows out of a block.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    before: Before,
    field_at: usize,
    digest_at: usize,
}

// First byte: kind (3 bits), standing (2), content (2), and this.
const ENDS_SEGMENT: u8 = 1 << 7;
// Second byte: what is there, and how the digest was obtained in the upper two bits.
const HAS_MODE: u8 = 1;
const HAS_MTIME: u8 = 1 << 1;
const HAS_OWNER: u8 = 1 << 2;
const HAS_XATTR: u8 = 1 << 3;
const HAS_ACL: u8 = 1 << 4;
const RACY: u8 = 1 << 5;
// Third byte: what need not be written.
const SAME_MODE: u8 = 1;
const SAME_OWNER: u8 = 1 << 1;
const EXACT_MTIME: u8 = 1 << 2;
const SAME_AT: u8 = 1 << 3;
const CTIME_IS_MTIME: u8 = 1 << 4;
const HAS_SIZE: u8 = 1 << 5;
const HAS_TARGET: u8 = 1 << 6;

const KINDS: [Kind; 5] = [Kind::File, Kind::Directory, Kind::Symlink, Kind::HardLink, Kind::Special];
const STANDINGS: [Standing; 3] = [Standing::Compared, Standing::Stub, Standing::Special];
const HOWS: [How; 4] = [How::Unread, How::Read, How::Written, How::Moved];

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
        let what = kind_number(fact.kind) | (standing_number(fact.standing) << 3) | (content_number(fact.content) << 5);
        let there = flag(metadata.mode.is_some(), HAS_MODE)
            | flag(metadata.mtime.is_some(), HAS_MTIME)
            | flag(metadata.owner.is_some(), HAS_OWNER)
            | flag(metadata.xattr.is_some(), HAS_XATTR)
            | flag(metadata.acl.is_some(), HAS_ACL)
            | flag(seen.racy, RACY)
            | (how_number(seen.obtained.how) << 6);
        let owner = metadata.owner.as_ref();
        let same = flag(metadata.mode == Some(self.before.mode), SAME_MODE)
            | flag(owner.is_some_and(|owner| *owner.0 == *self.before.owner), SAME_OWNER)
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

impl Before {
    fn reset(&mut self) {
        let (mut path, mut owner) = (std::mem::take(&mut self.path), std::mem::take(&mut self.owner));
        path.clear();
        owner.clear();
        *self = Self { path, owner, ..Self::default() };
    }
}

impl Decoder {
    /// Begins a new block.
    pub(super) fn restart(&mut self) {
        self.before.reset();
        self.field_at = 0;
        self.digest_at = 0;
    }

    /// Fills `row` with the next one, reusing its buffers. Tells whether it ends a segment.
    pub(super) fn next_into(&mut self, block: &RawBlock, row: &mut Row) -> Result<bool, Broken> {
        let mut fields = Input::new(block.fields.get(self.field_at..).unwrap_or_default());
        let mut digests = Input::new(block.digests.get(self.digest_at..).unwrap_or_default());
        let flags = [fields.byte()?, fields.byte()?, fields.byte()?];
        self.read_path(&mut fields)?;
        row.path.set(&self.before.path);
        read_content(flags, &mut fields, &mut digests, &mut row.fact)?;
        let coarse = self.read_metadata(flags, &mut fields, &mut row.fact.metadata)?;
        row.fact.metadata.xattr = digest_if(flags[1] & HAS_XATTR, &mut digests)?;
        row.fact.metadata.acl = digest_if(flags[1] & HAS_ACL, &mut digests)?;
        self.read_seen(flags, &mut fields, row)?;
        row.fact.metadata.mtime = (flags[1] & HAS_MTIME != 0).then_some(row.seen.mtime);
        if let Some((distance, nanos)) = coarse {
            let seconds = row.seen.mtime.seconds.wrapping_add(distance);
            row.fact.metadata.mtime = Some(Timestamp::new(seconds, nanos));
        }
        self.field_at = block.fields.len() - fields.left();
        self.digest_at = block.digests.len() - digests.left();
        Ok(flags[0] & ENDS_SEGMENT != 0)
    }

    /// True when nothing is left of the block.
    pub(super) fn is_at_end(&self, block: &RawBlock) -> bool {
        self.field_at == block.fields.len() && self.digest_at == block.digests.len()
    }

    fn read_path(&mut self, fields: &mut Input<'_>) -> Result<(), Broken> {
        let (shared, suffix) = (fields.length()?, fields.bytes()?);
        let before = &mut self.before.path;
        if shared > before.len() || shared + suffix.len() > MAX_NAME_BYTES {
            return Err(Broken("a path is longer than any"));
        }
        // The first block's first row may be the root, which is the empty path.
        let first = self.field_at == 0;
        if !first && path::compare(&before[shared..], suffix) != Ordering::Less {
            return Err(Broken("rows are out of order"));
        }
        before.truncate(shared);
        before.extend_from_slice(suffix);
        Ok(())
    }

    /// Reads mode and owner, and where it differs from the exact one, the time as a distance from it.
    fn read_metadata(
        &mut self,
        flags: [u8; 3],
        fields: &mut Input<'_>,
        metadata: &mut Metadata,
    ) -> Result<Option<(i64, u32)>, Broken> {
        let there = |bit: u8| flags[1] & bit != 0;
        if there(HAS_MODE) && flags[2] & SAME_MODE == 0 {
            self.before.mode = fields.small()?;
        }
        metadata.mode = there(HAS_MODE).then_some(self.before.mode);
        if there(HAS_OWNER) && flags[2] & SAME_OWNER == 0 {
            let owner = std::str::from_utf8(fields.bytes()?).map_err(|_| Broken("an owner is not text"))?;
            self.before.owner.replace_range(.., owner);
        }
        self.set_owner(there(HAS_OWNER), metadata);
        if there(HAS_MTIME) && flags[2] & EXACT_MTIME == 0 {
            return Ok(Some((fields.number_from(0)?, fields.small()?)));
        }
        Ok(None)
    }

    fn set_owner(&self, there: bool, metadata: &mut Metadata) {
        let present = metadata.owner.as_ref();
        if !there {
            metadata.owner = None;
        } else if present.is_none_or(|present| *present.0 != *self.before.owner) {
            metadata.owner = Some(Owner(self.before.owner.as_str().into()));
        }
    }

    fn read_seen(&mut self, flags: [u8; 3], fields: &mut Input<'_>, row: &mut Row) -> Result<(), Broken> {
        let before = &mut self.before;
        before.inode = fields.number_from(before.inode)?;
        let mtime = Timestamp::new(fields.number_from(before.mtime_seconds)?, fields.small()?);
        let ctime = if flags[2] & CTIME_IS_MTIME == 0 {
            Timestamp::new(fields.number_from(before.ctime_seconds)?, fields.small()?)
        } else {
            mtime
        };
        if flags[2] & SAME_AT == 0 {
            before.at_seconds = fields.number_from(before.at_seconds)?;
        }
        before.mtime_seconds = mtime.seconds;
        before.ctime_seconds = ctime.seconds;
        let how = HOWS[usize::from(flags[1] >> 6)];
        row.seen.inode = before.inode.cast_unsigned();
        row.seen.mtime = mtime;
        row.seen.ctime = ctime;
        row.seen.obtained = Obtained { how, at_seconds: before.at_seconds };
        row.seen.racy = flags[1] & RACY != 0;
        Ok(())
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

fn read_content(
    flags: [u8; 3],
    fields: &mut Input<'_>,
    digests: &mut Input<'_>,
    fact: &mut Fact,
) -> Result<(), Broken> {
    fact.kind = *KINDS.get(usize::from(flags[0] & 7)).ok_or(Broken("a kind is unknown"))?;
    let standing = usize::from((flags[0] >> 3) & 3);
    fact.standing = *STANDINGS.get(standing).ok_or(Broken("a standing is unknown"))?;
    fact.size_bytes = if flags[2] & HAS_SIZE == 0 { 0 } else { fields.number()? };
    fact.target.clear();
    if flags[2] & HAS_TARGET != 0 {
        fact.target.extend_from_slice(fields.bytes()?);
    }
    fact.content = match (flags[0] >> 5) & 3 {
        0 => Content::None,
        1 => Content::Unread,
        2 => Content::Digest(read_digest(digests)?),
        _ => return Err(Broken("a content is unknown")),
    };
    Ok(())
}

fn digest_if(flag: u8, digests: &mut Input<'_>) -> Result<Option<Digest>, Broken> {
    if flag == 0 { Ok(None) } else { read_digest(digests).map(Some) }
}

fn read_digest(digests: &mut Input<'_>) -> Result<Digest, Broken> {
    let bytes = digests.take(32)?.first_chunk::<32>();
    bytes.map(|bytes| Digest(*bytes)).ok_or(Broken("a digest ends early"))
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
