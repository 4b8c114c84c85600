//! The rows of a manifest in order, decoded into the caller's buffers.

use super::decode::Decoder;
use super::reader::{BlockLoader, Manifest};
use super::row::RawBlock;
use crate::failing::damaged;
use counterpart_model::{EntryPath, Failure, Row, path};
use std::cmp::Ordering;
use std::ops::Range;

/// The rows of a manifest in path order. Holds the manifest itself, so it borrows nothing.
pub struct Rows {
    manifest: Manifest,
    loader: BlockLoader,
    next_block: usize,
    raw: RawBlock,
    decoder: Decoder,
    left: u64,
    /// Rows before this path are passed over.
    from: Option<EntryPath>,
    /// Blocks that are passed over, in order; the last comes next.
    without: Vec<Range<usize>>,
    /// Path of the last row of the block before.
    last: Option<EntryPath>,
}

/// Rows with one that is looked at before it is taken, for merging.
pub struct RowCursor {
    rows: Rows,
    row: Row,
    filled: bool,
}

impl Rows {
    pub(super) fn new(manifest: Manifest, next_block: usize, from: Option<EntryPath>) -> Self {
        Self {
            manifest,
            loader: BlockLoader::new(),
            next_block,
            raw: RawBlock::default(),
            decoder: Decoder::default(),
            left: 0,
            from,
            without: Vec::new(),
            last: None,
        }
    }

    /// Passes these blocks over, which are in order.
    pub(super) fn without(mut self, mut blocks: Vec<Range<usize>>) -> Self {
        blocks.reverse();
        self.without = blocks;
        self
    }

    /// Fills `row` with the next row, reusing its buffers; `false` at the end.
    pub fn next_into(&mut self, row: &mut Row) -> Result<bool, Failure> {
        let Some(from) = self.from.take() else {
            return self.step(row);
        };
        while self.step(row)? {
            if row.path >= from {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The same rows with one to look at first.
    pub fn cursor(self) -> Result<RowCursor, Failure> {
        let mut cursor = RowCursor {
            rows: self,
            row: super::blank_row(),
            filled: false,
        };
        cursor.advance()?;
        Ok(cursor)
    }

    fn step(&mut self, row: &mut Row) -> Result<bool, Failure> {
        let begins = self.left == 0;
        if begins && !self.load()? {
            return Ok(false);
        }
        let broken = |why| damaged(self.manifest.path(), why);
        let ends_segment = self.decoder.next_into(&self.raw, row).map_err(broken)?;
        self.left -= 1;
        if begins {
            self.check_first(row)?;
        }
        if self.left == 0 {
            self.check_last(row, ends_segment)?;
        }
        Ok(true)
    }

    /// Loads the next block, which has at least one row.
    fn load(&mut self) -> Result<bool, Failure> {
        while let Some(range) = self.without.pop_if(|range| range.start <= self.next_block) {
            self.next_block = self.next_block.max(range.end);
        }
        let Some(block) = self.manifest.index().blocks.get(self.next_block) else {
            return Ok(false);
        };
        self.loader.load(&self.manifest, block)?;
        self.loader.unpack(&self.manifest, block, &mut self.raw)?;
        self.decoder.restart();
        self.left = self.raw.rows;
        self.next_block += 1;
        Ok(true)
    }

    fn check_first(&self, row: &Row) -> Result<(), Failure> {
        let block = self.manifest.index().blocks.get(self.next_block.wrapping_sub(1));
        let indexed = block.is_some_and(|block| block.first == row.path.as_bytes());
        let after = |last: &EntryPath| path::compare(last.as_bytes(), row.path.as_bytes()) == Ordering::Less;
        if indexed && self.last.as_ref().is_none_or(after) {
            return Ok(());
        }
        Err(damaged(
            self.manifest.path(),
            "a block does not begin where its index says",
        ))
    }

    fn check_last(&mut self, row: &Row, ends_segment: bool) -> Result<(), Failure> {
        let block = self.manifest.index().blocks.get(self.next_block.wrapping_sub(1));
        let indexed = block.is_some_and(|block| block.ends_segment == ends_segment);
        if !indexed || !self.decoder.is_at_end(&self.raw) {
            return Err(damaged(
                self.manifest.path(),
                "a block does not end where its index says",
            ));
        }
        self.last.get_or_insert_default().set(row.path.as_bytes());
        Ok(())
    }
}

impl RowCursor {
    /// The present row; `None` after the last.
    pub fn row(&self) -> Option<&Row> {
        self.filled.then_some(&self.row)
    }

    /// Moves to the next row.
    pub fn advance(&mut self) -> Result<(), Failure> {
        self.filled = self.rows.next_into(&mut self.row)?;
        Ok(())
    }
}
