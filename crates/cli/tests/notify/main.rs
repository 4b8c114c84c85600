//! Who is told of a pass: the built program against a real mail server, a small HTTP server, and programs that hang. Python's
//! own reader of mail, and html5lib, take apart what was sent.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod closed;
mod commands;
mod mail;
mod names;
mod scene;
mod secrets;
mod serving;
mod sink;
mod status;
mod watchdog;
mod web;
mod webhook;
mod when;
