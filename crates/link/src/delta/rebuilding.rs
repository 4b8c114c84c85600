//! A content that is put together from new bytes and from ranges of the old one, and digested as it is.

use super::{read_range, rebuilt_wrongly};
use counterpart_model::digest::Hasher;
use counterpart_model::{Algorithm, Digest, Failure};
use counterpart_port::{Basis, Place};
use std::ops::Range;

/// See the module.
pub(crate) struct Rebuilding {
    basis: Box<dyn Basis>,
    hasher: Hasher,
}

impl Rebuilding {
    /// From this old content, with this algorithm.
    pub(crate) fn new(basis: Box<dyn Basis>, algorithm: Algorithm) -> Self {
        Self {
            basis,
            hasher: algorithm.hasher(),
        }
    }

    /// Notes bytes that were written.
    pub(crate) fn note(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// Notes a hole.
    pub(crate) fn note_hole(&mut self, len_bytes: u64) {
        self.hasher.update_zeros(len_bytes);
    }

    /// Writes a range of the old content.
    ///
    /// # Errors
    /// It cannot be read, or not be written.
    pub(crate) fn write_old(&mut self, range: &Range<u64>, place: &mut dyn Place) -> Result<(), Failure> {
        read_range(self.basis.as_mut(), range, |bytes| {
            self.hasher.update(bytes);
            place.write(bytes)
        })
    }

    /// # Errors
    /// What was written is not what production holds.
    pub(crate) fn check(self, wanted: Option<Digest>) -> Result<(), Failure> {
        if wanted == Some(self.hasher.finish()) {
            return Ok(());
        }
        Err(rebuilt_wrongly("what came of it is not what production holds"))
    }
}
