//! Point 11: probes with their outputs, raw and normalised, and the rules of the normaliser.
//!
//! No line of an output is here: outputs are files beside the certificate, which it names by their digests.

use super::{Attachment, Moment};
use counterpart_model::Verdict;
use serde::{Deserialize, Serialize};

/// One probe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Its name.
    pub name: String,
    /// The rules of the normaliser, in their order.
    pub rules: Vec<ProbeRule>,
    /// When an output is clean; `null` when that was not asked.
    pub clean_rule: Option<ProbeClean>,
    /// Nothing at both sites is equal, too.
    pub may_be_empty: bool,
    /// Whether the normalised outputs agree, and both ended in the same way.
    pub verdict: Verdict,
    /// Lines that are not the same; `null` where the outputs were not compared, or are the same.
    pub difference: Option<ProbeDifference>,
    /// Whether it was clean at both sites; `null` without a rule.
    pub clean: Option<bool>,
    /// At production.
    pub production: ProbeSite,
    /// At the standby.
    pub standby: ProbeSite,
}

/// A rule of the normaliser.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeRule {
    /// `mask`, `drop`, `sort`, `json_keep` or `json_leave`.
    pub rule: String,
    /// The pattern, the columns or the paths.
    pub values: Vec<String>,
    /// What stands between columns; `null` for blanks, and for other rules.
    pub separator: Option<String>,
}

/// When an output is clean.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeClean {
    /// A pattern that is found in it.
    pub pattern: Option<String>,
    /// The statuses with which it may end; empty for 0, or 200 to 299.
    pub exits: Vec<i64>,
}

/// How many lines of the normalised outputs are not the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeDifference {
    /// Lines of production's that the standby's lacks.
    pub only_production: u64,
    /// Lines of the standby's that production's lacks.
    pub only_standby: u64,
    /// Lines after those, of which it was not said, since there are too many.
    pub not_compared: u64,
}

/// A probe at one site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeSite {
    /// What was done: `run`, `get`, `connect` or `command`.
    pub act: String,
    /// The program and its arguments, the address without its secret, or the name.
    pub words: Vec<String>,
    /// Why nothing was compared, in one word; `null` where it could be.
    pub obstacle: Option<String>,
    /// What came of it; `null` when it did not run.
    pub output: Option<ProbeOutput>,
}

/// What a probe gave at one site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeOutput {
    /// When it began, by the clock of the host that ran the pass.
    pub began: Moment,
    /// When it ended, by the same clock.
    pub ended: Moment,
    /// `status`, `signal` or `timeout`.
    pub ended_by: String,
    /// Its exit, its status of HTTP, or the number of the signal; `null` after its time was over.
    pub status: Option<i64>,
    /// Bytes after those that are kept.
    pub omitted_bytes: u64,
    /// The output as it came.
    pub raw: Attachment,
    /// What it wrote to its standard error; `null` when it wrote nothing there.
    pub errors: Option<Attachment>,
    /// The output after the rules; `null` when they could not be applied.
    pub normalised: Option<Attachment>,
    /// Whether it was clean here; `null` when that was not asked.
    pub clean: Option<bool>,
}

impl Probe {
    /// Both sites, production first.
    pub const fn sites(&self) -> [&ProbeSite; 2] {
        [&self.production, &self.standby]
    }

    /// Everything that it names, of both sites.
    pub fn attachments(&self) -> impl Iterator<Item = &Attachment> {
        let outputs = self.sites().into_iter().filter_map(|site| site.output.as_ref());
        outputs.flat_map(|output| {
            let others = [output.errors.as_ref(), output.normalised.as_ref()];
            std::iter::once(&output.raw).chain(others.into_iter().flatten())
        })
    }
}
