//! Tests of the reader of old logs: what rsync's documents say it writes, the user's own sample, and any bytes at all.
#![allow(clippy::unwrap_used, reason = "tests fail where they find no value")]

mod anything;
mod forms;
mod messages;
mod names;
mod packed;
mod runs;
mod sample;
