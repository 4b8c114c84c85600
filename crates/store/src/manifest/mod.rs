//! What one tree held at one time: an immutable, sorted file of rows with a root over their facts.
//!
//! Rows are in path order; those that are compared are leaves of the root, in segments that depend on names alone, so
//! that equal trees have equal segments whatever their history. Not here: what a row means for a pass.

mod changes;
mod decode;
mod encode;
mod fold;
mod format;
mod hashing;
mod reader;
mod row;
mod rows;
mod sink;
mod summary;
mod writer;

pub use changes::{RowChange, RowChanges};
pub use fold::fold;
pub use reader::{Manifest, PathRange, Segment};
pub use rows::{RowCursor, Rows};
pub use summary::Summary;
pub use writer::ManifestWriter;

use counterpart_model::{Algorithm, Digest, EntryPath, Fact, Grain, Kind, Observation, Row, SiteRole};
use serde::{Deserialize, Serialize};

/// What a manifest says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Hash of the policy that its facts were made under.
    pub policy: Digest,
    /// Algorithm of its content digests.
    pub algorithm: Algorithm,
    /// Grain of the times in its facts.
    pub grain: Grain,
    /// When the pass that made it ended, in seconds since 1970, by the site's clock.
    pub at_seconds: i64,
    /// Name of the pair.
    pub pair: String,
    /// Which end of the pair.
    pub role: SiteRole,
    /// Whatever else the site keeps with it, such as the mounts that were crossed.
    pub extra: serde_json::Value,
}

/// A row to be filled.
fn blank_row() -> Row {
    Row {
        path: EntryPath::root(),
        fact: Fact::of(Kind::File),
        seen: Observation::default(),
    }
}
