//! `[pair.NAME.retention]`: how long what passes leave is kept, beside the history of the standby.

use super::section::Section;
use super::value;

/// How long each is kept, in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Itemised logs and reports of passes.
    pub logs_seconds: u64,
    /// Manifests of passes before the last one, at both sites.
    pub manifests_seconds: u64,
    /// Outputs of probes.
    pub probes_seconds: u64,
    /// What `serve` recorded of runs.
    pub runs_seconds: u64,
}

const DAY: u64 = 86_400;

impl Default for Retention {
    fn default() -> Self {
        Self {
            logs_seconds: 730 * DAY,
            manifests_seconds: 30 * DAY,
            probes_seconds: 400 * DAY,
            runs_seconds: 400 * DAY,
        }
    }
}

impl Retention {
    /// Reads the table.
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let mut retention = Self::default();
        let each = [
            ("logs", &mut retention.logs_seconds),
            ("manifests", &mut retention.manifests_seconds),
            ("probes", &mut retention.probes_seconds),
            ("runs", &mut retention.runs_seconds),
        ];
        for (key, seconds) in each {
            if let Some(read) = section.parsed(key, value::duration) {
                *seconds = read;
            }
        }
        section.end();
        retention
    }
}
