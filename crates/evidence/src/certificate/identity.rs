//! Point 1: which record this is, and the one before it. Whether the chain holds is `chain`'s business.

use counterpart_model::Digest;
use serde::{Deserialize, Serialize};

/// Name and version of the format of this document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Always `counterpart-certificate`.
    pub name: String,
    /// Changes when a reader of the version before would misread it.
    pub version: u64,
}

/// Which record this is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Name of the pair.
    pub pair: String,
    /// Name of the pass.
    pub pass: String,
    /// Number in the pair's chain; the first is 1.
    pub sequence: u64,
    /// SHA-256 of the certificate before; `null` for the first.
    pub previous: Option<Digest>,
}

impl Format {
    /// The name of the format.
    pub const NAME: &'static str = "counterpart-certificate";
    /// The version that this crate reads and writes.
    pub const VERSION: u64 = 1;
}

impl Default for Format {
    fn default() -> Self {
        Self {
            name: Self::NAME.to_owned(),
            version: Self::VERSION,
        }
    }
}
