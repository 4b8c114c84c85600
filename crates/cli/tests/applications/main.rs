//! Whole passes over real applications: they run at both sites, take in data all the while, and must serve at the standby
//! what was certified.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests"
)]

mod orthanc;
mod program;
mod server;
