//! Checksums against damage, not against forgery: BLAKE3, cut to sixteen bytes.

/// Length of a checksum.
pub(crate) const CHECKSUM_BYTES: usize = 16;

/// A checksum.
pub(crate) type Checksum = [u8; CHECKSUM_BYTES];

/// The checksum over all parts, one after the other.
pub(crate) fn of(parts: &[&[u8]]) -> Checksum {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    let mut sum = [0; CHECKSUM_BYTES];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..CHECKSUM_BYTES]);
    sum
}
