//! The weak digest of a block, which moves on by one byte at little cost.
//!
//! A polynomial over the block's bytes, modulo 2^64 (Karp and Rabin, 1987). It finds candidates; it proves nothing.

/// An odd number with well mixed bits: Knuth's multiplier for a linear congruential generator.
const BASE: u64 = 6_364_136_223_846_793_005;
/// Spreads the digest over the bits that are used: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The digest of one window of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rolling {
    hash: u64,
    /// By what the byte counts that leaves the window next.
    leaving: u64,
}

impl Rolling {
    /// That of a whole window.
    pub(super) fn of(window: &[u8]) -> Self {
        let step = |(hash, leaving): (u64, u64), byte: &u8| {
            let hash = hash.wrapping_mul(BASE).wrapping_add(value(*byte));
            (hash, leaving.wrapping_mul(BASE))
        };
        let (hash, leaving) = window.iter().fold((0, 1), step);
        Self { hash, leaving }
    }

    /// Moves on by one byte.
    #[inline]
    pub(super) fn roll(&mut self, out: u8, into: u8) {
        let moved = self.hash.wrapping_mul(BASE).wrapping_add(value(into));
        self.hash = moved.wrapping_sub(self.leaving.wrapping_mul(value(out)));
    }

    /// What a signature has of it.
    #[inline]
    pub(super) fn key(self) -> u32 {
        (self.hash.wrapping_mul(SPREAD) >> 32) as u32
    }
}

/// No byte counts nothing, so that blocks of zeros differ by their lengths.
#[inline]
fn value(byte: u8) -> u64 {
    u64::from(byte) + 1
}
