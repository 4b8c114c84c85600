//! What a manifest holds in sum, kept in its footer and, in parts, with each block.

use counterpart_model::{Digest, Tally};
use serde::{Deserialize, Serialize};

/// What a manifest holds in sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// Root over the facts of all compared rows.
    pub root: Digest,
    /// Rows of every standing.
    pub rows: u64,
    /// Rows that are compared: the leaves of the root.
    pub leaves: u64,
    /// What the compared rows hold, without the root directory itself.
    pub tally: Tally,
    /// The compared files among them whose content was not read.
    pub unread: Tally,
    /// Rows that are not compared: stubs and specials.
    pub not_compared: Tally,
    /// Digests read in the pass that made the manifest.
    pub read_count: u64,
    /// Digests taken on the way to the disk in that pass.
    pub written_count: u64,
    /// Digests carried from an earlier pass.
    pub carried_count: u64,
    /// Digests carried over a move of storage.
    pub moved_count: u64,
    /// Compared files whose content was not read.
    pub unread_count: u64,
    /// When the digest that is oldest was obtained, in seconds since 1970; `None` when there is none.
    pub oldest_read_seconds: Option<i64>,
}
