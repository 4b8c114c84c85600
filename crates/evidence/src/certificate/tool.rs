//! Point 5: with which program and which configuration.

use counterpart_model::Digest;
use serde::{Deserialize, Serialize};

/// The program.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the program's file; `null` when it could not be read.
    pub sha256: Option<Digest>,
    /// SHA-256 of the program's file at the far end; `null` when both sites are on this host, or it was not told.
    pub agent_sha256: Option<Digest>,
    /// Operating system that it ran on.
    pub system: String,
    /// SHA-256 of the pair's configuration as it was in force, without its secrets.
    pub configuration: Digest,
    /// SHA-256 of the policy that both manifests were made under.
    pub policy: Digest,
}
