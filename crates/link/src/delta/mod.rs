//! Only the changed bytes of a changed file travel.
//!
//! The standby signs the content that it has, block by block; production's end looks for those blocks in the new content
//! at every byte, and sends what it did not find and, for what it found, where it lies. The method is Tridgell's ("The
//! rsync algorithm", 1996), with a polynomial for the weak digest and BLAKE3 for the strong one. Nothing is believed of
//! a rebuilt file before its whole digest is production's: that is checked where it was rebuilt.

mod matching;
mod rebuilding;
mod rolling;
mod signature;

#[cfg(test)]
mod tests;

pub(crate) use matching::{Matcher, Part};
pub(crate) use rebuilding::Rebuilding;
pub(crate) use signature::{Signature, receive, send, sign};

use counterpart_model::{Code, Failure};
use counterpart_port::Basis;
use std::ops::Range;

/// Content below this size is sent whole: to ask for its blocks would take longer.
pub(crate) const FROM_BYTES: u64 = 64 << 10;
/// From this size on it is always asked whether a part arrived before.
pub(crate) const ALWAYS_FROM_BYTES: u64 = 1 << 20;
/// Bytes copied at once.
const COPY_BYTES: u64 = 256 << 10;

/// Reads a range of the old content, piece by piece.
///
/// # Errors
/// The range is not in it, it cannot be read, or what `take` says.
pub(crate) fn read_range(
    basis: &mut dyn Basis,
    range: &Range<u64>,
    mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut at = range.start;
    let mut buffer = Vec::new();
    while at < range.end {
        let len = usize::try_from((range.end - at).min(COPY_BYTES)).unwrap_or_default();
        buffer.resize(len, 0);
        fill(basis, &mut buffer, at)?;
        take(&buffer)?;
        at += len as u64;
    }
    Ok(())
}

/// Fills the whole buffer.
pub(crate) fn fill(basis: &mut dyn Basis, buffer: &mut [u8], at: u64) -> Result<(), Failure> {
    let mut filled = 0;
    while filled < buffer.len() {
        let len = basis.read_at(&mut buffer[filled..], at + filled as u64)?;
        if len == 0 {
            return Err(rebuilt_wrongly("the old content has become shorter"));
        }
        filled += len;
    }
    Ok(())
}

/// What was rebuilt is not what production holds, so it is brought again.
pub(crate) fn rebuilt_wrongly(why: &str) -> Failure {
    Failure::new(Code::Torn, "rebuilding a file from its old content", why)
}
