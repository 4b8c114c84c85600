//! The examples' pages are executed as a reader would, command by command, and must print what the pages show.
//!
//! What stays the same from run to run is compared to the letter; times, digests and places are masked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod datafax;
mod page;
mod shell;
mod shown;
