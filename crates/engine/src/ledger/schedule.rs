//! What is kept of a pair's schedule: what ran last, and what became of each run that was due.
//!
//! Both are for those who run the pair. They are no evidence: that a pass was made is said by its certificate.

use crate::ledger::Ledger;
use counterpart_model::Failure;
use counterpart_store::files::{append_json_line, each_json_line, names_with, read_json, write_json_atomic};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::path::PathBuf;

/// How the file of a month's records is called, before the month.
pub(super) const RECORDS: &str = "records-";

/// What the schedule of a pair goes by. A pass that was interrupted leaves it as it was, and so is due again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMemory {
    /// The schedule in words.
    pub schedule: String,
    /// When the last pass began, in seconds since 1970; `None` before the first.
    pub began_seconds: Option<i64>,
    /// Every due time up to this one is dealt with.
    pub settled_seconds: i64,
}

/// What happened with a run of a pair, or in `serve` as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunRecord {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// The pair; absent where `serve` as a whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<String>,
    /// `began`, `ended`, `failed`, `interrupted`, `waits` (it will run later) or `skipped` (it will not). Of `serve` as a
    /// whole: `started`, `reloaded`, `not-reloaded`, `pruned`, `trouble`, `stopping` and `stopped`.
    pub event: String,
    /// When the run was due, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Why it waits, was skipped or interrupted, or began late: `still-running`, `outside-window`, `paused`, `missed`,
    /// `stopping`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it will run, where that is known, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How many due times are meant, where they are more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<u64>,
    /// The pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<String>,
    /// How it ended: `congruent`, `not-congruent` or `refused`; else the code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The time for which the verdict holds, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// How long the pass took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// More, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Ledger {
    /// What the schedule goes by; `None` before the first run.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn run_memory(&self) -> Result<Option<RunMemory>, Failure> {
        read_json(&self.schedule_file("memory.json")?)
    }

    /// Keeps what the schedule goes by.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn remember_run(&self, memory: &RunMemory) -> Result<(), Failure> {
        write_json_atomic(&self.schedule_file("memory.json")?, memory)
    }

    /// Records what happened with a run.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn record_run(&self, record: &RunRecord) -> Result<(), Failure> {
        let month = record.at.get(..7).unwrap_or("0000-00");
        append_json_line(&self.schedule_file(&format!("{RECORDS}{month}.ndjson"))?, record)
    }

    /// The last records of this month and the one before, oldest first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn run_records(&self, most: usize) -> Result<Vec<RunRecord>, Failure> {
        let mut records = VecDeque::with_capacity(most.min(1_024));
        let mut months = names_with(&self.dir().schedule_dir()?, ".ndjson")?;
        // What is asked for is of the last ones.
        let months = months.split_off(months.len().saturating_sub(2));
        for month in months {
            each_json_line(
                &self.schedule_file(&format!("{month}.ndjson"))?,
                |record: RunRecord| {
                    if records.len() == most {
                        records.pop_front();
                    }
                    records.push_back(record);
                },
            )?;
        }
        Ok(records.into())
    }

    fn schedule_file(&self, name: &str) -> Result<PathBuf, Failure> {
        Ok(self.dir().schedule_dir()?.join(name))
    }
}
