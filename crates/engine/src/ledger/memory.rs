//! The small memory of a pair: what one pass must know of the ones before, beyond manifests.

use counterpart_model::{EntryPath, SiteRole};
use serde::{Deserialize, Serialize};

/// Most rotten files that are remembered by name; a site with more has a failing disk, not rot.
const MAX_ROT: usize = 10_000;

/// What a pair remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Identity of production's filesystem at the last pass.
    pub production_filesystem: Option<String>,
    /// Files known to have rotted, and at which side.
    pub rot: Vec<Rot>,
    /// How far the reading of each copy has come.
    pub production_reading: Reading,
    /// See `production_reading`.
    pub standby_reading: Reading,
    /// When excluded entries were last counted, in seconds since 1970, and what was found.
    pub excluded: Option<ExcludedCount>,
    /// Bytes a second that content was moved with, in the last pass that moved enough to tell.
    pub bytes_per_second: Option<f64>,
    /// The last certificate that was congruent.
    pub last_congruent: Option<String>,
}

/// A file whose content changed behind unchanged size and times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rot {
    /// The file.
    pub path: EntryPath,
    /// The side that is wrong.
    pub site: SiteRole,
    /// When it was found, in seconds since 1970.
    pub found_seconds: i64,
}

/// How far the steady reading of one copy has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The next file to read.
    pub next: EntryPath,
    /// When the last share was read, in seconds since 1970.
    pub at_seconds: i64,
}

/// What the excluded entries came to when they were last counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedCount {
    /// When, in seconds since 1970.
    pub at_seconds: i64,
    /// At production.
    pub production: counterpart_model::Tally,
    /// Newest modification among production's, in seconds since 1970.
    pub production_newest_seconds: Option<i64>,
    /// At the standby.
    pub standby: counterpart_model::Tally,
    /// Newest modification among the standby's, in seconds since 1970.
    pub standby_newest_seconds: Option<i64>,
}

impl Memory {
    /// The side at which a file is known to have rotted.
    pub fn rotten(&self, path: &[u8]) -> Option<SiteRole> {
        self.rot
            .iter()
            .find(|rot| rot.path.as_bytes() == path)
            .map(|rot| rot.site)
    }

    /// Remembers that a file rotted.
    pub fn note_rot(&mut self, path: &EntryPath, site: SiteRole, found_seconds: i64) {
        if self.rotten(path.as_bytes()).is_none() && self.rot.len() < MAX_ROT {
            self.rot.push(Rot {
                path: path.clone(),
                site,
                found_seconds,
            });
        }
    }

    /// Forgets files that are no longer found rotten.
    pub fn keep_rot(&mut self, still: impl Fn(&EntryPath) -> bool) {
        self.rot.retain(|rot| still(&rot.path));
    }

    /// The steady reading of one side.
    pub fn reading(&mut self, role: SiteRole) -> &mut Reading {
        match role {
            SiteRole::Production => &mut self.production_reading,
            SiteRole::Standby => &mut self.standby_reading,
        }
    }
}
