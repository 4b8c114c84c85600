//! Tests of the program from outside: its arguments, its configuration, its documents, its exports and its demo.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "tests make files of their own, and fail where they find no value"
)]

mod arguments;
mod bandwidth;
mod check;
mod configuration;
mod demo;
mod documents;
mod explain;
mod exports;
mod golden;
mod import;
mod manual;
mod named;
mod notify;
mod numbers;
mod passes;
mod probes;
mod program;
mod prune;
mod serving;
mod shells;
