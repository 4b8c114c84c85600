//! The closed sets of words that options take.

use clap::ValueEnum;
use counterpart_model::{Algorithm, SiteRole};

/// When to use colours.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ColourWhen {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to show progress.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ProgressForm {
    /// A bar on a terminal, one line a minute otherwise.
    #[default]
    Auto,
    /// A bar.
    Bar,
    /// One line a minute.
    Lines,
    /// Nothing.
    None,
}

/// How content is digested.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum DigestWord {
    /// BLAKE3.
    Blake3,
    /// SHA-256, where a site needs FIPS.
    Sha256,
}

/// A side of a pair.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SideWord {
    /// The side that is only read.
    Production,
    /// The side that is kept equal.
    #[default]
    Standby,
}

/// The form of an exported manifest.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportForm {
    /// Every field of every entry, as RFC 4180 has it.
    Csv,
    /// The list that `b3sum --check` takes.
    B3sum,
    /// The list that `sha256sum --check` takes.
    Sha256sum,
}

impl From<DigestWord> for Algorithm {
    fn from(word: DigestWord) -> Self {
        match word {
            DigestWord::Blake3 => Self::Blake3,
            DigestWord::Sha256 => Self::Sha256,
        }
    }
}

impl From<SideWord> for SiteRole {
    fn from(word: SideWord) -> Self {
        match word {
            SideWord::Production => Self::Production,
            SideWord::Standby => Self::Standby,
        }
    }
}
