//! Whether an output says that the application itself is content. Nothing of whether two sites agree.

use crate::compare::{Ended, Output};
use crate::pattern::pattern;
use regex::bytes::Regex;
use serde::{Deserialize, Serialize};

/// When an output is clean, as it is configured. At least one of the two is set; where both are, both must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CleanRule {
    /// Found in the output as it came.
    pub pattern: Option<String>,
    /// One of these exits, or of these HTTP statuses; empty for those that are good anyway.
    pub exits: Vec<i64>,
}

/// The same, ready to judge.
#[derive(Clone, Debug)]
pub struct Clean {
    pattern: Option<Regex>,
    exits: Vec<i64>,
}

impl Clean {
    /// Makes a rule ready.
    ///
    /// # Errors
    /// What is wrong with its pattern.
    pub fn new(rule: &CleanRule) -> Result<Self, String> {
        Ok(Self {
            pattern: rule.pattern.as_deref().map(pattern).transpose()?,
            exits: rule.exits.clone(),
        })
    }

    /// Whether an output is clean. One that did not come to its own end never is.
    pub fn holds(&self, output: &Output) -> bool {
        let ended = match output.ended {
            Ended::Status { good, .. } if self.exits.is_empty() => good,
            Ended::Status { status, .. } => self.exits.contains(&status),
            Ended::Signalled(_) | Ended::TimedOut => false,
        };
        let found = |pattern: &Regex| pattern.is_match(&output.raw);
        ended && self.pattern.as_ref().is_none_or(found)
    }
}
