//! The whole reference as Markdown, made from the arguments themselves, and the schemas of all documents.
//!
//! docs/CLI.md and docs/schema are this output; tests compare them.

use crate::args::Cli;
use crate::documents as d;
use clap::{Arg, Command, CommandFactory as _};
use counterpart_engine::{PassReport, PlanReport};
use counterpart_model::Code;
use schemars::{JsonSchema, Schema, schema_for};
use std::fmt::Write as _;

const INTRODUCTION: &str = "\
# The command line

This page is what `counterpart reference` prints: it is made from the arguments themselves. Every command takes
`--json` and then prints one document on standard output, whose schema is in [schema](schema); messages and progress go to
standard error.
";

const EXITS: &str = "\
## Exit codes

| exit | means |
| --- | --- |
| 0 | done; where a comparison was asked for: congruent |
| 1 | done, but not congruent; or what was checked or looked for does not hold |
| 2 | usage or configuration |
| 3 | refused by a guard: nothing was changed. `plan` gives it where a run would be refused |
| 4 | could not finish: run again to resume |
| 5 | another pass holds the pair |
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
    let _ = write!(out, "\n{EXITS}");
    out += &codes();
    out
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

fn codes() -> String {
    let mut out =
        "\n## Codes\n\nEach failure and finding has one; it never changes its meaning.\n\n".to_owned();
    out += "| code | means | what to do |\n| --- | --- | --- |\n";
    for code in Code::ALL {
        let _ = writeln!(
            out,
            "| `{code}` | {} | {} |",
            cell(code.meaning()),
            cell(code.remedy())
        );
    }
    out
}

/// Each document's file name and schema, as text that ends in a line end.
pub fn schemas() -> Vec<(String, String)> {
    vec![
        schema::<d::MirrorDocument>("mirror"),
        schema::<PassReport>("run"),
        schema::<PassReport>("verify"),
        schema::<PassReport>("repair"),
        schema::<d::RepairExportDocument>("repair-export"),
        schema::<PlanReport>("plan"),
        schema::<d::InitDocument>("init"),
        schema::<d::CheckDocument>("check"),
        schema::<d::StatusDocument>("status"),
        schema::<d::LogDocument>("log"),
        schema::<d::ManifestDocument>("manifest"),
        schema::<d::WhereDocument>("where"),
        schema::<d::HistoryDocument>("history"),
        schema::<d::UndeleteDocument>("undelete"),
        schema::<d::CertificateListDocument>("certificate-list"),
        schema::<d::CertificateShowDocument>("certificate-show"),
        schema::<d::CertificateVerifyDocument>("certificate-verify"),
        schema::<d::PruneDocument>("prune"),
        schema::<d::DemoDocument>("demo"),
        schema::<d::ErrorDocument>("error"),
    ]
}

fn schema<T: JsonSchema>(name: &str) -> (String, String) {
    let mut schema: Schema = schema_for!(T);
    let title = match name {
        "error" => "What any command prints with --json when it fails".to_owned(),
        name => format!("What `counterpart {} --json` prints", name.replace('-', " ")),
    };
    schema.insert("title".to_owned(), title.into());
    // A schema is plain JSON with string keys, so writing it cannot fail.
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    (format!("{name}.json"), text + "\n")
}
