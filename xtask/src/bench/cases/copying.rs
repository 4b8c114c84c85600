//! First copies: many small files, and one large one. Each run copies to a filesystem made for it.
//! The production's filesystem is another one, made once: it is only read.

use anyhow::Result;

use super::{compared, room};
use crate::bench::Bench;
use crate::bench::data::{self, Shape};
use crate::bench::disk::{Caches, Disk, Room};
use crate::bench::peers::{self, Contender, Lane};
use crate::bench::race::{measure, race};
use crate::bench::report::Report;

/// 50,000 files of about 16 KiB.
pub(super) fn first(bench: &Bench<'_>) -> Result<Report> {
    let (source, shape) = small_files(bench)?;
    let contenders = [
        peers::our_mirror(bench),
        peers::rsync(0.6)?,
        peers::xcp(bench, 1.1)?,
    ];
    let setting = format!(
        "First copy of {} files of 8 to 24 KiB in {} directories; each run to a new filesystem, caches dropped.",
        shape.files(),
        shape.directories
    );
    copies(bench, setting, &source, room(4), &contenders)
}

/// A production of 50,000 files of about 16 KiB.
pub(super) fn small_files(bench: &Bench<'_>) -> Result<(Disk, Shape)> {
    let shape = Shape {
        directories: bench.scaled(250),
        per_directory: 200,
        low: 8 << 10,
        high: 24 << 10,
    };
    let source = Disk::fresh(&bench.folder, "production", room(4))?;
    data::grow(&source.path("archive"), shape)?;
    source.settle()?;
    Ok((source, shape))
}

/// One file of 8 GiB.
pub(super) fn big(bench: &Bench<'_>) -> Result<Report> {
    let bytes = bench.scaled(bench.big_gib << 30);
    let space = room(bench.big_gib + bench.big_gib / 4 + 1);
    let source = Disk::fresh(&bench.folder, "production", space)?;
    std::fs::create_dir(source.path("archive"))?;
    data::write_large(&source.path("archive").join("large.bin"), bytes)?;
    source.settle()?;
    let contenders = [peers::our_mirror(bench), peers::cp(1.25)];
    let setting =
        format!("First copy of one file of {bytes} bytes; each run to a new filesystem, caches dropped.");
    copies(bench, setting, &source, space, &contenders)
}

/// Runs to filesystems of their own.
pub(super) fn copies(
    bench: &Bench<'_>,
    setting: String,
    source: &Disk,
    space: Room,
    contenders: &[Contender],
) -> Result<Report> {
    let series = race(contenders.len(), bench.runs, |_, contender| {
        let target = Disk::fresh(&bench.folder, "standby", space)?;
        let lane = Lane::between(source, &target, contender)?;
        Caches::Dropped.prepare()?;
        measure((contenders[contender].commands)(&lane))
    })?;
    Ok(compared(setting, contenders, series))
}
