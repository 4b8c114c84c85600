//! Reading content at a site.

use counterpart_model::{Digest, EntryPath, Fact, Failure};
use serde::{Deserialize, Serialize};

/// Reads one file after the other. One thread uses one reader.
pub trait ContentReader: Send {
    /// Tells which files will be opened next, in this order, and whether their attributes will be asked for, too: a reader
    /// whose answers take long asks for all of them at once. Whoever opens another file first loses nothing but time.
    ///
    /// # Errors
    /// The site cannot be reached.
    fn announce(
        &mut self,
        _paths: &mut dyn Iterator<Item = &EntryPath>,
        _attributes: bool,
    ) -> Result<(), Failure> {
        Ok(())
    }

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

    /// What its site digested of the file that was read to its end, where that is not for the caller to do: of a reader
    /// of [`Site::digests`](crate::Site::digests).
    fn digest(&self) -> Option<Digest> {
        None
    }

    /// The first bytes of a file, as many as there are, up to the buffer's length. No file is open then.
    ///
    /// # Errors
    /// As of `open` and `read`.
    fn head(&mut self, path: &EntryPath, buffer: &mut [u8]) -> Result<usize, Failure> {
        self.open(path)?;
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read(&mut buffer[filled..])? {
                Piece::Data(len) => filled += len,
                Piece::Hole(len) => {
                    let left = buffer.len() - filled;
                    let len = usize::try_from(len).map_or(left, |len| len.min(left));
                    buffer[filled..filled + len].fill(0);
                    filled += len;
                }
                Piece::Digested(_) | Piece::End => break,
            }
        }
        Ok(filled)
    }

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

    /// True where the open file is large and would come over a link: it pays to have it digested there where only its
    /// digest is wanted, and to tell what the standby has of it.
    fn comes_from_far(&self) -> bool {
        false
    }

    /// Tells what the standby has, before the first `read` of the open file. What it and the file have in common is
    /// taken from there.
    fn set_basis(&mut self, _basis: Box<dyn Basis>) {}

    /// Bytes of the file that was read last, or is open, which were taken from a basis.
    fn reused_bytes(&self) -> u64 {
        0
    }

    /// The carried extended attributes and access control lists of any entry, following no link.
    ///
    /// # Errors
    /// `vanished`, or what the system reports.
    fn attributes(&mut self, path: &EntryPath) -> Result<Attributes, Failure>;
}

/// Content that the standby has already, of which a new one may have much in common.
pub trait Basis: Send {
    /// Its length.
    fn len_bytes(&self) -> u64;

    /// Reads some bytes from a place on; none at the end.
    ///
    /// # Errors
    /// What the system reports.
    fn read_at(&mut self, buffer: &mut [u8], at: u64) -> Result<usize, Failure>;
}

/// A piece of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece {
    /// So many bytes at the front of the buffer.
    Data(usize),
    /// A hole of so many zero bytes.
    Hole(u64),
    /// So many bytes that were read and digested at their site and do not come: only from [`Site::digests`](crate::Site::digests).
    Digested(u64),
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
