//! Copies to a standby behind ssh: many small files, and a large one of which a little changed.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

use anyhow::Result;

use super::{compared, copying, room};
use crate::bench::Bench;
use crate::bench::data;
use crate::bench::disk::{Caches, Disk};
use crate::bench::peers::{self, Lane};
use crate::bench::race::{measure, race};
use crate::bench::report::Report;

/// Longer than the grain of any filesystem's times.
const PAST: Duration = Duration::from_secs(3);
/// The large file, and in how many places it changes.
const LARGE_BYTES: u64 = 1 << 30;
const PLACES: u64 = 100;

/// 50,000 files of about 16 KiB, pushed.
pub(super) fn first(bench: &Bench<'_>) -> Result<Report> {
    let contenders = [peers::our_push(bench)?, peers::rsync_push(bench, 1.0)?];
    let (source, shape) = copying::small_files(bench)?;
    let setting = format!(
        "First copy of {} files of 8 to 24 KiB to a standby behind ssh on the same machine; each run to a new filesystem, caches dropped.",
        shape.files()
    );
    copying::copies(bench, setting, &source, room(4), &contenders)
}

/// One file of 1 GiB that is overwritten in 100 places, others each time.
pub(super) fn changed(bench: &Bench<'_>) -> Result<Report> {
    let contenders = [peers::our_push(bench)?, peers::rsync_push(bench, 1.0)?];
    let bytes = bench.scaled(LARGE_BYTES);
    let source = Disk::fresh(&bench.folder, "production", room(2))?;
    let target = Disk::fresh(&bench.folder, "standby", room(8))?;
    std::fs::create_dir(source.path("archive"))?;
    let large = source.path("archive").join("large.bin");
    data::write_large(&large, bytes)?;
    let lanes: Vec<Lane> = (0..contenders.len())
        .map(|index| Lane::between(&source, &target, index))
        .collect::<Result<_>>()?;
    std::thread::sleep(PAST);
    for (contender, lane) in contenders.iter().zip(&lanes) {
        measure((contender.commands)(lane))?;
    }
    let mut version = 0;
    let series = race(contenders.len(), bench.runs, |round, index| {
        if version <= round as u64 {
            version += 1;
            overwrite(&File::options().write(true).open(&large)?, bytes, version)?;
            source.settle()?;
            std::thread::sleep(PAST);
        }
        Caches::Dropped.prepare()?;
        measure((contenders[index].commands)(&lanes[index]))
    })?;
    let setting = format!(
        "One file of {bytes} bytes, overwritten in {PLACES} places of 16 bytes, others at each run; its copy is behind ssh on the same machine; caches dropped."
    );
    Ok(compared(setting, &contenders, series))
}

fn overwrite(file: &File, bytes: u64, version: u64) -> Result<()> {
    let apart = bytes / PLACES;
    for place in 0..PLACES {
        let at = place * apart + (version * 977 + place * 131) % (apart - 16);
        file.write_all_at(&(version + 1).to_le_bytes().repeat(2), at)?;
    }
    Ok(())
}
