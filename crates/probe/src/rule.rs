//! The rules as they are configured. What each does is in `normaliser`.

use serde::{Deserialize, Serialize};

/// One rule; rules hold in the order in which they stand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// What this pattern matches within a line is replaced by [`crate::MARK`].
    Mask(String),
    /// These columns of each line go.
    Drop(Drop),
    /// Lines are sorted by their bytes, each with a line feed.
    Sort,
    /// Of a JSON document only what lies at these paths stays.
    JsonKeep(Vec<String>),
    /// Of a JSON document what lies at these paths goes.
    JsonLeave(Vec<String>),
}

/// Columns that go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Drop {
    /// Which.
    pub columns: Vec<Column>,
    /// What stands between two columns; blanks and tabs, as many as there are, unless set.
    pub separator: Option<String>,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// By its number, from 1.
    Number(u32),
    /// By what the first line calls it.
    Name(String),
}

impl Rule {
    /// The rule's word in configurations and documents.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Mask(_) => "mask",
            Self::Drop(_) => "drop",
            Self::Sort => "sort",
            Self::JsonKeep(_) => "json_keep",
            Self::JsonLeave(_) => "json_leave",
        }
    }

    /// What it is about: the pattern, the columns or the paths.
    pub fn values(&self) -> Vec<String> {
        match self {
            Self::Mask(pattern) => vec![pattern.clone()],
            Self::Drop(drop) => drop.columns.iter().map(ToString::to_string).collect(),
            Self::Sort => Vec::new(),
            Self::JsonKeep(paths) | Self::JsonLeave(paths) => paths.clone(),
        }
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Name(name) => out.write_str(name),
        }
    }
}
