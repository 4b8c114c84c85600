//! Findings: what a pass saw that somebody should know. A finding never stops a pass; a guard's refusal does.

use crate::{Code, EntryPath, Verdict};
use serde::{Deserialize, Serialize};

/// One end of a pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteRole {
    /// The side that is only read.
    Production,
    /// The side that is kept equal.
    Standby,
}

/// Something seen of one entry, or of a site as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The entry; the root where the site as a whole is meant.
    pub path: EntryPath,
    /// The stable code.
    pub code: Code,
    /// The side it was seen at.
    pub site: SiteRole,
    /// What it makes of the entry.
    pub verdict: Verdict,
    /// True where the configuration declares that such entries are left out, so that the pass may be congruent.
    pub declared: bool,
    /// The reason in words.
    pub message: String,
}

impl SiteRole {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Standby => "standby",
        }
    }
}

impl std::fmt::Display for SiteRole {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.word())
    }
}

impl Finding {
    /// A finding that the configuration does not declare.
    pub fn new(
        path: &EntryPath,
        code: Code,
        site: SiteRole,
        verdict: Verdict,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: path.clone(),
            code,
            site,
            verdict,
            declared: false,
            message: message.into(),
        }
    }

    /// The same finding, declared by the configuration.
    pub fn declared(mut self) -> Self {
        self.declared = true;
        self
    }
}
