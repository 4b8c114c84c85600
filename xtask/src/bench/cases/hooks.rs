//! What the steps around the tree add to a pass, where the commands that they run are instant: holds on both sites, an
//! application, probes and readiness checks, and the round that copies ahead. Beside it the same pass without any of them.

use std::path::Path;

use anyhow::{Context, Result};

use super::{compared, passing::Ground};
use crate::bench::Bench;
use crate::bench::peers::{Contender, our_run};
use crate::bench::race::race;
use crate::bench::report::{Bar, Report};

/// Most seconds that the steps may add.
const MOST_SECONDS: f64 = 0.3;

const HOOKS: &str = r#"
[pair.p.production-hold]
method = "read-only"
begin = ["/bin/true"]
end = ["/bin/true"]
[pair.p.standby-hold]
method = "stop"
begin = ["/bin/true"]
end = ["/bin/true"]
[pair.p.standby-application]
stop = ["/bin/true"]
start = ["/bin/true"]
ready = ["/bin/true"]
[[pair.p.probe]]
name = "records"
run = ["/bin/echo", "12 records"]
[[pair.p.probe]]
name = "queries"
run = ["/bin/echo", "3 queries"]
clean = '^3 queries'
[[pair.p.readiness]]
name = "account"
run = ["/usr/bin/id", "root"]
expect = 'root'
[[pair.p.readiness]]
name = "shell"
run = ["/bin/true"]
"#;

/// 10 changed in 200,000 files, with and without hooks.
pub(super) fn hooks(bench: &Bench<'_>) -> Result<Report> {
    let contenders = [
        our_run(bench, "run, with hooks", HOOKS),
        Contender {
            ours: false,
            bar: Bar::More(MOST_SECONDS),
            ..our_run(bench, "run, without", "")
        },
    ];
    let ground = Ground::prepare(bench, &contenders)?;
    let mut version = 1;
    let series = race(contenders.len(), bench.runs, |_, index| {
        version += 1;
        ground.change(10, version)?;
        ground.heat(&contenders, index, crate::bench::disk::Caches::Warm)
    })?;
    let setting = format!(
        "A pass that finds 10 files changed in {}, with a hold on each site, an application, two probes and two checks, \
         all of which do nothing, and without; caches warm.",
        ground.shape.files()
    );
    Ok(compared(setting, &contenders, series))
}

/// Writes a configuration with these tables.
pub(in crate::bench) fn configure(
    file: &Path,
    production: &Path,
    standby: &Path,
    tables: &str,
) -> Result<()> {
    let (production, standby) = (production.display(), standby.display());
    let text = format!("[pair.p]\nproduction = \"{production}\"\nstandby = \"{standby}\"\n{tables}");
    std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}
