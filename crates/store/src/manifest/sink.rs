//! The file of a manifest that is being written: blocks go in, the index is gathered, roots are hashed beside it.

use super::format::{BlockEntry, Index, SegmentEntry, header_bytes, root_over, tail_bytes};
use super::hashing::RootHasher;
use super::row::RawBlock;
use super::summary::{Counts, Part, Totals};
use super::{Header, Summary};
use crate::checksum;
use crate::failing::{io_at, misuse};
use crate::files::{beside, open, publish};
use counterpart_model::{Digest, Failure};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use zstd::bulk::Compressor;

const COMPRESSION_LEVEL: i32 = 1;
const BUFFER_BYTES: usize = 256 << 10;

/// The file under its temporary name.
pub(super) struct Sink {
    file: BufWriter<File>,
    unfinished: Unfinished,
    path: PathBuf,
    index: Index,
    /// Blocks of the segment under way.
    open_blocks: u64,
    totals: Totals,
    hasher: RootHasher,
    compressor: Compressor<'static>,
    packed: Vec<u8>,
}

/// What is known of a block beside its bytes.
pub(super) struct Block<'a> {
    pub(super) first: &'a [u8],
    pub(super) part: Part,
    pub(super) fresh: Counts,
    pub(super) ends_segment: bool,
}

/// Removes the temporary file unless it was given its name.
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            // The next attempt writes over it anyway.
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Sink {
    pub(super) fn create(path: &Path, header: &Header) -> Result<Self, Failure> {
        let new = beside(path, "new");
        let file = open::create_over(&new)?;
        let unfinished = Unfinished(Some(new));
        let compressor =
            Compressor::new(COMPRESSION_LEVEL).map_err(|error| io_at("writing", path, &error))?;
        let mut sink = Self {
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            unfinished,
            path: path.to_owned(),
            index: Index::default(),
            open_blocks: 0,
            totals: Totals::default(),
            hasher: RootHasher::start()?,
            compressor,
            packed: Vec::new(),
        };
        sink.write(&header_bytes(header)?)?;
        Ok(sink)
    }

    /// True when the next row begins a segment.
    pub(super) fn is_at_segment_start(&self) -> bool {
        self.open_blocks == 0
    }

    /// Compresses and writes a block; gives an empty buffer for the next.
    pub(super) fn put(&mut self, raw: RawBlock, block: &Block<'_>) -> Result<RawBlock, Failure> {
        let mut packed = std::mem::take(&mut self.packed);
        packed.clear();
        packed.reserve(zstd::zstd_safe::compress_bound(raw.fields.len()));
        self.compressor
            .compress_to_buffer(&raw.fields, &mut packed)
            .map_err(|error| io_at("compressing", &self.path, &error))?;
        let entry = BlockEntry {
            first: block.first.to_owned(),
            packed_bytes: packed.len() as u64,
            fields_bytes: raw.fields.len() as u64,
            digests: raw.digests.len() as u64 / 32,
            ends_segment: block.ends_segment,
            checksum: checksum::of(&[&packed, &raw.digests]),
            part: block.part,
            offset_bytes: 0,
        };
        self.write(&packed)?;
        self.write(&raw.digests)?;
        self.packed = packed;
        self.note(entry, block.fresh);
        Ok(self.hasher.block(raw, block.ends_segment))
    }

    /// Writes a block as it is in another manifest; its rows are hashed.
    pub(super) fn copy(
        &mut self,
        entry: &BlockEntry,
        stored: &[u8],
        raw: RawBlock,
    ) -> Result<RawBlock, Failure> {
        self.write(stored)?;
        self.note(entry.clone(), Counts::default());
        Ok(self.hasher.block(raw, entry.ends_segment))
    }

    /// Writes a block of a segment that is copied whole; [`Sink::end_copied_segment`] follows.
    pub(super) fn copy_unhashed(&mut self, entry: &BlockEntry, stored: &[u8]) -> Result<(), Failure> {
        self.write(stored)?;
        self.totals.add(&entry.part, Counts::default());
        self.index.blocks.push(entry.clone());
        Ok(())
    }

    /// Adds the segment whose blocks were copied whole.
    pub(super) fn end_copied_segment(&mut self, segment: &SegmentEntry) {
        self.hasher.known((segment.root, segment.leaves));
        self.index.segments.push(segment.clone());
    }

    fn note(&mut self, entry: BlockEntry, fresh: Counts) {
        self.totals.add(&entry.part, fresh);
        self.open_blocks += 1;
        let ends_segment = entry.ends_segment;
        self.index.blocks.push(entry);
        if ends_segment {
            self.end_segment();
        }
    }

    /// Roots and leaves are filled in at the end.
    fn end_segment(&mut self) {
        let blocks = std::mem::take(&mut self.open_blocks);
        self.index.segments.push(SegmentEntry {
            blocks,
            leaves: 0,
            root: Digest([0; 32]),
            first_block: 0,
        });
    }

    /// Writes index and trailer, makes the file durable and gives it its name.
    pub(super) fn finish(mut self) -> Result<Summary, Failure> {
        if self.open_blocks > 0 {
            self.end_segment();
        }
        let roots = self.hasher.finish()?;
        if roots.len() != self.index.segments.len() {
            return Err(misuse("writing a manifest", "its segments were not all hashed"));
        }
        for (segment, (root, leaves)) in self.index.segments.iter_mut().zip(roots) {
            (segment.root, segment.leaves) = (root, leaves);
        }
        let summary = self.totals.summary(root_over(&self.index.segments));
        let fail = |error: std::io::Error| io_at("writing", &self.path, &error);
        self.file
            .write_all(&tail_bytes(&self.index, &summary)?)
            .map_err(fail)?;
        self.file.flush().map_err(fail)?;
        self.file.get_ref().sync_all().map_err(fail)?;
        if let Some(new) = &self.unfinished.0 {
            publish(new, &self.path)?;
        }
        self.unfinished.0 = None;
        Ok(summary)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file
            .write_all(bytes)
            .map_err(|error| io_at("writing", &self.path, &error))
    }
}
