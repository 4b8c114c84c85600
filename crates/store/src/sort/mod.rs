//! Sorts more records than memory holds: runs on disk, merged. Stable for equal keys.
//!
//! Keys and values are bytes; [`PathSorter`] is the same for values by path. Nothing here outlives the process.

mod memory;
mod merge;
mod typed;

pub use typed::{PathSorter, SortedPaths};

use crate::blocks::{BlockFile, BlockWriter};
use crate::files::open;
use crate::varint;
use counterpart_model::Failure;
use memory::Memory;
use merge::Merge;
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// How two keys compare.
pub type Compare = fn(&[u8], &[u8]) -> Ordering;

/// A record as key and value.
pub type KeyValue<'a> = (&'a [u8], &'a [u8]);

/// So many runs are merged at once; more are merged into longer ones first.
const MAX_RUNS: usize = 64;

/// Takes records in any order.
pub struct Sorter {
    dir: PathBuf,
    compare: Compare,
    memory: Memory,
    /// Runs by how often they were merged; of two levels the upper one has the earlier records.
    levels: Vec<Vec<BlockFile>>,
    total: u64,
}

/// Gives the records in order.
pub struct Sorted {
    source: Source,
    total: u64,
}

enum Source {
    Memory(Memory),
    Runs(Merge),
}

impl Sorter {
    /// A sorter that holds at most `memory_bytes` of records and spills the rest into unlinked files in `dir`.
    /// Merging holds one block of each of at most 64 runs, about 4 MiB, once the records are spilled.
    pub fn new(dir: &Path, memory_bytes: usize, compare: Compare) -> Self {
        let memory = Memory::new(memory_bytes);
        Self {
            dir: dir.to_owned(),
            compare,
            memory,
            levels: Vec::new(),
            total: 0,
        }
    }

    /// Adds a record.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), Failure> {
        if !self.memory.push(key, value) {
            self.spill()?;
            self.memory.push_anyway(key, value);
        }
        self.total += 1;
        Ok(())
    }

    /// Ends the input.
    pub fn finish(mut self) -> Result<Sorted, Failure> {
        if self.levels.is_empty() {
            self.memory.sort(self.compare);
            return Ok(Sorted {
                source: Source::Memory(self.memory),
                total: self.total,
            });
        }
        self.spill()?;
        self.memory = Memory::new(0);
        while self.levels.iter().map(Vec::len).sum::<usize>() > MAX_RUNS {
            self.merge_lowest()?;
        }
        let runs: Vec<BlockFile> = self.levels.into_iter().rev().flatten().collect();
        Ok(Sorted {
            source: Source::Runs(Merge::new(&runs, self.compare)?),
            total: self.total,
        })
    }

    fn spill(&mut self) -> Result<(), Failure> {
        if self.memory.is_empty() {
            return Ok(());
        }
        self.memory.sort(self.compare);
        let mut run = self.new_run()?;
        while let Some((key, value)) = self.memory.next() {
            put(&mut run, key, value)?;
        }
        self.memory.clear();
        self.add_run(0, run.finish()?);
        while self.levels.iter().any(|level| level.len() >= MAX_RUNS) {
            self.merge_lowest()?;
        }
        Ok(())
    }

    /// Merges the runs of the lowest level that has any into one of the level above.
    fn merge_lowest(&mut self) -> Result<(), Failure> {
        let Some(lowest) = self.levels.iter().position(|level| !level.is_empty()) else {
            return Ok(());
        };
        let runs = std::mem::take(&mut self.levels[lowest]);
        let mut merge = Merge::new(&runs, self.compare)?;
        let mut run = self.new_run()?;
        while let Some((key, value)) = merge.next()? {
            put(&mut run, key, value)?;
        }
        self.add_run(lowest + 1, run.finish()?);
        Ok(())
    }

    fn add_run(&mut self, level: usize, run: BlockFile) {
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        self.levels[level].push(run);
    }

    fn new_run(&self) -> Result<BlockWriter, Failure> {
        let (file, path) = open::nameless(&self.dir)?;
        BlockWriter::new(file, path)
    }
}

fn put(run: &mut BlockWriter, key: &[u8], value: &[u8]) -> Result<(), Failure> {
    let out = run.record();
    varint::put_bytes(key, out);
    varint::put_bytes(value, out);
    run.end_record()
}

impl Sorted {
    /// The next record as key and value; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "it lends, which an iterator cannot")]
    pub fn next(&mut self) -> Result<Option<KeyValue<'_>>, Failure> {
        match &mut self.source {
            Source::Memory(memory) => Ok(memory.next()),
            Source::Runs(merge) => merge.next(),
        }
    }

    /// How many records there are in all.
    pub fn len(&self) -> u64 {
        self.total
    }

    /// True when nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }
}
