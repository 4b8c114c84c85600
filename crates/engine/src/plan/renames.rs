//! Renames: a vanished path and a new one with the same content, found by size, hint and digest.
//!
//! Candidates are read at production before the plan is judged, so that a renamed folder is no mass deletion.

use crate::plan::draft::Draft;
use counterpart_model::{Digest, EntryPath, Failure};
use counterpart_store::sort::PathSorter;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// Half of a rename, keyed by its own path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Half {
    /// This new path has the content of a vanished one.
    To {
        /// The vanished path.
        from: EntryPath,
        /// The content's digest.
        digest: Digest,
    },
    /// This vanished path goes to a new one.
    From,
}

/// Most files of one size that are held in memory to be matched; beyond it, further ones are copied instead.
const MAX_GROUP: usize = 65_536;

/// Sort key: by size, removed before created, by path.
pub(crate) fn key(size_bytes: u64, created: bool, path: &EntryPath) -> Vec<u8> {
    let mut key = size_bytes.to_be_bytes().to_vec();
    key.push(u8::from(created));
    key.extend_from_slice(path.as_bytes());
    key
}

/// Reads candidates' digests: all of a batch at once, so that a site may read them in parallel. `None` for a file
/// that cannot be read, or is left unread on purpose.
pub(crate) type Hashing<'a> = &'a mut dyn FnMut(&[EntryPath]) -> Result<Vec<Option<Digest>>, Failure>;

/// The renames found, and how many candidates there were.
pub(crate) struct Renames {
    /// Both halves of each rename.
    pub halves: PathSorter<Half>,
    /// How many renames there are.
    pub found: u64,
    /// New files of which a vanished one has the size.
    pub candidates: u64,
}

/// Finds the renames of a draft. Where nothing may be read, `presume` takes a new file for the vanished one that had its
/// inode, size and time: so is what a plan shows judged as the pass will be.
///
/// # Errors
/// A spool or the site failed.
pub(crate) fn find(
    draft: &mut Draft,
    dir: &Path,
    presume: bool,
    hash: Hashing<'_>,
) -> Result<Renames, Failure> {
    let halves = super::draft::path_sorter(dir);
    let mut renames = Renames {
        halves,
        found: 0,
        candidates: 0,
    };
    if draft.created_files == 0 || draft.removed_files == 0 {
        return Ok(renames);
    }
    let mut group = Group {
        presume,
        ..Group::default()
    };
    while let Some((key, value)) = draft.by_size.next()? {
        let (size, rest) = key.split_at(8);
        if group.size != size {
            group.settle(&mut renames, hash)?;
            group.size = size.to_vec();
        }
        group.add(rest, value);
    }
    group.settle(&mut renames, hash)?;
    Ok(renames)
}

/// Files of one size.
#[derive(Default)]
struct Group {
    presume: bool,
    /// The digests of vanished files by their paths, where hints are believed.
    known: HashMap<EntryPath, Digest>,
    size: Vec<u8>,
    removed: HashMap<Digest, Vec<EntryPath>>,
    removed_count: usize,
    created: Vec<(EntryPath, EntryPath)>,
}

impl Group {
    fn add(&mut self, rest: &[u8], value: &[u8]) {
        let Some((&created, path)) = rest.split_first() else {
            return;
        };
        let path = EntryPath::trusted(path);
        match (created, <[u8; 32]>::try_from(value)) {
            (0, Ok(digest)) if self.removed_count < MAX_GROUP => {
                self.removed_count += 1;
                if self.presume {
                    self.known.insert(path.clone(), Digest(digest));
                }
                self.removed.entry(Digest(digest)).or_default().push(path);
            }
            (1, _) if self.created.len() < MAX_GROUP => self.created.push((path, EntryPath::trusted(value))),
            _ => {}
        }
    }

    fn settle(&mut self, renames: &mut Renames, hash: Hashing<'_>) -> Result<(), Failure> {
        if !self.removed.is_empty() && !self.created.is_empty() {
            renames.candidates += self.created.len() as u64;
            let paths: Vec<EntryPath> = self.created.iter().map(|(path, _)| path.clone()).collect();
            let digests = hash(&paths)?;
            for ((path, hint), digest) in self.created.iter().zip(digests) {
                let Some(digest) = digest.or_else(|| self.known.get(hint).copied()) else {
                    continue;
                };
                let Some(from) = take(&mut self.removed, digest, hint) else {
                    continue;
                };
                renames.found += 1;
                renames.halves.push(&from, &Half::From)?;
                renames.halves.push(path, &Half::To { from, digest })?;
            }
        }
        *self = Self {
            presume: self.presume,
            ..Self::default()
        };
        Ok(())
    }
}

/// Takes the vanished path of this digest: the hinted one, else the first.
fn take(
    removed: &mut HashMap<Digest, Vec<EntryPath>>,
    digest: Digest,
    hint: &EntryPath,
) -> Option<EntryPath> {
    let paths = removed.get_mut(&digest)?;
    let at = paths.iter().position(|path| path == hint).unwrap_or(0);
    (at < paths.len()).then(|| paths.remove(at))
}
