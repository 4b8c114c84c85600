//! `cargo xtask bench`: Counterpart beside its peers, in turn, on fresh ext4 images of this machine.
//! It measures whole programs as a person runs them; it is no micro-benchmark, and no test depends on it.

mod cases;
mod data;
mod disk;
mod document;
mod far;
mod machine;
mod peers;
mod pixels;
mod race;
mod report;
mod watch;
mod wire;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;
use report::Report;

pub use cases::names;
pub use data::{Shape, grow, grow_slices, rewrite};
pub use document::updated;
pub use race::{Heat, Series, Unit, race};
pub use report::{Bar, Report as CaseReport, Row};
pub use wire::carried;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Options {
    /// Cases to run: first, unchanged, unchanged-cold, changed, changed-cold, link (all that begin with link-, or by name: link-first, link-unchanged, link-changed, link-pixels, link-wire, link-memory), reread, big, memory (all, when none is named).
    names: Vec<String>,
    /// Runs of each contender; the median counts.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where the images go; needs up to 40 GB free.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// The size of the one large file, in GiB.
    #[arg(long, default_value_t = 8)]
    big_gib: u64,
    /// A hundredth of every size: shows that the machinery works, and measures nothing; a missed bar is no failure.
    #[arg(long)]
    small: bool,
    /// Put the results into docs/BENCHMARKS.md.
    #[arg(long, conflicts_with = "small")]
    write: bool,
}

/// What the cases need to know.
pub(crate) struct Bench<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    folder: PathBuf,
    runs: usize,
    big_gib: u64,
    small: bool,
}

impl Bench<'_> {
    /// A count or size, or its hundredth for a trial of the machinery.
    fn scaled(&self, full: u64) -> u64 {
        if self.small { (full / 100).max(1) } else { full }
    }
}

/// Runs the named cases; true when every bar was kept, or when it was a trial of the machinery.
pub fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    if !process::is_root() {
        bail!(
            "bench makes and mounts filesystem images, which needs root: run it as root, or in a container that is"
        );
    }
    let cases = cases::chosen(&options.names)?;
    let bench = prepare(workspace, options)?;
    let mut kept = true;
    for (name, case) in cases {
        println!("== {name}");
        let report = case(&bench).with_context(|| format!("measuring {name}"))?;
        kept &= report.kept();
        publish(workspace, name, &report, options.write)?;
    }
    Ok(kept || options.small)
}

fn prepare<'a>(workspace: &'a Workspace, options: &Options) -> Result<Bench<'a>> {
    let folder = options.dir.clone().unwrap_or_else(|| workspace.scratch("bench"));
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    // Both ends of a link are told it, and each starts in a directory of its own.
    let folder = fs::canonicalize(folder)?;
    Ok(Bench {
        workspace,
        program: peers::our_program(workspace)?,
        folder,
        runs: options.runs.max(1),
        big_gib: options.big_gib,
        small: options.small,
    })
}

fn publish(workspace: &Workspace, name: &str, report: &Report, write: bool) -> Result<()> {
    let text = report.render(&machine::line()?);
    println!("{text}");
    if write {
        let document = updated(&workspace.read(document::PLACE)?, name, &text)?;
        fs::write(workspace.path(document::PLACE), document).context("writing the results")?;
    }
    Ok(())
}
