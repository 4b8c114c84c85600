//! The journal's file: one canonical JSON record a line, each with the hash of the one before.
//!
//! It is only ever appended to. What a record means, and who signs it, is `evidence`'s.

use counterpart_model::{Digest, Failure, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The journal of a pair, open for appending.
#[derive(Debug)]
pub struct Journal {
    nothing: (),
}

/// One record of the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Record {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// When, in seconds since 1970.
    pub at_seconds: i64,
    /// What it tells.
    pub body: serde_json::Value,
    /// SHA-256 of this record's canonical JSON without this field.
    pub hash: Digest,
    /// What kind of record it is: `certificate`, `approval`.
    pub kind: String,
    /// `hash` of the record before; 64 zeros in the first.
    pub previous: Digest,
    /// Number of the record, from 1.
    pub sequence: u64,
}

/// The records of a journal in order.
pub struct Records {
    nothing: (),
}

impl Journal {
    /// Opens or starts the journal in `dir`. A last line that a crash cut short is set aside as `journal.torn-<n>`.
    pub fn open(dir: &Path) -> Result<Self, Failure> {
        Err(crate::failing::misuse("journal", "not built yet"))
    }

    /// Adds a record and makes it durable.
    pub fn append(&mut self, kind: &str, at: Timestamp, body: serde_json::Value) -> Result<Record, Failure> {
        Err(crate::failing::misuse("journal", "not built yet"))
    }

    /// The last record; `None` while there is none.
    pub fn head(&self) -> Option<&Record> {
        None
    }

    /// The records from the first on, as they are written: each is parsed, none is checked.
    pub fn records(&self) -> Result<Records, Failure> {
        Ok(Records { nothing: () })
    }

    /// Checks every record's hash, number and link, and names the first that does not hold.
    pub fn check(&self) -> Result<(), Failure> {
        Ok(())
    }
}

impl Iterator for Records {
    type Item = Result<Record, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}
