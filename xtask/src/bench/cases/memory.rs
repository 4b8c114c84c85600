//! The most memory that our program takes, which must not grow with the number of files.
//! Nobody runs beside it: the bar is a figure.

use anyhow::Result;

use super::PAST;
use crate::bench::Bench;
use crate::bench::data::{self, Shape};
use crate::bench::disk::{Disk, Room};
use crate::bench::peers::{self, Lane};
use crate::bench::race::{Heat, Series, Unit, measure};
use crate::bench::report::{Bar, Report, Row};

/// What the whole program may take, at any number of files.
const MOST_MIB: u64 = 96;

/// 200,000 files, 2,000,000 files, and 2,000,000 in one directory.
pub(super) fn memory(bench: &Bench<'_>) -> Result<Report> {
    let scenes = [
        (bench.scaled(1000), 200),
        (bench.scaled(10_000), 200),
        (1, bench.scaled(2_000_000)),
    ];
    let mut rows = Vec::new();
    for (directories, per_directory) in scenes {
        let shape = Shape {
            directories,
            per_directory,
            low: 0,
            high: 1,
        };
        rows.extend(scene(bench, shape)?);
    }
    let setting =
        "The most resident memory of one process: the first copy of many files of 0 or 1 byte, and the \
                   pass after it."
            .to_owned();
    Ok(Report {
        setting,
        unit: Unit::Seconds,
        rows,
    })
}

fn scene(bench: &Bench<'_>, shape: Shape) -> Result<[Row; 2]> {
    // Each 1-byte file takes a block, and the standby needs as many names again for what is in flight.
    let space = Room {
        gib: 16,
        inodes: Some(shape.files() + shape.files() / 4 + 100_000),
    };
    let source = Disk::fresh(&bench.folder, "production", space)?;
    data::grow(&source.path("archive"), shape)?;
    source.settle()?;
    let standby = Disk::fresh(&bench.folder, "standby", space)?;
    let lane = Lane::between(&source, &standby, 0)?;
    let mirror = peers::our_mirror(bench);
    let first = measure((mirror.commands)(&lane))?;
    std::thread::sleep(PAST);
    let again = measure((mirror.commands)(&lane))?;
    Ok([row(shape, "first copy", first), row(shape, "unchanged", again)])
}

fn row(shape: Shape, pass: &str, heat: Heat) -> Row {
    Row {
        name: format!(
            "{} files in {} directories, {pass}",
            shape.files(),
            shape.directories
        ),
        series: Series::of(heat),
        ours: true,
        bar: Bar::Memory(MOST_MIB),
    }
}
