//! `cargo xtask test`: first what the tests need, then every test, then one line that says how it went.
//! What a test checks is the test's own affair; a missing prerequisite fails here, it never skips a test.

mod packages;
mod python;
mod runner;

use std::path::PathBuf;

use anyhow::Result;

use crate::process::Steps;
use crate::workspace::Workspace;

pub use packages::{PACKAGES, installed_in};
pub use runner::Runner;

/// Options of `cargo xtask test`.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Take it that what the tests need is there: install and check nothing.
    #[arg(long)]
    no_install: bool,
    /// Arguments for the test runner, after `--`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Installs, runs everything, and sums up.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let python = prepare(workspace, options.no_install)?;
    let mut runner = Runner::choose(workspace, &python);
    runner.pass_on(&options.rest);
    let mut steps = Steps::default();
    // The documentation's examples go first, so that the runner's own summary is what the output ends with.
    steps.step("examples in the documentation", || runner.examples());
    steps.step("tests", || runner.tests(&[]));
    Ok(steps.finish("test"))
}

/// Makes sure of what the tests need; gives the Python to run checkers with.
pub fn prepare(workspace: &Workspace, no_install: bool) -> Result<PathBuf> {
    if !no_install {
        packages::ensure()?;
    }
    python::ensure(workspace)
}
