//! Faults put into the built program's way: kills, full disks, failing disks, lost power, a production that moves.
//!
//! Each test drives `counterpart` itself and judges it from outside: by reading the trees, by `rsync`, and by `fsck`.
//! They need root, loop mounts and FUSE; where one of these is missing they fail.
//!
//! A test that rolls dice names its seed in every message. `COUNTERPART_SEED=N` replays one: the same archive, the same
//! changes, the same delays before a kill, a signal or a cut; at which instruction that lands is the machine's affair, so
//! a rare failure takes several goes. `COUNTERPART_KEEP=1` keeps the trees and the state of a test that failed. In the
//! suite some three hundred passes are killed; `COUNTERPART_SOAK=20`, which `cargo xtask soak` sets, makes it twenty times as many.
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
mod nights;
mod races;
mod scene;
mod shutdown;
mod signals;
mod snapshot;
mod strange_standbys;
