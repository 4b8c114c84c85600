//! The tree over the hashes of all records, of which each record has the root: so that a small proof shows an old journal to be
//! the beginning of a newer one.
//!
//! It is kept beside the journal, as it was before the last record, so that adding one does not read all. What is kept is
//! believed only where it has the root that the last record has; else the records are read.

use super::{Record, Records};
use crate::files::{open, read_bytes};
use counterpart_evidence::merkle::MerkleTree;
use counterpart_model::{Code, Digest, Failure};
use std::io::Write as _;
use std::path::{Path, PathBuf};

const MAX_BYTES: u64 = 64 << 10;

/// The tree over all records of a journal.
pub(super) struct Tree {
    before: MerkleTree,
    /// The hash of the last record; none of an empty journal.
    last: Option<Digest>,
}

impl Tree {
    /// That of a journal with this last record.
    pub(super) fn of(path: &Path, head: Option<&Record>) -> Result<Self, Failure> {
        let Some(head) = head else {
            return Ok(Self {
                before: MerkleTree::new(),
                last: None,
            });
        };
        let fits = |tree: &MerkleTree| tree.leaves() + 1 == head.sequence && tree.root() == head.root;
        let kept = read_bytes(&beside(path), MAX_BYTES).ok().flatten();
        let kept = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let before = match kept.filter(fits) {
            Some(tree) => tree,
            None => read_all(path, head)?,
        };
        Ok(Self {
            before,
            last: Some(head.hash),
        })
    }

    /// Adds the last record to those before; gives the root over all.
    pub(super) fn root(&mut self) -> Digest {
        if let Some(last) = self.last.take() {
            self.before.push(&last.0);
        }
        self.before.root()
    }

    /// Notes a record that was added.
    pub(super) fn push(&mut self, record: &Record) {
        self.root();
        self.last = Some(record.hash);
    }

    /// Keeps it. What is lost of it is made again, so nothing is synced, and a failure is none.
    pub(super) fn keep(&self, path: &Path) {
        if let (Ok(text), Ok(mut file)) = (serde_json::to_vec(&self.before), open::create_over(&beside(path)))
        {
            drop(file.write_all(&text));
        }
    }
}

/// The tree over all records before the last.
fn read_all(path: &Path, head: &Record) -> Result<MerkleTree, Failure> {
    let mut tree = MerkleTree::new();
    for record in Records::of(path)? {
        let record = record?;
        if record.sequence >= head.sequence {
            break;
        }
        tree.push(&record.hash.0);
    }
    if tree.root() == head.root {
        return Ok(tree);
    }
    let doing = format!("reading the records of {}", path.display());
    Err(Failure::new(
        Code::EvidenceBroken,
        doing,
        "the last one has another root than those before it",
    ))
}

fn beside(journal: &Path) -> PathBuf {
    journal.with_file_name("journal.tree")
}
