//! What `watchdog` takes.

use crate::config::value;
use clap::Args;
use std::path::PathBuf;

/// How old a certificate may be, and where it is looked for.
#[derive(Args, Clone, Debug)]
pub struct WatchdogArgs {
    /// The pair; all of them where it is left out
    #[arg(value_name = "PAIR")]
    pub pair: Option<String>,
    /// The greatest age [default: the pair's `watchdog`, else twice its period and its deadline]
    #[arg(long, value_name = "DURATION", value_parser = value::duration)]
    pub max_age: Option<u64>,
    /// Look at a copy of a pair's state, or an unpacked pack, instead of this host's state
    #[arg(long, value_name = "DIR")]
    pub journal: Option<PathBuf>,
    /// Complain, too, where the youngest certificate does not call both sides equal
    #[arg(long)]
    pub congruent: bool,
}
