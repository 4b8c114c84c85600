//! The plan: every change that a pass would make, one step an entry, in path order.

use crate::{EntryPath, Fact, Kind};
use serde::{Deserialize, Serialize};

/// What a step does at the standby.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Creates the entry.
    Create,
    /// The content of a file may have changed: it is read, and sent unless its digest turns out equal.
    Modify,
    /// Puts an entry of another kind, or another link, in the place of the old one, which goes to history whole.
    Replace,
    /// Sets metadata only.
    Metadata,
    /// Gives the standby's entry `from` this name.
    Rename,
    /// Moves the entry to history; of a directory, everything beneath goes with it.
    Remove,
    /// Goes to history together with a directory above that has its own [`Action::Remove`].
    RemovedWithParent,
}

/// One change that a pass would make.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// The entry.
    pub path: EntryPath,
    /// What is done.
    pub action: Action,
    /// What production holds now, and the standby should; `None` for a removal.
    pub wanted: Option<Fact>,
    /// What the standby holds now; `None` for a creation.
    pub present: Option<Fact>,
    /// What the last certificate says of it at production.
    pub certified: Option<Fact>,
    /// The old name, for a rename.
    pub from: Option<EntryPath>,
    /// True where the standby differs from its own manifest: something else wrote there.
    pub drift: bool,
    /// True where the name is certified and append-only: a changed content is a finding and is not sent.
    pub append_only: bool,
}

impl Step {
    /// A step with nothing but its path and action.
    pub fn of(path: EntryPath, action: Action) -> Self {
        Self {
            path,
            action,
            wanted: None,
            present: None,
            certified: None,
            from: None,
            drift: false,
            append_only: false,
        }
    }

    /// Kind of the wanted entry, or of the present one where it is removed.
    pub fn kind(&self) -> Option<Kind> {
        self.wanted
            .as_ref()
            .or(self.present.as_ref())
            .map(|fact| fact.kind)
    }

    /// Bytes that the step may have to move, at most.
    pub fn moved_bytes(&self) -> u64 {
        match (self.action, &self.wanted) {
            (Action::Create | Action::Modify | Action::Replace, Some(fact)) => fact.size_bytes,
            _ => 0,
        }
    }
}
