//! Completions for shells, made from the arguments.

use crate::args::Cli;
use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

/// The script that a shell loads.
pub fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "counterpart", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
