//! Limits on a certificate, checked when it is signed and before it is read.

/// Longest certificate in bytes.
pub const MAX_JSON_BYTES: usize = 16 << 20;

/// Most examples of one finding, and most failures, that are named one by one in the document of examples.
pub const MAX_EXAMPLES: usize = 20;

/// Most bytes of paths and messages in all examples of a pass, so that long names cannot make the document too long.
pub const MAX_EXAMPLE_TEXT_BYTES: usize = 2 << 20;
