//! Observations: what a site knows of an entry beyond its fact. They never leave the site and are in no root.

use crate::{EntryPath, Fact, Timestamp};
use serde::{Deserialize, Serialize};

/// What a site saw of an entry when it last looked.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Observation {
    /// Inode number.
    pub inode: u64,
    /// Exact time of last modification.
    pub mtime: Timestamp,
    /// Time of last change of the inode.
    pub ctime: Timestamp,
    /// How and when the digest in the fact was obtained.
    pub obtained: Obtained,
    /// True when the entry changed within one grain of being read: it is read again before it is trusted.
    pub racy: bool,
}

/// How and when a digest was obtained.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Obtained {
    /// How.
    pub how: How,
    /// When, in seconds since 1970; 0 when it was not. Older than the pass means that it is carried since then.
    pub at_seconds: i64,
}

/// How a digest was obtained.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum How {
    /// The content was not read.
    #[default]
    Unread,
    /// Read back from the archive and digested.
    Read,
    /// Digested on its way to the disk.
    Written,
    /// Read before the archive moved to other storage, and carried over by size and time.
    Moved,
}

/// One line of a manifest: an entry's path, fact and observation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Row {
    /// The entry's path.
    pub path: EntryPath,
    /// What is true of it.
    pub fact: Fact,
    /// What the site saw.
    pub seen: Observation,
}

impl How {
    /// The word in exports and certificates.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Read => "read",
            Self::Written => "written",
            Self::Moved => "moved",
        }
    }
}

impl Observation {
    /// The rule by which an entry is unchanged: inode, both times and, checked by the caller, kind and size agree.
    pub fn same_stamp(&self, other: &Self) -> bool {
        self.inode == other.inode && self.mtime == other.mtime && self.ctime == other.ctime
    }
}
