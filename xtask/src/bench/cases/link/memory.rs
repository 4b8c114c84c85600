//! The most memory that both ends of a link hold: our process and the agent that ssh starts, each at its own most.
//! The sum can be more than they ever held at once.

use anyhow::{Result, bail};

use super::large::Large;
use crate::bench::Bench;
use crate::bench::cases::{copying, room};
use crate::bench::disk::Disk;
use crate::bench::peers::Lane;
use crate::bench::peers::link::{agent, our_push, way};
use crate::bench::race::{Heat, Series, Unit, measure_beside};
use crate::bench::report::{Bar, Report, Row};
use crate::bench::watch::Watched;

/// What both ends together may take.
const MOST_MIB: u64 = 160;

/// A first copy of 50,000 files, and a large file in which all bytes moved.
pub(in crate::bench::cases) fn memory(bench: &Bench<'_>) -> Result<Report> {
    let mut rows = first(bench)?;
    rows.extend(moved(bench)?);
    Ok(Report {
        setting: "The most resident memory of the two ends of a link, each by itself and added.".to_owned(),
        unit: Unit::Seconds,
        rows,
    })
}

fn first(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let (source, shape) = copying::small_files(bench)?;
    let standby = Disk::fresh(&bench.folder, "standby", room(4))?;
    let lane = Lane::between(&source, &standby, 0)?;
    ends(
        bench,
        &lane,
        &format!("first copy of {} files of 8 to 24 KiB", shape.files()),
    )
}

fn moved(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let large = Large::prepare(bench, &[our_push(bench, &way(bench)?)])?;
    let scene = format!("{} bytes, {}", large.bytes, large.insert()?);
    ends(bench, &large.lanes[0], &scene)
}

fn ends(bench: &Bench<'_>, lane: &Lane, scene: &str) -> Result<Vec<Row>> {
    let push = our_push(bench, &way(bench)?);
    let mut far = [Watched::started_as(&agent(&bench.program, lane))];
    let near = measure_beside((push.commands)(lane), &mut far)?;
    let far_kib = far[0].peak_kib;
    if far_kib == 0 {
        bail!(
            "no agent was seen at the far end; if COUNTERPART_BIN is a script, name the program that it starts"
        );
    }
    let row = |end: &str, peak_kib, bar| Row {
        name: format!("{scene}: {end}"),
        series: Series::of(Heat { peak_kib, ..near }),
        ours: true,
        bar,
    };
    Ok(vec![
        row("counterpart mirror", near.peak_kib, Bar::None),
        row("counterpart agent", far_kib, Bar::None),
        row("both", near.peak_kib + far_kib, Bar::Memory(MOST_MIB)),
    ])
}
