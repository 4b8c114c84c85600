//! Reading content at a site.

use counterpart_model::{Digest, EntryPath, Fact, Failure};
use serde::{Deserialize, Serialize};

/// Reads one file after the other. One thread uses one reader.
pub trait ContentReader: Send {
    /// Opens a file, following no link, and tells what it is now, by the handle that is then read.
    ///
    /// # Errors
    /// `vanished`, `unreadable`, `stub` (it would be recalled), or what the system reports.
    fn open(&mut self, path: &EntryPath) -> Result<Fact, Failure>;

    /// The next piece of the open file. Holes are not read.
    ///
    /// # Errors
    /// `unreadable` with the system's reason.
    fn read(&mut self, buffer: &mut [u8]) -> Result<Piece, Failure>;

    /// Ends the open file. When it did not change since `open`, the site remembers `digest` as read now.
    ///
    /// # Errors
    /// What the system reports.
    fn finish(&mut self, digest: Digest) -> Result<Settled, Failure>;

    /// Ends the open file without reading it: an interrupted pass read it at `at_seconds`, as `digest`. Believed only
    /// where it did not change since.
    ///
    /// # Errors
    /// What the system reports.
    fn recall(&mut self, digest: Digest, at_seconds: i64) -> Result<Settled, Failure>;

    /// The carried extended attributes and access control lists of any entry, following no link.
    ///
    /// # Errors
    /// `vanished`, or what the system reports.
    fn attributes(&mut self, path: &EntryPath) -> Result<Attributes, Failure>;
}

/// A piece of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// So many bytes at the front of the buffer.
    Data(usize),
    /// A hole of so many zero bytes.
    Hole(u64),
    /// The end of the file.
    End,
}

/// Whether a file stayed as it was while it was read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Settled {
    /// It did.
    Yes,
    /// It did, but it had changed so shortly before that a further change would not show in its times. It is read
    /// again after so many nanoseconds; only then is its digest remembered.
    Fresh(u64),
    /// It changed: what was read is worth nothing. Its fact as it is now.
    Torn(Box<Fact>),
}

/// Metadata that is too large for a fact, which only has its digest.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Attributes {
    /// Extended attributes, sorted by name.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// The value of `system.posix_acl_access`.
    pub acl_access: Option<Vec<u8>>,
    /// The value of `system.posix_acl_default`.
    pub acl_default: Option<Vec<u8>>,
}
