//! How much memory processes took: the kernel's own maximum, asked for while they run.
//! Which processes, and what that may be, is for others.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often a process is asked for the most memory it ever had. The kernel keeps the maximum: only growth in
/// the last moments before the end can be missed.
const OFTEN: Duration = Duration::from_millis(5);

/// A process that is watched, or one that is yet to be found.
pub(super) struct Watched {
    words: Option<Vec<String>>,
    process: Option<u32>,
    /// The most resident memory that it was seen to have had.
    pub(super) peak_kib: u64,
}

impl Watched {
    /// The process of this number.
    pub(super) fn process(number: u32) -> Self {
        Self {
            words: None,
            process: Some(number),
            peak_kib: 0,
        }
    }

    /// The process that was started with exactly these words, the program's path first; it need not be a child of ours.
    pub(super) fn started_as(words: &[String]) -> Self {
        Self {
            words: Some(words.to_vec()),
            process: None,
            peak_kib: 0,
        }
    }

    fn look(&mut self) {
        if self.process.is_none() {
            self.process = self.words.as_deref().and_then(running);
        }
        match self.process.map(peak_of).unwrap_or_default() {
            0 => self.process = None,
            peak_kib => self.peak_kib = self.peak_kib.max(peak_kib),
        }
    }
}

/// Looks at one and the others until it is told that it is over.
pub(super) fn watch(one: &mut Watched, others: &mut [Watched], over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        one.look();
        others.iter_mut().for_each(Watched::look);
        std::thread::sleep(OFTEN);
    }
}

/// The number of the process that was started with these words, where one runs.
fn running(words: &[String]) -> Option<u32> {
    let wanted: String = words.iter().flat_map(|word| [word, "\0"]).collect();
    let started = |folder: &Path| fs::read(folder.join("cmdline")).unwrap_or_default();
    fs::read_dir("/proc")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|process: &u32| started(&folder_of(*process)) == wanted.as_bytes())
}

/// 0 where there is none, as of a process that has ended.
fn peak_of(process: u32) -> u64 {
    let status = fs::read_to_string(folder_of(process).join("status")).unwrap_or_default();
    peak_in(&status)
}

/// The figure in `VmHWM:   12345 kB`.
fn peak_in(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok())
        .unwrap_or_default()
}

fn folder_of(process: u32) -> PathBuf {
    Path::new("/proc").join(process.to_string())
}
