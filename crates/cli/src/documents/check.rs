//! The document of `check`.

use crate::config::Mistake;
use schemars::JsonSchema;
use serde::Serialize;

/// What `check` prints.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct CheckDocument {
    /// The configuration file; absent where remembered mirrors were checked.
    pub configuration: Option<String>,
    /// True when nothing is in the way of a pass.
    pub ready: bool,
    /// What is wrong in the configuration.
    pub mistakes: Vec<MistakeDocument>,
    /// Each pair's preflight.
    pub pairs: Vec<PairCheck>,
}

/// One mistake in the configuration.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MistakeDocument {
    /// The file.
    pub file: String,
    /// Its line, counted from one.
    pub line: Option<usize>,
    /// Its column, counted from one.
    pub column: Option<usize>,
    /// What is wrong.
    pub why: String,
    /// What to write instead.
    pub hint: String,
}

/// The preflight of one pair.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PairCheck {
    /// Its name.
    pub pair: String,
    /// True when nothing is in the way of a pass.
    pub ready: bool,
    /// What was looked at.
    pub lines: Vec<CheckLine>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckLine {
    /// `production`, `standby` or `pair`.
    pub site: String,
    /// What was looked at: `root`, `filesystem`, `room`, `clock`, `names`, `metadata`, `link`,
    /// `commands`, `bandwidth`, `messages`.
    pub about: String,
    /// False where it is in the way of a pass.
    pub ok: bool,
    /// What was seen.
    pub message: String,
    /// What to do; empty where there is nothing to do.
    pub remedy: String,
}

impl From<&Mistake> for MistakeDocument {
    fn from(mistake: &Mistake) -> Self {
        Self {
            file: mistake.file.display().to_string(),
            line: mistake.place.map(|(line, _)| line),
            column: mistake.place.map(|(_, column)| column),
            why: mistake.why.clone(),
            hint: mistake.hint.clone(),
        }
    }
}
