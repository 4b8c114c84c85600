//! What a pass replaced or removed, kept at the standby.

use counterpart_model::{EntryPath, Fact};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

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

/// A request to bring a version back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The version.
    pub id: HistoryId,
    /// The part of a kept directory that is wanted; the root for all of it.
    pub beneath: EntryPath,
    /// A directory on this host to put it in; an existing name in it is never overwritten.
    pub to: PathBuf,
}
