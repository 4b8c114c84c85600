//! The command line: what may be said, in the words of the configuration. What it leads to is in `commands`.

mod commands;
mod exceptions;
mod keys;
mod notify;
mod options;
mod serving;
mod timestamps;
mod values;
mod watchdog;

pub use commands::{CertificateCommand, Command};
pub use exceptions::{ExceptionAddArgs, ExceptionCommand, ExceptionEndArgs, ExceptionListArgs};
pub use keys::{CertificateVerifyArgs, JournalHead, KeyCommand, KeyRevokeArgs, KeyRotateArgs};
pub use notify::NotifyCommand;
pub use options::{
    AgentArgs, CompletionsArgs, DemoArgs, ExplainArgs, HistoryArgs, HoldArgs, ImportArgs, InitArgs, LinkArgs,
    LogArgs, ManifestArgs, MirrorArgs, PackArgs, PairArg, PairOrTrees, ProbeArgs, ProveArgs, PruneArgs,
    ReferenceArgs, RepairArgs, RunArgs, ShowArgs, UndeleteArgs, VerifyArgs, WhereArgs,
};
pub use serving::{PauseArgs, ResumeArgs, Until};
pub use timestamps::{TimestampCommand, TimestampRequestArgs, TimestampTakeArgs};
pub use values::{ColourWhen, DigestWord, ExportForm, ProgressForm, SideWord};
pub use watchdog::WatchdogArgs;

use crate::exit::Exit;
use clap::{Args, Parser};
use std::path::PathBuf;

/// Keeps a second copy of a clinical archive warm, and shows by evidence that it equals production.
#[derive(Parser, Debug)]
#[command(
    name = "counterpart",
    version,
    about = "Keeps a second copy of a clinical archive warm, and shows by evidence that it equals production.",
    after_help = after_help(),
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 110,
    disable_help_subcommand = false
)]
pub struct Cli {
    /// What is meant for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Configuration file [default: ./counterpart.toml, then /etc/counterpart/counterpart.toml]
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    pub config: Option<PathBuf>,
    /// Directory of Counterpart's own state.
    #[arg(long, global = true, value_name = "DIR", help_heading = HEADING, help = STATE_HELP)]
    pub state: Option<PathBuf>,
    /// Print one documented JSON document on standard output
    #[arg(long, global = true, help_heading = HEADING)]
    pub json: bool,
    /// Print no progress and no messages, only results and errors
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = HEADING)]
    pub quiet: bool,
    /// Print every change and finding as it happens
    #[arg(long, short, global = true, help_heading = HEADING)]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, help_heading = HEADING)]
    pub color: ColourWhen,
    /// How to show progress: a bar on a terminal and a line a minute otherwise, unless said
    #[arg(long, global = true, value_name = "FORM", value_enum, default_value_t, help_heading = HEADING)]
    pub progress: ProgressForm,
    /// Why this is done; recorded with it
    #[arg(long, global = true, value_name = "TEXT", help_heading = HEADING)]
    pub reason: Option<String>,
}

const STATE_HELP: &str = "Directory of Counterpart's own state [default: $COUNTERPART_STATE, then \
    /var/lib/counterpart for root and $XDG_STATE_HOME/counterpart for others]";

const HEADING: &str = "Global options";

const BEGIN_WITH: &str = "\
Begin with:
  counterpart demo                       see the whole thing work on a small archive
  counterpart mirror /archive /standby   one pass over a tree, without a configuration file
  counterpart init                       write a commented counterpart.toml";

/// What stands beneath the program's own help: where to begin, and what it leaves with.
fn after_help() -> String {
    let exits = Exit::ALL.map(|exit| format!("\n  {}  {}", exit.code(), exit.meaning()));
    format!("{BEGIN_WITH}\n\nExit codes:{}", exits.concat())
}
