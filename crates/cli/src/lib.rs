//! The `counterpart` program: arguments, configuration, wiring, and all printing to the terminal.
//!
//! No rule about trees is here: what a pass does and when it refuses belongs to the engine. This crate alone reads
//! the environment, prints, and decides with which code the program leaves.

mod apart;
pub mod args;
mod clean;
mod clock;
mod commands;
pub mod config;
mod context;
mod demo;
mod digests;
pub mod documents;
mod due;
pub mod exit;
pub mod export;
mod heads;
mod invocation;
mod json_list;
mod lines;
mod pack;
mod pairs;
mod pruning;
pub mod reference;
mod render;
mod serve;
mod tell;
mod terminal;
pub mod units;
mod who;
mod wire;
pub mod words;

use args::Cli;
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, Parser as _};
use context::Context;
use counterpart_model::{Code, Failure};
use exit::Exit;
use std::ffi::OsString;
use std::process::ExitCode;
use terminal::Terminal;

/// Runs the program on its arguments, its own name first.
pub fn start(arguments: Vec<OsString>) -> ExitCode {
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => run(cli, arguments).into(),
        Err(error) => refuse(&error, &arguments).into(),
    }
}

fn run(cli: Cli, arguments: Vec<OsString>) -> Exit {
    raise_open_files();
    let context = Context::new(cli.global, arguments);
    let ended = commands::dispatch(&context, cli.command);
    ended.unwrap_or_else(|failure| {
        context.terminal.failure(&failure);
        Exit::of(failure.code)
    })
}

/// Lets the program hold as many files open as its account may: a group of changes holds every directory that it
/// touches. Where that is refused, groups are smaller.
fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    let _ = setrlimit(Resource::Nofile, raised);
}

/// Help and version are documents; everything else is a mistake in the arguments.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> Exit {
    let terminal = Terminal::before_arguments(arguments);
    if !error.use_stderr() {
        let page = error.render();
        let text = if terminal.paints() {
            page.ansi().to_string()
        } else {
            page.to_string()
        };
        return terminal.text(&text).map_or(Exit::Unfinished, |()| Exit::Done);
    }
    let page = error.render().to_string();
    if terminal.json() {
        let why = page
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        let failure = Failure::new(Code::Usage, "reading the command line", why);
        terminal.failure(&match meant(error) {
            Some(command) => failure.hint(format!("Did you mean `{command}`?")),
            None => failure,
        });
    } else {
        terminal.complaint(&match meant(error) {
            Some(command) if !page.contains("tip:") => format!("{page}\nDid you mean `{command}`?"),
            _ => page,
        });
    }
    Exit::Usage
}

/// The command that was meant by one that there is not.
fn meant(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let root = Cli::command();
    let names: Vec<&str> = root
        .get_subcommands()
        .filter(|known| !known.is_hide_set())
        .map(clap::Command::get_name)
        .collect();
    words::nearest(word, &names).map(str::to_owned)
}
