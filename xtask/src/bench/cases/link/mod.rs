//! Copies and passes whose standby is behind ssh on this machine: what both ends and the cipher cost, and no network.
//! Times are here; `wire` counts what travels, `memory` what both ends hold.

mod large;
mod memory;
mod wire;

pub(super) use memory::memory;
pub(super) use wire::wire;

use anyhow::Result;

use super::{copying, passing, room};
use crate::bench::Bench;
use crate::bench::data;
use crate::bench::disk::{Caches, Disk};
use crate::bench::peers::link::{our_push, rsync_push, rsync_push_compressed, tar_push, way};
use crate::bench::report::Report;

/// What a setting says after the tree.
const BEHIND_SSH: &str = ", to a standby behind ssh on the same machine";

/// 50,000 files of about 16 KiB that cannot be compressed.
pub(super) fn first(bench: &Bench<'_>) -> Result<Report> {
    let way = way(bench)?;
    let contenders = [our_push(bench, &way), rsync_push(&way, 0.85)?, tar_push(&way)?];
    let (source, shape) = copying::small_files(bench)?;
    let setting = format!(
        "First copy of {} files of 8 to 24 KiB{BEHIND_SSH}; each run to a new filesystem, caches dropped.",
        shape.files()
    );
    copying::copies(bench, setting, &source, room(4), &contenders)
}

/// 4,000 files of 512 KiB, of which a compressor takes off about half.
pub(super) fn pixels(bench: &Bench<'_>) -> Result<Report> {
    let way = way(bench)?;
    let contenders = [
        our_push(bench, &way),
        rsync_push(&way, 0.85)?,
        rsync_push_compressed(&way, 0.85)?,
    ];
    let (directories, per_directory) = (bench.scaled(40), 100);
    let source = Disk::fresh(&bench.folder, "production", room(4))?;
    data::grow_slices(&source.path("archive"), directories, per_directory)?;
    source.settle()?;
    let setting = format!(
        "First copy of {} slices of 512 KiB, which compress to about half{BEHIND_SSH}; each run to a new filesystem, caches dropped.",
        directories * per_directory
    );
    copying::copies(bench, setting, &source, room(4), &contenders)
}

/// Nothing changed in 200,000 files, which were just looked at.
pub(super) fn unchanged(bench: &Bench<'_>) -> Result<Report> {
    let way = way(bench)?;
    let contenders = [our_push(bench, &way), rsync_push(&way, 0.5)?];
    passing::nothing_changed(bench, &contenders, BEHIND_SSH, Caches::Warm)
}

/// 1,000 changed in 200,000 files, others each time, all just looked at.
pub(super) fn changed(bench: &Bench<'_>) -> Result<Report> {
    let way = way(bench)?;
    let contenders = [our_push(bench, &way), rsync_push(&way, 0.5)?];
    passing::little_changed(bench, &contenders, BEHIND_SSH, Caches::Warm)
}
