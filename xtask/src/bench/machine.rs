//! One line about the machine that a figure was taken on, without which the figure means nothing.
//! It names no host.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// Processor, cores, memory, kernel, filesystem and day.
pub(super) fn line() -> Result<String> {
    let cores = std::thread::available_parallelism().context("counting cores")?;
    let day = process::output_of(Command::new("date").args(["-u", "+%F"]))?;
    Ok(format!(
        "{}; {cores} cores; {} GiB memory; Linux {}; ext4 in loop-mounted images; {}",
        value_in("/proc/cpuinfo", "model name")?,
        memory_gib()?,
        kernel()?,
        day.trim()
    ))
}

fn memory_gib() -> Result<u64> {
    let total = value_in("/proc/meminfo", "MemTotal")?;
    let kib: u64 = total
        .trim_end_matches("kB")
        .trim()
        .parse()
        .context("reading the size of the memory")?;
    Ok(kib.div_ceil(1024 * 1024))
}

/// The kernel's version, without what its builder added to it.
fn kernel() -> Result<String> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").context("reading the kernel's version")?;
    Ok(release
        .trim()
        .split(['-', '+'])
        .next()
        .unwrap_or_default()
        .to_owned())
}

/// The first value of a key in a file of `key : value` lines.
fn value_in(file: &str, key: &str) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {file}"))?;
    let pairs = text.lines().filter_map(|line| line.split_once(':'));
    let mut values = pairs
        .filter(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().to_owned());
    Ok(values.next().unwrap_or_else(|| "unknown".to_owned()))
}
