//! Passes over a tree that is there already: nothing changed, and a little changed.
//! Both contenders keep a copy of the same production, on the same new filesystem. They find its names in memory, as a
//! pass does that follows another at once, or nothing, as one does after a night of other work.

use anyhow::Result;

use super::{PAST, compared, room};
use crate::bench::Bench;
use crate::bench::data::{self, Shape};
use crate::bench::disk::{Caches, Disk};
use crate::bench::peers::{self, Contender, Lane};
use crate::bench::race::{Heat, measure, race};
use crate::bench::report::Report;

/// Two copies of one production, brought up to date and warm.
pub(super) struct Ground {
    source: Disk,
    /// What production looks like.
    pub(super) shape: Shape,
    /// A lane for each contender, in their order.
    pub(super) lanes: Vec<Lane>,
    // Last, so that it is unmounted when nothing looks at it any more.
    _standby: Disk,
}

impl Ground {
    /// Makes it, and lets each contender make its copy.
    pub(super) fn prepare(bench: &Bench<'_>, contenders: &[Contender]) -> Result<Self> {
        let shape = Shape {
            directories: bench.scaled(1000),
            per_directory: 200,
            low: 512,
            high: 4096,
        };
        let source = Disk::fresh(&bench.folder, "production", room(4))?;
        data::grow(&source.path("archive"), shape)?;
        source.settle()?;
        let standby = Disk::fresh(&bench.folder, "standby", room(8))?;
        let lanes: Result<Vec<_>> = (0..contenders.len())
            .map(|index| Lane::between(&source, &standby, index))
            .collect();
        let ground = Self {
            source,
            shape,
            lanes: lanes?,
            _standby: standby,
        };
        std::thread::sleep(PAST);
        ground.warm_up(contenders)?;
        Ok(ground)
    }

    /// The first copy, and a pass that leaves everything as later ones find it.
    fn warm_up(&self, contenders: &[Contender]) -> Result<()> {
        for index in 0..contenders.len() {
            self.heat(contenders, index, Caches::Warm)?;
            std::thread::sleep(PAST);
            self.heat(contenders, index, Caches::Warm)?;
        }
        Ok(())
    }

    pub(super) fn heat(&self, contenders: &[Contender], index: usize, caches: Caches) -> Result<Heat> {
        caches.prepare()?;
        measure((contenders[index].commands)(&self.lanes[index]))
    }

    pub(super) fn change(&self, count: u64, version: u64) -> Result<()> {
        data::rewrite(&self.source.path("archive"), self.shape, count, version)?;
        self.source.settle()?;
        std::thread::sleep(PAST);
        Ok(())
    }
}

/// Nothing changed in 200,000 files, which were just looked at.
pub(super) fn unchanged(bench: &Bench<'_>) -> Result<Report> {
    nothing_changed(bench, &local(bench, 0.35)?, "", Caches::Warm)
}

/// Nothing changed in 200,000 files, of which memory holds nothing.
pub(super) fn unchanged_cold(bench: &Bench<'_>) -> Result<Report> {
    nothing_changed(bench, &local(bench, 0.35)?, "", Caches::Dropped)
}

/// 1,000 changed in 200,000 files, others each time, all just looked at.
pub(super) fn changed(bench: &Bench<'_>) -> Result<Report> {
    little_changed(bench, &local(bench, 0.4)?, "", Caches::Warm)
}

/// 1,000 changed in 200,000 files, others each time; memory holds nothing.
pub(super) fn changed_cold(bench: &Bench<'_>) -> Result<Report> {
    little_changed(bench, &local(bench, 0.4)?, "", Caches::Dropped)
}

fn local(bench: &Bench<'_>, most: f64) -> Result<[Contender; 2]> {
    Ok([peers::our_mirror(bench), peers::rsync(most)?])
}

/// Passes of these contenders, whose copy is where `aside` says.
pub(super) fn nothing_changed(
    bench: &Bench<'_>,
    contenders: &[Contender],
    aside: &str,
    caches: Caches,
) -> Result<Report> {
    let ground = Ground::prepare(bench, contenders)?;
    let series = race(contenders.len(), bench.runs, |_, index| {
        ground.heat(contenders, index, caches)
    })?;
    let setting = format!(
        "A pass that finds nothing changed in {} files{aside}; {}.",
        ground.shape.files(),
        caches.told()
    );
    Ok(compared(setting, contenders, series))
}

/// The same, after a little changed.
pub(super) fn little_changed(
    bench: &Bench<'_>,
    contenders: &[Contender],
    aside: &str,
    caches: Caches,
) -> Result<Report> {
    let ground = Ground::prepare(bench, contenders)?;
    let (count, mut version) = (bench.scaled(1000), 0);
    let series = race(contenders.len(), bench.runs, |round, index| {
        // The first to run in a round finds the change made; the second finds the same change.
        if version <= round as u64 {
            version += 1;
            ground.change(count, version)?;
        }
        ground.heat(contenders, index, caches)
    })?;
    let setting = format!(
        "A pass that finds {count} files changed, spread over {}, and others at each run{aside}; {}.",
        ground.shape.files(),
        caches.told()
    );
    Ok(compared(setting, contenders, series))
}
