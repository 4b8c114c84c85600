//! Point 2: who ran the pass, and why.

use serde::{Deserialize, Serialize};

/// Who and why.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Account that the program ran under.
    pub account: String,
    /// Person behind it where that is another, as `sudo` or the caller tells; `null` when nobody told.
    pub person: Option<String>,
    /// Host that the program ran on.
    pub host: String,
    /// The command with its arguments.
    pub command: Vec<String>,
    /// The reason that was given with `--reason`.
    pub reason: Option<String>,
    /// The schedule that started it; `null` when a person did.
    pub schedule: Option<String>,
    /// Hash of the plan that somebody approved past a guard; `null` when no approval was used.
    pub approval: Option<String>,
}
