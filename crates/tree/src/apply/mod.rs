//! Changes the tree of a standby: every name holds the old entry or the new one, whole, at every moment.

use crate::{Root, keeper::Keeper};
use counterpart_model::policy::OwnerBy;
use counterpart_model::{Carry, Code, Failure, Step};
use counterpart_port::{Apply, Capabilities, Place};
use std::sync::Arc;

/// How a tree is changed.
#[derive(Clone)]
pub struct ApplyOptions {
    /// Name of the pass: of its directory in history, and in `incoming`.
    pub pass: String,
    /// Metadata classes that are set.
    pub carry: Carry,
    /// How owners are written in facts.
    pub owner_by: OwnerBy,
    /// What the filesystem can hold, as [`crate::probe::measure`] found.
    pub capabilities: Capabilities,
    /// Flush the content of a file that takes another's name before it does, so that not even a power loss leaves
    /// the name half; costs one wait for the disk a replaced file.
    pub flush_replacements: bool,
    /// Who is told of finished changes.
    pub keeper: Arc<dyn Keeper>,
}

/// A tree that is being changed.
pub struct Applier {}

impl Applier {
    /// Starts: opens the descriptor that will be synced before anything is written, and makes `.counterpart`,
    /// `incoming` and the pass's own directory in it.
    ///
    /// # Errors
    /// What the system reports.
    pub fn start(_root: &Root, _options: ApplyOptions) -> Result<Self, Failure> {
        Err(Failure::new(Code::Io, "apply", "soon"))
    }

    /// Ends for good after [`Apply::rest`]: removes incoming files that nothing claimed, which never had a name in
    /// the tree. Not to be called for an interrupted pass: the next one takes its leftovers from there.
    ///
    /// # Errors
    /// A directory could not be closed, or what the system reports.
    pub fn finish(&self) -> Result<(), Failure> {
        Ok(())
    }
}

impl Apply for Applier {
    fn place(&self, _step: &Step) -> Result<Box<dyn Place + '_>, Failure> {
        Err(Failure::new(Code::Io, "apply", "soon"))
    }

    fn rest(&self) -> Result<(), Failure> {
        Ok(())
    }

    fn sync(&self) -> Result<(), Failure> {
        Ok(())
    }
}
