//! Makes a manifest from an older one and a sorted list of changes.
//!
//! A segment without a change is copied with its root. In a segment with one, blocks without a change are copied and
//! only hashed again; the others are merged row by row.

use super::changes::Pending;
use super::decode::Decoder;
use super::format::{BlockEntry, SegmentEntry};
use super::reader::BlockLoader;
use super::row::RawBlock;
use super::writer::ManifestWriter;
use super::{Header, Manifest, RowChanges, Summary, format};
use crate::failing::damaged;
use counterpart_model::{EntryPath, Failure, Row, path};
use std::cmp::Ordering;
use std::path::Path;

/// Writes at `path` the manifest that `base` becomes with `changes`; parts without a change are copied as they are. No
/// digest that is taken over from `base` counts as obtained in the pass, whatever its second: only changes bring such.
pub fn fold(
    base: Option<&Manifest>,
    changes: &mut dyn RowChanges,
    path: &Path,
    header: &Header,
    pass_began_seconds: i64,
) -> Result<Summary, Failure> {
    let mut writer = ManifestWriter::create(path, header, pass_began_seconds)?;
    let mut pending = Pending::new(changes)?;
    if let Some(base) = base {
        writer.make_roomy();
        Folding::new(base, &mut writer, &mut pending).all()?;
    }
    while let Some(change) = pending.peek() {
        put_change(&mut writer, change.row.as_ref())?;
        pending.advance()?;
    }
    writer.finish()
}

struct Folding<'a, 'c> {
    base: &'a Manifest,
    writer: &'a mut ManifestWriter,
    changes: &'a mut Pending<'c>,
    /// A path of which everything beneath is gone.
    doomed: Option<EntryPath>,
    loader: BlockLoader,
    decoder: Decoder,
    raw: RawBlock,
    row: Row,
}

impl<'a, 'c> Folding<'a, 'c> {
    fn new(base: &'a Manifest, writer: &'a mut ManifestWriter, changes: &'a mut Pending<'c>) -> Self {
        Self {
            base,
            writer,
            changes,
            doomed: None,
            loader: BlockLoader::new(),
            decoder: Decoder::default(),
            raw: RawBlock::default(),
            row: super::blank_row(),
        }
    }

    fn all(&mut self) -> Result<(), Failure> {
        let base = self.base;
        let index = base.index();
        for segment in &index.segments {
            let end_block = segment.first_block + usize::try_from(segment.blocks).unwrap_or(usize::MAX);
            let blocks = index
                .blocks
                .get(segment.first_block..end_block)
                .unwrap_or_default();
            let end = index.blocks.get(end_block);
            self.segment(segment, blocks, end)?;
        }
        Ok(())
    }

    fn segment(
        &mut self,
        segment: &SegmentEntry,
        blocks: &[BlockEntry],
        end: Option<&BlockEntry>,
    ) -> Result<(), Failure> {
        let untouched = blocks.first().is_some_and(|first| !self.touches(first, end));
        if untouched && self.writer.is_at_segment_start() {
            return self.copy_segment(segment, blocks);
        }
        for (number, block) in blocks.iter().enumerate() {
            self.block(block, blocks.get(number + 1).or(end))?;
        }
        Ok(())
    }

    /// True when a change falls on the rows from `first` to before `end`.
    fn touches(&self, first: &BlockEntry, end: Option<&BlockEntry>) -> bool {
        self.is_doomed(&first.first)
            || self
                .changes
                .peek()
                .is_some_and(|change| is_before(&change.path, end))
    }

    fn is_doomed(&self, path: &[u8]) -> bool {
        self.doomed
            .as_ref()
            .is_some_and(|doomed| lies_beneath(path, doomed))
    }

    fn copy_segment(&mut self, segment: &SegmentEntry, blocks: &[BlockEntry]) -> Result<(), Failure> {
        for block in blocks {
            self.loader.load(self.base, block)?;
            self.writer.copy_unhashed(block, self.loader.stored())?;
        }
        self.writer.end_copied_segment(segment);
        Ok(())
    }

    fn block(&mut self, block: &BlockEntry, end: Option<&BlockEntry>) -> Result<(), Failure> {
        let untouched = !self.touches(block, end);
        if !untouched && self.is_doomed_whole(block, end) {
            return Ok(());
        }
        self.loader.load(self.base, block)?;
        if untouched && !self.is_worth_merging(block) {
            return self.copy_block(block);
        }
        self.loader.unpack(self.base, block, &mut self.raw)?;
        self.merge(block)?;
        while self
            .changes
            .peek()
            .is_some_and(|change| is_before(&change.path, end))
        {
            self.put_change()?;
        }
        Ok(())
    }

    /// True when every row is gone and no change falls between them.
    fn is_doomed_whole(&self, block: &BlockEntry, end: Option<&BlockEntry>) -> bool {
        let changed = self
            .changes
            .peek()
            .is_some_and(|change| is_before(&change.path, end));
        !changed && self.is_doomed(&block.first) && end.is_some_and(|end| self.is_doomed(&end.first))
    }

    /// True when the rows of a small block had better join those that are open.
    fn is_worth_merging(&self, block: &BlockEntry) -> bool {
        let open_bytes = self.writer.open_bytes();
        open_bytes > 0 && open_bytes + block.raw_bytes() <= format::BLOCK_BYTES
    }

    fn copy_block(&mut self, block: &BlockEntry) -> Result<(), Failure> {
        self.loader.unpack(self.base, block, &mut self.raw)?;
        let raw = std::mem::take(&mut self.raw);
        self.raw = self.writer.copy(block, self.loader.stored(), raw)?;
        Ok(())
    }

    fn merge(&mut self, block: &BlockEntry) -> Result<(), Failure> {
        self.decoder.restart();
        for _ in 0..self.raw.rows {
            let ends_segment = self.next_row()?;
            while self
                .changes
                .peek()
                .is_some_and(|change| change.path < self.row.path)
            {
                self.put_change()?;
            }
            if self
                .changes
                .peek()
                .is_some_and(|change| change.path == self.row.path)
            {
                self.put_change()?;
            } else if !self.is_doomed(self.row.path.as_bytes()) {
                self.writer.push_known(&self.row, ends_segment)?;
            }
        }
        if self.decoder.is_at_end(&self.raw) && block.part.rows == self.raw.rows {
            return Ok(());
        }
        Err(damaged(
            self.base.path(),
            "a block does not end where its index says",
        ))
    }

    fn next_row(&mut self) -> Result<bool, Failure> {
        self.decoder
            .next_into(&self.raw, &mut self.row)
            .map_err(|why| damaged(self.base.path(), why))
    }

    fn put_change(&mut self) -> Result<(), Failure> {
        let Some(change) = self.changes.peek() else {
            return Ok(());
        };
        put_change(self.writer, change.row.as_ref())?;
        // Within a doomed tree the outer one stays: it covers the inner.
        if change.whole && !self.is_doomed(change.path.as_bytes()) {
            self.doomed.get_or_insert_default().set(change.path.as_bytes());
        }
        self.changes.advance()
    }
}

fn put_change(writer: &mut ManifestWriter, row: Option<&Row>) -> Result<(), Failure> {
    row.map_or(Ok(()), |row| writer.push(row))
}

fn is_before(path: &EntryPath, end: Option<&BlockEntry>) -> bool {
    end.is_none_or(|end| path::compare(path.as_bytes(), &end.first) == Ordering::Less)
}

fn lies_beneath(path: &[u8], directory: &EntryPath) -> bool {
    let directory = directory.as_bytes();
    if directory.is_empty() {
        return !path.is_empty();
    }
    path.len() > directory.len() && path.starts_with(directory) && path[directory.len()] == b'/'
}
