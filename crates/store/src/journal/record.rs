//! One record of the journal and its hash.

use counterpart_evidence::canonical;
use counterpart_model::{Algorithm, Digest, Failure, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What stands for the record before the first.
const NOTHING_BEFORE: Digest = Digest([0; 32]);

/// One record of the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// When, in seconds since 1970.
    pub at_seconds: i64,
    /// What it tells.
    pub body: Value,
    /// SHA-256 of this record's canonical JSON without this field.
    pub hash: Digest,
    /// What kind of record it is: `certificate`, `approval`.
    pub kind: String,
    /// `hash` of the record before; 64 zeros in the first.
    pub previous: Digest,
    /// Merkle root over the hashes of all records before it, in order: a leaf is a hash's 32 bytes.
    pub root: Digest,
    /// Number of the record, from 1.
    pub sequence: u64,
}

/// A record without its hash: what the hash is over.
#[derive(Serialize)]
pub(super) struct Unhashed<'a> {
    at: String,
    at_seconds: i64,
    body: Value,
    kind: &'a str,
    previous: Digest,
    root: Digest,
    sequence: u64,
}

impl<'a> Unhashed<'a> {
    /// The record that follows `head`; `root` is that of all before it.
    pub(super) fn after(
        head: Option<&Record>,
        root: Digest,
        kind: &'a str,
        at: Timestamp,
        body: Value,
    ) -> Self {
        Self {
            at: at.rfc3339(),
            at_seconds: at.seconds,
            body,
            kind,
            previous: head.map_or(NOTHING_BEFORE, |head| head.hash),
            root,
            sequence: head.map_or(1, |head| head.sequence.saturating_add(1)),
        }
    }

    fn hash(&self) -> Result<Digest, Failure> {
        canonical::to_vec(self).map(|bytes| Algorithm::Sha256.of(&bytes))
    }

    /// The whole record.
    pub(super) fn hashed(self) -> Result<Record, Failure> {
        let hash = self.hash()?;
        let Self {
            at,
            at_seconds,
            body,
            kind,
            previous,
            root,
            sequence,
        } = self;
        Ok(Record {
            at,
            at_seconds,
            body,
            hash,
            kind: kind.to_owned(),
            previous,
            root,
            sequence,
        })
    }
}

impl Record {
    /// Its line in the file, with the newline.
    pub(super) fn line(&self) -> Result<Vec<u8>, Failure> {
        let mut line = canonical::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }

    /// Whether it is whole and the successor of the one before.
    pub(super) fn follows(&self, before: Option<&Self>) -> Result<(), &'static str> {
        if !self.is_whole() {
            return Err("its hash is not that of its content");
        }
        if self.sequence != before.map_or(1, |before| before.sequence.saturating_add(1)) {
            return Err("its number does not follow the one before");
        }
        if self.previous != before.map_or(NOTHING_BEFORE, |before| before.hash) {
            return Err("it does not name the hash of the one before");
        }
        Ok(())
    }

    /// True when its hash is that of its content.
    pub(super) fn is_whole(&self) -> bool {
        let unhashed = Unhashed {
            at: self.at.clone(),
            at_seconds: self.at_seconds,
            body: self.body.clone(),
            kind: &self.kind,
            previous: self.previous,
            root: self.root,
            sequence: self.sequence,
        };
        unhashed.hash().is_ok_and(|hash| hash == self.hash)
    }
}
