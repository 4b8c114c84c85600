//! End-to-end tests of the built program: real trees, real filesystems, and other programs as oracles.
//!
//! After every pass that calls itself congruent, rsync must find nothing to do, b3sum or sha256sum must accept the
//! exported list, and ssh-keygen must accept the certificate; production must be as it was, to the nanosecond.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod changed_bytes;
mod clocks;
mod commands;
mod dicom;
mod evidence;
mod excludes;
mod findings;
mod guards;
mod harness;
mod hooks;
mod interrupting;
mod keys;
mod kinds;
mod metadata;
mod packs;
mod probes;
mod random;
mod reader;
mod renames;
mod stamps;
mod verifying;
