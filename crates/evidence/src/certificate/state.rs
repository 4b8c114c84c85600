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
    /// From when until when it was held, and for how long in sum; absent where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldSpan>,
    /// It was read from a snapshot, where that is so.
    #[serde(default, skip_serializing_if = "is_false")]
    pub snapshot: bool,
    /// A first round brought content before it was held, where that is so: what it set aside is in a history of its own name.
    #[serde(default, skip_serializing_if = "is_false")]
    pub copied_ahead: bool,
    /// How the standby was kept still meanwhile; absent where it was not.
    #[serde(default, skip_serializing_if = "HoldMethod::is_none")]
    pub standby_hold: HoldMethod,
}

/// How long production was held, by the clock of the host that ran the pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldSpan {
    /// When it was held first.
    pub from: Moment,
    /// When it was released last.
    pub until: Moment,
    /// For how long in sum, in milliseconds.
    pub held_ms: u64,
}

/// One thing at the standby that files do not carry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readiness {
    /// The check's name.
    pub name: String,
    /// True where it is as it should be.
    pub ready: bool,
    /// Why not; `null` where it is.
    pub why: Option<String>,
    /// When it was looked at.
    pub at: Moment,
    /// Since when it is so.
    pub since: Moment,
}

/// One step of a pass.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTaken {
    /// The step.
    pub step: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
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
    /// True for none.
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

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
