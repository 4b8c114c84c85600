//! Whole passes over a pair in memory: runs, plans, verifications, refusals, and all that goes wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at the first surprise"
)]

mod exceptions;
mod heads;
mod hooks;
mod probes;
mod property;
mod recalling;
mod refusals;
mod runs;
#[path = "../support/mod.rs"]
mod support;
mod trouble;
mod truth;
