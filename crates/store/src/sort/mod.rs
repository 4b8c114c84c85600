//! Sorts more records than memory holds: runs on disk, merged. Stable for equal keys.
//!
//! Keys and values are bytes; [`PathSorter`] is the same for values by path. Nothing here outlives the process.

mod typed;

pub use typed::{PathSorter, SortedPaths};

use counterpart_model::Failure;
use std::cmp::Ordering;
use std::path::Path;

/// How two keys compare.
pub type Compare = fn(&[u8], &[u8]) -> Ordering;

/// Takes records in any order.
pub struct Sorter {
    nothing: (),
}

/// Gives the records in order.
pub struct Sorted {
    nothing: (),
}

impl Sorter {
    /// A sorter that holds at most `memory_bytes` of records and spills the rest into unlinked files in `dir`.
    pub fn new(dir: &Path, memory_bytes: usize, compare: Compare) -> Self {
        Self { nothing: () }
    }

    /// Adds a record.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), Failure> {
        Err(crate::failing::misuse("sorting", "not built yet"))
    }

    /// Ends the input.
    pub fn finish(self) -> Result<Sorted, Failure> {
        Err(crate::failing::misuse("sorting", "not built yet"))
    }
}

impl Sorted {
    /// The next record as key and value; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "it lends, which an iterator cannot")]
    pub fn next(&mut self) -> Result<Option<(&[u8], &[u8])>, Failure> {
        Ok(None)
    }

    /// How many records there are in all.
    pub fn len(&self) -> u64 {
        0
    }

    /// True when nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
