//! What the program prints about itself as golden files: docs/CLI.md and docs/ERRORS.md.
//! The text is made by the program; here it is only fetched, compared and written.

use std::fs;

use anyhow::{Context, Result};

use crate::house::{self, Complaint};
use crate::process;
use crate::workspace::Workspace;

/// A golden file, and the arguments that print it.
struct Golden {
    name: &'static str,
    arguments: &'static [&'static str],
}

const GOLDENS: [Golden; 2] = [
    Golden {
        name: "docs/CLI.md",
        arguments: &["reference"],
    },
    Golden {
        name: "docs/ERRORS.md",
        arguments: &["reference", "--errors"],
    },
];

/// Options of `cargo xtask reference`.
#[derive(clap::Args)]
pub struct Options {
    /// Write docs/CLI.md and docs/ERRORS.md instead of comparing them.
    #[arg(long)]
    write: bool,
}

/// Compares or writes the golden files.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    if !options.write {
        return Ok(house::told(&check(workspace)?));
    }
    for golden in &GOLDENS {
        let printed = printed(workspace, golden)?;
        fs::write(workspace.path(golden.name), printed)
            .with_context(|| format!("writing {}", golden.name))?;
        println!("{} written", golden.name);
    }
    Ok(true)
}

/// What the golden files and the program say differently.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for golden in &GOLDENS {
        let kept = fs::read_to_string(workspace.path(golden.name)).unwrap_or_default();
        complaints.extend(compare(golden.name, &kept, &printed(workspace, golden)?));
    }
    Ok(complaints)
}

/// The first line that differs, as a complaint.
pub fn compare(name: &str, golden: &str, printed: &str) -> Vec<Complaint> {
    if printed.is_empty() {
        let what = "cannot be compared: the program printed nothing about itself";
        return vec![Complaint::new(
            name,
            what,
            "`counterpart reference` must print the reference",
        )];
    }
    if golden == printed {
        return Vec::new();
    }
    let same = golden
        .lines()
        .zip(printed.lines())
        .take_while(|(old, new)| old == new)
        .count();
    let now = printed.lines().nth(same).unwrap_or("(nothing more)");
    let place = format!("{name}:{}", same + 1);
    let what = format!("differs from the program, which says {now:?}");
    vec![Complaint::new(
        place,
        what,
        "run `cargo xtask reference --write`, and read the difference",
    )]
}

fn printed(workspace: &Workspace, golden: &Golden) -> Result<String> {
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--package", "counterpart", "--"]);
    process::output_of(command.args(golden.arguments))
}
