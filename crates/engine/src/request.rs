//! What is asked of one pass, and by whom.

use serde::{Deserialize, Serialize};

/// Which pass is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PassKind {
    /// Scans, compares and plans; reads no content and changes nothing.
    Plan,
    /// The whole pass.
    Run,
    /// Scans, reads what was not read, and compares; changes neither tree.
    Verify,
}

/// One pass as it is asked for.
#[derive(Clone, Debug)]
pub struct PassRequest {
    /// Which pass.
    pub kind: PassKind,
    /// Reads every byte of both copies.
    pub reread: bool,
    /// Takes over a standby that holds data of others.
    pub adopt: bool,
    /// The hash of a refusal that somebody looked at and approves.
    pub approve: Option<String>,
    /// Why, in the operator's words.
    pub reason: Option<String>,
    /// The schedule that asks, in words; `None` where a person does.
    pub schedule: Option<String>,
    /// Only this path is put right: the work of `repair`.
    pub repair: Option<counterpart_model::EntryPath>,
    /// Who asks.
    pub actor: Actor,
    /// With what.
    pub tool: Tool,
    /// SHA-256 of the configuration in force, in hexadecimal.
    pub config_sha256: String,
}

/// Who runs a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account name.
    pub account: String,
    /// Host name.
    pub host: String,
    /// The command as it was given, without secrets.
    pub command: String,
}

/// The program that runs a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// `counterpart`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of the program file, in hexadecimal.
    pub sha256: String,
    /// Local offset from UTC at the time of the pass, in seconds east.
    pub utc_offset_seconds: i32,
}
