//! The command line's reference, docs/CLI.md, as a golden file of what the program prints about itself.
//! The text is made by the program; here it is only fetched, compared and written.

use std::fs;

use anyhow::{Context, Result};

use crate::house::{self, Complaint};
use crate::process;
use crate::workspace::Workspace;

/// The golden file.
pub const GOLDEN: &str = "docs/CLI.md";

/// Options of `cargo xtask reference`.
#[derive(clap::Args)]
pub struct Options {
    /// Write docs/CLI.md instead of comparing it.
    #[arg(long)]
    write: bool,
}

/// Compares or writes the golden file.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    if options.write {
        let printed = printed(workspace)?;
        fs::write(workspace.path(GOLDEN), printed).with_context(|| format!("writing {GOLDEN}"))?;
        println!("{GOLDEN} written");
        return Ok(true);
    }
    Ok(house::told(&check(workspace)?))
}

/// What the golden file and the program say differently.
pub fn check(workspace: &Workspace) -> Result<Vec<Complaint>> {
    let golden = fs::read_to_string(workspace.path(GOLDEN)).unwrap_or_default();
    Ok(compare(&golden, &printed(workspace)?))
}

/// The first line that differs, as a complaint.
pub fn compare(golden: &str, printed: &str) -> Vec<Complaint> {
    if printed.is_empty() {
        let what = "cannot be compared: the program printed nothing about itself";
        return vec![Complaint::new(
            GOLDEN,
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
    let place = format!("{GOLDEN}:{}", same + 1);
    let what = format!("differs from the program, which says {now:?}");
    vec![Complaint::new(
        place,
        what,
        "run `cargo xtask reference --write`, and read the difference",
    )]
}

fn printed(workspace: &Workspace) -> Result<String> {
    let mut command = workspace.cargo();
    process::output_of(command.args(["run", "--quiet", "--package", "counterpart", "--", "reference"]))
}
