//! Planning: from differences to a spooled list of steps that is judged whole before the first of them is taken.
//!
//! `draft` decides each difference by itself; `renames` finds new entries that are vanished ones; `finish` settles
//! which directories go whole and counts everything. Nothing is changed here.

pub(crate) mod draft;
pub(crate) mod finish;
pub(crate) mod names;
pub(crate) mod renames;
#[cfg(test)]
mod tests;
pub(crate) mod told;

pub(crate) use finish::Plan;
