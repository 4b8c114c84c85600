//! The closed vocabulary of verdicts.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The verdict of a thing or a layer. There is no other word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Verdict {
    /// Both sides were observed and agree.
    Equal,
    /// Both sides were observed and do not agree.
    Different,
    /// At least one side was not observed: nothing is said.
    NotCompared,
    /// It changed while it was observed.
    Unsettled,
    /// A finding that somebody accepted, with a reason and an end.
    Excepted,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [
        Self::Equal,
        Self::Different,
        Self::NotCompared,
        Self::Unsettled,
        Self::Excepted,
    ];

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "EQUAL",
            Self::Different => "DIFFERENT",
            Self::NotCompared => "NOT-COMPARED",
            Self::Unsettled => "UNSETTLED",
            Self::Excepted => "EXCEPTED",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}
