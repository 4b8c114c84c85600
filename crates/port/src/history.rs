//! What a pass replaced or removed, kept at the standby.

use crate::Attributes;
use counterpart_model::{Digest, EntryPath, Fact, Failure, Kind, Owner, Timestamp};
use serde::{Deserialize, Serialize};

/// Names one kept version: the pass that set it aside, a slash, and its number in that pass.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct HistoryId(pub String);

/// One kept version of an entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Version {
    /// Its name in history.
    pub id: HistoryId,
    /// The path that it had.
    pub path: EntryPath,
    /// What it was; for a directory, all beneath is kept with it.
    pub fact: Fact,
    /// When it was set aside, in seconds since 1970, by the standby's clock.
    pub set_aside_seconds: i64,
    /// Why: `replaced`, `removed` or `drifted`.
    pub why: String,
}

/// Extended attributes and access control lists that were on what was brought back, and that its new place cannot hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct NotHeld {
    /// How many.
    pub count: u64,
    /// The first of them: the path as it is shown, and the attribute's name.
    pub first: Vec<(String, String)>,
}

/// What is asked to be brought out of a standby.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Export {
    /// A kept version.
    Kept {
        /// The version.
        id: HistoryId,
        /// The part of a kept directory that is wanted; the root for all of it.
        beneath: EntryPath,
    },
    /// What has a path now.
    Present(EntryPath),
}

/// One entry that is brought out, with all that it has but its content.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ExportedEntry {
    /// Its name in the directory that holds it; empty for the entry that was asked for.
    pub name: Vec<u8>,
    /// Its kind: a file, a directory or a symbolic link.
    pub kind: Kind,
    /// Size of a file's content.
    pub size_bytes: u64,
    /// Target of a link.
    pub target: Vec<u8>,
    /// Permission bits.
    pub mode: u32,
    /// Time of modification.
    pub mtime: Timestamp,
    /// Owner, by name where the site knows one.
    pub owner: Owner,
    /// Extended attributes and access control lists.
    pub attributes: Attributes,
}

/// Takes what is brought out. What lies in a directory comes between its beginning and its end; content likewise.
pub trait ExportSink {
    /// An entry begins.
    ///
    /// # Errors
    /// It cannot be taken; nothing more is sent.
    fn begin(&mut self, entry: &ExportedEntry) -> Result<(), Failure>;

    /// The next bytes of the file that began last.
    ///
    /// # Errors
    /// As [`ExportSink::begin`].
    fn data(&mut self, bytes: &[u8]) -> Result<(), Failure>;

    /// So many zero bytes of it, which are not stored.
    ///
    /// # Errors
    /// As [`ExportSink::begin`].
    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure>;

    /// The entry that began last ends.
    ///
    /// # Errors
    /// As [`ExportSink::begin`].
    fn end(&mut self) -> Result<(), Failure>;
}

/// What history holds of one pass.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PassHistory {
    /// The pass.
    pub pass: String,
    /// Entries set aside by it; a directory counts as one.
    pub entries: u64,
    /// Bytes of the files among them, those beneath directories included.
    pub bytes: u64,
    /// When its last entry was set aside, in seconds since 1970.
    pub last_seconds: i64,
}

/// A manifest of an earlier pass.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct KeptManifest {
    /// Its root, which a certificate has.
    pub root: Digest,
    /// Its length.
    pub bytes: u64,
    /// Since when another one is in force, in seconds since 1970, by the site's clock.
    pub since_seconds: i64,
}

/// Passes whose history may end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Expired {
    /// How long the standby keeps history, at the least as long as was asked.
    pub keep_seconds: u64,
    /// Their last entries were set aside before this time, in seconds since 1970, by the standby's clock.
    pub before_seconds: i64,
    /// The passes, oldest first.
    pub passes: Vec<PassHistory>,
}
