//! Whose turn it is to change the journal's end: one process at a time, for as long as it takes to add a line.
//!
//! It keeps no passes apart; that is the pair's lock.

use crate::failing::io_at;
use counterpart_model::Failure;
use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use std::fs::File;
use std::path::Path;

/// The turn to change the journal's end, until it is dropped.
pub(super) struct Turn<'a>(&'a File);

impl<'a> Turn<'a> {
    /// Waits for the turn.
    pub(super) fn take(file: &'a File, path: &Path) -> Result<Self, Failure> {
        loop {
            match flock(file, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(Self(file)),
                Err(Errno::INTR) => {}
                Err(error) => return Err(io_at("locking", path, &error.into())),
            }
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // It goes with the file's last descriptor anyway.
        let _ = flock(self.0, FlockOperation::Unlock);
    }
}
