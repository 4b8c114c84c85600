//! Small files that come before they are opened: asked for together, so that a long way costs little.

use crate::call::{Ahead, Ask};
use crate::connection::{Channel, unexpected};
use counterpart_model::{EntryPath, Failure};
use std::collections::VecDeque;

/// Bytes of paths that are asked for together, at most: well below what a message may have.
const PATHS_BYTES: usize = 64 << 10;

/// What was asked for, and what came of it, in the same order.
#[derive(Default)]
pub(super) struct AheadFiles {
    asked: VecDeque<EntryPath>,
    here: VecDeque<Here>,
}

/// A file that is here.
pub(super) struct Here {
    pub path: EntryPath,
    pub file: Ahead,
    pub content: Vec<u8>,
}

impl AheadFiles {
    /// Asks for files; those that do not fit in one question are not asked for. What was asked for before is let go.
    ///
    /// # Errors
    /// The connection has ended.
    pub(super) fn ask(
        &mut self,
        channel: &Channel,
        paths: &mut dyn Iterator<Item = &EntryPath>,
        attributes: bool,
    ) -> Result<(), Failure> {
        self.receive_all(channel)?;
        self.here.clear();
        let mut left_bytes = PATHS_BYTES;
        let fits = |path: &&EntryPath| {
            let left = left_bytes.checked_sub(path.as_bytes().len() + size_of::<u64>());
            left.map(|left| left_bytes = left).is_some()
        };
        let paths: Vec<EntryPath> = paths.take_while(fits).cloned().collect();
        if paths.is_empty() {
            return Ok(());
        }
        self.asked.extend(paths.iter().cloned());
        channel.send(&Ask::Several(paths, attributes))
    }

    /// The file, if it came or is on its way; what was asked for before it is let go.
    ///
    /// # Errors
    /// The connection has ended, or what came is not what was asked for.
    pub(super) fn take(&mut self, channel: &Channel, path: &EntryPath) -> Result<Option<Here>, Failure> {
        loop {
            if let Some(at) = self.here.iter().position(|here| here.path == *path) {
                return Ok(self.here.drain(..=at).next_back());
            }
            if !self.asked.contains(path) {
                return Ok(None);
            }
            self.receive(channel)?;
        }
    }

    /// Takes all that is on its way, after which something else may be asked.
    ///
    /// # Errors
    /// As of [`AheadFiles::take`].
    pub(super) fn receive_all(&mut self, channel: &Channel) -> Result<(), Failure> {
        while !self.asked.is_empty() {
            self.receive(channel)?;
        }
        Ok(())
    }

    fn receive(&mut self, channel: &Channel) -> Result<(), Failure> {
        let files: Vec<Option<Ahead>> = channel.message()?;
        if files.is_empty() || files.len() > self.asked.len() {
            return Err(unexpected("another number of files than were asked for"));
        }
        let len_bytes = |file: &Ahead| usize::try_from(file.len_bytes).unwrap_or(usize::MAX);
        let sum = files
            .iter()
            .flatten()
            .map(len_bytes)
            .try_fold(0, usize::checked_add);
        let contents = channel.take_together(sum.unwrap_or(usize::MAX))?;
        let mut contents = contents.as_slice();
        // The others are on their way still.
        let paths = self.asked.drain(..files.len());
        for (file, path) in files.into_iter().zip(paths) {
            let Some(file) = file else { continue };
            let (own, rest) = contents.split_at(len_bytes(&file));
            contents = rest;
            self.here.push_back(Here {
                path,
                content: own.to_vec(),
                file,
            });
        }
        Ok(())
    }
}
