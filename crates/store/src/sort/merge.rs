//! Merges sorted runs: a heap of their next records, of equal keys the earlier run first.

use super::{Compare, KeyValue};
use crate::blocks::{BlockFile, BlockReader, Unpacker};
use crate::varint::{Broken, Input};
use counterpart_model::Failure;
use std::cmp::Ordering;
use std::ops::Range;

/// Runs that are being merged.
pub(super) struct Merge {
    runs: Vec<Run>,
    /// Numbers of the runs that have a record, as a heap with the least on top.
    heap: Vec<usize>,
    /// True when the record on top was given out and is to be passed.
    given: bool,
    compare: Compare,
    unpacker: Unpacker,
}

/// One run and where its present record lies in its block.
struct Run {
    reader: BlockReader,
    left: u32,
    key: Range<usize>,
    value: Range<usize>,
}

impl Merge {
    pub(super) fn new(files: &[BlockFile], compare: Compare) -> Result<Self, Failure> {
        let runs = files.iter().map(|file| Run {
            reader: file.reader(),
            left: 0,
            key: 0..0,
            value: 0..0,
        });
        let runs: Vec<Run> = runs.collect();
        let heap = Vec::with_capacity(runs.len());
        let mut merge = Self {
            runs,
            heap,
            given: false,
            compare,
            unpacker: Unpacker::default(),
        };
        for number in 0..merge.runs.len() {
            if merge.runs[number].advance(&mut merge.unpacker)? {
                merge.heap.push(number);
            }
        }
        for at in (0..merge.heap.len() / 2).rev() {
            merge.sift_down(at);
        }
        Ok(merge)
    }

    /// The next record as key and value; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<KeyValue<'_>>, Failure> {
        if std::mem::take(&mut self.given) {
            self.pass()?;
        }
        let Some(&top) = self.heap.first() else {
            return Ok(None);
        };
        self.given = true;
        let run = &self.runs[top];
        Ok(Some((run.key(), &run.reader.raw()[run.value.clone()])))
    }

    /// Passes the record on top.
    fn pass(&mut self) -> Result<(), Failure> {
        let Some(&top) = self.heap.first() else {
            return Ok(());
        };
        if !self.runs[top].advance(&mut self.unpacker)? {
            self.heap.swap_remove(0);
        }
        self.sift_down(0);
        Ok(())
    }

    fn sift_down(&mut self, mut at: usize) {
        loop {
            let children = [2 * at + 1, 2 * at + 2];
            let smaller = children.into_iter().filter(|child| *child < self.heap.len());
            let Some(least) = smaller.reduce(|one, other| if self.is_less(other, one) { other } else { one })
            else {
                return;
            };
            if !self.is_less(least, at) {
                return;
            }
            self.heap.swap(least, at);
            at = least;
        }
    }

    fn is_less(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.heap[one], self.heap[other]);
        let keys = (self.compare)(self.runs[one].key(), self.runs[other].key());
        keys.then(one.cmp(&other)) == Ordering::Less
    }
}

impl Run {
    fn key(&self) -> &[u8] {
        &self.reader.raw()[self.key.clone()]
    }

    /// Moves to the next record; `false` at the end.
    fn advance(&mut self, unpacker: &mut Unpacker) -> Result<bool, Failure> {
        let mut at = self.value.end;
        if self.left == 0 {
            (self.left, at) = (self.reader.next_block(unpacker)?, 0);
            if self.left == 0 {
                return Ok(false);
            }
        }
        let record = locate(self.reader.raw(), at);
        (self.key, self.value) = record.map_err(|why| self.reader.damaged(why))?;
        self.left -= 1;
        Ok(true)
    }
}

/// Where key and value of the record that begins at `at` lie.
fn locate(raw: &[u8], at: usize) -> Result<(Range<usize>, Range<usize>), Broken> {
    let mut input = Input::new(raw.get(at..).unwrap_or_default());
    let key_len = input.bytes()?.len();
    let key_end = raw.len() - input.left();
    let value_len = input.bytes()?.len();
    let value_end = raw.len() - input.left();
    Ok((key_end - key_len..key_end, value_end - value_len..value_end))
}
