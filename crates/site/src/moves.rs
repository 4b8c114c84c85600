//! Hints for renames: a vanished and a new file of the same inode, size and time.

use crate::scan::Delta;
use counterpart_model::{EntryPath, Fact, Failure, Kind, Observation};
use counterpart_store::spool::{Spool, SpoolWriter};
use counterpart_store::{PathSorter, Sorter};
use std::path::Path;

/// Memory for the matching, in bytes.
const MEMORY_BYTES: usize = 4 << 20;

/// A new path, and the vanished one that it may have had.
pub(crate) type Hint = (EntryPath, EntryPath);

/// Matches vanished and new files while a scan goes on.
pub(crate) struct Moves {
    by_object: Sorter,
    vanished: u64,
    new: u64,
}

impl Moves {
    pub(crate) fn new(dir: &Path) -> Self {
        Self {
            by_object: Sorter::new(dir, MEMORY_BYTES, Ord::cmp),
            vanished: 0,
            new: 0,
        }
    }

    /// Files that vanished so far.
    pub(crate) const fn vanished(&self) -> u64 {
        self.vanished
    }

    /// Takes in a change.
    pub(crate) fn add(&mut self, delta: &Delta, before: Option<&Observation>) -> Result<(), Failure> {
        match (&delta.before, before, &delta.now) {
            (Some(fact), Some(seen), None) if fact.kind == Kind::File && !delta.withheld => {
                self.vanished += 1;
                self.by_object.push(&key(fact, seen, 0), delta.path.as_bytes())
            }
            (None, _, Some((fact, seen))) if fact.kind == Kind::File => {
                self.new += 1;
                self.by_object.push(&key(fact, seen, 1), delta.path.as_bytes())
            }
            _ => Ok(()),
        }
    }

    /// The hints, in path order of the new names.
    pub(crate) fn finish(self, dir: &Path) -> Result<Spool<Hint>, Failure> {
        let mut by_path = PathSorter::<EntryPath>::new(dir, MEMORY_BYTES);
        if self.vanished > 0 && self.new > 0 {
            let mut sorted = self.by_object.finish()?;
            let mut last: Option<(Vec<u8>, Vec<u8>)> = None;
            while let Some((key, path)) = sorted.next()? {
                let Some((&side, object)) = key.split_last() else {
                    continue;
                };
                if side == 0 {
                    last = Some((object.to_vec(), path.to_vec()));
                } else if let Some((_, from)) = last.take_if(|(known, _)| known == object) {
                    by_path.push(&EntryPath::trusted(path), &EntryPath::trusted(from))?;
                }
            }
        }
        let mut sorted = by_path.finish()?;
        let mut writer = SpoolWriter::temporary(dir)?;
        let (mut to, mut from) = (EntryPath::root(), EntryPath::root());
        while sorted.next_into(&mut to, &mut from)? {
            writer.push(&(to.clone(), from.clone()))?;
        }
        writer.finish()
    }
}

fn key(fact: &Fact, seen: &Observation, side: u8) -> Vec<u8> {
    let mut key = seen.inode.to_be_bytes().to_vec();
    key.extend_from_slice(&fact.size_bytes.to_be_bytes());
    key.extend_from_slice(&seen.mtime.as_nanos().to_be_bytes());
    key.push(side);
    key
}
