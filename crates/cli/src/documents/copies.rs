//! The documents of `where`, `history`, `undelete` and `prune`: copies of one entry and versions that are kept.

use super::imported::PathClaims;
use super::listing::time;
use counterpart_port::{NotHeld, Version};
use schemars::JsonSchema;
use serde::Serialize;

/// What `where` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WhereDocument {
    /// What was asked for, escaped for reading.
    pub key: String,
    /// Every copy.
    pub copies: Vec<CopyDocument>,
    /// What imported logs claim of it, one a pair: no evidence of Counterpart.
    pub imported: Vec<PathClaims>,
}

/// One copy of an entry.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CopyDocument {
    /// Name of the pair.
    pub pair: String,
    /// `production`, `standby` or `history`.
    pub place: String,
    /// The copy's file, or the version's name in history, escaped for reading.
    pub location: String,
    /// What it is.
    pub kind: String,
    /// Size of its content in bytes.
    pub bytes: u64,
    /// Algorithm of the digest.
    pub algorithm: String,
    /// Digest of the content, in hexadecimal; absent where it was not read.
    pub digest: Option<String>,
    /// How the digest was obtained.
    pub obtained: Option<String>,
    /// When it was last read or written, or set aside, RFC 3339 in UTC.
    pub at: Option<String>,
}

/// What `history` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct HistoryDocument {
    /// Name of the pair.
    pub pair: String,
    /// What was asked for, escaped for reading.
    pub path: String,
    /// The versions kept, youngest first.
    pub versions: Vec<VersionDocument>,
}

/// One version that is kept.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VersionDocument {
    /// Its name, which `undelete` takes.
    pub id: String,
    /// The path that it had, escaped for reading.
    pub path: String,
    /// What it was.
    pub kind: String,
    /// Size of its content in bytes.
    pub bytes: u64,
    /// Digest of its content, in hexadecimal; absent where it was not read.
    pub digest: Option<String>,
    /// When it was set aside, RFC 3339 in UTC.
    pub set_aside: Option<String>,
    /// `replaced`, `removed` or `drifted`.
    pub why: String,
}

/// What `repair --to` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RepairExportDocument {
    /// Name of the pair.
    pub pair: String,
    /// The path of which production is the wrong side, escaped for reading.
    pub path: String,
    /// Where the standby's good copy is now, escaped for reading.
    pub to: String,
    /// Digest of the copy, read back; the one that was certified.
    pub digest: String,
    /// What of its attributes and access control lists could not be brought.
    pub not_held: NotHeldDocument,
}

/// What `undelete` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UndeleteDocument {
    /// Name of the pair.
    pub pair: String,
    /// The version that was brought back.
    pub version: VersionDocument,
    /// Where it is now, escaped for reading.
    pub to: String,
    /// What of its attributes and access control lists could not be brought back.
    pub not_held: NotHeldDocument,
}

/// Attributes that the place of a copy cannot hold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotHeldDocument {
    /// How many.
    pub count: u64,
    /// The first hundred of them.
    pub first: Vec<NotHeldAttribute>,
}

/// One attribute that the place of a copy cannot hold.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NotHeldAttribute {
    /// The path that its entry had, escaped for reading.
    pub path: String,
    /// Its name, escaped for reading.
    pub attribute: String,
}

impl From<NotHeld> for NotHeldDocument {
    fn from(not_held: NotHeld) -> Self {
        let first = not_held.first.into_iter();
        Self {
            count: not_held.count,
            first: first
                .map(|(path, attribute)| NotHeldAttribute { path, attribute })
                .collect(),
        }
    }
}

/// What `prune` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PruneDocument {
    /// Name of the pair.
    pub pair: String,
    /// What was set aside before this time has no retention left, RFC 3339 in UTC.
    pub before: String,
    /// True when it was removed; false when it was only listed.
    pub removed: bool,
    /// The passes whose history it is, oldest first.
    pub passes: Vec<PrunedPass>,
    /// What else has had its time.
    pub others: Vec<PrunedKind>,
}

/// Things of one kind that have had their time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PrunedKind {
    /// `manifests`, `logs`, `probes` or `runs`.
    pub what: String,
    /// The site that keeps them; absent where the pair does.
    pub site: Option<String>,
    /// How long they are kept, as the configuration writes it.
    pub kept_for: String,
    /// How many they are: manifests, passes, or months of records.
    pub things: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The history of one pass, which ends as a whole.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PrunedPass {
    /// Name of the pass.
    pub pass: String,
    /// Entries that it set aside; a directory counts as one.
    pub entries: u64,
    /// Bytes of the files among them.
    pub bytes: u64,
    /// When its last entry was set aside, RFC 3339 in UTC.
    pub set_aside: Option<String>,
}

impl From<&Version> for VersionDocument {
    fn from(version: &Version) -> Self {
        Self {
            id: version.id.0.clone(),
            path: version.path.to_string(),
            kind: version.fact.kind.word().to_owned(),
            bytes: version.fact.size_bytes,
            digest: version.fact.digest().map(|digest| digest.to_string()),
            set_aside: time(version.set_aside_seconds),
            why: version.why.clone(),
        }
    }
}
