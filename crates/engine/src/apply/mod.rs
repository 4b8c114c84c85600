//! Applying a judged plan, in rounds: make, rename, link, remove. Content moves on several threads.
//!
//! Removals come last, and only after production was seen to be the same tree still.

mod copy;
mod mover;
mod pipeline;
mod readers;
mod rounds;
mod small;
mod undone;

pub(crate) use mover::is_fatal;
pub(crate) use pipeline::Pipelines;
pub(crate) use rounds::{Applied, Applying, apply, interrupted, lock};
