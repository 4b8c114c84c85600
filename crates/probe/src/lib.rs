//! Outputs of probes: what is masked, left out and sorted in them, whether two of them agree, and whether one is clean.
//!
//! Bytes in, verdict out: nothing is run, read or kept here. An output is any bytes; what is no UTF-8 stays as it is.
//! Memory is bounded by [`MAX_NORMALISED_BYTES`] and by what the caller hands in.

mod clean;
mod compare;
mod difference;
mod normaliser;
mod pattern;
mod rule;

pub use clean::{Clean, CleanRule};
pub use compare::{Ended, Judged, Judging, Obstacle, Output, judge};
pub use difference::{DiffLine, Difference, LineKind, MAX_LINE_BYTES, MAX_LINES, difference};
pub use normaliser::{MARK, MAX_NORMALISED_BYTES, Normalised, Normaliser};
pub use pattern::{MAX_PATTERN_BYTES, pattern as line_pattern};
pub use rule::{Column, Drop, Rule};

#[cfg(test)]
mod tests;
