//! Records in compressed blocks with checksums: the stuff of spools and of the sorter's runs.
//!
//! A file is written once and then read through any number of times; a record lies whole in one block.

use crate::checksum::{self, CHECKSUM_BYTES};
use crate::failing::{damaged, io_at, misuse};
use counterpart_model::{Code, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zstd::bulk::{Compressor, Decompressor};

/// A block ends when it has this many bytes before compression.
const BLOCK_BYTES: usize = 64 << 10;
/// No record is longer.
const MAX_RECORD_BYTES: usize = 32 << 20;
const COMPRESSION_LEVEL: i32 = 1;
/// Length before compression, length on the disk, number of records, checksum over these and what follows.
const FRAME_BYTES: usize = 12 + CHECKSUM_BYTES;
/// The last block has no records and is the number of all, uncompressed.
const END_BYTES: usize = FRAME_BYTES + 8;

/// Appends a value in postcard's encoding.
pub(crate) fn encode<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), Failure> {
    *out = postcard::to_extend(value, std::mem::take(out))
        .map_err(|error| misuse("encoding a record", error))?;
    Ok(())
}

/// Reads a value from exactly these bytes.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    match decode_first(bytes)? {
        (value, []) => Ok(value),
        _ => Err(Failure::new(
            Code::StateDamaged,
            "decoding a record",
            "bytes are left over",
        )),
    }
}

/// Reads a value from the front of these bytes, and gives the others.
pub(crate) fn decode_first<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), Failure> {
    postcard::take_from_bytes(bytes)
        .map_err(|error| Failure::new(Code::StateDamaged, "decoding a record", error))
}

/// A file of blocks that is being written.
pub(crate) struct BlockWriter {
    file: File,
    path: PathBuf,
    raw: Vec<u8>,
    begun: usize,
    records: u32,
    framed: Vec<u8>,
    compressor: Compressor<'static>,
    len_bytes: u64,
    total: u64,
}

/// A finished file of blocks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct BlockFile {
    file: Arc<File>,
    path: Arc<Path>,
    /// Where the last block begins.
    end_bytes: u64,
    /// How many records it has.
    pub(crate) records: u64,
}

/// Reads blocks one after the other.
pub(crate) struct BlockReader {
    blocks: BlockFile,
    offset_bytes: u64,
    left: u64,
    raw: Vec<u8>,
}

/// What is needed to read a block and can be shared between readers.
#[derive(Default)]
pub(crate) struct Unpacker {
    stored: Vec<u8>,
    decompressor: Decompressor<'static>,
}

struct Frame {
    raw_len: usize,
    stored_len: usize,
    records: u32,
    lengths: [u8; 12],
    sum: checksum::Checksum,
}

impl BlockWriter {
    /// Writes into an empty file; `path` is for messages.
    pub(crate) fn new(file: File, path: PathBuf) -> Result<Self, Failure> {
        let compressor =
            Compressor::new(COMPRESSION_LEVEL).map_err(|error| io_at("writing", &path, &error))?;
        let (raw, framed) = (Vec::with_capacity(BLOCK_BYTES + 4096), Vec::new());
        Ok(Self {
            file,
            path,
            raw,
            begun: 0,
            records: 0,
            framed,
            compressor,
            len_bytes: 0,
            total: 0,
        })
    }

    /// Where the bytes of the next record go; [`BlockWriter::end_record`] follows.
    pub(crate) fn record(&mut self) -> &mut Vec<u8> {
        &mut self.raw
    }

    /// Ends a record.
    pub(crate) fn end_record(&mut self) -> Result<(), Failure> {
        if self.raw.len() - self.begun > MAX_RECORD_BYTES {
            return Err(misuse(
                format!("writing {}", self.path.display()),
                "a record is longer than any",
            ));
        }
        self.begun = self.raw.len();
        self.records += 1;
        self.total += 1;
        if self.begun >= BLOCK_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> Result<BlockFile, Failure> {
        self.flush()?;
        let end_bytes = self.len_bytes;
        let total = self.total.to_le_bytes();
        self.write(0, 0, |_, framed| {
            framed.extend_from_slice(&total);
            Ok(())
        })?;
        let (file, path) = (Arc::new(self.file), Arc::from(self.path));
        Ok(BlockFile {
            file,
            path,
            end_bytes,
            records: self.total,
        })
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if self.records == 0 {
            return Ok(());
        }
        let raw = std::mem::take(&mut self.raw);
        self.write(raw.len(), self.records, |compressor, framed| {
            pack(compressor, &raw, framed)
        })?;
        self.raw = raw;
        self.raw.clear();
        (self.begun, self.records) = (0, 0);
        Ok(())
    }

    fn write(
        &mut self,
        raw_len: usize,
        records: u32,
        fill: impl FnOnce(&mut Compressor<'static>, &mut Vec<u8>) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let fail = |error| io_at("writing", &self.path, &error);
        self.framed.clear();
        self.framed.resize(FRAME_BYTES, 0);
        fill(&mut self.compressor, &mut self.framed).map_err(fail)?;
        let stored_len = self.framed.len() - FRAME_BYTES;
        let lengths = [short(raw_len), short(stored_len), records]
            .map(u32::to_le_bytes)
            .concat();
        let (frame, stored) = self.framed.split_at_mut(FRAME_BYTES);
        frame[..12].copy_from_slice(&lengths);
        frame[12..].copy_from_slice(&checksum::of(&[&lengths, stored]));
        self.file
            .write_all_at(&self.framed, self.len_bytes)
            .map_err(fail)?;
        self.len_bytes += self.framed.len() as u64;
        Ok(())
    }
}

/// Appends compressed bytes.
fn pack(compressor: &mut Compressor<'static>, raw: &[u8], framed: &mut Vec<u8>) -> std::io::Result<()> {
    let begin = framed.len();
    framed.resize(begin + zstd::zstd_safe::compress_bound(raw.len()), 0);
    let packed_len = compressor.compress_to_buffer(raw, &mut framed[begin..])?;
    framed.truncate(begin + packed_len);
    Ok(())
}

/// Lengths of blocks are far below the limit of 32 bits.
fn short(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl BlockFile {
    /// Opens a finished file.
    pub(crate) fn open(file: File, path: &Path) -> Result<Self, Failure> {
        let fail = |error| io_at("reading", path, &error);
        let len = file.metadata().map_err(fail)?.len();
        let end_bytes = len
            .checked_sub(END_BYTES as u64)
            .ok_or_else(|| damaged(path, "it ends early"))?;
        let mut end = [0; END_BYTES];
        file.read_exact_at(&mut end, end_bytes).map_err(fail)?;
        let (frame, total) = end.split_at(FRAME_BYTES);
        let frame = Frame::parse(frame).filter(|frame| {
            (frame.raw_len, frame.stored_len, frame.records) == (0, 8, 0) && frame.matches(total)
        });
        frame.ok_or_else(|| damaged(path, "it does not end with its last block"))?;
        let records = total
            .iter()
            .rev()
            .fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        Ok(Self {
            file: Arc::new(file),
            path: Arc::from(path),
            end_bytes,
            records,
        })
    }

    /// Makes the file durable.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        self.file
            .sync_all()
            .map_err(|error| io_at("syncing", &self.path, &error))
    }

    /// A reader from the beginning.
    pub(crate) fn reader(&self) -> BlockReader {
        BlockReader {
            blocks: self.clone(),
            offset_bytes: 0,
            left: self.records,
            raw: Vec::new(),
        }
    }
}

impl BlockReader {
    /// Reads the next block; gives how many records it has, none at the end.
    pub(crate) fn next_block(&mut self, unpacker: &mut Unpacker) -> Result<u32, Failure> {
        if self.left == 0 && self.offset_bytes == self.blocks.end_bytes {
            return Ok(0);
        }
        let frame = self.next_frame()?;
        unpacker.stored.resize(frame.stored_len, 0);
        self.read_at(&mut unpacker.stored, self.offset_bytes + FRAME_BYTES as u64)?;
        if !frame.matches(&unpacker.stored) {
            return Err(self.damaged("a block does not match its checksum"));
        }
        self.raw.clear();
        self.raw.reserve(frame.raw_len);
        let done = unpacker
            .decompressor
            .decompress_to_buffer(&unpacker.stored[..], &mut self.raw);
        done.map_err(|error| self.damaged(error))?;
        let left = self.left.checked_sub(u64::from(frame.records));
        self.left = left.ok_or_else(|| self.damaged("it has more records than it says"))?;
        self.offset_bytes += (FRAME_BYTES + frame.stored_len) as u64;
        Ok(frame.records)
    }

    /// The bytes of the present block.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// A failure that says that this file is damaged.
    pub(crate) fn damaged(&self, why: impl std::fmt::Display) -> Failure {
        damaged(&self.blocks.path, why)
    }

    /// The frame of the next block, its lengths checked.
    fn next_frame(&self) -> Result<Frame, Failure> {
        let left = self.blocks.end_bytes - self.offset_bytes;
        if left < FRAME_BYTES as u64 {
            return Err(self.damaged("it has fewer records than it says"));
        }
        let mut bytes = [0; FRAME_BYTES];
        self.read_at(&mut bytes, self.offset_bytes)?;
        let fits = |frame: &Frame| {
            frame.raw_len <= BLOCK_BYTES + MAX_RECORD_BYTES
                && frame.stored_len as u64 <= left - FRAME_BYTES as u64
                && frame.stored_len <= zstd::zstd_safe::compress_bound(frame.raw_len)
                && frame.records > 0
        };
        Frame::parse(&bytes)
            .filter(fits)
            .ok_or_else(|| self.damaged("a block is larger than any"))
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<(), Failure> {
        let BlockFile { file, path, .. } = &self.blocks;
        file.read_exact_at(bytes, offset)
            .map_err(|error| io_at("reading", path, &error))
    }
}

impl Frame {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (lengths, rest) = bytes.split_first_chunk::<12>()?;
        let (sum, _) = rest.split_first_chunk::<CHECKSUM_BYTES>()?;
        let number = |at: usize| {
            lengths[at..at + 4]
                .iter()
                .rev()
                .fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
        };
        Some(Self {
            raw_len: usize::try_from(number(0)).ok()?,
            stored_len: usize::try_from(number(4)).ok()?,
            records: number(8),
            lengths: *lengths,
            sum: *sum,
        })
    }

    fn matches(&self, stored: &[u8]) -> bool {
        checksum::of(&[&self.lengths, stored]) == self.sum
    }
}
