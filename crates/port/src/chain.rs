//! The head of a pair's journal, which a far site keeps, so that a journal that was cut or put back shows.

use counterpart_model::Digest;
use serde::{Deserialize, Serialize};

/// The last record of a journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChainHead {
    /// Its number, from 1.
    pub sequence: u64,
    /// Its hash, which rests on all records before it.
    pub hash: Digest,
    /// The pass that wrote it.
    pub pass: String,
    /// When, in seconds since 1970.
    pub at_seconds: i64,
}
