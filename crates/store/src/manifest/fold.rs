//! Makes a manifest from an older one and a sorted list of changes.

use super::{Header, Manifest, Summary};
use counterpart_model::{EntryPath, Failure, Row};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// One change of a manifest.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct RowChange {
    /// The entry.
    pub path: EntryPath,
    /// What its row is now; `None` when it is gone.
    pub row: Option<Row>,
    /// Every row of the base beneath it is gone too. Changes beneath it count as later than this one.
    pub whole: bool,
}

/// A stream of changes in path order; of equal paths the last counts.
pub trait RowChanges {
    /// Fills `change` with the next one; `false` at the end.
    fn next_into(&mut self, change: &mut RowChange) -> Result<bool, Failure>;
}

/// Writes at `path` the manifest that `base` becomes with `changes`; parts without a change are copied as they are.
pub fn fold(
    base: Option<&Manifest>,
    changes: &mut dyn RowChanges,
    path: &Path,
    header: &Header,
    pass_began_seconds: i64,
) -> Result<Summary, Failure> {
    Err(crate::failing::misuse("folding a manifest", "not built yet"))
}
