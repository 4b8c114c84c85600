//! Audit paths (RFC 6962, section 2.1.1): that one leaf is in a tree, shown by the hashes beside its way to the root.

use super::{empty_root, leaf_hash, node_hash};
use counterpart_model::Digest;
use serde::{Deserialize, Serialize};

/// No tree has more levels: its number of leaves has 64 bits.
const MAX_HASHES: usize = 64;

/// A whole tree, level by level from its leaves to its root.
#[derive(Clone, Debug)]
pub struct Levels(Vec<Vec<Digest>>);

/// Where a leaf is in a tree, and the hashes beside its way to the root, from the leaf on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditPath {
    /// Number of the leaf, from 0.
    pub index: u64,
    /// How many leaves the tree has.
    pub leaves: u64,
    /// The hashes.
    pub hashes: Vec<Digest>,
}

impl Levels {
    /// The tree over the hashes of its leaves. A node without a neighbour goes up as it is, which comes to the tree of the
    /// RFC.
    pub fn of(leaves: Vec<Digest>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks(2).map(|pair| match pair {
                [left, right] => node_hash(left, right),
                alone => alone.first().copied().unwrap_or_else(empty_root),
            });
            let above = above.collect();
            levels.push(above);
        }
        Self(levels)
    }

    /// Its root.
    pub fn root(&self) -> Digest {
        let top = self.0.last().and_then(|level| level.first());
        top.copied().unwrap_or_else(empty_root)
    }

    /// The audit path of a leaf; `None` where there is no such leaf.
    pub fn path(&self, index: u64) -> Option<AuditPath> {
        let leaves = self.0.first().map_or(0, Vec::len) as u64;
        let mut at = usize::try_from(index).ok().filter(|_| index < leaves)?;
        let mut hashes = Vec::new();
        for level in &self.0 {
            hashes.extend(level.get(at ^ 1));
            at /= 2;
        }
        Some(AuditPath {
            index,
            leaves,
            hashes,
        })
    }
}

impl AuditPath {
    /// The root of the tree in which these bytes are that leaf; `None` where there can be no such tree (RFC 9162, section
    /// 2.1.3.2).
    pub fn root(&self, leaf: &[u8]) -> Option<Digest> {
        let mut last = self.leaves.checked_sub(1).filter(|last| self.index <= *last)?;
        if self.hashes.len() > MAX_HASHES {
            return None;
        }
        let (mut at, mut hash) = (self.index, leaf_hash(leaf));
        for beside in &self.hashes {
            if last == 0 {
                return None;
            }
            if at % 2 == 1 || at == last {
                hash = node_hash(beside, &hash);
                // Levels at which it had no neighbour are passed over.
                while at % 2 == 0 && at != 0 {
                    (at, last) = (at / 2, last / 2);
                }
            } else {
                hash = node_hash(&hash, beside);
            }
            (at, last) = (at / 2, last / 2);
        }
        (last == 0).then_some(hash)
    }
}
