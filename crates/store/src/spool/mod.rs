//! A list of records on disk, written once and read in order any number of times.
//!
//! Not a database: no record is found, changed or removed.

use counterpart_model::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::path::Path;

/// A spool that is being written.
pub struct SpoolWriter<T> {
    kind: PhantomData<fn(T) -> T>,
}

/// A finished spool.
#[derive(Debug)]
pub struct Spool<T> {
    kind: PhantomData<fn(T) -> T>,
}

/// Reads a spool from its beginning. Holds the file itself, so it borrows nothing.
pub struct SpoolReader<T> {
    kind: PhantomData<fn(T) -> T>,
}

impl<T: Serialize> SpoolWriter<T> {
    /// A spool in a file of `dir` that has no name, so that a crash leaves nothing.
    pub fn temporary(dir: &Path) -> Result<Self, Failure> {
        Err(crate::failing::misuse("spooling", "not built yet"))
    }

    /// A spool that keeps its name and can be opened by another process; an older file of that name is replaced.
    pub fn named(path: &Path) -> Result<Self, Failure> {
        Err(crate::failing::misuse("spooling", "not built yet"))
    }

    /// Adds a record.
    pub fn push(&mut self, record: &T) -> Result<(), Failure> {
        Ok(())
    }

    /// Ends the list.
    pub fn finish(self) -> Result<Spool<T>, Failure> {
        Err(crate::failing::misuse("spooling", "not built yet"))
    }
}

impl<T: DeserializeOwned> Spool<T> {
    /// Opens a finished spool by its name.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Err(crate::failing::misuse("spooling", "not built yet"))
    }

    /// A reader of its own, from the beginning.
    pub fn reader(&self) -> Result<SpoolReader<T>, Failure> {
        Err(crate::failing::misuse("spooling", "not built yet"))
    }

    /// How many records it holds.
    pub fn len(&self) -> u64 {
        0
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: DeserializeOwned> SpoolReader<T> {
    /// The next record; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator over results would hide where it fails")]
    pub fn next(&mut self) -> Result<Option<T>, Failure> {
        Ok(None)
    }

    /// Fills `record` with the next one; `false` at the end.
    pub fn next_into(&mut self, record: &mut T) -> Result<bool, Failure> {
        Ok(false)
    }
}
