//! What is to be undone, on the disk before it is done: `owed.json` in the pair's state.

use crate::ledger::Ledger;
use counterpart_model::{Failure, SiteRole, Timestamp};
use counterpart_port::Task;
use counterpart_store::files::{read_json, remove, write_json_atomic};
use serde::{Deserialize, Serialize};
use std::fmt;

const FILE: &str = "owed.json";

/// Something that was done and must be undone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Production is held.
    ProductionHold,
    /// The standby is held.
    StandbyHold,
    /// The standby's application is stopped.
    Application,
    /// A snapshot of production was taken.
    Snapshot,
}

/// One such thing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Owed {
    /// What.
    pub what: What,
    /// The pass that did it.
    pub pass: String,
    /// When.
    pub since: Timestamp,
    /// What undoes it; nothing where the configuration names nothing.
    pub undo: Option<Task>,
}

impl What {
    /// The hold of a site.
    pub(crate) const fn hold(role: SiteRole) -> Self {
        match role {
            SiteRole::Production => Self::ProductionHold,
            SiteRole::Standby => Self::StandbyHold,
        }
    }

    /// Where it is undone.
    pub const fn site(self) -> SiteRole {
        match self {
            Self::ProductionHold | Self::Snapshot => SiteRole::Production,
            Self::StandbyHold | Self::Application => SiteRole::Standby,
        }
    }

    /// What undoing it is.
    pub const fn undoing(self) -> &'static str {
        match self {
            Self::ProductionHold | Self::StandbyHold => "releasing the hold",
            Self::Application => "starting the application",
            Self::Snapshot => "letting the snapshot go",
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::ProductionHold => "production is held",
            Self::StandbyHold => "the standby is held",
            Self::Application => "the standby's application is stopped",
            Self::Snapshot => "a snapshot of production is kept",
        })
    }
}

impl Ledger {
    /// What a pass did and did not undo yet, in the order in which it was done.
    ///
    /// # Errors
    /// `state-damaged`.
    pub fn owed(&self) -> Result<Vec<Owed>, Failure> {
        Ok(read_json(&self.path().join(FILE))?.unwrap_or_default())
    }

    pub(super) fn keep_owed(&self, owed: &[Owed]) -> Result<(), Failure> {
        let file = self.path().join(FILE);
        if owed.is_empty() {
            return remove(&file);
        }
        write_json_atomic(&file, &owed)
    }
}
