//! Point 9: what the pass changed. Each change, and the history entry of what it replaced, is in the item log, whose
//! digest is here.

use super::Moment;
use counterpart_model::Digest;
use serde::{Deserialize, Serialize};

/// What the pass changed at the standby.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Entries created.
    pub created: u64,
    /// Files whose content was changed.
    pub modified: u64,
    /// Entries removed.
    pub deleted: u64,
    /// Entries given another name.
    pub renamed: u64,
    /// Entries of which only metadata was changed.
    pub metadata: u64,
    /// Bytes of content read, at both sites together.
    pub bytes_read: u64,
    /// Bytes of content sent to the standby.
    pub bytes_sent: u64,
    /// The itemised log of every change; `null` when nothing was changed.
    pub log: Option<Attachment>,
    /// What was set aside.
    pub history: HistorySummary,
}

/// What was set aside in history.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistorySummary {
    /// Entries replaced by production's.
    pub replaced: u64,
    /// Entries that production no longer has.
    pub removed: u64,
    /// Entries that something else had written at the standby.
    pub drifted: u64,
    /// Until when they are kept; `null` when nothing was set aside, or there is no end.
    pub kept_until: Option<Moment>,
}

/// A file that belongs to the certificate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its name beside the certificate.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}
