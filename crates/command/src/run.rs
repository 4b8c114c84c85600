//! One program, from its start to its end: two threads read what it writes, one keeps its time, this one tells.

use crate::keeper::keep;
use crate::pipes::{Closing, Stream, read};
use counterpart_model::{Code, Failure};
use counterpart_port::{Ended, Output, Watch};
use crossbeam_channel::bounded;
use rustix::fs::{MemfdFlags, memfd_create};
use std::ffi::OsString;
use std::fs::File;
use std::io::{Seek as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Pieces of output that wait to be told.
const WAITING: usize = 8;

/// What is started, and within which bounds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// The program and its arguments.
    pub argv: Vec<OsString>,
    /// How long it may take.
    pub timeout: Duration,
    /// Its whole environment.
    pub environment: Vec<(OsString, OsString)>,
}

/// Runs it to its end, as [`counterpart_port::Commands::act`] says. `called` is its name in messages.
///
/// # Errors
/// It cannot be started, or was interrupted.
pub fn run(
    called: &str,
    program: &Program,
    output: &mut (dyn FnMut(Output<'_>) + Send),
    watch: &dyn Watch,
) -> Result<Ended, Failure> {
    run_with_input(called, program, None, output, watch)
}

/// The same with something to read on its standard input, of which it may read as much as it likes.
///
/// # Errors
/// As [`run`].
pub fn run_with_input(
    called: &str,
    program: &Program,
    input: Option<&[u8]>,
    output: &mut (dyn FnMut(Output<'_>) + Send),
    watch: &dyn Watch,
) -> Result<Ended, Failure> {
    let doing = || format!("running {called}");
    let failed = |why: std::io::Error| {
        Failure::new(Code::Io, doing(), why).hint("Look at its program and its rights at its own host.")
    };
    let input = input
        .map_or_else(|| Ok(Stdio::null()), in_memory)
        .map_err(failed)?;
    let mut child = command(program, input).map_err(failed)?.spawn().map_err(failed)?;
    let (standard, errors) = streams(&mut child);
    let closing = Closing::default();
    let (tell, told) = bounded(WAITING);
    let (how, omitted, omitted_errors) = std::thread::scope(|scope| {
        let closing = &closing;
        let (tell_errors, tell) = (tell.clone(), tell);
        let standard = scope.spawn(move || read(standard, Stream::Standard, &tell, closing));
        let errors = scope.spawn(move || read(errors, Stream::Errors, &tell_errors, closing));
        let keeper = scope.spawn(|| keep(&mut child, program.timeout, watch, closing));
        for (stream, bytes) in told {
            output(stream.output(&bytes));
        }
        (keeper.join(), standard.join(), errors.join())
    });
    let panicked = || Failure::new(Code::Io, doing(), "a thread ended before its time");
    let how = how.map_err(|_| panicked())?.map_err(failed)?;
    Ok(Ended {
        how: how.ok_or_else(|| Failure::new(Code::Interrupted, doing(), "it was asked to end"))?,
        omitted_bytes: omitted.map_err(|_| panicked())?,
        omitted_error_bytes: omitted_errors.map_err(|_| panicked())?,
    })
}

/// A file without a name, so that nobody has to write while the program does not read.
fn in_memory(input: &[u8]) -> std::io::Result<Stdio> {
    let mut file = File::from(memfd_create("input", MemfdFlags::CLOEXEC)?);
    file.write_all(input)?;
    file.rewind()?;
    Ok(Stdio::from(file))
}

/// With nothing inherited, and a process group of its own.
fn command(program: &Program, input: Stdio) -> std::io::Result<Command> {
    let (name, arguments) = program
        .argv
        .split_first()
        .ok_or_else(|| std::io::Error::other("it names no program"))?;
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .current_dir("/")
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    Ok(command)
}

fn streams(child: &mut Child) -> (Option<OwnedFd>, Option<OwnedFd>) {
    (
        child.stdout.take().map(OwnedFd::from),
        child.stderr.take().map(OwnedFd::from),
    )
}
