//! Writes a manifest from rows in path order.

use super::encode::Encoder;
use super::format::{BLOCK_BYTES, BlockEntry, ROOMY_BLOCK_BYTES, SegmentEntry};
use super::row::{MAX_NAME_BYTES, RawBlock};
use super::sink::{Block, Sink};
use super::summary::{Counts, Part};
use super::{Header, Summary};
use crate::failing::misuse;
use counterpart_evidence::merkle::ends_segment;
use counterpart_model::{EntryPath, Failure, Row, Standing};
use std::path::Path;

/// A manifest that is being written; without [`ManifestWriter::finish`] nothing remains of it.
pub struct ManifestWriter {
    sink: Sink,
    pass_began_seconds: i64,
    block_limit_bytes: usize,
    encoder: Encoder,
    raw: RawBlock,
    first: EntryPath,
    last: Option<EntryPath>,
    part: Part,
    fresh: Counts,
}

impl ManifestWriter {
    /// Starts a manifest at `path`, under a temporary name beside it. Digests obtained at or after
    /// `pass_began_seconds` count as read or written in the pass, older ones as carried.
    pub fn create(path: &Path, header: &Header, pass_began_seconds: i64) -> Result<Self, Failure> {
        Ok(Self {
            sink: Sink::create(path, header)?,
            pass_began_seconds,
            block_limit_bytes: BLOCK_BYTES,
            encoder: Encoder::default(),
            raw: RawBlock::default(),
            first: EntryPath::root(),
            last: None,
            part: Part::default(),
            fresh: Counts::default(),
        })
    }

    /// Adds the next row; its path must lie after the one before.
    pub fn push(&mut self, row: &Row) -> Result<(), Failure> {
        let ends = row.fact.standing == Standing::Compared && ends_segment(row.path.as_bytes());
        self.fresh.add(row, self.pass_began_seconds);
        self.push_known(row, ends)
    }

    /// Ends the file, makes it durable and gives it its name.
    pub fn finish(mut self) -> Result<Summary, Failure> {
        self.flush(false)?;
        self.sink.finish()
    }

    /// Lets blocks grow a little, so that folding does not split them at each change.
    pub(super) fn make_roomy(&mut self) {
        self.block_limit_bytes = ROOMY_BLOCK_BYTES;
    }

    /// Adds a row of an older manifest, of which it is known whether it ends a segment.
    pub(super) fn push_known(&mut self, row: &Row, ends_segment: bool) -> Result<(), Failure> {
        self.check(row)?;
        if self.raw.rows == 0 {
            self.first.set(row.path.as_bytes());
        }
        self.encoder.push(row, ends_segment, &mut self.raw);
        self.part.add(row);
        self.last.get_or_insert_default().set(row.path.as_bytes());
        if ends_segment || self.raw.len_bytes() >= self.block_limit_bytes {
            self.flush(ends_segment)?;
        }
        Ok(())
    }

    /// Bytes of rows that are not in a block yet.
    pub(super) fn open_bytes(&self) -> usize {
        self.raw.len_bytes()
    }

    /// True when the next row begins a segment.
    pub(super) fn is_at_segment_start(&self) -> bool {
        self.raw.rows == 0 && self.sink.is_at_segment_start()
    }

    /// Adds a block of another manifest as it is; `raw` has its rows. Gives an empty buffer back.
    pub(super) fn copy(
        &mut self,
        entry: &BlockEntry,
        stored: &[u8],
        raw: RawBlock,
    ) -> Result<RawBlock, Failure> {
        self.flush(false)?;
        self.sink.copy(entry, stored, raw)
    }

    /// Adds a block of a segment that is copied whole.
    pub(super) fn copy_unhashed(&mut self, entry: &BlockEntry, stored: &[u8]) -> Result<(), Failure> {
        self.sink.copy_unhashed(entry, stored)
    }

    /// Ends the segment that was copied whole.
    pub(super) fn end_copied_segment(&mut self, segment: &SegmentEntry) {
        self.sink.end_copied_segment(segment);
    }

    fn flush(&mut self, ends_segment: bool) -> Result<(), Failure> {
        if self.raw.rows == 0 {
            return Ok(());
        }
        let part = std::mem::take(&mut self.part);
        let fresh = std::mem::take(&mut self.fresh);
        let block = Block {
            first: self.first.as_bytes(),
            part,
            fresh,
            ends_segment,
        };
        self.raw = self.sink.put(std::mem::take(&mut self.raw), &block)?;
        self.encoder.restart();
        Ok(())
    }

    fn check(&self, row: &Row) -> Result<(), Failure> {
        let doing = || format!("writing the manifest's row of {}", row.path);
        if self.last.as_ref().is_some_and(|last| *last >= row.path) {
            return Err(misuse(doing(), "rows are out of order"));
        }
        if row.path.as_bytes().len().max(row.fact.target.len()) > MAX_NAME_BYTES {
            return Err(misuse(doing(), "its name is longer than any"));
        }
        Ok(())
    }
}
