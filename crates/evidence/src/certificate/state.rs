//! Points 6 and 10: in which state production was, and which findings somebody had accepted.

use super::Moment;
use counterpart_model::Code;
use serde::{Deserialize, Serialize};

/// The state of production while it was observed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductionState {
    /// How it was kept still.
    pub hold: HoldMethod,
    /// For how many seconds it could change while it was observed: from the beginning of the last scan to the last
    /// read of content; 0 under a hold that kept it still.
    pub moving_seconds: u64,
    /// Entries born after the scan began, which wait for the next pass.
    pub after_cut_off: u64,
    /// Files held back because they were too young.
    pub settling: u64,
    /// Position in the database's log; `null` without a database.
    pub database_position: Option<String>,
}

/// How production was kept still.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoldMethod {
    /// It was not.
    #[default]
    None,
    /// It was asked whether it was idle, before and after.
    CheckIdle,
    /// It was made read-only.
    ReadOnly,
    /// Its application was stopped.
    Stop,
}

/// An accepted finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionInForce {
    /// Its name in the register.
    pub id: String,
    /// Glob of the entries.
    pub pattern: String,
    /// Codes that it covers; all when empty.
    pub codes: Vec<Code>,
    /// Why it was accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// When it was accepted.
    pub accepted: Moment,
    /// Until when it holds.
    pub expires: Moment,
    /// Entries that it covered in this pass.
    pub matched: u64,
}

impl HoldMethod {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::CheckIdle => "check-idle",
            Self::ReadOnly => "read-only",
            Self::Stop => "stop",
        }
    }
}
