//! Limits on a certificate, checked when it is signed and before it is read.

/// Longest certificate in bytes.
pub const MAX_JSON_BYTES: usize = 16 << 20;

/// Most examples of one finding, and most failures, that are named one by one.
pub const MAX_EXAMPLES: usize = 20;
