//! Writes a manifest from rows in path order.

use super::{Header, Summary};
use counterpart_model::{Failure, Row};
use std::path::Path;

/// A manifest that is being written; without [`ManifestWriter::finish`] nothing remains of it.
pub struct ManifestWriter {
    nothing: (),
}

impl ManifestWriter {
    /// Starts a manifest at `path`, under a temporary name beside it. Digests obtained at or after
    /// `pass_began_seconds` count as read or written in the pass, older ones as carried.
    pub fn create(path: &Path, header: &Header, pass_began_seconds: i64) -> Result<Self, Failure> {
        Err(crate::failing::misuse("writing a manifest", "not built yet"))
    }

    /// Adds the next row; its path must lie after the one before.
    pub fn push(&mut self, row: &Row) -> Result<(), Failure> {
        Err(crate::failing::misuse("writing a manifest", "not built yet"))
    }

    /// Ends the file, makes it durable and gives it its name.
    pub fn finish(self) -> Result<Summary, Failure> {
        Err(crate::failing::misuse("writing a manifest", "not built yet"))
    }
}
