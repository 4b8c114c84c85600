//! Point 8: the verdict of each layer in the closed vocabulary, and the two verdicts of the pass.

use counterpart_model::Verdict;
use serde::{Deserialize, Serialize};

/// The verdicts of a pass.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdicts {
    /// True when nothing is DIFFERENT or UNSETTLED, and nothing NOT-COMPARED but what the configuration declares so.
    pub congruent: bool,
    /// Whether the application's own checks found nothing wrong; `null` when none was asked.
    pub clean: Option<bool>,
    /// One a declared layer.
    pub layers: Vec<LayerVerdict>,
}

/// The verdict of one layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerVerdict {
    /// The layer.
    pub layer: Layer,
    /// Its verdict.
    pub verdict: Verdict,
    /// Things that are equal at both sites.
    pub equal: u64,
    /// Things that are not.
    pub different: u64,
    /// Things that were not compared.
    pub not_compared: u64,
    /// Things that changed while they were observed.
    pub unsettled: u64,
    /// Things that differ by an accepted exception.
    pub excepted: u64,
}

/// A kind of thing that a pair compares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Files, directories and links.
    Tree,
    /// The relational store.
    Database,
    /// Commands and queries whose outputs must agree.
    Probes,
    /// DICOM studies.
    Studies,
    /// The application's services.
    Services,
}

impl Layer {
    /// Every layer, in the order of documents.
    pub const ALL: [Self; 5] = [
        Self::Tree,
        Self::Database,
        Self::Probes,
        Self::Studies,
        Self::Services,
    ];

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Database => "database",
            Self::Probes => "probes",
            Self::Studies => "studies",
            Self::Services => "services",
        }
    }
}
