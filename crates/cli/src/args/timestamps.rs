//! `timestamp …`: what is asked of an authority, and what it answered.

use super::options::PairOption;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What is to be done with time-stamps.
#[derive(Subcommand, Debug)]
pub enum TimestampCommand {
    /// Write a request for a time-stamp of the journal's head
    ///
    /// The file goes to an authority by any way; nothing is sent from here. It holds the hash of the journal's last record
    /// and a number, and nothing else of the pair.
    #[command(after_help = "Examples:\n  counterpart timestamp request --out head.tsq\n  \
        curl -H 'Content-Type: application/timestamp-query' --data-binary @head.tsq https://AUTHORITY > head.tsr")]
    Request(TimestampRequestArgs),
    /// Take the answer of an authority in
    ///
    /// It must answer a request that was made here and be whole. It is kept beside the evidence and entered in the journal.
    /// Whether the authority signed it, and is to be believed, is for `openssl ts -verify`, whose command is printed.
    #[command(after_help = "Example:\n  counterpart timestamp take head.tsr")]
    Take(TimestampTakeArgs),
}

/// What `timestamp request` takes.
#[derive(Args, Clone, Debug)]
pub struct TimestampRequestArgs {
    /// Write the request to this file, which must not be there yet
    #[arg(long, value_name = "FILE.tsq", required = true)]
    pub out: PathBuf,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}

/// What `timestamp take` takes.
#[derive(Args, Clone, Debug)]
pub struct TimestampTakeArgs {
    /// The authority's answer
    #[arg(value_name = "FILE.tsr")]
    pub file: PathBuf,
    /// The pair.
    #[command(flatten)]
    pub pair: PairOption,
}
