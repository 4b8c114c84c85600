//! Running programs against the clock, in turn, and what a run came to.
//! Which programs, and on what, is for the cases.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::watch::{Watched, watch};
use crate::process::shown;

/// One measured run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Heat {
    /// From the start of the first command to the end of the last.
    pub seconds: f64,
    /// What crossed the link, both directions together; 0 where nobody counted.
    pub wire_bytes: u64,
    /// The most resident memory that the first command's process had.
    pub peak_kib: u64,
}

/// What of a run is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Its time.
    Seconds,
    /// What it sent and received.
    WireBytes,
}

impl Unit {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a double holds every count below 9 * 10^15 exactly"
    )]
    fn of(self, heat: &Heat) -> f64 {
        match self {
            Self::Seconds => heat.seconds,
            Self::WireBytes => heat.wire_bytes as f64,
        }
    }
}

/// All runs of one contender.
#[derive(Debug, Default)]
pub struct Series {
    /// In the order of running.
    pub heats: Vec<Heat>,
}

impl Series {
    /// One run.
    pub(super) fn of(heat: Heat) -> Self {
        Self { heats: vec![heat] }
    }

    /// The middle of the figures; 0 of none.
    pub fn median(&self, unit: Unit) -> f64 {
        let figures = self.figures(unit);
        figures.get(figures.len() / 2).copied().unwrap_or_default()
    }

    /// The least and the most.
    pub fn spread(&self, unit: Unit) -> (f64, f64) {
        let figures = self.figures(unit);
        (
            figures.first().copied().unwrap_or_default(),
            figures.last().copied().unwrap_or_default(),
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

    fn figures(&self, unit: Unit) -> Vec<f64> {
        let mut figures: Vec<f64> = self.heats.iter().map(|heat| unit.of(heat)).collect();
        figures.sort_by(f64::total_cmp);
        figures
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
    measure_beside(commands, &mut [])
}

/// The same, and watches other processes meanwhile, such as those that a command has started by a far end.
pub(super) fn measure_beside(commands: Vec<Command>, others: &mut [Watched]) -> Result<Heat> {
    let began = Instant::now();
    let mut peaks = Vec::new();
    for mut command in commands {
        let peak = run_watched(&mut command, others);
        peaks.push(peak.with_context(|| format!("running {}", shown(&command)))?);
    }
    Ok(Heat {
        seconds: began.elapsed().as_secs_f64(),
        peak_kib: peaks.first().copied().unwrap_or_default(),
        ..Heat::default()
    })
}

/// Runs one command to its end; gives its peak of resident memory in KiB.
fn run_watched(command: &mut Command, others: &mut [Watched]) -> Result<u64> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut ours = Watched::process(child.id());
    let ended = AtomicBool::new(false);
    let status = std::thread::scope(|scope| {
        scope.spawn(|| watch(&mut ours, others, &ended));
        let status = child.wait();
        ended.store(true, Ordering::Relaxed);
        status
    })?;
    if !status.success() {
        bail!("it ended with {status}; its own words are above");
    }
    Ok(ours.peak_kib)
}
