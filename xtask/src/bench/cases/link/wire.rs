//! How many bytes cross the link when little or nothing changed, by ssh's own count of both directions.
//! Each pass is run once: a count does not depend on what else the machine does.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::large::Large;
use crate::bench::Bench;
use crate::bench::cases::passing::Ground;
use crate::bench::peers::link::{our_push, rsync_push_compressed, way};
use crate::bench::peers::{Contender, Lane};
use crate::bench::race::{Series, Unit};
use crate::bench::report::{Report, Row};
use crate::bench::wire::measure_counted;

/// A change to the large file, and what it is called.
type Change = fn(&Large) -> Result<String>;

/// A large file that changes in three ways, and 200,000 files of which none does.
pub(in crate::bench::cases) fn wire(bench: &Bench<'_>) -> Result<Report> {
    let mut rows = changes(bench)?;
    rows.extend(nothing(bench)?);
    Ok(Report {
        setting: "What crosses ssh when a copy is brought up to date, sent and received together, as `ssh -v` counts it; no byte of the content can be compressed.".to_owned(),
        unit: Unit::WireBytes,
        rows,
    })
}

fn log(bench: &Bench<'_>) -> PathBuf {
    bench.folder.join("ssh").join("log")
}

/// Ours first; it compresses what it sends, so rsync does too.
fn contenders(bench: &Bench<'_>, most: f64) -> Result<[Contender; 2]> {
    let way = way(bench)?.counted(&log(bench));
    Ok([our_push(bench, &way), rsync_push_compressed(&way, most)?])
}

fn changes(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let contenders = contenders(bench, 1.0)?;
    let large = Large::prepare(bench, &contenders)?;
    let all: [Change; 3] = [Large::overwrite, Large::insert, Large::append];
    let mut rows = Vec::new();
    for change in all {
        let scene = format!("{} bytes, {}", large.bytes, change(&large)?);
        rows.extend(counted(&contenders, &large.lanes, &scene, &log(bench))?);
    }
    Ok(rows)
}

fn nothing(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let contenders = contenders(bench, 0.05)?;
    let ground = Ground::prepare(bench, &contenders)?;
    let scene = format!("nothing changed in {} files", ground.shape.files());
    counted(&contenders, &ground.lanes, &scene, &log(bench))
}

fn counted(contenders: &[Contender], lanes: &[Lane], scene: &str, log: &Path) -> Result<Vec<Row>> {
    let row = |(contender, lane): (&Contender, &Lane)| {
        let heat = measure_counted((contender.commands)(lane), log)?;
        Ok(Row {
            name: format!("{scene}: {}", contender.name),
            series: Series::of(heat),
            ours: contender.ours,
            bar: contender.bar,
        })
    };
    contenders.iter().zip(lanes).map(row).collect()
}
