//! Two hosts and what comes between them: each is a network of its own, joined to the other by one cable that is slow,
//! loses, stalls and is cut; or both are this one, with a proxy between. One end is killed, full, or not what it was.
//!
//! Each test drives `counterpart` itself over a real ssh and sshd, and judges it from outside: by its exit, by reading the
//! trees, and by `rsync`. They need root and network namespaces; where one of these is missing they fail. What cannot be
//! had here without a kernel module, a delay, is the proxy's part. The end-to-end cases over ssh are not here.
//!
//! `COUNTERPART_SEED=N` replays a test that rolls dice; `COUNTERPART_SOAK=20` makes the campaigns twenty times as long.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    unreachable_pub,
    reason = "tests"
)]

#[path = "../faults/accounting.rs"]
mod accounting;
mod changed;
mod clocks;
mod confined;
#[path = "../faults/content.rs"]
mod content;
mod cuts;
mod ended;
mod full;
mod holds;
mod hosts;
mod kills;
mod proxy;
mod retention;
mod scene;
#[path = "../faults/snapshot.rs"]
#[allow(dead_code, reason = "the tests of faults use all of it")]
mod snapshot;
#[path = "../e2e/harness/sshd.rs"]
mod sshd;
mod strangers;
mod swaps;
mod weather;

use ended::done;
