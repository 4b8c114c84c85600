//! The log of finished changes: appended while a standby changes, read once after a crash.
//!
//! One write call a record, so a killed process loses nothing that it logged. What a power loss may have taken is
//! told by the sync marks: records after the last one are not known to be on the disk, nor is what they tell of.

use counterpart_model::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::path::Path;

/// A log that is being appended to, by any thread.
pub struct ApplyLog<T> {
    kind: PhantomData<fn(T)>,
}

/// What a log holds: read through once for its marks, then streamed.
#[derive(Debug)]
pub struct LogContents<T> {
    /// Name of the pass that wrote it.
    pub pass: String,
    /// The boot in which it was written.
    pub boot_id: String,
    /// How many records it has.
    pub len: u64,
    /// How it ends.
    pub end: LogEnd,
    kind: PhantomData<fn() -> T>,
}

/// How a log ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogEnd {
    /// With its last record.
    Whole,
    /// With a record of which only a part was written.
    Torn,
    /// With a damaged record that others follow; all from this offset on are lost.
    Damaged {
        /// Where the damage begins.
        at_bytes: u64,
    },
}

/// The records of a log in order.
pub struct LogRecords<T> {
    kind: PhantomData<fn() -> T>,
}

/// One record of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logged<T> {
    /// The record.
    pub record: T,
    /// True when no sync mark follows it.
    pub after_last_sync: bool,
}

impl<T: Serialize> ApplyLog<T> {
    /// Starts a log. Refuses when there is one already: it was not folded in yet.
    pub fn create(path: &Path, pass: &str, boot_id: &str) -> Result<Self, Failure> {
        Err(crate::failing::misuse("logging", "not built yet"))
    }

    /// Adds a record with one write.
    pub fn append(&self, record: &T) -> Result<(), Failure> {
        Ok(())
    }

    /// Notes that the standby's filesystem was synced: what was logged before is on the disk there, and now here.
    pub fn mark_synced(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Reads a log; `None` when there is none.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<LogContents<T>>, Failure> {
    Ok(None)
}

impl<T: DeserializeOwned> LogContents<T> {
    /// The records from the first on.
    pub fn records(&self) -> Result<LogRecords<T>, Failure> {
        Ok(LogRecords { kind: PhantomData })
    }
}

impl<T: DeserializeOwned> LogRecords<T> {
    /// The next record; `None` at the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator over results would hide where it fails")]
    pub fn next(&mut self) -> Result<Option<Logged<T>>, Failure> {
        Ok(None)
    }
}
