//! The sorter for values by path.

use super::{Sorted, Sorter};
use crate::manifest::{RowChange, RowChanges};
use counterpart_model::{EntryPath, Failure, path};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::path::Path;

/// Takes values by path, in any order.
pub struct PathSorter<T> {
    inner: Sorter,
    buffer: Vec<u8>,
    kind: PhantomData<fn(T) -> T>,
}

/// Gives values in path order; values of one path in the order in which they were pushed.
pub struct SortedPaths<T> {
    inner: Sorted,
    kind: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> PathSorter<T> {
    /// A sorter that holds at most `memory_bytes` of records and spills the rest into unlinked files in `dir`.
    pub fn new(dir: &Path, memory_bytes: usize) -> Self {
        let inner = Sorter::new(dir, memory_bytes, path::compare);
        Self {
            inner,
            buffer: Vec::new(),
            kind: PhantomData,
        }
    }

    /// Adds a value.
    pub fn push(&mut self, path: &EntryPath, value: &T) -> Result<(), Failure> {
        self.buffer.clear();
        crate::blocks::encode(value, &mut self.buffer)?;
        self.inner.push(path.as_bytes(), &self.buffer)
    }

    /// Ends the input.
    pub fn finish(self) -> Result<SortedPaths<T>, Failure> {
        let inner = self.inner.finish()?;
        Ok(SortedPaths {
            inner,
            kind: PhantomData,
        })
    }
}

impl<T: DeserializeOwned> SortedPaths<T> {
    /// Fills `path` and `value` with the next record; `false` at the end.
    pub fn next_into(&mut self, path: &mut EntryPath, value: &mut T) -> Result<bool, Failure> {
        let Some((key, bytes)) = self.inner.next()? else {
            return Ok(false);
        };
        path.set(key);
        *value = crate::blocks::decode(bytes)?;
        Ok(true)
    }

    /// How many records there are in all.
    pub fn len(&self) -> u64 {
        self.inner.len()
    }

    /// True when nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }
}

impl RowChanges for SortedPaths<RowChange> {
    fn next_into(&mut self, change: &mut RowChange) -> Result<bool, Failure> {
        let Some((_, bytes)) = self.inner.next()? else {
            return Ok(false);
        };
        *change = crate::blocks::decode(bytes)?;
        Ok(true)
    }
}
