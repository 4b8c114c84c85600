//! Reads rows out of a block, into the caller's buffers, believing nothing.

use super::row::{
    Before, CTIME_IS_MTIME, ENDS_SEGMENT, EXACT_MTIME, HAS_ACL, HAS_MODE, HAS_MTIME, HAS_OWNER, HAS_SIZE,
    HAS_TARGET, HAS_XATTR, HOWS, KINDS, MAX_NAME_BYTES, RACY, RawBlock, SAME_AT, SAME_MODE, SAME_OWNER,
    STANDINGS,
};
use crate::varint::{Broken, Input};
use counterpart_model::{Content, Digest, Fact, Metadata, Obtained, Owner, Row, Timestamp, path};
use std::cmp::Ordering;

/// Reads rows out of a block.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    before: Before,
    field_at: usize,
    digest_at: usize,
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
        row.seen.obtained = Obtained {
            how,
            at_seconds: before.at_seconds,
        };
        row.seen.racy = flags[1] & RACY != 0;
        Ok(())
    }
}

fn read_content(
    flags: [u8; 3],
    fields: &mut Input<'_>,
    digests: &mut Input<'_>,
    fact: &mut Fact,
) -> Result<(), Broken> {
    fact.kind = *KINDS
        .get(usize::from(flags[0] & 7))
        .ok_or(Broken("a kind is unknown"))?;
    let standing = usize::from((flags[0] >> 3) & 3);
    fact.standing = *STANDINGS.get(standing).ok_or(Broken("a standing is unknown"))?;
    fact.size_bytes = if flags[2] & HAS_SIZE == 0 {
        0
    } else {
        fields.number()?
    };
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
    if flag == 0 {
        Ok(None)
    } else {
        read_digest(digests).map(Some)
    }
}

fn read_digest(digests: &mut Input<'_>) -> Result<Digest, Broken> {
    let bytes = digests.take(32)?.first_chunk::<32>();
    bytes
        .map(|bytes| Digest(*bytes))
        .ok_or(Broken("a digest ends early"))
}
