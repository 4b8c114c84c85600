//! Who runs: Counterpart and the programs that people use today, each as a list of commands on one lane.
//! A peer is used as its own manual says, at its best for the same job. Those that go over ssh are in `link`.

pub(super) mod link;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::Bench;
use super::disk::{Disk, sync};
use super::report::Bar;
use crate::process::{must_pass, works};
use crate::workspace::Workspace;

/// Where one run reads and writes.
pub(super) struct Lane {
    /// Production.
    pub(super) source: PathBuf,
    /// The standby.
    pub(super) copy: PathBuf,
    /// Our state directory, on the standby's filesystem, so that its writes count.
    pub(super) state: PathBuf,
}

impl Lane {
    /// From one filesystem to another; the copy and the state have names of their own for each contender.
    pub(super) fn between(source: &Disk, target: &Disk, contender: usize) -> Result<Self> {
        let copy = target.path(&format!("copy{contender}"));
        std::fs::create_dir_all(&copy)?;
        Ok(Self {
            source: source.path("archive"),
            copy,
            state: target.path("state"),
        })
    }
}

type Commands = Box<dyn Fn(&Lane) -> Vec<Command>>;

/// A program that runs, and the bar that we have beside it.
pub(super) struct Contender {
    /// What the table calls it.
    pub(super) name: String,
    /// Whether it is Counterpart.
    pub(super) ours: bool,
    /// Ours over its time, at most.
    pub(super) bar: Bar,
    /// What it does on a lane.
    pub(super) commands: Commands,
}

impl Contender {
    fn ours(name: &str, commands: impl Fn(&Lane) -> Vec<Command> + 'static) -> Self {
        Self {
            ours: true,
            ..Self::peer(name, Bar::None, commands)
        }
    }

    fn peer(name: &str, bar: Bar, commands: impl Fn(&Lane) -> Vec<Command> + 'static) -> Self {
        Self {
            name: name.to_owned(),
            ours: false,
            bar,
            commands: Box::new(commands),
        }
    }
}

/// Counterpart's program: `COUNTERPART_BIN`, or a release build.
pub(super) fn our_program(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("COUNTERPART_BIN").map(PathBuf::from) {
        // The far end is started in another directory; a bare name is looked for in PATH at both.
        let is_bare = program.components().count() == 1;
        return Ok(if is_bare {
            program
        } else {
            std::path::absolute(program)?
        });
    }
    must_pass(
        workspace
            .cargo()
            .args(["build", "--release", "--package", "counterpart"]),
    )?;
    Ok(workspace.built("release/counterpart"))
}

/// `counterpart mirror`.
pub(super) fn our_mirror(bench: &Bench<'_>) -> Contender {
    let program = bench.program.clone();
    Contender::ours("counterpart mirror", move |lane| {
        vec![ours(&program, lane, "mirror"), sync(&lane.copy)]
    })
}

/// `counterpart run` with a configuration of its own, which has these tables.
pub(super) fn our_run(bench: &Bench<'_>, name: &str, tables: &'static str) -> Contender {
    let program = bench.program.clone();
    Contender::ours(name, move |lane| {
        let name = |suffix: &str| lane.copy.with_extension(suffix);
        // Beside the copy, so that each contender has its own; what cannot be written, the program cannot read.
        drop(super::cases::configure(
            &name("toml"),
            &lane.source,
            &lane.copy,
            tables,
        ));
        let mut command = Command::new(&program);
        command
            .arg("--config")
            .arg(name("toml"))
            .arg("--state")
            .arg(name("state"));
        command.args(["--quiet", "run"]);
        vec![command]
    })
}

/// `counterpart verify --reread`.
pub(super) fn our_reread(bench: &Bench<'_>) -> Contender {
    let program = bench.program.clone();
    Contender::ours("counterpart verify --reread", move |lane| {
        let mut command = ours(&program, lane, "verify");
        command.arg("--reread");
        vec![command]
    })
}

fn ours(program: &Path, lane: &Lane, verb: &str) -> Command {
    let mut command = ours_from(program, lane, verb);
    command.arg(&lane.copy);
    command
}

/// All but where the standby is.
fn ours_from(program: &Path, lane: &Lane, verb: &str) -> Command {
    let mut command = Command::new(program);
    command
        .arg("--state")
        .arg(&lane.state)
        .args(["--quiet", verb])
        .arg(&lane.source);
    command
}

/// `rsync -a`, and the sync that makes its copy last.
pub(super) fn rsync(most: f64) -> Result<Contender> {
    need("rsync", "--version", "rsync")?;
    Ok(Contender::peer("rsync -a; sync -f", Bar::Ratio(most), |lane| {
        let mut command = Command::new("rsync");
        command
            .arg("-a")
            .arg(slashed(&lane.source))
            .arg(slashed(&lane.copy));
        vec![command, sync(&lane.copy)]
    }))
}

/// `xcp -r`, installed from crates.io where it is missing.
pub(super) fn xcp(bench: &Bench<'_>, most: f64) -> Result<Contender> {
    let program = find_xcp(bench.workspace)?;
    Ok(Contender::peer(
        "xcp -r; sync -f",
        Bar::Ratio(most),
        move |lane| {
            let mut command = Command::new(&program);
            command.arg("-r").arg(&lane.source).arg(&lane.copy);
            vec![command, sync(&lane.copy)]
        },
    ))
}

/// `cp -a`, as for one large file.
pub(super) fn cp(most: f64) -> Contender {
    Contender::peer("cp -a; sync -f", Bar::Ratio(most), |lane| {
        let mut command = Command::new("cp");
        command.arg("-a").arg(&lane.source).arg(&lane.copy);
        vec![command, sync(&lane.copy)]
    })
}

/// `b3sum` over both trees, with as many files at once as it likes.
pub(super) fn b3sum(most: f64) -> Result<Contender> {
    need("b3sum", "--version", "b3sum")?;
    Ok(Contender::peer("b3sum over both", Bar::Ratio(most), |lane| {
        let mut command = Command::new("sh");
        let script = r#"find "$1" "$2" -name .counterpart -prune -o -type f -print0 | xargs -0 b3sum"#;
        command
            .args(["-c", script, "sh"])
            .arg(&lane.source)
            .arg(&lane.copy);
        vec![command]
    }))
}

fn find_xcp(workspace: &Workspace) -> Result<PathBuf> {
    let tools = workspace.scratch("tools");
    let installed = [PathBuf::from("xcp"), tools.join("bin/xcp")];
    if let Some(program) = installed
        .iter()
        .find(|program| works(Command::new(program).arg("--version")))
    {
        return Ok(program.clone());
    }
    must_pass(
        workspace
            .cargo()
            .args(["install", "xcp", "--locked", "--root"])
            .arg(&tools),
    )?;
    Ok(tools.join("bin/xcp"))
}

fn need(program: &str, probe: &str, package: &str) -> Result<()> {
    if works(Command::new(program).arg(probe)) {
        return Ok(());
    }
    bail!("{program} is missing; install the Debian package {package}")
}

/// With the slash that makes rsync take what is inside.
fn slashed(path: &Path) -> OsString {
    path.join("").into_os_string()
}
