//! What crossed the link, by ssh's own count: no word of the program that is measured is taken.
//! `ssh -v` ends with `Transferred: sent N, received M bytes`, after compression and encryption.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::race::{Heat, measure};

const MARK: &str = "Transferred: sent ";

/// Runs commands whose ssh writes into the log, and counts.
pub(super) fn measure_counted(commands: Vec<Command>, log: &Path) -> Result<Heat> {
    if log.exists() {
        fs::remove_file(log).with_context(|| format!("removing {}", log.display()))?;
    }
    let heat = measure(commands)?;
    let said = fs::read_to_string(log).with_context(|| format!("reading {}", log.display()))?;
    let wire_bytes = carried(&said).with_context(|| format!("counting in {}", log.display()))?;
    Ok(Heat { wire_bytes, ..heat })
}

/// The bytes of both directions, of every connection that a log of `ssh -v` tells of.
///
/// # Errors
/// It tells of none, as where ssh was ended from outside, or in words that are not known.
pub fn carried(log: &str) -> Result<u64> {
    let lines = log.lines().filter_map(|line| line.split_once(MARK));
    let counts: Vec<u64> = lines.map(|(_, rest)| both_ways(rest)).collect::<Result<_>>()?;
    if counts.is_empty() {
        bail!("no line has `{MARK}`; did ssh end by itself?");
    }
    Ok(counts.into_iter().sum())
}

/// The sum of `N, received M bytes, in S seconds`.
fn both_ways(rest: &str) -> Result<u64> {
    let whole = rest;
    let unknown = || format!("ssh's count is not understood: {whole}");
    let (sent, rest) = rest.split_once(", received ").with_context(unknown)?;
    let (received, _) = rest.split_once(" bytes").with_context(unknown)?;
    let count = |text: &str| text.trim().parse::<u64>().with_context(unknown);
    Ok(count(sent)? + count(received)?)
}
