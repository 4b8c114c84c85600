//! The end-to-end cases once more with production behind a real ssh and sshd: what changed is pulled from it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod broken_off;
mod changed_bytes;
mod commands;
mod dicom;
mod evidence;
mod excludes;
mod far_sides;
mod findings {
    // What cannot be read is tried by another account, which reaches no far host.
    mod append_only;
    mod drift;
    mod rot;
    mod unsettled;
}
mod guards;
mod harness;
mod hooks;
mod interrupting;
mod kinds;
mod limited;
mod links;
mod metadata;
mod probes;
mod random;
mod renames;
mod verifying;
