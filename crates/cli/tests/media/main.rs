//! What the program does when the disk below it is full, fails, or holds less than a Linux disk does.
//!
//! These tests mount: they run as root, with e2fsprogs, fuse3, python3-fusepy and rsync. What is missing fails them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

mod answer;
mod failing_disk;
mod full_disk;
mod fuse_disk;
mod lesser_disk;
mod loop_disk;
mod scene;
mod snapshots;
