//! Reads a manifest: as a whole, from a path on, or one row.

use super::{Header, Summary};
use counterpart_model::{Digest, EntryPath, Failure, Row};
use std::path::Path;

/// An open manifest. Cheap to clone; may be read from several threads at once.
#[derive(Clone, Debug)]
pub struct Manifest {
    nothing: (),
}

/// One segment of a manifest: a range of rows with a root of its own. Segments without leaves are not listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Path of its first row; it ends before the first row of the next.
    pub first: EntryPath,
    /// RFC 6962 root over its fact lines.
    pub root: Digest,
    /// How many leaves the root has.
    pub leaves: u64,
}

/// The rows of a manifest in path order. Holds the manifest itself, so it borrows nothing.
pub struct Rows {
    nothing: (),
}

/// Rows with one that is looked at before it is taken, for merging.
pub struct RowCursor {
    nothing: (),
}

impl Manifest {
    /// Opens a manifest and checks its header, index and footer; blocks are checked as they are read.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        Err(crate::failing::misuse("reading a manifest", "not built yet"))
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        unreachable!("open does not give one yet")
    }

    /// What it holds in sum.
    pub fn summary(&self) -> &Summary {
        unreachable!("open does not give one yet")
    }

    /// All rows.
    pub fn rows(&self) -> Rows {
        Rows { nothing: () }
    }

    /// The rows from `path` on, itself included.
    pub fn rows_from(&self, path: &EntryPath) -> Result<Rows, Failure> {
        Ok(self.rows())
    }

    /// The row of one path.
    pub fn find(&self, path: &EntryPath) -> Result<Option<Row>, Failure> {
        Ok(None)
    }

    /// The segments in path order.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        std::iter::empty()
    }
}

impl Rows {
    /// Fills `row` with the next row, reusing its buffers; `false` at the end.
    pub fn next_into(&mut self, row: &mut Row) -> Result<bool, Failure> {
        Ok(false)
    }

    /// The same rows with one to look at first.
    pub fn cursor(self) -> Result<RowCursor, Failure> {
        Ok(RowCursor { nothing: () })
    }
}

impl RowCursor {
    /// The present row; `None` after the last.
    pub fn row(&self) -> Option<&Row> {
        None
    }

    /// Moves to the next row.
    pub fn advance(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}
