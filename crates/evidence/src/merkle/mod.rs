//! The Merkle tree hash of RFC 6962, section 2.1, built from a stream of leaves in memory that grows with its depth.
//!
//! Two levels use it: a segment's root over fact lines, and a manifest's root over segment roots.

mod audit;

pub use audit::{AuditPath, Levels};

use counterpart_model::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Hash of one leaf: SHA-256 over `0x00` and the leaf's bytes.
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    Digest(
        Sha256::new_with_prefix([0x00])
            .chain_update(bytes)
            .finalize()
            .into(),
    )
}

/// Hash of an inner node: SHA-256 over `0x01` and both children.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest(
        Sha256::new_with_prefix([0x01])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// Hash of the tree without leaves: SHA-256 over nothing.
pub fn empty_root() -> Digest {
    Digest(Sha256::digest([]).into())
}

/// True where the leaf of this path is the last of its segment: the SHA-256 of the path ends in fifteen zero bits.
pub fn ends_segment(path: &[u8]) -> bool {
    let [.., high, low]: [u8; 32] = Sha256::digest(path).into();
    u16::from_be_bytes([high, low]).trailing_zeros() >= 15
}

/// A tree that grows at its right end. Kept and read again, it is believed only for a root that is known.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MerkleTree {
    /// Roots of complete subtrees, largest first; their sizes are the set bits of `leaves`.
    peaks: Vec<Digest>,
    leaves: u64,
}

impl MerkleTree {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf's bytes.
    pub fn push(&mut self, leaf: &[u8]) {
        self.push_hash(leaf_hash(leaf));
    }

    /// Adds a leaf by its hash.
    pub fn push_hash(&mut self, leaf: Digest) {
        let mut hash = leaf;
        let mut merges = self.leaves.trailing_ones();
        while let (true, Some(left)) = (merges > 0, self.peaks.last().copied()) {
            self.peaks.pop();
            hash = node_hash(&left, &hash);
            merges -= 1;
        }
        self.peaks.push(hash);
        self.leaves += 1;
    }

    /// How many leaves were added.
    pub const fn leaves(&self) -> u64 {
        self.leaves
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev().copied();
        let Some(last) = peaks.next() else {
            return empty_root();
        };
        peaks.fold(last, |right, left| node_hash(&left, &right))
    }
}
