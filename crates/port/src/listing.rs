//! What a site remembers, for people: the manifest of its last pass. Nothing here takes part in a comparison.

use counterpart_model::{Algorithm, Digest, EntryPath, Fact, Grain, Kind, Observation, Row, SiteRole, Tally};
use serde::{Deserialize, Serialize};

/// What the manifest says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ListingHead {
    /// Name of the pair.
    pub pair: String,
    /// Which end of it.
    pub role: SiteRole,
    /// Algorithm of the content digests.
    pub algorithm: Algorithm,
    /// Grain of the times in its facts.
    pub grain: Grain,
    /// When the pass that made it ended, in seconds since 1970, by the site's clock.
    pub at_seconds: i64,
    /// Root over its facts.
    pub root: Digest,
    /// What it holds.
    pub tally: Tally,
}

/// One row of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// The row.
    pub row: Row,
    /// Digest of the content of a file; of a hard link, its leader's, where leaders were asked for.
    pub digest: Option<Digest>,
}

impl Default for Listed {
    fn default() -> Self {
        Self {
            row: Row {
                path: EntryPath::root(),
                fact: Fact::of(Kind::Directory),
                seen: Observation::default(),
            },
            digest: None,
        }
    }
}
