//! The cases: what is measured, against whom, and how far behind or ahead we may be.
//! How a run is timed is `race`; how a result is shown is `report`.

mod copying;
mod hooks;
mod link;
mod memory;
mod passing;
mod rereading;
#[cfg(test)]
mod tests;

pub(super) use hooks::configure;

use std::time::Duration;

use anyhow::{Result, bail};

use super::Bench;
use super::disk::Room;
use super::peers::Contender;
use super::race::{Series, Unit};
use super::report::{Report, Row};

type Case = fn(&Bench<'_>) -> Result<Report>;

const CASES: [(&str, Case); 15] = [
    ("first", copying::first),
    ("unchanged", passing::unchanged),
    ("unchanged-cold", passing::unchanged_cold),
    ("changed", passing::changed),
    ("changed-cold", passing::changed_cold),
    ("link-first", link::first),
    ("link-unchanged", link::unchanged),
    ("link-changed", link::changed),
    ("link-pixels", link::pixels),
    ("link-wire", link::wire),
    ("link-memory", link::memory),
    ("hooks", hooks::hooks),
    ("reread", rereading::reread),
    ("big", copying::big),
    ("memory", memory::memory),
];

/// Longer than the grain of any filesystem's times, so that a change is past and not present when it is scanned.
const PAST: Duration = Duration::from_secs(3);

/// What the cases are called, in their order.
pub fn names() -> impl Iterator<Item = &'static str> {
    CASES.into_iter().map(|(case, _)| case)
}

/// The cases of these names and groups, or all, in their own order.
pub(super) fn chosen(wanted: &[String]) -> Result<Vec<(&'static str, Case)>> {
    if let Some(name) = wanted.iter().find(|name| !names().any(|case| means(name, case))) {
        let list: Vec<&str> = names().collect();
        bail!(
            "there is no case or group {name}; there are {}; link is all that begin with link-",
            list.join(", ")
        );
    }
    let is_wanted = |case: &str| wanted.is_empty() || wanted.iter().any(|name| means(name, case));
    Ok(CASES.into_iter().filter(|(case, _)| is_wanted(case)).collect())
}

/// Whether a name is that of the case, or of a group: what its cases' names begin with, where no case is called so.
fn means(name: &str, case: &str) -> bool {
    let rest = case.strip_prefix(name);
    rest == Some("") || rest.is_some_and(|rest| rest.starts_with('-')) && !names().any(|case| case == name)
}

/// A filesystem for so many GiB, with mkfs's own number of names.
fn room(gib: u64) -> Room {
    Room { gib, inodes: None }
}

/// A report whose first contender is ours.
fn compared(setting: String, contenders: &[Contender], series: Vec<Series>) -> Report {
    let rows = contenders.iter().zip(series).map(|(contender, series)| Row {
        name: contender.name.clone(),
        series,
        ours: contender.ours,
        bar: contender.bar,
    });
    Report {
        setting,
        unit: Unit::Seconds,
        rows: rows.collect(),
    }
}
