//! The policy of a pair's tree: what is left out, what is carried, how content is digested.
//!
//! Two manifests can only be exchanged by change lists when they were made under the same policy; its hash is in
//! their headers.

use crate::{Algorithm, Carry, Digest, Grain};
use serde::{Deserialize, Serialize};

/// How owners are compared and set.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnerBy {
    /// By user and group name.
    #[default]
    Name,
    /// By number.
    Number,
}

/// How stubs of hierarchical storage are recognised and treated.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StubPolicy {
    /// Globs of names that are shortcuts or stubs.
    pub patterns: Vec<String>,
    /// True where a file with a size but no blocks is a stub. Off by default: a file of holes looks the same.
    pub no_blocks: bool,
    /// True where stubs may be opened, which recalls their content.
    pub recall: bool,
}

/// The policy of a tree.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Policy {
    /// Globs of entries that are left out; see docs/CONFIGURATION.md for their precedence.
    pub exclude: Vec<String>,
    /// Metadata classes that are carried and compared.
    pub carry: Carry,
    /// How owners are compared.
    pub owner_by: OwnerBy,
    /// Algorithm of content digests.
    pub algorithm: Algorithm,
    /// Stubs.
    pub stubs: StubPolicy,
}

impl Policy {
    /// Hash of everything that a fact depends on, at the pair's time grain: SHA-256 over one line a setting.
    pub fn hash(&self, grain: Grain) -> Digest {
        let mut text = format!(
            "counterpart policy 1\ngrain {}\ndigest {}\n",
            grain.nanos(),
            self.algorithm.word()
        );
        for class in self.carry.classes() {
            text += &format!("carry {}\n", class.word());
        }
        text += match self.owner_by {
            OwnerBy::Name => "owner name\n",
            OwnerBy::Number => "owner number\n",
        };
        for pattern in &self.exclude {
            text += &format!("exclude {pattern:?}\n");
        }
        for pattern in &self.stubs.patterns {
            text += &format!("stub {pattern:?}\n");
        }
        text += &format!(
            "stub-no-blocks {}\nstub-recall {}\n",
            self.stubs.no_blocks, self.stubs.recall
        );
        Algorithm::Sha256.of(text.as_bytes())
    }
}
