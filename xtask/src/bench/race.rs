//! Running programs against the clock, in turn, and watching how much memory ours takes.
//! Which programs, and on what, is for the cases.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::shown;

/// How often a process is asked for the most memory it ever had. The kernel keeps the maximum: only growth in
/// the last moments before the end can be missed.
const WATCH: Duration = Duration::from_millis(5);

/// One measured run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heat {
    /// From the start of the first command to the end of the last.
    pub seconds: f64,
    /// The most resident memory that the first command's process had.
    pub peak_kib: u64,
}

/// All runs of one contender.
#[derive(Debug, Default)]
pub struct Series {
    /// In the order of running.
    pub heats: Vec<Heat>,
}

impl Series {
    /// The middle of the times; 0 of none.
    pub fn median(&self) -> f64 {
        let times = self.times();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    /// The fastest and the slowest.
    pub fn spread(&self) -> (f64, f64) {
        let times = self.times();
        (
            times.first().copied().unwrap_or_default(),
            times.last().copied().unwrap_or_default(),
        )
    }

    /// The most memory of any run, in MiB.
    pub fn peak_mib(&self) -> u64 {
        self.heats
            .iter()
            .map(|heat| heat.peak_kib)
            .max()
            .unwrap_or_default()
            .div_ceil(1024)
    }

    fn times(&self) -> Vec<f64> {
        let mut times: Vec<f64> = self.heats.iter().map(|heat| heat.seconds).collect();
        times.sort_by(f64::total_cmp);
        times
    }
}

/// Lets each of `contenders` run in every round, another one first each time.
pub fn race(
    contenders: usize,
    rounds: usize,
    mut heat: impl FnMut(usize, usize) -> Result<Heat>,
) -> Result<Vec<Series>> {
    let mut series: Vec<Series> = (0..contenders).map(|_| Series::default()).collect();
    for round in 0..rounds {
        for turn in 0..contenders {
            let contender = (turn + round) % contenders;
            series[contender].heats.push(heat(round, contender)?);
        }
    }
    Ok(series)
}

/// Runs the commands one after the other; each must succeed.
pub(super) fn measure(commands: Vec<Command>) -> Result<Heat> {
    let began = Instant::now();
    let mut peaks = Vec::new();
    for mut command in commands {
        peaks.push(run_watched(&mut command).with_context(|| format!("running {}", shown(&command)))?);
    }
    Ok(Heat {
        seconds: began.elapsed().as_secs_f64(),
        peak_kib: peaks.first().copied().unwrap_or_default(),
    })
}

/// Runs one command to its end; gives its peak of resident memory in KiB.
fn run_watched(command: &mut Command) -> Result<u64> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let ended = AtomicBool::new(false);
    let (status, peak) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&status_file, &ended));
        let status = wait(&mut child, &ended);
        (status, watcher.join().unwrap_or_default())
    });
    let status = status?;
    if !status.success() {
        bail!("it ended with {status}; its own words are above");
    }
    Ok(peak)
}

fn wait(child: &mut Child, ended: &AtomicBool) -> std::io::Result<std::process::ExitStatus> {
    let status = child.wait();
    ended.store(true, Ordering::Relaxed);
    status
}

fn watch(status_file: &str, ended: &AtomicBool) -> u64 {
    let mut peak = 0;
    while !ended.load(Ordering::Relaxed) {
        peak = peak.max(peak_in(&fs::read_to_string(status_file).unwrap_or_default()));
        std::thread::sleep(WATCH);
    }
    peak
}

/// The figure in `VmHWM:   12345 kB`; 0 where there is none, as in a process that has ended.
fn peak_in(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap_or_default()
}
