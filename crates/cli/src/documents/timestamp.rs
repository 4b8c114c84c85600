//! The documents of `timestamp request` and `take`, and a time-stamp in others.

use counterpart_engine::{SeenStamp, StampRecord};
use schemars::JsonSchema;
use serde::Serialize;
use std::path::Path;

/// What `timestamp request` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TimestampRequestDocument {
    /// Name of the pair.
    pub pair: String,
    /// The request's file.
    pub file: String,
    /// Number of the record that is to be stamped.
    pub sequence: u64,
    /// Its hash, in hexadecimal: what is stamped.
    pub hash: String,
}

/// What `timestamp take` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TimestampTakeDocument {
    /// Name of the pair.
    pub pair: String,
    /// The time-stamp.
    pub timestamp: TimestampLine,
    /// The head of the journal now: the number of its last record, a colon, the record's hash.
    pub head: String,
}

/// One time-stamp.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TimestampLine {
    /// The record of the journal that took it.
    pub record: u64,
    /// Number of the record that is stamped; it and all before it existed then.
    pub sequence: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// When, RFC 3339 in UTC, by the authority's clock.
    pub time: String,
    /// The policy that the authority names.
    pub policy: String,
    /// The authority's number of it, in hexadecimal.
    pub serial: String,
    /// The authority's answer.
    pub file: String,
    /// The command that checks the authority's signature and certificate. Counterpart does not.
    pub check: String,
}

impl TimestampLine {
    /// What a record says of an answer in a file.
    pub(crate) fn of(record: u64, said: &StampRecord, file: &Path, check: String) -> Self {
        Self {
            record,
            sequence: said.head.sequence,
            hash: said.head.hash.to_string(),
            time: said.time.clone(),
            policy: said.policy.clone(),
            serial: said.serial.clone(),
            file: file.display().to_string(),
            check,
        }
    }

    /// One that verification saw.
    pub(crate) fn of_seen(seen: &SeenStamp) -> Self {
        let check = crate::commands::openssl_command(&seen.said, &seen.file);
        Self::of(seen.record, &seen.said, &seen.file, check)
    }
}
