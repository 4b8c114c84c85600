//! The settings of a pair that the engine needs. Reading them from a file is the program's work.

use crate::hooks::Hooks;
use crate::probes::ProbeSettings;
use counterpart_model::Policy;
use serde::{Deserialize, Serialize};

/// One pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairSettings {
    /// The pair's name.
    pub name: String,
    /// The policy of its tree.
    pub policy: Policy,
    /// Files younger than this wait for a later pass.
    pub settle_seconds: u64,
    /// How long history is kept.
    pub history_seconds: u64,
    /// Every byte of both copies is read again within this time.
    pub reread_seconds: u64,
    /// Globs of names that never change once they are certified.
    pub append_only: Vec<String>,
    /// How the application renames what it retires: `X{name}`.
    pub retired: Option<String>,
    /// The guards.
    pub guards: Guards,
    /// Threads that move content; 0 chooses by the machine.
    pub movers: usize,
    /// What is done around the tree.
    #[serde(default)]
    pub hooks: Hooks,
    /// What is asked of the application at both sites.
    #[serde(default)]
    pub probes: Vec<ProbeSettings>,
}

/// Limits that the whole plan is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guards {
    /// Most entries that one pass may delete.
    pub max_delete: Limit,
    /// Most files whose content one pass may change.
    pub max_change: Limit,
    /// Bytes that stay free at the standby for evidence.
    pub reserve_bytes: u64,
}

/// A limit, as a share of what the standby holds or as a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Limit {
    /// So many entries.
    Entries(u64),
    /// This share of the entries, in parts of one (0.01 is one percent), and never below [`Limit::FLOOR`] entries.
    Share(f64),
}

impl Limit {
    /// A share never refuses fewer entries than this.
    pub const FLOOR: u64 = 50;

    /// The number of entries that the limit allows in a tree of `entries`.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count, rounded down and never negative"
    )]
    pub fn of(self, entries: u64) -> u64 {
        match self {
            Self::Entries(number) => number,
            Self::Share(share) => ((entries as f64 * share.max(0.0)) as u64).max(Self::FLOOR),
        }
    }
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            max_delete: Limit::Share(0.01),
            max_change: Limit::Share(0.1),
            reserve_bytes: 256 * 1024 * 1024,
        }
    }
}

impl Default for PairSettings {
    fn default() -> Self {
        const DAY_SECONDS: u64 = 86_400;
        Self {
            name: String::new(),
            policy: Policy::default(),
            settle_seconds: 0,
            history_seconds: 400 * DAY_SECONDS,
            reread_seconds: 30 * DAY_SECONDS,
            append_only: Vec::new(),
            retired: None,
            guards: Guards::default(),
            movers: 0,
            hooks: Hooks::default(),
            probes: Vec::new(),
        }
    }
}
