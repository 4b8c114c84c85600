//! `cargo xtask`: turns arguments into one chore and its exit code. What a chore does is in the library.

#![allow(clippy::print_stderr, reason = "the one place that tells why a chore failed")]

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::workspace::Workspace;
use xtask::{bench, ci, house, reference, soak, testing};

/// Counterpart's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Install what the tests need, and run every test.
    Test(testing::Options),
    /// Check the rules of the house: arrows, lengths, heads, words, documents.
    House(house::Options),
    /// Format, clippy, house and documentation: all of `ci` but the tests.
    Check,
    /// Everything that must be green before a change is taken: `check`, then `test`.
    Ci,
    /// Measure Counterpart beside its peers on fresh ext4 images (needs root).
    Bench(bench::Options),
    /// Run the tests with many more crashes, mutations and random cases.
    Soak(soak::Options),
    /// Compare docs/CLI.md and docs/ERRORS.md with what the program says of itself.
    Reference(reference::Options),
}

fn main() -> ExitCode {
    match dispatch(Arguments::parse().chore) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs one chore; true when it found everything as it should be.
fn dispatch(chore: Chore) -> Result<bool> {
    let workspace = Workspace::find()?;
    match chore {
        Chore::Test(options) => testing::run(&workspace, &options),
        Chore::House(options) => house::run(&workspace, &options),
        Chore::Check => ci::check(&workspace),
        Chore::Ci => ci::all(&workspace),
        Chore::Bench(options) => bench::run(&workspace, &options),
        Chore::Soak(options) => soak::run(&workspace, &options),
        Chore::Reference(options) => reference::run(&workspace, &options),
    }
}
