//! What the writing half tells its site, and asks of it, while it changes a tree.
//!
//! It keeps nothing itself: the site's apply log remembers what is told here, so that a crash costs a merge of that
//! log and not a re-read of the tree.

use counterpart_model::{Digest, EntryPath, Fact, Failure, Observation, Timestamp};
use counterpart_port::HistoryId;
use serde::{Deserialize, Serialize};

/// The memory of a tree that is being changed. Called from any thread.
pub trait Keeper: Send + Sync {
    /// One finished change, in the order in which it became true.
    ///
    /// # Errors
    /// The change could not be recorded; it stands all the same.
    fn touched(&self, touched: &Touched) -> Result<(), Failure>;

    /// What an interrupted pass brought for this path with exactly this size and time, and recorded with
    /// [`Touched::incoming`]. The applier checks size and time of what lies there before it is used.
    fn arrived_before(&self, path: &EntryPath, size_bytes: u64, mtime: Timestamp) -> Option<Leftover>;
}

/// Content that an interrupted pass brought and did not get to publish.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Leftover {
    /// Its digest.
    pub digest: Digest,
    /// Where it lies: a path beneath `.counterpart/incoming`, as [`Touched::incoming`] said.
    pub location: Vec<u8>,
}

/// One finished change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Touched {
    /// The entry.
    pub path: EntryPath,
    /// What it is now, by a stat after the change; `None` when it is gone. Where `why` is [`Why::Metadata`],
    /// [`Why::Renamed`] or [`Why::Directory`], the content was not looked at: content and `obtained` are what was
    /// known before, unless the fact says more. Metadata is always what the entry has now.
    pub now: Option<(Fact, Observation)>,
    /// All that was known beneath the path is gone too, or has moved along with a rename.
    pub whole: bool,
    /// The name that it had.
    pub renamed_from: Option<EntryPath>,
    /// Where the entry that had the name before is kept.
    pub history: Option<HistoryId>,
    /// Where it lies beneath `.counterpart/incoming` while it, or its new directory, has no name yet. It is not in the
    /// tree until a change of a directory above it says `published`; where it `waits`, until it is told of once more.
    pub incoming: Option<Vec<u8>>,
    /// This new directory, and all that was told of it with `incoming`, has its name now.
    pub published: bool,
    /// It is whole and waits for its name: nothing is in the tree yet, and its path holds what it held. It is told of
    /// once more when it has its name; if it never is, its path still holds the old entry.
    pub waits: bool,
    /// Why.
    pub why: Why,
}

/// Why an entry was touched.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// It was not there.
    Created,
    /// Another one had its name, and is in history.
    Replaced,
    /// It went to history.
    Removed,
    /// As `Replaced` or `Removed`, and the old one was not what the last pass had left.
    Drifted,
    /// It got another name.
    Renamed,
    /// Its metadata was set; or only its stamp moved, since its file got a further name.
    Metadata,
    /// A directory whose entries changed was closed, and its times were put back.
    Directory,
}

impl Why {
    /// The word in the index of history.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Replaced => "replaced",
            Self::Removed => "removed",
            Self::Drifted => "drifted",
            Self::Renamed => "renamed",
            Self::Metadata => "metadata",
            Self::Directory => "directory",
        }
    }
}

impl Touched {
    /// A change with nothing but its path and reason.
    pub fn of(path: &EntryPath, why: Why) -> Self {
        Self {
            path: path.clone(),
            now: None,
            whole: false,
            renamed_from: None,
            history: None,
            incoming: None,
            published: false,
            waits: false,
            why,
        }
    }
}
