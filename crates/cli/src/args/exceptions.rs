//! `exception …`: which findings are accepted, for how long, and who answers for it.

use super::options::{PairArg, PairOption};
use crate::config::value;
use clap::{Args, Subcommand};
use counterpart_model::Code;

/// What is to be done with exceptions.
#[derive(Subcommand, Debug)]
pub enum ExceptionCommand {
    /// Accept what is found of some entries, until a day
    ///
    /// PATTERN is a glob as in `exclude` (without a `/` it is a name at any depth), the path of one entry as reports show it
    /// (path:PATH, or just the path where it has an escape), or probe:NAME:REGEX for lines of a probe. What an exception
    /// covers is still observed, compared and, where that can be done, copied; only its weight changes. Refusals of guards,
    /// rot, and what is told of a site as a whole are never covered. Pattern, reason and owner stand in every certificate
    /// meanwhile: name no patient in them.
    #[command(after_help = "Examples:\n  \
        counterpart exception add 035/lib/private.key --code unreadable --until 2027-06-30 \\\n    \
        --owner 'data manager' --reason 'readable by its programmer only; rebuilt from the study file'\n  \
        counterpart exception add 'spool/**' --code torn --code vanished --until 2027-01-31 \\\n    \
        --owner 'J. Ortiz, operations' --reason 'ticket 4711: the spool moves to another disk'")]
    Add(ExceptionAddArgs),
    /// List the exceptions of a pair: what they cover, how old they are, when they end, what they covered last
    ///
    /// One that covered nothing in any pass since is marked as unused.
    #[command(
        after_help = "Examples:\n  counterpart exception list study-035\n  counterpart exception list --all --json"
    )]
    List(ExceptionListArgs),
    /// End an exception before its time
    ///
    /// What it covered is a finding again from the next pass on.
    #[command(after_help = "Example:\n  counterpart exception end x-3 --reason 'the file is readable now'")]
    End(ExceptionEndArgs),
}

/// What `exception add` takes.
#[derive(Args, Clone, Debug)]
pub struct ExceptionAddArgs {
    /// What is covered
    #[arg(value_name = "PATTERN")]
    pub pattern: String,
    /// Only what is found with this code; may be repeated [default: every code that can be accepted]
    #[arg(long, value_name = "CODE", value_parser = value::code)]
    pub code: Vec<Code>,
    /// The person or role who answers for it
    #[arg(long, value_name = "TEXT", required = true)]
    pub owner: String,
    /// Until when, in UTC, two years ahead at most: 2027-06-30 (to its end) or 2027-06-30T12:00:00Z
    #[arg(long, value_name = "DATE", required = true, value_parser = value::utc_end)]
    pub until: i64,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}

/// What `exception list` takes.
#[derive(Args, Clone, Debug)]
pub struct ExceptionListArgs {
    /// The pair.
    #[command(flatten)]
    pub pair: PairArg,
    /// Those as well that have expired or were ended
    #[arg(long)]
    pub all: bool,
}

/// What `exception end` takes.
#[derive(Args, Clone, Debug)]
pub struct ExceptionEndArgs {
    /// Its name, as `exception list` shows it
    #[arg(value_name = "ID")]
    pub id: String,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}
