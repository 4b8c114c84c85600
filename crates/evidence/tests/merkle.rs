//! Merkle roots against the Certificate Transparency project's vectors, and against RFC 6962's own definition.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use counterpart_evidence::merkle::{AuditPath, Levels, MerkleTree, empty_root, leaf_hash, node_hash};
use counterpart_model::Digest;
use proptest::prelude::*;

/// Leaves of the reference test tree (`merkletree/testonly`), and the root after each.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_vectors_of_certificate_transparency() {
    let mut tree = MerkleTree::new();
    assert_eq!(tree.root().to_string(), ROOTS[0]);
    assert_eq!(tree.root(), empty_root());
    for (leaf, wanted) in LEAVES.iter().zip(&ROOTS[1..]) {
        tree.push(leaf);
        assert_eq!(tree.root().to_string(), *wanted, "after {} leaves", tree.leaves());
    }
}

/// MTH of RFC 6962, section 2.1, word for word: split at the largest power of two below the length.
fn by_definition(leaves: &[Vec<u8>]) -> Digest {
    match leaves {
        [] => empty_root(),
        [one] => leaf_hash(one),
        many => {
            let half = many.len().next_power_of_two() / 2;
            node_hash(&by_definition(&many[..half]), &by_definition(&many[half..]))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_tree_has_the_root_of_the_definition(leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..70)) {
        let mut tree = MerkleTree::new();
        for leaf in &leaves {
            tree.push(leaf);
        }
        prop_assert_eq!(tree.root(), by_definition(&leaves));
        prop_assert_eq!(tree.leaves(), leaves.len() as u64);
    }
    /// PATH of RFC 6962, section 2.1.1: every leaf of every tree leads to the root, and nothing else does.
    #[test]
    fn every_leaf_leads_to_the_root_and_nothing_else_does(
        leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 1..70),
        other in any::<u8>(),
    ) {
        let levels = Levels::of(leaves.iter().map(|leaf| leaf_hash(leaf)).collect());
        let root = by_definition(&leaves);
        prop_assert_eq!(levels.root(), root);
        for (index, leaf) in (0..).zip(&leaves) {
            let path = levels.path(index).unwrap();
            prop_assert_eq!(&path.hashes, &path_by_definition(usize::try_from(index).unwrap(), &leaves));
            prop_assert_eq!(path.root(leaf), Some(root));
            prop_assert_ne!(path.root(&[&leaf[..], &[other]].concat()), Some(root));
            for changed in changed(&path, other) {
                prop_assert_ne!(changed.root(leaf), Some(root), "{:?}", changed);
            }
        }
        prop_assert_eq!(levels.path(leaves.len() as u64), None);
    }
}

/// The path, wrong in one way each.
fn changed(path: &AuditPath, other: u8) -> Vec<AuditPath> {
    let mut all = Vec::new();
    for at in 0..path.hashes.len() {
        let mut one = path.clone();
        one.hashes[at].0[usize::from(other) % 32] ^= 1;
        all.push(one);
        let mut one = path.clone();
        one.hashes.remove(at);
        all.push(one);
    }
    let mut longer = path.clone();
    longer.hashes.push(Digest([other; 32]));
    all.push(longer);
    let mut beyond = path.clone();
    beyond.index = beyond.leaves;
    all.push(beyond);
    all.push(AuditPath {
        leaves: 0,
        ..path.clone()
    });
    all
}

fn path_by_definition(index: usize, leaves: &[Vec<u8>]) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, beside) = if index < left.len() {
        (path_by_definition(index, left), by_definition(right))
    } else {
        (path_by_definition(index - left.len(), right), by_definition(left))
    };
    path.push(beside);
    path
}
