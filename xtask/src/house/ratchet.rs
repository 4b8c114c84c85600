//! The ratchet on length: what the code measured when it was last tightened, which it may not outgrow.
//! The file is xtask/house.toml; raising a figure there is a decision, made by a person and seen in the diff.

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// The figures that may only shrink, in lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// The longest function.
    pub longest_function: usize,
    /// The longest file.
    pub longest_file: usize,
    /// Half of the functions are no longer than this.
    pub median_function: usize,
    /// Half of the files are no longer than this.
    pub median_file: usize,
}

/// What nothing may exceed, whatever is recorded.
pub const LIMITS: Figures = Figures {
    longest_function: 100,
    longest_file: 600,
    median_function: 12,
    median_file: 220,
};

/// Below this there is nothing to gain: the ratchet stops.
const GOALS: Figures = Figures {
    longest_function: 40,
    longest_file: 300,
    median_function: 10,
    median_file: 200,
};

const HEAD: &str = "# What the code measured when `cargo xtask house --tighten` last ran, in lines. Tests are apart.\n\
                    # A figure may shrink by itself; raising one is a decision for the review.\n";

impl Figures {
    /// Reads the record.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context("reading xtask/house.toml")
    }

    /// The record as text.
    pub fn render(&self) -> Result<String> {
        Ok(format!(
            "{HEAD}{}",
            toml::to_string(self).context("writing xtask/house.toml")?
        ))
    }

    /// The record after a turn of the ratchet: the smaller of each, but not below the goals.
    #[must_use]
    pub fn tightened(&self, measured: &Self) -> Self {
        let turn = |recorded: usize, now: usize, goal: usize| recorded.min(now.max(goal));
        Self {
            longest_function: turn(
                self.longest_function,
                measured.longest_function,
                GOALS.longest_function,
            ),
            longest_file: turn(self.longest_file, measured.longest_file, GOALS.longest_file),
            median_function: turn(
                self.median_function,
                measured.median_function,
                GOALS.median_function,
            ),
            median_file: turn(self.median_file, measured.median_file, GOALS.median_file),
        }
    }

    /// What outgrew the record, in words.
    pub fn outgrown(&self, measured: &Self) -> Vec<String> {
        let pairs = [
            (
                "the longest function",
                self.longest_function.min(LIMITS.longest_function),
                measured.longest_function,
            ),
            (
                "the longest file",
                self.longest_file.min(LIMITS.longest_file),
                measured.longest_file,
            ),
            (
                "the median function",
                self.median_function.min(LIMITS.median_function),
                measured.median_function,
            ),
            (
                "the median file",
                self.median_file.min(LIMITS.median_file),
                measured.median_file,
            ),
        ];
        let grown = pairs.into_iter().filter(|(_, recorded, now)| now > recorded);
        grown
            .map(|(what, recorded, now)| format!("{what} has {now} lines, above {recorded}"))
            .collect()
    }
}

/// The middle of some lengths; 0 of none.
pub fn median(mut lengths: Vec<usize>) -> usize {
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or(0)
}
