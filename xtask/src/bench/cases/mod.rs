//! The cases: what is measured, against whom, and how far behind or ahead we may be.
//! How a run is timed is `race`; how a result is shown is `report`.

mod copying;
mod distant;
mod memory;
mod passing;
mod rereading;

use anyhow::{Result, bail};

use super::Bench;
use super::disk::Room;
use super::peers::Contender;
use super::race::Series;
use super::report::{Bar, Report, Row};

type Case = fn(&Bench<'_>) -> Result<Report>;

const CASES: [(&str, Case); 10] = [
    ("first", copying::first),
    ("unchanged", passing::unchanged),
    ("unchanged-cold", passing::unchanged_cold),
    ("changed", passing::changed),
    ("changed-cold", passing::changed_cold),
    ("far-first", distant::first),
    ("far-changed", distant::changed),
    ("reread", rereading::reread),
    ("big", copying::big),
    ("memory", memory::memory),
];

/// The named cases, or all, in their own order.
pub(super) fn chosen(names: &[String]) -> Result<Vec<(&'static str, Case)>> {
    let known = |name: &&String| CASES.iter().any(|(case, _)| case == name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        let list: Vec<&str> = CASES.iter().map(|(case, _)| *case).collect();
        bail!("there is no case {name}; there are {}", list.join(", "));
    }
    let wanted = |case: &str| names.is_empty() || names.iter().any(|name| name == case);
    Ok(CASES.into_iter().filter(|(case, _)| wanted(case)).collect())
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
        ours: matches!(contender.bar, Bar::None),
        bar: contender.bar,
    });
    Report {
        setting,
        rows: rows.collect(),
    }
}
