//! A list of records on disk, written once and read in order any number of times.
//!
//! Not a database: no record is found, changed or removed.

use crate::blocks::{BlockFile, BlockReader, BlockWriter, Unpacker, decode_first, encode};
use crate::files::{beside, open, publish};
use counterpart_model::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// A spool that is being written.
pub struct SpoolWriter<T> {
    blocks: BlockWriter,
    /// The temporary and the final name, for one that keeps a name.
    names: Option<(PathBuf, PathBuf)>,
    kind: PhantomData<fn(T) -> T>,
}

/// A finished spool. Cheap to clone; what has no name is gone with the last of it and of its readers.
#[derive(Debug)]
pub struct Spool<T> {
    blocks: BlockFile,
    kind: PhantomData<fn(T) -> T>,
}

/// Reads a spool from its beginning. Holds the file itself, so it borrows nothing.
pub struct SpoolReader<T> {
    blocks: BlockReader,
    unpacker: Unpacker,
    at: usize,
    left: u32,
    kind: PhantomData<fn(T) -> T>,
}

impl<T: Serialize> SpoolWriter<T> {
    /// A spool in a file of `dir` that has no name, so that a crash leaves nothing.
    pub fn temporary(dir: &Path) -> Result<Self, Failure> {
        let (file, path) = open::nameless(dir)?;
        Ok(Self {
            blocks: BlockWriter::new(file, path)?,
            names: None,
            kind: PhantomData,
        })
    }

    /// A spool that gets a name when it is finished, and can then be opened by another process.
    pub fn named(path: &Path) -> Result<Self, Failure> {
        let new = beside(path, "new");
        let file = open::create_over(&new)?;
        let blocks = BlockWriter::new(file, new.clone())?;
        Ok(Self {
            blocks,
            names: Some((new, path.to_owned())),
            kind: PhantomData,
        })
    }

    /// Adds a record.
    pub fn push(&mut self, record: &T) -> Result<(), Failure> {
        encode(record, self.blocks.record())?;
        self.blocks.end_record()
    }

    /// Ends the list. One with a name is made durable and replaces an older one of that name.
    pub fn finish(self) -> Result<Spool<T>, Failure> {
        let blocks = self.blocks.finish()?;
        if let Some((new, path)) = &self.names {
            blocks.sync()?;
            publish(new, path)?;
        }
        Ok(Spool {
            blocks,
            kind: PhantomData,
        })
    }
}

impl<T: DeserializeOwned> Spool<T> {
    /// Opens a finished spool by its name.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let blocks = BlockFile::open(open::read(path)?, path)?;
        Ok(Self {
            blocks,
            kind: PhantomData,
        })
    }

    /// A reader of its own, from the beginning.
    pub fn reader(&self) -> Result<SpoolReader<T>, Failure> {
        let blocks = self.blocks.reader();
        Ok(SpoolReader {
            blocks,
            unpacker: Unpacker::default(),
            at: 0,
            left: 0,
            kind: PhantomData,
        })
    }
}

impl<T> Spool<T> {
    /// How many records it holds.
    pub fn len(&self) -> u64 {
        self.blocks.records
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Clone for Spool<T> {
    fn clone(&self) -> Self {
        Self {
            blocks: self.blocks.clone(),
            kind: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> SpoolReader<T> {
    /// The next record; `None` at the end.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator over results would hide where it fails"
    )]
    pub fn next(&mut self) -> Result<Option<T>, Failure> {
        if self.left == 0 {
            (self.left, self.at) = (self.blocks.next_block(&mut self.unpacker)?, 0);
            if self.left == 0 {
                return Ok(None);
            }
        }
        let bytes = self.blocks.raw().get(self.at..).unwrap_or_default();
        let (record, rest) = decode_first(bytes)?;
        self.at += bytes.len() - rest.len();
        self.left -= 1;
        if self.left == 0 && !rest.is_empty() {
            return Err(self.blocks.damaged("a block has bytes left over"));
        }
        Ok(Some(record))
    }

    /// Fills `record` with the next one; `false` at the end.
    pub fn next_into(&mut self, record: &mut T) -> Result<bool, Failure> {
        let next = self.next()?;
        let found = next.is_some();
        if let Some(next) = next {
            *record = next;
        }
        Ok(found)
    }
}
