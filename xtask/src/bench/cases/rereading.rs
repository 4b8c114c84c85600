//! Reading every byte of both copies again, as `verify --reread` does, beside a bare digest of both.
//! Nothing is written but our own state.

use anyhow::Result;

use super::{compared, room};
use crate::bench::Bench;
use crate::bench::data::{self, Shape};
use crate::bench::disk::{Caches, Disk};
use crate::bench::peers::{self, Lane};
use crate::bench::race::{measure, race};
use crate::bench::report::Report;

/// About 2 GiB on each side: many small files, some of a slice's size, a few large.
pub(super) fn reread(bench: &Bench<'_>) -> Result<Report> {
    let source = Disk::fresh(&bench.folder, "production", room(4))?;
    let files = mixed_sizes(bench, &source)?;
    let standby = Disk::fresh(&bench.folder, "standby", room(4))?;
    let lane = Lane::between(&source, &standby, 0)?;
    measure((peers::our_mirror(bench).commands)(&lane))?;
    let contenders = [peers::our_reread(bench), peers::b3sum(1.2)?];
    let series = race(contenders.len(), bench.runs, |_, index| {
        Caches::Dropped.prepare()?;
        measure((contenders[index].commands)(&lane))
    })?;
    let setting = format!("Every byte of two copies of {files} files of mixed size; caches dropped.");
    Ok(compared(setting, &contenders, series))
}

fn mixed_sizes(bench: &Bench<'_>, source: &Disk) -> Result<u64> {
    let shapes = [
        (
            "small",
            Shape {
                directories: bench.scaled(100),
                per_directory: 100,
                low: 1 << 10,
                high: 31 << 10,
            },
        ),
        (
            "slices",
            Shape {
                directories: bench.scaled(100),
                per_directory: 20,
                low: 500 << 10,
                high: 548 << 10,
            },
        ),
        (
            "large",
            Shape {
                directories: 1,
                per_directory: bench.scaled(400).div_ceil(50),
                low: 100 << 20,
                high: 120 << 20,
            },
        ),
    ];
    for (name, shape) in shapes {
        data::grow(&source.path("archive").join(name), shape)?;
    }
    source.settle()?;
    Ok(shapes.iter().map(|(_, shape)| shape.files()).sum())
}
