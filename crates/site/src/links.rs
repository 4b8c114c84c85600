//! Hard links: which of several names is the first in path order that the manifest has as a file, and so the leader of
//! the others. A name that waits for a later pass, could not be looked at or is a stub leads none.

use counterpart_model::{Code, EntryPath, Failure, Kind};
use counterpart_tree::Stat;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Most files with several names of which not all were met yet.
const MAX_OPEN: usize = 1_000_000;

/// Files with more than one name, while not all of their names were met.
#[derive(Default)]
pub(crate) struct Links(HashMap<(u64, u64), Group>);

struct Group {
    leader: Option<EntryPath>,
    to_come: u32,
}

impl Links {
    /// The leader among the names of a file that were met before; `None` when there is none.
    pub(crate) fn leader(&self, stat: &Stat) -> Option<&EntryPath> {
        let group = has_names(stat).then(|| self.0.get(&stat.object())).flatten();
        group.and_then(|group| group.leader.as_ref())
    }

    /// Takes in that a name was met, and whether it may lead.
    pub(crate) fn met(&mut self, path: &EntryPath, stat: &Stat, leads: bool) -> Result<(), Failure> {
        if !has_names(stat) {
            return Ok(());
        }
        let full = self.0.len() >= MAX_OPEN;
        let group = match self.0.entry(stat.object()) {
            Entry::Occupied(group) => group.into_mut(),
            Entry::Vacant(_) if full => return Err(too_many()),
            Entry::Vacant(group) => group.insert(Group {
                leader: None,
                to_come: stat.nlink,
            }),
        };
        if leads && group.leader.is_none() {
            group.leader = Some(path.clone());
        }
        group.to_come = group.to_come.saturating_sub(1);
        if group.to_come == 0 {
            self.0.remove(&stat.object());
        }
        Ok(())
    }
}

fn has_names(stat: &Stat) -> bool {
    stat.kind == Kind::File && stat.nlink > 1
}

fn too_many() -> Failure {
    let why = "more than a million files have names that were not met yet";
    Failure::new(Code::Io, "following hard links", why).hint("Take hardlink out of `carry`.")
}
