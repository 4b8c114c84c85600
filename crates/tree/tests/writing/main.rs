//! The writing half of the crate on real filesystems: what each step leaves behind, and what a crash leaves.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::wildcard_imports,
    unreachable_pub,
    missing_docs,
    reason = "tests make their own files, and use one set of short words"
)]

mod actions;
mod crash;
mod directories;
mod disk;
mod disk_full;
mod history;
mod leftovers;
mod metadata;
mod power_loss;
mod probe;
mod property;
mod publishing;
mod support;
mod swapped;
mod unprivileged;
