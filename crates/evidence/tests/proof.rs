//! Proofs from a stream of lines, against the roots that the definition gives, and everything that must be refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod fixture;

use counterpart_evidence::merkle::{MerkleTree, ends_segment};
use counterpart_evidence::proof::{Certified, EntryProof, Finder};
use counterpart_model::{Digest, SiteRole};
use fixture::{congruent, digest};

/// Paths of which some end a segment.
fn paths() -> Vec<String> {
    let ends = (0..200_000)
        .map(|number| format!("p{number:07}"))
        .filter(|path| ends_segment(path.as_bytes()));
    let mut paths: Vec<String> = ends.take(3).collect();
    assert_eq!(paths.len(), 3, "a segment has about 32,768 leaves");
    paths.extend((0..40).map(|number| format!("p{:07}", number * 4_999)));
    paths.sort();
    paths.dedup();
    paths
}

fn line(path: &str) -> String {
    format!("file {path} 0 - - - - - - -")
}

/// The root by segments, leaf after leaf.
fn root(paths: &[String]) -> Digest {
    let (mut manifest, mut segment) = (MerkleTree::new(), MerkleTree::new());
    for path in paths {
        segment.push(line(path).as_bytes());
        if ends_segment(path.as_bytes()) {
            manifest.push(&std::mem::take(&mut segment).root().0);
        }
    }
    if segment.leaves() > 0 {
        manifest.push(&segment.root().0);
    }
    manifest.root()
}

fn found(paths: &[String], wanted: impl Fn(&str) -> bool) -> (Digest, Vec<EntryProof>) {
    let mut finder = Finder::new();
    for path in paths {
        finder.push(path.as_bytes(), &line(path), wanted(path));
    }
    let (root, proven) = finder.finish();
    let certified = Certified::of(&congruent(), digest("certificate"));
    let proof = |proven| EntryProof::of(certified.clone(), SiteRole::Standby, root, proven);
    (root, proven.into_iter().map(proof).collect())
}

#[test]
fn every_line_of_several_segments_is_proven() {
    let paths = paths();
    let (found_root, proofs) = found(&paths, |_| true);
    assert_eq!(found_root, root(&paths));
    assert_eq!(proofs.len(), paths.len());
    assert_eq!(proofs[0].manifest.leaves, 4);
    let mut certificate = congruent();
    certificate.standby.as_mut().unwrap().root = found_root;
    for (proof, path) in proofs.iter().zip(&paths) {
        assert_eq!(proof.line, line(path));
        proof.check(&certificate, digest("certificate")).unwrap();
    }
}

#[test]
fn lines_that_are_not_wanted_are_not_shown() {
    let paths = paths();
    let (_, proofs) = found(&paths, |path| path == paths[5]);
    assert_eq!(proofs.len(), 1);
    let shown = serde_json::to_string(&proofs[0]).unwrap();
    for path in paths.iter().filter(|path| **path != paths[5]) {
        assert!(!shown.contains(path.as_str()), "{path}");
    }
    assert!(found(&[], |_| true).1.is_empty());
}

#[test]
fn what_does_not_lead_to_the_root_of_its_certificate_is_refused() {
    let paths = paths();
    let (root, mut proofs) = found(&paths, |path| path == paths[5]);
    let good = proofs.remove(0);
    let mut certificate = congruent();
    certificate.standby.as_mut().unwrap().root = root;
    let sha256 = digest("certificate");
    good.check(&certificate, sha256).unwrap();
    let refused = |change: &dyn Fn(&mut EntryProof), why: &str| {
        let mut proof = good.clone();
        change(&mut proof);
        let failure = proof.check(&certificate, sha256).unwrap_err();
        assert!(failure.why.contains(why), "wanted {why:?}: {failure}");
    };
    refused(&|proof| proof.line.push('x'), "do not lead");
    refused(&|proof| proof.segment.index += 1, "do not lead");
    refused(&|proof| proof.manifest.index ^= 1, "do not lead");
    refused(&|proof| proof.manifest.hashes.clear(), "do not lead");
    refused(&|proof| proof.segment.hashes[0].0[0] ^= 1, "do not lead");
    refused(&|proof| proof.root.0[0] ^= 1, "another root");
    refused(&|proof| proof.side = SiteRole::Production, "another root");
    refused(&|proof| proof.certificate.sequence += 1, "another certificate");
    refused(&|proof| proof.format.version += 1, "not known");
    assert!(good.check(&certificate, digest("other")).is_err());
}
