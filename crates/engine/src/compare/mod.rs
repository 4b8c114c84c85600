//! Comparing: two sorted streams of what each site saw become one sorted stream of differences.
//!
//! Nothing here decides what is done about a difference; see [`decide`].

pub mod decide;
pub mod merge;

pub use decide::{Rules, decide};
pub use merge::{Difference, Merge};
