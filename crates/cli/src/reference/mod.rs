//! What the program says of itself: the whole reference as Markdown, made from the arguments themselves.
//!
//! docs/CLI.md, docs/ERRORS.md and docs/schema are this output; tests compare them. Nothing here is written by hand twice.

mod completions;
mod errors;
mod man;
mod schemas;

pub use completions::completions;
pub use errors::errors;
pub use man::{ManPage, man_pages};
pub use schemas::schemas;

use crate::args::Cli;
use crate::exit::Exit;
use clap::{Arg, Command, CommandFactory as _};
use std::fmt::Write as _;

const INTRODUCTION: &str = "\
# The command line

This page is what `counterpart reference` prints: it is made from the arguments themselves. Every command takes
`--json` and then prints one document on standard output, whose schema is in [schema](schema); messages and progress go to
standard error.
";

/// The reference as Markdown.
pub fn markdown() -> String {
    let mut root = Cli::command();
    root.build();
    let mut out = INTRODUCTION.to_owned();
    out += "\n## Global options\n\nEvery command takes them.\n\n";
    out += &options(&root, Arg::is_global_set);
    for command in shown(&root) {
        push_command(command, "counterpart", 2, &mut out);
    }
    let _ = write!(out, "\n## Exit codes\n\n{}\n", exits());
    out += "[ERRORS.md](ERRORS.md) has every code of a failure or finding, and `counterpart explain` prints them.\n";
    out
}

/// The exit codes as a table.
fn exits() -> String {
    let row = |exit: Exit| format!("| {} | {} |\n", exit.code(), exit.meaning());
    let rows: String = Exit::ALL.into_iter().map(row).collect();
    format!("| exit | means |\n| --- | --- |\n{rows}")
}

fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
}

fn push_command(command: &Command, above: &str, level: usize, out: &mut String) {
    let name = format!("{above} {}", command.get_name());
    let _ = write!(out, "\n{} `{name}`\n\n", "#".repeat(level));
    let about = command
        .get_long_about()
        .or(command.get_about())
        .map(ToString::to_string);
    let _ = write!(out, "{}\n\n", sentences(&about.unwrap_or_default()));
    let usage = command.clone().render_usage().to_string();
    let _ = write!(out, "```text\n{}\n```\n", usage.trim_start_matches("Usage: "));
    let own = options(command, |argument| !argument.is_global_set());
    if !own.is_empty() {
        let _ = write!(out, "\n{own}");
    }
    if let Some(examples) = command.get_after_help() {
        let examples = examples.to_string();
        let lines = examples.lines().skip(1).map(str::trim_start);
        let _ = write!(out, "\n```sh\n{}\n```\n", lines.collect::<Vec<_>>().join("\n"));
    }
    for sub in shown(command) {
        push_command(sub, &name, level + 1, out);
    }
}

fn sentences(text: &str) -> String {
    let parts = text.split("\n\n").map(|part| {
        let part = part.trim();
        if part.ends_with(['.', ':']) || part.is_empty() {
            part.to_owned()
        } else {
            format!("{part}.")
        }
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

fn options(command: &Command, wanted: impl Fn(&Arg) -> bool) -> String {
    let plain = |argument: &&Arg| !["help", "version"].contains(&argument.get_id().as_str());
    let all = command
        .get_arguments()
        .filter(plain)
        .filter(|argument| !argument.is_hide_set());
    let rows: Vec<String> = all.filter(|argument| wanted(argument)).map(one_option).collect();
    if rows.is_empty() {
        String::new()
    } else {
        format!("| argument | means |\n| --- | --- |\n{}\n", rows.join("\n"))
    }
}

fn one_option(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .and_then(|names| names.first())
        .map(ToString::to_string);
    let takes = argument.get_action().takes_values();
    let mut spelled = Vec::new();
    spelled.extend(argument.get_short().map(|short| format!("`-{short}`")));
    match (argument.get_long(), value.filter(|_| takes)) {
        (Some(long), Some(value)) => spelled.push(format!("`--{long} {value}`")),
        (Some(long), None) => spelled.push(format!("`--{long}`")),
        (None, value) => spelled.push(format!("`{}`", value.unwrap_or_default())),
    }
    let help = argument
        .get_long_help()
        .or(argument.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    format!(
        "| {} | {}{} |",
        spelled.join(", "),
        cell(&help),
        cell(&choices(argument))
    )
}

fn choices(argument: &Arg) -> String {
    if !argument.get_action().takes_values() {
        return String::new();
    }
    let mut text = String::new();
    let words: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !words.is_empty() {
        let _ = write!(text, ": {}", words.join(", "));
    }
    let usual: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into())
        .collect();
    if !usual.is_empty() {
        let _ = write!(text, " [default: {}]", usual.join(","));
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}
