//! What each command takes.

use super::keys::JournalHead;
use super::values::{DigestWord, ExportForm, SideWord};
use crate::config::{Bandwidth, Link, Span, span, value};
use clap::Args;
use clap_complete::Shell;
use counterpart_engine::Limit;
use counterpart_model::MetadataClass;
use std::ffi::OsString;
use std::path::PathBuf;

/// A pair, which may be left out.
#[derive(Args, Clone, Debug, Default)]
pub struct PairArg {
    /// The pair; may be left out where there is only one
    #[arg(value_name = "PAIR")]
    pub pair: Option<String>,
}

/// A pair as an option, where something else comes first.
#[derive(Args, Clone, Debug, Default)]
pub struct PairOption {
    /// The pair; may be left out where there is only one
    #[arg(long, value_name = "PAIR")]
    pub pair: Option<String>,
}

/// What `demo` takes.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Where to build it; must be empty or not there
    #[arg(value_name = "DIR", default_value = "counterpart-demo")]
    pub directory: PathBuf,
}

/// What `init` takes.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// Where production is
    #[arg(value_name = "SRC", requires = "standby")]
    pub production: Option<String>,
    /// Where the standby is
    #[arg(value_name = "DST")]
    pub standby: Option<String>,
    /// How the pair is called
    #[arg(long, value_name = "NAME", default_value = "archive")]
    pub pair: String,
}

/// How a tree is mirrored without a configuration.
#[derive(Args, Clone, Debug)]
pub struct MirrorArgs {
    /// Production: the tree that is only read
    #[arg(value_name = "SRC")]
    pub production: OsString,
    /// The standby: the tree that is made equal
    #[arg(value_name = "DST")]
    pub standby: OsString,
    /// Leave out what matches; may be repeated, the last that matches decides, `!` brings back in
    #[arg(long, value_name = "GLOB", action = clap::ArgAction::Append)]
    pub exclude: Vec<String>,
    /// Metadata to carry: any of mode, mtime, owner, xattr, acl, hardlink [default: mode,mtime]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = value::metadata_class)]
    pub carry: Option<Vec<MetadataClass>>,
    /// Take over a standby that holds data of others
    #[arg(long)]
    pub adopt: bool,
    /// Most entries that may be deleted: a number, or a percentage (never below 50 entries) [default: 1%]
    #[arg(long, value_name = "LIMIT", value_parser = value::limit)]
    pub max_delete: Option<Limit>,
    /// Most files whose content may change: a number, or a percentage (never below 50 entries) [default: 10%]
    #[arg(long, value_name = "LIMIT", value_parser = value::limit)]
    pub max_change: Option<Limit>,
    /// Read every byte of both copies
    #[arg(long)]
    pub reread: bool,
    /// How content is digested [default: blake3]
    #[arg(long, value_name = "DIGEST", value_enum)]
    pub digest: Option<DigestWord>,
    /// Allow what a guard refused, by the hash that it printed
    #[arg(long, value_name = "HASH", conflicts_with = "dry_run")]
    pub approve: Option<String>,
    /// Show what would be changed, as `plan` does
    #[arg(long, short = 'n')]
    pub dry_run: bool,
    /// How the far end is reached.
    #[command(flatten)]
    pub link: LinkArgs,
}

/// How a far end is reached.
#[derive(Args, Clone, Debug)]
pub struct LinkArgs {
    /// An argument for ssh, such as -F or -i and then its file; may be repeated
    #[arg(long, value_name = "ARGUMENT", action = clap::ArgAction::Append, allow_hyphen_values = true)]
    pub ssh: Vec<String>,
    /// The command at the far host [default: counterpart agent]
    #[arg(long, value_name = "COMMAND")]
    pub remote: Option<String>,
    /// The link's limit.
    #[command(flatten)]
    pub limit: LimitArgs,
}

/// How fast bytes may go over a link.
#[derive(Args, Clone, Debug, Default)]
pub struct LimitArgs {
    /// Bytes a second over the link, in each direction: "20 MiB", or by the hour "08:00-18:00 20 MiB"; may be repeated
    #[arg(long, value_name = "LIMIT", value_parser = span)]
    pub bandwidth: Vec<Span>,
}

impl LimitArgs {
    /// Says anew what was said here.
    pub(crate) fn change(&self, link: &mut Link) {
        if !self.bandwidth.is_empty() {
            link.bandwidth = Bandwidth::new(self.bandwidth.clone());
        }
    }
}

impl LinkArgs {
    /// Says anew what was said here.
    pub(crate) fn change(&self, link: &mut Link) {
        if !self.ssh.is_empty() {
            link.ssh.clone_from(&self.ssh);
        }
        if let Some(remote) = &self.remote {
            link.remote.clone_from(remote);
        }
        self.limit.change(link);
    }
}

/// What `agent` takes.
#[derive(Args, Clone, Debug)]
pub struct AgentArgs {
    /// Serve no other root than this one or what lies beneath it
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Change nothing: serve production only
    #[arg(long)]
    pub read_only: bool,
    /// Run the commands that this file names, when the other end asks for one by its name
    #[arg(long, value_name = "FILE")]
    pub commands: Option<PathBuf>,
    /// With --root: production may also be read from snapshots beneath this place; may be given several times
    #[arg(long, value_name = "DIR")]
    pub snapshots: Vec<PathBuf>,
    /// Keep history for so long at the least, whatever callers say [default: 400d]
    #[arg(long, value_name = "DURATION", value_parser = crate::config::duration)]
    pub history: Option<u64>,
}

/// What `run` takes.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// Read every byte of both copies
    #[arg(long)]
    pub reread: bool,
    /// Take over a standby that holds data of others
    #[arg(long)]
    pub adopt: bool,
    /// Allow what a guard refused, by the hash that it printed
    #[arg(long, value_name = "HASH")]
    pub approve: Option<String>,
    /// The link's limit, instead of the configured one.
    #[command(flatten)]
    pub limit: LimitArgs,
}

/// A pair, or two trees.
#[derive(Args, Clone, Debug)]
pub struct PairOrTrees {
    /// The pair, or production's root when DST follows
    #[arg(value_name = "PAIR or SRC")]
    pub first: Option<OsString>,
    /// The standby's root
    #[arg(value_name = "DST")]
    pub second: Option<OsString>,
}

/// What `verify` takes.
#[derive(Args, Clone, Debug)]
pub struct VerifyArgs {
    /// What is compared.
    #[command(flatten)]
    pub what: PairOrTrees,
    /// Read every byte of both copies
    #[arg(long)]
    pub reread: bool,
    /// How the far end of two trees is reached.
    #[command(flatten)]
    pub link: LinkArgs,
}

/// What `log` takes.
#[derive(Args, Clone, Debug)]
pub struct LogArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// The pass: its name, the beginning of it, or its number; or the name of an imported run [default: the last pass]
    #[arg(long, value_name = "N")]
    pub pass: Option<String>,
    /// List the runs that were imported from old logs; with --match, the lines of all of them
    #[arg(long, conflicts_with = "pass")]
    pub imported: bool,
    /// Show only lines whose path matches
    #[arg(long = "match", value_name = "GLOB")]
    pub matching: Option<String>,
}

/// What `probe` takes.
#[derive(Args, Clone, Debug)]
pub struct ProbeArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// The pass: its name, the beginning of it, or its number [default: the last one with a certificate]
    #[arg(long, value_name = "N")]
    pub pass: Option<String>,
    /// Only this probe
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Only this site
    #[arg(long, value_name = "SITE")]
    pub site: Option<SideWord>,
    /// Show the outputs as they came
    #[arg(long)]
    pub raw: bool,
    /// Show what was written to standard error
    #[arg(long, conflicts_with = "raw")]
    pub errors: bool,
    /// Show the outputs after the rules
    #[arg(long, conflicts_with_all = ["raw", "errors"])]
    pub normalised: bool,
}

/// What `import` takes.
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// A log of rsync; also one that gzip, zstd or xz packed
    #[arg(value_name = "LOG", required = true)]
    pub logs: Vec<PathBuf>,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
    /// The time zone of the log's own times, such as Europe/Amsterdam or +01:00 [default: this host's]
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    pub zone: Option<String>,
    /// The date of a log without times, such as 2012-05-01 or 2012-05-01T02:00:00 [default: of its last change]
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,
    /// Where in the tree the names of the log belong, such as 035 for a log of that study alone
    #[arg(long, value_name = "PATH")]
    pub beneath: Option<OsString>,
    /// A directory that was a root then, for names that the log has whole; may be repeated [default: the pair's roots]
    #[arg(long, value_name = "DIR", action = clap::ArgAction::Append)]
    pub root: Vec<PathBuf>,
    /// Refuse a log with any line that is not understood
    #[arg(long)]
    pub strict: bool,
    /// Import a log that is known, in the place of what came of it: with another --zone, --date, --beneath or --root
    #[arg(long)]
    pub again: bool,
}

/// What `manifest` takes.
#[derive(Args, Clone, Debug)]
pub struct ManifestArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// Whose manifest
    #[arg(long, value_enum, default_value_t)]
    pub side: SideWord,
    /// Write it in this form
    #[arg(long, value_name = "FORM", value_enum, conflicts_with = "json")]
    pub export: Option<ExportForm>,
    /// Write to a file that is not there yet, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What `where` takes.
#[derive(Args, Clone, Debug)]
pub struct WhereArgs {
    /// A path beneath the root, or beneath a root as it lies on this host
    #[arg(value_name = "KEY")]
    pub key: OsString,
    /// The pair; all where it is left out
    #[arg(long, value_name = "PAIR")]
    pub pair: Option<String>,
}

/// What `history` takes.
#[derive(Args, Clone, Debug)]
pub struct HistoryArgs {
    /// A path beneath the root; `.` for all
    #[arg(value_name = "PATH")]
    pub path: OsString,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}

/// What `undelete` takes.
#[derive(Args, Clone, Debug)]
pub struct UndeleteArgs {
    /// A version that `history` names, or a path
    #[arg(value_name = "WHAT")]
    pub what: OsString,
    /// Directory to put it in; made where it is not there
    #[arg(long, value_name = "DIR", required = true)]
    pub to: PathBuf,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}

/// What `repair` takes.
#[derive(Args, Clone, Debug)]
pub struct RepairArgs {
    /// A path beneath the root
    #[arg(value_name = "PATH")]
    pub path: OsString,
    /// Do it, by the hash that was printed
    #[arg(long, value_name = "HASH")]
    pub approve: Option<String>,
    /// Where production is the wrong side: put the standby's good copy into this directory
    #[arg(long, value_name = "DIR", conflicts_with = "approve")]
    pub to: Option<PathBuf>,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}

/// What `certificate show` takes.
#[derive(Args, Clone, Debug)]
pub struct ShowArgs {
    /// The pass: its name, the beginning of it, or its number; the last where it is left out
    #[arg(value_name = "PASS")]
    pub pass: Option<String>,
    /// The page as one file of HTML, which needs nothing else
    #[arg(long)]
    pub html: bool,
    /// Write the page to FILE, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}

/// What `certificate prove` takes.
#[derive(Args, Clone, Debug)]
pub struct ProveArgs {
    /// A path beneath the root, or beneath a root as it lies on this host
    #[arg(value_name = "PATH", required_unless_present = "extends")]
    pub path: Option<OsString>,
    /// Prove instead that the journal extends the one that had this record as its last, as a mail or another site tells it
    #[arg(long, value_name = "SEQUENCE:HASH", value_parser = super::keys::head, conflicts_with_all = ["path", "side"])]
    pub extends: Option<JournalHead>,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
    /// The pass by whose certificate it is proven: its name, the beginning of it, or the number of its certificate; the last one
    /// where it is left out
    #[arg(long, value_name = "PASS", conflicts_with = "extends")]
    pub pass: Option<String>,
    /// Which copy held it
    #[arg(long, value_enum, default_value_t = SideWord::Standby)]
    pub side: SideWord,
    /// Write to a file that is not there yet, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What `certificate pack` takes.
#[derive(Args, Clone, Debug)]
pub struct PackArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
    /// The first certificate: its number, its pass, or a day of UTC; the first there is where it is left out
    #[arg(long, value_name = "FIRST")]
    pub from: Option<String>,
    /// The last certificate: its number, its pass, or a day of UTC; the last there is where it is left out
    #[arg(long, value_name = "LAST")]
    pub to: Option<String>,
    /// Only what lies beneath this path; may be given several times
    #[arg(long, value_name = "PATH")]
    pub subtree: Vec<OsString>,
    /// The file to write, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// What `hold` and `release` take.
#[derive(Args, Clone, Debug)]
pub struct HoldArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
}

/// What `prune` takes.
#[derive(Args, Clone, Debug)]
pub struct PruneArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// Remove it, instead of listing it
    #[arg(long)]
    pub yes: bool,
    /// List it and remove nothing, as without --yes
    #[arg(long, short = 'n', conflicts_with = "yes")]
    pub dry_run: bool,
}

/// What `reference` takes.
#[derive(Args, Clone, Debug)]
pub struct ReferenceArgs {
    /// Write the schema of each document to this directory, instead
    #[arg(long, value_name = "DIR", group = "instead")]
    pub schemas: Option<PathBuf>,
    /// Print docs/ERRORS.md, instead
    #[arg(long, group = "instead")]
    pub errors: bool,
    /// Write a manual page for each command to this directory, instead
    #[arg(long, value_name = "DIR", group = "instead")]
    pub man: Option<PathBuf>,
}

/// What `explain` takes.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// A code, such as `max-delete`, or an exit code; all of them where it is left out
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// What `completions` takes.
#[derive(Args, Clone, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: Shell,
}
