//! Point 8: what was seen, in sum by code, with the first few by name. The item log has every one.

use super::limits::MAX_EXAMPLES;
use counterpart_model::{Code, Failure, Finding, SiteRole, Verdict};
use serde::{Deserialize, Serialize};

/// All findings of one code, site and verdict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The code.
    pub code: Code,
    /// Where it was seen.
    pub site: SiteRole,
    /// What it makes of the entries.
    pub verdict: Verdict,
    /// True where the configuration declares that such entries are left out.
    pub declared: bool,
    /// How many.
    pub count: u64,
    /// Bytes of content concerned, as far as known.
    pub bytes: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The path as shown.
    pub path: String,
    /// The reason in words.
    pub message: String,
}

/// What failed or was refused.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failures {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<FailureEntry>,
}

/// One failure or refusal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureEntry {
    /// The path as shown; `null` when a site or the pass as a whole is meant.
    pub path: Option<String>,
    /// The code.
    pub code: Code,
    /// What was being done, and why it failed.
    pub message: String,
}

/// Sums findings up as they are seen, in memory that does not grow with their number.
#[derive(Clone, Debug, Default)]
pub struct Collector(Vec<Group>);

impl Collector {
    /// Adds one finding and the bytes of content that it concerns.
    pub fn add(&mut self, finding: &Finding, bytes: u64) {
        let group = self.group(finding);
        group.count += 1;
        group.bytes = group.bytes.saturating_add(bytes);
        if group.examples.len() < MAX_EXAMPLES {
            let example = Example {
                path: finding.path.to_string(),
                message: finding.message.clone(),
            };
            group.examples.push(example);
        }
    }

    /// What was not compared, and all the rest, each ordered by code and site.
    pub fn finish(mut self) -> (Vec<Group>, Vec<Group>) {
        self.0
            .sort_by_key(|group| (group.code, group.site, group.declared));
        let not_compared = |group: &Group| group.verdict == Verdict::NotCompared;
        self.0.into_iter().partition(not_compared)
    }

    fn group(&mut self, finding: &Finding) -> &mut Group {
        let same = |group: &Group| {
            group.code == finding.code
                && group.site == finding.site
                && group.verdict == finding.verdict
                && group.declared == finding.declared
        };
        let at = self.0.iter().position(same).unwrap_or_else(|| {
            self.0.push(Group::empty(finding));
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

impl Group {
    fn empty(finding: &Finding) -> Self {
        Self {
            code: finding.code,
            site: finding.site,
            verdict: finding.verdict,
            declared: finding.declared,
            count: 0,
            bytes: 0,
            examples: Vec::new(),
        }
    }
}

impl Failures {
    /// Adds one failure.
    pub fn add(&mut self, path: Option<String>, failure: &Failure) {
        self.count += 1;
        if self.first.len() < MAX_EXAMPLES {
            let message = failure.to_string();
            self.first.push(FailureEntry {
                path,
                code: failure.code,
                message,
            });
        }
    }
}
