//! Comparing: two sorted streams of what each site saw become one sorted stream of differences.
//!
//! Nothing here decides what is done about a difference; see [`decide`].

pub(crate) mod decide;
pub(crate) mod merge;
#[cfg(test)]
mod tests;

pub(crate) use decide::{Comparable, Rules, decide};
pub(crate) use merge::{Difference, Merge};
