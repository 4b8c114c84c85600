//! A site over a real tree: what a scan tells, what a pass remembers, and what a standby keeps of an interrupted one.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests make and change their own files, and stop at the first surprise"
)]

mod bench;
mod keeping;
mod locks;
mod policies;
mod property;
mod scans;
mod standby;
mod unlike;
