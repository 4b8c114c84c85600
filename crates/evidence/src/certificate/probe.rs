//! Point 11: probes with their outputs, raw and normalised, and the rules of the normaliser.

use super::Attachment;
use counterpart_model::Verdict;
use serde::{Deserialize, Serialize};

/// One probe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Its name.
    pub name: String,
    /// The command with its arguments, or the query.
    pub run: Vec<String>,
    /// Patterns that are masked before the outputs are compared.
    pub mask: Vec<String>,
    /// Pattern by which the application says that nothing is wrong; `null` when none is set.
    pub clean_pattern: Option<String>,
    /// Whether the normalised outputs agree.
    pub verdict: Verdict,
    /// Whether the clean pattern was found at both sites; `null` without one.
    pub clean: Option<bool>,
    /// Output at production; `null` when it did not run.
    pub production: Option<ProbeOutput>,
    /// Output at the standby; `null` when it did not run.
    pub standby: Option<ProbeOutput>,
}

/// What a probe gave at one site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeOutput {
    /// Its exit status.
    pub status: i64,
    /// The output as it came.
    pub raw: Attachment,
    /// The output after the masks.
    pub normalised: Attachment,
}
