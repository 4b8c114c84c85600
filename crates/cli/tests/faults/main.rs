//! Faults put into the built program's way: kills, full disks, failing disks, lost power, a production that moves.
//!
//! Each test drives `counterpart` itself and judges it from outside: by reading the trees, by `rsync`, and by `fsck`.
//! They need root, loop mounts and FUSE; where one of these is missing they fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

mod accounting;
mod content;
mod full;
mod fuse_mount;
mod io_errors;
mod kill;
mod loop_mount;
mod races;
mod scene;
mod shutdown;
mod signals;
mod snapshot;
mod strange_standbys;
