//! The rules of the house, each checked by a module of its own. docs/ARCHITECTURE.md says why they are.
//! What clippy and rustc can check is theirs (`Cargo.toml`, `clippy.toml`) and is not repeated here.

pub mod arrows;
pub mod dependencies;
pub mod heads;
pub mod lengths;
pub mod manifest;
pub mod ratchet;
pub mod schemas;
pub mod words;

use std::fmt;

use anyhow::Result;

use crate::process::Steps;
use crate::reference;
use crate::workspace::Workspace;

/// Options of `cargo xtask house`.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Record today's lengths as the new limits, where they are shorter.
    #[arg(long)]
    tighten: bool,
}

/// One thing that breaks a rule: where, what, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub struct Complaint {
    /// A file, with its line where there is one.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl Complaint {
    /// Puts one together.
    pub fn new(place: impl Into<String>, what: impl Into<String>, hint: &'static str) -> Self {
        Self {
            place: place.into(),
            what: what.into(),
            hint,
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.place, self.what, self.hint)
    }
}

type Check = fn(&Workspace) -> Result<Vec<Complaint>>;

const CHECKS: [(&str, Check); 7] = [
    ("arrows point down", arrows::check),
    ("dependencies have a reason", dependencies::check),
    ("modules say what they are for", heads::check),
    ("functions and files are short", lengths::check),
    ("schemas are JSON", schemas::check),
    ("words", words::check),
    (
        "docs/CLI.md and docs/ERRORS.md are what the program says",
        reference::check,
    ),
];

/// Runs every check and prints every complaint; true when there is none.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    if options.tighten {
        lengths::tighten(workspace)?;
    }
    let mut steps = Steps::default();
    for (name, check) in CHECKS {
        steps.step(name, || Ok(told(&check(workspace)?)));
    }
    Ok(steps.finish("house"))
}

/// Prints every complaint; true when there is none.
pub fn told(complaints: &[Complaint]) -> bool {
    for complaint in complaints {
        println!("{complaint}");
    }
    complaints.is_empty()
}
