//! Manual pages, one a command, made from the arguments.
//!
//! The global options, the exit codes and the files are described once, in counterpart(1).

use super::shown;
use crate::args::Cli;
use crate::exit::Exit;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io::Write;

const MANUAL: &str = "Counterpart";
/// When the pages last took another form; what they say comes from the arguments.
const DATE: &str = "2026-11-22";

/// One page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManPage {
    /// Name of its file: `counterpart-run.1`.
    pub name: String,
    /// Its source for `man`.
    pub text: String,
}

/// Every page: of the program, and of each command and subcommand that help shows.
///
/// # Errors
/// A page cannot be written to memory.
pub fn man_pages() -> std::io::Result<Vec<ManPage>> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut pages = vec![main_page(&root)?];
    for command in shown(&root) {
        push_pages(command, "counterpart", &mut pages)?;
    }
    Ok(pages)
}

fn main_page(root: &Command) -> std::io::Result<ManPage> {
    let mut text = Vec::new();
    // What stands beneath the help has sections of its own here.
    let man = page(root.clone().after_help(""));
    beginning(&man, &mut text)?;
    man.render_subcommands_section(&mut text)?;
    man.render_options_section(&mut text)?;
    exits_and_files().to_writer(&mut text)?;
    named(&man, &text)
}

fn push_pages(command: &Command, above: &str, pages: &mut Vec<ManPage>) -> std::io::Result<()> {
    let own = command.clone().mut_args(|argument| {
        let hidden = argument.is_hide_set() || argument.is_global_set();
        argument.hide(hidden)
    });
    let man = page(own);
    let mut text = Vec::new();
    beginning(&man, &mut text)?;
    if shown(command).next().is_some() {
        man.render_subcommands_section(&mut text)?;
    }
    man.render_options_section(&mut text)?;
    examples(command).to_writer(&mut text)?;
    see_also(above).to_writer(&mut text)?;
    pages.push(named(&man, &text)?);
    let name = format!("{above}-{}", command.get_name());
    shown(command).try_for_each(|sub| push_pages(sub, &name, pages))
}

fn page(mut command: Command) -> Man {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let title = command.get_display_name().unwrap_or("counterpart").to_uppercase();
    Man::new(command.override_usage(usage))
        .title(title)
        .date(DATE)
        .manual(MANUAL)
        .source(concat!("counterpart ", env!("CARGO_PKG_VERSION")))
}

fn beginning(man: &Man, text: &mut dyn Write) -> std::io::Result<()> {
    man.render_title(text)?;
    man.render_name_section(text)?;
    man.render_synopsis_section(text)?;
    man.render_description_section(text)
}

/// Each part begins with the same definitions; a page needs them once. Nor does it need two line ends around an empty
/// line, of which mandoc complains.
fn named(man: &Man, text: &[u8]) -> std::io::Result<ManPage> {
    let mut definitions = Vec::new();
    Roff::new().to_writer(&mut definitions)?;
    let definitions = String::from_utf8_lossy(&definitions).into_owned();
    let text = String::from_utf8_lossy(text)
        .replace(&definitions, "")
        .replace(".br\n\n.br\n", ".sp\n");
    Ok(ManPage {
        name: man.get_filename(),
        text: definitions + &text,
    })
}

/// The lines after the first of what stands beneath a command's help, as they are.
fn examples(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let Some(after) = command.get_after_help() else {
        return roff;
    };
    roff.control("SH", ["EXAMPLES"]);
    roff.control("nf", []);
    for line in after.to_string().lines().skip(1) {
        roff.text([roman(line.trim_start())]);
    }
    roff.control("fi", []);
    roff
}

fn see_also(above: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    let mut parts = vec![bold("counterpart"), roman("(1)")];
    if above != "counterpart" {
        parts.extend([roman(", "), bold(above), roman("(1)")]);
    }
    parts.push(roman(
        " for the options that every command takes, and the exit codes.",
    ));
    roff.text(parts);
    roff
}

fn exits_and_files() -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        roff.control("TP", []);
        roff.text([bold(exit.code().to_string())]);
        roff.text([roman(exit.meaning())]);
    }
    roff.control("SH", ["FILES"]);
    for (file, means) in FILES {
        roff.control("TP", []);
        roff.text([bold(file)]);
        roff.text([roman(means)]);
    }
    roff
}

const FILES: [(&str, &str); 4] = [
    (
        "./counterpart.toml",
        "the configuration, where --config names no other",
    ),
    (
        "/etc/counterpart/counterpart.toml",
        "the configuration, where there is none in the current directory",
    ),
    (
        "/var/lib/counterpart",
        "the state of root, where neither --state nor $COUNTERPART_STATE names another",
    ),
    (
        "$XDG_STATE_HOME/counterpart",
        "the state of others; ~/.local/state/counterpart where that is not set",
    ),
];
