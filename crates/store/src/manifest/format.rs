//! The frame of a manifest file: header, index and trailer, with every limit that is checked before memory is taken.

use super::row::RawBlock;
use super::summary::{Part, Totals};
use super::{Header, Summary};
use crate::checksum::{self, CHECKSUM_BYTES, Checksum};
use crate::failing::{damaged, io_at};
use counterpart_evidence::merkle::MerkleTree;
use counterpart_model::{Digest, Failure, path};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// A block of rows ends when it has this many bytes before compression.
pub(super) const BLOCK_BYTES: usize = 64 << 10;
/// A block that grew by a fold may have this many.
pub(super) const ROOMY_BLOCK_BYTES: usize = 96 << 10;
/// No block is larger: a roomy one and one row of the longest names.
const MAX_BLOCK_BYTES: u64 = 4 << 20;
const MAX_HEADER_BYTES: u64 = 16 << 20;
const MAGIC: [u8; 8] = *b"CPMANIF1";
const HEADER_FRAME_BYTES: u64 = 8 + 4 + CHECKSUM_BYTES as u64;
const TRAILER_BYTES: u64 = 8 + 8 + 2 * CHECKSUM_BYTES as u64 + 8;

/// What the index says of one block.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct BlockEntry {
    /// Path of its first row.
    pub(super) first: Vec<u8>,
    /// Length of the compressed fields.
    pub(super) packed_bytes: u64,
    /// Length of the fields.
    pub(super) fields_bytes: u64,
    /// How many digests follow the fields.
    pub(super) digests: u64,
    /// True when its last row ends a segment.
    pub(super) ends_segment: bool,
    /// Over what is on the disk.
    pub(super) checksum: Checksum,
    /// What it holds.
    pub(super) part: Part,
    /// Where it begins; counted up when the index is read.
    #[serde(skip)]
    pub(super) offset_bytes: u64,
}

/// What the index says of one segment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SegmentEntry {
    /// How many blocks it has.
    pub(super) blocks: u64,
    /// How many leaves; none only in the last.
    pub(super) leaves: u64,
    /// Root over them.
    pub(super) root: Digest,
    /// Number of its first block; counted up when the index is read.
    #[serde(skip)]
    pub(super) first_block: usize,
}

/// The index of a manifest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) blocks: Vec<BlockEntry>,
    pub(super) segments: Vec<SegmentEntry>,
}

impl BlockEntry {
    /// Length on the disk.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.packed_bytes + self.digests * 32
    }

    /// Length before compression.
    pub(super) fn raw_bytes(&self) -> usize {
        usize::try_from(self.fields_bytes + self.digests * 32).unwrap_or(usize::MAX)
    }

    /// True when a decoded block has the lengths that the index says.
    pub(super) fn fits(&self, raw: &RawBlock) -> bool {
        raw.fields.len() as u64 == self.fields_bytes && raw.digests.len() as u64 == self.digests * 32
    }

    fn is_within_limits(&self) -> bool {
        let limit = MAX_BLOCK_BYTES;
        self.packed_bytes <= limit
            && self.fields_bytes <= limit
            && self.digests <= limit / 32
            && self.part.rows > 0
    }
}

/// The root over segment roots.
pub(super) fn root_over(segments: &[SegmentEntry]) -> Digest {
    let mut tree = MerkleTree::new();
    for segment in segments.iter().filter(|segment| segment.leaves > 0) {
        tree.push(&segment.root.0);
    }
    tree.root()
}

/// The bytes of a header with its frame.
pub(super) fn header_bytes(header: &Header) -> Result<Vec<u8>, Failure> {
    let misuse = |why: String| crate::failing::misuse("writing a manifest's header", why);
    let json = serde_json::to_vec(header).map_err(|error| misuse(error.to_string()))?;
    let len = u32::try_from(json.len())
        .ok()
        .filter(|len| u64::from(*len) <= MAX_HEADER_BYTES);
    let len = len
        .ok_or_else(|| misuse("it is too long".to_owned()))?
        .to_le_bytes();
    Ok([&MAGIC[..], &len, &checksum::of(&[&len, &json]), &json].concat())
}

/// The bytes after the blocks.
pub(super) fn tail_bytes(index: &Index, summary: &Summary) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    crate::blocks::encode(index, &mut out)?;
    let index_len = out.len() as u64;
    crate::blocks::encode(summary, &mut out)?;
    let summary_len = out.len() as u64 - index_len;
    let mut trailer = [index_len.to_le_bytes(), summary_len.to_le_bytes()].concat();
    trailer.extend_from_slice(&checksum::of(&[&out]));
    trailer.extend_from_slice(&checksum::of(&[&trailer]));
    trailer.extend_from_slice(&MAGIC);
    out.append(&mut trailer);
    Ok(out)
}

/// A manifest file of which header, index and summary were read and checked.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) header: Header,
    pub(super) summary: Summary,
    pub(super) index: Index,
}

/// Reads header, index and summary.
pub(super) fn read_frame(file: &File, path: &Path) -> Result<Frame, Failure> {
    let len = file
        .metadata()
        .map_err(|error| io_at("reading", path, &error))?
        .len();
    let (header, blocks_at) = read_header(file, path, len)?;
    let (tail, index_len) = read_tail(file, path, len, blocks_at)?;
    let (index, summary) = tail.split_at(index_len);
    let frame = Frame {
        header,
        index: crate::blocks::decode(index).map_err(|failure| damaged(path, failure))?,
        summary: crate::blocks::decode(summary).map_err(|failure| damaged(path, failure))?,
    };
    frame
        .checked(blocks_at, len - TRAILER_BYTES - tail.len() as u64)
        .map_err(|why| damaged(path, why))
}

fn read_header(file: &File, path: &Path, len: u64) -> Result<(Header, u64), Failure> {
    if len < HEADER_FRAME_BYTES + TRAILER_BYTES {
        return Err(damaged(path, "it ends early"));
    }
    let frame = read_at(file, path, 0, HEADER_FRAME_BYTES)?;
    let (magic, frame) = frame.split_at(MAGIC.len());
    let (json_len, sum) = frame.split_at(4);
    if magic != MAGIC {
        return Err(damaged(path, "it is not a manifest of this version"));
    }
    let json_bytes = json_len
        .iter()
        .rev()
        .fold(0, |len, byte| (len << 8) | u64::from(*byte));
    if json_bytes > MAX_HEADER_BYTES.min(len - HEADER_FRAME_BYTES - TRAILER_BYTES) {
        return Err(damaged(path, "its header is too long"));
    }
    let json = read_at(file, path, HEADER_FRAME_BYTES, json_bytes)?;
    if checksum::of(&[json_len, &json]) != sum {
        return Err(damaged(path, "its header does not match its checksum"));
    }
    let header = serde_json::from_slice(&json).map_err(|error| damaged(path, error))?;
    Ok((header, HEADER_FRAME_BYTES + json_bytes))
}

/// Index and summary as bytes, and the length of the index.
fn read_tail(file: &File, path: &Path, len: u64, blocks_at: u64) -> Result<(Vec<u8>, usize), Failure> {
    let trailer = read_at(file, path, len - TRAILER_BYTES, TRAILER_BYTES)?;
    let (lengths, sums) = trailer.split_at(16);
    let (tail_sum, rest) = sums.split_at(CHECKSUM_BYTES);
    let (trailer_sum, magic) = rest.split_at(CHECKSUM_BYTES);
    if magic != MAGIC || trailer_sum != checksum::of(&[lengths, tail_sum]) {
        return Err(damaged(path, "its trailer is not whole"));
    }
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    };
    let (index_len, summary_len) = (number(&lengths[..8]), number(&lengths[8..]));
    let room = len - TRAILER_BYTES - blocks_at;
    let tail_len = index_len
        .checked_add(summary_len)
        .filter(|tail_len| *tail_len <= room);
    let tail_len = tail_len.ok_or_else(|| damaged(path, "its index is longer than the file"))?;
    let tail = read_at(file, path, len - TRAILER_BYTES - tail_len, tail_len)?;
    if checksum::of(&[&tail]) != tail_sum {
        return Err(damaged(path, "its index does not match its checksum"));
    }
    let index_len = usize::try_from(index_len).map_err(|error| damaged(path, error))?;
    Ok((tail, index_len))
}

/// Reads a range whose length was checked.
fn read_at(file: &File, path: &Path, offset: u64, len: u64) -> Result<Vec<u8>, Failure> {
    let len = usize::try_from(len).map_err(|error| damaged(path, error))?;
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, offset)
        .map_err(|error| io_at("reading", path, &error))?;
    Ok(bytes)
}

impl Frame {
    /// Counts up offsets, and checks that blocks and segments fill their place and agree with the summary.
    fn checked(mut self, blocks_at: u64, blocks_end: u64) -> Result<Self, &'static str> {
        let mut offset = blocks_at;
        for block in &mut self.index.blocks {
            if !block.is_within_limits() {
                return Err("a block is larger than any");
            }
            block.offset_bytes = offset;
            offset += block.stored_bytes();
        }
        if offset != blocks_end {
            return Err("its blocks do not fill their place");
        }
        let ordered = |pair: &[BlockEntry]| path::compare(&pair[0].first, &pair[1].first) == Ordering::Less;
        if !self.index.blocks.windows(2).all(ordered) {
            return Err("its blocks are out of order");
        }
        self.check_segments()?;
        self.check_summary()?;
        Ok(self)
    }

    fn check_segments(&mut self) -> Result<(), &'static str> {
        let wrong = "its segments do not fit its blocks";
        let (count, mut at) = (self.index.segments.len(), 0_usize);
        for (number, segment) in self.index.segments.iter_mut().enumerate() {
            segment.first_block = at;
            let end = usize::try_from(segment.blocks)
                .ok()
                .and_then(|blocks| at.checked_add(blocks));
            let blocks = end.and_then(|end| self.index.blocks.get(at..end)).ok_or(wrong)?;
            let (last, others) = blocks.split_last().ok_or(wrong)?;
            let inner = others.iter().any(|block| block.ends_segment);
            let open = number + 1 < count && !last.ends_segment;
            let leaves = blocks
                .iter()
                .fold(0_u64, |sum, block| sum.saturating_add(block.part.leaves));
            if inner || open || leaves != segment.leaves {
                return Err(wrong);
            }
            at += blocks.len();
        }
        if at == self.index.blocks.len() {
            Ok(())
        } else {
            Err(wrong)
        }
    }

    fn check_summary(&self) -> Result<(), &'static str> {
        let mut totals = Totals::default();
        for block in &self.index.blocks {
            totals.add(&block.part, super::summary::Counts::default());
        }
        let counted = (
            totals.part.rows,
            totals.part.leaves,
            root_over(&self.index.segments),
        );
        if counted == (self.summary.rows, self.summary.leaves, self.summary.root) {
            Ok(())
        } else {
            Err("its summary does not fit its segments")
        }
    }
}
