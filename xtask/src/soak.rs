//! Long campaigns: the same tests with many more crashes, mutations, random cases and nights.
//! It adds no test of its own; a test reads `COUNTERPART_SOAK` and multiplies its iterations by it, or `COUNTERPART_NIGHTS`.

use anyhow::Result;

use crate::testing;
use crate::workspace::Workspace;

/// How many cases proptest tries by default; a campaign multiplies it.
const PROPTEST_CASES: u32 = 256;

/// Options of `cargo xtask soak`.
#[derive(clap::Args)]
pub struct Options {
    /// Crates to soak (all, when none is named), such as counterpart-store.
    packages: Vec<String>,
    /// By how much each test multiplies its iterations.
    #[arg(long, default_value_t = 20)]
    times: u32,
    /// How many nights of `serve` are simulated, each with one thing that goes wrong.
    #[arg(long, default_value_t = 365)]
    nights: u32,
    /// Take it that what the tests need is there: install and check nothing.
    #[arg(long)]
    no_install: bool,
}

/// Runs the campaign.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let python = testing::prepare(workspace, options.no_install)?;
    let mut runner = testing::Runner::choose(workspace, &python);
    runner.set("COUNTERPART_SOAK", options.times.to_string());
    runner.set("PROPTEST_CASES", (PROPTEST_CASES * options.times).to_string());
    runner.set("COUNTERPART_NIGHTS", options.nights.to_string());
    runner.patient();
    runner.tests(&options.packages)
}
