//! What is remembered of a pair's messages: what was said last, and what came of it.

use super::Spool;
use crate::channel::ChannelName;
use crate::policy::Said;
use counterpart_model::Failure;
use counterpart_store::files::{make_dir, read_json, write_json_atomic};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// See the module.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Memory {
    /// How the last pass ended, told or not.
    pub last: Option<Said>,
    /// Each way.
    pub channels: BTreeMap<ChannelName, ChannelMemory>,
    /// Messages that were dropped unsent, since the last one that says so.
    pub dropped: u64,
}

/// One way.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ChannelMemory {
    /// What was said last.
    pub said: Option<Said>,
    /// When a message was taken last, in seconds since 1970.
    pub delivered_seconds: Option<i64>,
    /// By when the next message was promised, in seconds since 1970.
    pub promised_seconds: Option<i64>,
}

impl Spool {
    /// What is remembered; nothing at first.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn memory(&self) -> Result<Memory, Failure> {
        Ok(read_json(&self.memory_path())?.unwrap_or_default())
    }

    /// Remembers.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn remember(&self, memory: &Memory) -> Result<(), Failure> {
        make_dir(self.path())?;
        write_json_atomic(&self.memory_path(), memory)
    }

    fn memory_path(&self) -> PathBuf {
        self.path().join("said.json")
    }
}
