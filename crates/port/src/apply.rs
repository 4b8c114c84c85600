//! Changing the tree of a standby.
//!
//! One thread places steps in path order; any thread fills and commits a place. A name holds the old entry or the
//! new one, whole, at every moment.

use crate::{Attributes, Basis, HistoryId};
use counterpart_model::{Digest, EntryPath, Fact, Failure, Step};
use serde::{Deserialize, Serialize};

/// A standby that is being changed.
pub trait Apply: Sync {
    /// Prepares the place of a step: the directories above it, and for a new directory its whole beginning. Called in
    /// path order from one thread; an earlier directory is closed (its times set, a new one given its name) once
    /// steps have passed it and all its places are done.
    ///
    /// # Errors
    /// The directory cannot be made or reached.
    fn place(&self, step: &Step) -> Result<Box<dyn Place + '_>, Failure>;

    /// Writes and commits small files, each as [`Place::write`] and [`Place::commit`] would, and tells the outcome of each, in
    /// order. What is far is asked once for all of them.
    fn fill(&self, files: Vec<SmallFile<'_>>) -> Vec<Result<Committed, Failure>> {
        files.into_iter().map(SmallFile::commit).collect()
    }

    /// Ends a round of steps: every place is done, all that waited for its name has it, and every directory is closed.
    /// The next round starts at the root.
    ///
    /// # Errors
    /// A directory could not be closed, or the filesystem not be synced: then nothing that waited got its name.
    fn rest(&self) -> Result<(), Failure>;

    /// Committed steps that could not be published since the last call, each with its reason: their names hold what they
    /// held. To be asked after every [`Apply::rest`], and may be asked at any time.
    fn failures(&self) -> Vec<(EntryPath, Failure)>;

    /// Makes everything durable. Fails when any write since `apply` did not reach the disk.
    ///
    /// # Errors
    /// `io` with the system's reason; nothing may be certified then.
    fn sync(&self) -> Result<(), Failure>;
}

/// The place of one step.
pub trait Place: Send {
    /// The digest of content that an interrupted pass already brought here for exactly the wanted size and time.
    fn arrived_before(&self) -> Option<Digest>;

    /// What is here of the content that will come: the present content under the name, and what arrived of an
    /// interrupted transfer. Once it was asked for, what arrives of a large file is kept for the next attempt if this
    /// one breaks off. `None` where nothing is here, or where the place itself sends only what is new.
    ///
    /// # Errors
    /// What the system reports.
    fn basis(&mut self) -> Result<Option<Box<dyn Basis>>, Failure> {
        Ok(None)
    }

    /// Bytes of what was written that did not have to travel, since the standby had them.
    fn reused_bytes(&self) -> u64 {
        0
    }

    /// Gives itself up to [`Apply::fill`] where that fills by number: it is filled there, and does nothing of itself any
    /// more. `None` where a place is filled by nobody but itself.
    fn give_up_for_number(&mut self) -> Option<u64> {
        None
    }

    /// Appends bytes to the incoming file.
    ///
    /// # Errors
    /// `no-space` or what the system reports.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure>;

    /// Appends a hole.
    ///
    /// # Errors
    /// What the system reports.
    fn hole(&mut self, len_bytes: u64) -> Result<(), Failure>;

    /// Puts the step into effect: the incoming content, link or directory under its name with its metadata, the old
    /// entry into history. `fact` is what production holds, with the digest of the content. What has content waits
    /// for its name until a group of such steps is on the disk, at the latest until [`Apply::rest`].
    ///
    /// # Errors
    /// What the system reports; the name then holds what it held before. Also that an earlier step's content did not
    /// reach the disk.
    fn commit(
        &mut self,
        fact: Option<&Fact>,
        attributes: &Attributes,
        content: Arrived,
    ) -> Result<Committed, Failure>;
}

/// A small file, read whole and digested, and the place where it belongs.
pub struct SmallFile<'a> {
    /// Where it belongs.
    pub place: Box<dyn Place + 'a>,
    /// All of its bytes.
    pub content: &'a [u8],
    /// What production holds, with the digest of the content.
    pub fact: Fact,
    /// What is carried beyond the fact.
    pub attributes: Attributes,
}

impl SmallFile<'_> {
    /// Writes it to its place, and commits it.
    ///
    /// # Errors
    /// As of [`Place::write`] and [`Place::commit`].
    pub fn commit(mut self) -> Result<Committed, Failure> {
        if !self.content.is_empty() {
            self.place.write(self.content)?;
        }
        self.place
            .commit(Some(&self.fact), &self.attributes, Arrived::Written)
    }
}

/// What became of the content of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Arrived {
    /// It was written to the place, whole.
    Written,
    /// What `arrived_before` names is used.
    Before,
    /// The present content stays; only metadata is set.
    Kept,
}

/// What a commit did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Committed {
    /// Where the replaced or removed entry is kept, or will be once the step is published.
    pub history: Option<HistoryId>,
}
