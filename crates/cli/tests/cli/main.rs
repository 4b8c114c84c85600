//! Tests of the program from outside: its arguments, its configuration, its documents, its exports and its demo.
#![allow(clippy::disallowed_methods, reason = "tests make and read files of their own")]

mod arguments;
mod check;
mod configuration;
mod demo;
mod documents;
mod exports;
mod golden;
mod numbers;
mod passes;
mod program;
