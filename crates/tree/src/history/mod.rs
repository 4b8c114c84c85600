//! What passes replaced or removed: `.counterpart/history/<pass>/<n>` with an index beside it.

use crate::Root;
use counterpart_model::{Code, EntryPath, Failure};
use counterpart_port::{Export, Version};

/// What history holds of one pass.
#[derive(Clone, PartialEq, Eq, Debug)]
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

/// The kept versions of a path and of all beneath it, youngest first; all of them for the root.
///
/// # Errors
/// The history cannot be listed.
pub fn versions(_root: &Root, _path: &EntryPath) -> Result<Vec<Version>, Failure> {
    Err(Failure::new(Code::Io, "history", "soon"))
}

/// Copies one kept version out. An existing name is never overwritten.
///
/// # Errors
/// `not-found`, a name in the way, or what the system reports.
pub fn export(_root: &Root, _request: &Export) -> Result<(), Failure> {
    Err(Failure::new(Code::Io, "history", "soon"))
}

/// The passes whose last entry was set aside before a time, oldest first.
///
/// # Errors
/// The history cannot be listed.
pub fn expired(_root: &Root, _before_seconds: i64) -> Result<Vec<PassHistory>, Failure> {
    Err(Failure::new(Code::Io, "history", "soon"))
}

/// Deletes the history of exactly one pass, for good: the only place in Counterpart that deletes what had a name.
///
/// # Errors
/// The name is not one of a pass, or what the system reports.
pub fn delete(_root: &Root, _pass: &str) -> Result<(), Failure> {
    Err(Failure::new(Code::Io, "history", "soon"))
}
