//! Hard links: which of several names is the first in path order, and so the leader of the others.

use counterpart_model::{Code, EntryPath, Failure, Kind};
use counterpart_tree::Stat;
use std::collections::HashMap;

/// Most files with several names of which not all were met yet.
const MAX_OPEN: usize = 1_000_000;

/// Files with more than one name, while not all of their names were met.
#[derive(Default)]
pub(crate) struct Links(HashMap<(u64, u64), Group>);

struct Group {
    leader: EntryPath,
    to_come: u32,
}

impl Links {
    /// The leader of a file's name; `None` when this name is the leader, or the only one.
    pub(crate) fn leader(&mut self, path: &EntryPath, stat: &Stat) -> Result<Option<EntryPath>, Failure> {
        if stat.kind != Kind::File || stat.nlink < 2 {
            return Ok(None);
        }
        let object = stat.object();
        if let Some(group) = self.0.get_mut(&object) {
            group.to_come = group.to_come.saturating_sub(1);
            let leader = group.leader.clone();
            if group.to_come == 0 {
                self.0.remove(&object);
            }
            return Ok(Some(leader));
        }
        if self.0.len() >= MAX_OPEN {
            let why = "more than a million files have names that were not met yet";
            return Err(
                Failure::new(Code::Io, "following hard links", why).hint("Take hardlink out of `carry`.")
            );
        }
        self.0.insert(
            object,
            Group {
                leader: path.clone(),
                to_come: stat.nlink - 1,
            },
        );
        Ok(None)
    }
}
