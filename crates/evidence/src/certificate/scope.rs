//! Point 3: what was compared, and what was left out by which rule.

use super::{Layer, Moment};
use counterpart_model::policy::{OwnerBy, StubPolicy};
use counterpart_model::{Carry, MetadataClass, Tally};
use serde::{Deserialize, Serialize};

/// What the pass covered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Production.
    pub production: SiteScope,
    /// The standby.
    pub standby: SiteScope,
    /// Layers that the pair declares; the others were not looked at.
    pub layers: Vec<Layer>,
    /// Every class of metadata and what became of it.
    pub metadata: Vec<ClassScope>,
    /// How owners were compared.
    pub owner_by: OwnerBy,
    /// Excluded entries.
    pub excluded: Excluded,
    /// How stubs of hierarchical storage were recognised and treated.
    pub stubs: StubPolicy,
    /// Files changed less than so many seconds before the scan were held back.
    pub settle_seconds: u64,
    /// Globs of names that never change once certified.
    pub append_only: Vec<String>,
}

/// One end of the pair.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteScope {
    /// Where its root is.
    pub location: String,
    /// Host name.
    pub host: String,
    /// Operating system and kernel.
    pub system: String,
}

/// One class of metadata.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassScope {
    /// The class.
    pub class: MetadataClass,
    /// What became of it.
    pub standing: ClassStanding,
}

/// What became of a class of metadata.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClassStanding {
    /// Carried to the standby and compared.
    Compared,
    /// Carried to the standby, not compared.
    Carried,
    /// The pair carries it, but a site does not support it.
    NotSupported,
    /// The configuration leaves it out.
    LeftOut,
}

/// Excluded entries: which rules, and how much they left out.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    /// The globs, in their order of precedence.
    pub patterns: Vec<String>,
    /// What they leave out at production; `null` when it was not counted.
    pub production: Option<ExcludedAtSite>,
    /// What they leave out at the standby; `null` when it was not counted.
    pub standby: Option<ExcludedAtSite>,
}

/// How much is excluded at one site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExcludedAtSite {
    /// How much.
    pub holds: Tally,
    /// Newest time of modification among them; `null` without any.
    pub newest: Option<Moment>,
    /// When it was counted; it may be an earlier pass.
    pub counted: Moment,
}

impl Scope {
    /// Every class with its standing, from what the pair carries and what both sites support.
    pub fn classes(carried: Carry, supported: Carry) -> Vec<ClassScope> {
        let standing = |class| match (carried.has(class), supported.has(class)) {
            (true, true) => ClassStanding::Compared,
            (true, false) => ClassStanding::NotSupported,
            (false, _) => ClassStanding::LeftOut,
        };
        let scope = |class| ClassScope {
            class,
            standing: standing(class),
        };
        MetadataClass::ALL.into_iter().map(scope).collect()
    }
}
