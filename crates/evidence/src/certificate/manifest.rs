//! Point 7: what one site held, and how each digest was obtained.

use super::Moment;
use counterpart_model::{Algorithm, Digest, Tally};
use serde::{Deserialize, Serialize};

/// What one site held.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteManifest {
    /// Root over all its facts: SHA-256, RFC 6962 over segment roots.
    pub root: Digest,
    /// How much it held.
    pub holds: Tally,
    /// Algorithm of the content digests.
    pub algorithm: Algorithm,
    /// How many content digests were obtained how.
    pub obtained: Obtained,
    /// Files whose content was never read.
    pub unread: Tally,
    /// The oldest time at which the content of any file in it was read; `null` when none was.
    pub oldest_read: Option<Moment>,
    /// The filesystems, the root's own first.
    pub mounts: Vec<Mounted>,
}

/// How many content digests were obtained how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obtained {
    /// Read back from the archive in this pass.
    pub read: u64,
    /// Digested on the way to the disk in this pass.
    pub written: u64,
    /// Carried from an earlier pass: inode, size and times had not changed.
    pub carried: u64,
    /// Carried over a move of storage: size and time had not changed.
    pub moved: u64,
    /// Not read.
    pub unread: u64,
}

/// One mounted filesystem.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mounted {
    /// Where in the tree, as shown; `.` for the root's own.
    pub path: String,
    /// Kind of filesystem.
    pub kind: String,
    /// Its identity that survives a reboot.
    pub identity: String,
}
